"""What an infusion came to, put together from its rows: the figures of the note (protocol 2.5). It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from clinic import settings_versions
from clinic.models import User
from clinic.wording import day_words, quantity
from infusions import pump, rules, sheet, stock
from infusions.lights import HOLD, PRIVATE
from infusions.models import AdverseEvent, ArrivalCheck, Discharge, Infusion, LedgerEntry, RunEvent, VitalSigns

Kind = RunEvent.Kind
NBSP = "\u00a0"


@dataclass(frozen=True)
class Section:
    """A heading and its figures, each a name and a value in words."""

    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LateRow:
    """A row that somebody typed after the note was signed."""

    at: datetime
    entered_at: datetime
    words: str
    who: str


@dataclass
class Account:
    """One infusion with all its rows; a page and a PDF tell it alike."""

    infusion: Infusion
    sheet: sheet.Sheet = field(init=False)

    def __post_init__(self) -> None:
        self.sheet = sheet.of(self.infusion, settings_versions.current(self.infusion.appointment.site))

    @cached_property
    def arrival(self) -> ArrivalCheck | None:
        return ArrivalCheck.objects.filter(infusion=self.infusion).select_related("escort", "identity_by").first()

    @cached_property
    def went_home(self) -> Discharge | None:
        return (
            Discharge.objects.filter(infusion=self.infusion)
            .select_related("released_by", "entered_by", "against_advice__provider")
            .first()
        )

    @cached_property
    def adverse(self) -> list[AdverseEvent]:
        return list(self.infusion.adverse_events.select_related("entered_by", "infusion").order_by("observed_at"))

    @cached_property
    def ledger(self) -> list[LedgerEntry]:
        rows = self.infusion.ledger.select_related("vial", "entered_by", "witness", "infusion__series__patient")
        return list(rows.order_by("observed_at", "line"))

    @cached_property
    def events(self) -> list[RunEvent]:
        """The events that count, oldest first."""
        kept = [event for event in self.sheet.happened if not event.entered_in_error_at]
        return sorted(kept, key=lambda event: event.observed_at)

    def sections(self) -> list[Section]:
        """The note, section by section; a section with nothing in it is left out."""
        parts: list[tuple[str, Callable[[], Iterator[tuple[str, str]]]]] = [
            ("Before", self._before),
            ("Dose", self._dose),
            ("Infusion", self._run),
            ("Highest and lowest", self._extremes),
            ("Medicines and events", self._happened),
            ("Drug accounted for", self._drug),
            ("Recovery and way home", self._home),
        ]
        made = [Section(heading, tuple(make())) for heading, make in parts]
        return [section for section in made if section.rows]

    def _before(self) -> Iterator[tuple[str, str]]:
        check = self.arrival
        if check is None:
            return
        who = f", heard by {check.identity_by.signs_as}" if check.identity_by else ""
        yield "Two identifiers", ("confirmed by the patient" if check.identity_confirmed else "not confirmed") + who
        yield "Weight", quantity(check.weight_kg, "kg")
        yield "Last solid food", self._day_and_time(check.last_solids_at)
        yield "Last clear drink", self._day_and_time(check.last_clear_at)
        yield "Since last time", "nothing new" if check.nothing_new else check.interval_history or "something new"
        for what in rules.SUBSTANCES:
            if when := getattr(check, f"{what.key}_at"):
                yield f"Last {what.name.lower()}", self._day_and_time(when)
        if check.benzodiazepine_mg_day:
            yield "Benzodiazepine a day", f"{quantity(check.benzodiazepine_mg_day, 'mg')} as diazepam"
        # Therapists read the note too; what a test showed is for nurse and provider, beside the chair.
        yield "Test where it applies", "does not apply" if check.pregnancy == "na" else "done"
        for override in self.infusion.overrides.select_related("by").order_by("at"):
            if override.light in PRIVATE:
                yield f"Let pass: {HOLD.lower()}", f"a provider confirmed ({override.by.signs_as})"
            else:
                yield f"Let pass: {override.light.replace('_', ' ')}", f"{override.reason} ({override.by.signs_as})"

    def _dose(self) -> Iterator[tuple[str, str]]:
        infusion, order = self.infusion, self.infusion.order
        if order is not None:
            yield (
                "Ordered",
                (
                    f"{quantity(order.dose_mg, 'mg')}: {quantity(order.mg_per_kg, 'mg/kg')} for "
                    f"{quantity(order.dosing_weight_kg, 'kg')}, by {order.signed_by.signs_as}"
                ),
            )
            yield "Bag", f"{quantity(order.bag_ml, 'mL')} in {quantity(order.minutes, 'min')}"
        if infusion.vial and infusion.drawn_at and infusion.drawn_by:
            yield (
                "Drawn",
                (
                    f"{quantity(infusion.drawn_ml, 'mL')} = {quantity(pump.drawn_mg(infusion), 'mg')} at "
                    f"{self._time(infusion.drawn_at)} by {infusion.drawn_by.signs_as}"
                ),
            )
            vial = infusion.vial
            yield (
                "Vial",
                (
                    f"{vial.label}, {vial.drug} {quantity(vial.strength_mg_per_ml, 'mg/mL')}, lot {vial.lot}, "
                    f"expires {vial.expires_on.day} {vial.expires_on:%b %Y}"
                ),
            )
        if infusion.checked_at and infusion.checked_by:
            yield "Checked", f"at {self._time(infusion.checked_at)} by {infusion.checked_by.signs_as}"

    def _run(self) -> Iterator[tuple[str, str]]:
        infusion = self.infusion
        if infusion.not_given_reason:
            yield "Not given", infusion.not_given_reason
        if infusion.started_at is None:
            return
        yield "Started", self._time(infusion.started_at)
        if infusion.ended_at is None:
            return
        stopped = next((step for step in self.sheet.steps if step.after == Infusion.State.STOPPED_EARLY), None)
        early = f", stopped early{': ' + stopped.reason if stopped.reason else ''}" if stopped else ""
        yield "Ended", self._time(infusion.ended_at) + early
        yield "Infused", quantity(pump.infused_seconds(infusion, infusion.ended_at) // 60, "min")
        if infusion.paused_seconds:
            yield "Paused", quantity(infusion.paused_seconds // 60, "min")
        yield "Given", f"{quantity(infusion.given_mg, 'mg')}, {quantity(infusion.given_ml, 'mL')} of the bag"

    def _extremes(self) -> Iterator[tuple[str, str]]:
        rows = self.sheet.rows
        pressed = [row for row in rows if row.systolic is not None]
        if pressed:
            top = max(pressed, key=lambda row: (row.systolic, row.diastolic))
            yield "Highest pressure", f"{top.systolic}/{top.diastolic}, {self._when(top)}"
        for name, label, unit, pick in _EXTREMES:
            known = [row for row in rows if getattr(row, name) is not None]
            if known:
                row = pick(known, key=lambda each: getattr(each, name))
                yield label, f"{getattr(row, name)}{unit}, {self._when(row)}"
        if sick := sum(bool(row.nausea) for row in rows) + sum(event.kind == Kind.NAUSEA for event in self.events):
            yield "Nausea", f"noted {sick} time{'s' if sick > 1 else ''}"
        if self.sheet.missed:
            yield "Sets missed", str(len(self.sheet.missed))

    def _happened(self) -> Iterator[tuple[str, str]]:
        for event in self.events:
            if event.kind not in {*RunEvent.WORDS, Kind.NAUSEA}:
                yield f"{self._time(event.observed_at)}{self._minute(event.observed_at)}", event.told
        for report in self.adverse:
            grade = f", grade {report.grade}" if report.grade else ""
            words = f"{report.get_kind_display()}: {report}{grade}{'. ' + report.action if report.action else ''}"
            yield f"{self._time(report.observed_at)}{self._minute(report.observed_at)}", words

    def _drug(self) -> Iterator[tuple[str, str]]:
        for entry in self.ledger:
            if entry.kind == LedgerEntry.Kind.WASTED:
                seen = f", seen by {entry.witness.signs_as}" if entry.witness else ""
                yield "Wasted", f"{quantity(entry.wasted_mg, 'mg')} at {self._time(entry.observed_at)}{seen}"
        drawn = sum((-row.change_ml * row.vial.strength_mg_per_ml for row in self.ledger if row.kind == "drawn"), 0)
        gone = sum(((row.given_mg or 0) + (row.wasted_mg or 0) for row in self.ledger), 0)
        if drawn and self.infusion.ended_at and drawn != gone:
            yield "Not accounted for", quantity(drawn - gone, "mg")

    def _home(self) -> Iterator[tuple[str, str]]:
        left = self.went_home
        if left is None:
            return
        if self.infusion.ended_at:
            minutes = int((left.observed_at - self.infusion.ended_at).total_seconds() // 60)
            yield "Recovery", quantity(minutes, "min")
        yield left.get_scale_display(), f"{left.aldrete} of 10"
        for name, words in _CRITERIA:
            if not getattr(left, name):
                yield "Not met", words
        with_whom = f"{left.escort_name}, {left.escort_relation}" if left.escort_name else "nobody"
        yield "Left", f"{self._time(left.observed_at)} with {with_whom}; {left.get_way_home_display().lower()}"
        until = self.sheet.site.local(rules.careful_until(left.observed_at))
        yield "No driving, alcohol or cannabis", f"until {day_words(until)}, {until:%H:%M}; driving after sleep as well"
        if left.released_by:
            yield "Released by", f"{left.released_by.signs_as}: {left.released_reason}"
        if hasattr(left, "against_advice"):
            form = left.against_advice
            how = "signed on the screen by" if form.strokes else "signed by"
            word = f"{how} {form.signed_name}" if form.signed_name else f"signature refused: {form.refusal}"
            yield "Against advice", f"{form.explained} ({word})"

    def late_rows(self, since: datetime) -> list[LateRow]:
        """What was typed after `since`, the moment of the signature."""
        found = [_late(row, f"Vitals {row}", row.entered_by) for row in self.sheet.all_vitals if row.entered_at > since]
        found += [
            _late(event, event.told, event.entered_by) for event in self.sheet.happened if event.entered_at > since
        ]
        found += [_late(row, stock.words(row), row.entered_by) for row in self.ledger if row.entered_at > since]
        found += [_late(row, str(row), row.entered_by) for row in self.adverse if row.entered_at > since]
        return sorted(found, key=lambda row: row.entered_at)

    def _time(self, moment: datetime) -> str:
        return f"{self.sheet.site.local(moment):%H:%M}"

    def _day_and_time(self, moment: datetime) -> str:
        """Of what was before the visit: the day too."""
        return f"{day_words(self.sheet.site.local(moment))}, {self._time(moment)}"

    def _minute(self, moment: datetime) -> str:
        minute = self.sheet.minute(moment)
        return f" ({minute})" if minute not in {"before", "recovery"} else ""

    def _when(self, row: VitalSigns) -> str:
        return f"{self._time(row.observed_at)} ({self.sheet.minute(row.observed_at)})"


def _late(row: VitalSigns | RunEvent | LedgerEntry | AdverseEvent, words: str, who: User | None) -> LateRow:
    return LateRow(row.observed_at, row.entered_at, words, who.full_name if who else "")


_EXTREMES = (
    ("heart_rate", "Highest heart rate", f"{NBSP}/min", max),
    ("spo2", "Lowest SpO2", f"{NBSP}%", min),
    ("respiratory_rate", "Slowest breathing", f"{NBSP}/min", min),
    ("moaas", "Deepest sedation, MOAA/S", "", min),
    ("cadss6", "Highest CADSS-6", " of 24", max),
    ("distress", "Highest distress", " of 10", max),
)
_CRITERIA = (
    ("oriented", "oriented to person, place, time and situation"),
    ("steady", "walks steadily"),
    ("no_active_si", "no active suicidal thoughts"),
    ("iv_out", "IV out"),
    ("instructions_given", "written instructions given"),
)


def as_json(sections: list[Section]) -> list[list[object]]:
    return [[section.heading, [list(row) for row in section.rows]] for section in sections]


def from_json(kept: list[list[object]]) -> list[Section]:
    return [Section(str(heading), tuple((str(name), str(value)) for name, value in rows)) for heading, rows in kept]  # type: ignore[attr-defined]
