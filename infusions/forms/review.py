"""The review of a response, and the plan of boosters."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from clinic.forms import CalmForm
from infusions import series as series_verbs
from infusions.models import ResponseReview, Series

Decision = ResponseReview.Decision


class ReviewForm(CalmForm, forms.Form):
    picks = ("decision",)
    required_sentences: ClassVar[dict[str, str]] = {
        "decision": "Choose what follows.",
        "rationale": "Write in a sentence or two why.",
    }

    decision = forms.ChoiceField(label="What follows")
    rationale = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = series.state in series_verbs.OPEN
        left_out = Decision.MAINTENANCE if running else Decision.CONTINUE
        choices = [pair for pair in Decision.choices if pair[0] != left_out]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]


class DaysField(forms.CharField):
    """Whole numbers of days, written one after another: "14, 21, 28"."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        words = [word for word in re.split(r"[,;\s]+", text) if word]
        if not all(word.isdecimal() and len(word) <= 4 for word in words):
            raise ValidationError("Write whole numbers of days, like 14, 21, 28.")
        return [int(word) for word in words]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(each) for each in value) if isinstance(value, list) else value


class BoosterPlanForm(CalmForm, forms.Form):
    required_sentences: ClassVar[dict[str, str]] = {"intervals_days": "Write at least one number of days."}

    intervals_days = DaysField(
        label="Days between boosters",
        help_text="From the last infusion to the first booster, then on. The last number repeats.",
        max_length=80,
    )
    reason = forms.CharField(
        label="Reason", required=False, max_length=300, help_text="Needed when it is longer than the rules allow."
    )
