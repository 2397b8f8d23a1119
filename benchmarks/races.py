"""50 people, one place: through the pages of a running server, again and again, in four ways.

Whoever is first has it, and everybody else gets an answer that says so. Called with the address of a server that works
on the database of this process; each race makes a site of its own and leaves it behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from http.client import HTTPConnection
from secrets import token_hex
from threading import Barrier, Thread
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from benchmarks.client import session
from benchmarks.table import Check, Row, percentile
from clinic import history
from clinic.ids import uuid7
from clinic.models import Membership, OpeningHours, Room, Shift, Site, User
from clinic.policy import Role
from patients.models import Patient
from visits import booking
from visits.models import Appointment

CLIENTS, ROUNDS = 50, 20
FEW_CLIENTS, FEW_ROUNDS = 12, 3
PATIENCE = 60  # seconds
WON, LOST = 302, 409
STEP = timedelta(minutes=5)
HOURS = (8, 10, 12, 14)  # at which one room can be booked in turn

_OVERLAPS = """
    SELECT count(*) FROM visits_hold a JOIN visits_hold b
        ON a.id < b.id AND a.resource = b.resource AND a.lane = b.lane AND a.during && b.during
    WHERE a.active AND b.active AND a.resource = %s
"""


def rows(address: str, *, small: bool = False, headers: Mapping[str, str] | None = None) -> Iterator[Row]:
    """What is printed. `headers` are those that a proxy in front of the server would add."""
    clients, rounds = (FEW_CLIENTS, FEW_ROUNDS) if small else (CLIENTS, ROUNDS)
    for name, race in RACES.items():
        house = House(clients)
        door = Door(address, dict(headers or {}), session(house.desk.email))
        yield race(house, door, rounds).row(f"race: {name}", clients)


class House:
    """A site with one infusion room and one nurse, and as many patients as there are clients."""

    def __init__(self, clients: int) -> None:
        with history.acting(None, source="bench"):
            self.site = Site.objects.create(
                code=f"race-{uuid7().hex[-8:]}", name="Race", time_zone="America/Los_Angeles"
            )
            self.room = Room.objects.create(site=self.site, name="Room 1", kind=Room.Kind.INFUSION)
            OpeningHours.objects.bulk_create(
                OpeningHours(site=self.site, weekday=day, opens=time(8), closes=time(18)) for day in range(5)
            )
            self.desk = self._person(Role.FRONT_DESK)
            nurse = self._person(Role.NURSE)
            Shift.objects.bulk_create(
                Shift(
                    user=nurse, site=self.site, weekday=day, starts=time(8), ends=time(18), valid_from=date(2020, 1, 1)
                )
                for day in range(5)
            )
            self.patients = [self._patient(number) for number in range(clients)]
        monday = self.site.today() + timedelta(days=7 - self.site.today().weekday())
        self.days = [monday + timedelta(weeks=week, days=day) for week in range(40) for day in range(5)]

    def _person(self, role: Role) -> User:
        person: User = get_user_model().objects.create(
            email=f"{role.value}-{uuid7().hex}@evenkeel.example", full_name="Race"
        )
        Membership.objects.create(user=person, site=self.site, role=role)
        return person

    def _patient(self, number: int) -> Patient:
        return Patient.objects.create(
            site=self.site, mrn=f"R{uuid7().hex[-12:]}", given_name="Race", family_name=f"Patient {number}",
            birth_date=date(1980, 1, 1), search_text=f"race patient {number}",
        )  # fmt: skip

    def moment(self, day: date, hour: int = 9) -> datetime:
        return self.site.moment(day, time(hour))

    def book(self, patient: Patient, start: datetime) -> Appointment:
        with history.acting(self.desk.pk, source="bench"):
            return booking.book(patient=patient, site=self.site, kind="infusion", starts_at=start, by=self.desk)

    def overlaps(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_OVERLAPS, [self.room.pk])
            return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Door:
    """Where the server is, and what a signed-in browser sends along."""

    address: str
    headers: Mapping[str, str]
    session: str

    def knock(self) -> Callable[[str, Mapping[str, str]], int]:
        """A browser of its own, which keeps its connection. It posts fields to a path and answers the status."""
        where, token = urlsplit(self.address), token_hex(16)
        line = HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE)
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={token}"
        own = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies,
            "X-CSRFToken": token,
            "Referer": f"https://{where.netloc}/",
        }

        def post(path: str, fields: Mapping[str, str]) -> int:
            line.request("POST", path, urlencode(fields), {**own, **self.headers})
            answer = line.getresponse()
            answer.read()
            return answer.status

        return post


@dataclass(frozen=True)
class Try:
    """What one client does in a round."""

    path: str
    fields: Mapping[str, str]


@dataclass
class Told:
    """What came of a race."""

    house: House
    times_ms: list[float] = field(default_factory=list)
    unfair: int = 0  # rounds that had no winner, or two
    strange: Counter[int] = field(default_factory=Counter)  # answers that are neither
    seconds: float = 0

    def row(self, name: str, clients: int) -> Row:
        p50, p95, p99 = (percentile(self.times_ms, part) for part in (0.5, 0.95, 0.99))
        checks = (
            Check("rounds without exactly one winner", self.unfair, 0, 0),
            Check("answers that are neither won nor 409", self.strange.total(), 0, 0),
            Check("overlaps", self.house.overlaps(), 0, 0),
        )
        return Row(name, clients, p50, p95, p99, per_second=len(self.times_ms) / self.seconds, checks=checks)

    def judge(self, winners: int) -> None:
        self.unfair += winners != 1

    def hear(self, statuses: Sequence[int]) -> int:
        """Note what a race does not answer; how many have won."""
        self.strange.update(status for status in statuses if status not in {WON, LOST})
        return statuses.count(WON)


def _at_once(door: Door, tries: Sequence[Try], told: Told) -> list[int]:
    """The status that each try was answered with; all begin together, each on a connection of its own."""
    gate, statuses, times = Barrier(len(tries)), [0] * len(tries), [0.0] * len(tries)

    def work(number: int, one: Try) -> None:
        post = door.knock()
        gate.wait(PATIENCE)
        began = perf_counter()
        statuses[number] = post(one.path, one.fields)
        times[number] = (perf_counter() - began) * 1000

    threads = [Thread(target=work, args=pair, daemon=True) for pair in enumerate(tries)]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    told.seconds += perf_counter() - began
    told.times_ms += times
    return statuses


def _booking(patient: Patient, start: datetime) -> Try:
    path = reverse("visits:book", args=[patient.pk])
    return Try(path, {"kind": "infusion", "starts_at": start.isoformat()})


def _one_place(house: House, door: Door, rounds: int, *, apart: timedelta = timedelta(0)) -> Told:
    """All want the same room; `apart`, each a little later than the one before, so that every two overlap."""
    told = Told(house)
    for day in house.days[:rounds]:
        start = house.moment(day)
        tries = [_booking(one, start + apart * (number % 12)) for number, one in enumerate(house.patients)]
        told.judge(told.hear(_at_once(door, tries, told)))
    return told


def _move(house: House, door: Door, rounds: int) -> Told:
    """All have a visit already, and want to move it to the same hour."""
    told, later = Told(house), house.days[rounds:]
    starts = [house.moment(day, hour) for day in later for hour in HOURS]
    visits = [house.book(patient, start) for patient, start in zip(house.patients, starts, strict=False)]
    for day in house.days[:rounds]:
        fields = {"day": day.isoformat(), "at": "09:00"}
        tries = [Try(reverse("visits:move", args=[visit.pk]), fields) for visit in visits]
        told.judge(told.hear(_at_once(door, tries, told)))
    return told


def _cancel(house: House, door: Door, rounds: int) -> Told:
    """One place is taken and called off while all others try to book it; who comes too early tries once more."""
    told, (first, *others) = Told(house), house.patients
    for day in house.days[:rounds]:
        start = house.moment(day)
        visit = house.book(first, start)
        off = Try(reverse("visits:cancel", args=[visit.pk]), {"party": "patient", "reason": "Has a cold"})
        tries = [_booking(patient, start) for patient in others]
        called_off, *answers = _at_once(door, [off, *tries], told)
        winners = told.hear(answers)
        told.strange.update([called_off] if called_off != WON else [])
        told.judge(winners + told.hear(_at_once(door, tries, told)))
    return told


Race = Callable[[House, Door, int], Told]
RACES: dict[str, Race] = {
    "one place": _one_place,
    "overlapping times": partial(_one_place, apart=STEP),
    "move into it": _move,
    "cancel and book again": _cancel,
}
