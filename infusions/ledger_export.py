"""The ledger as an inspector reads it: one line for each movement, and whose it was (protocol 8.2, 21 CFR 1304.22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from clinic.documents.spreadsheet import comma_separated
from clinic.errors import Invalid
from clinic.models import Site
from clinic.wording import initials, number
from infusions import stock
from infusions.models import LedgerEntry
from patients.models import Patient

MOST_DAYS = 731
"""Records are kept ready for two years (21 CFR 1304.04)."""
MOST_DAYS_ON_PAPER = 92
_MIDNIGHT = time(0)
HEADINGS = (
    "Date", "Time", "Vial", "Line", "Drug", "Strength mg/mL", "Lot", "Expires", "Entry", "Patient", "Address",
    "In mL", "Out mL", "Balance mL", "Drawn mg", "Given mg", "Wasted mg", "By", "Witness", "Note",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line, each value as text; `patient_id` says whose record the line shows."""

    cells: tuple[str, ...]
    patient_id: UUID | None = None


def check(first: date, last: date, *, most: int = MOST_DAYS) -> None:
    """Raise Invalid unless the range runs forward and is not too long."""
    if last < first:
        raise Invalid({"last": "The last day lies before the first. Change one of them."})
    if (last - first).days >= most:
        raise Invalid({"last": f"Choose at most {most} days at once, or take the file for a spreadsheet."})


def lines(site: Site, first: date, last: date) -> list[Line]:
    """Everything that moved from `first` to `last`, both included, in the order in which it happened."""
    start, end = site.moment(first, _MIDNIGHT), site.moment(last + timedelta(days=1), _MIDNIGHT)
    entries = (
        LedgerEntry.objects.filter(vial__site=site, observed_at__gte=start, observed_at__lt=end)
        .select_related("vial", "entered_by", "witness", "infusion__series__patient")
        .order_by("observed_at", "vial_id", "line")
    )
    return [_line(entry, site) for entry in entries.iterator(chunk_size=2000)]


def _line(entry: LedgerEntry, site: Site) -> Line:
    vial, at = entry.vial, site.local(entry.observed_at)
    patient = entry.infusion.series.patient if entry.infusion else None
    drawn = -entry.change_ml * vial.strength_mg_per_ml if entry.kind == LedgerEntry.Kind.DRAWN else None
    wasted = entry.wasted_mg
    if wasted is None and entry.kind == LedgerEntry.Kind.WASTED:
        wasted = -entry.change_ml * vial.strength_mg_per_ml
    note = f"{entry.get_cause_display()}: {entry.note}" if entry.cause else entry.note
    if entry.is_late_entry:
        note = f"{note} (typed {site.local(entry.entered_at):%Y-%m-%d %H:%M})".strip()
    if entry.loss_report:
        note = f"{note} DEA: {entry.loss_report}".strip()
    return Line(
        (
            f"{at:%Y-%m-%d}", f"{at:%H:%M}", vial.label, str(entry.line), vial.drug, number(vial.strength_mg_per_ml),
            vial.lot, f"{vial.expires_on:%Y-%m-%d}", _entry(entry), patient.legal_name if patient else "",
            address(patient) if patient else "", number(entry.change_ml) if entry.change_ml > 0 else "",
            number(-entry.change_ml) if entry.change_ml < 0 else "", number(entry.balance_ml), _or_empty(drawn),
            _or_empty(entry.given_mg), _or_empty(wasted), _initials(entry.entered_by),
            _initials(entry.witness), note,
        ),
        patient.pk if patient else None,
    )  # fmt: skip


def _entry(entry: LedgerEntry) -> str:
    if entry.kind == LedgerEntry.Kind.COUNTED:
        return stock.words(entry).replace("\u00a0", " ")
    return str(entry.get_kind_display())


def address(patient: Patient) -> str:
    town = " ".join(part for part in (patient.state, patient.postal_code) if part)
    return ", ".join(part for part in (patient.address, patient.city, town) if part)


def _or_empty(value: object) -> str:
    return "" if value is None else number(value)


def _initials(user: object) -> str:
    return initials(user) if user else ""


def as_csv(rows: Iterable[Line]) -> bytes:
    return comma_separated(HEADINGS, (row.cells for row in rows))
