"""The review of a response: what follows, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from clinic.forms import CalmForm
from infusions import series as series_verbs
from infusions.models import ResponseReview, Series

Decision, Referral = ResponseReview.Decision, ResponseReview.Referral
GOES_ON = frozenset({Decision.CONTINUE, Decision.DOSE})


class ReviewForm(CalmForm, forms.Form):
    picks = ("decision",)
    required_sentences: ClassVar[dict[str, str]] = {
        "decision": "Choose what follows.",
        "rationale": "Write in a sentence or two why.",
    }

    decision = forms.ChoiceField(label="What follows")
    rationale = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    referral = forms.ChoiceField(
        label="Refer for",
        required=False,
        choices=[("", "Nothing"), *Referral.choices],
        help_text="Becomes a task, with what came of it. Only when the treatment stops.",
    )

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = series.state in series_verbs.OPEN
        left_out = {Decision.MAINTENANCE} if running else GOES_ON
        choices = [pair for pair in Decision.choices if pair[0] not in left_out]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
