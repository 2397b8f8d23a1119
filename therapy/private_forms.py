"""What a patient signed before a psychotherapy note may be given away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from clinic.forms import CalmForm
from therapy.releases import NEEDED


class ReleaseForm(CalmForm, forms.Form):
    required_sentences = NEEDED

    version = forms.TypedChoiceField(label="Which kept version", coerce=int)
    recipient = forms.CharField(label="To whom", max_length=160)
    purpose = forms.CharField(label="What for", max_length=200)
    signer_name = forms.CharField(label="Signed by", max_length=120)
    relation = forms.CharField(label="If not the patient: who, and by what authority", max_length=80, required=False)
    signed_on = forms.DateField(label="Signed on")
    expires_on = forms.DateField(label="Valid until")
    paper = forms.CharField(label="Where the signed paper is kept", max_length=120)

    def __init__(self, *args: Any, versions: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="release_%s", **kwargs)
        self.fields["version"].choices = [(number, f"Version {number}") for number in versions]  # type: ignore[attr-defined]
