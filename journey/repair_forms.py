"""What is typed when somebody is away, when a new infusion is wished for another day, and when a provider decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clinic.forms import CalmForm
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import GapDecision
from visits.forms import near

WORKERS = (Role.NURSE, Role.THERAPIST, Role.PROVIDER)


class AwayForm(CalmForm, forms.Form):
    """Who is away, and when."""

    required_sentences = {
        "person": "Choose who is away.",
        "first_day": "Choose the day.",
        "last_day": "Choose the day.",
    }
    person = forms.ModelChoiceField(label="Who", queryset=User.objects.none(), empty_label="Choose")
    first_day = forms.DateField(label="From", validators=[near])
    last_day = forms.DateField(label="To", validators=[near])
    gone_from = forms.TimeField(label="Gone from", required=False, help_text="Only for a part of one day.")
    back_at = forms.TimeField(label="Or back at", required=False)
    reason = forms.CharField(label="Why", max_length=120, required=False, help_text="In a word; others see it.")

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, memberships__site=site, memberships__role__in=WORKERS)
        self.fields["person"].queryset = people.distinct().order_by("full_name")  # type: ignore[attr-defined]
        self.helper.layout = Layout(
            "person",
            Row(Column("first_day", css_class="col-6"), Column("last_day", css_class="col-6"), css_class="g-3 mb-3"),
            Row(Column("gone_from", css_class="col-6"), Column("back_at", css_class="col-6"), css_class="g-3 mb-3"),
            "reason",
        )


class WishForm(CalmForm, forms.Form):
    """Another day or hour for the new infusion than the template's."""

    day = forms.DateField(label="Day", required=False, validators=[near])
    at = forms.TimeField(label="About", required=False)


class ExtendForm(CalmForm, forms.Form):
    """More infusions than were planned."""

    required_sentences = {"planned_count": "Choose how many.", "reason": "Write why."}
    planned_count = forms.TypedChoiceField(label="Infusions in all", coerce=int)
    reason = forms.CharField(label="Why", max_length=300)

    def __init__(self, *args: Any, counts: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["planned_count"].choices = [(count, str(count)) for count in counts]  # type: ignore[attr-defined]


class DecisionForm(CalmForm, forms.Form):
    """What becomes of a series whose gaps are beyond the limits."""

    required_sentences = {"kind": "Choose what becomes of the series.", "reason": "Write why."}
    units = {"gap_days": "days", "span_days": "days"}
    kind = forms.ChoiceField(
        label="The series",
        widget=forms.RadioSelect,
        choices=[
            (GapDecision.Kind.EXTENDED.value, "Goes on, beyond the limits"),
            (GapDecision.Kind.RESTARTED.value, "Ends, and a new one is planned"),
            (GapDecision.Kind.STOPPED.value, "Stops"),
        ],
    )
    gap_days = forms.IntegerField(label="Longest gap agreed to", min_value=1, max_value=60)
    span_days = forms.IntegerField(label="Longest span agreed to", min_value=1, max_value=120)
    reason = forms.CharField(label="Why", max_length=300)
