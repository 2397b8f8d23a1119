"""Changing what is booked: confirming, arriving, beginning, finishing, cancelling, missing, moving."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Room, User
from clinic.policy import Action, can, require
from visits import clashes, followers, notices, places
from visits.booking import check_start
from visits.calendar import Calendar
from visits.locks import lock_for
from visits.models import Appointment, Hold, StatusEvent
from visits.places import Wanted, release
from visits.rules import HANDS_LANE, INFUSIONS, STEP_MINUTES, Shape, Timing, shape
from visits.states import allowed, may_become

Status = Appointment.Status


def locked(appointment_id: UUID) -> Appointment:
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


@transaction.atomic
def confirm(*, appointment_id: UUID, by: User) -> Appointment:
    """The patient said yes. Raises NotPermitted, IllegalTransition."""
    appointment = locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    _become(appointment, Status.CONFIRMED, by)
    return appointment


@transaction.atomic
def arrive(*, appointment_id: UUID, by: User, observed_at: datetime | None = None) -> Appointment:
    """The patient is here. Raises NotPermitted, IllegalTransition, Refused on another day than the visit's."""
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
    followers.tell(appointment.pk, by)
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
    version: int | None = None,
) -> Appointment:
    """Take the visit to another time, with the same length and needs; old messages are taken back, new ones planned.

    Room and person stay where they can, unless others are asked for. `version` is that of the visit as the person saw
    it. Raises what `book` raises, Refused when the visit is no longer as they saw it, and IllegalTransition once the
    patient has arrived.
    """
    appointment = locked(appointment_id)
    site = appointment.site
    require(by, Action.BOOK, at=site)
    _check_seen(appointment, version)
    if appointment.status not in {Status.BOOKED, Status.CONFIRMED}:
        raise IllegalTransition(
            "This visit",
            current=appointment.get_status_display(),
            wanted="Moved",
            allowed=allowed(appointment.status),
        )
    check_start(starts_at, site)
    starts_at = starts_at.astimezone(UTC)
    day = site.local(starts_at).date()
    calendar = Calendar.place(site, day, day)
    wish = _as_wanted(appointment, starts_at, room, staff, calendar.timing)
    form = places.shape_of(wish, calendar.timing)
    lock_for(calendar, appointment.patient, [(wish, form)])
    calendar.read_holds(patients=[appointment.patient_id], without=appointment.pk)
    wish = _keep_places(calendar, appointment, wish, form)
    taken = places.choose(calendar, appointment.patient, wish, form, without=appointment.pk)
    event = StatusEvent.objects.create(
        appointment=appointment,
        before=appointment.status,
        after=Status.BOOKED,
        by=by,
        moved_from=appointment.starts_at,
    )
    release(appointment, event)
    appointment.starts_at = starts_at
    appointment.ends_at = starts_at + timedelta(minutes=form.minutes)
    appointment.status = Status.BOOKED
    appointment.version += 1
    appointment.save(update_fields=["starts_at", "ends_at", "status", "version"])
    places.hold(calendar, appointment, form, taken, by, "")
    notices.take_back(appointment, "The visit was moved.")
    notices.plan(appointment, calendar.settings)
    followers.tell(appointment.pk, by)
    return appointment


def _check_seen(appointment: Appointment, version: int | None) -> None:
    if version is None or version == appointment.version:
        return
    raise Refused(
        f"Somebody has changed this visit meanwhile: it is {appointment.get_status_display().lower()}, "
        f"{clashes.when(appointment.site, appointment.starts_at)}. Look at it again before you move it."
    )


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
