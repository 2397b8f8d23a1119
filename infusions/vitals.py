"""The flowsheet: rows of vital signs, their corrections, what they cross, and when the next set is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.composed import ComposedInsert
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from clinic.protocol import ProtocolValues
from infusions import limits, states, stays
from infusions.limits import Crossing, Kind, Phase
from infusions.models import Infusion, RunEvent, StateEvent, VitalSigns
from infusions.states import State
from infusions.stays import Stay

# What a person can have and live; the same bounds stand in the database.
RANGES: dict[str, tuple[str, int, int]] = {
    "systolic": ("Systolic", 50, 260),
    "diastolic": ("Diastolic", 20, 160),
    "heart_rate": ("Heart rate", 20, 250),
    "spo2": ("SpO2", 50, 100),
    "respiratory_rate": ("Breathing", 0, 60),
    "moaas": ("Sedation", 0, 5),
    "cadss6": ("CADSS-6", 0, 24),
    "distress": ("Distress", 0, 10),
}
FIELDS = (*RANGES, "nausea", "symptoms")
RECHECK_EARLY = timedelta(minutes=1)
_NEW = ComposedInsert(VitalSigns)


@dataclass
class Taken(Stay):
    """A saved row with all that stands on its sheet, and, for whoever asks, the lines it crosses."""

    row: VitalSigns

    @cached_property
    def crossings(self) -> tuple[Crossing, ...]:
        return tuple(crossed(self.infusion, self.vitals, self.settings).get(self.row.pk, ()))


@transaction.atomic
def record(
    *, infusion_id: UUID, observed_at: datetime, by: User, client_key: UUID | None = None, **values: Any
) -> Taken:
    """Save one set of vitals, as `add` does. Raises NotFound too."""
    return add(stays.locked(infusion_id), observed_at=observed_at, by=by, client_key=client_key, **values)


def add(stay: Stay, *, observed_at: datetime, by: User, client_key: UUID | None = None, **values: Any) -> Taken:
    """Save one set of vitals. A repeated `client_key` answers the row that is there already.

    `stay` comes from `stays.locked`, in the same transaction. Raises NotPermitted, Refused outside the stay, Invalid
    with a sentence for each value that can't be.
    """
    infusion = stay.infusion
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    row = next((one for one in stay.vitals if client_key and one.client_key == client_key), None)
    if row is None:
        _check(values)
        moment = _inside_the_stay(infusion, observed_at, stay.steps)
        row = VitalSigns(infusion=infusion, observed_at=moment, entered_by=by, client_key=client_key, **values)
        _NEW.write([row])
        stay.vitals.append(row)
    return Taken(**vars(stay), row=row)


@transaction.atomic
def correct(
    *, vitals_id: UUID, reason: str, by: User, observed_at: datetime | None = None, **values: Any
) -> VitalSigns:
    """Write the right row beside the wrong one, which stays visible. Raises NotFound, Refused, Invalid."""
    old = VitalSigns.objects.select_related("infusion").filter(pk=vitals_id).first()
    if old is None:
        raise NotFound
    infusion = states.locked(old.infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    old = VitalSigns.objects.get(pk=vitals_id)
    if old.entered_in_error_at:
        raise Refused("This row was corrected already. Correct the newer one.")
    if not reason.strip():
        raise Invalid({"reason": "Say in a few words what was wrong."})
    merged = {name: getattr(old, name) for name in FIELDS} | values
    _check(merged)
    moment = _inside_the_stay(infusion, observed_at or old.observed_at, infusion.state_events.all())
    VitalSigns.objects.filter(pk=old.pk).update(
        entered_in_error_at=clock.now(), entered_in_error_by=by, entered_in_error_reason=reason.strip()
    )
    return VitalSigns.objects.create(infusion=infusion, observed_at=moment, entered_by=by, corrects=old, **merged)


@transaction.atomic
def answer(*, vitals_id: UUID, what: str, by: User, observed_at: datetime | None = None) -> RunEvent:
    """Write what was done about a row that crossed a line; asked twice, it answers the first."""
    row = VitalSigns.objects.select_related("infusion").filter(pk=vitals_id).first()
    if row is None:
        raise NotFound
    infusion = states.locked(row.infusion_id, states.FOR_A_ROW)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    known = infusion.events.filter(kind=RunEvent.Kind.LIMIT, client_key=row.pk).first()
    if known:
        return known
    if not what.strip():
        raise Invalid({"what": "Say what you did."})
    moment = states.happened(observed_at or clock.now(), not_before=row.observed_at, before="the reading it answers")
    return RunEvent.objects.create(
        infusion=infusion, kind=RunEvent.Kind.LIMIT, observed_at=moment, entered_by=by, text=what.strip(),
        client_key=row.pk,
    )  # fmt: skip


def phase_of(infusion: Infusion, moment: datetime) -> Phase:
    """Before the pump ran, while it did, or after."""
    if infusion.started_at is None or moment < infusion.started_at:
        return Phase.BEFORE
    if infusion.ended_at is None or moment < infusion.ended_at:
        return Phase.DURING
    return Phase.RECOVERY


def live(rows: Iterable[VitalSigns]) -> list[VitalSigns]:
    """The rows that count, oldest first."""
    return sorted((row for row in rows if not row.entered_in_error_at), key=attrgetter("observed_at", "id"))


def baseline(infusion: Infusion, rows: Iterable[VitalSigns]) -> VitalSigns | None:
    """Today's first blood pressure, taken before the pump ran."""
    return next(
        (row for row in live(rows) if row.systolic is not None and phase_of(infusion, row.observed_at) is Phase.BEFORE),
        None,
    )


def crossed(infusion: Infusion, rows: Iterable[VitalSigns], settings: ProtocolValues) -> dict[UUID, list[Crossing]]:
    """Of each row the lines it crosses; a reading that repeats a pause line is its confirmation."""
    kept = live(rows)
    first, found = baseline(infusion, kept), {}
    fast = _fast_since(infusion, kept, settings)
    lasts = timedelta(minutes=settings.hr_notify_minutes)
    asked: datetime | None = None
    for row in kept:
        phase = phase_of(infusion, row.observed_at)
        lasting = row.pk in fast and row.observed_at - fast[row.pk] >= lasts
        repeats = asked is not None and phase is Phase.DURING
        crossings = limits.crossings(row, phase, settings, first, recheck=repeats, lasting=lasting)
        if crossings:
            found[row.pk] = crossings
        asked = _still_asked(asked, row, crossings, settings) if phase is Phase.DURING else None
    return found


def _asks_recheck(crossing: Crossing) -> bool:
    return crossing.sign == "pressure" and crossing.kind in {Kind.PAUSE, Kind.STOP}


def _still_asked(
    asked: datetime | None, row: VitalSigns, crossings: Sequence[Crossing], settings: ProtocolValues
) -> datetime | None:
    """Since when a pressure waits for its recheck, after this row. Only one taken in its time answers it.

    Up to a minute early is in time (P): a lower pressure seconds after the crossing ends no clock.
    """
    if row.systolic is None:
        return asked
    if any(_asks_recheck(crossing) for crossing in crossings):
        return row.observed_at
    wait = timedelta(minutes=settings.bp_recheck_minutes) - RECHECK_EARLY
    return asked if asked and row.observed_at - asked < wait else None


def _fast_since(infusion: Infusion, kept: Sequence[VitalSigns], settings: ProtocolValues) -> dict[UUID, datetime]:
    """Of each row with a fast heart, since when it has been fast; counted from the start of the pump on."""
    found: dict[UUID, datetime] = {}
    since: datetime | None = None
    for row in kept:
        if row.heart_rate is None or phase_of(infusion, row.observed_at) is Phase.BEFORE:
            continue
        since = (since or row.observed_at) if limits.is_fast(row, settings) else None
        if since:
            found[row.pk] = since
    return found


@dataclass(frozen=True)
class Question:
    """A crossing for which nobody has written yet what was done."""

    row: VitalSigns
    crossings: tuple[Crossing, ...]


def questions(
    infusion: Infusion,
    rows: Iterable[VitalSigns],
    events: Iterable[RunEvent],
    found: Mapping[UUID, Sequence[Crossing]],
) -> list[Question]:
    """The crossings after the start that still wait for "what was done", the newest first."""
    if not found:
        return []
    answered = {event.client_key for event in events if event.kind == RunEvent.Kind.LIMIT}
    return [
        Question(row, tuple(found[row.pk]))
        for row in reversed(live(rows))
        if row.pk not in answered
        and any(crossing.kind is not Kind.WATCH for crossing in found.get(row.pk, ()))
        and phase_of(infusion, row.observed_at) is not Phase.BEFORE
    ]


def unanswered(infusion: Infusion, rows: Iterable[VitalSigns], settings: ProtocolValues) -> list[str]:
    """A sentence for every row whose crossed line still waits for "what was done", the newest first."""
    kept, local = live(rows), infusion.appointment.site.local
    return [
        f"At {local(each.row.observed_at):%H:%M} a line was crossed: {each.crossings[0].sentence} "
        "Write at the chair what was done."
        for each in questions(infusion, kept, infusion.events.all(), crossed(infusion, kept, settings))
    ]


@dataclass(frozen=True)
class Due:
    """When the next set is due; `recheck` when a crossed pause or stop line, or a fast heart, asks for it sooner."""

    at: datetime
    seconds: int
    late_after: int
    recheck: bool = False

    @property
    def is_late(self) -> bool:
        return self.seconds < -self.late_after

    @property
    def tone(self) -> str:
        return "late" if self.seconds < 0 else "soon" if self.seconds <= 120 else "calm"


def next_due(
    infusion: Infusion,
    rows: Iterable[VitalSigns],
    settings: ProtocolValues,
    found: Mapping[UUID, Sequence[Crossing]] | None = None,
    now: datetime | None = None,
) -> Due | None:
    """The clock of the chair: ten minutes in the infusion, fifteen in recovery, five after a pause or stop line.

    A fast heart is measured again five minutes after it was first seen (Table A, hr_during). None while nothing is
    due: before the pump runs and after discharge.
    """
    phases = {State.IN_PROGRESS: Phase.DURING, State.PAUSED: Phase.DURING, State.RECOVERY: Phase.RECOVERY}
    phase = phases.get(State(infusion.state))
    if phase is None or infusion.started_at is None:
        return None
    during = phase is Phase.DURING
    begun = infusion.started_at if during else infusion.ended_at
    kept = live(rows)
    since = max([row.observed_at for row in kept[-1:]] + [begun or infusion.started_at])
    every = settings.vitals_every_minutes if during else settings.vitals_every_minutes_recovery
    at, recheck = since + timedelta(minutes=every), False
    for again in _rechecks(infusion, kept, settings, found or {}):
        at, recheck = min(at, again), True
    seconds = round((at - (now or clock.now())).total_seconds())
    return Due(at, seconds, settings.vitals_late_minutes * 60, recheck)


def _rechecks(
    infusion: Infusion, rows: Sequence[VitalSigns], settings: ProtocolValues, found: Mapping[UUID, Sequence[Crossing]]
) -> Iterator[datetime]:
    """When a sign has to be measured again; a set without that sign doesn't answer for it."""
    if not found:
        return
    running = [row for row in rows if phase_of(infusion, row.observed_at) is not Phase.BEFORE]
    asked: datetime | None = None
    for row in running:
        asked = _still_asked(asked, row, found.get(row.pk, ()), settings)
    if asked:
        yield asked + timedelta(minutes=settings.bp_recheck_minutes)
    counted = next((row for row in reversed(running) if row.heart_rate is not None), None)
    if counted and any(crossing.kind is Kind.WATCH for crossing in found.get(counted.pk, ())):
        first = _fast_since(infusion, running, settings)[counted.pk]
        yield first + timedelta(minutes=settings.hr_notify_minutes)


@dataclass(frozen=True)
class Missed:
    """A set that was due and that nobody took in time; `taken_at` is when the next one came."""

    at: datetime
    phase: Phase
    taken_at: datetime | None = None


def missed(infusion: Infusion, rows: Iterable[VitalSigns], settings: ProtocolValues, until: datetime) -> list[Missed]:
    """Every set that was missed until now, oldest first: due, and more than the grace late (Table A).

    It follows from the rows alone, so a row that is typed later for the right time makes the miss go away, and nothing
    else does.
    """
    if infusion.started_at is None:
        return []
    times = [row.observed_at for row in live(rows)]
    ended = infusion.ended_at
    during = (Phase.DURING, infusion.started_at, ended or until, settings.vitals_every_minutes)
    phases = [during] + ([(Phase.RECOVERY, ended, until, settings.vitals_every_minutes_recovery)] if ended else [])
    late = timedelta(minutes=settings.vitals_late_minutes)
    return [
        Missed(at, phase, taken)
        for phase, begins, ends, every in phases
        for at, taken in _gaps(times, begins, ends, timedelta(minutes=every), late)
    ]


def _gaps(
    times: Sequence[datetime], begins: datetime, ends: datetime, every: timedelta, late: timedelta
) -> Iterator[tuple[datetime, datetime | None]]:
    """The due times between two edges that no reading came near enough to, each with the reading that came after."""
    inside = [time for time in times if begins <= time <= ends]
    last = begins
    for time in [*inside, None]:
        upto = time or ends
        while upto > last + every + late:
            last += every
            yield last, time
        last = upto


def _check(values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise Invalid(f"There is no vital sign called {', '.join(sorted(unknown))}.")
    problems: dict[str, str] = {}
    for name, (label, low, high) in RANGES.items():
        value = values.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            problems[name] = f"{label} is a whole number."
        elif not low <= value <= high:
            problems[name] = f"{label} is between {low} and {high}. You wrote {value}."
    systolic, diastolic = values.get("systolic"), values.get("diastolic")
    if (systolic is None) != (diastolic is None):
        problems["diastolic" if diastolic is None else "systolic"] = "Blood pressure needs both numbers."
    elif systolic is not None and diastolic is not None and systolic <= diastolic and not problems:
        problems["diastolic"] = f"Diastolic is lower than systolic. You wrote {systolic}/{diastolic}."
    if all(values.get(name) is None for name in FIELDS):
        problems["systolic"] = "Write at least one value."
    if problems:
        raise Invalid(problems)


def _inside_the_stay(infusion: Infusion, observed_at: datetime, steps: Iterable[StateEvent]) -> datetime:
    """The row's time, inside the patient's stay. Raises Refused, Invalid."""
    if infusion.state not in {*Infusion.IN_HOUSE, State.DISCHARGED}:
        raise Refused("Vitals are recorded from check-in until discharge.")
    edges = {step.after: step.observed_at for step in steps}
    local = infusion.appointment.site.local
    came, left = edges.get(State.CHECKED_IN), edges.get(State.DISCHARGED)
    moment = states.happened(observed_at, not_before=came, before=f"check-in at {local(came):%H:%M}" if came else "")
    if left and moment > left:
        raise Invalid({"observed_at": f"The patient left at {local(left):%H:%M}. Write when it was measured."})
    return moment
