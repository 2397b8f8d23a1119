"""Looking through the read log in rounds for what asks for a second look.

Each round reads a bounded number of rows behind the last one, in a fixed number of queries, so a busy day makes more
rounds and never a long one. What is found is one row a person, patient, kind and day; a person judges it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection, transaction

from clinic import clock
from clinic.errors import NotFound
from clinic.models import OpeningHours, ReadEvent, Site, User
from journey import access_rules, reviewing
from journey.models import AccessRound, RecordMark, UnusualAccess
from patients.models import Patient
from reminders.models import FollowUp
from visits.models import Appointment

MOST = 5000
SETTLED = timedelta(minutes=5)  # a row below the last number that was still being written then is seen by now
EMERGENCY_ROUTES = ("journey:emergency-record",)  # these have a review of their own
Kind = UnusualAccess.Kind


@dataclass
class Found:
    """What was seen of one person, patient, kind and day in this round."""

    site: Site
    first: datetime
    last: datetime
    reads: int = 0


@dataclass(frozen=True)
class Known:
    """What the round knows of the records that were opened."""

    people: dict[UUID, User]
    patients: dict[UUID, Patient]
    watched: set[UUID]
    expected: set[UUID]
    """Records that something brings to the clinic: a visit near, a task, or that they are new."""
    hours: dict[UUID, list[tuple[int, time, time]]]


Key = tuple[str, UUID, UUID | None, date]


@transaction.atomic
def look() -> int:
    """One round. Answers how many rows of the log it read; 0 when nothing new is settled."""
    round_, _ = AccessRound.objects.get_or_create(pk=1)
    round_ = AccessRound.objects.select_for_update().get(pk=1)
    rows = list(ReadEvent.objects.filter(id__gt=round_.last_read, at__lt=clock.now() - SETTLED).order_by("id")[:MOST])
    if not rows:
        return 0
    known, found = _known(rows), dict[Key, Found]()
    for row in _single(rows):
        for kind in _kinds(row, known):
            patient = known.patients[row.patient_id]
            day = patient.site.local(row.at).date()
            one = found.setdefault((kind, row.user_id, row.patient_id, day), Found(patient.site, row.at, row.at))
            one.first, one.last, one.reads = min(one.first, row.at), max(one.last, row.at), one.reads + 1
    found |= _many(rows, known.people)
    _keep(found)
    round_.last_read = rows[-1].pk
    round_.save(update_fields=["last_read"])
    return len(rows)


def _single(rows: Iterable[ReadEvent]) -> list[ReadEvent]:
    """Reads of one record; a list that names many is no look into any of them."""
    rows = [row for row in rows if row.route not in EMERGENCY_ROUTES]
    sizes = Counter((row.request_id, row.user_id) for row in rows if row.request_id)
    return [row for row in rows if not row.request_id or sizes[row.request_id, row.user_id] == 1]


def _known(rows: Sequence[ReadEvent]) -> Known:
    ids, now = {row.patient_id for row in rows}, clock.now()
    patients = Patient.objects.select_related("site").in_bulk(ids)
    sites = {patient.site_id for patient in patients.values()}
    hours: dict[UUID, list[tuple[int, time, time]]] = defaultdict(list)
    for one in OpeningHours.objects.filter(site__in=sites):
        hours[one.site_id].append((one.weekday, one.opens, one.closes))
    near = Appointment.objects.filter(
        patient__in=ids, starts_at__gte=now - access_rules.NEAR, starts_at__lte=now + access_rules.NEAR
    )
    tasks = FollowUp.objects.filter(patient__in=ids, state=FollowUp.State.OPEN)
    new = {pk for pk, patient in patients.items() if patient.registered_at > now - access_rules.NEW}
    marks = RecordMark.objects.filter(patient__in=ids, kind=RecordMark.Kind.WATCHED, ended_at__isnull=True)
    return Known(
        people=User.objects.in_bulk({row.user_id for row in rows}),
        patients=patients,
        watched=set(marks.values_list("patient", flat=True)),
        expected={*near.values_list("patient", flat=True), *tasks.values_list("patient", flat=True), *new},
        hours=hours,
    )


def _kinds(row: ReadEvent, known: Known) -> list[str]:
    patient = known.patients.get(row.patient_id)
    if patient is None:
        return []
    local, kinds = patient.site.local(row.at), []
    if access_rules.same_family(known.people[row.user_id].full_name, patient.family_name):
        kinds.append(Kind.OWN_NAME)
    if patient.pk in known.watched:
        kinds.append(Kind.WATCHED)
    if patient.pk not in known.expected:
        kinds.append(Kind.NO_VISIT)
    if access_rules.after_hours(local, known.hours.get(patient.site_id, [])):
        kinds.append(Kind.AFTER_HOURS)
    return [str(kind) for kind in kinds]


def _many(rows: Sequence[ReadEvent], people: dict[UUID, User]) -> dict[Key, Found]:
    """Who opened very many records within one hour of the clock, one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT user_id, date_trunc('hour', at) AS hour, count(DISTINCT patient_id), min(at), max(at) FROM"
            " (SELECT user_id, at, patient_id, count(*) OVER (PARTITION BY user_id, request_id) AS of_request"
            "  FROM clinic_readevent WHERE user_id = ANY(%s) AND at >= date_trunc('hour', %s) AND at <= %s) AS reads"
            " WHERE of_request = 1 GROUP BY user_id, hour HAVING count(DISTINCT patient_id) >= %s",
            [list(people), min(row.at for row in rows), max(row.at for row in rows), access_rules.MANY_RECORDS],
        )
        hours = cursor.fetchall()
    found: dict[Key, Found] = {}
    for user_id, _, count, first, last in hours:
        roles = people[user_id].roles_held
        if not roles:
            continue
        site = roles[0].site
        found[str(Kind.BULK), user_id, None, site.local(first).date()] = Found(site, first, last, count)
    return found


def _keep(found: dict[Key, Found]) -> None:
    """Add to the rows of the day that nobody has judged yet; what was judged stays as it was judged."""
    days, users = {key[3] for key in found}, {key[1] for key in found}
    standing = {
        (row.kind, row.user_id, row.patient_id, row.day): row
        for row in UnusualAccess.objects.select_for_update().filter(day__in=days, user__in=users)
    }
    for key, one in found.items():
        row = standing.get(key)
        if row is None:
            kind, user_id, patient_id, day = key
            UnusualAccess.objects.create(
                kind=kind, user_id=user_id, patient_id=patient_id, day=day, site=one.site,
                first_at=one.first, last_at=one.last, reads=one.reads,
            )  # fmt: skip
        elif row.reviewed_at is None:
            row.last_at = max(row.last_at, one.last)
            row.reads = max(row.reads, one.reads) if row.kind == Kind.BULK else row.reads + one.reads
            row.save(update_fields=["last_at", "reads"])


@transaction.atomic
def review(*, access_ids: Collection[UUID], verdict: str, words: str, by: User) -> int:
    """Judge one or several at once. Raises NotFound, NotPermitted, Refused, Invalid; then none is judged."""
    rows = UnusualAccess.objects.select_for_update(of=("self",)).select_related("site").filter(pk__in=access_ids)
    found = list(rows.order_by("pk"))
    if not found or len(found) < len(set(access_ids)):
        raise NotFound
    for row in found:
        reviewing.judge(row, whose=row.user_id, verdict=verdict, words=words, by=by)
    return len(found)
