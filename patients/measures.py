"""Questionnaires: recorded whole, scored by us, and never left alone when an answer speaks of suicide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients import alerts, instruments, measure_plan, scoring
from patients.models import MeasureResponse, Patient, PatientLink, SafetyAlert
from patients.rows import locked_patient, patient_for

Instrument = MeasureResponse.Instrument
Timepoint = MeasureResponse.Timepoint

# What else happens in the same transaction when a response is kept; rooms further right add themselves.
after_record: list[Callable[[MeasureResponse], None]] = []

AHEAD = timedelta(minutes=2)  # a tablet's clock may run ahead of the server's
RECALL = timedelta(days=14)  # the PHQ-9 and the GAD-7 ask about two weeks
ASKS_OF_TWO_WEEKS = frozenset({Instrument.PHQ9, Instrument.GAD7})


@transaction.atomic
def record(
    *,
    patient_id: UUID,
    instrument: str,
    items: Sequence[int | None],
    observed_at: datetime,
    by: User | None,
    timepoint: str = "",
    link: PatientLink | None = None,
    language: str = "en",
    difficulty: int | None = None,
) -> MeasureResponse:
    """Keep one filled-in questionnaire and open a safety alert where its answers ask for one.

    Without a `timepoint` the plan says which occasion this is. `by` is empty only for what the patient answered by
    `link`. The same answers for the same moment twice (a second press) are one response.
    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    patient = _answering(patient_id, by, link)
    if errors := scoring.item_errors(instrument, items):
        raise Invalid(errors)
    if instrument in instruments.SCORES_ONLY:
        raise Invalid({"instrument": "Of this questionnaire only the score is kept: use “Enter a score”."})
    occasion = _occasion(patient, instrument, timepoint, observed_at)
    if difficulty is not None and (instrument != Instrument.PHQ9 or not 0 <= difficulty <= 3):
        raise Invalid({"difficulty": "Choose one of the answers to the last question."})
    wording = instruments.wording(instrument, occasion, language)
    values = _as_kept(instrument, items, occasion)
    return _keep(
        patient,
        by,
        link,
        instrument=instrument,
        timepoint=occasion,
        observed_at=observed_at,
        items=values,
        score=scoring.score(instrument, values),
        version=wording.version,
        language=wording.language,
        difficulty=difficulty,
    )


@transaction.atomic
def record_score(
    *,
    patient_id: UUID,
    instrument: str,
    observed_at: datetime,
    by: User,
    score: int | None = None,
    items: Sequence[int | None] = (),
    timepoint: str = "",
) -> MeasureResponse:
    """Keep the score of an instrument whose words we may not show: from the answers' numbers, else the total.

    The total of the WHO-5 is the raw one, 0 to 25; its percentage is kept. Raises NotFound, NotPermitted, Invalid.
    """
    patient = _answering(patient_id, by, None)
    if instrument not in instruments.SCORES_ONLY:
        raise Invalid({"instrument": "This questionnaire is filled in question by question."})
    numbers = [] if all(value is None for value in items) else list(items)
    total = _total(instrument, numbers, score)
    return _keep(
        patient,
        by,
        None,
        instrument=instrument,
        timepoint=_occasion(patient, instrument, timepoint, observed_at),
        observed_at=observed_at,
        items=[value for value in numbers if value is not None],
        score=total,
        version="score",
        language="",
        difficulty=None,
    )


def _total(instrument: str, items: Sequence[int | None], typed: int | None) -> int:
    if items:
        if errors := scoring.item_errors(instrument, items):
            raise Invalid(errors)
        worked_out = scoring.score(instrument, [value for value in items if value is not None])
        assert worked_out is not None
        if typed is not None and scoring.typed_score(instrument, typed) != worked_out:
            raise Invalid({"score": f"The answers add up to {worked_out}, not to {typed}. Look at both again."})
        return worked_out
    if typed is None:
        raise Invalid({"score": "Write the score, or the number of each answer."})
    if error := scoring.total_error(instrument, typed):
        raise Invalid({"score": error})
    return scoring.typed_score(instrument, typed)


def _answering(patient_id: UUID, by: User | None, link: PatientLink | None) -> Patient:
    """The patient, locked: as staff may know them, or as the link that they answer by belongs to them."""
    if by is not None:
        patient = patient_for(patient_id, by)
        require(by, Action.RECORD_MEASURE, at=patient.site)
        return patient
    if link is None or link.patient_id != patient_id:
        raise NotFound
    if not link.is_good:
        raise Refused("This link has ended. Call the clinic for a new one.")
    return locked_patient(patient_id)


def _occasion(patient: Patient, instrument: str, timepoint: str, observed_at: datetime) -> str:
    if observed_at > clock.now() + AHEAD:
        raise Invalid({"observed_at": "This time is still to come. Write when it was filled in."})
    if timepoint and timepoint not in Timepoint.values:
        raise Invalid({"timepoint": "Choose when this was asked."})
    return timepoint or occasion(patient, instrument, observed_at)


def occasion(patient: Patient, instrument: str, at: datetime) -> str:
    """What a questionnaire answered at this moment is for: what is due then, else the first one or a later check."""
    if planned := measure_plan.timepoint_at(patient, instrument, at):
        return planned
    begun = Q(instrument=instrument, timepoint=Timepoint.BASELINE) | Q(timepoint=Timepoint.PRE_INFUSION)
    return Timepoint.FOLLOW_UP if kept(patient).filter(begun).exists() else Timepoint.BASELINE


def _as_kept(instrument: str, items: Sequence[int | None], timepoint: str) -> list[int]:
    values = scoring.as_stored(instrument, items)
    if instrument == Instrument.CSSRS and timepoint != Timepoint.BASELINE and values[5] == 1:
        values[5] = 2  # “since last contact” is always recent
    return values


def _keep(patient: Patient, by: User | None, link: PatientLink | None, **values: Any) -> MeasureResponse:
    """One row, once; then the plan, the safety alert and whoever listens, in the same transaction."""
    same = ("instrument", "timepoint", "observed_at", "items", "score")
    response, created = MeasureResponse.objects.get_or_create(
        patient=patient,
        entered_in_error_at=None,
        **{name: values.pop(name) for name in same},
        defaults=values | {"entered_at": clock.now(), "entered_by": by, "link": link},
    )
    if created:
        measure_plan.answered(response)
        _watch(response)
        for tell in after_record:
            tell(response)
    return response


def _watch(response: MeasureResponse) -> None:
    """Open, or grade, the safety alert of this response (protocol 4.2; J3)."""
    if response.instrument == Instrument.CSSRS:
        risk = scoring.triage(response.items)
        has_its_grade = bool(response.link_id) and alerts.adopt_early(response)
        graded = alerts.grade_unscreened(response, risk)
        if risk is not None and not graded and not has_its_grade:
            alerts.open_for(response, risk)
    elif response.instrument == Instrument.ASQ:
        _watch_asq(response)
    elif response.instrument == Instrument.PHQ9 and scoring.item9_positive(response.items):
        _open_until_screened(response)


def _watch_asq(response: MeasureResponse) -> None:
    """Thoughts right now are an emergency; any other yes waits for the screener that grades it (S-ASQ)."""
    result = scoring.asq_result(response.items)
    if result is scoring.Asq.IMMINENT:
        alerts.open_early(response.patient, is_high=True, measure=response)
    elif result is scoring.Asq.POSITIVE and _screen_of_the_visit(response):
        _open_until_screened(response)
    elif result is scoring.Asq.POSITIVE:
        alerts.open_early(response.patient, is_high=False, measure=response)


def _open_until_screened(response: MeasureResponse) -> None:
    """A screener of the same visit grades it at once; if that opened an alert itself, one is enough."""
    screen = _screen_of_the_visit(response)
    if screen is None:
        alerts.open_for(response, SafetyAlert.Grade.UNSCREENED)
        return
    if alerts.open_alerts(response.patient).filter(measure=screen).exists():
        return
    risk = scoring.triage(screen.items)
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


def note_difficulty(response: MeasureResponse, value: int) -> None:
    """The unscored item of the PHQ-9, asked by link once the nine are kept. What was said first stays."""
    MeasureResponse.objects.filter(pk=response.pk, instrument=Instrument.PHQ9, difficulty=None).update(difficulty=value)
    response.refresh_from_db(fields=["difficulty"])


def is_repeat(response: MeasureResponse) -> bool:
    """Whether its two weeks overlap those of an earlier one: a “repeat administration” (protocol 4, notes)."""
    return earlier_within_recall(response.patient, response.instrument, response.observed_at) is not None


def earlier_within_recall(patient: Patient, instrument: str, at: datetime) -> MeasureResponse | None:
    """The last one before this moment whose two weeks overlap those of one answered now."""
    if instrument not in ASKS_OF_TWO_WEEKS:
        return None
    last = kept(patient).filter(instrument=instrument, observed_at__lt=at).first()
    if last is None:
        return None
    day, before = (patient.site.local(moment).date() for moment in (at, last.observed_at))
    return last if day - before < RECALL else None


HIGHER_NEEDS_A_LOOK = frozenset(
    {
        scoring.Band.SEVERE,
        scoring.Band.VERY_SEVERE,
        scoring.Band.EXTREME,
        scoring.Band.ABOVE_CUT,
        scoring.Band.POOR,
    }
)


def reading(response: MeasureResponse) -> Reading:
    if response.score is not None:
        if response.instrument not in scoring.BANDS:
            return Reading(response, "", "info")
        name = scoring.band(response.instrument, response.score)
        return Reading(response, str(name), "warn" if name in HIGHER_NEEDS_A_LOOK else "info")
    if response.instrument == Instrument.ASQ:
        result = scoring.asq_result(response.items)
        meaning = {scoring.Asq.NEGATIVE: "ok", scoring.Asq.POSITIVE: "warn", scoring.Asq.IMMINENT: "stop"}
        return Reading(response, str(result), meaning[result])
    risk = scoring.triage(response.items)
    if risk is None:
        return Reading(response, "negative", "ok")
    return Reading(response, f"{risk} risk", "warn" if risk is scoring.Risk.LOW else "stop")
