"""Questionnaires: recorded whole, scored by us, and never left alone when an answer speaks of suicide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock
from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, require
from patients import alerts, instruments, rules
from patients.models import MeasureResponse, Patient, SafetyAlert
from patients.rows import patient_for

Instrument = MeasureResponse.Instrument
Timepoint = MeasureResponse.Timepoint

# What else happens in the same transaction when a response is kept; rooms further right add themselves.
after_record: list[Callable[[MeasureResponse], None]] = []

AHEAD = timedelta(minutes=2)  # a tablet's clock may run ahead of the server's


@transaction.atomic
def record(
    *,
    patient_id: UUID,
    instrument: str,
    items: Sequence[int | None],
    timepoint: str,
    observed_at: datetime,
    by: User,
) -> MeasureResponse:
    """Keep one filled-in questionnaire and open a safety alert where its answers ask for one.

    The same answers for the same moment twice (a second press) are one response.
    Raises NotFound, NotPermitted, Invalid.
    """
    patient = patient_for(patient_id, by)
    require(by, Action.RECORD_MEASURE, at=patient.site)
    values = _checked(instrument, items, timepoint)
    if observed_at > clock.now() + AHEAD:
        raise Invalid({"observed_at": "This time is still to come. Write when it was filled in."})
    wording = instruments.wording(instrument, timepoint)
    response, created = MeasureResponse.objects.get_or_create(
        patient=patient,
        instrument=instrument,
        timepoint=timepoint,
        observed_at=observed_at,
        items=values,
        entered_in_error_at=None,
        defaults={
            "version": wording.version,
            "score": rules.score(instrument, values),
            "entered_at": clock.now(),
            "entered_by": by,
        },
    )
    if created:
        _watch(response)
        for tell in after_record:
            tell(response)
    return response


def _checked(instrument: str, items: Sequence[int | None], timepoint: str) -> list[int]:
    errors = rules.item_errors(instrument, items)
    if timepoint not in Timepoint.values:
        errors["timepoint"] = "Choose when this was asked."
    if errors:
        raise Invalid(errors)
    values = rules.as_stored(instrument, items)
    if instrument == Instrument.CSSRS and timepoint != Timepoint.BASELINE and values[5] == 1:
        values[5] = 2  # “since last contact” is always recent
    return values


def _watch(response: MeasureResponse) -> None:
    """Open, or grade, the safety alert of this response (protocol 4.2; J3)."""
    if response.instrument == Instrument.CSSRS:
        risk = rules.triage(response.items)
        graded = alerts.grade_unscreened(response, risk)
        if risk is not None and not graded:
            alerts.open_for(response, risk)
    elif response.instrument == Instrument.PHQ9 and rules.item9_positive(response.items):
        _open_for_item9(response)


def _open_for_item9(response: MeasureResponse) -> None:
    """A screener of the same visit grades it at once; if that opened an alert itself, one is enough."""
    screen = _screen_of_the_visit(response)
    if screen is None:
        alerts.open_for(response, SafetyAlert.Grade.UNSCREENED)
        return
    if alerts.open_alerts(response.patient).filter(measure=screen).exists():
        return
    risk = rules.triage(screen.items)
    alert = alerts.open_for(response, risk or SafetyAlert.Grade.LOW)
    alert.screen = screen
    alert.save(update_fields=["screen"])


SAME_VISIT = timedelta(hours=4)


def _screen_of_the_visit(response: MeasureResponse) -> MeasureResponse | None:
    return (
        kept(response.patient)
        .filter(
            instrument=Instrument.CSSRS,
            observed_at__range=(
                response.observed_at - SAME_VISIT,
                response.observed_at + SAME_VISIT,
            ),
        )
        .first()
    )


def kept(patient: Patient) -> QuerySet[MeasureResponse]:
    """Responses that stand: not marked as entered in error; newest first."""
    return MeasureResponse.objects.filter(patient=patient, entered_in_error_at__isnull=True).order_by(
        "-observed_at", "-id"
    )


def latest(patient: Patient, instrument: str) -> MeasureResponse | None:
    return kept(patient).filter(instrument=instrument).first()


def baseline(patient: Patient) -> MeasureResponse | None:
    """The PHQ-9 from which the response is counted: the newest one marked as baseline."""
    return kept(patient).filter(instrument=Instrument.PHQ9, timepoint=Timepoint.BASELINE).first()


@dataclass(frozen=True)
class Reading:
    """A response as people read it: the words for its number, or the triage of a screener."""

    response: MeasureResponse
    words: str
    meaning: str  # ok | info | warn | stop


def reading(response: MeasureResponse) -> Reading:
    if response.score is not None:
        name = rules.band(response.instrument, response.score)
        meaning = "info" if response.score < 20 else "warn"
        return Reading(response, str(name), meaning)
    risk = rules.triage(response.items)
    if risk is None:
        return Reading(response, "negative", "ok")
    return Reading(response, f"{risk} risk", "warn" if risk is rules.Risk.LOW else "stop")
