"""What the board of a day is drawn from, read in one statement however full the day is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from psycopg2.extras import DateTimeTZRange

from clinic import settings_versions
from clinic.gathering import Gathering, Given
from clinic.models import Closure, Membership, OpeningHours, ProtocolSettings, Room, Shift, ShiftException, Site, User
from patients.models import Patient
from visits.models import Appointment, GroupSession, Hold

SHOWN_WHEN_GONE = (Appointment.Status.NO_SHOW,)
LONGEST = timedelta(days=2)  # no visit is longer: those of a day are found by when they start

_HERE = Site.objects.filter(pk=Given("site"))
_VISITS = Appointment.objects.filter(
    site=Given("site"), starts_at__gt=Given("earliest"), starts_at__lt=Given("ends"), ends_at__gt=Given("begins")
)
_GONE = Q(active=False, appointment__status__in=SHOWN_WHEN_GONE, released_in__after__in=SHOWN_WHEN_GONE)
_HOLDS = Hold.objects.filter(Q(active=True) | _GONE, appointment__in=_VISITS, during__overlap=Given("span"))
_GROUPS = GroupSession.objects.filter(
    site=Given("site"), cancelled_at__isnull=True, starts_at__gte=Given("begins"), starts_at__lt=Given("ends")
)
_CHANGED = ShiftException.objects.filter(site=Given("site"), day=Given("day"))
_USUAL = Shift.objects.filter(
    Q(valid_until__isnull=True) | Q(valid_until__gte=Given("day")),
    site=Given("site"),
    weekday=Given("weekday"),
    valid_from__lte=Given("day"),
    user__is_active=True,
)
_STAFF = (
    Q(pk__in=_HOLDS.filter(staff__isnull=False).values("staff"))
    | Q(pk__in=_GROUPS.values("therapist"))
    | Q(pk__in=_CHANGED.values("user"))
    | Q(pk__in=_USUAL.values("user"))
)

DAY = Gathering(
    _HERE,
    hours=OpeningHours.objects.filter(site=Given("site")),
    rooms=Room.objects.filter(site=Given("site")),
    closures=Closure.objects.filter(site=Given("site"), first_day__lte=Given("day"), last_day__gte=Given("day")),
    settings=settings_versions.newest().filter(site=Given("site")),
    changed=_CHANGED,
    usual=_USUAL,
    roles=Membership.objects.filter(site=Given("site")).only("user", "role"),
    staff=User.objects.filter(_STAFF).only("full_name", "signature_name"),
    visits=_VISITS,
    patients=Patient.objects.filter(pk__in=_VISITS.values("patient"))
    .order_by()
    .only(
        "mrn", "site", "given_name", "middle_name", "family_name", "preferred_name", "pronouns", "birth_date", "sex",
        "deceased_on", "language",
    ),
    sites=Site.objects.filter(pk__in=_VISITS.values("patient__site")),
    holds=_HOLDS.annotate(begins=F("during__startswith"), ends=F("during__endswith"))
    .order_by("appointment__starts_at", "appointment_id", "lane")
    .only("appointment", "room", "staff", "lane", "phase", "active", "overbooked_reason"),
    groups=_GROUPS,
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """One stretch of a person's work on the day, and the roles they hold at the site."""

    user: User
    roles: frozenset[str]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Read:
    """A day at a site, its rows joined: holds have their visit, room and person, visits their patient."""

    hours: list[OpeningHours]
    rooms: list[Room]
    closures: dict[UUID | None, str]
    """Why each room is closed that day; under None, why the whole site is."""
    settings: ProtocolSettings
    work: list[Work]
    holds: list[Any]
    groups: list[GroupSession]


def read(site: Site, on: date) -> Read:
    begins, ends = site.day_bounds(on)
    found = DAY.read(
        site=site.pk,
        day=on,
        weekday=on.weekday(),
        begins=begins,
        ends=ends,
        earliest=begins - LONGEST,
        span=DateTimeTZRange(begins, ends),
    )
    staff = {person.pk: person for person in found["staff"]}
    rooms = {room.pk: room for room in found["rooms"]}
    visits = _visits(site, found)
    for hold in found["holds"]:
        hold.appointment = visits[hold.appointment_id]
        hold.room = rooms.get(hold.room_id)
        hold.staff = staff.get(hold.staff_id)
    for group in found["groups"]:
        group.room, group.therapist = rooms[group.room_id], staff[group.therapist_id]
    return Read(
        hours=found["hours"],
        rooms=[room for room in found["rooms"] if room.is_active],
        closures={closure.room_id: closure.reason for closure in found["closures"]},
        settings=found["settings"][0] if found["settings"] else settings_versions.unset(site),
        work=_work(site, on, staff, found),
        holds=found["holds"],
        groups=found["groups"],
    )


def _visits(site: Site, found: dict[str, list[Any]]) -> dict[UUID, Appointment]:
    """The visits with their patients; a patient may be of another site."""
    sites = {one.pk: one for one in found["sites"]} | {site.pk: site}
    patients = {patient.pk: patient for patient in found["patients"]}
    for patient in patients.values():
        patient.site = sites[patient.site_id]
    for visit in found["visits"]:
        visit.site, visit.patient = site, patients[visit.patient_id]
    return {visit.pk: visit for visit in found["visits"]}


def _work(site: Site, on: date, staff: dict[UUID, User], found: dict[str, list[Any]]) -> list[Work]:
    """Who is at work that day, by pattern or by exception."""
    roles: dict[UUID, set[str]] = defaultdict(set)
    for held in found["roles"]:
        roles[held.user_id].add(held.role)
    away = {exception.user_id for exception in found["changed"]}
    rows = [shift for shift in found["usual"] if shift.user_id not in away]
    rows += [exception for exception in found["changed"] if exception.starts]
    return [
        Work(staff[row.user_id], frozenset(roles[row.user_id]), site.moment(on, row.starts), site.moment(on, row.ends))
        for row in rows
    ]
