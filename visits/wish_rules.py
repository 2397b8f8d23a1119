"""Whether a time suits somebody on the waiting list, and how long they have to say so. Asks the database nothing.

Sources: protocol.md 3.1, 3.2 (gaps, windows), 5 (sessions around a series), 7.3 (quiet hours), Table A (late_grace /
cancel_notice). How long an offer stands and how many are asked at once is our proposal: there is no setting for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from reminders.rules import end_of_quiet, is_quiet
from visits.courses import Course, Point, Windows, in_order
from visits.rules import INFUSIONS, THERAPY, gap_hours

OFFER_HOURS = 4  # long enough to see a letter, short enough that the next is still asked the same day
LEAST_MINUTES = 30  # less than this to answer is no offer
AT_ONCE = 3  # so many are asked about one time together: whoever answers first has it
ANY = UUID(int=0)  # the course of a wish has no series

Breach = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """When a place would help: weekdays (Monday is 0; none means any), hours, last day, notice."""

    weekdays: frozenset[int]
    not_before: time | None
    not_after: time | None
    until: date
    notice_hours: int

    def suits(self, start: datetime) -> bool:
        """Whether a start on the site's wall clock is one that was wished for."""
        at = start.time()
        return (
            start.date() <= self.until
            and (not self.weekdays or start.weekday() in self.weekdays)
            and (self.not_before is None or at >= self.not_before)
            and (self.not_after is None or at <= self.not_after)
        )


def answer_until(now: datetime, start: datetime, notice_hours: int) -> datetime | None:
    """Until when an offer made now stands; None when there is no time to answer. Both are on the site's wall clock.

    Nobody is written to at night, so the hours count from the morning; and the patient's own notice is kept.
    """
    begins = (end_of_quiet(now) if is_quiet(now) else now).astimezone(UTC)
    until = min(begins + timedelta(hours=OFFER_HOURS), start.astimezone(UTC) - timedelta(hours=notice_hours))
    return until if until - begins >= timedelta(minutes=LEAST_MINUTES) else None


def new_breaches(places: Iterable[Point], taken: Point, windows: Windows) -> set[Breach]:
    """What a visit at another time would break in its treatment that is not broken now; it may be among `places`.

    The rules are those of a course (courses), which ask for a reason or a provider; a wish is granted without either.
    Boosters keep their distance to every infusion.
    """
    everything = list(places)
    near = timedelta(days=windows.gaps.window_hard_days)
    around = [taken.start, *(place.start for place in everything if place.visit == taken.visit)]
    own = [place for place in everything if any(abs(place.start - one) <= near for one in around)]
    without = [place for place in own if place.visit != taken.visit]
    return _breaches([*without, taken], windows) - _breaches(own, windows)


def _breaches(places: list[Point], windows: Windows) -> set[Breach]:
    loading = in_order(place for place in places if place.kind == "infusion")
    sessions = tuple(place for place in places if place.kind in THERAPY)
    course = Course(ANY, len(loading), loading, sessions if loading else (), windows)
    found = {concern.code for concern in course.concerns() if concern.needs}
    for first, second in pairwise(in_order(place for place in places if place.kind in INFUSIONS)):
        if "booster" in (first.kind, second.kind) and gap_hours(first.start, second.start) < windows.gaps.min_hours:
            found.add(("gap", "stop", first.visit, second.visit))
    return found
