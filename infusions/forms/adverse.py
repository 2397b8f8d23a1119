"""What is typed about an adverse event."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clinic.forms import CalmForm
from clinic.models import Site
from infusions.forms.chair import latest_moment
from infusions.models import AdverseEvent


class ReportForm(CalmForm, forms.Form):
    """One report; a near miss has no grade."""

    picks = ("kind",)
    required_sentences: ClassVar[dict[str, str]] = {"term": "Choose what it was.", "at": "Write when it happened."}

    kind = forms.ChoiceField(label="Did it happen?", choices=AdverseEvent.Kind.choices, initial="event")
    term = forms.ChoiceField(label="What", choices=[("", "Choose what it was"), *AdverseEvent.Term.choices])
    detail = forms.CharField(label="In your words", max_length=300, required=False)
    at = forms.TimeField(label="When", help_text="Time on the clock, today or last night.")
    grade = forms.TypedChoiceField(
        label="Grade", coerce=int, empty_value=None, required=False,
        choices=[("", "Choose; none for a near miss"), *AdverseEvent.Grade.choices],
    )  # fmt: skip
    serious = forms.ChoiceField(
        label="Serious because of", required=False, choices=[("", "Not serious"), *AdverseEvent.Serious.choices]
    )
    causality = forms.ChoiceField(
        label="Caused by the drug", choices=AdverseEvent.Causality.choices, initial=AdverseEvent.Causality.POSSIBLE
    )
    unexpected = forms.BooleanField(label="Not expected with this drug", required=False)
    action = forms.CharField(
        label="What was done", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    outcome = forms.ChoiceField(
        label="How it ended", choices=AdverseEvent.Outcome.choices, initial=AdverseEvent.Outcome.UNKNOWN
    )
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "kind",
            Row(Column("term"), Column("at"), css_class="g-3 mb-3"),
            "detail",
            Row(Column("grade"), Column("serious"), css_class="g-3 mb-3"),
            Row(Column("causality"), Column("outcome"), css_class="g-3 mb-3"),
            "unexpected",
            "action",
            "client_key",
        )

    def values(self, site: Site) -> dict[str, Any]:
        """As `adverse.report` takes them."""
        data = dict(self.cleaned_data)
        data["observed_at"] = latest_moment(site, data.pop("at"))
        data["expected"] = not data.pop("unexpected")
        return data


class JudgeForm(CalmForm, forms.Form):
    """The provider's review."""

    required_sentences: ClassVar[dict[str, str]] = {"note": "Write your judgement: one sentence is enough."}

    note = forms.CharField(label="Your judgement", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    outcome = forms.ChoiceField(label="How it ended", choices=AdverseEvent.Outcome.choices)
