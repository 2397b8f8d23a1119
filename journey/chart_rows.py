"""The lists that a chart is made of, and how its last vitals and notes are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Left, NullIf

from clinic import addresses
from clinic.gathering import Among, Gathering, Given
from infusions.models import BoosterPlan, Infusion, InfusionNote, ResponseReview, Series, VitalSigns
from infusions.sheet import reading
from insurance import standing
from patients import validity
from patients.models import (
    Allergy,
    Consent,
    Contact,
    Evaluation,
    MeasureDue,
    MeasureResponse,
    Medication,
    Patient,
    SafetyAlert,
    SafetyPlan,
)
from reminders import preferences
from therapy.models import SessionNote, TherapySession
from visits.models import Appointment

STATIONS = 24  # the newest that strip and curve show; all of them stand on pages of their own
LAST_VITALS, LAST_NOTES = 20, 6
LATELY = 10  # among so many infusions and sessions the last vitals and notes are looked for
SIGNS = ("pressure", "heart_rate", "spo2", "breathing", "sedation")


@dataclass(frozen=True)
class Reading:
    """A row of vitals: when, of which infusion, and its signs as they are written."""

    at: str
    name: str
    href: str
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """A signed note, by whom, and how it begins."""

    name: str
    href: str
    signed_at: datetime
    who: str
    begins: str = ""


def _of(**more: Any) -> dict[str, Any]:
    return {"patient": Given("patient"), **more}


_theirs = (
    Infusion.objects.filter(appointment__patient=Given("patient"))
    .exclude(state__in=[Infusion.State.CANCELLED, Infusion.State.NO_SHOW])
    .order_by("-appointment__starts_at")
)
_talks = TherapySession.objects.filter(appointment__patient=Given("patient")).order_by("-appointment__starts_at")
_signed_as = Coalesce(NullIf("signed_by__signature_name", Value("")), "signed_by__full_name")
_given = Infusion.objects.filter(series=OuterRef("pk")).order_by().values("series")
_in_90_days = (
    _given.filter(state__in=Infusion.GIVEN)
    .annotate(at=Coalesce("started_at", "appointment__starts_at"))
    .filter(at__gte=Given("since"))
    .values("series")
    .annotate(n=Count("pk"))
    .values("n")
)

_visits = Appointment.objects.filter(**_of()).only("patient", "site", "kind", "starts_at", "ends_at", "status")

# Read first, by their visits; what belongs to them is then found by their keys, and not by the visits of years again.
NEWEST: dict[str, QuerySet[Any]] = {
    "infusions": _theirs.only("series", "appointment", "number", "state", "started_at")[:STATIONS],
    "sessions": _talks.only("series", "appointment", "kind", "state")[:STATIONS],
}
BOTH: dict[str, QuerySet[Any]] = {
    "visits": _visits.filter(Among("pk", "visits")),
    "next_visit": _visits.filter(status__in=Appointment.ALIVE, ends_at__gt=Given("now")).order_by("starts_at")[:1],
    "series": Series.objects.filter(**_of())
    .annotate(
        reviewed=Exists(ResponseReview.objects.filter(series=OuterRef("pk"), signed_at__gte=OuterRef("ended_at"))),
        given_mg=Subquery(_given.annotate(mg=Sum("given_mg")).values("mg")),
        in_90_days=Coalesce(Subquery(_in_90_days), 0),
        booked=Coalesce(Subquery(_given.annotate(n=Count("number")).values("n")), 0),
    )
    .order_by("-opened_at"),
    "plans": BoosterPlan.objects.filter(series__patient=Given("patient"), superseded_by__isnull=True).order_by(
        "-signed_at"
    )[:1],
    "alerts": SafetyAlert.objects.filter(**_of(closed_at__isnull=True)),
    "contacts": Contact.objects.filter(**_of(is_active=True)),
    **standing.ON_FILE,
    **validity.STANDING,
    **preferences.STANDING_IN_THE_WAY,
}
CLINICAL: dict[str, QuerySet[Any]] = {
    "safety_plans": SafetyPlan.objects.filter(**_of(signed_at__isnull=False)).only("number")[:1],
    "allergies": Allergy.objects.filter(**_of(entered_in_error_at__isnull=True))[:20],
    "medications": Medication.objects.filter(**_of(entered_in_error_at__isnull=True, stopped__isnull=True))[:20],
    "evaluations": Evaluation.objects.filter(**_of(signed_at__isnull=False)).order_by("-observed_at")[:1],
    "consents": Consent.objects.filter(**_of(kind=Consent.Kind.TREATMENT)).order_by("-observed_at", "-id")[:1],
    "scores": MeasureResponse.objects.filter(
        **_of(instrument=MeasureResponse.Instrument.PHQ9, entered_in_error_at__isnull=True)
    )
    .order_by("-observed_at")
    .only("instrument", "observed_at", "score")[:STATIONS],
    "measures_due": MeasureDue.objects.filter(**_of(state=MeasureDue.State.OPEN)).order_by("due_from", "-instrument")[
        :4
    ],
    "vitals": VitalSigns.objects.filter(Among("infusion", "lately"), entered_in_error_at__isnull=True).order_by(
        "-observed_at", "-id"
    )[:LAST_VITALS],
    "infusion_notes": InfusionNote.objects.filter(Among("infusion", "lately"), signed_at__isnull=False)
    .only("infusion", "signed_at")
    .annotate(who=_signed_as, begins=Left("text", 160))
    .order_by("-signed_at")[:LAST_NOTES],
    "session_notes": SessionNote.objects.filter(
        Among("session", "talked"), kind=SessionNote.Kind.PROGRESS, signed_at__isnull=False
    )
    .only("session", "signed_at")
    .annotate(who=_signed_as)
    .order_by("-signed_at")[:LAST_NOTES],
}
_one = Patient.objects.filter(pk=Given("patient"))
STRIP = Gathering.prepared(_one, **NEWEST)
DESK, CHART = Gathering.prepared(_one, **BOTH), Gathering.prepared(_one, **BOTH, **CLINICAL)


def keys_of(infusions: Sequence[Infusion], sessions: Sequence[TherapySession]) -> dict[str, list[UUID]]:
    """By which keys the rest is found: visits of these, and the latest of them that have begun."""
    begun = [one.pk for one in infusions if one.state != Infusion.State.SCHEDULED]
    talked = [one.pk for one in sessions if one.state != TherapySession.State.PLANNED]
    rows: tuple[Infusion | TherapySession, ...] = (*infusions, *sessions)
    visits = [one.appointment_id for one in rows if one.appointment_id]
    return {"visits": visits, "lately": begun[:LATELY], "talked": talked[:LATELY]}


def readings(rows: Iterable[VitalSigns], infusions: Sequence[Infusion]) -> list[Reading]:
    """The last vitals, newest first, each with the infusion it belongs to."""
    by_pk = {one.pk: one for one in infusions}
    return [_reading(row, by_pk[row.infusion_id]) for row in rows if row.infusion_id in by_pk]


def _reading(row: VitalSigns, infusion: Infusion) -> Reading:
    site = infusion.appointment.site
    local, year = site.local(row.observed_at), site.today().year
    return Reading(
        f"{local.day} {local:%b}{f' {local.year}' if local.year != year else ''}, {local:%H:%M}",
        _name(infusion),
        addresses.of("infusions:infusion", infusion.pk),
        tuple(reading(row, sign) for sign in SIGNS),
    )


def _name(infusion: Infusion) -> str:
    return "Booster" if infusion.series.kind == Series.Kind.MAINTENANCE else f"Infusion {infusion.number or ''}".strip()


def notes(
    of_infusions: Iterable[Any],
    of_sessions: Iterable[Any],
    infusions: Sequence[Infusion],
    sessions: Sequence[TherapySession],
) -> list[Note]:
    """The last signed notes of both rooms, newest first."""
    given, talks = {one.pk: one for one in infusions}, {one.pk: one for one in sessions}
    made = [
        Note(_name(given[pk]), addresses.of("infusions:note", pk), one.signed_at, one.who, one.begins)
        for one in of_infusions
        if (pk := one.infusion_id) in given
    ]
    made += [
        Note(str(talks[pk]), addresses.of("therapy:session", pk), one.signed_at, one.who)
        for one in of_sessions
        if (pk := one.session_id) in talks
    ]
    return sorted(made, key=lambda note: note.signed_at, reverse=True)[:LAST_NOTES]
