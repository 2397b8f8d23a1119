"""Whether a time suits somebody on the waiting list, and how long they have to say so. Pure; no ORM.

Sources: protocol.md 3.1, 3.2 (gaps, windows), 5 (sessions around a series), 7.3 (quiet hours), Table A (late_grace /
cancel_notice). How long an offer stands and how many are asked at once is our proposal: there is no setting for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from reminders.rules import end_of_quiet, is_quiet
from visits.rules import INFUSIONS, THERAPY, Gaps, gap_hours, midpoint_between

OFFER_HOURS = 4  # long enough to see a letter, short enough that the next is still asked the same day
LEAST_MINUTES = 30  # less than this to answer is no offer
AT_ONCE = 3  # so many are asked about one time together: whoever answers first has it


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


@dataclass(frozen=True, slots=True)
class Place:
    """A visit of a treatment: its kind, and its start on the site's wall clock."""

    kind: str
    start: datetime


Breach = tuple[object, ...]


def new_breaches(
    places: Iterable[Place], taken: Place, left: datetime | None, gaps: Gaps, integration: timedelta
) -> set[Breach]:
    """What a visit at another time would break in its treatment that is not broken now.

    `left` is the start that it leaves, when it is booked already. `integration` is the longest time from the last
    infusion to the integration session.
    """
    near = timedelta(days=gaps.window_hard_days)
    around = [taken.start, *([left] if left else [])]
    own = [place for place in places if any(abs(place.start - one) <= near for one in around)]
    without = [place for place in own if not (place.kind == taken.kind and place.start == left)]
    return _breaches([*without, taken], gaps, integration) - _breaches(own, gaps, integration)


def _breaches(places: list[Place], gaps: Gaps, integration: timedelta) -> set[Breach]:
    drug = sorted((place for place in places if place.kind in INFUSIONS), key=lambda place: place.start)
    found: set[Breach] = set()
    for first, second in pairwise(drug):
        if gap_hours(first.start, second.start) < gaps.min_hours:
            found.add(("close", first.start, second.start))
        both = first.kind == second.kind == "infusion"
        if both and (second.start.date() - first.start.date()).days > gaps.hard_days:
            found.add(("far", first.start, second.start))
    loading = [place.start for place in drug if place.kind == "infusion"]
    if not loading:
        return found
    if (loading[-1].date() - loading[0].date()).days > gaps.window_hard_days:
        found.add(("span",))
    for place in places:
        if place.kind in THERAPY and _out_of_place(place, loading, integration):
            found.add((place.kind,))
    return found


def _out_of_place(session: Place, loading: list[datetime], integration: timedelta) -> bool:
    """Preparation before the first infusion, midpoint in its window, integration soon after the last."""
    if session.kind == "preparation":
        return session.start >= loading[0]
    if session.kind == "integration":
        return not loading[-1] < session.start <= loading[-1] + integration
    after, before = midpoint_between(len(loading))
    return not after <= sum(start < session.start for start in loading) < before
