"""What follows when a provider says that a message did not arrive: whose fault it is, and who mends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from patients import registration
from patients.models import ContactConsent, Patient
from patients.rows import patient_for
from reminders import followups, preferences
from reminders.channels.faults import Fault, Reason
from reminders.followups import Key
from reminders.models import OptOut, Unreachable

Channel = ContactConsent.Channel
KINDS = {Channel.TEXT: "mend_phone", Channel.EMAIL: "mend_email"}
TITLES = {
    Channel.TEXT: "Ask {} for the right phone number: texts don’t arrive",
    Channel.EMAIL: "Ask {} for the right email address: letters don’t arrive",
}
SOON, DAY = timedelta(hours=4), timedelta(days=1)


def listen() -> None:
    registration.after_update.append(look_again)


@transaction.atomic
def blame(reason: Reason, *, channel: Channel, address: str, site: Site, code: str = "") -> None:
    """Do what the fault asks for; what is nobody's fault asks for nothing."""
    if reason.fault == Fault.ADDRESS:
        dead_end(channel=channel, address=address, why=reason.says, code=code)
    elif reason.fault == Fault.STOPPED:
        said_to_provider(channel=channel, address=address)
    elif reason.fault == Fault.HOUSE:
        followups.open_task(
            kind="texts_broken", site=site, title=f"Texts don’t go out: {reason.says}", subject_kind="site",
            subject_id=site.pk, due_at=clock.now() + SOON,
        )  # fmt: skip


@transaction.atomic
def dead_end(*, channel: Channel, address: str, why: str, code: str = "") -> None:
    """Nobody can be reached there: nothing is sent, and somebody asks each patient with that address for another."""
    if not address:
        return
    Unreachable.objects.get_or_create(
        channel=channel, address=address, until=None, defaults={"why": why[:200], "code": code, "since": clock.now()}
    )
    for patient in people_at(channel, address):
        ask_to_mend(patient, channel, address)


def ask_to_mend(patient: Patient, channel: Channel, address: str) -> None:
    followups.keep(
        _key(patient, channel, address),
        True,
        site=patient.site,
        patient=patient,
        title=TITLES[channel].format(patient.name),
        due_at=clock.now() + DAY,
        link=reverse("reminders:reaching", args=[patient.pk]),
    )


def _key(patient: Patient, channel: Channel, address: str = "") -> Key:
    return Key(KINDS[channel], "patient", patient.pk, address[:60])


def look_again(patient: Patient) -> None:
    """The record was changed: with another number, the task to mend it is done, and what was held goes out."""
    dead = set(preferences.dead_ends(patient).values_list("channel", flat=True))
    for channel in KINDS:
        if channel not in dead:
            followups.drop(_key(patient, channel), because="Another one stands in the record.")
    if preferences.ways(patient).open:
        followups.drop(_asked(patient), because="A way to them is open.")


def _asked(patient: Patient) -> Key:
    return Key("ask_how_to_reach", "patient", patient.pk)


@transaction.atomic
def works_again(*, patient_id: UUID, channel: str, by: User) -> None:
    """Somebody made sure that the number or address is right after all. Raises NotFound, NotPermitted, Refused."""
    patient = patient_for(patient_id, by)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    dead = preferences.dead_ends(patient).filter(channel=channel)
    if not dead.update(until=clock.now(), ended_by=by):
        raise Refused("Nothing is held back there.")
    followups.drop(_key(patient, Channel(channel)), because="It is right after all.", by=by)


@transaction.atomic
def said_to_provider(*, channel: Channel, address: str) -> None:
    """The person told the provider to stop: by its own unsubscribe, by the spam button, to a carrier."""
    people = people_at(channel, address)
    stop_at(
        channel=channel, address=address, words="Told the provider", source=OptOut.Source.PROVIDER, people=people
    )  # fmt: skip


@transaction.atomic
def stop_at(*, channel: Channel, address: str, words: str, source: OptOut.Source, people: Sequence[Patient]) -> None:
    """Nothing more goes to this address, whoever has it, nor to `people` on this channel. Twice is once."""
    whose: Sequence[Patient | None] = people or [None]
    for one in whose:
        OptOut.objects.get_or_create(
            patient=one, channel=channel, address=address, until=None,
            defaults={"words": words[:160], "source": source, "since": clock.now()},
        )  # fmt: skip
    for patient in people:
        if not preferences.ways(patient).open and not patient.deceased_on:
            title = f"Ask {patient.name} how to reach them: no message goes out any more"
            link = reverse("reminders:reaching", args=[patient.pk])
            followups.open_task(
                **_asked(patient)._asdict(), site=patient.site, patient=patient, title=title, link=link,
                due_at=clock.now() + DAY,
            )  # fmt: skip


def people_at(channel: str, address: str) -> list[Patient]:
    """Every patient with this number or address: a couple, a parent and a child."""
    if not address:
        return []
    field = {"phone": address} if channel == Channel.TEXT else {"email__iexact": address}
    return list(Patient.objects.select_related("site").filter(**field).order_by("registered_at", "id"))
