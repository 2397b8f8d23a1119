"""A course of treatment as the calendar sees it: infusions in a row, the sessions around them, and what they break.

Rooms to the right know which visits belong together; they say so here (`read_with`). This room knows the rules:
gaps and spans (protocol 3.1, 3.2), the windows of the sessions, and that nobody talks after a drug on the same day
(protocol 5). A person who moves a visit against a rule is asked why, or sends for a provider.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from clinic.errors import Refused
from clinic.models import ProtocolSettings, User
from clinic.policy import Action, can
from visits import session_windows
from visits.models import Appointment
from visits.rules import Gaps, gap_breaches
from visits.session_windows import Window, day

REASON, PROVIDER = "reason", "provider"


@dataclass(frozen=True, slots=True)
class Point:
    """One visit of a course, on the site's wall clock. What is fixed has begun or is over."""

    visit: UUID
    kind: str
    start: datetime
    end: datetime
    fixed: bool = False

    def at(self, start: datetime) -> Point:
        return replace(self, start=start, end=start + (self.end - self.start))


@dataclass(frozen=True, slots=True)
class Concern:
    """A rule that a course breaks. `code` tells two concerns apart, whatever their words; `needs` is what it takes
    to go against it: nothing, a reason, or a provider with a reason."""

    code: tuple[object, ...]
    tone: str
    sentence: str
    needs: str = ""


@dataclass(frozen=True)
class Windows:
    """The site's settings that a course is measured by."""

    gaps: Gaps
    prep_days: int = 21
    integration_hours: int = 72
    grace_days: int = 7
    drug_minutes: int = 55  # from arrival to the end of the drug

    @classmethod
    def of(cls, settings: ProtocolSettings) -> Windows:
        return cls(
            gaps=Gaps.of(settings),
            prep_days=settings.prep_max_days_before,
            integration_hours=settings.integration_hours,
            grace_days=settings.integration_grace_days,
            drug_minutes=settings.arrival_minutes + settings.infusion_minutes,
        )


@dataclass(frozen=True)
class Course:
    """The numbered infusions of a series and the sessions that still stand around them.

    `agreed_gap` and `agreed_span` are the days that a provider has agreed to for this series. A course that is
    `single` is one booster with its sessions, or the sessions between boosters: no gaps, and nothing to repair.
    `beside` are the patient's other infusions, after which nobody talks on the same day either.
    """

    key: UUID
    count: int
    infusions: tuple[Point, ...]
    sessions: tuple[Point, ...]
    windows: Windows
    agreed_gap: int = 0
    agreed_span: int = 0
    single: bool = False
    beside: tuple[Point, ...] = ()

    @property
    def missing(self) -> int:
        """How many infusions of the plan have no visit."""
        return max(self.count - len(self.infusions), 0)

    @property
    def points(self) -> tuple[Point, ...]:
        return (*self.infusions, *self.sessions)

    def moved(self, starts: Mapping[UUID, datetime]) -> Course:
        """The course with these visits at these local starts; infusions are numbered by their time."""
        infusions = (one.at(starts.get(one.visit, one.start)) for one in self.infusions)
        sessions = tuple(one.at(starts.get(one.visit, one.start)) for one in self.sessions)
        return replace(self, infusions=in_order(infusions), sessions=sessions)

    def without(self, visit: UUID) -> Course:
        """The course when this visit gives nothing: the infusions after it move up by one number."""
        return replace(
            self,
            infusions=tuple(one for one in self.infusions if one.visit != visit),
            sessions=tuple(one for one in self.sessions if one.visit != visit),
        )

    def with_infusions(self, new: Iterable[Point]) -> Course:
        return replace(self, infusions=in_order((*self.infusions, *new)))

    def number_of(self, visit: UUID) -> int | None:
        return next((number for number, one in enumerate(self.infusions, start=1) if one.visit == visit), None)

    def concerns(self) -> list[Concern]:
        """Everything that this course breaks, hard limits first."""
        found = [*self._gaps(), *(concern for one in self.sessions for concern in self.of_session(one))]
        return sorted(found, key=lambda concern: ["stop", "warn", "info"].index(concern.tone))

    def _gaps(self) -> list[Concern]:
        found: list[Concern] = []
        if self.single:
            return found
        for tone, sentence, after in gap_breaches([one.start for one in self.infusions], self.windows.gaps):
            if self._agreed(after):
                continue
            pair = self.infusions[after - 1 : after + 1] if after else ()
            code = ("gap" if after else "span", tone, *(one.visit for one in pair))
            found.append(Concern(code, tone, sentence, PROVIDER if tone == "stop" else ""))
        return found

    def _agreed(self, after: int) -> bool:
        """Whether a provider has agreed to this gap, or to the whole span. Nobody agrees to a gap that is too short."""
        starts = [one.start for one in self.infusions]
        if not after:
            return (starts[-1].date() - starts[0].date()).days <= self.agreed_span
        days = (starts[after].date() - starts[after - 1].date()).days
        return self.windows.gaps.soft_days < days <= self.agreed_gap

    def of_session(self, session: Point) -> list[Concern]:
        """What one session breaks: its window, or the rule that nobody talks after a drug on the same day."""
        if session.fixed:
            return []
        found = []
        if sentence := self._out_of_window(session):
            found.append(Concern((session.kind, "window"), "warn", sentence, REASON))
        if told := self._follows(session):
            words = f"{name(session)} would follow {told} on the same day: memory and consent are impaired then."
            found.append(Concern((session.kind, "impaired"), "warn", words, REASON))
        return found

    def _follows(self, session: Point) -> str:
        """The infusion after which this session would be on the same day."""
        for number, infusion in enumerate(self.infusions, start=1):
            if is_same_day_after(session, infusion):
                return "the booster" if self.single else f"infusion {number}"
        return "an infusion" if any(is_same_day_after(session, one) for one in self.beside) else ""

    def window(self, kind: str) -> Window | None:
        """When a session of this kind may be; None for one that may be at any time, or before its place is known."""
        if not self.infusions:
            return None
        starts, windows = [one.start for one in self.infusions], self.windows
        if kind == "preparation":
            return session_windows.preparation(
                starts[0], most_days=windows.prep_days, least_days=0 if self.single else 1
            )
        if kind == "midpoint":
            return session_windows.midpoint(starts, self.count)
        if kind == "integration":
            return session_windows.integration(
                starts[-1],
                drug_minutes=windows.drug_minutes,
                hours=windows.integration_hours,
                grace_days=windows.grace_days,
            )
        return None

    def _out_of_window(self, session: Point) -> str:
        window = self.window(session.kind)
        if window is None or window.holds(session.start, session.end):
            return ""
        check = {"preparation": self._preparation, "midpoint": self._midpoint, "integration": self._integration}
        return check[session.kind](session, window)

    def _preparation(self, session: Point, window: Window) -> str:
        which = "the booster" if self.single else "infusion 1"
        first = f"{which} ({day(self.infusions[0].start)})"
        if session.start < window.opens:
            return f"The preparation is more than {self.windows.prep_days} days before {first}."
        if session.end <= self.infusions[0].start:
            return f"The preparation has to come at least a day before {first}."
        return f"The preparation has to come before {first}."

    def _midpoint(self, session: Point, window: Window) -> str:
        return f"The midpoint on {day(session.start)} is outside its window: {window.sentence}."

    def _integration(self, session: Point, window: Window) -> str:
        last = "the booster" if self.single else "the last infusion"
        if session.start <= window.opens:
            return f"The integration has to come after {last} ({day(window.opens)})."
        limit = f"{self.windows.integration_hours} hours and {self.windows.grace_days} days of grace"
        return f"The integration is later than {limit} after {last} ({day(window.opens)})."


def is_same_day_after(session: Point, infusion: Point) -> bool:
    return infusion.start.date() == session.start.date() and infusion.start < session.end


def in_order(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda one: one.start))


def name(point: Point) -> str:
    return f"The {point.kind}"


# Which visits belong together: said by the rooms to the right as they load

Reader = Callable[[Collection[UUID]], Mapping[UUID, Course]]
_readers: list[Reader] = []


def read_with(reader: Reader) -> None:
    """Have `reader` answer the course of each visit that has one, in a constant number of queries."""
    if reader not in _readers:
        _readers.append(reader)


def of(visits: Collection[UUID]) -> dict[UUID, Course]:
    """The course of each of these visits that belongs to one."""
    found: dict[UUID, Course] = {}
    for reader in _readers:
        found.update(reader(visits))
    return found


# Moving against a rule


class NeedsReason(Refused):
    """A rule is against it; with a reason it can be done. `concerns` says which rules."""

    title = "This needs a reason"

    def __init__(self, concerns: Sequence[Concern]) -> None:
        self.concerns = tuple(concerns)
        told = " ".join(concern.sentence for concern in concerns)
        super().__init__(f"{told} Write why, and it can be done.")


def after_moving(course: Course, starts: Mapping[UUID, datetime]) -> list[Concern]:
    """What these moves break that was not broken before, and what the moved sessions break themselves."""
    known = {concern.code for concern in course.concerns()}
    kinds = {one.kind for one in course.sessions if one.visit in starts}
    return [
        concern for concern in course.moved(starts).concerns() if concern.code not in known or concern.code[0] in kinds
    ]


def check(moves: Sequence[tuple[Appointment, datetime]], *, by: User, reason: str) -> None:
    """Raise NeedsReason or Refused when moving these visits breaks a rule of their course that asks for more."""
    moves = [(visit, start) for visit, start in moves if start != visit.starts_at]
    if not moves:
        return
    found = of([visit.pk for visit, _ in moves])
    for course in {one.key: one for one in found.values()}.values():
        starts = {
            visit.pk: visit.site.local(start)
            for visit, start in moves
            if visit.pk in found and found[visit.pk].key == course.key
        }
        _require(after_moving(course, starts), moves[0][0], by, reason)


def _require(concerns: Sequence[Concern], visit: Appointment, by: User, reason: str) -> None:
    grave = [concern for concern in concerns if concern.needs == PROVIDER]
    if grave and not can(by, Action.REVIEW_RESPONSE, visit.site):
        told = " ".join(concern.sentence for concern in grave)
        raise Refused(f"{told} Only a provider can decide this.")
    asked = [concern for concern in concerns if concern.needs]
    if asked and not reason.strip():
        raise NeedsReason(asked)
