"""How patients like to be reached, what they stopped, and where nobody is."""

from __future__ import annotations

from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Known, Words, one_of
from clinic.errors import Refused
from clinic.models import User
from patients.api.people import PATIENTS
from patients.models import ContactConsent, Patient
from reminders import mending, preferences
from reminders.models import ContactPreference, OptOut, Unreachable
from reminders.preferences import Channel

CHANNEL = one_of(ContactConsent.Channel)


def dead_ends(user: User) -> QuerySet[Unreachable]:
    """The addresses of patients of the user's sites at which nobody can be reached, each with whose it is."""
    here = Patient.objects.filter(site__in=user.site_ids).order_by("registered_at", "id").values("pk")
    at = Subquery(here.filter(phone=OuterRef("address"))[:1]), Subquery(here.filter(email=OuterRef("address"))[:1])
    rows = Unreachable.objects.annotate(by_text=at[0], by_email=at[1])
    return rows.filter(
        Q(channel=Channel.TEXT, by_text__isnull=False) | Q(channel=Channel.EMAIL, by_email__isnull=False)
    )


def whose(row: Unreachable) -> UUID:
    found: UUID = row.by_text if row.channel == Channel.TEXT else row.by_email  # type: ignore[attr-defined]
    return found


class WhoseField(serializers.UUIDField):
    """The patient whose number or address it is; of several, who was registered first."""

    def get_attribute(self, instance: Unreachable) -> UUID:
        return whose(instance)


def _resume(*, stop: OptOut, by: User) -> int:
    """The patient told us that they want it again. Raises NotFound, NotPermitted, Invalid, Refused."""
    if stop.until is not None or stop.patient_id is None:
        raise Refused("This stop has ended already.")
    return preferences.resume(patient_id=stop.patient_id, channel=stop.channel, by=by)


def _works(*, dead: Unreachable, patient_id: UUID, by: User) -> None:
    """Somebody made sure that the number or address is right after all. Raises NotFound, NotPermitted, Refused."""
    mending.works_again(patient_id=patient_id, channel=dead.channel, by=by)


PREFERENCES = Collection(
    name="preferences",
    model=ContactPreference,
    rows=lambda user: ContactPreference.objects.filter(patient__site__in=user.site_ids),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "way", "set_at", "set_by"),
    create=Verb(does=preferences.prefer, record="patient_id", fields={"way": one_of(ContactPreference.Way)}),
)
STOPS = Collection(
    name="opt-outs",
    model=OptOut,
    rows=lambda user: OptOut.objects.filter(patient__site__in=user.site_ids),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "channel", "address", "source", "words", "since", "taken_by", "until", "ended_by"),
    create=Verb(
        does=preferences.stop,
        record="patient_id",
        fields={"channel": CHANNEL, "words": Words(max_length=160)},
    ),
    verbs={"resume": Verb(does=_resume, record="stop")},
)
DEAD_ENDS = Collection(
    name="dead-ends",
    model=Unreachable,
    rows=dead_ends,
    patient=whose,
    shows=("id", "patient", "channel", "code", "why", "since", "until", "ended_by"),
    fields={"patient": WhoseField(read_only=True)},
    verbs={
        "works": Verb(does=_works, record="dead", fields={"patient": Known(Patient, as_id=True, source="patient_id")})
    },
)

COLLECTIONS: tuple[Collection, ...] = (PREFERENCES, STOPS, DEAD_ENDS)
