"""The planner and the slot search on a busy site: 12 rooms, 10 people, 60 days, 85 % of the places taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from multiprocessing import get_context
from random import Random

from django.db import connection
from psycopg2.extras import DateTimeTZRange

from clinic.bench import Case
from clinic.errors import Refused
from clinic.ids import uuid7
from clinic.models import Membership, OpeningHours, Room, Shift, Site, User
from clinic.policy import Role
from patients.models import Patient
from visits import booking
from visits.calendar import Calendar
from visits.models import Appointment, Hold, StatusEvent
from visits.planner import NoPlan, propose
from visits.ruler import cells
from visits.rules import HANDS_LANE, Timing, Who, shape
from visits.slots import next_free

ROOMS, NURSES, THERAPISTS, PROVIDERS = 9, 6, 3, 1
DAYS = 60
FILLED = 0.85
TRIES, PROCESSES = 800, 2
FORK = get_context("fork")
WISHES = [((1, 4), 6), ((0, 2, 4), 8), ((0, 3), 6), ((), 6), ((1, 4), 7), ((2, 4), 6)]


def cases() -> Iterable[Case]:
    yield Case("visits: plan a series on a busy calendar", _planner, runs=60, target_ms=150)
    yield Case("visits: next free infusion places for 8 weeks", _slots, runs=60, target_ms=50)
    yield Case("visits: book a random infusion, or say what is free", _bookings, runs=200, target_ms=15)
    yield Case("visits: 800 random bookings by two processes", _race, runs=5, target_ms=2000, commits=True)


class House:
    """A site with its people and patients, and nothing booked yet."""

    def __init__(self) -> None:
        self.random = Random(7)  # noqa: S311 - the same calendar at every run
        self.site = Site.objects.create(code=f"bench-{uuid7().hex[:8]}", name="Bench", time_zone="America/Los_Angeles")
        kinds = [Room.Kind.INFUSION] * ROOMS + [Room.Kind.THERAPY] * 2 + [Room.Kind.CONSULT]
        Room.objects.bulk_create(
            Room(site=self.site, name=f"Room {number}", kind=kind) for number, kind in enumerate(kinds, 1)
        )
        OpeningHours.objects.bulk_create(
            OpeningHours(site=self.site, weekday=day, opens=time(8), closes=time(18)) for day in range(5)
        )
        roles = [Role.NURSE] * NURSES + [Role.THERAPIST] * THERAPISTS + [Role.PROVIDER] * PROVIDERS
        self.people = [self._person(number, role) for number, role in enumerate(roles)]
        self.desk = self._person(99, Role.FRONT_DESK)
        self.patients = [self.patient(number) for number in range(200)]

    def _person(self, number: int, role: Role) -> User:
        person = User.objects.create(email=f"bench{number}-{uuid7().hex}@evenkeel.example", full_name=f"Bench {number}")
        Membership.objects.create(user=person, site=self.site, role=role)
        Shift.objects.bulk_create(
            Shift(user=person, site=self.site, weekday=day, starts=time(8), ends=time(18), valid_from=date(2020, 1, 1))
            for day in range(5)
        )
        return person

    def patient(self, number: int) -> Patient:
        return Patient.objects.create(
            site=self.site,
            mrn=f"B{uuid7().hex[-12:]}",
            given_name="Bench",
            family_name=f"Patient {number}",
            birth_date=date(1980, 1, 1),
            search_text=f"bench patient {number}",
        )

    def book(self, random: Random, first: date, days: int) -> Appointment | str:
        """Somebody asks for an infusion at some quarter of an hour; the sentence of a refusal is said."""
        start = self.site.moment(first + timedelta(days=random.randrange(days)), time(8))
        start += timedelta(minutes=15 * random.randrange(36))
        patient = random.choice(self.patients)
        try:
            return booking.book(patient=patient, site=self.site, kind="infusion", starts_at=start, by=self.desk)
        except Refused as no:
            return str(no)


class Busy(House):
    """A busy site, made with few queries."""

    def __init__(self) -> None:
        super().__init__()
        self.fill()

    def fill(self) -> None:
        """A clinic books in turns. Of all turns in every room 85 % are taken, the rest is free at random."""
        first = self.site.today() + timedelta(days=1)
        calendar = Calendar.place(self.site, first, first + timedelta(days=DAYS))
        taken: list[Hold] = []
        visits: list[Appointment] = []
        for day in calendar.days():
            for kind, share in (("infusion", FILLED), ("preparation", 0.6)):
                turns = list(self._turns(calendar, kind, day))
                for room, moment in self.random.sample(turns, round(len(turns) * share)):
                    self._one(calendar, kind, room, moment, visits, taken)
        Appointment.objects.bulk_create(visits)
        StatusEvent.objects.bulk_create(
            StatusEvent(appointment=visit, after="booked", by=self.desk) for visit in visits
        )
        Hold.objects.bulk_create(taken, batch_size=2000)

    def _turns(self, calendar: Calendar, kind: str, day: date) -> Iterable[tuple[Room, datetime]]:
        """Every two hours in an infusion room, half of the rooms half an hour later; every hour in a therapy room."""
        form = shape(kind, Timing())
        for number, room in enumerate(calendar.rooms_for(form)):
            late = 30 * (number % 2) if kind == "infusion" else 0
            for hour in range(8, 18, 2 if kind == "infusion" else 1):
                moment = self.site.moment(day, time(hour, late))
                if calendar.room_starts(room, form) >> calendar.cell(moment) & 1:
                    yield room, moment

    def _one(
        self,
        calendar: Calendar,
        kind: str,
        room: Room,
        moment: datetime,
        visits: list[Appointment],
        taken: list[Hold],
    ) -> None:
        form = shape(kind, Timing())
        cell = calendar.cell(moment)
        people = [one for one in calendar.people[form.role] if calendar.staff_starts(one, form) >> cell & 1]
        if not people:
            return
        person = people[0]
        lane = calendar.lane_for(person, form, cell) or 1
        visit = Appointment(
            patient=self.random.choice(self.patients),
            site=self.site,
            kind=kind,
            starts_at=moment,
            ends_at=moment + timedelta(minutes=form.minutes),
            booked_by=self.desk,
        )
        visits.append(visit)
        for part in form.parts:
            if part.who == Who.PATIENT:
                continue
            in_room = part.who == Who.ROOM
            number = 1 if in_room else HANDS_LANE if part.lanes == "hands" else lane
            resource = room.pk if in_room else person.pk
            taken.append(
                Hold(
                    appointment=visit,
                    resource=resource,
                    lane=number,
                    room=room if in_room else None,
                    staff=None if in_room else person,
                    during=DateTimeTZRange(
                        moment + timedelta(minutes=part.start), moment + timedelta(minutes=part.end)
                    ),
                    phase=part.phase,
                )
            )
            calendar.take(resource, number, cell + cells(part.start), cell + cells(part.end))


def _planner() -> Callable[[int], object]:
    busy = Busy()
    fresh = busy.patient(999)
    starts = busy.site.today()

    def run(number: int) -> object:
        weekdays, count = WISHES[number % len(WISHES)]
        try:
            return propose(
                patient=fresh,
                site=busy.site,
                count=count,
                weekdays=weekdays,
                not_before=starts + timedelta(days=2 + number % 7),
                at=time(8 + number % 7),
                first_ever=number % 2 == 0,
                by=busy.desk,
            )
        except NoPlan as no:
            return no

    return run


def _slots() -> Callable[[int], object]:
    busy = Busy()
    today = busy.site.today()

    def run(number: int) -> object:
        return next_free(site=busy.site, kind="infusion", first=today + timedelta(days=number % 5), days=56)

    return run


def _bookings() -> Callable[[int], object]:
    busy = Busy()
    tomorrow = busy.site.today() + timedelta(days=1)
    return lambda number: busy.book(busy.random, tomorrow, DAYS)


def _race() -> Callable[[int], object]:
    """Each run fills a week of its own: about a third of the tries find a place, the others are told the nearest."""
    house = House()
    monday = house.site.today() + timedelta(days=7 - house.site.today().weekday())

    def work(number: int, seed: int) -> None:
        random = Random(seed)  # noqa: S311 - the same tries at every run
        for _ in range(TRIES // PROCESSES):
            house.book(random, monday + timedelta(weeks=number), 5)

    def run(number: int) -> None:
        connection.close()  # it can't be shared with a copy of this process
        workers = [FORK.Process(target=work, args=(number, seed)) for seed in range(PROCESSES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            raise RuntimeError("A process met an error instead of a refusal.")

    return run
