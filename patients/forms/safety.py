"""Forms of safety alerts and safety plans."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.forms import CalmForm
from patients.models import SafetyAlert, SafetyPlan
from patients.safety_plans import MOST, NOTHING, QUESTIONS, WORDS

Grade = SafetyAlert.Grade


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ClearanceForm(CalmForm, forms.Form):
    note = forms.CharField(label="How you judged the risk", widget=_lines(3))


class OutcomeForm(CalmForm, forms.Form):
    outcome = forms.CharField(label="What was done, and how the person is", widget=_lines(3))
    without = forms.CharField(
        label="Why the contacts that are still open need not be made",
        widget=_lines(2),
        required=False,
        help_text="Only a provider closes it so. Empty when all are made.",
    )

    def __init__(self, *args: Any, all_made: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if all_made:
            del self.fields["without"]


GRADES = (Grade.HIGH, Grade.MODERATE, Grade.LOW)


class GradeForm(CalmForm, forms.Form):
    picks = ("grade",)

    grade = forms.ChoiceField()
    reason = forms.CharField(label="What you saw and heard, and how you judge it", widget=_lines(3))

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        """Every grade but the present one."""
        super().__init__(*args, **kwargs)
        grade = self.fields["grade"]
        assert isinstance(grade, forms.ChoiceField)
        grade.choices = [(one.value, one.label) for one in GRADES if one.value != now]


class SafetyPlanForm(CalmForm, forms.Form):
    """The six steps, each with the question to ask."""

    picks = ("made_how", "language")

    saved = forms.IntegerField(widget=forms.HiddenInput)
    made_how = forms.ChoiceField(label="Made", choices=SafetyPlan.Together.choices)
    language = forms.ChoiceField(label="Language of the patient’s copy", choices=SafetyPlan.LANGUAGES)

    def __init__(self, *args: Any, is_draft: bool = False, **kwargs: Any) -> None:
        """Every step is asked for; a draft may still lack some."""
        super().__init__(*args, **kwargs)
        for step in SafetyPlan.STEPS:
            self.fields[step] = forms.CharField(
                label=WORDS["en"].steps[step],
                help_text=QUESTIONS[step],
                widget=forms.Textarea(attrs={"rows": 3, "class": "ek-voice-in"}),
                required=not is_draft,
                error_messages={"required": NOTHING},
                max_length=MOST,
            )
        self.order_fields([*SafetyPlan.STEPS, "made_how", "language", "saved"])
