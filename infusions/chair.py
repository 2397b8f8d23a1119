"""What the page beside the chair shows, put together from the rows; it writes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from clinic import clock, settings_versions
from clinic.models import ProtocolSettings, Room, Site, User
from clinic.policy import Action, can
from infusions import devices, ledger, orders, panels, phrases, pump, readiness, rules, run, stock
from infusions.dose_card import DoseCard, of_infusion
from infusions.lights import Light, Summary
from infusions.models import ArrivalCheck, Device, Discharge, DrugVial, Infusion, Order, Phrase, PregnancyTest
from infusions.sheet import Sheet, of
from infusions.states import State
from infusions.vitals import Taken
from patients.models import Allergy, Contact, Patient

BEFORE = frozenset({State.SCHEDULED, State.CHECKED_IN, State.CLEARED, State.HELD})


@dataclass(frozen=True)
class Input:
    """One large number of the NOW column."""

    name: str
    label: str
    unit: str
    was: str
    error: str = ""
    value: str = ""


@dataclass
class Chair:
    """One infusion as the person beside the chair sees it."""

    infusion: Infusion
    user: User
    now: datetime = field(default_factory=clock.now)
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    slim: bool = False
    taken: Taken | None = None
    """The row that was just saved, with what stands on its sheet."""

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
        return self.taken.settings if self.taken else settings_versions.current(self.site)

    @cached_property
    def sheet(self) -> Sheet:
        """The flowsheet: rows, clock, misses, chart."""
        if self.taken:
            rows = self.taken
            return Sheet(self.infusion, self.site, self.settings, rows.vitals, rows.events, rows.steps, self.now)
        return of(self.infusion, self.settings, self.now, names=not self.slim)

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

    @cached_property
    def listens(self) -> bool:
        """Whether a device may post for this chair now."""
        room = self.room if self.takes_vitals else None
        return room is not None and Device.objects.filter(room=room, revoked_at=None).exists()

    @cached_property
    def readings(self) -> list[devices.Offer]:
        """What devices measured, and nobody has taken over."""
        return devices.waiting(self.infusion) if self.listens else []

    # The gate

    @cached_property
    def gate(self) -> Summary | None:
        """The lights; what only nurse and provider may know is veiled for everybody else."""
        if not self.is_before:
            return None
        found = readiness.summary([self.infusion])[self.infusion.pk]
        return found if self.may_run else found.veiled

    @cached_property
    def tests(self) -> list[PregnancyTest]:
        """The pregnancy tests of the day, for nurse and provider alone."""
        return list(self.infusion.pregnancy_tests.select_related("entered_by")) if self.may_run else []

    @property
    def may_suspend(self) -> bool:
        last = self.tests[-1].result if self.tests else ""
        return last == PregnancyTest.Result.POSITIVE and can(self.user, Action.REVIEW_RESPONSE, self.site)

    @cached_property
    def vials(self) -> list[DrugVial]:
        """What can be picked where no scanner is at hand."""
        return list(stock.open_vials(self.site).filter(balance_ml__gt=0, expires_on__gte=self.site.today())[:20])

    @property
    def open_lights(self) -> list[Light]:
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

    @property
    def can_complete(self) -> bool:
        return bool(self.sheet.ends and self.now >= self.sheet.ends - run.PUMP_TOLERANCE)

    @property
    def prepared_mg(self) -> Decimal:
        return pump.drawn_mg(self.infusion)

    @cached_property
    def card(self) -> DoseCard | None:
        """The dose in its heavy frame, with who drew and who checked it above who ordered it."""
        if self.order is None:
            return None
        self.order.series = self.infusion.series
        strengths = [] if self.infusion.vial else stock.strengths(self.site)
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
        return int(400 * self.sheet.given[0] / self.prepared_mg) if self.prepared_mg else 0

    @cached_property
    def to_waste(self) -> Decimal:
        return ledger.left_in_bag_mg(self.infusion) if self.infusion.ended_at else Decimal(0)

    @property
    def careful_until(self) -> datetime | None:
        return rules.careful_until(self.left.observed_at) if self.left else None

    @property
    def word(self) -> str:
        """The state in the words of the bar."""
        if self.state == State.IN_PROGRESS:
            left = f"{self.sheet.minutes_left}\u00a0min left" if self.sheet.minutes_left else "bag empty"
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
            ends = self.sheet.ends
            told = f", ends {local(ends):%H:%M}" if ends else f", {self.sheet.minutes_left}\u00a0min to run"
            return f"started {local(infusion.started_at):%H:%M}{told}"
        if self.state == State.RECOVERY and infusion.ended_at and self.sheet.leaves_from:
            return f"pump off {local(infusion.ended_at):%H:%M}, home from {local(self.sheet.leaves_from):%H:%M}"
        if self.state == State.SCHEDULED:
            visit = infusion.appointment
            here = f"arrived {local(visit.arrived_at):%H:%M}, " if visit.arrived_at else ""
            return f"{here}visit at {local(visit.starts_at):%H:%M}"
        if self.state == State.NOT_GIVEN:
            return infusion.not_given_reason
        last = self.sheet.steps[-1] if self.sheet.steps else None
        return f"since {local(last.observed_at):%H:%M}" + (f": {last.reason}" if last.reason else "") if last else ""

    # The NOW column

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
        last = next((getattr(row, name) for row in self.sheet.rows if getattr(row, name) is not None), None)
        return "" if last is None else f"was {last}"

    @cached_property
    def phrases(self) -> list[Phrase]:
        return list(phrases.of(self.user))

    @cached_property
    def panels(self) -> list[panels.Panel]:
        return panels.panels(self.infusion, self.user)
