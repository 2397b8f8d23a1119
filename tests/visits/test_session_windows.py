"""The planner counts whole days, the window is read from a clock: both must say the same of every session."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest

from clinic.models import ProtocolSettings, Site, User
from insurance.outlook import Outlook
from insurance.standing import Paper
from patients.models import Patient
from visits.calendar import Calendar
from visits.courses import Course, Point, Windows
from visits.plans import Ask, Ground
from visits.premises import Premises
from visits.ruler import Start
from visits.rules import Gaps, shape
from visits.sessions import KINDS, Sessions

SITE = Site(code="two", name="Two", time_zone="America/Los_Angeles")
PERSON, PATIENT = User(full_name="Nadia Amir"), Patient(site=SITE)
OUTLOOK = Outlook(PATIENT, Paper([], [], []), [], [])
VISIT = UUID(int=7)
CHANGES = (date(2027, 3, 1), date(2027, 10, 28), date(2027, 6, 1))
"""The clock is put forward, back, and not at all."""


def at(start: Start) -> datetime:
    return datetime.combine(start.day, time(start.minute // 60, start.minute % 60), SITE.zone)


def generated(seed: int) -> tuple[ProtocolSettings, list[Start], int]:
    """A site's rules, a series by them, and the minutes of its drug."""
    random = Random(seed)
    rules = ProtocolSettings(
        site=SITE, prep_max_days_before=random.choice([5, 21]), integration_hours=random.choice([24, 72, 100]),
        integration_grace_days=random.choice([1, 2, 7]), arrival_minutes=random.choice([0, 15, 60]),
    )  # fmt: skip
    day, starts = random.choice(CHANGES), []
    for _ in range(random.randint(4, 8)):
        starts.append(Start(0, day, random.randrange(8 * 60, 16 * 60, 5)))
        day += timedelta(days=random.randint(2, 5))
    return rules, starts, random.choice([40, 100])


def near(starts: list[Start], rules: ProtocolSettings, seed: int) -> list[Start]:
    """Hours of every day around the series, and those by which a window opens or closes."""
    random, first, last = Random(seed), starts[0].day, starts[-1]
    limit = last.minute + rules.arrival_minutes + rules.infusion_minutes + rules.integration_hours * 60
    edges = {start.minute for start in starts} | {start.minute - 55 for start in starts} | {limit % (24 * 60)}
    days = (last.day - first).days + rules.prep_max_days_before + rules.integration_hours // 24 + 12
    found = []
    for number in range(days):
        day = first + timedelta(days=number - rules.prep_max_days_before - 2)
        minutes = {edge + step for edge in random.sample(sorted(edges), 2) for step in (-5, 0, 5)}
        found += [Start(0, day, minute) for minute in minutes if 0 <= minute < 23 * 60]
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_planner_and_the_window_agree_on_every_session(seed):
    rules, starts, drug = generated(seed)
    calendar = Calendar(SITE, starts[0].day, starts[-1].day, Premises(starts[0].day, starts[-1].day, rules, [], {}))
    infusions = tuple(Point(UUID(int=n), "infusion", at(one), at(one)) for n, one in enumerate(starts))
    course = Course(VISIT, len(starts), infusions, (), Windows.of(rules))
    ask = Ask(PATIENT, SITE, len(starts), (), starts[0].day, time(9), drug=drug)
    length = timedelta(minutes=shape("preparation", calendar.timing).minutes)
    said = dict.fromkeys(KINDS, frozenset[bool]())
    for talk in near(starts, rules, seed):
        timing = calendar.timing.of_patient(drug, None)
        people = [(PERSON, {talk.day: [talk]})]
        ground = Ground(calendar, timing, Gaps.of(rules), {}, {}, 0, 0, 0, 0, people, OUTLOOK)
        lacking = Sessions(ask, ground, 540).lacking(starts)
        for kind in KINDS:
            concerns = course.of_session(Point(VISIT, kind, at(talk), at(talk) + length))
            assert (kind not in lacking) is (not concerns), (kind, talk, concerns)
            said[kind] |= {not concerns}
    assert all(answers == {True, False} for answers in said.values())
