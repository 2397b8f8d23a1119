"""Small forms beside the picture."""

from __future__ import annotations

from django import forms

from clinic.forms import CalmForm
from patients.models import Goal, LifeEvent, Observation

RATINGS = [("", "Choose"), ("0", "0, not at all"), *((str(n), str(n)) for n in range(1, 10)), ("10", "10, as wished")]


class GoalForm(CalmForm, forms.Form):
    required_sentences = {"words": "Write the goal as the patient says it."}

    words = forms.CharField(
        label="What the patient wants back, in their own words",
        max_length=300,
        help_text="Like: to walk to the lake again.",
    )
    set_by = forms.ChoiceField(label="Said by", choices=Goal.SetBy.choices, initial=Goal.SetBy.PATIENT)


class RatingForm(CalmForm, forms.Form):
    required_sentences = {"value": "Choose a number from 0 to 10."}

    value = forms.TypedChoiceField(label="How near, today", choices=RATINGS, coerce=int)
    note = forms.CharField(label="What that looks like", max_length=200, required=False)


class NoticedForm(CalmForm, forms.Form):
    required_sentences = {"words": "Write what they noticed.", "source": "Choose who noticed it."}

    words = forms.CharField(
        label="What they noticed", max_length=600, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="Small things count: a walk, a haircut, a laugh at dinner.",
    )  # fmt: skip
    source = forms.ChoiceField(label="Who noticed", choices=[("", "Choose"), *Observation.Source.choices])
    said_by = forms.CharField(label="Their name", max_length=120, required=False)


class LifeForm(CalmForm, forms.Form):
    required_sentences = {
        "on": "Choose the day.",
        "kind": "Choose what kind of event it was.",
        "words": "Say in a few words what happened.",
    }

    words = forms.CharField(label="What happened, in a few words", max_length=160)
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose"), *LifeEvent.Kind.choices])
    on = forms.DateField(label="Day")


class WhyForm(CalmForm, forms.Form):
    required_sentences = {"reason": "Write why this was an error."}

    reason = forms.CharField(label="Why was it an error?", max_length=300)
