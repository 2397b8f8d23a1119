"""Booking, moving, cancelling, arriving: the verbs of an appointment, and the only place that writes holds.

No two bookings can take one place. Each takes advisory locks for every resource and day it could touch, in one order,
looks again inside the locks, and writes; the exclusion constraint on holds is the last witness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg2.extras import DateTimeTZRange

from clinic import clock, settings_versions
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Room, Site, User
from clinic.policy import Action, can, require
from patients.models import Patient
from visits import clashes, followers, notices
from visits.calendar import Calendar, cells
from visits.clashes import SlotTaken
from visits.models import Appointment, Hold, StatusEvent
from visits.rules import (
    HANDS_LANE,
    INFUSIONS,
    PAST_MINUTES,
    STEP_MINUTES,
    UNDO_MINUTES,
    Lanes,
    Part,
    Shape,
    Timing,
    Who,
    shape,
)
from visits.states import UNDOABLE, allowed, may_become

__all__ = [
    "SlotTaken",
    "Wanted",
    "arrive",
    "begin",
    "book",
    "book_all",
    "cancel",
    "confirm",
    "finish",
    "is_first_ever",
    "is_late",
    "lock",
    "move",
    "no_show",
    "undo",
]

Status = Appointment.Status


@dataclass(frozen=True)
class Wanted:
    """One visit to be booked; what is None is chosen."""

    kind: str
    starts_at: datetime
    room: Room | None = None
    staff: User | None = None
    minutes: int | None = None
    first_ever: bool = False
    overbook_reason: str = ""


@dataclass(frozen=True)
class _Places:
    """What a visit takes: room, person, and the lane of each."""

    room: Room
    room_lane: int
    staff: User
    staff_lane: int
    overflows: bool


# Booking


def book(
    *,
    patient: Patient,
    site: Site,
    kind: str,
    starts_at: datetime,
    by: User,
    room: Room | None = None,
    staff: User | None = None,
    minutes: int | None = None,
    first_ever: bool = False,
    overbook_reason: str = "",
) -> Appointment:
    """Book one visit with all its holds and reminders.

    Raises NotPermitted; SlotTaken when a room, person or the patient is taken; Refused outside opening hours, shifts,
    in closures and in the past; Invalid.
    """
    wanted = Wanted(kind, starts_at, room, staff, minutes, first_ever, overbook_reason.strip())
    return book_all(patient=patient, site=site, wanted=[wanted], by=by)[0]


@transaction.atomic
def book_all(*, patient: Patient, site: Site, wanted: Sequence[Wanted], by: User) -> list[Appointment]:
    """Book several visits of one patient, all or none, under one set of locks. Raises what `book` raises."""
    require(by, Action.BOOK, at=site)
    if any(wish.overbook_reason for wish in wanted):
        require(by, Action.OVERBOOK, at=site)
    _check_patient(patient, site, by)
    if not wanted:
        return []
    for wish in wanted:
        _check_start(wish.starts_at, site)
        _check_kind(wish.kind)
    # In UTC, minutes are added as they pass; in a zone Python would add them to the face of the clock.
    wanted = [replace(wish, starts_at=wish.starts_at.astimezone(UTC)) for wish in wanted]
    days = [site.local(wish.starts_at).date() for wish in wanted]
    calendar = Calendar.place(site, min(days), max(days))
    shapes = [_shape(wish, calendar.timing) for wish in wanted]
    _lock_for(calendar, patient, list(zip(wanted, shapes, strict=True)))
    calendar.read_holds(patients=[patient.pk])
    return [_take(calendar, patient, wish, form, by) for wish, form in zip(wanted, shapes, strict=True)]


def _check_patient(patient: Patient, site: Site, by: User) -> None:
    if not can(by, Action.SEE_PATIENTS, patient.site):
        raise NotFound
    if patient.deceased_on:
        raise Refused(f"{patient.name} has died; no visit can be booked.")


def _check_start(starts_at: datetime, site: Site) -> None:
    if starts_at.tzinfo is None:
        raise ValueError("A visit's start needs a time zone.")
    if starts_at.minute % STEP_MINUTES or starts_at.second or starts_at.microsecond:
        raise Invalid({"starts_at": f"Visits start on a step of {STEP_MINUTES} minutes, like 09:05."})
    if starts_at < clock.now() - timedelta(minutes=PAST_MINUTES):
        raise Refused(f"{clashes.when(site, starts_at)} is in the past. Choose a time from now on.")


def _check_kind(kind: str) -> None:
    if kind not in Appointment.Kind.values:
        raise Invalid({"kind": "This is no kind of visit."})


def _shape(wish: Wanted, timing: Timing) -> Shape:
    return shape(wish.kind, timing, first_ever=wish.first_ever, minutes=wish.minutes)


def is_first_ever(patient: Patient) -> bool:
    """Whether no infusion of this patient was given or is booked yet: the first takes the whole of a nurse."""
    counted = (*Appointment.ALIVE, Status.DONE)
    return not Appointment.objects.filter(patient=patient, kind__in=Appointment.INFUSIONS, status__in=counted).exists()


# Locks


def lock(names: Iterable[tuple[str, UUID]]) -> None:
    """Take the advisory locks of (day, resource) pairs until the transaction ends, always in one order.

    Days are UTC days, so that two sites in two zones mean the same by them. A repair that touches several visits
    locks all of them here first; booking inside it then waits for nobody.
    """
    keys = [
        int.from_bytes(
            hashlib.blake2b(f"{day}:{resource}".encode(), digest_size=8).digest(),
            signed=True,
        )
        for day, resource in sorted({(day, str(resource)) for day, resource in names})
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def _utc_days(start: datetime, end: datetime) -> list[str]:
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def _lock_for(calendar: Calendar, patient: Patient, wanted: Sequence[tuple[Wanted, Shape]]) -> None:
    """Lock everything that these visits could take: where nothing was asked for, every candidate."""
    names: set[tuple[str, UUID]] = set()
    for wish, form in wanted:
        rooms = [wish.room] if wish.room else calendar.rooms_for(form)
        people = [wish.staff] if wish.staff else calendar.people[form.role]
        resources = [
            patient.pk,
            *(room.pk for room in rooms),
            *(user.pk for user in people),
        ]
        end = wish.starts_at + timedelta(minutes=form.minutes)
        for day in _utc_days(wish.starts_at, end):
            names.update((day, resource) for resource in resources)
    lock(names)


# Taking a place


def _take(calendar: Calendar, patient: Patient, wish: Wanted, form: Shape, by: User) -> Appointment:
    places = _choose(calendar, patient, wish, form)
    appointment = Appointment(
        patient=patient,
        site=calendar.site,
        kind=wish.kind,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + timedelta(minutes=form.minutes),
        booked_by=by,
    )
    appointment.save(force_insert=True)
    _hold(calendar, appointment, form, places, by, wish.overbook_reason)
    StatusEvent.objects.create(appointment=appointment, after=Status.BOOKED, by=by)
    notices.plan(appointment, calendar.settings)
    return appointment


def _choose(
    calendar: Calendar,
    patient: Patient,
    wish: Wanted,
    form: Shape,
    without: UUID | None = None,
) -> _Places:
    """The room and the person for a visit; the least taken that day come first. Raises SlotTaken, Refused."""
    _check_asked(calendar, wish, form)
    cell, day = (
        calendar.cell(wish.starts_at),
        calendar.site.local(wish.starts_at).date(),
    )
    fits = calendar.starts(form, room=wish.room, staff=wish.staff, patient_id=patient.pk)
    if not (calendar.covers(cell, cells(form.minutes)) and fits >> cell & 1):
        if not wish.overbook_reason:
            raise clashes.explain(
                calendar,
                form,
                patient,
                wish.starts_at,
                room=wish.room,
                staff=wish.staff,
                without=without,
            )
        return _overflow(calendar, patient, wish, form, without)
    rooms = [wish.room] if wish.room else calendar.rooms_for(form)
    people = [wish.staff] if wish.staff else calendar.people[form.role]
    free_rooms = [room for room in rooms if calendar.room_starts(room, form) >> cell & 1]
    free_people = [user for user in people if calendar.staff_starts(user, form) >> cell & 1]
    kinds = form.room_kinds
    room = min(
        free_rooms,
        key=lambda one: (
            kinds.index(one.kind),
            calendar.load_of(one.pk, day),
            one.name,
        ),
    )
    staff = min(free_people, key=lambda one: (calendar.load_of(one.pk, day), one.full_name))
    lane = calendar.lane_for(staff, form, cell) or 1
    return _Places(room, 1, staff, lane, overflows=False)


def _check_asked(calendar: Calendar, wish: Wanted, form: Shape) -> None:
    """A room or person that was asked for must belong here and fit the kind of visit."""
    if wish.room:
        if wish.room.pk not in calendar.room_open:
            raise Refused(f"{wish.room.name} is not in use at {calendar.site.name}.")
        if wish.room.kind not in form.room_kinds:
            kind = wish.room.get_kind_display().lower()
            raise Refused(f"{wish.room.name} is a room for {kind}; choose another for this visit.")
    if wish.staff and all(user.pk != wish.staff.pk for user in calendar.people[form.role]):
        raise Refused(f"{wish.staff.full_name} is no {form.role} at {calendar.site.name}.")


def _overflow(calendar: Calendar, patient: Patient, wish: Wanted, form: Shape, without: UUID | None) -> _Places:
    """Places for a conscious overbooking: what is free as it is, else the least taken on an overflow lane.

    Hours, closures, shifts and the patient's own visits hold for it too.
    """
    cell = calendar.cell(wish.starts_at)
    day = calendar.site.local(wish.starts_at).date()
    rooms = [wish.room] if wish.room else calendar.rooms_for(form)
    people = [wish.staff] if wish.staff else calendar.people[form.role]
    open_rooms = [room for room in rooms if clashes.runs_at(calendar.room_open[room.pk], cell, form.minutes)]
    there = [user for user in people if clashes.runs_at(calendar.at_work[user.pk], cell, form.staff_minutes)]
    patient_free = calendar.patient_starts(patient.pk, form) >> cell & 1
    if not (open_rooms and there and patient_free):
        raise clashes.explain(
            calendar,
            form,
            patient,
            wish.starts_at,
            room=wish.room,
            staff=wish.staff,
            without=without,
        )
    room = min(
        open_rooms,
        key=lambda one: (
            not calendar.room_starts(one, form) >> cell & 1,
            calendar.load_of(one.pk, day),
            one.name,
        ),
    )
    staff = min(
        there,
        key=lambda one: (
            not calendar.staff_starts(one, form) >> cell & 1,
            calendar.load_of(one.pk, day),
            one.full_name,
        ),
    )
    room_free = calendar.room_starts(room, form) >> cell & 1
    staff_free = calendar.staff_starts(staff, form) >> cell & 1
    room_lane = 1 if room_free else _overflow_lane(calendar, room.pk, cell, form)
    staff_lane = (
        calendar.lane_for(staff, form, cell) or 1 if staff_free else _overflow_lane(calendar, staff.pk, cell, form)
    )
    return _Places(room, room_lane, staff, staff_lane, overflows=True)


def _overflow_lane(calendar: Calendar, resource: UUID, cell: int, form: Shape) -> int:
    lane = Hold.OVERFLOW_LANE
    while not clashes.runs_at((1 << calendar.size) - 1 & calendar.free(resource, lane), cell, form.minutes):
        lane += 1
    return lane


def _hold(
    calendar: Calendar,
    appointment: Appointment,
    form: Shape,
    places: _Places,
    by: User,
    overbook_reason: str,
) -> None:
    """Write the holds. Raises SlotTaken when the database's own constraint says no."""
    holds = [
        Hold(
            appointment=appointment,
            resource=resource.pk,
            lane=lane,
            during=DateTimeTZRange(
                appointment.starts_at + timedelta(minutes=part.start),
                appointment.starts_at + timedelta(minutes=part.end),
            ),
            phase=part.phase,
            room=resource if isinstance(resource, Room) else None,
            staff=resource if isinstance(resource, User) else None,
            patient=resource if isinstance(resource, Patient) else None,
            overbooked_by=by if lane >= Hold.OVERFLOW_LANE else None,
            overbooked_reason=overbook_reason if lane >= Hold.OVERFLOW_LANE else "",
        )
        for part in form.parts
        for resource, lane in _lanes(calendar, appointment.patient, part, places)
    ]
    try:
        with transaction.atomic():
            Hold.objects.bulk_create(holds)
    except IntegrityError as error:
        if not clashes.is_overlap(error):
            raise
        raise SlotTaken(
            f"{clashes.when(calendar.site, appointment.starts_at)} has just been taken. Choose another time."
        ) from error
    for hold in holds:
        start = calendar.cell(hold.during.lower)
        calendar.take(hold.resource, hold.lane, start, calendar.cell(hold.during.upper))


def _lanes(
    calendar: Calendar, patient: Patient, part: Part, places: _Places
) -> list[tuple[Room | User | Patient, int]]:
    """The resource and the lanes that one part takes."""
    if part.who == Who.PATIENT:
        return [(patient, 1)]
    if part.who == Who.ROOM:
        return [(places.room, places.room_lane)]
    if places.staff_lane >= Hold.OVERFLOW_LANE:
        hands = part.lanes == Lanes.HANDS
        return [] if hands else [(places.staff, places.staff_lane)]
    if part.lanes == Lanes.HANDS:
        return [(places.staff, HANDS_LANE)]
    if part.lanes == Lanes.ALL:
        return [(places.staff, lane) for lane in calendar.lanes_of(places.staff)]
    return [(places.staff, places.staff_lane)]


# Changing


def _locked(appointment_id: UUID) -> Appointment:
    found = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("site", "patient")
        .filter(pk=appointment_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _become(appointment: Appointment, wanted: Appointment.Status, by: User, **fields: object) -> StatusEvent:
    """Move to a state and write its event. Raises IllegalTransition."""
    if not may_become(appointment.status, wanted):
        raise IllegalTransition(
            "This visit",
            current=appointment.get_status_display(),
            wanted=str(wanted.label),
            allowed=allowed(appointment.status),
        )
    return _write(appointment, wanted, by, **fields)


def _write(appointment: Appointment, wanted: Appointment.Status, by: User, **fields: object) -> StatusEvent:
    event = StatusEvent.objects.create(appointment=appointment, before=appointment.status, after=wanted, by=by)
    appointment.status = wanted
    appointment.version += 1
    for name, value in fields.items():
        setattr(appointment, name, value)
    appointment.save(update_fields=["status", "version", *fields])
    return event


def _release(appointment: Appointment, event: StatusEvent) -> int:
    return appointment.holds.filter(active=True).update(active=False, released_in=event)


@transaction.atomic
def confirm(*, appointment_id: UUID, by: User) -> Appointment:
    """The patient said yes. Raises NotPermitted, IllegalTransition."""
    appointment = _locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    _become(appointment, Status.CONFIRMED, by)
    return appointment


@transaction.atomic
def arrive(*, appointment_id: UUID, by: User, observed_at: datetime | None = None) -> Appointment:
    """The patient is here. Raises NotPermitted, IllegalTransition, Refused on another day than the visit's."""
    appointment = _locked(appointment_id)
    _require_receiving(appointment, by)
    at, site = observed_at or clock.now(), appointment.site
    if at > clock.now() + timedelta(minutes=1):
        raise Invalid({"observed_at": "This is later than now. Write when they came."})
    if site.local(at).date() != site.local(appointment.starts_at).date():
        raise Refused(
            f"This visit is on {clashes.when(site, appointment.starts_at)}, not on {clashes.day(site, at)}. "
            "Move it first."
        )
    _become(appointment, Status.ARRIVED, by, arrived_at=at)
    return appointment


def _require_receiving(appointment: Appointment, by: User) -> None:
    """Front desk and nurses check in; therapist and provider also receive their own people."""
    if can(by, Action.CHECK_IN, appointment.site):
        return
    own = appointment.holds.filter(active=True, staff=by).exists()
    require(by, Action.BOOK if own else Action.CHECK_IN, at=appointment.site)


@transaction.atomic
def begin(*, appointment_id: UUID, by: User) -> Appointment:
    """Infusion or session has begun. Raises NotPermitted, IllegalTransition."""
    appointment = _locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    _become(appointment, Status.IN_PROGRESS, by)
    return appointment


@transaction.atomic
def finish(*, appointment_id: UUID, by: User) -> Appointment:
    """The patient has left. Raises NotPermitted, IllegalTransition."""
    appointment = _locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    _become(appointment, Status.DONE, by)
    return appointment


def is_late(appointment: Appointment, party: str, at: datetime) -> bool:
    """Whether a cancellation now is late: by the patient, with less notice than the site asks for."""
    notice = settings_versions.current(appointment.site).cancel_notice_hours
    return party == "patient" and at > appointment.starts_at - timedelta(hours=notice)


@transaction.atomic
def cancel(*, appointment_id: UUID, party: str, reason: str, by: User) -> Appointment:
    """Call a visit off: its holds are free, its messages taken back. Late or not is decided by the notice rule.

    Raises NotPermitted, IllegalTransition, Invalid.
    """
    appointment = _locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    reason = reason.strip()
    wrong = {}
    if party not in {"patient", "clinic"}:
        wrong["party"] = "Say who called it off: the patient or the clinic."
    if not reason:
        wrong["reason"] = "Write in a few words why."
    elif len(reason) > 300:
        wrong["reason"] = f"Keep it to 300 characters; this has {len(reason)}."
    if wrong:
        raise Invalid(wrong)
    event = _become(
        appointment,
        Status.CANCELLED,
        by,
        cancelled_by_party=party,
        cancelled_late=is_late(appointment, party, clock.now()),
        reason=reason,
    )
    _release(appointment, event)
    notices.take_back(appointment, "The visit was cancelled.")
    followers.tell(appointment.pk, by)
    return appointment


@transaction.atomic
def no_show(*, appointment_id: UUID, by: User) -> Appointment:
    """The patient did not come. Raises NotPermitted, IllegalTransition, Refused within the minutes of grace."""
    appointment = _locked(appointment_id)
    _require_receiving(appointment, by)
    grace = settings_versions.current(appointment.site).late_grace_minutes
    from_when = appointment.starts_at + timedelta(minutes=grace)
    if appointment.is_alive and clock.now() < from_when:
        raise Refused(f"Wait until {clashes.when(appointment.site, from_when)}: {grace} minutes of grace are given.")
    event = _become(appointment, Status.NO_SHOW, by)
    _release(appointment, event)
    notices.take_back(appointment, "The patient did not come.")
    followers.tell(appointment.pk, by)
    return appointment


@transaction.atomic
def move(
    *,
    appointment_id: UUID,
    starts_at: datetime,
    by: User,
    room: Room | None = None,
    staff: User | None = None,
) -> Appointment:
    """Take the visit to another time, with the same length and needs; old messages are taken back, new ones planned.

    Room and person stay where they can, unless others are asked for. Raises what `book` raises, and
    IllegalTransition once the patient has arrived.
    """
    appointment = _locked(appointment_id)
    site = appointment.site
    require(by, Action.BOOK, at=site)
    if appointment.status not in {Status.BOOKED, Status.CONFIRMED}:
        raise IllegalTransition(
            "This visit",
            current=appointment.get_status_display(),
            wanted="Moved",
            allowed=allowed(appointment.status),
        )
    _check_start(starts_at, site)
    starts_at = starts_at.astimezone(UTC)
    day = site.local(starts_at).date()
    calendar = Calendar.place(site, day, day)
    wish = _as_wanted(appointment, starts_at, room, staff, calendar.timing)
    form = _shape(wish, calendar.timing)
    _lock_for(calendar, appointment.patient, [(wish, form)])
    calendar.read_holds(patients=[appointment.patient_id], without=appointment.pk)
    wish = _keep_places(calendar, appointment, wish, form)
    places = _choose(calendar, appointment.patient, wish, form, without=appointment.pk)
    event = StatusEvent.objects.create(
        appointment=appointment,
        before=appointment.status,
        after=Status.BOOKED,
        by=by,
        moved_from=appointment.starts_at,
    )
    _release(appointment, event)
    appointment.starts_at = starts_at
    appointment.ends_at = starts_at + timedelta(minutes=form.minutes)
    appointment.status = Status.BOOKED
    appointment.version += 1
    appointment.save(update_fields=["starts_at", "ends_at", "status", "version"])
    _hold(calendar, appointment, form, places, by, "")
    notices.take_back(appointment, "The visit was moved.")
    notices.plan(appointment, calendar.settings)
    followers.tell(appointment.pk, by)
    return appointment


def _as_wanted(
    appointment: Appointment,
    starts_at: datetime,
    room: Room | None,
    staff: User | None,
    timing: Timing,
) -> Wanted:
    """The visit as a wish: its own length, and whether it asks for the whole of a nurse."""
    whole = int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
    first_ever = False
    if appointment.kind in INFUSIONS:
        usual = shape(appointment.kind, timing).minutes
        whole = timing.infusion + whole - usual
        first_ever = appointment.holds.filter(active=True, phase=Hold.Phase.ATTENDING, lane__lt=HANDS_LANE).exists()
    return Wanted(
        appointment.kind,
        starts_at,
        room,
        staff,
        minutes=max(whole, STEP_MINUTES),
        first_ever=first_ever,
    )


def _keep_places(calendar: Calendar, appointment: Appointment, wish: Wanted, form: Shape) -> Wanted:
    """Stay in the room and with the person of before, where nothing else was asked for and they are free."""
    cell = calendar.cell(wish.starts_at)
    room, staff = wish.room, wish.staff
    if cell < 0:
        return wish
    held = list(appointment.holds.filter(active=True).select_related("room", "staff"))
    for hold in held:
        if room is None and hold.room and _still_fits(calendar, hold.room, form, cell):
            room = hold.room
        if staff is None and hold.staff and _still_serves(calendar, hold.staff, form, cell):
            staff = hold.staff
    return Wanted(wish.kind, wish.starts_at, room, staff, wish.minutes, wish.first_ever)


def _still_fits(calendar: Calendar, room: Room, form: Shape, cell: int) -> bool:
    return room.kind in form.room_kinds and bool(calendar.room_starts(room, form) >> cell & 1)


def _still_serves(calendar: Calendar, person: User, form: Shape, cell: int) -> bool:
    works = any(one.pk == person.pk for one in calendar.people[form.role])
    return works and bool(calendar.staff_starts(person, form) >> cell & 1)


# Undoing


def last_change(appointment: Appointment) -> StatusEvent | None:
    """The newest change that still stands."""
    return appointment.status_events.filter(undone_at__isnull=True).order_by("-at", "-id").first()


def undo_until(appointment: Appointment) -> datetime | None:
    """Until when the last change can be taken back; None when it can't."""
    event = last_change(appointment)
    if event is None or not event.before or appointment.status not in UNDOABLE or event.after not in UNDOABLE:
        return None
    until = event.at + timedelta(minutes=UNDO_MINUTES)
    return until if clock.now() <= until else None


@transaction.atomic
def undo(*, appointment_id: UUID, by: User) -> Appointment:
    """Take back the last change, within a quarter of an hour: status, holds and messages are as before.

    Raises NotPermitted, Refused when it is too late or the place has gone meanwhile (SlotTaken).
    """
    appointment = _locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    event = last_change(appointment)
    if event is None or undo_until(appointment) is None:
        raise Refused(
            f"The last change can’t be taken back: that is possible for {UNDO_MINUTES} minutes, "
            "and not once the visit has begun."
        )
    event.undone_at, event.undone_by = clock.now(), by
    event.save(update_fields=["undone_at", "undone_by"])
    released = list(event.released.all())
    if released:
        _hold_again(appointment, event, released)
    if event.moved_from:
        length = appointment.ends_at - appointment.starts_at
        stay = next((hold for hold in released if hold.patient_id), None)
        appointment.starts_at = event.moved_from
        appointment.ends_at = stay.during.upper if stay else event.moved_from + length
    _restore(appointment, event)
    if released:
        notices.take_back(appointment, "The change was taken back.")
        notices.plan(appointment, settings_versions.current(appointment.site))
    followers.tell(appointment.pk, by)
    return appointment


def _restore(appointment: Appointment, event: StatusEvent) -> None:
    """The fields of the appointment as they were before the event."""
    appointment.status = event.before
    appointment.version += 1
    if event.after == Status.CANCELLED:
        appointment.cancelled_by_party = appointment.reason = ""
        appointment.cancelled_late = None
    if event.after == Status.ARRIVED:
        appointment.arrived_at = None
    appointment.save(
        update_fields=[
            "status",
            "version",
            "starts_at",
            "ends_at",
            "cancelled_by_party",
            "cancelled_late",
            "reason",
            "arrived_at",
        ]
    )


def _hold_again(appointment: Appointment, event: StatusEvent, released: list[Hold]) -> None:
    """Take the places again that the event gave free. Raises SlotTaken when somebody has one of them now."""
    names = {(day, hold.resource) for hold in released for day in _utc_days(hold.during.lower, hold.during.upper)}
    lock(names)
    _release(appointment, event)
    try:
        with transaction.atomic():
            Hold.objects.filter(pk__in=[hold.pk for hold in released]).update(active=True, released_in=None)
    except IntegrityError as error:
        if not clashes.is_overlap(error):
            raise
        raise SlotTaken(
            "The place has been given to somebody else meanwhile. Book or move the visit to another time."
        ) from error
