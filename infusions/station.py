"""All chairs of a site at once, as the nurses’ station shows them, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clinic import clock, settings_versions
from clinic.models import Room, Site, User
from infusions import pump
from infusions.limits import Kind
from infusions.models import Infusion, RunEvent, StateEvent, VitalSigns
from infusions.sheet import Sheet, reading
from infusions.states import State
from visits.models import Hold

GRAVE = frozenset({Kind.PAUSE, Kind.STOP})
PHASES = {
    State.CHECKED_IN: "Before the dose",
    State.HELD: "Held",
    State.CLEARED: "Cleared for the dose",
    State.IN_PROGRESS: "Infusing",
    State.PAUSED: "Paused",
    State.RECOVERY: "Recovery",
}


@dataclass(frozen=True)
class Seat:
    """One chair with somebody in it."""

    sheet: Sheet
    room: Room | None

    @property
    def infusion(self) -> Infusion:
        return self.sheet.infusion

    @property
    def state(self) -> State:
        return State(self.infusion.state)

    @property
    def name(self) -> str:
        """Given name and one letter: enough for those who work here, and no more on a wall."""
        patient = self.infusion.series.patient
        return f"{patient.preferred_name or patient.given_name} {patient.family_name[:1]}."

    @property
    def phase(self) -> str:
        return PHASES.get(self.state, self.state.label)

    @property
    def left(self) -> str:
        """How long this phase still takes."""
        if self.state in {State.IN_PROGRESS, State.PAUSED}:
            minutes = self.sheet.minutes_left
            return f"{minutes}\u00a0min left" if minutes else "bag empty"
        if self.state == State.RECOVERY and self.sheet.leaves_from:
            minutes = int((self.sheet.leaves_from - self.sheet.now).total_seconds() // 60)
            return f"home in {minutes}\u00a0min" if minutes > 0 else "may go home"
        return ""

    @property
    def share(self) -> int:
        """Percent of the dose that went in."""
        drawn = pump.drawn_mg(self.infusion)
        return int(100 * self.sheet.given[0] / drawn) if drawn else 0

    @property
    def last(self) -> VitalSigns | None:
        return self.sheet.rows[0] if self.sheet.rows else None

    @property
    def last_pressure(self) -> str:
        """The newest blood pressure, which a set without one does not hide."""
        row = next((row for row in self.sheet.rows if row.systolic is not None), None)
        return reading(row, "pressure") if row else "–"

    @property
    def last_spo2(self) -> str:
        row = next((row for row in self.sheet.rows if row.spo2 is not None), None)
        return f"{row.spo2}\u00a0%" if row else "–"

    @property
    def alerts(self) -> list[tuple[str, str]]:
        """What somebody has to look at, the gravest first: (meaning, words)."""
        told = []
        due, asked = self.sheet.due, self.sheet.questions
        if due and due.seconds < 0:
            told.append(("stop" if due.is_late else "warn", f"Vitals {-due.seconds // 60}\u00a0min late"))
        if asked:
            grave = any(crossing.kind in GRAVE for question in asked for crossing in question.crossings)
            told.append(("stop" if grave else "warn", "A line was crossed: write what was done"))
        if self.state == State.PAUSED:
            told.append(("warn", "The pump stands"))
        if self.state == State.HELD:
            told.append(("stop", "Held"))
        return sorted(told)

    @property
    def tone(self) -> str:
        return self.alerts[0][0] if self.alerts else "calm"


@dataclass(frozen=True)
class Board:
    """Who is here, and who comes next."""

    seats: list[Seat]
    coming: list[Infusion]

    @property
    def urgent(self) -> int:
        return sum(seat.tone == "stop" for seat in self.seats)


def board(site: Site, *, only: User | None = None, now: datetime | None = None) -> Board:
    """The chairs of today. `only` leaves what is one nurse's."""
    now = now or clock.now()
    start, end = site.day_bounds(site.local(now).date())
    today = list(
        Infusion.objects.filter(
            appointment__site=site,
            appointment__starts_at__gte=start,
            appointment__starts_at__lt=end,
            state__in=[State.SCHEDULED, *Infusion.IN_HOUSE],
        )
        .select_related("series__patient", "appointment__site", "order", "vial", "nurse")
        .order_by("appointment__starts_at", "pk")
    )
    if only is not None:
        today = _of(only, today)
    here = [one for one in today if one.state != State.SCHEDULED]
    coming = [one for one in today if one.state == State.SCHEDULED]
    seats = _seats(here, site, now)
    return Board(sorted(seats, key=lambda seat: (seat.room is None, seat.room.name if seat.room else "")), coming)


def _of(nurse: User, infusions: list[Infusion]) -> list[Infusion]:
    """Those whose pump this nurse started, and, until one is started, those she is booked for."""
    waiting = [one.appointment_id for one in infusions if one.nurse_id is None]
    booked = set(
        Hold.objects.filter(appointment__in=waiting, active=True, staff=nurse).values_list("appointment", flat=True)
    )
    return [one for one in infusions if one.nurse_id == nurse.pk or one.appointment_id in booked]


def _seats(here: list[Infusion], site: Site, now: datetime) -> list[Seat]:
    settings = settings_versions.current(site)
    rooms = {
        hold.appointment_id: hold.room
        for hold in Hold.objects.filter(
            appointment__in=[one.appointment_id for one in here], active=True, room__isnull=False
        ).select_related("room")
    }
    rows = _by_infusion(VitalSigns.objects.filter(infusion__in=here).order_by("observed_at", "id"))
    events = _by_infusion(RunEvent.objects.filter(infusion__in=here).order_by("observed_at", "id"))
    steps = _by_infusion(StateEvent.objects.filter(infusion__in=here).order_by("observed_at", "id"))
    return [
        Seat(
            Sheet(one, site, settings, rows[one.pk], events[one.pk], steps[one.pk], now),
            rooms.get(one.appointment_id),
        )
        for one in here
    ]


def _by_infusion(found: Iterable[Any]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in found:
        grouped[row.infusion_id].append(row)
    return grouped
