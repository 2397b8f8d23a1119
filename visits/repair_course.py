"""The smallest repair of one course: what a missed or cancelled visit leaves to be booked and moved.

A missed infusion consumes no number: the next ones move up by themselves, and a new last one follows the template
(protocol 3.2). Infusions that are booked stay where they are unless a hard limit is broken; then one is moved, and only
if that can't mend it, two (visits.repair_moving). Sessions move only when they would stand outside their window. For
each of these the search looks at every free start, so that no smaller repair of this order exists; where several
infusions are to be booked, at the starts of each day that are nearest to the usual hour, and where two have to move, at
the nearest starts of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from clinic import clock
from clinic.ids import uuid7
from clinic.models import Room, Site, User
from patients.models import Patient
from visits import places
from visits.calendar import Calendar
from visits.changes import as_wanted
from visits.courses import PROVIDER, Concern, Course, Point
from visits.models import Appointment
from visits.repair import Line, What
from visits.repair_moving import smallest_move
from visits.repair_starts import FreeStarts, Start
from visits.rules import DAY_MINUTES, Shape, gap_hours, ideal_days, shape
from visits.stranded import place_of

HORIZON_DAYS = 24  # beyond the last visit that is booked
STOP = 10**7  # what a broken limit weighs against minutes
OTHER_WEEKDAY = 600
OTHER_THERAPIST = 3 * DAY_MINUTES
STARTS_A_DAY = 3  # that are tried when several infusions are to be booked


Chains = dict[int, tuple[int, tuple[Start, ...]]]  # by the place of the last start: cost, and the starts


@dataclass(frozen=True)
class Mending:
    """The lines of the repair, the course after it, what that course still breaks, in sentences what was looked for
    and not found; and whether no smaller one was left out."""

    lines: list[Line]
    course: Course
    concerns: list[Concern]
    unmet: list[str]
    proven: bool

    @property
    def needs_provider(self) -> bool:
        """A hard limit is broken, and nothing that front desk can do mends it."""
        return any(concern.needs == PROVIDER for concern in self.concerns)


@dataclass
class Search:
    """One course on the calendar of its site. `visits` are the visits of the course by id, with their holds;
    `lost` the sessions that were missed and have to be booked anew, with their therapist."""

    course: Course
    patient: Patient
    site: Site
    visits: Mapping[UUID, Appointment]
    lost: Mapping[str, User]
    avoid: frozenset[date] = frozenset()  # days that the patient has called off
    day: date | None = None  # of the new infusion, when front desk has a wish
    at: time | None = None
    unmet: list[str] = field(default_factory=list)
    proven: bool = True  # whether nothing that could be smaller was left out when infusions had to move

    @cached_property
    def calendar(self) -> Calendar:
        ends = [point.start.date() for point in self.course.points] + [self.day or self.site.today()]
        last = max(self.site.today(), *ends) + timedelta(days=HORIZON_DAYS)
        movable = [point.visit for point in self.course.points if not point.fixed]
        return Calendar.load(self.site, self.site.today(), last, patients=[self.patient.pk], without=movable)

    @cached_property
    def free(self) -> FreeStarts:
        return FreeStarts(self.calendar, self.patient, self.site, self.avoid, self.day)

    def run(self, *, alone: UUID | None = None) -> Mending:
        """Raises nothing: what can't be mended is a line or a concern. `alone` is the visit that has to have the
        whole of a nurse, since the first of a life was not given."""
        course, lines = self._new_infusions(self.course)
        if any(concern.needs == PROVIDER for concern in course.concerns()):
            course, moved = self._moved_infusions(course)
            lines += moved
        for session in course.sessions:
            found = self._session(course, session, changed=bool(lines))
            if found:
                course, line = found
                lines.append(line)
        for kind, therapist in self.lost.items():
            course, booked = self._lost_session(course, kind, therapist)
            lines += [booked] if booked else []
        return Mending(lines, course, [*course.concerns(), *self._alone(alone)], self.unmet, self.proven)

    # Infusions

    def _alone(self, alone: UUID | None) -> list[Concern]:
        """A warning when the infusion that is the first ever by now shares its nurse with somebody."""
        visit = self.visits.get(alone) if alone else None
        if visit is None or as_wanted(visit, visit.starts_at, None, None, self.calendar.timing).first_ever:
            return []
        day = self.site.local(visit.starts_at)
        told = f"The infusion on {day:%a} {day.day} {day:%b} is the first ever by now, and takes the whole of its nurse"
        words = f"{told}. It holds one place: keep the nurse’s others free."
        return [Concern(("first_ever", alone), "warn", words)]

    def _new_infusions(self, course: Course) -> tuple[Course, list[Line]]:
        """As many new infusions as the plan lacks; the best of all combinations of free starts."""
        if not course.missing:
            return course, []
        chosen = self._best_new(course, course.missing)
        if chosen is None:
            self.unmet.append("No time within the rules has a room and a nurse free for another infusion.")
            return course, []
        form = self._infusion_form
        points = [_point("infusion", start.at, form) for start in chosen]
        lines = [Line(What.BOOK, "infusion", self.patient, None, start.room, start.staff, start.at) for start in chosen]
        return course.with_infusions(points), lines

    def _best_new(self, course: Course, left: int) -> tuple[Start, ...] | None:
        return self._one_more(course) if left == 1 else self._several_more(course, left)

    def _one_more(self, course: Course) -> tuple[Start, ...] | None:
        """The best of every free start."""
        best: tuple[int, Start] | None = None
        before = self._weight(course)
        for start in self._starts_for_new(course):
            if best and start.cost >= best[0]:
                break
            point = _point("infusion", start.at, self._infusion_form)
            if not self._is_apart(course, point):
                continue
            total = start.cost + max(self._weight(course.with_infusions([point])) - before, 0)
            if best is None or total < best[0]:
                best = total, start
        return (best[1],) if best else None

    def _several_more(self, course: Course, left: int) -> tuple[Start, ...] | None:
        """The best chain after the last infusion, over the few starts of each day that are nearest to the usual hour.

        Dynamic programming over the number of infusions and the start of the last one: a step costs what its day is
        off the template, and a broken limit. The span of the whole is weighed for the chains that are left at the end.
        """
        starts = self._daily_starts(course)
        first = course.infusions[0].start if course.infusions else None
        last = course.infusions[-1].start if course.infusions else None
        wished = self._ideal_day(course)
        chains: Chains = {
            place: (self._step(course, last, wished, start), (start,))
            for place, start in enumerate(starts)
            if last is None or start.at > last
        }
        for _ in range(left - 1):
            chains = self._grown(course, starts, chains)
        best = min(
            ((cost + self._span(course, first or chain[0].at, chain[-1].at), chain) for cost, chain in chains.values()),
            key=lambda one: one[0],
            default=None,
        )
        return best[1] if best else None

    def _grown(self, course: Course, starts: list[Start], chains: Chains) -> Chains:
        """Each chain with one more start, the cheapest for each last start."""
        grown: Chains = {}
        for before, (cost, chain) in chains.items():
            ideal = self._day_after(course, chain[-1].at.date())
            for place in range(before + 1, len(starts)):
                total = cost + self._step(course, chain[-1].at, ideal, starts[place])
                if place not in grown or total < grown[place][0]:
                    grown[place] = total, (*chain, starts[place])
        return grown

    def _daily_starts(self, course: Course) -> list[Start]:
        """The cheapest free starts of each day, by time; what their day costs is not in it."""
        by_day: dict[date, list[Start]] = {}
        for start in self._starts_for_new(course, any_day=True):
            of_day = by_day.setdefault(start.at.date(), [])
            if len(of_day) < STARTS_A_DAY and self._is_apart(course, _point("infusion", start.at, self._infusion_form)):
                of_day.append(start)
        return sorted((start for of_day in by_day.values() for start in of_day), key=lambda start: start.at)

    def _step(self, course: Course, before: datetime | None, ideal: date, start: Start) -> int:
        cost = start.cost + DAY_MINUTES * abs((start.at.date() - ideal).days)
        if before is None:
            return cost
        gaps, days = course.windows.gaps, (start.at.date() - before.date()).days
        short = gap_hours(before, start.at) < gaps.min_hours
        long = days > max(gaps.hard_days, course.agreed_gap)
        return cost + STOP * (short or long)

    def _span(self, course: Course, first: datetime, last: datetime) -> int:
        days = (last.date() - first.date()).days
        return STOP * (days > max(course.windows.gaps.window_hard_days, course.agreed_span))

    def _weight(self, course: Course) -> int:
        """Broken limits alone: a gap that only warns is a provider's to see, and no cause to leave the template."""
        return STOP * sum(concern.needs == PROVIDER for concern in course.concerns())

    def _starts_for_new(self, course: Course, *, any_day: bool = False) -> list[Start]:
        """Free starts for the infusion after the last, the nearest to the template (or to the wish) first.

        With `any_day` only hour and weekday count, not how far the day is from the ideal one.
        """
        ideal, minute = self._ideal_day(course), self._usual_minute

        def cost(start: datetime) -> int:
            off = 0 if start.weekday() in self._weekdays else OTHER_WEEKDAY
            away = 0 if any_day else DAY_MINUTES * abs((start.date() - ideal).days)
            return away + abs(_minute(start) - minute) + off

        last = course.infusions[-1] if course.infusions else None
        visit = self.visits.get(last.visit) if last else None
        return self.free.by_cost(self._infusion_form, cost, *(place_of(visit) if visit else (None, None)))

    def _ideal_day(self, course: Course) -> date:
        earliest = self.site.today() + timedelta(days=1)
        if self.day and len(course.infusions) == len(self.course.infusions):
            return max(self.day, earliest)
        if not course.infusions:
            return earliest
        return self._day_after(course, course.infusions[-1].start.date())

    def _day_after(self, course: Course, last: date) -> date:
        """The next day of the template, from tomorrow on."""
        following = ideal_days(last, sorted(self._weekdays), 2, course.windows.gaps.min_days)[1]
        return max(following, self.site.today() + timedelta(days=1))

    @cached_property
    def _weekdays(self) -> set[int]:
        """The days of the template, as the series was booked."""
        return {point.start.weekday() for point in self.course.infusions} or {1, 4}

    @cached_property
    def _usual_minute(self) -> int:
        if self.at:
            return self.at.hour * 60 + self.at.minute
        minutes = Counter(_minute(point.start) for point in self.course.infusions)
        return minutes.most_common(1)[0][0] if minutes else 9 * 60

    @cached_property
    def _infusion_form(self) -> Shape:
        """As long as the last infusion of the course; the first of a life takes the whole of a nurse."""
        visit = next(
            (self.visits[one.visit] for one in reversed(self.course.infusions) if one.visit in self.visits), None
        )
        if visit is None:
            return shape("infusion", self.calendar.timing, first_ever=not self.course.infusions)
        wish = as_wanted(visit, visit.starts_at, None, None, self.calendar.timing)
        return shape("infusion", self.calendar.timing, minutes=wish.minutes)

    def _moved_infusions(self, course: Course) -> tuple[Course, list[Line]]:
        """Move one infusion, or two, when that mends every hard limit; else leave them to a provider."""
        movable = [one for one in course.infusions if one.visit in self.visits and not one.fixed]
        near = {one.visit: self._starts_near(one) for one in movable}
        found = smallest_move(course, movable, near)
        self.proven = found.whole
        if not found.moves:
            if not found.whole:
                self.unmet.append("Not every two moves that could keep the limits were tried: there are too many.")
            return course, []
        lines = [self._move_line(one, start) for one, start in found.moves]
        return course.moved({one.visit: start.at for one, start in found.moves}), lines

    def _starts_near(self, point: Point) -> list[Start]:
        visit = self.visits[point.visit]
        wish = as_wanted(visit, visit.starts_at, None, None, self.calendar.timing)

        def cost(start: datetime) -> int:
            return int(abs(start - point.start) / timedelta(minutes=1))

        return self.free.by_cost(places.shape_of(wish, self.calendar.timing), cost, *place_of(visit))

    def _move_line(self, point: Point, start: Start) -> Line:
        visit = self.visits[point.visit]
        return Line(What.MOVE, point.kind, self.patient, visit, start.room, start.staff, start.at)

    # Sessions

    def _session(self, course: Course, session: Point, *, changed: bool) -> tuple[Course, Line] | None:
        """Move a session that stands outside its window, or a midpoint that would come before its half; else None."""
        if session.fixed or session.visit not in self.visits:
            return None
        broken = any(concern.code[0] == session.kind for concern in course.concerns())
        early = changed and session.kind == "midpoint" and session.start < self._half(course)
        if not broken and not early:
            return None
        visit = self.visits[session.visit]
        room, therapist = place_of(visit)
        start = self._session_start(course.without(session.visit), session, therapist, room, after_half=early)
        if start is None and not broken:
            return None
        if start is None:
            why = f"No therapist is free for the {session.kind} within its window."
            return course, Line(What.STAY, session.kind, self.patient, visit, why=why)
        return course.moved({session.visit: start.at}), self._move_line(session, start)

    def _half(self, course: Course) -> datetime:
        """The start of the infusion after which the midpoint is due."""
        half = course.count // 2
        return course.infusions[min(half, len(course.infusions)) - 1].start if course.infusions else clock.now()

    def _lost_session(self, course: Course, kind: str, therapist: User) -> tuple[Course, Line | None]:
        form = shape(kind, self.calendar.timing)
        wanted = _point(kind, self.site.local(clock.now()), form)
        start = self._session_start(course, wanted, therapist, None, after_half=kind == "midpoint")
        if start is None and kind == "midpoint":
            start = self._session_start(course, wanted, therapist, None, after_half=False)
        if start is None:
            self.unmet.append(f"No therapist is free for the {kind} within its window.")
            return course, None
        line = Line(What.BOOK, kind, self.patient, None, start.room, start.staff, start.at)
        moved = wanted.at(start.at)
        return replace(course, sessions=(*course.sessions, moved)), line

    def _session_start(
        self, course: Course, session: Point, therapist: User | None, room: Room | None, *, after_half: bool
    ) -> Start | None:
        """The best free start that breaks nothing: the same therapist and hour, as soon as the window opens."""
        opens = self._half(course) if after_half else self._opens(course, session.kind)

        def cost(start: datetime) -> int:
            late = max((start.date() - opens.date()).days - 1, 0) * DAY_MINUTES if opens else 0
            return late + abs(_minute(start) - _minute(session.start))

        form = shape(session.kind, self.calendar.timing)
        for start in self.free.by_cost(form, cost, room, therapist, other_staff=OTHER_THERAPIST):
            if opens and start.at < opens:
                continue
            placed = session.at(start.at)
            trial = replace(course, sessions=(*course.sessions, placed))
            known = {concern.code for concern in course.concerns()}
            fits = not any(c.code not in known and c.code[0] == session.kind for c in trial.concerns())
            if fits and self._is_apart(course, placed):
                return start
        return None

    def _opens(self, course: Course, kind: str) -> datetime | None:
        if kind == "integration" and course.infusions:
            return course.infusions[-1].start
        return None

    def _is_apart(self, course: Course, point: Point) -> bool:
        """Whether the patient is nowhere else of this course meanwhile."""
        return not any(one.start < point.end and point.start < one.end for one in course.points)


def _point(kind: str, start: datetime, form: Shape) -> Point:
    """A visit that is not booked yet."""
    return Point(uuid7(), kind, start, start + timedelta(minutes=form.minutes))


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
