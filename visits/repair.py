"""Repair: visits that lost their place are put elsewhere, as few and as near as can be, in one step that can be undone.

`ask` puts a repair in line, `find` searches (a worker does), `carry_out` does all of it or nothing, `undo` takes all of
it back for a quarter of an hour. A repair of a series (journey.repair) writes its lines with `offer` and goes the same
way. The row in the table is the truth; the broker carries its id only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Room, Site, User
from clinic.policy import Action, Role, require
from patients.models import Patient
from reminders import followups
from visits import booking, changes, locks, stranded, undoing
from visits.changes import Moving
from visits.models import Appointment, Repair, RepairStep
from visits.places import Wanted
from visits.rules import UNDO_MINUTES

State, What = Repair.State, RepairStep.What
CALL = "call_to_rebook"
SUBJECT = "appointment"


class Overtaken(Refused):
    """The plan is no longer the one that was shown."""

    title = "The plan has changed"


@dataclass(frozen=True)
class Line:
    """One line of a plan before it is written: a visit, or a new one, and its place; `why` when it has none."""

    what: str
    kind: str
    patient: Patient
    visit: Appointment | None = None
    room: Room | None = None
    staff: User | None = None
    starts_at: datetime | None = None
    why: str = ""


@transaction.atomic
def ask(
    *,
    site: Site,
    first_day: date,
    last_day: date,
    by: User,
    person: User | None = None,
    room: Room | None = None,
    on_commit: Callable[[UUID], None] | None = None,
) -> Repair:
    """Put a repair in line for the visits of these days that lost their place: because a person is away, a room is
    closed, or (neither named) the whole site is. `on_commit` gets its id once it stands.

    Raises NotPermitted, Invalid, and Refused when every visit has its place.
    """
    require(by, Action.BOOK, at=site)
    if person and room:
        raise Invalid("Repair one thing at a time: a person or a room.")
    if last_day < first_day:
        raise Invalid({"last_day": "The last day is before the first. Check both."})
    if (last_day - first_day).days >= stranded.LONGEST_DAYS:
        raise Invalid({"last_day": f"Repair at most {stranded.LONGEST_DAYS} days at once."})
    first_day = max(first_day, site.today())
    lost = stranded.find(site, first_day, max(first_day, last_day), person=person, room=room)
    if not lost:
        raise Refused("Every visit of these days has its place. There is nothing to repair.")
    cause = Repair.Cause.PERSON if person else Repair.Cause.ROOM if room else Repair.Cause.SITE
    made = Repair.objects.create(
        site=site,
        cause=cause,
        person=person,
        room=room,
        first_day=first_day,
        last_day=max(first_day, last_day),
        total=len(lost),
        asked_by=by,
    )
    if on_commit:
        transaction.on_commit(lambda: on_commit(made.pk))
    return made


@transaction.atomic
def offer(*, site: Site, patient: Patient, lines: Sequence[Line], by: User, proven: bool = True) -> Repair:
    """Write a ready plan for a series. Raises NotPermitted, Refused when there is nothing to do."""
    require(by, Action.BOOK, at=site)
    if not lines:
        raise Refused("This series keeps its rules. There is nothing to repair.")
    days = [site.local(line.starts_at).date() for line in lines if line.starts_at] or [site.today()]
    made = Repair.objects.create(
        site=site,
        cause=Repair.Cause.SERIES,
        patient=patient,
        first_day=min(days),
        last_day=max(days),
        state=State.READY,
        proven=proven,
        handled=len(lines),
        total=len(lines),
        asked_by=by,
    )
    write_lines(made, lines)
    return made


def write_lines(repair: Repair, lines: Sequence[Line]) -> None:
    RepairStep.objects.bulk_create(as_step(line, repair) for line in lines)


def as_step(line: Line, repair: Repair | None = None) -> RepairStep:
    """The line as it would be written; without a repair, only to be shown."""
    room, staff = stranded.place_of(line.visit) if line.visit else (None, None)
    return RepairStep(
        repair=repair,
        what=line.what,
        kind=line.kind,
        patient=line.patient,
        appointment=line.visit,
        version=line.visit.version if line.visit else 0,
        old_start=line.visit.starts_at if line.visit else None,
        old_room=room,
        old_staff=staff,
        new_start=line.starts_at,
        new_room=line.room,
        new_staff=line.staff,
        why=line.why,
    )


def fingerprint(steps: Sequence[RepairStep]) -> str:
    """A short text that is another for other lines, and when a visit of them was changed since."""
    rows = sorted(
        (str(step.pk), step.what, step.version, step.appointment.version if step.appointment else 0,
         str(step.new_start), str(step.new_room_id), str(step.new_staff_id))
        for step in steps
    )  # fmt: skip
    return blake2b(repr(rows).encode(), digest_size=9).hexdigest()


@transaction.atomic
def carry_out(*, repair_id: UUID, by: User, seen: str | None = None) -> Repair:
    """Do every line of a ready repair at once, or nothing: whoever has no place gets a task to be called.

    `seen` is the fingerprint of the lines that somebody was shown; None where nobody was. Raises NotPermitted,
    IllegalTransition, Overtaken, and Refused (SlotTaken) when a visit or a place has changed meanwhile.
    """
    repair = _locked(repair_id, by)
    if repair.state != State.READY:
        raise IllegalTransition("This repair", current=repair.get_state_display(), wanted="Carried out", allowed=())
    _lock_everything(list(repair.steps.all()))
    steps = list(_with_all(repair))
    if seen is not None and seen != fingerprint(steps):
        raise Overtaken("A visit of this plan was changed after the page was opened. Look at it once more.")
    moves = [step for step in steps if step.what in {What.PLACE, What.MOVE}]
    events = changes.move_all(moves=[_moving(step) for step in moves], by=by, reason="Part of a repair.")
    for step, event in zip(moves, events, strict=True):
        step.event = event
        step.save(update_fields=["event"])
    for step in steps:
        if step.what == What.BOOK:
            _book(repair, step, by)
        elif step.what == What.STAY:
            _ask_to_call(repair, step)
    repair.state, repair.done_at, repair.done_by = State.DONE, clock.now(), by
    repair.save(update_fields=["state", "done_at", "done_by"])
    stranded.close_task(repair.site, repair.last_day, by)
    return repair


def _locked(repair_id: UUID, by: User) -> Repair:
    found = (
        Repair.objects.select_for_update(of=("self",)).select_related("site", "patient").filter(pk=repair_id).first()
    )
    if found is None:
        raise NotFound
    require(by, Action.BOOK, at=found.site)
    return found


def _with_all(repair: Repair) -> QuerySet[RepairStep]:
    related = ("appointment__site", "patient__site", "old_room", "old_staff", "new_room", "new_staff", "event")
    return repair.steps.select_related(*related)


def _lock_everything(steps: Sequence[RepairStep]) -> None:
    """The rows of the visits first, in the order of their ids, then every day and resource: nobody is waited for
    after that."""
    _lock_visits(steps)
    names: set[tuple[str, UUID]] = set()
    for step in steps:
        if step.new_start and step.new_room_id and step.new_staff_id:
            days = locks.utc_days(step.new_start, step.new_start + timedelta(hours=8))
            resources = (step.patient_id, step.new_room_id, step.new_staff_id)
            names.update((day, resource) for day in days for resource in resources)
    locks.lock(names)


def _lock_visits(steps: Sequence[RepairStep]) -> None:
    for one in sorted(step.appointment_id for step in steps if step.appointment_id):
        changes.locked(one)


def _moving(step: RepairStep) -> Moving:
    assert step.appointment_id
    assert step.new_start
    return Moving(step.appointment_id, step.new_start, step.new_room, step.new_staff, step.version)


def _book(repair: Repair, step: RepairStep, by: User) -> None:
    assert step.new_start
    wish = Wanted(step.kind, step.new_start, step.new_room, step.new_staff)
    made = booking.book_all(patient=step.patient, site=repair.site, wanted=[wish], by=by)[0]
    step.appointment, step.event = made, undoing.last_change(made)
    step.save(update_fields=["appointment", "event"])


def _ask_to_call(repair: Repair, step: RepairStep) -> None:
    """Who stays without a place is called by front desk, today."""
    visit = step.appointment
    assert visit is not None
    followups.open_task(
        kind=CALL,
        site=repair.site,
        patient=step.patient,
        title=f"Call {step.patient.name}: their visit has no place any more",
        subject_kind=SUBJECT,
        subject_id=visit.pk,
        owner_role=Role.FRONT_DESK,
        due_at=max(clock.now(), min(visit.starts_at, clock.now() + timedelta(hours=2))),
        link=reverse("visits:appointment", args=[visit.pk]),
    )


@transaction.atomic
def look_after(*, site: Site, first_day: date, last_day: date, by: User) -> int:
    """After a day was closed, or somebody is away: front desk gets one task while visits are without their place.

    Answers how many visits, and groups, have lost theirs on these days.
    """
    last_day = min(last_day, first_day + timedelta(days=stranded.LONGEST_DAYS))
    first_day = max(first_day, site.today())
    lost = [visit.starts_at for visit in stranded.find(site, first_day, last_day)]
    lost += [group.starts_at for group in stranded.groups(site, first_day, last_day)]
    if lost:
        followups.open_task(
            kind=stranded.LOST,
            site=site,
            title="Visits have lost their place: find a repair",
            subject_kind="site",
            subject_id=site.pk,
            owner_role=Role.FRONT_DESK,
            due_at=max(clock.now(), min(min(lost) - timedelta(days=1), clock.now() + timedelta(days=1))),
            link=reverse("journey:repairs"),
        )
    return len(lost)


def undo_until(repair: Repair) -> datetime | None:
    """Until when the whole repair can be taken back; None when it can't."""
    if repair.state != State.DONE or repair.done_at is None:
        return None
    until = repair.done_at + timedelta(minutes=UNDO_MINUTES)
    return until if clock.now() <= until else None


@transaction.atomic
def undo(*, repair_id: UUID, by: User) -> Repair:
    """Take the whole repair back: every visit is where it was, with its messages; what was newly booked is cancelled.

    Raises NotPermitted, and Refused when it is too late or a visit was changed since.
    """
    repair = _locked(repair_id, by)
    if undo_until(repair) is None:
        raise Refused(f"This repair can’t be taken back: that is possible for {UNDO_MINUTES} minutes after it.")
    steps = list(_with_all(repair))
    _lock_visits(steps)
    for step in steps:
        if step.what == What.BOOK:
            _unbook(step, by)
    events = [step.event for step in steps if step.event and step.what != What.BOOK]
    if events:
        undoing.undo_all(events=events, by=by)
    for step in steps:
        if step.what == What.STAY and step.appointment_id:
            outcome = "The repair was taken back."
            followups.close_for(subject_kind=SUBJECT, subject_id=step.appointment_id, kind=CALL, outcome=outcome, by=by)
    repair.state, repair.undone_at, repair.undone_by = State.UNDONE, clock.now(), by
    repair.save(update_fields=["state", "undone_at", "undone_by"])
    return repair


def _unbook(step: RepairStep, by: User) -> None:
    visit = step.appointment
    assert visit is not None
    last = undoing.last_change(visit)
    if last is None or last.pk != step.event_id:
        raise Refused(f"The new visit of {step.patient.name} was changed since. Change it back first.")
    changes.cancel(appointment_id=visit.pk, party="clinic", reason="The repair was taken back.", by=by)
