"""The day board as one reader may see it: rooms as columns, lanes for staff, a card for each visit.

What comes from which room: places and stages from `visits.board`, states and gates from `infusions`. Readers without
the right to see infusions learn whether something blocks, never what.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Action, can
from infusions import readiness
from infusions.models import Infusion
from infusions.readiness import Summary
from visits import board as places
from visits.board import BoardDay, BoardVisit
from visits.models import Appointment

SHOWN_LIGHTS = ("consent", "order", "fasting", "coverage", "escort", "measures")
HEAD_ROWS = 1  # the row of names above the five-minute rows
TALK = frozenset({"preparation", "midpoint", "integration", "evaluation"})


@dataclass(frozen=True)
class Segment:
    """A stretch of the card's rail: preparation, infusion, recovery or talk, in rows of five minutes."""

    css: str
    row: int
    rows: int


@dataclass(frozen=True)
class Card:
    """One visit on the board and in the list."""

    visit: BoardVisit
    name: str
    kind: str
    state: str
    css: str
    column: int
    row: int
    rows: int
    href: str
    left: str = ""
    word: str = ""
    tone: str = "none"
    lights: tuple[tuple[str, str], ...] = ()
    segments: tuple[Segment, ...] = ()
    next_href: str = ""
    next_label: str = ""

    @property
    def is_short(self) -> bool:
        """Too low on the board for more than three lines."""
        return self.rows < 15


@dataclass(frozen=True)
class Lane:
    """One lane of a person's time."""

    column: int
    row: int
    rows: int
    css: str
    title: str


@dataclass
class Board:
    """Everything the page draws."""

    day: BoardDay
    cards: list[Card]
    lanes: list[Lane]
    people: list[tuple[str, str, int, int]]
    hours: list[tuple[str, int]]
    now_row: int | None
    tiles: list[dict[str, object]] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        return self.day.rows


def read(site: Site, on: date, *, by: User) -> Board:
    """The board of a day, in a number of queries that does not depend on how full it is."""
    day = places.day(site, on)
    clinical = can(by, Action.SEE_INFUSION, site)
    infusions = _infusions(day)
    gates = readiness.summary([one for one in infusions.values() if _is_open(one)]) if infusions else {}
    places_shown = {place.room for place in day.rooms}
    columns = {place.room.pk: number for number, place in enumerate(day.rooms, start=2)}
    cards = [
        _card(
            day,
            visit,
            columns[visit.room.pk] if visit.room and visit.room in places_shown else 2,
            infusions,
            gates,
            clinical,
        )
        for visit in day.visits
    ]
    people, lanes = _people(day, first_column=len(day.rooms) + 2)
    now_row = day.now_row
    return Board(
        day=day,
        cards=cards,
        lanes=lanes,
        people=people,
        hours=_hours(day),
        now_row=now_row + HEAD_ROWS if now_row else None,
        tiles=_tiles(day, infusions, cards),
    )


def _infusions(day: BoardDay) -> dict[UUID, Infusion]:
    visits = [visit.appointment.pk for visit in day.visits if visit.appointment.kind in Appointment.INFUSIONS]
    found = Infusion.objects.filter(appointment_id__in=visits).select_related(
        "series__patient__site", "appointment__site", "order"
    )
    return {one.appointment_id: one for one in found}


def _is_open(infusion: Infusion) -> bool:
    """The gate still matters: nothing was started, and it is not called off."""
    return infusion.state in {"scheduled", "checked_in", "cleared", "held"}


def _card(
    day: BoardDay,
    visit: BoardVisit,
    column: int,
    infusions: dict[UUID, Infusion],
    gates: dict[UUID, Summary],
    clinical: bool,
) -> Card:
    appointment = visit.appointment
    infusion = infusions.get(appointment.pk)
    gate = gates.get(infusion.pk) if infusion else None
    word, tone = _word(visit, infusion, gate, clinical, day)
    state = infusion.get_state_display() if infusion and clinical else appointment.get_status_display()
    label, href = _next(appointment, infusion, clinical)
    return Card(
        visit=visit,
        name=appointment.patient.name,
        kind=_kind(appointment, infusion),
        state=state,
        css=_css(visit, infusion, day),
        column=column,
        row=visit.row + HEAD_ROWS,
        rows=visit.rows,
        href=reverse("visits:appointment", args=[appointment.pk]),
        left=_left(visit, infusion) if clinical else "",
        word=word,
        tone=tone,
        lights=_lights(gate) if clinical and gate else (),
        segments=_segments(visit),
        next_href=href,
        next_label=label,
    )


def _kind(appointment: Appointment, infusion: Infusion | None) -> str:
    if infusion and infusion.number and infusion.series.planned_count:
        return f"Infusion {infusion.number}/{infusion.series.planned_count}"
    return str(appointment.get_kind_display())


def _word(
    visit: BoardVisit, infusion: Infusion | None, gate: Summary | None, clinical: bool, day: BoardDay
) -> tuple[str, str]:
    """The one thing to say on the card, with its tone."""
    appointment = visit.appointment
    if visit.is_late(clock.now(), day.late_grace_minutes):
        minutes = int((clock.now() - appointment.starts_at).total_seconds() // 60)
        return (f"{minutes} min late" if minutes < 60 else "Did not come"), "warn"
    if gate is not None:
        if clinical:
            return gate.word, gate.worst.state if gate.worst and gate.worst.state != "todo" else (
                "none" if gate.worst else "ok"
            )
        return ("Clinical hold", "stop") if gate.blocked else ("", "none")
    if appointment.status == Appointment.Status.CONFIRMED:
        return "Confirmed", "ok"
    return "", "none"


def _lights(gate: Summary) -> tuple[tuple[str, str], ...]:
    by_key = {light.key: light for light in gate.lights}
    shown = [by_key[key] for key in SHOWN_LIGHTS if key in by_key]
    return tuple(
        ("ok" if light.passed else "none" if light.state == "todo" else light.state, light.label) for light in shown
    )


def _css(visit: BoardVisit, infusion: Infusion | None, day: BoardDay) -> str:
    appointment = visit.appointment
    if appointment.status in {"no_show", "cancelled"}:
        return "is-missed"
    if appointment.status == "done":
        return "is-done"
    if infusion and infusion.state in {"in_progress", "paused"}:
        return "is-live"
    if infusion and infusion.state in {"completed", "stopped_early", "recovery"}:
        return "is-rest"
    if infusion and infusion.state == "held":
        return "is-held"
    talk = "is-talk " if appointment.kind in TALK else ""
    if visit.is_late(clock.now(), day.late_grace_minutes):
        return f"{talk}is-late"
    return f"{talk}is-later" if appointment.starts_at > clock.now() else f"{talk}is-ready"


def _left(visit: BoardVisit, infusion: Infusion | None) -> str:
    """How many minutes are left of what is going on, by the plan."""
    if infusion is None or infusion.started_at is None or infusion.order is None:
        return ""
    if infusion.state == Infusion.State.IN_PROGRESS:
        ends = infusion.started_at + timedelta(minutes=infusion.order.minutes, seconds=infusion.paused_seconds)
        return f"{_minutes_to(ends)} min left"
    if infusion.state == Infusion.State.RECOVERY:
        return f"home {visit.appointment.ends_at.astimezone(visit.stages[-1].ends_at.tzinfo):%H:%M}"
    return ""


def _minutes_to(moment: datetime) -> int:
    return max(0, int((moment - clock.now()).total_seconds() // 60))


def _segments(visit: BoardVisit) -> tuple[Segment, ...]:
    css = {"infusion": "ek-seg-run", "recovery": "ek-seg-rest", "session": "ek-seg-talk"}
    rows: list[Segment] = []
    for stage in visit.stages:
        start = int((stage.starts_at - visit.appointment.starts_at).total_seconds()) // 300 + 1
        length = max(1, int((stage.ends_at - stage.starts_at).total_seconds()) // 300)
        rows.append(Segment(css.get(stage.name, ""), start, length))
    return tuple(rows)


def _next(appointment: Appointment, infusion: Infusion | None, clinical: bool) -> tuple[str, str]:
    """Where the next step is done."""
    if infusion and clinical and appointment.is_alive:
        return "Open infusion", reverse("infusions:infusion", args=[infusion.pk])
    return "Open", reverse("visits:appointment", args=[appointment.pk])


def _people(day: BoardDay, *, first_column: int) -> tuple[list[tuple[str, str, int, int]], list[Lane]]:
    """The heads (initials, name, column, width) and the blocks of every lane."""
    heads: list[tuple[str, str, int, int]] = []
    lanes: list[Lane] = []
    column = first_column
    for person in day.people:
        width = min(person.lanes, 2)
        heads.append((person.user.initials, person.user.full_name, column, width))
        for block in person.blocks:
            place = column + min(max(block.lane, 1), width) - 1
            talk = block.visit.appointment.kind in TALK
            css = "ek-hold-talk" if talk else ("" if block.phase == "attending" else "ek-hold-part")
            title = (
                f"{person.user.full_name}: {block.visit.patient.name}, {block.starts_at:%H:%M} to {block.ends_at:%H:%M}"
            )
            lanes.append(Lane(place, block.row + HEAD_ROWS, max(block.rows, 1), css, title))
        column += width
    return heads, lanes


def _hours(day: BoardDay) -> list[tuple[str, int]]:
    hours: list[tuple[str, int]] = []
    moment = day.opens_at + timedelta(hours=1)
    while moment < day.closes_at:
        hours.append((f"{day.site.local(moment):%H:%M}", day.row(moment) + HEAD_ROWS))
        moment += timedelta(hours=1)
    return hours


def _tiles(day: BoardDay, infusions: dict[UUID, Infusion], cards: list[Card]) -> list[dict[str, object]]:
    states = [one.state for one in infusions.values()]
    return [
        {"n": len(day.here), "of": len(day.visits), "text": "In the building"},
        {"n": sum(state in Infusion.RUNNING for state in states), "text": "Infusing"},
        {"n": sum(state == "recovery" for state in states), "text": "In recovery"},
        {"n": len(day.late), "text": "Late to arrive"},
        {"n": sum(card.tone == "stop" for card in cards), "text": "Blocked"},
    ]
