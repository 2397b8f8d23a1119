"""Which patient is where on which day: years of treatment behind us, weeks ahead of us, and the day itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from benchmarks.people import INFUSION_ROOMS, TALK_ROOMS, Place
from benchmarks.sizes import INFUSIONS, TALKS
from benchmarks.treatments import Course, Slot, Writer, utc

COHORT = 300
"""Patients who are in treatment at the same time at a site: each then comes twice a week."""
TURNS, HOURS = (8, 10, 12, 14, 16), range(8, 18)
DAYS_AHEAD = 60
FULL, QUIET, TALKED = 0.85, 0.2, 0.6
"""How much of what is ahead is taken: of the first site's infusion rooms, of the others', of its rooms for talks."""
FROM, SHORT, A_ROOM = 6, 30, 32  # the full day begins at six, and every half an hour somebody else has the room


class Who(NamedTuple):
    """The patients of a site, by what happens to them."""

    treated: Sequence[int]
    coming: Sequence[int]
    eligible: Sequence[int]


def parted(place: Place) -> Who:
    """One of five was treated, two come, one could; nothing ever happened to the fifth."""
    numbers = list(place.patients)
    return Who(numbers[::5], numbers[1::5] + numbers[2::5], numbers[3::5])


def fill(place: Place, now: datetime) -> None:
    """All that happened and will happen at one site."""
    writer, who = Writer(place, now), parted(place)
    _past(writer, who.treated)
    _ahead(writer, who.coming)
    for number in who.eligible:
        writer.judge(number, now - timedelta(days=10))
    writer.close()


def slots(place: Place, on: date, kind: str) -> list[Slot]:
    """Every start of a day in every room of one kind, by the clock. Each room has its own nurse or therapist."""
    first, hours = utc(place, on, 8), TURNS if kind == "infusion" else HOURS
    pairs = zip(place.infusion_rooms, place.nurses, strict=True)
    if kind != "infusion":
        pairs = zip(place.talk_rooms, place.therapists, strict=True)
    taken = list(pairs)
    return [Slot(first + timedelta(hours=hour - 8), room, staff) for hour in hours for room, staff in taken]


class Day(NamedTuple):
    infusions: list[int]
    talks: list[int]


def _plan(treated: Sequence[int]) -> Iterator[Day]:
    """Day by day who has an infusion and who a talk, nobody both: cohort after cohort, until all are through."""
    talking: deque[int] = deque()
    left = dict.fromkeys(treated, TALKS)
    for first in range(0, len(treated), COHORT):
        cohort = treated[first : first + COHORT]
        talking.extend(cohort)
        many = min(INFUSION_ROOMS * len(TURNS), max(1, len(cohort) // 2))
        ring = [number for _ in range(INFUSIONS) for number in cohort]
        for at in range(0, len(ring), many):
            infused = ring[at : at + many]
            yield Day(infused, list(_next_to_talk(talking, left, set(infused))))
    while talking:
        yield Day([], list(_next_to_talk(talking, left, set())))


def _next_to_talk(talking: deque[int], left: dict[int, int], busy: set[int]) -> Iterator[int]:
    """Who talks today: the next in line who have no infusion, each once; then they wait for their next talk."""
    passed: list[int] = []
    again: list[int] = []
    for _ in range(min(len(talking), TALK_ROOMS * len(HOURS) + len(busy))):
        number = talking.popleft()
        if number in busy or len(again) == TALK_ROOMS * len(HOURS):
            passed.append(number)
            continue
        left[number] -= 1
        again.append(number)
        yield number
    talking.extendleft(reversed(passed))
    talking.extend(number for number in again if left[number])


def _past(writer: Writer, treated: Sequence[int]) -> None:
    """Six infusions and four talks of each, up to yesterday."""
    days = list(_plan(treated))
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    courses: dict[int, Course] = {}
    for at, day in enumerate(days):
        for number in (*day.infusions, *day.talks):
            first.setdefault(number, at)
            last[number] = at
    start = writer.on - timedelta(days=len(days))
    for at, day in enumerate(days):
        on = start + timedelta(days=at)
        for number in (*day.infusions, *day.talks):
            if first[number] == at and number not in courses:
                began = utc(writer.place, on - timedelta(days=10), 9)
                ended = utc(writer.place, start + timedelta(days=last[number]), 21)
                writer.judge(number, began)
                courses[number] = writer.begin(number, began, ended=ended)
        for number, slot in zip(day.infusions, slots(writer.place, on, "infusion"), strict=False):
            writer.infusion(courses[number], slot)
        for number, slot in zip(day.talks, slots(writer.place, on, "talk"), strict=False):
            writer.talk(courses[number], slot)


def _ahead(writer: Writer, coming: Sequence[int]) -> None:
    """The next weeks: so many of the turns are taken, at random; nobody comes twice a day."""
    place, random = writer.place, Random(7 + writer.place.number)  # noqa: S311 - the same calendar at every load
    first_site = place.number == 0
    infused = round(INFUSION_ROOMS * len(TURNS) * (FULL if first_site else QUIET))
    talked = round(TALK_ROOMS * len(HOURS) * (TALKED if first_site else QUIET / 2))
    ring = deque(coming[: infused * DAYS_AHEAD // INFUSIONS])
    began = writer.now - timedelta(days=7)
    courses: dict[int, Course] = {}
    for ahead in range(1, DAYS_AHEAD + 1):
        on = writer.on + timedelta(days=ahead)
        turns = random.sample(slots(place, on, "infusion"), min(infused, len(ring) // 2))
        hours = random.sample(slots(place, on, "talk"), min(talked, len(ring) // 4))
        for slot in sorted(turns, key=lambda one: one.starts):
            writer.infusion(_course(writer, courses, ring, began), slot)
        for slot in sorted(hours, key=lambda one: one.starts):
            writer.talk(_course(writer, courses, ring, began), slot)


def _course(writer: Writer, courses: dict[int, Course], ring: deque[int], began: datetime) -> Course:
    """That of the next patient in turn."""
    number = ring[0]
    ring.rotate(-1)
    if number not in courses:
        writer.judge(number, began)
        courses[number] = writer.begin(number, began, ended=None)
    return courses[number]


def long_record(place: Place, number: int, visits: int, now: datetime) -> None:
    """One patient of many years: six infusions, then a booster or a talk every other day, in a room of their own."""
    writer = Writer(place, now, beside=1)
    began = utc(place, writer.on - timedelta(days=2 * visits + 20), 9)
    writer.judge(number, began)
    turned = utc(place, writer.on - timedelta(days=2 * visits - 14), 21)
    loading = writer.begin(number, began, ended=turned)
    courses = [loading, writer.begin(number, turned, ended=None, after=loading)]
    for turn in range(visits):
        on = writer.on - timedelta(days=2 * (visits - turn))
        slot = Slot(utc(place, on, 12), place.old_room, place.old_hand)
        course = courses[turn >= INFUSIONS]
        if turn >= INFUSIONS and turn % 5 > 2:
            writer.talk(course, slot)
        else:
            writer.infusion(course, slot, kind="booster" if turn >= INFUSIONS else "infusion")
    writer.close()


def full_day(place: Place, numbers: Sequence[int], now: datetime) -> None:
    """The day itself at one site: a visit every half an hour from six to ten, in as many rooms as that takes."""
    writer = Writer(place, now, beside=1)
    first = utc(place, writer.on, FROM)
    rooms = list(zip(place.infusion_rooms, place.nurses, strict=True))
    for turn, number in enumerate(numbers):
        room, nurse = rooms[turn // A_ROOM]
        writer.judge(number, now - timedelta(days=7))
        course = writer.begin(number, now - timedelta(days=7), ended=None)
        slot = Slot(first + timedelta(minutes=SHORT * (turn % A_ROOM)), room, nurse)
        writer.infusion(course, slot, minutes=SHORT)
    writer.close()


def under_way(place: Place, numbers: Sequence[int], now: datetime) -> None:
    """Twelve infusions in twelve rooms, the pumps running since a few minutes."""
    writer = Writer(place, now, beside=2)
    minute = now.replace(second=0, microsecond=0)
    starts = minute - timedelta(minutes=25 + minute.minute % 5)
    for number, room, nurse in zip(numbers, place.infusion_rooms, place.nurses, strict=True):
        writer.judge(number, now - timedelta(days=7))
        course = writer.begin(number, now - timedelta(days=7), ended=None)
        writer.running_now(course, Slot(starts, room, nurse))
    writer.close()
