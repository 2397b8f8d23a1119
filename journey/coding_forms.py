"""What the coder types: a row for each suggestion, and spare rows for what was not suggested."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from clinic.forms import CalmForm
from insurance.charges import MOST_UNITS, Line, Service
from insurance.coding_rules import OTHERS, Rule

SPARE = 4


class LineForm(CalmForm, forms.Form):
    """One line of the bill."""

    code = forms.CharField(max_length=5, required=False)
    modifier = forms.CharField(max_length=2, required=False)
    count = forms.IntegerField(min_value=0, max_value=MOST_UNITS, required=False)
    fee = forms.DecimalField(max_digits=9, decimal_places=2, min_value=Decimal(0), required=False)
    reason = forms.CharField(max_length=300, required=False)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_modifier(self) -> str:
        return str(self.cleaned_data["modifier"]).strip().upper()


class VisitForm(CalmForm, forms.Form):
    """What goes with the lines."""

    diagnosis_codes = forms.CharField(
        label="Diagnosis codes",
        max_length=150,
        required=False,
        help_text="ICD-10-CM, the first one first: F33.2, F41.1.",
    )
    not_billed = forms.CharField(
        label="Why nothing is billed", max_length=300, required=False, help_text="Only where every line is declined."
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class CodingForm:
    """The whole page: `rows` pairs each suggestion (or None) with its form."""

    def __init__(
        self, service: Service, rules: tuple[Rule, ...], fees: Mapping[str, Decimal | None], sent: Any
    ) -> None:
        self.service, self.labels = service, OTHERS | {rule.code: rule.label for rule in rules}
        suggested = [
            {"code": told.code, "modifier": told.modifier, "count": told.units, "fee": fees.get(told.code)}
            for told in service.suggestions
        ]
        told = [*service.suggestions, *[None] * SPARE]
        self.rows = [
            (each, LineForm(sent, prefix=f"line{place}", initial=suggested[place] if each else None))
            for place, each in enumerate(told)
        ]
        first = {"diagnosis_codes": ", ".join(service.diagnosis_codes), "seen": service.digest}
        self.visit = VisitForm(sent, initial=first)

    @property
    def suggested(self) -> list[tuple[Any, LineForm]]:
        return [row for row in self.rows if row[0]]

    @property
    def spare(self) -> list[LineForm]:
        return [form for told, form in self.rows if not told]

    def is_valid(self) -> bool:
        return all([self.visit.is_valid(), *(form.is_valid() for _, form in self.rows)])

    def lines(self) -> list[Line]:
        """What was typed; spare rows without a code are no lines."""
        found = []
        for place, (told, form) in enumerate(self.rows):
            said = form.cleaned_data
            if told or said["code"]:
                code = said["code"] or (told.code if told else "")
                found.append(
                    Line(
                        code=code,
                        units=said["count"] if said["count"] is not None else (0 if told else 1),
                        modifier=said["modifier"],
                        fee=said["fee"],
                        reason=said["reason"],
                        suggestion=place if told else None,
                        label=self.labels.get(code, ""),
                    )
                )
        return found
