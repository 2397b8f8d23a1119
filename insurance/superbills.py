"""The bill that a patient hands to their insurer, of a visit or a month: read from what was accepted (protocol 6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from clinic import wording
from clinic.documents.spreadsheet import comma_separated
from clinic.models import Site
from insurance.models import ChargeItem, CodedVisit, Payment
from insurance.rules import month_end
from patients.models import Patient

PLACE_OF_SERVICE = "11"
"""An office, in the CMS list of places of service."""
HEADINGS = (
    "Date", "Patient", "MRN", "Born", "Visit", "Place", "Code", "Modifier", "Units", "Fee", "Amount", "Diagnoses",
    "NDC", "Drug mg", "Drug mL", "Wasted mg", "Started", "Stopped", "Rendering", "NPI", "Payer", "Member",
    "Accepted by",
)  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """Of some visits: what they cost, what was paid, what is left; `open` lines have no fee yet."""

    fees: Decimal
    paid: Decimal
    open: int

    @property
    def balance(self) -> Decimal:
        return self.fees - self.paid


@dataclass(frozen=True)
class Month:
    """What stands on the bills of one patient in one month."""

    first: date
    visits: int
    sums: Sums


def coded() -> QuerySet[CodedVisit]:
    """What was accepted and holds, with its lines and payments, in a constant number of queries."""
    lines = Prefetch("lines", ChargeItem.objects.filter(units__gt=0).order_by("place"))
    paid = Prefetch("payments", Payment.objects.filter(entered_in_error_at__isnull=True).order_by("paid_on", "id"))
    rows = CodedVisit.objects.filter(entered_in_error_at__isnull=True)
    rows = rows.select_related("patient", "site", "rendering", "coverage__payer", "accepted_by")
    return rows.prefetch_related(lines, paid).order_by("service_on", "id")


def of_month(first: date, *, site: Site, patient: Patient | None = None) -> list[CodedVisit]:
    """The billed visits of a month at a site, of one patient or of all."""
    rows = coded().filter(site=site, service_on__gte=first, service_on__lte=month_end(first), not_billed="")
    return list(rows.filter(patient=patient) if patient else rows)


def months(patient: Patient) -> list[Month]:
    """The bills of a patient at their site since this month a year ago, the newest month first."""
    today = patient.site.today()
    since = date(today.year - 1, today.month, 1)
    rows = coded().filter(patient=patient, site=patient.site, service_on__gte=since, not_billed="")
    by_month: dict[date, list[CodedVisit]] = {}
    for visit in rows:
        by_month.setdefault(visit.service_on.replace(day=1), []).append(visit)
    return [Month(first, len(visits), sums(visits)) for first, visits in sorted(by_month.items(), reverse=True)]


def sums(visits: Iterable[CodedVisit]) -> Sums:
    fees = paid = Decimal(0)
    missing = 0
    for visit in visits:
        for line in visit.lines.all():
            fees += line.amount or 0
            missing += line.amount is None
        paid += sum((payment.amount for payment in visit.payments.all()), Decimal(0))
    return Sums(fees, paid, missing)


def rows(visits: Iterable[CodedVisit]) -> Iterator[tuple[object, ...]]:
    """One row a line."""
    for visit in visits:
        patient, plan, who = visit.patient, visit.coverage, visit.rendering
        times = [at and visit.site.local(at).strftime("%H:%M") for at in (visit.started_at, visit.stopped_at)]
        for line in visit.lines.all():
            yield (
                visit.service_on.isoformat(), patient.legal_name, patient.mrn, patient.birth_date.isoformat(),
                visit.visit_kind, PLACE_OF_SERVICE, line.code, line.modifier, line.units,
                "" if line.fee is None else line.fee, "" if line.amount is None else line.amount,
                " ".join(visit.diagnosis_codes), line.ndc,
                wording.number(line.drug_mg), wording.number(line.drug_ml), wording.number(line.wasted_mg),
                times[0] or "", times[1] or "", who.signs_as if who else "", who.npi if who else "",
                plan.payer.name if plan else "Self-pay", plan.member_id if plan else "", visit.accepted_by.full_name,
            )  # fmt: skip


def as_csv(visits: Iterable[CodedVisit]) -> bytes:
    return comma_separated(HEADINGS, rows(visits))
