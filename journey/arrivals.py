"""Today at the front desk: who is awaited, who is here and where, who is late. Read from the day board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic import addresses, clock
from clinic.models import Site, User
from clinic.policy import Action, can
from journey import board
from journey.cards import Card
from visits import undoing
from visits.models import Appointment, StatusEvent

Status = Appointment.Status
AWAITED = (Status.BOOKED, Status.CONFIRMED)
HERE = (Status.ARRIVED, Status.IN_PROGRESS)
TAKEN_BACK = (Status.ARRIVED, Status.NO_SHOW)  # what this page may undo


@dataclass(frozen=True)
class Row:
    """One patient of today."""

    card: Card
    phase: str
    undo_until: datetime | None
    is_late: bool
    may_arrive: bool
    may_be_missed: bool

    @property
    def visit(self) -> Appointment:
        return self.card.visit.appointment

    @property
    def is_here(self) -> bool:
        return self.visit.status in HERE

    @property
    def is_over(self) -> bool:
        return self.visit.status not in (*AWAITED, *HERE)

    @property
    def href(self) -> str:
        return addresses.of("visits:appointment", self.visit.pk)

    @property
    def step_href(self) -> str:
        """Where its buttons post to, with the version that was seen."""
        return f"{addresses.of('journey:arrivals-step', self.visit.pk)}?version={self.visit.version}"

    @property
    def has_step(self) -> bool:
        return self.may_arrive or self.may_be_missed or self.undo_until is not None

    @property
    def words(self) -> str:
        """What the filter of the page looks through besides the name, the birth date and the visit that are shown."""
        patient = self.visit.patient
        family = "" if patient.family_name in self.card.name else f"{patient.family_name} "
        return f"{family}{patient.birth_date} {patient.mrn}"


@dataclass(frozen=True)
class Arrivals:
    rows: list[Row]
    here: list[Row]
    awaited: int
    late: int


def read(site: Site, *, by: User) -> Arrivals:
    """Everybody of today by the hour, those who have left at the end; the queries do not grow with their number."""
    day = board.read(site, site.today(), by=by)
    clinical = can(by, Action.SEE_INFUSION, site)
    events = _last_changes([card.visit.appointment for card in day.cards])
    grace = timedelta(minutes=day.day.late_grace_minutes)
    rows = [
        _row(card, card.state if clinical else sight.state, events.get(card.visit.appointment.pk), grace)
        for card, sight in zip(day.cards, day.sights, strict=True)
    ]
    rows.sort(key=lambda row: (row.is_over, row.visit.starts_at, row.card.name))
    here = sorted((row for row in rows if row.is_here), key=lambda row: row.visit.arrived_at or row.visit.starts_at)
    return Arrivals(
        rows=rows,
        here=here,
        awaited=sum(row.visit.status in AWAITED for row in rows),
        late=sum(row.is_late for row in rows),
    )


def _last_changes(visits: list[Appointment]) -> dict[object, StatusEvent]:
    found = (
        StatusEvent.objects.filter(appointment__in=visits, undone_at__isnull=True)
        .order_by("appointment_id", "-at", "-id")
        .distinct("appointment_id")
    )
    return {event.appointment_id: event for event in found}


def _row(card: Card, phase: str, event: StatusEvent | None, grace: timedelta) -> Row:
    visit = card.visit.appointment
    awaited = visit.status in AWAITED
    late = awaited and clock.now() > visit.starts_at + grace
    return Row(
        card=card,
        phase=phase,
        undo_until=undoing.until(visit, event) if visit.status in TAKEN_BACK else None,
        is_late=late,
        may_arrive=awaited,
        may_be_missed=late,
    )
