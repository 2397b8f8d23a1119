"""Empty flowsheets for a day without power or network: one page a patient, identifiers and times printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from clinic import clock, wording
from clinic.documents.sheets import blank
from clinic.models import ProtocolSettings, Site
from clinic.wording import quantity
from infusions import rules
from infusions.models import Infusion, Order

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

BLANK_ROWS = 6
HEADS = (
    "Planned", "Time", "BP", "Heart", "SpO2", "Breaths", "MOAA/S", "Distress", "CADSS-6", "Seen and done", "By",
)  # fmt: skip
WORDS_FIT = 420  # of the intention card: three lines, so that the sheet stays one page
WIDTHS = (22, 15, 18, 14, 13, 15, 15, 15, 15, 36, 12)


@dataclass(frozen=True)
class Sheet:
    """One patient's page: who, when, and the dose as ordered."""

    infusion: Infusion
    order: Order | None
    allergies: str = ""
    room: str = ""
    nurse: str = ""
    words: Sequence[str] = ()


def make(site: Site, on: date, sheets: Sequence[Sheet], settings: ProtocolSettings) -> bytes:
    """The pack, a page for each; a day without infusions is a page that says so."""
    now = clock.now()
    paper = blank(
        head=f"{site.name}, flowsheets of {on:%A} {on.day} {on:%B %Y}",
        foot=f"Made {site.local(now):%Y-%m-%d %H:%M}. Type these rows into Evenkeel later, with their own times.",
        made=now,
    )
    paper.set_auto_page_break(False)
    if not sheets:
        paper.add_page()
        paper.say("No infusion is booked for this day.", 12)
    for sheet in sheets:
        paper.add_page()
        _page(paper, site, sheet, settings)
    return paper.made()


def _page(paper: Paper, site: Site, sheet: Sheet, settings: ProtocolSettings) -> None:
    infusion, patient = sheet.infusion, sheet.infusion.series.patient
    starts = site.local(infusion.appointment.starts_at)
    paper.say(patient.legal_name, 15, bold=True)
    called = f", called {patient.preferred_name}" if patient.preferred_name else ""
    age = wording.age(patient.birth_date, starts.date())
    paper.say(f"Born {patient.birth_date:%Y-%m-%d} ({age} years){called}     MRN {patient.mrn}", 10.5, gap=0.5)
    number = f"Infusion {infusion.number} of {infusion.series.planned_count or '–'}"
    where = "     ".join(part for part in (f"{starts:%H:%M}", number, sheet.room, sheet.nurse) if part)
    paper.say(where, 10, bold=True)
    paper.say(f"Allergies: {sheet.allergies or 'none recorded'}", 9, gap=1)
    for line in sheet.words:
        paper.say(line[:WORDS_FIT], 9.5, gap=1)
    _dose(paper, sheet.order)
    paper.row(HEADS, WIDTHS, bold=True, shade=True, size=7, height=5)
    for label in _planned(starts, sheet.order, settings):
        paper.row([label, *[""] * (len(HEADS) - 1)], WIDTHS, height=7, size=7.5)
    _boxes(paper, settings)


def _dose(paper: Paper, order: Order | None) -> None:
    if order is None:
        paper.say("NO ORDER SIGNED when this was printed. Nothing may be drawn without one.", 11, bold=True, gap=1.5)
        return
    draws = ", ".join(
        f"{quantity(rules.draw_ml(order.dose_mg, strength), 'mL')} of {quantity(strength, 'mg/mL')}"
        for strength in rules.STRENGTHS
    )
    waits = "  WAITS FOR A SECOND SIGNATURE" if order.awaits_second else ""
    rate = quantity(rules.rate_ml_h(order.bag_ml, order.minutes), "mL/h")
    paper.say(
        f"Ketamine {quantity(order.dose_mg, 'mg')} in {quantity(order.bag_ml, 'mL')} over "
        f"{quantity(order.minutes, 'min')}, pump {rate}{waits}",
        12, bold=True,
    )  # fmt: skip
    paper.say(
        f"{quantity(order.mg_per_kg, 'mg/kg')} for {quantity(order.dosing_weight_kg, 'kg')}, ordered by "
        f"{order.signed_by.signs_as}. Draw {draws}: read the strength from the vial.", 8.5, gap=1.5,
    )  # fmt: skip


def _planned(starts: datetime, order: Order | None, settings: ProtocolSettings) -> list[str]:
    minutes = order.minutes if order else settings.infusion_minutes
    labels = ["on arrival", "after rest"]
    labels += [_at(starts, minute, f"{minute} min") for minute in range(0, minutes, settings.vitals_every_minutes)]
    labels.append(_at(starts, minutes, "end"))
    every = settings.vitals_every_minutes_recovery
    labels += [_at(starts, minutes + past, f"+{past}") for past in range(every, settings.recovery_minutes + 1, every)]
    return labels + [""] * BLANK_ROWS


def _at(starts: datetime, minutes: int, word: str) -> str:
    return f"{starts + timedelta(minutes=minutes):%H:%M}  {word}"


def _boxes(paper: Paper, settings: ProtocolSettings) -> None:
    paper.ln(2)
    stop = f"{settings.bp_stop_systolic}/{settings.bp_stop_diastolic}"
    pause = f"{settings.bp_pause_systolic}/{settings.bp_pause_diastolic}"
    paper.say(
        f"Tell the provider from {settings.bp_notify_systolic}/{settings.bp_notify_diastolic} or SpO2 below "
        f"{settings.spo2_notify_low} %. Pause from {pause}, recheck after {settings.bp_recheck_minutes} min. Stop from "
        f"{stop}, SpO2 below {settings.spo2_stop_low} %, breathing below {settings.rr_stop_low} or above "
        f"{settings.rr_stop_high}, MOAA/S {settings.sedation_stop} or less.", 8, gap=1.5,
    )  # fmt: skip
    blanks = (
        "Two identifiers said by the patient, heard by ____________________   Emergency kit and pump checked ________",
        "Vial ____________  lot ____________  expires __________  strength ______ mg/mL   drawn ______ mL   by ______",
        "Double check by ____________________   Start ______   Pause ______   Resume ______   End ______",
        "Given ______ mg   Wasted ______ mg   Witness ____________________   at ______",
        "Medicines (drug, dose, route, time, effect) ______________________________________________________________",
        "__________________________________________________________________________________________________",
        f"Home: score ____ (at least {settings.discharge_score_min})   oriented __   walks steadily __   IV out __",
        "No active suicidal thoughts __   written instructions given __   does not drive __",
        "Left at ______   with ____________________   relation ______________   Nurse ____________________",
    )
    for line in blanks:
        paper.say(line, 8.5, gap=2.2)
