"""When each questionnaire is due: planned by the rooms that know why, closed by the answer that came in its time.

Cadence: baseline, before each infusion, 24 to 72 hours after the last, then every 14 and every 28 days (protocol 3.6
and Table A, phq9_cadence_post). The days are worked out where the infusions are; here is only what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock
from patients.models import MeasureDue, MeasureResponse, Patient
from patients.rows import locked_patient

State = MeasureDue.State
Instrument = MeasureResponse.Instrument
Timepoint = MeasureResponse.Timepoint

LATE = {
    Timepoint.BASELINE: timedelta(),
    Timepoint.PRE_INFUSION: timedelta(),  # the visit is over
    Timepoint.POST_SERIES: timedelta(days=7),
    Timepoint.FOLLOW_UP: timedelta(days=7),
}
"""How long after its time an answer still counts for what was asked: well before the next one is due (our proposal)."""

# The occasion that an answer is for, where several are due at once.
FIRST = (Timepoint.PRE_INFUSION, Timepoint.BASELINE, Timepoint.POST_SERIES, Timepoint.FOLLOW_UP)


@dataclass(frozen=True)
class Wanted:
    """One questionnaire that a source asks for. `key` tells it from the others of the source, and stays the same when
    its time moves."""

    instrument: str
    timepoint: str
    due_from: datetime
    due_until: datetime
    key: str


@transaction.atomic(savepoint=False)
def keep(*, patient: Patient, source: str, wanted: Sequence[Wanted]) -> None:
    """Make what is due from one source just what it wants now; a second call with the same wishes changes nothing.

    What is no longer wanted is void; what was answered in its time stays done; what moved away from its answer is
    asked for again. Called by the house itself, inside the verb that changed the plan.
    """
    keep_all(patient=patient, wanted={source: wanted})


@transaction.atomic(savepoint=False)
def keep_all(*, patient: Patient, wanted: Mapping[str, Sequence[Wanted]]) -> None:
    """The same for several sources at once."""
    locked_patient(patient.pk)
    rows = MeasureDue.objects.select_for_update(of=("self",)).filter(patient=patient, source__in=wanted)
    by_key: dict[tuple[str, str], list[MeasureDue]] = {}
    for row in rows.select_related("response"):
        by_key.setdefault((row.source, row.key), []).append(row)
    now = clock.now()
    new: list[MeasureDue] = []
    for source, wish in ((source, wish) for source, wishes in wanted.items() for wish in wishes):
        there = _standing(wish, by_key.pop((source, wish.key), []), now)
        if there is None:
            new.append(_row(patient, source, wish, now))
        elif there.state == State.OPEN and (there.due_from, there.due_until) != (wish.due_from, wish.due_until):
            there.due_from, there.due_until, there.timepoint = wish.due_from, wish.due_until, wish.timepoint
            there.save(update_fields=["due_from", "due_until", "timepoint"])
    left = [row.pk for rows_left in by_key.values() for row in rows_left if row.state == State.OPEN]
    if left:
        MeasureDue.objects.filter(pk__in=left).update(state=State.VOID, closed_at=now)
    _close_with_what_is_there(patient, MeasureDue.objects.bulk_create(new))


def _standing(wish: Wanted, rows: Iterable[MeasureDue], now: datetime) -> MeasureDue | None:
    """The row that already stands for this wish: answered in its time, open, or missed and over."""
    for row in rows:
        if row.state == State.DONE and _still_answers(row, wish):
            return row
        if row.state == State.OPEN:
            return row
        if row.state == State.MISSED and closes_at(wish) < now:
            return row
    return None


def _still_answers(row: MeasureDue, wish: Wanted) -> bool:
    given = row.response
    return given is not None and given.entered_in_error_at is None and _counts(wish, given.observed_at)


def _row(patient: Patient, source: str, wish: Wanted, now: datetime) -> MeasureDue:
    missed = closes_at(wish) < now
    return MeasureDue(
        patient=patient,
        source=source,
        key=wish.key,
        instrument=wish.instrument,
        timepoint=wish.timepoint,
        due_from=wish.due_from,
        due_until=wish.due_until,
        made_at=now,
        state=State.MISSED if missed else State.OPEN,
        closed_at=now if missed else None,
    )


def closes_at(due: Wanted | MeasureDue) -> datetime:
    return due.due_until + LATE[Timepoint(due.timepoint)]


def _counts(due: Wanted | MeasureDue, observed_at: datetime) -> bool:
    return due.due_from <= observed_at <= closes_at(due)


def _close_with_what_is_there(patient: Patient, rows: Sequence[MeasureDue]) -> None:
    """A plan that is made late finds the answers that were given in its time."""
    open_rows = [row for row in rows if row.state == State.OPEN and row.due_from <= clock.now()]
    if not open_rows:
        return
    given = MeasureResponse.objects.filter(
        patient=patient,
        instrument__in={row.instrument for row in open_rows},
        observed_at__gte=min(row.due_from for row in open_rows),
        entered_in_error_at=None,
    ).order_by("observed_at")
    for response in given:
        answered(response)


def answered(response: MeasureResponse) -> None:
    """Close what this response answers: whatever is due of its instrument in its time. A baseline is only that."""
    now = clock.now()
    fitting = [row.pk for row in _fitting(response.patient, response.instrument, response.observed_at)
               if row.timepoint != Timepoint.BASELINE or response.timepoint == Timepoint.BASELINE]  # fmt: skip
    if fitting:
        MeasureDue.objects.filter(pk__in=fitting, state=State.OPEN).update(
            state=State.DONE, response=response, closed_at=now
        )


def _fitting(patient: Patient, instrument: str, at: datetime) -> list[MeasureDue]:
    begun = MeasureDue.objects.filter(patient=patient, instrument=instrument, state=State.OPEN, due_from__lte=at)
    return [row for row in begun if _counts(row, at)]


def timepoint_at(patient: Patient, instrument: str, at: datetime) -> str:
    """The occasion that is due of this instrument at this moment; empty when none is."""
    there = {row.timepoint for row in _fitting(patient, instrument, at)}
    return next((str(each) for each in FIRST if each in there), "")


def due(patient: Patient, on: datetime | None = None) -> list[MeasureDue]:
    """What is to be answered at this moment (now), the oldest first: each instrument once."""
    at = on or clock.now()
    rows = MeasureDue.objects.filter(patient=patient, state=State.OPEN, due_from__lte=at).order_by(
        "due_until", "-instrument"
    )
    found: dict[str, MeasureDue] = {}
    for row in rows:
        if _counts(row, at):
            found.setdefault(row.instrument, row)
    return list(found.values())


def coming(patient: Patient, *, limit: int = 12) -> QuerySet[MeasureDue]:
    """What is open, due or to come, in the order of its time."""
    return MeasureDue.objects.filter(patient=patient, state=State.OPEN).order_by("due_from", "-instrument")[:limit]


def missed(patient: Patient, *, limit: int = 6) -> QuerySet[MeasureDue]:
    """What nobody answered in its time, the newest first."""
    return MeasureDue.objects.filter(patient=patient, state=State.MISSED).order_by("-due_from", "-id")[:limit]


ADDED_BY_DIAGNOSIS = {"F43.1": Instrument.PCL5, "F42": Instrument.YBOCS}
"""What a diagnosis (ICD-10-CM) adds to the questionnaires of every patient."""


def extras(patient: Patient) -> tuple[str, ...]:
    """PCL-5 with PTSD, Y-BOCS with OCD: from the newest evaluation and the conditions that have not ended."""
    judged = patient.evaluations.order_by("-observed_at").values_list("diagnosis_code", flat=True)[:1]
    lasting = patient.conditions.filter(entered_in_error_at=None, abatement=None).values_list("code", flat=True)
    codes = [*judged, *lasting]
    return tuple(
        str(instrument)
        for start, instrument in ADDED_BY_DIAGNOSIS.items()
        if any(code.upper().startswith(start) for code in codes)
    )


BASELINE = "baseline"
BASELINE_FOR = timedelta(days=28)  # the baseline belongs to an evaluation within 4 weeks (S-QCspr)


def want_baseline(patient: Patient) -> None:
    """Ask for what an evaluation rests on: PHQ-9, GAD-7, the suicide screener, and what the diagnosis adds."""
    now = clock.now()
    wanted = [
        Wanted(each, Timepoint.BASELINE, now - BASELINE_FOR, now + BASELINE_FOR, each)
        for each in (Instrument.PHQ9, Instrument.GAD7, Instrument.CSSRS, *extras(patient))
    ]
    keep(patient=patient, source=BASELINE, wanted=wanted)


@transaction.atomic
def close_missed(now: datetime) -> int:
    """Mark what nobody answered in its time; called by the clock. Answers how many."""
    late = Q()
    for timepoint, grace in LATE.items():
        late |= Q(timepoint=timepoint, due_until__lt=now - grace)
    return MeasureDue.objects.filter(late, state=State.OPEN).update(state=State.MISSED, closed_at=now)
