"""Booking: one visit, or several of one patient at once.

No two bookings can take one place. Each takes advisory locks for every resource and day it could touch, in one order
(locks), looks again inside the locks, and writes (places); the exclusion constraint on holds is the last witness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.expressions import Combinable, NegatedExpression

from clinic import clock
from clinic.composed import Batch, ComposedInsert
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Room, Site, User
from clinic.policy import Action, can, require
from insurance import coming
from patients.models import Patient
from reminders import ledger
from visits import clashes, notices, places, told_elsewhere
from visits.calendar import Calendar
from visits.locks import look_alone
from visits.models import Appointment, StatusEvent
from visits.places import Wanted
from visits.rules import INFUSIONS, LONGEST_MINUTES, PAST_MINUTES, STEP_MINUTES, Shape

Status = Appointment.Status
_VISITS, _EVENTS = ComposedInsert(Appointment), ComposedInsert(StatusEvent)

AfterBooking = Callable[[Appointment, User, str], None]
after_booking: list[AfterBooking] = []
"""What else happens in the same transaction when one visit was booked by itself; rooms to the right add themselves."""


@transaction.atomic
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
    recovery: int | None = None,
    reason: str = "",
    along: Sequence[Batch] = (),  # rows of others, which stand when the visit does
) -> Appointment:
    """Book one visit with all its holds and reminders. `minutes` and `recovery` are this visit's own lengths.

    Raises NotPermitted; SlotTaken when a room, person or the patient is taken; Refused outside opening hours, shifts,
    in closures and in the past; NeedsReason when a rule of its series is against it and `reason` is empty; Invalid.
    """
    wanted = Wanted(kind, starts_at, room, staff, minutes, first_ever, overbook_reason.strip(), recovery)
    made = _book_all(patient, site, [wanted], by, along)[0]
    for follow in after_booking:
        follow(made, by, reason)
    return made


@transaction.atomic
def book_all(*, patient: Patient, site: Site, wanted: Sequence[Wanted], by: User) -> list[Appointment]:
    """Book several visits of one patient, all or none, under one set of locks. Raises what `book` raises."""
    return _book_all(patient, site, wanted, by)


def _book_all(
    patient: Patient, site: Site, wanted: Sequence[Wanted], by: User, along: Sequence[Batch] = ()
) -> list[Appointment]:
    require(by, Action.BOOK, at=site)
    if any(wish.overbook_reason for wish in wanted):
        require(by, Action.OVERBOOK, at=site)
    check_patient(patient, site, by)
    if not wanted:
        return []
    for wish in wanted:
        check_start(wish.starts_at, site)
        _check_kind(wish.kind)
        _check_lengths(wish)
    # In UTC, minutes are added as they pass; in a zone Python would add them to the face of the clock.
    wanted = [replace(wish, starts_at=wish.starts_at.astimezone(UTC)) for wish in wanted]
    days = [site.local(wish.starts_at).date() for wish in wanted]
    calendar = Calendar.place(site, min(days), max(days))
    shapes = [places.shape_of(wish, calendar.timing) for wish in wanted]
    look_alone(calendar, [patient.pk] * len(wanted), list(zip(wanted, shapes, strict=True)))
    booked = _take(calendar, patient, list(zip(wanted, shapes, strict=True)), by, along)
    coming.refresh(patient.site, patient.pk)
    if calendar.premises.listeners:
        told_elsewhere.booked(booked)
    return booked


def check_patient(patient: Patient, site: Site, by: User) -> None:
    if not can(by, Action.SEE_PATIENTS, patient.site):
        raise NotFound
    if patient.deceased_on:
        raise Refused(f"{patient.name} has died; no visit can be booked.")


def check_start(starts_at: datetime, site: Site) -> None:
    if starts_at.tzinfo is None:
        raise ValueError("A visit's start needs a time zone.")
    if starts_at.minute % STEP_MINUTES or starts_at.second or starts_at.microsecond:
        raise Invalid({"starts_at": f"Visits start on a step of {STEP_MINUTES} minutes, like 09:05."})
    if starts_at < clock.now() - timedelta(minutes=PAST_MINUTES):
        raise Refused(f"{clashes.when(site, starts_at)} is in the past. Choose a time from now on.")


def _check_kind(kind: str) -> None:
    if kind not in Appointment.Kind.values:
        raise Invalid({"kind": "This is no kind of visit."})
    if kind == Appointment.Kind.GROUP:
        raise Invalid({"kind": "A group is planned under “Groups”; the patient is added to it there."})


def _check_lengths(wish: Wanted) -> None:
    wrong = {}
    if wish.minutes is not None and not STEP_MINUTES <= wish.minutes <= LONGEST_MINUTES:
        wrong["minutes"] = f"Write {STEP_MINUTES} to {LONGEST_MINUTES} minutes."
    if wish.recovery is not None and not STEP_MINUTES <= wish.recovery <= LONGEST_MINUTES:
        wrong["recovery"] = f"Write {STEP_MINUTES} to {LONGEST_MINUTES} minutes of recovery."
    if wrong:
        raise Invalid(wrong)


_COUNTED = Appointment.objects.filter(
    kind__in=Appointment.INFUSIONS, status__in=(*Appointment.ALIVE, Status.DONE)
).order_by()


def is_first_ever(patient: Patient) -> bool:
    """Whether no infusion of this patient was given or is booked yet: the first takes the whole of a nurse."""
    return not _COUNTED.filter(patient=patient).exists()


def would_be_first_ever() -> NegatedExpression[Combinable]:
    """The same, asked along with a patient's row."""
    return ~Exists(_COUNTED.filter(patient=OuterRef("pk")))


def _take(
    calendar: Calendar, patient: Patient, asked: Sequence[tuple[Wanted, Shape]], by: User, along: Sequence[Batch]
) -> list[Appointment]:
    """Choose a place for each visit, then write all of them with what they hold and what will be said."""
    visits, holds = [], []
    for wish, form in asked:
        visit = _visit(calendar, patient, wish, form, by)
        taken = places.choose(calendar, patient, wish, form)
        holds += places.holds(calendar, visit, form, taken, by, wish.overbook_reason)
        visits.append(visit)
    events = [StatusEvent(appointment=one, after=Status.BOOKED, by=by) for one in visits]
    messages = notices.planned(visits, calendar.premises)
    others: list[Batch] = [(_VISITS, visits), (_EVENTS, events), (ledger.NEW, messages), *along]
    places.write(holds, places.gone(calendar, visits), along=others)
    return visits


def _visit(calendar: Calendar, patient: Patient, wish: Wanted, form: Shape, by: User) -> Appointment:
    return Appointment(
        patient=patient,
        site=calendar.site,
        kind=wish.kind,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + timedelta(minutes=form.minutes),
        recovery_minutes=wish.recovery if wish.kind in INFUSIONS else None,
        booked_by=by,
    )
