"""The flowsheet of one infusion put together from its rows: table, misses, what happened, chart. It writes nothing.

Whoever has the rows already (a page, a station with many chairs) hands them over, and nothing is asked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.functional import SimpleLazyObject

from clinic import clock
from clinic.models import ProtocolSettings, Site
from clinic.wording import quantity
from infusions import chart_svg, discharge, pump, rates, rules, vitals
from infusions.limits import Crossing, Phase
from infusions.models import Infusion, RunEvent, StateEvent, VitalSigns
from infusions.states import State

R = TypeVar("R", bound=Model)

COLUMNS = 5

SIGNS = (
    ("pressure", "BP", "mmHg"),
    ("heart_rate", "Heart rate", ""),
    ("spo2", "SpO2", "%"),
    ("breathing", "Breathing", "/min"),
    ("sedation", "Sedation", "MOAA/S"),
    ("distress", "Distress", "0–10"),
    ("dissociation", "CADSS-6", "0–24"),
)
VALUES = {
    "heart_rate": "heart_rate",
    "spo2": "spo2",
    "breathing": "respiratory_rate",
    "sedation": "moaas",
    "distress": "distress",
    "dissociation": "cadss6",
}


@dataclass(frozen=True)
class Column:
    """One set of vitals at the head of the table, or one that was due and not taken."""

    at: datetime
    sub: str
    row: VitalSigns | None = None

    @property
    def is_missed(self) -> bool:
        return self.row is None

    @property
    def note(self) -> str:
        """What a reader of the row should know about it."""
        if self.row is None:
            return ""
        if self.row.corrects_id:
            return "corrected"
        return "late entry" if self.row.is_late_entry else ""


@dataclass(frozen=True)
class Cell:
    text: str
    flag: str = ""


@dataclass(frozen=True)
class SignLine:
    """One sign over all columns shown."""

    key: str
    label: str
    unit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Moment:
    """One line of what happened: an event with its number on the chart, a step, or a set that was missed."""

    at: datetime
    words: str
    who: str = ""
    number: int = 0
    late: bool = False
    struck: str = ""
    event: RunEvent | None = None
    is_miss: bool = False


@dataclass
class Sheet:
    """The rows of one infusion, and what follows from them."""

    infusion: Infusion
    site: Site
    settings: ProtocolSettings
    all_vitals: Sequence[VitalSigns]
    happened: Sequence[RunEvent]
    steps: Sequence[StateEvent]
    now: datetime = field(default_factory=clock.now)

    # Vitals

    @cached_property
    def rows(self) -> list[VitalSigns]:
        """The rows that count, newest first."""
        return list(reversed(vitals.live(self.all_vitals)))

    @cached_property
    def crossed(self) -> dict[UUID, list[Crossing]]:
        return vitals.crossed(self.infusion, self.all_vitals, self.settings)

    @cached_property
    def questions(self) -> list[vitals.Question]:
        return vitals.questions(self.infusion, self.all_vitals, self.happened, self.crossed)

    @cached_property
    def due(self) -> vitals.Due | None:
        return vitals.next_due(self.infusion, self.all_vitals, self.settings, self.crossed, self.now)

    @cached_property
    def missed(self) -> list[vitals.Missed]:
        """The sets that nobody took in time, until now or until the patient left."""
        went = None
        if self.infusion.state == State.DISCHARGED:
            went = next((step.observed_at for step in self.steps if step.after == State.DISCHARGED), None)
        return vitals.missed(self.infusion, self.all_vitals, self.settings, went or self.now)

    @cached_property
    def columns(self) -> list[Column]:
        taken = [Column(row.observed_at, self.minute(row.observed_at), row) for row in self.rows[:COLUMNS]]
        since = taken[-1].at if len(taken) == COLUMNS else None
        gone = [Column(miss.at, "missed") for miss in self.missed if since is None or miss.at > since]
        return sorted([*taken, *gone], key=lambda column: column.at, reverse=True)[:COLUMNS]

    @cached_property
    def lines(self) -> list[SignLine]:
        shown = [(column.row, self._flags(column.row)) for column in self.columns]
        return [
            SignLine(key, label, unit, tuple(Cell(reading(row, key), flags.get(key, "")) for row, flags in shown))
            for key, label, unit in SIGNS
            if key != "dissociation" or any(row is not None and row.cadss6 is not None for row, _ in shown)
        ]

    def _flags(self, row: VitalSigns | None) -> dict[str, str]:
        """By sign, what is said of the gravest line that the row crosses."""
        found = self.crossed.get(row.pk, ()) if row else ()
        return {crossing.sign: crossing.sentence for crossing in reversed(found)}

    def minute(self, moment: datetime) -> str:
        """Where a reading stands in the infusion: before, at the start, at a minute, in recovery."""
        phase = vitals.phase_of(self.infusion, moment)
        if phase is Phase.BEFORE or self.infusion.started_at is None:
            return "before"
        if phase is Phase.RECOVERY:
            return "recovery"
        minutes = int((moment - self.infusion.started_at).total_seconds() // 60)
        return f"{minutes}\u00a0min" if minutes else "start"

    # The pump

    @cached_property
    def set_rates(self) -> list[rates.Change]:
        return pump.changes(self.happened)

    @cached_property
    def ends(self) -> datetime | None:
        """When the bag is, or was, empty; for a pause, as if it ran on now."""
        return self.infusion.ended_at or pump.planned_end(self.infusion, self.set_rates)

    @cached_property
    def given(self) -> tuple[Decimal, Decimal]:
        """mg and mL that went in until now, to whole units for the eye."""
        if self.infusion.given_mg is not None and self.infusion.given_ml is not None:
            return self.infusion.given_mg, self.infusion.given_ml
        mg, ml = pump.given_so_far(self.infusion, self.now, self.set_rates)
        return rules.rounded(mg, Decimal(1)), rules.rounded(ml, Decimal(1))

    @cached_property
    def rate(self) -> Decimal:
        return pump.rate_now(self.infusion, self.now, self.set_rates)

    @property
    def minutes_left(self) -> int:
        """Whole minutes until the bag is empty; while paused, as they will be at the resume."""
        order = self.infusion.order
        if order is None:
            return 0
        if self.ends and not self.infusion.ended_at:
            left = (self.ends - self.now).total_seconds()
        else:
            _, ml = pump.given_so_far(self.infusion, self.now, self.set_rates)
            left = float((order.bag_ml - ml) * 3600 / self.rate) if self.rate else 0
        return max(0, -(-int(left) // 60))

    @cached_property
    def leaves_from(self) -> datetime | None:
        return discharge.earliest(self.infusion, self.settings)

    # What happened, and the chart

    @cached_property
    def moments(self) -> list[Moment]:
        """Newest first: events with their numbers on the chart, steps, and the sets that were missed."""
        numbers = {event.pk: number for number, event in enumerate(self._by_time(), start=1)}
        told = [self._event(event, numbers.get(event.pk, 0)) for event in self.happened]
        told += [
            Moment(step.observed_at, self._step(step), step.by.full_name if step.by else "")
            for step in self.steps
            if step.after not in {State.SCHEDULED, State.COMPLETED}
        ]
        told += [Moment(miss.at, self._miss(miss), is_miss=True) for miss in self.missed]
        return sorted(told, key=lambda moment: moment.at, reverse=True)

    def _event(self, event: RunEvent, number: int) -> Moment:
        who = event.entered_by.full_name if event.entered_by else ""
        return Moment(
            event.observed_at, event.told, who, number, event.is_late_entry, event.entered_in_error_reason, event
        )

    def _step(self, step: StateEvent) -> str:
        return f"{State(step.after).label}{': ' + step.reason if step.reason else ''}"

    def _miss(self, miss: vitals.Missed) -> str:
        came = f"; the next set came at {self.site.local(miss.taken_at):%H:%M}" if miss.taken_at else ""
        return f"Vitals were due and not taken{came}"

    def _by_time(self) -> list[RunEvent]:
        return sorted((event for event in self.happened if not event.entered_in_error_at), key=lambda e: e.observed_at)

    @cached_property
    def chart(self) -> chart_svg.Chart | None:
        if not self.rows and not self.happened and not self.infusion.started_at:
            return None
        readings = [
            chart_svg.Reading(
                row.observed_at, row.systolic, row.diastolic, row.heart_rate, row.spo2,
                any(crossing.sign == "pressure" for crossing in self.crossed.get(row.pk, ())),
            )
            for row in self.rows
        ]  # fmt: skip
        marks = [
            chart_svg.Happening(event.observed_at, event.kind in {"nausea", "medicine", "limit"})
            for event in self._by_time()
        ]
        limit = (self.settings.bp_notify_systolic, self.settings.bp_notify_diastolic)
        here = self.infusion.state in Infusion.IN_HOUSE
        return chart_svg.draw(readings, marks, self._pump(), now=self.now, limit=limit, zone=self.site.zone, here=here)

    def _pump(self) -> chart_svg.Pump:
        if self.infusion.started_at is None or self.infusion.order is None:
            return chart_svg.Pump()
        ends = f", ends {self.site.local(self.ends):%H:%M}" if self.ends and not self.infusion.ended_at else ""
        return chart_svg.Pump(
            runs=tuple(pump.runs(self.steps, self.now)),
            ends_at=self.ends,
            stays_until=self.leaves_from,
            given=f"{quantity(self.given[0], 'mg')}",
            plan=f"{quantity(self.rate, 'mL/h')}{ends}",
        )


def of(infusion: Infusion, settings: ProtocolSettings, now: datetime | None = None, *, names: bool = True) -> Sheet:
    """The sheet of one infusion: each kind of row is read when first looked at, with who typed it if `names` asks."""
    return Sheet(
        infusion=infusion,
        site=infusion.appointment.site,
        settings=settings,
        all_vitals=_later(infusion.vitals.all(), names, "entered_by", "entered_in_error_by"),
        happened=_later(infusion.events.all(), names, "entered_by"),
        steps=_later(infusion.state_events.all(), names, "by"),
        now=now or clock.now(),
    )


def _later(rows: QuerySet[R], names: bool, *people: str) -> Sequence[R]:
    found = rows.select_related(*people) if names else rows
    return cast("Sequence[R]", SimpleLazyObject(lambda: list(found)))


def reading(row: VitalSigns | None, key: str) -> str:
    """One sign of a row as it is written."""
    if row is None:
        return "–"
    if key == "pressure":
        return f"{row.systolic}/{row.diastolic}" if row.systolic else "–"
    value: Any = getattr(row, VALUES[key])
    return "–" if value is None else str(value)
