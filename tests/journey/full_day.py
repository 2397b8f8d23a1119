"""A full day: 60 visits in 12 rooms with 12 people at work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from psycopg2.extras import DateTimeTZRange

from clinic.ids import uuid7
from clinic.models import Membership, OpeningHours, Room, Shift, Site, User
from clinic.policy import Role
from infusions.models import Infusion, Series
from patients.models import Patient
from visits.models import Appointment, Hold
from visits.rules import HANDS_LANE, Lanes, Part, Timing, Who, shape

ROOMS, TALK_ROOMS = 10, 2
TURNS = (8, 10, 12, 14, 16)  # in every room somebody begins at each of these hours

USUAL = Timing()

Place = tuple[str, datetime, Room, User]  # kind of visit, start, where and with whom


class FullDay:
    """A site whose rooms are taken from morning to evening, each with its own nurse or therapist."""

    def __init__(
        self,
        on: date | None = None,
        *,
        turns: Iterable[float] = TURNS,
        rooms: tuple[int, int] = (ROOMS, TALK_ROOMS),
        timing: Timing = USUAL,
    ) -> None:
        self.timing = timing
        self.site = Site.objects.create(code=f"full-{uuid7().hex[-8:]}", name="Full", time_zone="America/Los_Angeles")
        self.on = on or self.site.today()
        OpeningHours.objects.create(site=self.site, weekday=self.on.weekday(), opens=time(8), closes=time(18))
        self.places = [
            *((self._room("infusion", number), self._person(Role.NURSE, number)) for number in range(rooms[0])),
            *((self._room("therapy", number), self._person(Role.THERAPIST, number)) for number in range(rooms[1])),
        ]
        self.nurse = self.places[0][1]
        self.fill(turns)

    def _room(self, kind: str, number: int) -> Room:
        return Room.objects.create(site=self.site, name=f"{kind.capitalize()} {number + 1:02}", kind=kind)

    def _person(self, role: Role, number: int) -> User:
        email = f"full{number}-{uuid7().hex}@evenkeel.example"
        person = User.objects.create(email=email, full_name=f"{role.label} {chr(65 + number)}")
        Membership.objects.create(user=person, site=self.site, role=role)
        Shift.objects.create(
            user=person, site=self.site, weekday=self.on.weekday(), starts=time(8), ends=time(18), valid_from=self.on
        )
        return person

    def fill(self, turns: Iterable[float]) -> None:
        """Book every room at these hours, each time for somebody new, all of it in five statements."""
        wanted = list(self._wanted(turns))
        people = Patient.objects.bulk_create(self._patient(number) for number in range(len(wanted)))
        visits = Appointment.objects.bulk_create(
            self._visit(patient, place) for patient, place in zip(people, wanted, strict=True)
        )
        pairs = list(zip(visits, wanted, strict=True))
        Hold.objects.bulk_create(
            hold
            for visit, place in pairs
            for part in shape(place[0], self.timing).parts
            if (hold := _hold(visit, part, place))
        )
        given = [visit for visit in visits if visit.kind == "infusion"]
        series = Series.objects.bulk_create(self._series(visit) for visit in given)
        Infusion.objects.bulk_create(
            Infusion(series=one, appointment=visit, number=1) for one, visit in zip(series, given, strict=True)
        )

    def _wanted(self, turns: Iterable[float]) -> Iterator[Place]:
        for hour in turns:
            for room, person in self.places:
                yield "infusion" if room.kind == "infusion" else "midpoint", self.at(hour), room, person

    def at(self, hour: float) -> datetime:
        return self.site.moment(self.on, time(int(hour), int(hour % 1 * 60)))

    def _patient(self, number: int) -> Patient:
        return Patient(
            site=self.site,
            mrn=f"F{uuid7().hex[-12:]}",
            given_name="Bench",
            family_name=f"Patient {number}",
            birth_date=date(1980, 1, 1),
            search_text=f"bench patient {number}",
        )

    def _visit(self, patient: Patient, place: Place) -> Appointment:
        kind, start, _, _ = place
        minutes = shape(kind, self.timing).minutes
        return Appointment(
            patient=patient,
            site=self.site,
            kind=kind,
            starts_at=start,
            ends_at=start + timedelta(minutes=minutes),
            booked_by=self.nurse,
        )

    def _series(self, visit: Appointment) -> Series:
        return Series(
            patient=visit.patient,
            site=self.site,
            kind="loading",
            planned_count=6,
            opened_at=visit.starts_at - timedelta(days=10),
            opened_by=self.nurse,
        )


def _hold(visit: Appointment, part: Part, place: Place) -> Hold | None:
    _, start, room, person = place
    if part.who == Who.PATIENT:
        return None
    in_room = part.who == Who.ROOM
    return Hold(
        appointment=visit,
        resource=room.pk if in_room else person.pk,
        lane=HANDS_LANE if part.lanes == Lanes.HANDS else 1,
        room=room if in_room else None,
        staff=None if in_room else person,
        during=DateTimeTZRange(start + timedelta(minutes=part.start), start + timedelta(minutes=part.end)),
        phase=part.phase,
    )
