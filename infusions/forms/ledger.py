"""What is typed into the drug ledger."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from clinic.forms import CalmForm, UnitInput, calm
from infusions.counts import Found
from infusions.forms.witness import WitnessForm
from infusions.models import DrugVial, LedgerEntry


class ReceiveForm(CalmForm, forms.Form):
    picks = ("strength_mg_per_ml",)
    units: ClassVar[dict[str, str]] = {"volume_ml": "mL"}
    required_sentences: ClassVar[dict[str, str]] = {
        "label": "Write the number of our sticker.",
        "lot": "Write the lot from the vial.",
        "strength_mg_per_ml": "Choose the strength printed on the vial.",
        "expires_on": "Write the expiry from the vial.",
    }

    label = forms.CharField(max_length=40, help_text="The number on our sticker. It is what will be scanned.")
    strength_mg_per_ml = forms.TypedChoiceField(
        label="Strength",
        coerce=Decimal,
        choices=[("10", "10 mg/mL"), ("50", "50 mg/mL"), ("100", "100 mg/mL")],
    )
    volume_ml = forms.DecimalField(label="Volume", max_digits=6, decimal_places=2, initial=10)
    lot = forms.CharField(max_length=40)
    ndc = forms.CharField(
        label="NDC", max_length=16, required=False,
        help_text="From the vial, with its hyphens, like 42023-115-10. Bills for the drug name it.",
    )  # fmt: skip
    expires_on = forms.DateField(label="Expires on", help_text="With month and year only: the last day of that month.")


class WasteForm(WitnessForm):
    units: ClassVar[dict[str, str]] = {"ml": "mL"}
    field_order = ("ml", "note", "witness", "password")

    ml = forms.DecimalField(label="Wasted from the vial", max_digits=6, decimal_places=2)
    note = forms.CharField(label="What happened", max_length=300, required=False)


class CountForm(WitnessForm):
    units: ClassVar[dict[str, str]] = {"counted_ml": "mL"}
    field_order = ("counted_ml", "note", "witness", "password")

    counted_ml = forms.DecimalField(label="In the vial", max_digits=6, decimal_places=2)
    note = forms.CharField(label="If it differs: what was found", max_length=300, required=False)


class ReturnForm(CalmForm, forms.Form):
    units: ClassVar[dict[str, str]] = {"ml": "mL"}

    ml = forms.DecimalField(label="Returned", max_digits=6, decimal_places=2)
    note = forms.CharField(
        label="To whom, and their number", max_length=300, required=False, help_text="Supplier or reverse distributor."
    )


class SettleForm(WitnessForm):
    """What came out about a difference; two people sign."""

    field_order = ("cause", "note", "loss_report", "witness", "password")
    required_sentences: ClassVar[dict[str, str]] = {
        **WitnessForm.required_sentences,
        "cause": "Choose what came out.",
        "note": "Write what was found out: one sentence is enough.",
    }

    cause = forms.ChoiceField(label="What came out", choices=[("", "Choose the cause"), *LedgerEntry.Cause.choices])
    note = forms.CharField(label="What was found out", max_length=300)
    loss_report = forms.CharField(
        label="Loss or theft: when and how the DEA was told",
        max_length=300,
        required=False,
        help_text="In writing within one business day, then Form 106.",
    )


class CountAllForm(WitnessForm):
    """Every open vial with what two people see in it. What the ledger says is not shown."""

    def __init__(self, *args: Any, vials: Sequence[DrugVial], **kwargs: Any) -> None:
        self.vials = vials
        super().__init__(*args, **kwargs)
        for vial in vials:
            ml = forms.DecimalField(
                label=f"mL in {vial.label}", max_digits=6, decimal_places=2, required=False,
                widget=UnitInput("mL", {"aria-label": f"mL in {vial.label}", "class": "form-control"}),
            )  # fmt: skip
            tick = forms.CheckboxInput({"class": "form-check-input"})
            sealed = forms.BooleanField(required=False, label="Sealed", widget=tick)
            words = f"Note on {vial.label}"
            note = forms.CharField(
                label=words, max_length=300, required=False,
                widget=forms.TextInput({"aria-label": words, "class": "form-control"}),
            )  # fmt: skip
            for name, field in (("ml", ml), ("sealed", sealed), ("note", note)):
                calm(field)
                self.fields[f"{name}_{vial.pk}"] = field

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each vial, for the table."""
        return [
            {
                "vial": vial,
                "whole": vial.balance_ml == vial.volume_ml,
                **{name: self[f"{name}_{vial.pk}"] for name in ("ml", "sealed", "note")},
            }
            for vial in self.vials
        ]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        for vial in self.vials:
            seen, sealed = typed.get(f"ml_{vial.pk}"), typed.get(f"sealed_{vial.pk}")
            if seen is not None and sealed:
                self.add_error(f"ml_{vial.pk}", "Sealed, or so many mL: write one of the two.")
        return typed

    def found(self) -> dict[UUID, Found]:
        """What was written, by vial; a vial with nothing written was not counted."""
        data, found = self.cleaned_data, {}
        for vial in self.vials:
            ml = vial.volume_ml if data[f"sealed_{vial.pk}"] else data[f"ml_{vial.pk}"]
            if ml is not None:
                found[vial.pk] = Found(ml, data[f"note_{vial.pk}"])
        return found


class ExportForm(CalmForm, forms.Form):
    """The days of the ledger that are asked for, and on what."""

    picks = ("on",)

    first = forms.DateField(label="From")
    last = forms.DateField(label="Until, included")
    on = forms.ChoiceField(label="As", choices=[("csv", "Spreadsheet (CSV)"), ("pdf", "Paper (PDF)")], initial="csv")
