"""The planner's search against every series there is: small calendars, gone through by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise, product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic import clock
from clinic.models import ProtocolSettings, Room, Site, User
from clinic.policy import Role
from insurance.outlook import Outlook
from insurance.standing import Paper
from patients.models import Patient
from visits import chains, planner, sessions
from visits.calendar import Calendar
from visits.chains import Wishes
from visits.plans import Ask
from visits.premises import Premises
from visits.ruler import block
from visits.rules import HANDS_LANE, Lanes, ideal_days, shape

FIRST, DAYS, COUNT = date(2027, 1, 27), 21, 4
OPEN, CLOSE = 7 * 60 + 30, 10 * 60 + 30
SITE = Site(code="small", name="Small", time_zone="America/Los_Angeles")
RULES = {
    "gap_soft_days": 3, "gap_hard_days": 5, "window_soft_days": 8, "window_hard_days": 11,
    "prep_max_days_before": 5, "integration_hours": 24, "integration_grace_days": 2,
}  # fmt: skip


@dataclass
class Small:
    """One small clinic: its calendar, and the same facts minute by minute."""

    calendar: Calendar
    ask: Ask

    def free(self, key: object, day: date, start: int, end: int) -> bool:
        begin = self.calendar.midnights[(day - FIRST).days]
        busy = self.calendar.busy.get(key, 0)
        return not any(busy >> (begin + minute // 5) & 1 for minute in range(start, end, 5))

    def is_open(self, day: date, start: int, end: int) -> bool:
        begin = self.calendar.midnights[(day - FIRST).days]
        return all(self.calendar.open >> (begin + minute // 5) & 1 for minute in range(start, end, 5))

    def takes(self, person: User, form, day: date, start: int) -> bool:
        """Whether one person can serve a shape, part by part."""
        lanes = (1, 2) if form.role == Role.NURSE else (1,)
        begin = self.calendar.midnights[(day - FIRST).days] + start // 5
        there = self.calendar.at_work[person.pk] >> begin
        if not all(there >> cell & 1 for cell in range(form.staff_minutes // 5)):
            return False
        for part in form.staff_parts:
            needed = {Lanes.HANDS: [HANDS_LANE], Lanes.ALL: list(lanes)}.get(part.lanes, [])
            if not all(self.free((person.pk, lane), day, start + part.start, start + part.end) for lane in needed):
                return False
        single = [part for part in form.staff_parts if part.lanes == Lanes.ONE]
        return any(
            all(self.free((person.pk, lane), day, start + part.start, start + part.end) for part in single)
            for lane in lanes
        )

    def rooms(self, form, day: date, start: int) -> list[Room]:
        end = start + form.minutes
        fitting = [room for room in self.calendar.rooms if room.kind in form.room_kinds]
        return [room for room in fitting if self.is_open(day, start, end) and self.free((room.pk, 1), day, start, end)]

    def suits_patient(self, form, day: date, start: int) -> bool:
        return self.free((self.ask.patient.pk, 1), day, start, start + form.minutes)


def small(draw) -> Small:
    values = ProtocolSettings(site=SITE, gap_min_hours=draw(st.sampled_from([24, 48, 60])), **RULES)
    last = FIRST + timedelta(days=DAYS - 1)
    rooms = [Room(site=SITE, name=f"Room {n}", kind=kind) for n, kind in enumerate(
        [Room.Kind.INFUSION] * draw(st.integers(1, 2)) + [Room.Kind.THERAPY])]  # fmt: skip
    many = {Role.NURSE: draw(st.integers(1, 2)), Role.THERAPIST: draw(st.integers(1, 2)), Role.PROVIDER: 0}
    people = {role: [User(full_name=f"{role} {n}") for n in range(number)] for role, number in many.items()}
    calendar = Calendar(SITE, FIRST, last, Premises(FIRST, last, values, rooms, people))
    weekdays = (0, 1, 2, 3, 4, 5) if draw(st.booleans()) else (0, 1, 2, 3, 4)
    closed = {FIRST + timedelta(days=draw(st.integers(4, 16)))}
    for day in calendar.days():
        if day.weekday() in weekdays and day not in closed:
            calendar.open |= calendar.hours(day, time(7, 30), time(10, 30))
    calendar.room_open = {room.pk: calendar.open for room in calendar.rooms}
    calendar.at_work = dict.fromkeys(calendar.premises.everyone, calendar.open)
    if len(calendar.people[Role.THERAPIST]) == 2 and draw(st.booleans()):  # one leaves, and the other comes
        leaves = block(0, calendar.midnights[draw(st.integers(6, 14))])
        one, other = calendar.people[Role.THERAPIST]
        calendar.at_work |= {one.pk: calendar.open & leaves, other.pk: calendar.open & ~leaves}
    patient = Patient(site=SITE, given_name="Maya", family_name="Torres")
    nurses, therapists = calendar.people[Role.NURSE], calendar.people[Role.THERAPIST]
    lanes = [(user.pk, lane) for user in nurses for lane in (1, 2, HANDS_LANE)]
    keys = [*((room.pk, 1) for room in calendar.rooms), *lanes, *((user.pk, 1) for user in therapists)]
    random, fullness = Random(draw(st.integers(0, 2**31))), draw(st.sampled_from([0.03, 0.08, 0.15, 0.25]))
    for key in [*keys, (patient.pk, 1)]:
        calendar.busy[key] = taken(calendar, random, fullness)
    first = draw(st.sampled_from([None, *(room for room in calendar.rooms if room.kind == Room.Kind.INFUSION)]))
    ask = Ask(
        patient, SITE, COUNT, draw(st.sampled_from([(1, 4), (0, 3), (0, 2, 4), ()])), date(2027, 2, 1), time(8, 30),
        draw(st.sampled_from([None, *therapists])), draw(st.sampled_from([None, *nurses])),
        draw(st.booleans()), draw(st.sampled_from([None, time(9)])), first,
    )  # fmt: skip
    return Small(calendar, ask)


def taken(calendar: Calendar, random: Random, fullness: float) -> int:
    """Some of the half hours, as cells."""
    found = 0
    for midnight in calendar.midnights[:-1]:
        for minute in range(OPEN, CLOSE, 30):
            if random.random() < fullness:
                found |= block(midnight + minute // 5, midnight + minute // 5 + 6)
    return found


def cost_of_hour(ask: Ask, minute: int) -> float:
    first, last = 8 * 60 + 30, 9 * 60 if ask.until else 8 * 60 + 30
    if minute < first:
        return chains.HOUR * (first - minute) / 60
    return (chains.HOUR_WITHIN * (min(minute, last) - first) + chains.HOUR * max(minute - last, 0)) / 60


def infusions(world: Small, first: bool) -> list[tuple[date, int, float]]:
    """Every start of an infusion with what it costs by itself."""
    ask, found = world.ask, []
    form = shape("infusion", world.calendar.timing, first_ever=first and ask.first_ever)
    for day, minute in product(world.calendar.days(), range(OPEN, CLOSE, 30)):
        rooms = world.rooms(form, day, minute)
        nurses = [one for one in world.calendar.people[Role.NURSE] if world.takes(one, form, day, minute)]
        if not rooms or not nurses or not world.suits_patient(form, day, minute):
            continue
        cost = cost_of_hour(ask, minute)
        cost += chains.OTHER_WEEKDAY * bool(ask.weekdays and day.weekday() not in ask.weekdays)
        cost += chains.WITHOUT_WISHED_NURSE * bool(ask.nurse and ask.nurse not in nurses)
        cost += chains.WITHOUT_WISHED_ROOM * bool(ask.room and ask.room not in rooms)
        found.append((day, minute, cost))
    return found


def talks(world: Small) -> list[tuple[date, int, int, float]]:
    """Every start of a session, the place of its therapist, and what it costs by itself."""
    form, found = shape("preparation", world.calendar.timing), []
    for day, minute in product(world.calendar.days(), range(OPEN, CLOSE, 30)):
        if not world.rooms(form, day, minute) or not world.suits_patient(form, day, minute):
            continue
        for place, person in enumerate(world.calendar.people[Role.THERAPIST]):
            if world.takes(person, form, day, minute):
                other = sessions.OTHER_THERAPIST * bool(world.ask.therapist and world.ask.therapist != person)
                found.append((day, minute, place, other + sessions.HOUR * abs(minute - 510) / 60))
    return found


def series_by_hand(world: Small, latest: date) -> float | None:
    """The least cost of all series that keep every rule; None when there is none."""
    firsts, laters, spoken = infusions(world, True), infusions(world, False), talks(world)
    best: float | None = None
    known: dict[object, dict[int, float]] = {}
    for first in firsts:
        if world.ask.not_before <= first[0] <= latest:
            for chain in longer([first], laters, world.calendar.settings):
                around = cost_around(chain, spoken, known)
                if around is not None:
                    cost = cost_of_chain(world, chain) + around
                    best = cost if best is None else min(best, cost)
    return best


def longer(chain, laters, values):
    if len(chain) == COUNT:
        yield chain
        return
    (day, minute, _), (start, *_) = chain[-1], chain[0]
    for later in laters:
        hours = (later[0] - day).days * 24 + (later[1] - minute) / 60
        if later[0] <= day or hours < values.gap_min_hours or (later[0] - day).days > 5:
            continue
        if (later[0] - start).days <= 11:
            yield from longer([*chain, later], laters, values)


def cost_of_chain(world: Small, chain) -> float:
    ask, days = world.ask, [day for day, *_ in chain]
    wished = ask.not_before
    while ask.weekdays and wished.weekday() not in ask.weekdays:
        wished += timedelta(days=1)
    cost = sum(one[2] for one in chain) + chains.START_DAY * max((days[0] - wished).days, 0)
    cost += chains.FIRST_ON_OTHER_WEEKDAY * bool(ask.weekdays and days[0].weekday() not in ask.weekdays)
    step = -(-world.calendar.settings.gap_min_hours // 24)
    cost += sum(
        abs((day - best).days) for day, best in zip(days, ideal_days(days[0], ask.weekdays, COUNT, step), strict=True)
    )
    gaps = [(later - day).days for day, later in pairwise(days)]
    cost += sum(chains.LONG_GAP + chains.LONG_GAP_DAY * (gap - 3) for gap in gaps if gap > 3)
    over = (days[-1] - days[0]).days - 8
    return cost + (chains.LONG_SERIES + chains.LONG_SERIES_DAY * over if over > 0 else 0)


def cost_around(chain, spoken, known) -> float | None:
    """The three sessions by one therapist, or by several for a little more."""
    options = []
    for kind, key in enumerate((chain[0][0], tuple(chain), chain[-1][:2])):
        if (kind, key) not in known:
            known[kind, key] = cheapest_of_each(chain, spoken, kind)
        options.append(known[kind, key])
    if not all(options):
        return None
    several = sum(min(one.values()) for one in options) + sessions.SEVERAL_THERAPISTS
    alone = [sum(one[who] for one in options) for who in range(2) if all(who in one for one in options)]
    return min([several, *alone])


def cheapest_of_each(chain, spoken, kind) -> dict[int, float]:
    """What each therapist's best session of a kind costs around a chain."""
    found: dict[int, float] = {}
    for *_, who, cost in placed(chain, spoken, kind):
        found[who] = min(cost, found.get(who, cost))
    return found


def placed(chain, spoken, kind):
    for day, minute, who, cost in spoken:
        place = (before, middle, after)[kind](chain, day, minute)
        if place is not None:
            yield day, minute, who, cost + place


def before(chain, day, minute):
    ahead = (chain[0][0] - day).days
    return sessions.PREPARATION_DAY * abs(ahead - 5) if 1 <= ahead <= 5 else None


def middle(chain, day, minute):
    """After the first and before the fourth of four; best the day after the second."""
    for number in (1, 2, 3):
        (earlier, *_), (later, start, _) = chain[number - 1], chain[number]
        same = day == later and minute + 55 <= start
        if not (earlier < day < later or same):
            continue
        cost = sessions.MIDPOINT_SAME_DAY if same else 0
        if number == 1:
            return cost + sessions.MIDPOINT_BEFORE_HALF + sessions.MIDPOINT_DAY * (later - day).days
        late = sessions.MIDPOINT_AFTER_NEXT if number == 3 else 0
        return cost + late + sessions.MIDPOINT_DAY * ((day - earlier).days - 1)
    return None


def after(chain, day, minute):
    last, start, _ = chain[-1]
    over = ((day - last).days * 1440 + minute - start - 55) / 60 - 24
    return None if day <= last or over > 48 else sessions.INTEGRATION_DAY * max(over, 0) / 24


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.data())
def test_the_search_finds_the_cheapest_of_every_series_there_is(data):
    with clock.at(SITE.moment(date(2027, 1, 20), time(10))):
        world = small(data.draw)
        ground = planner.ground_on(world.ask, world.calendar, Outlook(world.ask.patient, Paper([], [], []), [], []))
        latest = world.ask.not_before + timedelta(days=2)
        ask = world.ask
        wishes = Wishes(COUNT, ask.weekdays, ask.at, ask.not_before, latest, ask.until)
        found = planner.best_series(ask, ground, wishes)
        cheapest = series_by_hand(world, latest)
    assert (found is None) == (cheapest is None)
    if found and cheapest is not None:
        assert abs(found[0].cost - cheapest) < 1e-6
