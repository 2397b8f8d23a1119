"""What is typed into the drug ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django import forms

from clinic.forms import CalmForm
from infusions.forms.witness import WitnessForm


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
