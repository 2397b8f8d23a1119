"""The therapist's day: each session of today with the patient's story, the windows, the notes, the alerts.

Every list costs the same few queries for one patient and for thirty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clinic import clock, settings_versions
from clinic.models import ProtocolSettings, Site, User
from infusions.models import Infusion, Series
from patients.models import MeasureResponse, SafetyAlert
from therapy import booking_tasks, cosigning, observations, openings, story, windows
from therapy.courses import Ground
from therapy.models import IntentionCard, SessionNote, TherapySession
from therapy.observations import Seen
from therapy.story import Strip
from therapy.windows import Window
from visits.models import Appointment, GroupSession, Hold
from visits.slots import FreeSlot

State, Kind = TherapySession.State, Series.Kind
UNSIGNED = (State.PLANNED, State.HELD, State.DOCUMENTED)
OFF = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)
LATELY = timedelta(days=60)  # whose sessions make a patient one of mine
MOST, KEY_LINES = 50, 3


@dataclass(frozen=True)
class Talk:
    """One session of today, with what one wants to know before the door opens."""

    session: TherapySession
    place: str
    strip: Strip | None
    change: tuple[str, str] | None
    seen: Seen | None
    card: IntentionCard | None
    alerts: Sequence[SafetyAlert]

    @property
    def lines(self) -> list[observations.Line]:
        """The key lines of the last infusion: what warns first."""
        if self.seen is None:
            return []
        return sorted(self.seen.lines, key=lambda line: not line.is_warning)[:KEY_LINES]


@dataclass(frozen=True)
class Gathering:
    """A group of today, once, with each member's session and the state of its note."""

    group: GroupSession
    sessions: list[TherapySession]


@dataclass(frozen=True)
class Lacking:
    """A session that nobody has booked, with the free time nearest to its best day."""

    window: Window
    slot: FreeSlot | None


@dataclass(frozen=True)
class Day:
    today: list[Talk]
    groups: list[Gathering]
    lacking: list[Lacking]
    open: list[Window]
    unsigned: Sequence[TherapySession]
    sent_back: Sequence[SessionNote]
    to_cosign: Sequence[SessionNote]
    alerts: Sequence[SafetyAlert]
    settings: ProtocolSettings


def read(user: User, site: Site) -> Day:
    """What this therapist has to know and to do now."""
    rows = sessions(user, site)
    start, end = site.day_bounds(site.today())
    now, settings = clock.now(), settings_versions.current(site)
    held = Hold.objects.filter(appointment=OuterRef("appointment"), active=True, room__isnull=False)
    todays = rows.filter(appointment__starts_at__gte=start, appointment__starts_at__lt=end)
    today = list(todays.annotate(room=Subquery(held.values("room__name")[:1])))
    past = rows.filter(state__in=UNSIGNED, appointment__ends_at__lt=now, appointment__starts_at__lt=start)
    mine = set(rows.filter(appointment__starts_at__gte=now - LATELY).values_list("patient_id", flat=True))
    alerts = _alerts(mine)
    ground = Ground.read(_series(user, site, mine, settings), {site.pk: settings})
    lacking, booked = _windows(user, mine, ground, settings)
    free = openings.nearest(site, user, lacking, ground)
    return Day(
        today=_talks([one for one in today if not _group_of(one)], alerts),
        groups=_gatherings(user, site, start, end, today),
        lacking=[Lacking(window, free.get(window.place.key)) for window in lacking],
        open=booked,
        unsigned=list(past[:MOST]),
        sent_back=list(cosigning.sent_back(user, site)[:MOST]),
        to_cosign=list(cosigning.waiting(user, site)[:MOST]),
        alerts=alerts,
        settings=settings,
    )


def sessions(user: User, site: Site) -> QuerySet[TherapySession]:
    rows = TherapySession.objects.filter(therapist=user, series__site=site).exclude(appointment__status__in=OFF)
    rows = rows.exclude(state__in=TherapySession.LOST)
    return rows.select_related("patient", "appointment", "series__site", "infusion").order_by(
        "appointment__starts_at", "id"
    )


def _group_of(session: TherapySession) -> UUID | None:
    return session.appointment.group_id if session.appointment else None


def _gatherings(
    user: User, site: Site, start: datetime, end: datetime, today: Sequence[TherapySession]
) -> list[Gathering]:
    found = GroupSession.objects.filter(
        site=site, therapist=user, cancelled_at=None, starts_at__gte=start, starts_at__lt=end
    ).select_related("room")
    return [Gathering(group, [one for one in today if _group_of(one) == group.pk]) for group in found]


def _alerts(patients: Iterable[UUID]) -> list[SafetyAlert]:
    """Open alerts of my patients: those that nobody has answered first."""
    found = SafetyAlert.objects.filter(patient__in=patients, closed_at__isnull=True).select_related("patient__site")
    return sorted(found[:MOST], key=lambda alert: (alert.acknowledged_at is not None, alert.acknowledge_by))


def _series(user: User, site: Site, mine: set[UUID], settings: ProtocolSettings) -> QuerySet[Series]:
    """Series in which something may have to be booked by this therapist, or is booked and to come."""
    talks = TherapySession.objects.filter(series=OuterRef("pk"))
    others = talks.filter(therapist__is_active=True).exclude(therapist=user)
    booked = talks.filter(infusion=None, appointment__isnull=False, kind__in=TherapySession.ONCE)
    kinds = booked.exclude(state__in=TherapySession.LOST).order_by().values("series")
    counted = Coalesce(Subquery(kinds.annotate(n=Count("kind", distinct=True)).values("n")), 0)
    minded = windows.series_to_mind(site, settings).annotate(kinds=counted)
    lacks = minded.filter(Q(patient__in=mine) | ~Exists(others), kinds__lt=len(TherapySession.ONCE))
    held = Series.objects.filter(site=site, patient__in=mine).filter(
        Exists(talks.filter(therapist=user, state=State.PLANNED))
    )
    held = held.exclude(state=Series.State.SUSPENDED).exclude(ended_at__lt=clock.now() - LATELY)
    either = Q(pk__in=lacks.values("pk")) | Q(pk__in=held.values("pk"))
    return Series.objects.filter(either).select_related("patient", "site")


def _windows(
    user: User, mine: set[UUID], ground: Ground, settings: ProtocolSettings
) -> tuple[list[Window], list[Window]]:
    """What is to be booked for my patients and for those that no therapist has yet; and what is booked and open."""
    found = windows.of_ground(ground)
    minded = [one for one in found if one.series.kind == Kind.LOADING and windows.is_to_mind(one.series, settings)]
    theirs = [one for one in found if one.series.patient_id in mine]
    held = [one for one in theirs if one.booked and one.is_open and _is_mine(one.session, user)]
    return _by_hours(booking_tasks.still_lacking(minded)), _by_hours(held)


def _is_mine(session: TherapySession | None, user: User) -> bool:
    """It is still to come: what took place needs no window."""
    return session is not None and session.therapist_id == user.pk and session.state == State.PLANNED


def _by_hours(found: Iterable[Window]) -> list[Window]:
    """Those that close first come first."""
    return sorted(found, key=lambda one: (one.hours_left is None, one.hours_left))[:MOST]


def _talks(today: Sequence[TherapySession], alerts: Sequence[SafetyAlert]) -> list[Talk]:
    patients = {session.patient_id for session in today}
    scores, stations, cards = _scores(patients), _stations(today), _cards(today)
    seen = observations.newest(patients) if patients else {}
    talks = []
    for session in today:
        rows, first = scores.get(session.patient_id, ([], None))
        talks.append(
            Talk(
                session=session,
                place=session.room or "",  # type: ignore[attr-defined]
                strip=story.draw(rows[-story.MOST :], stations[session.series_id], first) if rows else None,
                change=story.change(first, rows[-1][1]) if rows else None,
                seen=seen.get(session.patient_id),
                card=cards.get(session.series_id) or cards.get(session.series.follows_id),
                alerts=[alert for alert in alerts if alert.patient_id == session.patient_id],
            )
        )
    return talks


def _scores(patients: Iterable[UUID]) -> dict[UUID, tuple[list[tuple[datetime, int]], int | None]]:
    """PHQ-9 by patient, the oldest first, and the newest that is marked as baseline."""
    rows = MeasureResponse.objects.filter(
        patient__in=patients, instrument=MeasureResponse.Instrument.PHQ9, score__isnull=False,
        entered_in_error_at__isnull=True,
    ).order_by("observed_at", "id").values_list("patient_id", "observed_at", "score", "timepoint")  # fmt: skip
    found: dict[UUID, tuple[list[tuple[datetime, int]], int | None]] = {}
    for patient, at, score, timepoint in rows:
        before, baseline = found.get(patient, ([], None))
        is_first = timepoint == MeasureResponse.Timepoint.BASELINE
        found[patient] = [*before, (at, score or 0)], score if is_first else baseline
    return found


def _stations(today: Sequence[TherapySession]) -> dict[UUID, list[tuple[datetime, int, bool]]]:
    """The infusions of each series: when, which number, whether it was begun."""
    found: dict[UUID, list[tuple[datetime, int, bool]]] = defaultdict(list)
    rows = Infusion.objects.filter(series__in={one.series_id for one in today}, number__isnull=False)
    for row in rows.select_related("appointment").order_by("number"):
        found[row.series_id].append((row.appointment.starts_at, row.number or 0, row.started_at is not None))
    return found


def _cards(today: Sequence[TherapySession]) -> dict[UUID | None, IntentionCard]:
    """The newest intention card of each series; the last word counts."""
    wanted = {one.series_id for one in today} | {one.series.follows_id for one in today if one.series.follows_id}
    rows = IntentionCard.objects.filter(session__series__in=wanted).select_related("session")
    return {row.session.series_id: row for row in rows.order_by("shared_at", "id")}
