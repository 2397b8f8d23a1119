"""Rooms and nurses for the starts of a plan: as few different ones as can be, those wished first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from clinic.models import Room, User
from clinic.policy import Role
from visits.chains import Chain
from visits.plans import Ask, Ground, Slot
from visits.rules import shape
from visits.sessions import Choice


def infusion_slots(ask: Ask, ground: Ground, chain: Chain) -> list[Slot]:
    """Rooms and nurses for the starts: as few different ones as can be, the wished nurse first."""
    calendar = ground.calendar
    shapes = [
        shape("infusion", ground.timing, first_ever=ask.first_ever and number == 0)
        for number in range(len(chain.starts))
    ]
    rooms: dict[Room, set[int]] = {}
    nurses: dict[User, set[int]] = {}
    for number, (start, form) in enumerate(zip(chain.starts, shapes, strict=True)):
        for room in calendar.rooms_for(form):
            if calendar.room_starts(room, form) >> start.cell & 1:
                rooms.setdefault(room, set()).add(number)
        for nurse in calendar.people[Role.NURSE]:
            if calendar.staff_starts(nurse, form) >> start.cell & 1:
                nurses.setdefault(nurse, set()).add(number)
    room_of = _cover(rooms, len(shapes), ask.room)
    nurse_of = _cover(nurses, len(shapes), ask.nurse)
    return [
        Slot("infusion", *calendar.span(start.cell, form.minutes), room_of[number], nurse_of[number])
        for number, (start, form) in enumerate(zip(chain.starts, shapes, strict=True))
    ]


Place = TypeVar("Place", Room, User)


def _cover(free: Mapping[Place, set[int]], count: int, first: Place | None = None) -> list[Place]:
    """One place for each number: the wished one where it is free, then whichever serves most of what is left."""
    left, chosen = set(range(count)), {}
    while left:
        wished = first if first and free.get(first, set()) & left else None
        place = wished or max(free, key=lambda one: (len(free[one] & left), -list(free).index(one)))
        for number in free[place] & left:
            chosen[number] = place
        left -= free[place]
    return [chosen[number] for number in range(count)]


def session_slot(ground: Ground, kind: str, choice: Choice) -> Slot:
    calendar, form = ground.calendar, shape(kind, ground.timing)
    cell = choice.start.cell
    room = next(room for room in calendar.rooms_for(form) if calendar.room_starts(room, form) >> cell & 1)
    return Slot(kind, *calendar.span(cell, form.minutes), room, choice.therapist)
