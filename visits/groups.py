"""Groups: planned with one room and one therapist, joined by patients, moved and called off as a whole.

The group holds room and therapist once; each member has a visit of their own that holds the patient alone. The row of
the group is locked by whoever plans, joins, moves or calls off, and the database counts again under that lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Room, Site, User
from clinic.policy import Action, require
from insurance import coming
from patients.models import Patient
from visits import changes, clashes, courses, followers, notices, patient_tasks, places, stranded, told_elsewhere
from visits.booking import check_patient, check_start
from visits.calendar import Calendar
from visits.followers import Change
from visits.locks import lock, look_alone, utc_days
from visits.models import Appointment, GroupSession, StatusEvent
from visits.places import Places, Wanted
from visits.rules import LONGEST_MINUTES, STEP_MINUTES, Shape

Status = Appointment.Status
GONE = (Status.CANCELLED, Status.NO_SHOW)
BEGUN = (Status.ARRIVED, Status.IN_PROGRESS, Status.DONE)
MINUTE = timedelta(minutes=1)


def at(site: Site) -> QuerySet[GroupSession]:
    """The groups of a site, each with how many `members` it has."""
    members = Count("visits", filter=~Q(visits__status__in=GONE))
    return (
        GroupSession.objects.filter(site=site)
        .select_related("room", "therapist")
        .annotate(members=members)
        .order_by("starts_at", "id")
    )


def members(group: GroupSession) -> QuerySet[Appointment]:
    """The visits of those who have a place."""
    return group.visits.exclude(status__in=GONE).select_related("patient__site", "site")


@transaction.atomic
def plan(
    *, site: Site, topic: str, starts_at: datetime, capacity: int, by: User, minutes: int | None = None,
    room: Room | None = None, therapist: User | None = None,
) -> GroupSession:  # fmt: skip
    """Plan a group and hold its room and therapist. Raises NotPermitted, Invalid, Refused, SlotTaken."""
    require(by, Action.BOOK, at=site)
    _check_asked(site, topic.strip(), capacity, minutes)
    check_start(starts_at, site)
    group = GroupSession(site=site, topic=topic.strip(), capacity=capacity, planned_by=by)
    calendar, form, taken = _find(group, Wanted("group", starts_at.astimezone(UTC), room, therapist, minutes), [])
    _settle(calendar, group, form, taken, starts_at.astimezone(UTC))
    group.save(force_insert=True)
    places.hold_for_group(calendar, group, form, taken)
    return group


def _check_asked(site: Site, topic: str, capacity: int, minutes: int | None) -> None:
    settings = settings_versions.current(site)
    if not settings.group_sessions:
        raise Refused(f"{site.name} holds no groups. An administrator allows them in the protocol settings.")
    wrong: dict[str, str] = {}
    if not topic or len(topic) > 120:
        wrong["topic"] = "Name the group in a few words, 120 characters or fewer."
    if not 2 <= capacity <= settings.group_largest:
        wrong["capacity"] = f"A group here has 2 to {settings.group_largest} patients."
    if minutes is not None and not STEP_MINUTES <= minutes <= LONGEST_MINUTES:
        wrong["minutes"] = f"Write {STEP_MINUTES} to {LONGEST_MINUTES} minutes."
    if wrong:
        raise Invalid(wrong)


def _find(group: GroupSession, wish: Wanted, visits: Sequence[Appointment]) -> tuple[Calendar, Shape, Places]:
    """Lock all that the group and its visits could take, and look again inside the locks."""
    day = group.site.local(wish.starts_at).date()
    calendar = Calendar.place(group.site, day, day)
    form = places.shape_of(wish, calendar.timing)
    patients = [visit.patient_id for visit in visits]
    asked = [(wish, form)] * (1 + len(patients))
    look_alone(calendar, [group.pk, *patients], asked, without=[group.pk, *(visit.pk for visit in visits)])
    kept = _keep_room(calendar, group, wish, form)
    return calendar, form, places.choose(calendar, None, kept, form, without=group.pk)


def _keep_room(calendar: Calendar, group: GroupSession, wish: Wanted, form: Shape) -> Wanted:
    """A group that moves stays in its room where that is free."""
    cell = calendar.cell(wish.starts_at)
    if wish.room or group.room_id is None or cell < 0 or group.room_id not in calendar.room_open:
        return wish
    return replace(wish, room=group.room) if calendar.room_starts(group.room, form) >> cell & 1 else wish


def _settle(calendar: Calendar, group: GroupSession, form: Shape, taken: Places, starts_at: datetime) -> None:
    group.starts_at, group.ends_at = starts_at, starts_at + timedelta(minutes=form.minutes)
    group.room, group.therapist = taken.room, taken.staff


def locked(group_id: UUID, by: User, version: int | None = None) -> GroupSession:
    """The group under its row lock, on and as the person saw it. Raises NotFound, NotPermitted, Refused."""
    rows = GroupSession.objects.select_for_update(of=("self",)).select_related("site", "room", "therapist")
    group = rows.filter(pk=group_id, site__in=by.site_ids).first()
    if group is None:
        raise NotFound
    require(by, Action.BOOK, at=group.site)
    if group.cancelled_at:
        raise Refused("This group was called off. Plan another one.")
    if version is not None and version != group.version:
        raise Refused("Somebody has changed this group meanwhile. Look at it again.")
    return group


@transaction.atomic
def join(*, group_id: UUID, patient: Patient, by: User) -> Appointment:
    """Give a patient a place in the group, as a visit of their own with its reminders.

    Raises NotPermitted, Refused when all places are taken or the patient has one, SlotTaken when the patient has
    another visit then.
    """
    group = locked(group_id, by)
    site = group.site
    check_patient(patient, site, by)
    if group.ends_at <= clock.now():
        raise Refused("This group is over. Add the patient to another one.")
    there = members(group)
    if there.filter(patient=patient).exists():
        raise Refused(f"{patient.name} is in this group already.")
    if there.count() >= group.capacity:
        raise Refused(f"All {group.capacity} places of this group are taken. Choose another group.")
    visit = Appointment(
        patient=patient, site=site, kind=Appointment.Kind.GROUP, starts_at=group.starts_at, ends_at=group.ends_at,
        group=group, booked_by=by,
    )  # fmt: skip
    lock((day, patient.pk) for day in utc_days(group.starts_at, group.ends_at))
    calendar = Calendar.load(site, *[site.local(group.starts_at).date()] * 2, patients=[patient.pk])
    _check_free(calendar, group, visit, _shape(group, calendar))
    visit.save(force_insert=True)
    places.hold_in_group([visit])
    StatusEvent.objects.create(appointment=visit, after=Status.BOOKED, by=by)
    notices.plan(visit, calendar.premises)
    coming.refresh(patient.site, patient.pk)
    if calendar.premises.listeners:
        told_elsewhere.booked([visit])
    return visit


def _shape(group: GroupSession, calendar: Calendar) -> Shape:
    wish = Wanted("group", group.starts_at, minutes=(group.ends_at - group.starts_at) // MINUTE)
    return places.shape_of(wish, calendar.timing)


def _check_free(calendar: Calendar, group: GroupSession, visit: Appointment, form: Shape) -> None:
    if calendar.patient_starts(visit.patient_id, form) >> calendar.cell(group.starts_at) & 1:
        return
    span = clashes.span_of(group.site, visit.patient_id, 0, group.starts_at, group.ends_at, visit.pk)
    raise clashes.SlotTaken(f"{visit.patient.name} has another visit then, {span}.")


@transaction.atomic
def move(
    *, group_id: UUID, starts_at: datetime, by: User, room: Room | None = None, therapist: User | None = None,
    version: int | None = None, reason: str = "",
) -> GroupSession:  # fmt: skip
    """Take the whole group to another time, room or therapist; of another time every member is told.

    Raises what planning raises, Refused once somebody has arrived, SlotTaken when a member has another visit then, and
    NeedsReason when it would follow somebody's infusion on the same day and `reason` is empty.
    """
    group = locked(group_id, by, version)
    visits = list(members(group).select_for_update(of=("self",)).order_by("pk"))
    if any(visit.status in BEGUN for visit in visits):
        raise Refused("Somebody of this group has arrived. It can’t be moved any more.")
    starts_at, before = starts_at.astimezone(UTC), group.starts_at
    if starts_at != before:
        check_start(starts_at, group.site)
    courses.check([(visit, starts_at) for visit in visits], by=by, reason=reason)
    minutes = (group.ends_at - group.starts_at) // MINUTE
    calendar, form, taken = _find(
        group, Wanted("group", starts_at, room, therapist or group.therapist, minutes), visits
    )
    _settle(calendar, group, form, taken, starts_at)
    for visit in visits:
        _check_free(calendar, group, visit, form)
    group.version += 1
    group.save()
    places.release_group(group)
    places.hold_for_group(calendar, group, form, taken)
    events = _take_along(calendar, group, visits, by, reason.strip()) if starts_at != before else {}
    for visit in visits:
        followers.tell(Change(visit, by, events.get(visit.pk), stays=starts_at == before))
    stranded.close_task(group.site, group.site.today(), by)
    return group


def _take_along(
    calendar: Calendar, group: GroupSession, visits: Sequence[Appointment], by: User, reason: str
) -> dict[UUID, StatusEvent]:
    """Each visit has the group's new hour, asks for a new word, and its reminders are planned anew."""
    events = {}
    for visit in visits:
        events[visit.pk] = event = StatusEvent.objects.create(
            appointment=visit, before=visit.status, after=Status.BOOKED, by=by, moved_from=visit.starts_at,
            reason=reason,
        )  # fmt: skip
        places.release(visit, event)
        visit.starts_at, visit.ends_at = group.starts_at, group.ends_at
        visit.status, visit.version = Status.BOOKED, visit.version + 1
        visit.save(update_fields=["starts_at", "ends_at", "status", "version"])
    places.hold_in_group(visits)
    for visit in visits:
        notices.take_back(visit, "The visit was moved.")
        notices.plan(visit, calendar.premises)
        patient_tasks.moved(visit)
    return events


@transaction.atomic
def cancel(*, group_id: UUID, reason: str, by: User, version: int | None = None) -> GroupSession:
    """Call the whole group off: every member's visit is cancelled by the clinic, room and therapist are free.

    Raises NotPermitted, Invalid without a reason, Refused once it has begun.
    """
    group = locked(group_id, by, version)
    reason = reason.strip()
    if not reason or len(reason) > 300:
        raise Invalid({"reason": "Write in a few words why, in 300 characters or fewer."})
    visits = list(members(group).order_by("pk"))
    if any(visit.status in BEGUN for visit in visits):
        raise Refused("Somebody of this group has arrived. Finish or cancel their visits one by one.")
    for visit in visits:
        changes.cancel(appointment_id=visit.pk, party="clinic", reason=reason, by=by)
    group.cancelled_at, group.cancelled_by, group.cancelled_reason = clock.now(), by, reason
    group.version += 1
    group.save()
    places.release_group(group)
    stranded.close_task(group.site, group.site.today(), by)
    return group


def lock_of(visit_ids: Iterable[UUID]) -> None:
    """Lock the groups of these visits, before the visits themselves: whoever moves a group locks in this order."""
    theirs = Appointment.objects.filter(pk__in=[*visit_ids], group__isnull=False).values("group")
    list(GroupSession.objects.select_for_update().filter(pk__in=theirs).order_by("pk"))


def check_return(visit: Appointment, event: StatusEvent) -> None:
    """Whether a change of a member's visit may be taken back. Raises Refused."""
    if event.moved_from:
        raise Refused("This visit was moved with its group. Move the whole group instead.")
    if event.after not in GONE:
        return
    assert visit.group_id
    group = GroupSession.objects.get(pk=visit.group_id)  # under the lock of `lock_of`
    if group.cancelled_at or (group.starts_at, group.ends_at) != (visit.starts_at, visit.ends_at):
        raise Refused("The group was moved or called off meanwhile. Add the patient to it again, or to another one.")
    there = members(group)
    if there.filter(patient=visit.patient_id).exists():
        raise Refused(f"{visit.patient.name} has a place in this group again already.")
    if there.count() >= group.capacity:
        raise Refused("The place has been given to somebody else meanwhile. Choose another group.")
