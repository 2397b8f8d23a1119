"""Changing what is booked: confirming, arriving, beginning, finishing, cancelling, missing, moving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Room, User
from clinic.policy import Action, can, require
from insurance import coming
from visits import clashes, courses, followers, notices, patient_tasks, places
from visits.booking import check_start
from visits.calendar import Calendar
from visits.followers import Change
from visits.locks import look_alone
from visits.models import Appointment, Hold, StatusEvent
from visits.places import Wanted, release
from visits.rules import HANDS_LANE, INFUSIONS, STEP_MINUTES, Shape, Timing, shape
from visits.states import allowed, may_become

Status = Appointment.Status


# What may keep a patient from being checked in, by raising; rooms further right add themselves.
before_arrival: list[Callable[[Appointment], None]] = []


def locked(appointment_id: UUID) -> Appointment:
    found = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("site", "patient__site")
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
    patient_tasks.follow(appointment)
    return event


@transaction.atomic
def confirm(*, appointment_id: UUID, by: User) -> Appointment:
    """The patient said yes. Raises NotPermitted, IllegalTransition."""
    appointment = locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    _become(appointment, Status.CONFIRMED, by)
    return appointment


@transaction.atomic
def arrive(*, appointment_id: UUID, by: User, observed_at: datetime | None = None) -> Appointment:
    """The patient is here. Raises NotPermitted, IllegalTransition, Refused on another day, or while nobody pays."""
    appointment = locked(appointment_id)
    _require_receiving(appointment, by)
    at, site = observed_at or clock.now(), appointment.site
    if at > clock.now() + timedelta(minutes=1):
        raise Invalid({"observed_at": "This is later than now. Write when they came."})
    if site.local(at).date() != site.local(appointment.starts_at).date():
        raise Refused(
            f"This visit is on {clashes.when(site, appointment.starts_at)}, not on {clashes.day(site, at)}. "
            "Move it first."
        )
    for objection in before_arrival:
        objection(appointment)
    _become(appointment, Status.ARRIVED, by, arrived_at=at)
    return appointment


def _require_receiving(appointment: Appointment, by: User) -> None:
    """Front desk and nurses check in; therapist and provider also receive their own people."""
    if can(by, Action.CHECK_IN, appointment.site):
        return
    own = appointment.holds.filter(active=True, staff=by).exists() or is_of_group(appointment, by)
    require(by, Action.BOOK if own else Action.CHECK_IN, at=appointment.site)


def is_of_group(appointment: Appointment, therapist: User) -> bool:
    """Whether this therapist holds the group that the visit belongs to."""
    return appointment.group is not None and appointment.group.therapist_id == therapist.pk


@transaction.atomic
def begin(*, appointment_id: UUID, by: User) -> Appointment:
    """Infusion or session has begun. Raises NotPermitted, IllegalTransition."""
    appointment = locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    _become(appointment, Status.IN_PROGRESS, by)
    return appointment


@transaction.atomic
def finish(*, appointment_id: UUID, by: User) -> Appointment:
    """The patient has left. Raises NotPermitted, IllegalTransition."""
    appointment = locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    _become(appointment, Status.DONE, by)
    coming.refresh(appointment.patient.site, appointment.patient_id)
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
    appointment = locked(appointment_id)
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
    release(appointment, event)
    notices.take_back(appointment, "The visit was cancelled.")
    followers.tell(Change(appointment, by, event))
    return appointment


@transaction.atomic
def no_show(*, appointment_id: UUID, by: User) -> Appointment:
    """The patient did not come. Raises NotPermitted, IllegalTransition, Refused within the minutes of grace."""
    appointment = locked(appointment_id)
    _require_receiving(appointment, by)
    grace = settings_versions.current(appointment.site).late_grace_minutes
    from_when = appointment.starts_at + timedelta(minutes=grace)
    if appointment.is_alive and clock.now() < from_when:
        raise Refused(f"Wait until {clashes.when(appointment.site, from_when)}: {grace} minutes of grace are given.")
    event = _become(appointment, Status.NO_SHOW, by)
    release(appointment, event)
    notices.take_back(appointment, "The patient did not come.")
    followers.tell(Change(appointment, by, event))
    return appointment


@dataclass(frozen=True)
class Moving:
    """Where one visit is to go. `version` is that of the visit as the person saw it; `first_ever` has it take the whole
    of a nurse from now on."""

    appointment_id: UUID
    starts_at: datetime
    room: Room | None = None
    staff: User | None = None
    version: int | None = None
    first_ever: bool = False


def move(
    *,
    appointment_id: UUID,
    starts_at: datetime,
    by: User,
    room: Room | None = None,
    staff: User | None = None,
    version: int | None = None,
    reason: str = "",
) -> Appointment:
    """Take the visit to another time, with the same length and needs; old messages are taken back, new ones planned.

    Room and person stay where they can, unless others are asked for. When only they change, the patient is told
    nothing, and a confirmed visit stays confirmed. `version` is that of the visit as the person saw it. Raises what
    `book` raises, Refused when the visit is no longer as they saw it, NeedsReason when a rule of its series asks for
    one and `reason` is empty, and IllegalTransition once the patient has arrived.
    """
    moving = Moving(appointment_id, starts_at, room, staff, version)
    return move_all(moves=[moving], by=by, reason=reason)[0].appointment


@transaction.atomic
def move_all(*, moves: Sequence[Moving], by: User, reason: str = "") -> list[StatusEvent]:
    """Move several visits of one site at once, all or none: each may take a place that another one leaves.

    Answers the change of each, in the order asked. Raises what `move` raises.
    """
    visits = _locked_to_move(moves, by)
    if not visits:
        return []
    site = visits[0].site
    wanted = [(visit, moving.starts_at) for visit, moving in zip(visits, moves, strict=True)]
    courses.check(wanted, by=by, reason=reason)
    days = [site.local(moving.starts_at).date() for moving in moves]
    calendar = Calendar.place(site, min(days), max(days))
    wishes = [_wish(visit, moving, calendar.timing) for visit, moving in zip(visits, moves, strict=True)]
    forms = [places.shape_of(wish, calendar.timing) for wish in wishes]
    patients, asked = [visit.patient_id for visit in visits], list(zip(wishes, forms, strict=True))
    look_alone(calendar, patients, asked, without=[visit.pk for visit in visits])
    before = {visit.pk: _times(visit) for visit in visits}
    kept = [_keep_places(calendar, *one) for one in zip(visits, wishes, forms, strict=True)]
    events = [_leave(visit, wish.starts_at, by, reason) for visit, wish in zip(visits, kept, strict=True)]
    for visit, wish, form, event in zip(visits, kept, forms, events, strict=True):
        _arrive_at(calendar, visit, wish, form, event, by)
    for visit, event in zip(visits, events, strict=True):
        followers.tell(Change(visit, by, event, stays=before[visit.pk] == _times(visit)))
    return events


def _times(visit: Appointment) -> tuple[object, ...]:
    return visit.starts_at, visit.ends_at, visit.status


def _locked_to_move(moves: Sequence[Moving], by: User) -> list[Appointment]:
    """The visits under their row locks, taken in the order of their ids; answered in the order asked."""
    rows = {one: locked(one) for one in sorted(moving.appointment_id for moving in moves)}
    for moving in moves:
        visit = rows[moving.appointment_id]
        require(by, Action.BOOK, at=visit.site)
        check_seen(visit, moving.version, before="move it")
        if visit.group_id:
            raise Refused(f"{visit.patient.name} comes to a group. Move the whole group, or cancel this one visit.")
        if visit.status not in {Status.BOOKED, Status.CONFIRMED}:
            raise IllegalTransition(
                "This visit", current=visit.get_status_display(), wanted="Moved", allowed=allowed(visit.status)
            )
        if moving.starts_at != visit.starts_at:
            check_start(moving.starts_at, visit.site)
    return [rows[moving.appointment_id] for moving in moves]


def _wish(visit: Appointment, moving: Moving, timing: Timing) -> Wanted:
    wish = as_wanted(visit, moving.starts_at.astimezone(UTC), moving.room, moving.staff, timing)
    return replace(wish, first_ever=wish.first_ever or moving.first_ever)


def _leave(visit: Appointment, starts_at: datetime, by: User, reason: str) -> StatusEvent:
    """Give the old places free, and write the change. A visit that keeps its hour keeps its status."""
    same_hour = starts_at == visit.starts_at
    event = StatusEvent.objects.create(
        appointment=visit,
        before=visit.status,
        after=visit.status if same_hour else Status.BOOKED,
        by=by,
        moved_from=None if same_hour else visit.starts_at,
        reason=reason.strip(),
    )
    release(visit, event)
    return event


def _arrive_at(calendar: Calendar, visit: Appointment, wish: Wanted, form: Shape, event: StatusEvent, by: User) -> None:
    taken = places.choose(calendar, visit.patient, wish, form, without=visit.pk)
    visit.starts_at = wish.starts_at
    visit.ends_at = wish.starts_at + timedelta(minutes=form.minutes)
    visit.status = event.after
    visit.version += 1
    visit.save(update_fields=["starts_at", "ends_at", "status", "version"])
    places.hold(calendar, visit, form, taken, by, "")
    if event.moved_from:
        notices.take_back(visit, "The visit was moved.")
        notices.plan(visit, calendar.premises)
        patient_tasks.moved(visit)


def check_seen(appointment: Appointment, version: int | None, *, before: str) -> None:
    """Refuse what was asked for on a page that shows the visit as it no longer is."""
    if version is None or version == appointment.version:
        return
    raise Refused(
        f"Somebody has changed this visit meanwhile: it is {appointment.get_status_display().lower()}, "
        f"{clashes.when(appointment.site, appointment.starts_at)}. Look at it again before you {before}."
    )


def as_wanted(
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
        usual = shape(appointment.kind, timing, recovery=appointment.recovery_minutes).minutes
        whole = timing.infusion + whole - usual
        first_ever = any(
            hold.active and hold.phase == Hold.Phase.ATTENDING and hold.lane < HANDS_LANE
            for hold in appointment.holds.all()
        )
    return Wanted(
        appointment.kind,
        starts_at,
        room,
        staff,
        minutes=max(whole, STEP_MINUTES),
        first_ever=first_ever,
        recovery=appointment.recovery_minutes,
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
    return replace(wish, room=room, staff=staff)


def _still_fits(calendar: Calendar, room: Room, form: Shape, cell: int) -> bool:
    return room.kind in form.room_kinds and bool(calendar.room_starts(room, form) >> cell & 1)


def _still_serves(calendar: Calendar, person: User, form: Shape, cell: int) -> bool:
    works = any(one.pk == person.pk for one in calendar.people[form.role])
    return works and bool(calendar.staff_starts(person, form) >> cell & 1)
