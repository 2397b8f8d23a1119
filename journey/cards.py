"""One visit as a card of the day board: what each reader reads on it, and in which words.

A reader without the right to see infusions learns whether something blocks, never what. In the hallway nobody learns
more than initials, an hour and whether the person is ready.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic import addresses, clock, wording
from infusions.lights import Summary
from infusions.models import Infusion
from insurance.runway import Runway
from visits.board import BoardDay, BoardVisit
from visits.models import Appointment
from visits.rules import INFUSIONS, STEP_MINUTES

State = Infusion.State
Status = Appointment.Status

SHOWN_LIGHTS = ("consent", "order", "fasting", "coverage", "escort", "measures")
ABSENT_MINUTES = 60  # from then on a late patient is one who did not come
GATE_OPEN = frozenset({State.SCHEDULED, State.CHECKED_IN, State.CLEARED, State.HELD})
RESTING = frozenset({State.COMPLETED, State.STOPPED_EARLY, State.RECOVERY})
RUNNING = frozenset(Infusion.RUNNING)


@dataclass(frozen=True)
class Reader:
    """What the person at the screen may see and do here."""

    clinical: bool
    may_move: bool


@dataclass(frozen=True)
class Spot:
    """Where a card stands on the grid."""

    column: int
    width: int
    room: str


def on_grid(column: int, row: int, rows: int, *, width: int = 1) -> str:
    """The classes of a place on the grid (static/css/board-grid.css)."""
    wide = f" bw-{width}" if width > 1 else ""
    return f"bc-{column}{wide} bs-{row} bl-{rows}"


@dataclass(frozen=True)
class Card:
    """One visit on the board and in the list."""

    visit: BoardVisit
    spot: Spot
    name: str
    kind: str
    state: str
    span: str
    css: str
    place: str  # the classes of its place on the grid
    row: int
    rows: int
    left: str
    word: str
    tone: str
    confirmed: bool | None  # None once they are here, or not coming
    lights: tuple[tuple[str, str], ...]
    rail: str  # the classes of its left edge: how long preparation and recovery take, or that it is a talk
    holds: tuple[str, ...]  # the classes of each stretch of somebody's lane that it takes
    href: str
    may_move: bool
    groups: frozenset[str]
    runway: Runway | None = None  # how far the payer's leave reaches

    @property
    def is_short(self) -> bool:
        """Too low on the board for more than three lines."""
        return self.rows < 15

    @property
    def is_tiny(self) -> bool:
        """Too low for a third line: its lights would lie under its edge, and stand in the panel."""
        return self.rows < 9

    @property
    def version(self) -> str:
        return str(self.visit.appointment.version)

    @property
    def starts(self) -> str:
        return self.span[:5]

    @property
    def unseen(self) -> str:
        """What the eye learns from where the card stands and how it is drawn, in words for those who hear it."""
        said = [self.spot.room, self.span.replace("–", " to ")]
        if self.confirmed is not None:
            said.append("confirmed" if self.confirmed else "not confirmed")
        if self.runway and self.is_short:
            said.append(f"authorization: {self.runway.sentence}")
        return ", ".join(said)


@dataclass(frozen=True)
class Sight:
    """The same visit in the hallway: no name, no reason, no kind of visit."""

    key: str
    place: str
    css: str
    initials: str
    state: str
    left: str
    is_ready: bool


def card(
    day: BoardDay,
    visit: BoardVisit,
    spot: Spot,
    infusion: Infusion | None,
    gate: Summary | None,
    reader: Reader,
    runway: Runway | None = None,
    holds: Iterable[str] = (),
) -> Card:
    appointment, now = visit.appointment, clock.now()
    late = visit.is_late(now, day.late_grace_minutes)
    shown = infusion if reader.clinical else None
    word, tone = _word(appointment, gate, late=late, clinical=reader.clinical)
    awaited = appointment.status in (Status.BOOKED, Status.CONFIRMED)
    return Card(
        visit=visit,
        spot=spot,
        name=appointment.patient.name,
        kind=_kind(appointment, infusion),
        state=shown.get_state_display() if shown else appointment.get_status_display(),
        span=_span(day, appointment),
        css=_css(appointment, infusion, now, late=late),
        place=on_grid(spot.column, visit.row + 1, visit.rows, width=spot.width),
        row=visit.row + 1,
        rows=visit.rows,
        left=_left(day, appointment, shown, now),
        word=word,
        tone=tone,
        confirmed=appointment.status == Status.CONFIRMED if awaited else None,
        lights=_lights(gate) if reader.clinical and gate else (),
        rail=_rail(visit),
        holds=tuple(holds),
        href=addresses.of("journey:today-visit", appointment.pk),
        may_move=reader.may_move and awaited,
        groups=_groups(appointment, infusion, late=late, blocked=tone == "stop"),
        runway=runway,
    )


def sight(card: Card, infusion: Infusion | None, gate: Summary | None) -> Sight:
    """What of a card may hang in the hallway."""
    status = card.visit.appointment.status
    patient = card.visit.patient
    return Sight(
        key=f"seen-{card.visit.appointment.pk}",
        place=card.place,
        css=card.css.replace("is-talk", "").replace("is-held", "is-ready").strip(),
        initials=". ".join(wording.initials(f"{patient.given_name} {patient.family_name}")) + ".",
        state=_seen(status, infusion) or card.starts,
        left=card.left if infusion and infusion.state in RUNNING | RESTING else "",
        is_ready=gate is not None and gate.ready,
    )


def _seen(status: str, infusion: Infusion | None) -> str:
    """Where the person is, in a word that anybody may read; nothing for one who is still awaited."""
    if status == Status.ARRIVED:
        return "Here"
    if status == Status.IN_PROGRESS:
        return "Resting" if infusion and infusion.state in RESTING else "In room"
    return {Status.DONE: "Done", Status.NO_SHOW: "Did not come"}.get(Status(status), "")


def _span(day: BoardDay, appointment: Appointment) -> str:
    local = day.site.local
    return f"{local(appointment.starts_at):%H:%M}–{local(appointment.ends_at):%H:%M}"


def _kind(appointment: Appointment, infusion: Infusion | None) -> str:
    if infusion and infusion.number and infusion.series.planned_count:
        return f"Infusion {infusion.number}/{infusion.series.planned_count}"
    return str(appointment.get_kind_display())


def _word(appointment: Appointment, gate: Summary | None, *, late: bool, clinical: bool) -> tuple[str, str]:
    """The one thing to say on the card, with its tone."""
    if late:
        minutes = int((clock.now() - appointment.starts_at).total_seconds() // 60)
        return (f"{minutes} min late" if minutes < ABSENT_MINUTES else "Did not come"), "warn"
    if gate is None:
        return "", "none"
    if not clinical:
        return gate.aloud, "stop" if gate.aloud else "none"
    if gate.worst is None:
        return gate.word, "ok"
    return gate.word, "none" if gate.worst.state == "todo" else gate.worst.state


def _lights(gate: Summary) -> tuple[tuple[str, str], ...]:
    by_key = {light.key: light for light in gate.lights}
    shown = [by_key[key] for key in SHOWN_LIGHTS if key in by_key]
    return tuple(
        ("ok" if light.passed else "none" if light.state == "todo" else light.state, light.label) for light in shown
    )


def _css(appointment: Appointment, infusion: Infusion | None, now: datetime, *, late: bool) -> str:
    if appointment.status in (Status.NO_SHOW, Status.CANCELLED):
        return "is-missed"
    if appointment.status == Status.DONE:
        return "is-done"
    if infusion and infusion.state in RUNNING:
        return "is-live"
    if infusion and infusion.state in RESTING:
        return "is-rest"
    if infusion and infusion.state == State.HELD:
        return "is-held"
    talk = "" if appointment.kind in INFUSIONS else "is-talk "
    if late:
        return f"{talk}is-late"
    return f"{talk}is-later" if appointment.starts_at > now else f"{talk}is-ready"


def _left(day: BoardDay, appointment: Appointment, infusion: Infusion | None, now: datetime) -> str:
    """How many minutes are left of what is going on; the server's clock counts."""
    if infusion and infusion.started_at and infusion.order and infusion.state == State.IN_PROGRESS:
        ends = infusion.started_at + timedelta(minutes=infusion.order.minutes, seconds=infusion.paused_seconds)
        return _minutes(ends, now)
    if infusion and infusion.ended_at and infusion.state in RESTING:
        recovery = appointment.recovery_minutes or day.timing.recovery
        return _minutes(infusion.ended_at + timedelta(minutes=recovery), now)
    if infusion is None and appointment.status == Status.IN_PROGRESS:
        return _minutes(appointment.ends_at, now)
    return ""


def _minutes(ends: datetime, now: datetime) -> str:
    left = int((ends - now).total_seconds() // 60)
    return f"{left} min left" if left >= 0 else f"{-left} min over"


def _rail(visit: BoardVisit) -> str:
    """What is left between preparation and recovery is the infusion."""
    step, stages = timedelta(minutes=STEP_MINUTES), {stage.name: stage for stage in visit.stages}
    if "recovery" not in stages:
        return "has-talk"
    starts, rest = visit.appointment.starts_at, stages["recovery"]
    before = (stages["infusion"].starts_at - starts) // step
    return f"bp-{before} br-{max(1, (rest.ends_at - rest.starts_at) // step)}"


def _groups(appointment: Appointment, infusion: Infusion | None, *, late: bool, blocked: bool) -> frozenset[str]:
    """The tiles that count this visit."""
    state = infusion.state if infusion else ""
    counted = {
        "here": appointment.status in (Status.ARRIVED, Status.IN_PROGRESS),
        "infusing": state in RUNNING,
        "recovery": state in RESTING,
        "late": late,
        "blocked": blocked,
    }
    return frozenset(name for name, holds in counted.items() if holds)
