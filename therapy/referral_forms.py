"""Choosing what a referral shares."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.forms import CalmForm
from therapy.models import Referral
from therapy.referrals import Typed


class ReferralForm(CalmForm, forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """Nothing is chosen beforehand: what leaves the house is ticked by whoever signs."""

    picks = ("authority",)

    parts = forms.MultipleChoiceField(
        label="What is shared",
        choices=Referral.Part.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Only what is ticked leaves the clinic. Psychotherapy notes can’t be shared this way.",
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    task = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Referral
        fields = ("kind", "recipient", "address", "reason", "parts", "words", "authority", "consent_on")
        widgets = {
            "reason": forms.Textarea(attrs={"rows": 3}),
            "words": forms.Textarea(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        """What belongs together is asked for by the verb, which says it in sentences."""
        return self.cleaned_data

    @property
    def typed(self) -> Typed:
        return Typed(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class AnswerForm(CalmForm, forms.Form):
    required_sentences = {"answer": "Write in a sentence what they answered."}

    answer = forms.CharField(label="What they answered", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
