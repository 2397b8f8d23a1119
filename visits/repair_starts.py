"""Free starts on the calendar of one site for the visits of one patient, with their room and person, cheapest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from clinic import clock
from clinic.models import Room, Site, User
from patients.models import Patient
from visits.calendar import Calendar
from visits.rules import INFUSIONS, Shape

GRID_MINUTES = 15
OTHER_STAFF, OTHER_ROOM = 5, 1  # another person or room is less than another quarter of an hour

Free = tuple[datetime, list[Room], list[User]]


@dataclass(frozen=True)
class Start:
    """A free start with its room and person, and what it costs."""

    at: datetime
    room: Room
    staff: User
    cost: int


@dataclass
class FreeStarts:
    """What is free for this patient. Infusions are not given on the days of `avoid`, but on `day` if it is one."""

    calendar: Calendar
    patient: Patient
    site: Site
    avoid: frozenset[date]
    day: date | None
    _known: dict[Shape, list[Free]] = field(default_factory=dict)

    def by_cost(
        self,
        form: Shape,
        cost: Callable[[datetime], int],
        room: Room | None,
        staff: User | None,
        *,
        other_staff: int = OTHER_STAFF,
    ) -> list[Start]:
        """Every free start of a shape with the room and person of before where they are free, the cheapest first."""
        found = []
        for moment, rooms, people in self._of_shape(form):
            own_room = next((one for one in rooms if room and one.pk == room.pk), None)
            own_staff = next((one for one in people if staff and one.pk == staff.pk), None)
            price = cost(moment) + (0 if own_room else OTHER_ROOM) + (0 if own_staff else other_staff)
            found.append(Start(moment, own_room or rooms[0], own_staff or people[0], price))
        return sorted(found, key=lambda one: (one.cost, one.at))

    def _of_shape(self, form: Shape) -> list[Free]:
        """Every start on the quarter of an hour from now on, with the rooms and people that are free for it.

        Infusions from tomorrow on: the patient has to fast and to find a ride home.
        """
        if form not in self._known:
            calendar = self.calendar
            tomorrow = calendar.cell(self.site.day_bounds(self.site.today())[1])
            ahead = tomorrow if form.kind in INFUSIONS else calendar.cell(clock.now()) + 1
            starts = calendar.starts(form, patient_id=self.patient.pk) >> ahead << ahead
            rooms = [(one, calendar.room_starts(one, form)) for one in calendar.rooms_for(form)]
            people = [(one, calendar.staff_starts(one, form)) for one in calendar.people[form.role]]
            self._known[form] = [
                (
                    moment,
                    [one for one, free in rooms if free >> calendar.cell(moment) & 1],
                    [one for one, free in people if free >> calendar.cell(moment) & 1],
                )
                for moment in calendar.moments(starts)
                if moment.minute % GRID_MINUTES == 0
                and (form.kind not in INFUSIONS or moment.date() not in self.avoid or moment.date() == self.day)
            ]
        return self._known[form]
