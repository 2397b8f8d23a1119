"""The forms beside a note: what is shared with the nurse at the chair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from clinic.forms import CalmForm
from therapy.models import IntentionCard


class IntentionForm(CalmForm, forms.ModelForm):
    """The card as it is now, to be changed for a coming infusion."""

    required_sentences = {"words": "Write the intention in the patient’s own words."}

    class Meta:
        model = IntentionCard
        fields = ("words", "music", "touch", "grounding")
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, coming: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = [(number, f"Infusion {number}") for number in coming]
        self.fields["from_number"] = forms.TypedChoiceField(
            label="From infusion", choices=numbers, coerce=int, required=False, empty_value=None
        )
