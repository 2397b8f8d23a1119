"""The numbers and shapes of visits: what each holds and for how long, gaps, windows, templates. Pure; no ORM.

Sources: protocol.md 2.4 (staff), 3.1 and 3.2 (schedules, missed sessions), 5 (therapy), 7.2 (reminders), Table A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from clinic.policy import Role

if TYPE_CHECKING:
    from clinic.protocol import ProtocolValues

STEP_MINUTES = 5  # every hold starts and ends on this step; the board has one row for each
BUFFER_MINUTES = 5  # to clear the room after an infusion
IV_START_MINUTES = 10  # after arrival; the nurse has both hands full until then
EVALUATION_MINUTES = 60
PAST_MINUTES = 15  # how long after its start a visit may still be booked (walk-ins)
UNDO_MINUTES = 15
LONGEST_MINUTES = 300  # of a drug, a session or a recovery

# How long a patient's recovery takes, from those before (Table A gives the time of a patient nobody knows yet).
RECOVERIES_NEEDED, RECOVERIES_COUNTED = 3, 6
DAY_MINUTES = 24 * 60

INFUSIONS = frozenset({"infusion", "booster"})
THERAPY = frozenset({"preparation", "midpoint", "integration", "further", "group"})

# A nurse's hands: one lane beside the lanes of the ratio. Two IV starts by one nurse can't coincide, while a patient
# who is only watched may go on beside one.
HANDS_LANE = 50

# Names of the templates by the weekdays wished (Monday is 0); protocol 3.1.
TEMPLATES: dict[str, tuple[int, ...]] = {
    "Tuesday and Friday": (1, 4),
    "Monday and Thursday": (0, 3),
    "Monday, Wednesday and Friday": (0, 2, 4),
}

PREPARATION_BEST_DAYS = 5  # before the first infusion: time to read the plan, not so long that it fades


class Who(StrEnum):
    ROOM = "room"
    STAFF = "staff"
    PATIENT = "patient"


class Lanes(StrEnum):
    ONE = "one"
    ALL = "all"
    HANDS = "hands"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a visit holds, in minutes from its start."""

    who: Who
    phase: str
    start: int
    end: int
    lanes: Lanes = Lanes.ONE


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of a visit as a person sees it on the board, in minutes from its start."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Shape:
    """All that a visit of one kind holds. One object for each, so that it is a quick key."""

    kind: str
    minutes: int
    room_kinds: tuple[str, ...]
    role: Role
    parts: tuple[Part, ...]

    @cached_property
    def staff_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.who == Who.STAFF)

    @cached_property
    def staff_minutes(self) -> int:
        return max(part.end for part in self.staff_parts)

    @property
    def asks_all_lanes(self) -> bool:
        return any(part.lanes == Lanes.ALL for part in self.staff_parts)

    @cached_property
    def asks_one_lane(self) -> bool:
        return any(part.lanes == Lanes.ONE for part in self.staff_parts)


@dataclass(frozen=True, slots=True)
class Timing:
    """The minutes that a site's protocol settings give."""

    arrival: int = 15
    infusion: int = 40
    recovery: int = 60
    therapy: int = 53
    nurse_lanes: int = 2

    def of_patient(self, minutes: int | None, recovery: int | None) -> Timing:
        """The same with the minutes of one person's drug and recovery, where they are known."""
        return replace(self, infusion=minutes or self.infusion, recovery=recovery or self.recovery)

    @classmethod
    def of(cls, settings: ProtocolValues) -> Timing:
        return cls(
            arrival=settings.arrival_minutes,
            infusion=settings.infusion_minutes,
            recovery=settings.recovery_minutes,
            therapy=settings.therapy_minutes,
            nurse_lanes=settings.nurse_lanes,
        )


def round_up(minutes: int) -> int:
    """The next whole step: 53 becomes 55."""
    return -(-minutes // STEP_MINUTES) * STEP_MINUTES


def usual_recovery(minutes: Sequence[int]) -> int | None:
    """The time that four of five of a patient's last recoveries kept, newest first; None when too few are known.

    The 80th percentile by nearest rank, rounded up to the step: of 50, 55, 60, 70 and 75 minutes it is 70.
    """
    last = sorted(minutes[:RECOVERIES_COUNTED])
    if len(last) < RECOVERIES_NEEDED:
        return None
    return min(round_up(last[-(-len(last) * 4 // 5) - 1]), LONGEST_MINUTES)


@lru_cache
def shape(
    kind: str, timing: Timing, *, first_ever: bool = False, minutes: int | None = None, recovery: int | None = None
) -> Shape:
    """What a visit of `kind` holds.

    `minutes` is the drug's or the session's own length and `recovery` the time after the drug, when they are not the
    usual ones.
    """
    if kind in INFUSIONS:
        return _infusion(kind, timing.of_patient(minutes, recovery), first_ever)
    if kind in THERAPY:
        length = round_up(minutes or timing.therapy)
        return _session(kind, length, ("therapy", "consult"), Role.THERAPIST)
    if kind == "evaluation":
        length = round_up(minutes or EVALUATION_MINUTES)
        return _session(kind, length, ("consult", "therapy"), Role.PROVIDER)
    raise ValueError(f"{kind!r} is no kind of visit")


def _infusion(kind: str, timing: Timing, first_ever: bool) -> Shape:
    drug_ends = timing.arrival + timing.infusion
    leaves = round_up(drug_ends + timing.recovery)
    stay = leaves + BUFFER_MINUTES
    hands_free = min(round_up(timing.arrival + IV_START_MINUTES), leaves)
    nurse: tuple[Part, ...]
    if first_ever:
        alone = round_up(drug_ends)
        nurse = (
            Part(Who.STAFF, "attending", 0, alone, Lanes.ALL),
            Part(Who.STAFF, "attending", 0, alone, Lanes.HANDS),
            Part(Who.STAFF, "watching", alone, leaves),
        )
    else:
        nurse = (
            Part(Who.STAFF, "attending", 0, hands_free, Lanes.HANDS),
            Part(Who.STAFF, "watching", 0, leaves),
        )
    parts = (
        Part(Who.ROOM, "stay", 0, stay),
        Part(Who.PATIENT, "stay", 0, stay),
        *nurse,
    )
    return Shape(kind, stay, ("infusion",), Role.NURSE, parts)


def _session(kind: str, minutes: int, room_kinds: tuple[str, ...], role: Role) -> Shape:
    parts = (
        Part(Who.ROOM, "session", 0, minutes),
        Part(Who.PATIENT, "stay", 0, minutes),
        Part(Who.STAFF, "session", 0, minutes, Lanes.ALL),
    )
    return Shape(kind, minutes, room_kinds, role, parts)


def stages(kind: str, timing: Timing, minutes: int, recovery: int | None = None) -> tuple[Stage, ...]:
    """What a person sees of a visit that lasts `minutes` in all: arrival, infusion and recovery, or one session."""
    if kind not in INFUSIONS:
        return (Stage("session", 0, minutes),)
    leaves = minutes - BUFFER_MINUTES
    drug_ends = max(timing.arrival, leaves - (recovery or timing.recovery))
    return (
        Stage("preparation", 0, timing.arrival),
        Stage("infusion", timing.arrival, drug_ends),
        Stage("recovery", drug_ends, leaves),
    )


# Gaps and windows are counted on the wall clock: 09:00 on Saturday to 09:00 on Monday is 48 hours, also when the
# clocks change on Sunday.


@dataclass(frozen=True, slots=True)
class Gaps:
    min_hours: int = 48
    soft_days: int = 7
    hard_days: int = 14
    window_soft_days: int = 21
    window_hard_days: int = 28

    @classmethod
    def of(cls, settings: ProtocolValues) -> Gaps:
        return cls(
            min_hours=settings.gap_min_hours,
            soft_days=settings.gap_soft_days,
            hard_days=settings.gap_hard_days,
            window_soft_days=settings.window_soft_days,
            window_hard_days=settings.window_hard_days,
        )

    @property
    def min_days(self) -> int:
        """The least days between two infusions at the same hour."""
        return -(-self.min_hours // 24)

    @property
    def least_days(self) -> int:
        """The least days between two infusions at the most favourable hours."""
        return -(-(self.min_hours * 60 - (DAY_MINUTES - 1)) // DAY_MINUTES)


def gap_hours(first: datetime, second: datetime) -> float:
    """Hours from one local start to the next, on the wall clock."""
    return (second.replace(tzinfo=None) - first.replace(tzinfo=None)).total_seconds() / 3600


class Breach(NamedTuple):
    """What a row of infusions breaks: tone "stop" is a hard limit, "warn" a soft one; `after` is the number of the
    infusion before the gap, 0 for the length of the whole series."""

    tone: str
    sentence: str
    after: int


def gap_breaches(starts: Sequence[datetime], gaps: Gaps) -> list[Breach]:
    """What these local starts break (protocol 3.1 and 3.2)."""
    found = [
        breach
        for number, (first, second) in enumerate(pairwise(starts), start=1)
        if (breach := _gap_breach(first, second, number, gaps))
    ]
    span = (starts[-1].date() - starts[0].date()).days if starts else 0
    if span > gaps.window_hard_days:
        limit = f"{gaps.window_hard_days} are the limit"
        found.append(Breach("stop", f"The series spans {span} days; {limit}.", 0))
    elif span > gaps.window_soft_days:
        found.append(Breach("warn", f"The series spans {span} days, more than {gaps.window_soft_days}.", 0))
    return found


def _gap_breach(first: datetime, second: datetime, number: int, gaps: Gaps) -> Breach | None:
    hours, days = gap_hours(first, second), (second.date() - first.date()).days
    between = f"between infusions {number} and {number + 1}"
    if hours < gaps.min_hours:
        return Breach("stop", f"Only {hours:g} hours {between}; at least {gaps.min_hours} are needed.", number)
    if days > gaps.hard_days:
        return Breach("stop", f"{days} days {between}; {gaps.hard_days} are the limit.", number)
    if days > gaps.soft_days:
        return Breach("warn", f"{days} days {between}; a provider looks at more than {gaps.soft_days}.", number)
    return None


def ideal_days(first: date, weekdays: Sequence[int], count: int, min_gap_days: int = 2) -> list[date]:
    """The days of the template from `first` on, as if no day were closed. Without weekdays: every 3 and 4 days."""
    days = [first]
    if not weekdays:
        for number in range(1, count):
            days.append(days[-1] + timedelta(days=3 if number % 2 else 4))
        return days
    wished = frozenset(weekdays)
    while len(days) < count:
        day = days[-1] + timedelta(days=min_gap_days)
        while day.weekday() not in wished:
            day += timedelta(days=1)
        days.append(day)
    return days


def midpoint_between(count: int) -> tuple[int, int]:
    """The infusions after and before which the midpoint stands: n=6 → after 2, before 5; n=8 → after 3, before 6."""
    half = count // 2
    return half - 1, half + 2


def wall_clock_before(starts_at: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """`hours` before on the wall clock of `zone`: whole days back at the same hour, the rest in plain hours.

    72 hours before 15 March 09:00 is 12 March 09:00, although the clocks changed on the 14th.
    """
    local = starts_at.astimezone(zone)
    days, rest = divmod(hours, 24)
    same_hour = (local.replace(tzinfo=None) - timedelta(days=days)).replace(tzinfo=zone)
    return same_hour.astimezone(ZoneInfo("UTC")) - timedelta(hours=rest)
