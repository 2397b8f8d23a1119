"""A superbill on paper: practice, patient, each visit with its lines, what was paid and what is left (protocol 6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from clinic import clock, identifiers, wording
from clinic.documents.sheets import blank
from clinic.models import Site
from clinic.wording import dollars
from insurance.models import ChargeItem, CodedVisit
from insurance.superbills import PLACE_OF_SERVICE, Sums, sums
from patients import phones
from patients.models import Patient

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

HALF = 94.0  # mm
LEFT, RIGHT = 12.0, 112.0
COLUMNS = ("Code", "Mod.", "What", "Dx", "Units", "Fee", "Amount")
WIDTHS = (16, 12, 92, 16, 14, 20, 22)
MISSING = "not on file"


def make(visits: Sequence[CodedVisit], *, patient: Patient, site: Site) -> bytes:
    """The paper of these visits of one patient at one site."""
    now = site.local(clock.now())
    paper = blank(
        head=f"Superbill, {site.bills_as or site.name}",
        foot=f"{patient.legal_name}, {patient.mrn}. Printed {_day(now.date())}.",
        made=now,
    )
    paper.add_page()
    paper.say("Superbill", 16, bold=True, gap=2)
    _heads(paper, patient, site)
    for visit in visits:
        _visit(paper, visit)
    _total(paper, sums(visits))
    return paper.made()


def _heads(paper: Paper, patient: Patient, site: Site) -> None:
    top = paper.get_y()
    practice = [
        ("Practice", site.bills_as or site.name),
        ("Address", _address(site) or MISSING),
        ("Phone", phones.shown(site.phone) or MISSING),
        ("Tax number", identifiers.shown_tax_id(site.tax_id) or MISSING),
        ("NPI", site.npi or MISSING),
    ]
    person = [
        ("Patient", patient.legal_name),
        ("Born", _day(patient.birth_date)),
        ("Address", _address(patient) or MISSING),
        ("Record", patient.mrn),
    ]
    paper.pairs(practice, x=LEFT, width=HALF)
    under = paper.get_y()
    paper.set_y(top)
    paper.pairs(person, x=RIGHT, width=HALF)
    paper.set_y(max(under, paper.get_y()) + 3)


def _address(of: Site | Patient) -> str:
    place = f"{of.state} {of.postal_code}".strip()
    return ", ".join(part for part in (of.address, of.city, place) if part)


def _visit(paper: Paper, visit: CodedVisit) -> None:
    lines = list(visit.lines.all())
    if paper.will_page_break(30 + 6 * len(lines)):
        paper.add_page()
    paper.say(f"{_day(visit.service_on)}, {visit.visit_kind.lower()}", 11, bold=True, gap=0.8)
    paper.pairs(_about(visit), x=LEFT, width=HALF * 2)
    paper.ln(1)
    paper.row(COLUMNS, WIDTHS, bold=True, shade=True)
    pointers = ",".join(letter for letter, _ in zip("ABCDEFGHIJKL", visit.diagnosis_codes, strict=False))
    for line in lines:
        amounts = (str(line.units), dollars(line.fee) or "open", dollars(line.amount) or "open")
        paper.row((line.code, line.modifier, _words(line), pointers[:7], *amounts), WIDTHS)
    paper.ln(2)


def _about(visit: CodedVisit) -> list[tuple[str, str]]:
    rows = []
    if visit.started_at and visit.stopped_at:
        first, last = (wording.time_words(visit.site.local(at)) for at in (visit.started_at, visit.stopped_at))
        rows.append(("Start and stop", f"{first} to {last}"))
    if visit.rendering:
        npi = f", NPI {visit.rendering.npi}" if visit.rendering.npi else ""
        rows.append(("Treated by", f"{visit.rendering.signs_as}{npi}"))
    named = [f"{letter} {code}" for letter, code in zip("ABCDEFGHIJKL", visit.diagnosis_codes, strict=False)]
    rows.append(("Diagnoses", ", ".join(named) or MISSING))
    rows.append(("Place of service", f"{PLACE_OF_SERVICE} (office)"))
    plan = visit.coverage
    rows.append(("Insurance", f"{plan.payer.name}, member {plan.member_id or MISSING}" if plan else "Self-pay"))
    return rows


def _words(line: ChargeItem) -> str:
    """Our own words for the code, and for a drug what it was and how much."""
    parts = [line.label or line.code]
    if line.drug_mg is not None:
        parts.append(wording.quantity(line.drug_mg, "mg"))
    if line.ndc:
        parts.append(f"NDC {line.ndc[:5]}-{line.ndc[5:9]}-{line.ndc[9:]} ML{wording.number(line.drug_ml)}")
    if line.wasted_mg:
        parts.append(f"wasted {wording.quantity(line.wasted_mg, 'mg')}")
    return ", ".join(parts)


def _total(paper: Paper, all_of_it: Sums) -> None:
    if paper.will_page_break(40):
        paper.add_page()
    rows = [
        ("Fees", dollars(all_of_it.fees)),
        ("Paid", dollars(all_of_it.paid)),
        ("Balance", dollars(all_of_it.balance)),
    ]
    if all_of_it.open:
        rows.append(("Without a fee", f"{all_of_it.open}, not in these sums"))
    paper.pairs(rows, x=RIGHT, width=HALF, size=9)
    paper.ln(10)
    paper.say("Signature of who treated, and date", 8, soft=True, gap=1)
    y = paper.get_y() + 8
    paper.line(LEFT, y, LEFT + HALF, y)
    paper.set_y(y + 3)
    paper.say(
        "This is a statement of services for your insurer. It is not a claim that the practice has sent; your insurer "
        "decides what it pays.", 8, soft=True,
    )  # fmt: skip


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
