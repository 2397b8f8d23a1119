"""Letting a visit last longer: a patient who is not ready to go keeps the room, and somebody's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from django.db import transaction
from psycopg2.extras import DateTimeTZRange

from clinic.errors import IllegalTransition, Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from visits import clashes, followers, places
from visits.calendar import Calendar
from visits.changes import locked
from visits.clashes import SlotTaken, runs_at
from visits.locks import lock, utc_days
from visits.models import Appointment, Hold, StatusEvent
from visits.models.appointments import LONGEST_HOLD
from visits.rules import INFUSIONS, STEP_MINUTES
from visits.states import allowed

MOST_MINUTES = 180


@dataclass(frozen=True)
class _Longer:
    """What is asked for: so many minutes from the present end on."""

    visit: Appointment
    calendar: Calendar
    minutes: int
    by: User
    overbook_reason: str

    @property
    def is_here(self) -> bool:
        """Nobody who is here is put out because the clinic closes or a shift ends."""
        return self.visit.status in {Appointment.Status.ARRIVED, Appointment.Status.IN_PROGRESS}


@transaction.atomic
def extend(*, appointment_id: UUID, minutes: int, by: User, overbook_reason: str = "") -> Appointment:
    """Add minutes to the end of a visit, for the room, the patient, and whoever is there until then.

    The recovery of an infusion becomes so much longer. Can be undone like any change. Raises NotPermitted, Invalid,
    IllegalTransition once the visit is over, SlotTaken when the room, the person or the patient is taken by then, and
    Refused beyond hours and shifts while the patient is not here.
    """
    visit = locked(appointment_id)
    site, overbook_reason = visit.site, overbook_reason.strip()
    require(by, Action.BOOK, at=site)
    if overbook_reason:
        require(by, Action.OVERBOOK, at=site)
    if visit.group_id:
        raise Refused("A group ends for all at once. Move the whole group to a longer time.")
    if not visit.is_alive:
        status = visit.get_status_display()
        raise IllegalTransition("This visit", current=status, wanted="Longer", allowed=allowed(visit.status))
    if minutes % STEP_MINUTES or not STEP_MINUTES <= minutes <= MOST_MINUTES:
        raise Invalid({"minutes": f"Add {STEP_MINUTES} to {MOST_MINUTES} minutes, in steps of {STEP_MINUTES}."})
    held = list(visit.holds.filter(active=True).select_related("room", "staff", "patient"))
    end = visit.ends_at + timedelta(minutes=minutes)
    if end - visit.starts_at > LONGEST_HOLD:
        raise Invalid({"minutes": "A visit lasts a day at most. Add fewer minutes, or end this visit."})
    lock((day, hold.resource) for hold in held for day in utc_days(visit.starts_at, end))
    first, last = site.local(visit.ends_at - timedelta(hours=1)).date(), site.local(end).date()
    calendar = Calendar.load(site, first, last, patients=[visit.patient_id], without=visit.pk)
    longer = _Longer(visit, calendar, minutes, by, overbook_reason)
    wanted = [hold for old in held for hold in _as_before_and_after(longer, old, held)]
    event = StatusEvent.objects.create(
        appointment=visit,
        before=visit.status,
        after=visit.status,
        by=by,
        longer_by=minutes,
        recovery_before=visit.recovery_minutes,
    )
    places.release(visit, event)
    places.write(wanted, f"{clashes.when(site, visit.ends_at)} has just been taken. Look at the day again.")
    if visit.kind in INFUSIONS:
        visit.recovery_minutes = (visit.recovery_minutes or calendar.timing.recovery) + minutes
    visit.ends_at, visit.version = end, visit.version + 1
    visit.save(update_fields=["ends_at", "recovery_minutes", "version"])
    followers.taken(site_id=site.pk, starts_at=visit.starts_at, ends_at=end)
    return visit


def _as_before_and_after(longer: _Longer, old: Hold, held: list[Hold]) -> list[Hold]:
    """The hold once more, as long as it was; and, where it lasts to the end, one for the minutes that are added."""
    again = [_copy(old, old.during.lower, old.during.upper, old.lane, longer)]
    of_same = [hold for hold in held if hold.resource == old.resource]
    if old.during.upper < max(hold.during.upper for hold in of_same):
        return again
    until = old.during.upper + timedelta(minutes=longer.minutes)
    if not longer.is_here:
        _check_open(longer, old)
    alone = sum(hold.during.upper == old.during.upper for hold in of_same) == 1
    lane = _lane(longer, old, may_change=alone)
    if lane == old.lane:
        return [_copy(old, old.during.lower, until, lane, longer)]
    return [*again, _copy(old, old.during.upper, until, lane, longer)]


def _copy(old: Hold, lower: datetime, upper: datetime, lane: int, longer: _Longer) -> Hold:
    is_new_overflow = lane >= Hold.OVERFLOW_LANE and lane != old.lane
    return Hold(
        appointment=longer.visit,
        resource=old.resource,
        room=old.room,
        staff=old.staff,
        patient=old.patient,
        lane=lane,
        during=DateTimeTZRange(lower, upper),
        phase=old.phase,
        overbooked_by=longer.by if is_new_overflow else old.overbooked_by,
        overbooked_reason=longer.overbook_reason if is_new_overflow else old.overbooked_reason,
    )


def _check_open(longer: _Longer, old: Hold) -> None:
    calendar, site = longer.calendar, longer.visit.site
    cell, until = calendar.cell(old.during.upper), old.during.upper + timedelta(minutes=longer.minutes)
    if old.room and not runs_at(calendar.room_open.get(old.room.pk, 0), cell, longer.minutes):
        raise Refused(f"{old.room.name} is not open until {clashes.hour(site, until)}. Add fewer minutes.")
    if old.staff and not runs_at(calendar.at_work.get(old.staff.pk, 0), cell, longer.minutes):
        raise Refused(f"{old.staff.full_name} is not at work until {clashes.hour(site, until)}. Add fewer minutes.")


def _lane(longer: _Longer, old: Hold, *, may_change: bool) -> int:
    """The same lane if it is free, else another of the person's, else an overflow lane when that was asked for."""
    calendar, cell = longer.calendar, longer.calendar.cell(old.during.upper)
    lanes = [old.lane]
    if old.staff and may_change and old.lane < Hold.OVERFLOW_LANE:
        lanes += [lane for lane in calendar.lanes_of(old.staff) if lane != old.lane]
    for lane in lanes:
        if runs_at(calendar.free(old.resource, lane), cell, longer.minutes):
            return lane
    if longer.overbook_reason and not old.patient:
        over = count(Hold.OVERFLOW_LANE)
        return next(lane for lane in over if runs_at(calendar.free(old.resource, lane), cell, longer.minutes))
    raise _taken(longer, old)


def _taken(longer: _Longer, old: Hold) -> SlotTaken:
    site, start = longer.visit.site, old.during.upper
    span = clashes.span_of(
        site, old.resource, 0, start, start + timedelta(minutes=longer.minutes), without=longer.visit.pk
    )
    if old.patient:
        return SlotTaken(f"{old.patient.name} has another visit then, {span}. Move that one first.")
    name = old.room.name if old.room else old.staff.full_name if old.staff else ""
    return SlotTaken(f"{name} is taken {span}. Add fewer minutes, or move what comes next first.")
