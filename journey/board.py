"""The day board as one reader may see it: rooms as columns, lanes for staff, a card for each visit.

What comes from which room: places and stages from `visits.board`, states and gates from `infusions`; the words on a
card are those of `journey.cards`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import clock
from clinic.gathering import Among, Gathering, Given
from clinic.models import Site, User
from clinic.policy import Action, can
from clinic.records import beside
from infusions import readiness
from infusions.lights import Summary
from infusions.models import Infusion, Order, Series
from journey import cards
from journey.cards import GATE_OPEN, Card, Reader, Sight, Spot, on_grid
from visits import board as places
from visits import runways
from visits.board import Block, BoardDay, BoardGroup, BoardRoom, BoardVisit
from visits.models import Appointment
from visits.rules import HANDS_LANE, INFUSIONS, STEP_MINUTES

HEAD_ROWS = 1  # the row of names above the five-minute rows
USUAL_ROWS = 144  # twelve hours
WIDEST = 4  # so many columns one room or person has at most
GROUPS = {
    "here": "In the building",
    "infusing": "Infusing",
    "recovery": "In recovery",
    "late": "Late to arrive",
    "blocked": "Blocked",
}


_INFUSIONS = Infusion.objects.filter(Among("appointment", "visits")).order_by()
OF_VISITS = Gathering(
    Site.objects.filter(pk=Given("site")),
    infusions=_INFUSIONS,
    series=Series.objects.filter(pk__in=_INFUSIONS.values("series")).order_by(),
    orders=Order.objects.filter(pk__in=_INFUSIONS.values("order")).order_by(),
)


@dataclass(frozen=True)
class Head:
    """The head of a room's columns, or of a person's lanes."""

    key: str
    name: str
    under: str
    column: int
    width: int

    @property
    def columns(self) -> str:
        """The classes of its columns on the grid."""
        return f"bc-{self.column}" + (f" bw-{self.width}" if self.width > 1 else "")


@dataclass(frozen=True)
class Lane:
    """A stretch of a therapist's time that a group takes."""

    css: str
    title: str


@dataclass(frozen=True)
class GroupCard:
    """A group on the board: one block, with how many come."""

    key: str
    topic: str
    place: str  # the classes of its place on the grid
    rows: int
    span: str
    came: str
    therapist: str
    href: str


@dataclass(frozen=True)
class Tile:
    """A number over the board; pressed, it shows only those whom it counts."""

    key: str
    n: int
    of: int | None
    text: str
    is_on: bool


@dataclass(frozen=True)
class Board:
    """Everything the page draws."""

    day: BoardDay
    rooms: list[Head]
    people: list[Head]
    cards: list[Card]
    groups: list[GroupCard]
    sights: list[Sight]
    lanes: list[Lane]
    hours: list[tuple[str, str]]
    now_row: int | None
    now_shift: int  # minutes into that row
    tiles: list[Tile]

    @property
    def blocks(self) -> list[Card]:
        """The visits that have a block of their own: those of a group share one."""
        shared = {block.key for block in self.day.groups}
        return [card for card in self.cards if card.visit.appointment.group_id not in shared]

    @property
    def row_count(self) -> int:
        return self.day.rows

    @property
    def is_long(self) -> bool:
        """Higher than a sheet of paper at the usual scale."""
        return self.day.rows > USUAL_ROWS

    @property
    def columns(self) -> int:
        """How many columns the rooms take."""
        return sum(head.width for head in self.rooms)

    @property
    def opens_utc(self) -> str:
        """The moment of the first row, from which a card that is dragged counts."""
        return f"{self.day.opens_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def read(site: Site, on: date, *, by: User, only: str = "") -> Board:
    """The board of a day, in a number of queries that does not depend on how full it is."""
    day = places.day(site, on)
    reader = Reader(clinical=can(by, Action.SEE_INFUSION, site), may_move=can(by, Action.BOOK, site))
    infusions = _infusions(day)
    waiting = [one for one in infusions.values() if one.state in GATE_OPEN]
    gates = readiness.summary(waiting) if waiting else {}
    if reader.clinical and not can(by, Action.RUN_INFUSION, site):
        gates = {key: gate.veiled for key, gate in gates.items()}
    reach = runways.of_visits(visit.appointment for visit in day.visits)
    rooms, spots = _rooms(day)
    people, holds, lanes = _people(day, first_column=sum(head.width for head in rooms) + 2)
    shared = {block.key for block in day.groups}
    drawn: list[Card] = []
    sights: list[Sight] = []
    for visit in day.visits:
        infusion = infusions.get(visit.appointment.pk)
        gate = gates.get(infusion.pk) if infusion else None
        pk = visit.appointment.pk
        card = cards.card(day, visit, spots[pk], infusion, gate, reader, reach.get(pk), holds[pk])
        drawn.append(card)
        if visit.appointment.group_id not in shared:
            sights.append(cards.sight(card, infusion, _unless_hidden(gate, reader)))
    groups = [_group(day, block, spots[block.key]) for block in day.groups]
    sights += [_seen_group(day, block, spots[block.key]) for block in day.groups if block.members]
    now_row = day.now_row
    return Board(
        day=day,
        rooms=rooms,
        people=people,
        cards=[_dimmed(card, only) for card in drawn],
        groups=groups,
        sights=sights,
        lanes=lanes,
        hours=_hours(day),
        now_row=now_row + HEAD_ROWS if now_row else None,
        now_shift=clock.now().minute % STEP_MINUTES,
        tiles=_tiles(drawn, only),
    )


def _infusions(day: BoardDay) -> dict[UUID, Infusion]:
    """The infusions of the day by visit; visit, patient and site are those that the day has read already."""
    visits = {visit.appointment.pk: visit.appointment for visit in day.visits if visit.appointment.kind in INFUSIONS}
    if not visits:
        return {}
    found = OF_VISITS.read(site=day.site.pk, visits=visits)
    series, orders = ({one.pk: one for one in found[name]} for name in ("series", "orders"))
    for infusion in found["infusions"]:
        beside(infusion, "appointment", visits[infusion.appointment_id])
        infusion.series, infusion.order = series[infusion.series_id], orders.get(infusion.order_id)
        infusion.series.patient, infusion.series.site = infusion.appointment.patient, day.site
    return {infusion.appointment_id: infusion for infusion in found["infusions"]}


def _unless_hidden(gate: Summary | None, reader: Reader) -> Summary | None:
    return gate if reader.clinical else None


def _dimmed(card: Card, only: str) -> Card:
    """A card whom the chosen tile does not count steps back."""
    return card if not only or only in card.groups else replace(card, css=f"{card.css} is-dim")


def _rooms(day: BoardDay) -> tuple[list[Head], dict[UUID, Spot]]:
    """The heads of the rooms, and where each card stands: side by side where two share a room and a time."""
    heads: list[Head] = []
    spots: dict[UUID, Spot] = {}
    column = 2
    for place in day.rooms:
        blocks: list[BoardVisit | BoardGroup] = [*place.visits, *place.groups]
        tracks = side_by_side(blocks)
        width = max(tracks.values(), default=0) + 1
        name = place.room.name if place.room else "No room"
        heads.append(Head(str(place.room.pk) if place.room else "", name, _under(place), column, width))
        for block in blocks:
            alone = not any(_meet(block, other) for other in blocks if other is not block)
            spots[block.key] = Spot(column + tracks[block.key], width if alone else 1, name)
        for group in place.groups:
            spots |= dict.fromkeys((visit.key for visit in group.members), spots[group.key])
        column += width
    return heads, spots


def _under(place: BoardRoom) -> str:
    """The line under a room's name."""
    if place.room is None:
        return ""
    if place.is_retired:
        return "no longer in use"
    return place.closed_because or place.room.nickname or str(place.room.get_kind_display())


def _group(day: BoardDay, block: BoardGroup, spot: Spot) -> GroupCard:
    group, here = block.group, (Appointment.Status.ARRIVED, Appointment.Status.IN_PROGRESS, Appointment.Status.DONE)
    came = sum(visit.appointment.status in here for visit in block.members)
    coming = sum(visit.appointment.status != Appointment.Status.NO_SHOW for visit in block.members)
    return GroupCard(
        key=f"group-{group.pk}",
        topic=group.topic,
        place=on_grid(spot.column, block.row + HEAD_ROWS, block.rows, width=spot.width),
        rows=block.rows,
        span=f"{day.site.local(group.starts_at):%H:%M}–{day.site.local(group.ends_at):%H:%M}",
        came=f"{coming} of {group.capacity} places" + (f", {came} here" if came else ""),
        therapist=group.therapist.full_name,
        href=reverse("therapy:group", args=[group.pk]),
    )


def _seen_group(day: BoardDay, block: BoardGroup, spot: Spot) -> Sight:
    """In the hallway a group is so many people, without initials."""
    coming = sum(visit.appointment.status != Appointment.Status.NO_SHOW for visit in block.members)
    place = on_grid(spot.column, block.row + HEAD_ROWS, block.rows, width=spot.width)
    words = f"{coming} {'person' if coming == 1 else 'people'}"
    return Sight(f"seen-{block.key}", place, "", words, f"{day.site.local(block.group.starts_at):%H:%M}", "", False)


def _meet(one: BoardVisit | BoardGroup, other: BoardVisit | BoardGroup) -> bool:
    return one.row < other.row + other.rows and other.row < one.row + one.rows


def side_by_side(visits: Sequence[BoardVisit | BoardGroup]) -> dict[UUID, int]:
    """For each visit the first track, from 0, on which it meets nobody before it."""
    ends: list[int] = []
    tracks: dict[UUID, int] = {}
    for visit in sorted(visits, key=lambda one: (one.row, one.is_overbooked, -one.rows)):
        free = (number for number, end in enumerate(ends) if end <= visit.row)
        track = next(free, min(len(ends), WIDEST - 1))
        if track == len(ends):
            ends.append(0)
        ends[track] = max(ends[track], visit.row + visit.rows)
        tracks[visit.key] = track
    return tracks


def _people(day: BoardDay, *, first_column: int) -> tuple[list[Head], dict[UUID, list[str]], list[Lane]]:
    """The heads of the staff, what each visit takes of their lanes, and what the groups take."""
    heads: list[Head] = []
    holds: dict[UUID, list[str]] = defaultdict(list)
    lanes: list[Lane] = []
    column = first_column
    for person in day.people:
        width = min(person.lanes, WIDEST)
        heads.append(Head(str(person.user.pk), person.user.initials, person.user.full_name, column, width))
        for block in person.blocks:
            holds[block.visit.key].append(_hold(block, column, width))
        lanes += [_group_lane(block, person.user.full_name, column, width) for block in person.groups]
        column += width
    return heads, holds, lanes


def _hold(block: Block, column: int, width: int) -> str:
    """Both hands at an IV start lie over the lane of that patient; an overbooked one over the last."""
    own = block.visit.lane if block.lane == HANDS_LANE else block.lane
    talk = block.visit.appointment.kind not in INFUSIONS
    css = " is-talk" if talk else "" if block.phase == "attending" else " is-part"
    return on_grid(column + min(own, width) - 1, block.row + HEAD_ROWS, max(block.rows, 1)) + css


def _group_lane(block: BoardGroup, who: str, column: int, width: int) -> Lane:
    """A group takes the whole of its therapist."""
    title = f"{who}: group of {len(block.members)}, {block.group.topic}"
    return Lane(f"is-talk {on_grid(column, block.row + HEAD_ROWS, block.rows, width=width)}", title)


def _hours(day: BoardDay) -> list[tuple[str, str]]:
    """The full hours on the wall, as they pass, with the class of their row: none is missing when the clocks change."""
    opens = day.opens_at.astimezone(UTC)
    steps = ((day.site.local(opens + timedelta(minutes=STEP_MINUTES * row)), row) for row in range(1, day.rows))
    return [(f"{moment:%H:%M}", f"bs-{row + 1 + HEAD_ROWS}") for moment, row in steps if not moment.minute]


def _tiles(shown: list[Card], only: str) -> list[Tile]:
    counts = {key: sum(key in card.groups for card in shown) for key in GROUPS}
    return [
        Tile(key, counts[key], len(shown) if key == "here" else None, text, key == only) for key, text in GROUPS.items()
    ]
