"""What the page beside the chair shows, put together from the rows; it writes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from clinic import clock, settings_versions
from clinic.models import ProtocolSettings, Room, Site, User
from clinic.policy import Action, can
from clinic.wording import quantity
from infusions import chart_svg, discharge, ledger, orders, panels, readiness, rules, run, vitals
from infusions.dose_card import DoseCard, of_infusion
from infusions.limits import Crossing, Phase
from infusions.models import ArrivalCheck, Discharge, Infusion, Order, RunEvent, StateEvent, VitalSigns
from infusions.states import State
from patients.models import Allergy, Contact, Patient

COLUMNS = 5
BEFORE = frozenset({State.SCHEDULED, State.CHECKED_IN, State.CLEARED, State.HELD})

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
class Input:
    """One large number of the NOW column."""

    name: str
    label: str
    unit: str
    was: str
    error: str = ""
    value: str = ""


@dataclass(frozen=True)
class Column:
    """One set of vitals at the head of the table."""

    row: VitalSigns
    sub: str

    @property
    def note(self) -> str:
        """What a reader of the row should know about it."""
        if self.row.corrects_id:
            return "corrected"
        return "typed late" if self.row.is_late_entry else ""


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
    """One line of what happened: an event with its number on the chart, or a step of the infusion."""

    at: datetime
    words: str
    who: str
    number: int = 0
    late: bool = False
    struck: str = ""


@dataclass
class Chair:
    """One infusion as the person beside the chair sees it."""

    infusion: Infusion
    user: User
    now: datetime = field(default_factory=clock.now)
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def patient(self) -> Patient:
        return self.infusion.series.patient

    @property
    def site(self) -> Site:
        return self.infusion.appointment.site

    @property
    def state(self) -> State:
        return State(self.infusion.state)

    @cached_property
    def settings(self) -> ProtocolSettings:
        return settings_versions.current(self.site)

    # Rows

    @cached_property
    def all_vitals(self) -> list[VitalSigns]:
        return list(self.infusion.vitals.select_related("entered_by", "entered_in_error_by"))

    @cached_property
    def rows(self) -> list[VitalSigns]:
        """The rows that count, newest first."""
        return list(reversed(vitals.live(self.all_vitals)))

    @cached_property
    def happened(self) -> list[RunEvent]:
        return list(self.infusion.events.select_related("entered_by"))

    @cached_property
    def steps(self) -> list[StateEvent]:
        return list(self.infusion.state_events.select_related("by"))

    @cached_property
    def arrival(self) -> ArrivalCheck | None:
        return ArrivalCheck.objects.filter(infusion=self.infusion).select_related("escort").first()

    @cached_property
    def left(self) -> Discharge | None:
        return Discharge.objects.filter(infusion=self.infusion).select_related("released_by", "entered_by").first()

    @cached_property
    def order(self) -> Order | None:
        return orders.for_infusion(self.infusion)

    @cached_property
    def allergies(self) -> list[Allergy]:
        return list(self.patient.allergies.filter(entered_in_error_at=None)[:4])

    @cached_property
    def room(self) -> Room | None:
        hold = self.infusion.appointment.holds.filter(active=True, room__isnull=False).select_related("room").first()
        return hold.room if hold else None

    @cached_property
    def escorts(self) -> list[Contact]:
        return list(self.patient.contacts.filter(kind=Contact.Kind.ESCORT, is_active=True))

    @property
    def fields_json(self) -> str:
        """Each field's sentence, for the script that gives a refused row back."""
        return json.dumps(self.errors)

    # What may be done

    @property
    def may_run(self) -> bool:
        return can(self.user, Action.RUN_INFUSION, self.site)

    @property
    def may_override(self) -> bool:
        return can(self.user, Action.OVERRIDE_GATE, self.site)

    @property
    def is_before(self) -> bool:
        return self.state in BEFORE

    @property
    def is_here(self) -> bool:
        return self.infusion.state in Infusion.IN_HOUSE

    @property
    def takes_vitals(self) -> bool:
        return self.is_here and self.may_run

    # The gate

    @cached_property
    def gate(self) -> readiness.Summary | None:
        return readiness.summary([self.infusion])[self.infusion.pk] if self.is_before else None

    @property
    def open_lights(self) -> list[readiness.Light]:
        """What keeps the gate closed, but for the questions of arrival that nobody has asked yet."""
        return [light for light in self.gate.unmet if not light.asks_arrival] if self.gate else []

    @property
    def unasked(self) -> str:
        """The questions of arrival that nobody has asked yet, in a line."""
        lights = [light.label.lower() for light in self.gate.unmet if light.asks_arrival] if self.gate else []
        return ", ".join(lights)

    @property
    def start_needs(self) -> str:
        """Why the pump can't start yet, in a few words; empty when it can."""
        if self.gate and self.gate.unmet:
            return self.clear_needs
        if self.infusion.drawn_ml is None:
            return "draw the dose first"
        return "" if self.infusion.checked_by_id else "waits for the double check"

    @property
    def clear_needs(self) -> str:
        count = len(self.gate.unmet) if self.gate else 0
        if not count:
            return ""
        return f"{count} light{'s' if count > 1 else ''} to go"

    # The pump

    @cached_property
    def ends(self) -> datetime | None:
        """When the bag is, or was, empty; for a pause, as if it ran on now."""
        if self.infusion.ended_at:
            return self.infusion.ended_at
        return run.planned_end(self.infusion)

    @property
    def minutes_left(self) -> int:
        order = self.infusion.order
        if order is None:
            return 0
        return max(0, -((run.infused_seconds(self.infusion, self.now) - order.minutes * 60) // 60))

    @property
    def can_complete(self) -> bool:
        return bool(self.ends and self.now >= self.ends - run.PUMP_TOLERANCE)

    @cached_property
    def given(self) -> tuple[Decimal, Decimal]:
        """mg and mL that went in until now, to whole tenths for the eye."""
        if self.infusion.given_mg is not None and self.infusion.given_ml is not None:
            return self.infusion.given_mg, self.infusion.given_ml
        mg, ml = run.given_so_far(self.infusion, self.now)
        return rules.rounded(mg, Decimal(1)), rules.rounded(ml, Decimal(1))

    @property
    def prepared_mg(self) -> Decimal:
        return run.drawn_mg(self.infusion)

    @cached_property
    def card(self) -> DoseCard | None:
        """The dose in its heavy frame, with who drew and who checked it above who ordered it."""
        if self.order is None:
            return None
        self.order.series = self.infusion.series
        strengths = [] if self.infusion.vial else ledger.strengths(self.site)
        card, infusion = of_infusion(self.infusion, self.order, strengths), self.infusion
        if infusion.checked_by and infusion.checked_at:
            at = self.site.local(infusion.checked_at)
            told = ("ok", f"Double-checked by {infusion.checked_by}, {at:%H:%M}")
        elif infusion.drawn_by:
            told = ("warn", f"Drawn by {infusion.drawn_by}, not double-checked")
        else:
            return card
        return replace(card, lights=(told, *card.lights))

    @property
    def share(self) -> int:
        """Of 400 parts, how much went in."""
        return int(400 * self.given[0] / self.prepared_mg) if self.prepared_mg else 0

    @cached_property
    def to_waste(self) -> Decimal:
        return ledger.left_in_bag_mg(self.infusion) if self.infusion.ended_at else Decimal(0)

    @cached_property
    def leaves_from(self) -> datetime | None:
        return discharge.earliest(self.infusion, self.settings)

    @property
    def word(self) -> str:
        """The state in the words of the bar."""
        if self.state == State.IN_PROGRESS:
            left = f"{self.minutes_left}\u00a0min left" if self.minutes_left else "bag empty"
            return f"Infusing, {left}"
        if self.state == State.RECOVERY:
            early = self.infusion.given_mg is not None and self.infusion.given_mg < self.prepared_mg
            return "Recovery after an early stop" if early else "Recovery"
        return self.state.label

    @property
    def sub(self) -> str:
        """What the state is about, in a line."""
        local, infusion = self.site.local, self.infusion
        if self.state in {State.IN_PROGRESS, State.PAUSED} and infusion.started_at:
            ends = f", ends {local(self.ends):%H:%M}" if self.ends else f", {self.minutes_left}\u00a0min to run"
            return f"started {local(infusion.started_at):%H:%M}{ends}"
        if self.state == State.RECOVERY and infusion.ended_at and self.leaves_from:
            return f"pump off {local(infusion.ended_at):%H:%M}, home from {local(self.leaves_from):%H:%M}"
        if self.state == State.SCHEDULED:
            visit = infusion.appointment
            here = f"arrived {local(visit.arrived_at):%H:%M}, " if visit.arrived_at else ""
            return f"{here}visit at {local(visit.starts_at):%H:%M}"
        if self.state == State.NOT_GIVEN:
            return infusion.not_given_reason
        last = self.steps[-1] if self.steps else None
        return f"since {local(last.observed_at):%H:%M}" + (f": {last.reason}" if last.reason else "") if last else ""

    # The flowsheet

    @cached_property
    def crossed(self) -> dict[UUID, list[Crossing]]:
        return vitals.crossed(self.infusion, self.all_vitals, self.settings)

    @cached_property
    def questions(self) -> list[vitals.Question]:
        return vitals.questions(self.infusion, self.all_vitals, self.happened, self.crossed)

    @cached_property
    def due(self) -> vitals.Due | None:
        return vitals.next_due(self.infusion, self.all_vitals, self.settings, self.crossed)

    @cached_property
    def columns(self) -> list[Column]:
        return [Column(row, self.minute(row.observed_at)) for row in self.rows[:COLUMNS]]

    @cached_property
    def lines(self) -> list[SignLine]:
        shown = [column.row for column in self.columns]
        return [
            SignLine(key, label, unit, tuple(self._cell(row, key) for row in shown))
            for key, label, unit in SIGNS
            if key != "dissociation" or any(row.cadss6 is not None for row in shown)
        ]

    def _cell(self, row: VitalSigns, key: str) -> Cell:
        flag = next((crossing.sentence for crossing in self.crossed.get(row.pk, ()) if crossing.sign == key), "")
        return Cell(reading(row, key), flag)

    def minute(self, moment: datetime) -> str:
        """Where a reading stands in the infusion: before, at the start, at a minute, in recovery."""
        phase = vitals.phase_of(self.infusion, moment)
        if phase is Phase.BEFORE or self.infusion.started_at is None:
            return "before"
        if phase is Phase.RECOVERY:
            return "recovery"
        minutes = int((moment - self.infusion.started_at).total_seconds() // 60)
        return f"{minutes}\u00a0min" if minutes else "start"

    @cached_property
    def inputs(self) -> list[Input]:
        """The NOW column: measured values are never filled in; the last one stands below."""
        return [
            Input(name, label, unit, self.was(name), self.errors.get(name, ""), self.typed.get(name, ""))
            for name, label, unit in (
                ("systolic", "Systolic", "mmHg"),
                ("diastolic", "Diastolic", "mmHg"),
                ("heart_rate", "Heart rate", "/min"),
                ("spo2", "SpO2", "%"),
                ("respiratory_rate", "Breathing", "/min"),
                ("moaas", "Sedation", "0–5"),
            )
        ]

    @cached_property
    def more_inputs(self) -> list[Input]:
        return [
            Input(name, label, unit, self.was(name), self.errors.get(name, ""), self.typed.get(name, ""))
            for name, label, unit in (("distress", "Distress", "0–10"), ("cadss6", "CADSS-6", "0–24"))
        ]

    def was(self, name: str) -> str:
        last = next((getattr(row, name) for row in self.rows if getattr(row, name) is not None), None)
        return "" if last is None else f"was {last}"

    # What happened, and the chart

    @cached_property
    def moments(self) -> list[Moment]:
        """Newest first: events with their numbers on the chart, and the steps between them."""
        numbers = {event.pk: number for number, event in enumerate(self._by_time(), start=1)}
        told = [
            Moment(
                event.observed_at,
                ": ".join(part for part in (event.get_kind_display(), event.text) if part),
                event.entered_by.full_name if event.entered_by else "",
                numbers.get(event.pk, 0),
                event.is_late_entry,
                event.entered_in_error_reason,
            )
            for event in self.happened
        ]
        told += [
            Moment(
                step.observed_at,
                f"{State(step.after).label}{': ' + step.reason if step.reason else ''}",
                step.by.full_name if step.by else "",
            )
            for step in self.steps
            if step.after not in {State.SCHEDULED, State.COMPLETED}
        ]
        return sorted(told, key=lambda moment: moment.at, reverse=True)

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
        return chart_svg.draw(
            readings, marks, self._pump(), now=self.now, limit=limit, zone=self.site.zone, here=self.is_here
        )

    def _pump(self) -> chart_svg.Pump:
        if self.infusion.started_at is None or self.infusion.order is None:
            return chart_svg.Pump()
        order = self.infusion.order
        ends = f", ends {self.site.local(self.ends):%H:%M}" if self.ends and not self.infusion.ended_at else ""
        return chart_svg.Pump(
            runs=tuple(self._runs()),
            ends_at=self.ends,
            stays_until=self.leaves_from,
            given=f"{quantity(self.given[0], 'mg')}",
            plan=f"{quantity(rules.rate_ml_h(order.bag_ml, order.minutes), 'mL/h')}{ends}",
        )

    def _runs(self) -> list[tuple[datetime, datetime]]:
        runs, since = [], None
        for step in sorted(self.steps, key=lambda step: (step.observed_at, step.pk)):
            if step.after == State.IN_PROGRESS:
                since = step.observed_at
            elif since and step.after in {State.PAUSED, State.COMPLETED, State.STOPPED_EARLY}:
                runs.append((since, step.observed_at))
                since = None
        if since:
            runs.append((since, self.now))
        return runs

    @cached_property
    def panels(self) -> list[panels.Panel]:
        return panels.panels(self.infusion, self.user)


def reading(row: VitalSigns, key: str) -> str:
    """One sign of a row as it is written."""
    if key == "pressure":
        return f"{row.systolic}/{row.diastolic}" if row.systolic else "–"
    value: Any = getattr(row, VALUES[key])
    return "–" if value is None else str(value)
