"""What was accepted for the bill, what was paid on it, and the table of codes that suggestions come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rest_framework import serializers

from clinic.api.declaring import Collection, File, Verb
from clinic.api.fields import Exact, Typed, Whole, Words, one_of
from clinic.models import User
from insurance import charges, code_tables, superbill_pdf, superbills
from insurance.api.hanging import BY, ERROR, OF
from insurance.coding_rules import Rule, What
from insurance.models import ChargeItem, CodedVisit, CodeRule, CodeTable, Payment


class RuleTyped(Typed):
    """One line of the table."""

    what = one_of(What)
    code = Words(max_length=5, allow_blank=False)
    label = Words(max_length=60, allow_blank=False)  # type: ignore[assignment]
    least = Whole(required=False, allow_null=True, default=None, min_value=0, max_value=1440)
    most = Whole(required=False, allow_null=True, default=None, min_value=0, max_value=1440)
    step = Whole(required=False, allow_null=True, default=None, min_value=1, max_value=1440)
    modifier = Words(required=False, default="", max_length=2)


class RuleShown(serializers.ModelSerializer[CodeRule]):
    class Meta:
        model = CodeRule
        fields = ("what", "code", "label", "least", "most", "step", "modifier")


class LineShown(serializers.ModelSerializer[ChargeItem]):
    class Meta:
        model = ChargeItem
        fields = ("place", "code", "modifier", "units", "label", "fee", "sentence", "reason", "ndc")


def _make(*, starts_on: date, rules: Sequence[Mapping[str, Any]], note: str, by: User) -> CodeTable:
    """Have these rules count from a day on. What was coded before stays. Raises NotPermitted, Invalid."""
    return code_tables.make(starts_on=starts_on, rules=[Rule(**rule) for rule in rules], note=note, by=by)


def _superbill(coded: CodedVisit) -> File:
    bill = superbills.coded().get(pk=coded.pk)
    made = superbill_pdf.make([bill], patient=bill.patient, site=bill.site)
    return File(made, f"superbill-{bill.service_on}.pdf", "application/pdf")


CODE_TABLES = Collection(
    name="code-tables",
    model=CodeTable,
    rows=lambda user: CodeTable.objects.prefetch_related("rules"),  # a code means the same at every site
    shows=("id", "starts_on", "note", "made_at", "made_by", "rules"),
    fields={"rules": RuleShown(many=True, read_only=True)},
    create=Verb(
        does=_make,
        takes=("starts_on", "note"),
        fields={"rules": serializers.ListField(child=RuleTyped(), max_length=code_tables.MOST_RULES)},
    ),
)
BILLS = Collection(
    name="bills",
    model=CodedVisit,
    rows=lambda user: CodedVisit.objects.filter(site__in=user.site_ids).prefetch_related("lines"),
    patient="patient_id",
    shows=(
        "id", "visit_id", "visit_kind", "patient", "site", "service_on", "started_at", "stopped_at", "rendering",
        "coverage", "diagnosis_codes", "lines", "not_billed", "accepted_at", "accepted_by", *ERROR,
    ),
    fields={"lines": LineShown(many=True, read_only=True)},
    filters=OF,
    by=BY,
    verbs={"take-back": Verb(does=charges.take_back, record="coded_id", takes=("reason",))},
    file=_superbill,
)  # fmt: skip
PAYMENTS = Collection(
    name="payments",
    model=Payment,
    rows=lambda user: Payment.objects.filter(visit__site__in=user.site_ids).select_related("visit"),
    within=BILLS,
    through="visit",
    patient="visit.patient_id",
    shows=("id", "amount", "method", "paid_on", "recorded_at", "recorded_by", *ERROR),
    create=Verb(
        does=charges.record_payment,
        record="coded_id",
        takes=("paid_on",),
        fields={"amount": Exact(max_digits=9, decimal_places=2), "method": one_of(Payment.Method)},
    ),
    verbs={"error": Verb(does=charges.payment_in_error, record="payment_id", takes=("reason",))},
)

COLLECTIONS: tuple[Collection, ...] = (CODE_TABLES, BILLS, PAYMENTS)
