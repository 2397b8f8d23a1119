"""What was done at a visit, accepted for the bill: take the suggestions, or change them with a reason; take it back.

The facts of a visit are gathered further right (journey.coding); here they come as a `Service`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from clinic import clock, retracting
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from insurance.coding_rules import CODE_SHAPE, MODIFIER_SHAPE, Suggestion
from insurance.models import ChargeItem, CodedVisit, Coverage, Payment, SelfPay
from patients.models import Patient
from patients.rows import locked_patient

MOST_LINES, MOST_UNITS, MOST_DIAGNOSES = 20, 99, 12
MOST_MONEY = Decimal(99_999)
ICD = r"[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?"


@dataclass(frozen=True)
class Service:
    """A visit that took place, as the record tells it, with the lines it supports."""

    visit_id: UUID
    visit_kind: str
    patient: Patient
    site: Site
    service_on: date
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    rendering: User | None = None
    diagnosis_codes: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def digest(self) -> str:
        """Another text as soon as the record would suggest something else."""
        told = [asdict(line) for line in self.suggestions]
        return sha256(repr((told, self.started_at, self.stopped_at)).encode()).hexdigest()


@dataclass(frozen=True)
class Line:
    """A line as the coder wants it. `suggestion`: the place of the suggestion it answers, None when it is added."""

    code: str
    units: int
    modifier: str = ""
    fee: Decimal | None = None
    reason: str = ""
    suggestion: int | None = None
    label: str = field(default="", compare=False)


def payer_on(patient: Patient, day: date) -> Coverage | None:
    """The plan that is asked first on the day; None: the patient pays."""
    if any(one.holds_on(day) and one.agreed_at for one in SelfPay.objects.filter(patient=patient)):
        return None
    plans = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True).select_related("payer")
    return next((plan for plan in plans.order_by("rank", "-starts_on") if plan.holds_on(day)), None)


def standing(visit_id: UUID) -> CodedVisit | None:
    """What was accepted for a visit and holds."""
    rows = CodedVisit.objects.filter(visit_id=visit_id, entered_in_error_at__isnull=True)
    return rows.select_related("patient", "site", "rendering", "coverage__payer", "accepted_by").first()


@transaction.atomic
def accept(
    *,
    service: Service,
    seen: str,
    lines: Sequence[Line],
    by: User,
    diagnosis_codes: Sequence[str] = (),
    not_billed: str = "",
) -> CodedVisit:
    """Accept the lines of a visit for the bill. `seen` is the digest of what the coder was shown.

    No line at all needs `not_billed`, the reason. Raises NotPermitted, Invalid, Refused.
    """
    patient = locked_patient(service.patient.pk)
    require(by, Action.CODE_VISITS, at=service.site)
    if before := standing(service.visit_id):
        raise Refused(f"{before.accepted_by.full_name} has coded this visit already. Take that back to change it.")
    if seen != service.digest:
        raise Refused("The record of this visit has changed since you opened it. Look at the suggestions again.")
    codes = [code.strip().upper() for code in diagnosis_codes if code.strip()]
    _refuse_bad(service, lines, codes, not_billed.strip())
    made = CodedVisit.objects.create(
        visit_id=service.visit_id,
        visit_kind=service.visit_kind,
        patient=patient,
        site=service.site,
        service_on=service.service_on,
        started_at=service.started_at,
        stopped_at=service.stopped_at,
        rendering=service.rendering,
        coverage=payer_on(patient, service.service_on),
        diagnosis_codes=codes,
        not_billed="" if any(line.units for line in lines) else not_billed.strip(),
        suggested=service.digest,
        accepted_at=clock.now(),
        accepted_by=by,
    )
    ChargeItem.objects.bulk_create(_items(made, service, lines))
    return made


def _items(visit: CodedVisit, service: Service, lines: Sequence[Line]) -> list[ChargeItem]:
    made = []
    for place, line in enumerate(lines, start=1):
        told = None if line.suggestion is None else service.suggestions[line.suggestion]
        drug = told if told and line.units else None
        made.append(
            ChargeItem(
                visit=visit,
                place=place,
                code=line.code,
                modifier=line.modifier,
                units=line.units,
                label=line.label or (told.label if told and told.code == line.code else ""),
                fee=line.fee,
                sentence=(told.sentence if told else "Added by hand.")[:400],
                reason=line.reason.strip(),
                suggested_code=told.code if told else "",
                suggested_modifier=told.modifier if told else "",
                suggested_units=told.units if told else None,
                ndc=drug.ndc if drug else "",
                drug_mg=drug.drug_mg if drug else None,
                drug_ml=drug.drug_ml if drug else None,
                wasted_mg=drug.wasted_mg if drug else None,
            )
        )
    return made


def _refuse_bad(service: Service, lines: Sequence[Line], diagnoses: Sequence[str], not_billed: str) -> None:
    wrong: dict[str, str] = {}
    answered = sorted(line.suggestion for line in lines if line.suggestion is not None)
    if answered != list(range(len(service.suggestions))):
        raise Refused("Each suggestion is accepted, changed or declined once. Open the visit again.")
    if len(lines) > MOST_LINES:
        wrong["lines"] = f"A visit has {MOST_LINES} lines at most."
    for line in lines:
        told = None if line.suggestion is None else service.suggestions[line.suggestion]
        if sentence := _wrong_line(line, told):
            wrong["lines"] = f"{wrong['lines']} {sentence}" if "lines" in wrong else sentence
    if len(diagnoses) > MOST_DIAGNOSES or not all(re.fullmatch(ICD, code) for code in diagnoses):
        wrong["diagnosis_codes"] = "Write ICD-10-CM codes with commas between them, like F33.2."
    if not any(line.units for line in lines) and not not_billed:
        wrong["not_billed"] = "Nothing is left on the bill. Write why this visit is not billed."
    if len(not_billed) > 300:
        wrong["not_billed"] = "Write this in 300 characters or fewer."
    if wrong:
        raise Invalid(wrong)


def _wrong_line(line: Line, told: Suggestion | None) -> str:
    if not re.fullmatch(CODE_SHAPE, line.code):
        return f"“{line.code}” is no code: five letters or digits, like 96365."
    if line.modifier and not re.fullmatch(MODIFIER_SHAPE, line.modifier):
        return f"{line.code}: a modifier has two letters or digits, like 25."
    if not (0 if told else 1) <= line.units <= MOST_UNITS:
        return f"{line.code}: write 1 to {MOST_UNITS} units."
    if line.fee is not None and not 0 <= line.fee <= MOST_MONEY:
        return f"{line.code}: write the fee in dollars, like 450.00."
    same = told and (line.code, line.modifier, line.units) == (told.code, told.modifier, told.units)
    if not same and not line.reason.strip():
        return f"{line.code}: write why it differs from the suggestion." if told else f"{line.code}: write why."
    if len(line.reason.strip()) > 300:
        return f"{line.code}: write the reason in 300 characters or fewer."
    return ""


def _locked(coded_id: UUID, by: User) -> CodedVisit:
    rows = CodedVisit.objects.select_for_update(of=("self",)).select_related("site", "patient")
    found = rows.filter(pk=coded_id, site_id__in=by.site_ids).first()
    if found is None:
        raise NotFound
    require(by, Action.CODE_VISITS, at=found.site)
    return found


@transaction.atomic
def take_back(*, coded_id: UUID, reason: str, by: User) -> CodedVisit:
    """The visit is to be coded anew; what was accepted stays on file with the reason.

    Raises NotFound, NotPermitted, Invalid; Refused while payments stand on it.
    """
    found = _locked(coded_id, by)
    if found.payments.filter(entered_in_error_at__isnull=True).exists():
        raise Refused("A payment stands on this bill. Mark it as an error first, and record it anew afterwards.")
    retracting.mark(found, reason=reason, by=by)
    return found


@transaction.atomic
def record_payment(*, coded_id: UUID, amount: Decimal, method: str, paid_on: date, by: User) -> Payment:
    """The patient paid for a visit, $. Raises NotFound, NotPermitted, Invalid, Refused."""
    found = _locked(coded_id, by)
    if found.entered_in_error_at:
        raise Refused("This bill was taken back. Record the payment on the one that holds.")
    wrong = {}
    if not 0 < amount <= MOST_MONEY:
        wrong["amount"] = "Write what was paid in dollars, like 450.00."
    if method not in Payment.Method.values:
        wrong["method"] = "Choose how it was paid."
    if paid_on > found.site.today():
        wrong["paid_on"] = "This day is still to come."
    if wrong:
        raise Invalid(wrong)
    return Payment.objects.create(visit=found, amount=amount, method=method, paid_on=paid_on, recorded_by=by)


@transaction.atomic
def payment_in_error(*, payment_id: UUID, reason: str, by: User) -> Payment:
    """The payment was never made. Raises NotFound, NotPermitted, Invalid, Refused."""
    rows = Payment.objects.select_for_update(of=("self",)).select_related("visit__site")
    found = rows.filter(pk=payment_id, visit__site_id__in=by.site_ids).first()
    if found is None:
        raise NotFound
    require(by, Action.CODE_VISITS, at=found.visit.site)
    retracting.mark(found, reason=reason, by=by)
    return found
