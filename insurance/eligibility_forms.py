"""Forms of the electronic inquiries: the payer's file, the plan it is about, the reason for putting it aside."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from clinic.forms import CalmForm
from insurance.x12.segments import MOST_BYTES


class AnswerFileForm(CalmForm, forms.Form):
    required_sentences: ClassVar[dict[str, str]] = {"file": "Choose the file the payer sent."}
    file = forms.FileField(label="Answer of a payer (271)", help_text=f"Up to {MOST_BYTES // 1_000_000} MB.")


class MatchForm(forms.Form):
    coverage = forms.UUIDField()


class AsideForm(CalmForm, forms.Form):
    required_sentences: ClassVar[dict[str, str]] = {"reason": "Write in a few words why it is nobody’s."}
    reason = forms.CharField(label="Why is it nobody’s?", max_length=200)
