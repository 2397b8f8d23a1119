"""Who on the waiting list a free time suits: one calendar for all of them, then arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from clinic import clock
from clinic.models import Site
from visits.calendar import Calendar
from visits.changes import as_wanted
from visits.courses import Point, Windows
from visits.models import Appointment, Offer, Opening, WaitlistEntry
from visits.places import Wanted, shape_of
from visits.ruler import block
from visits.rules import INFUSIONS, Shape
from visits.waitlist import MOVABLE, waiting, wish_of
from visits.wish_rules import answer_until, new_breaches

GRID_MINUTES = 15
MOST = 200  # so many of the longest waiting are looked at for one time
COUNTED = (*Appointment.ALIVE, Appointment.Status.DONE)


@dataclass(frozen=True)
class Match:
    """An entry, the start that would suit, and until when the patient may say so."""

    entry: WaitlistEntry
    starts_at: datetime
    ends_at: datetime
    answer_until: datetime | None


class Pause(Protocol):
    def __call__(self, patients: set[UUID]) -> set[UUID]: ...


# Later rooms know whose infusions rest: they answer which of these patients are not asked about one.
pauses: list[Pause] = []


class Search:
    """Some entries of one site over some days. Every question after the first load is arithmetic."""

    def __init__(self, site: Site, first: date, last: date, entries: Sequence[WaitlistEntry]) -> None:
        self.site, self.now = site, clock.now()
        patients = {entry.patient_id for entry in entries}
        self.calendar = Calendar.load(site, first, last, patients=patients)
        settings = self.calendar.settings
        self.windows = Windows.of(settings)
        self.treatments: dict[UUID, list[Point]] = defaultdict(list)
        for patient_id, pk, kind, starts_at, ends_at in _visits(patients):
            self.treatments[patient_id].append(Point(pk, kind, site.local(starts_at), site.local(ends_at)))

    def matches(self, entries: Sequence[WaitlistEntry], opening: Opening) -> Iterator[Match]:
        """Who could take a time that came free, in the order of the entries, each with the first start that suits."""
        for entry in entries:
            for start in self._starts(entry, opening):
                until = answer_until(self.site.local(self.now), start, entry.notice_hours)
                if self.suits(entry, start):
                    ends_at = start.astimezone(UTC) + timedelta(minutes=self.shape(entry).minutes)
                    yield Match(entry, start.astimezone(UTC), ends_at, until)
                    break

    def _starts(self, entry: WaitlistEntry, opening: Opening) -> Iterator[datetime]:
        shape = self.shape(entry)
        if opening.room and opening.room.kind not in shape.room_kinds:
            return
        calendar = self._calendar_for(entry)
        begin = max(calendar.cell(opening.starts_at), calendar.cell(self.now) + 1, 0)
        window = block(begin, min(calendar.cell(opening.ends_at), calendar.size))
        free = calendar.starts(shape, patient_id=entry.patient_id) & window
        for moment in calendar.moments(free):
            if moment.minute % GRID_MINUTES == 0 or moment == opening.starts_at:
                yield moment

    def is_free(self, entry: WaitlistEntry, start: datetime) -> bool:
        """Whether room, person and patient are free for the entry’s visit at a start."""
        calendar = self._calendar_for(entry)
        cell = calendar.cell(start)
        return cell >= 0 and bool(calendar.starts(self.shape(entry), patient_id=entry.patient_id) >> cell & 1)

    def suits(self, entry: WaitlistEntry, start: datetime) -> bool:
        """Whether it is wished for, earlier than what is booked, and breaks nothing of the treatment."""
        start = self.site.local(start)
        visit = entry.appointment
        if visit and (visit.status not in MOVABLE or visit.starts_at <= start):
            return False
        ends = start + timedelta(minutes=self.shape(entry).minutes)
        taken = Point(visit.pk if visit else entry.pk, entry.kind, start, ends)
        return wish_of(entry).suits(start) and not new_breaches(self.treatments[entry.patient_id], taken, self.windows)

    def shape(self, entry: WaitlistEntry) -> Shape:
        timing = self.calendar.timing
        if entry.appointment:
            return shape_of(as_wanted(entry.appointment, entry.appointment.starts_at, None, None, timing), timing)
        return shape_of(Wanted(entry.kind, self.now, first_ever=self.is_first(entry)), timing)

    def is_first(self, entry: WaitlistEntry) -> bool:
        """Whether this would be the patient’s first infusion of all."""
        had = any(place.kind in INFUSIONS for place in self.treatments[entry.patient_id])
        return entry.kind in INFUSIONS and not had

    def _calendar_for(self, entry: WaitlistEntry) -> Calendar:
        """The calendar as it would be once the visit that moves has left its places."""
        visit = entry.appointment
        if visit is None or not self.calendar.first <= self.site.local(visit.starts_at).date() <= self.calendar.last:
            return self.calendar
        busy = dict(self.calendar.busy)
        for hold in visit.holds.all():
            if hold.active:
                held = block(self.calendar.cell(hold.during.lower), self.calendar.cell(hold.during.upper))
                busy[hold.resource, hold.lane] = busy.get((hold.resource, hold.lane), 0) & ~held
        return replace(self.calendar, busy=busy, _starts={})


def _visits(patients: set[UUID]) -> QuerySet[Appointment, tuple[UUID, UUID, str, datetime, datetime]]:
    found = Appointment.objects.filter(patient__in=patients, status__in=COUNTED)
    return found.order_by("starts_at").values_list("patient_id", "pk", "kind", "starts_at", "ends_at")


def who_fits(opening: Opening, *, asked_too: bool = False, limit: int = MOST) -> list[Match]:
    """Who would take a time that came free, the longest waiting first.

    Those who are asked about some time now, and those who said no to this one, are left out unless `asked_too`.
    """
    local = opening.site.local
    entries = waiting(opening.site).filter(until__gte=local(opening.starts_at).date())
    if opening.room:
        entries = entries.filter(kind__in=_kinds(opening.room.kind))
    entries = entries.filter(Q(appointment__isnull=True) | Q(appointment__starts_at__gt=opening.starts_at))
    if opening.hold and opening.hold.appointment:
        entries = entries.exclude(patient=opening.hold.appointment.patient_id)  # who has just given it up
    if not asked_too:
        entries = entries.exclude(offers__in=_said_no(opening)).exclude(patient__in=_asked_now(opening.site))
    found = _without_resting(list(with_holds(entries)[:MOST]))
    if not found or opening.ends_at <= clock.now():
        return []
    last = local(opening.ends_at - timedelta(minutes=1)).date()
    search = Search(opening.site, local(opening.starts_at).date(), last, found)
    matches: list[Match] = []
    seen: set[UUID] = set()
    for match in search.matches(found, opening):
        if match.entry.patient_id in seen and not asked_too:
            continue  # one question to a person, whatever the number of wishes
        seen.add(match.entry.patient_id)
        matches.append(match)
        if len(matches) == limit:
            break
    return matches


def _kinds(room_kind: str) -> tuple[str, ...]:
    """The kinds of visit that a room of a kind can hold."""
    return Appointment.INFUSIONS if room_kind == "infusion" else (Appointment.Kind.EVALUATION, *Appointment.THERAPY)


def _without_resting(entries: list[WaitlistEntry]) -> list[WaitlistEntry]:
    drug = {entry.patient_id for entry in entries if entry.kind in INFUSIONS}
    resting: set[UUID] = set().union(*(ask(drug) for ask in pauses)) if drug else set()
    return [entry for entry in entries if not (entry.kind in INFUSIONS and entry.patient_id in resting)]


def _asked_now(site: Site) -> QuerySet[Offer, UUID]:
    """The patients with an offer that waits for their answer."""
    return Offer.objects.filter(state=Offer.State.OPEN, entry__site=site).values_list("entry__patient", flat=True)


def _said_no(opening: Opening) -> QuerySet[Offer]:
    """Answers that were no to this time, or to one that overlaps it."""
    about = Q(opening=opening) | Q(starts_at__lt=opening.ends_at, ends_at__gt=opening.starts_at)
    return Offer.objects.filter(about, state__in=(Offer.State.DECLINED, Offer.State.EXPIRED), entry__site=opening.site)


def with_holds(entries: QuerySet[WaitlistEntry]) -> QuerySet[WaitlistEntry]:
    return entries.prefetch_related("appointment__holds")
