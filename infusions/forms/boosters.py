"""The plan of boosters, a request for help before the next one, and what is asked before each."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from clinic import settings_versions
from clinic.forms import CalmForm
from clinic.models import Site
from infusions import intervals
from infusions.models import BoosterPlan, RelapseState

Template = BoosterPlan.Template
Cause = RelapseState.Cause
YES_NO = [("no", "No"), ("yes", "Yes")]


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
    picks = ("template",)

    template = forms.ChoiceField(label="Template", required=False)
    intervals_days = DaysField(
        label="Own days between boosters",
        help_text="From the last infusion to the first booster, then on. The last number repeats.",
        max_length=80,
        required=False,
    )
    move_booked = forms.BooleanField(label="Move the booked booster to its new day", required=False)
    reason = forms.CharField(
        label="Reason", required=False, max_length=300, help_text="Needed when it is longer than the rules allow."
    )

    def __init__(self, *args: Any, site: Site, is_booked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = intervals.templates(settings_versions.current(site))
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            (key, _words(label, self.days.get(key))) for key, label in Template.choices
        ]
        if not is_booked:
            del self.fields["move_booked"]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        template = typed.get("template") or Template.OWN
        days = self.days.get(template, typed.get("intervals_days") or [])
        if template == Template.OWN and not days and "intervals_days" not in self.errors:
            self.add_error("intervals_days", "Write at least one number of days.")
        return typed | {"template": template, "intervals_days": days}


def _words(label: str, days: list[int] | None) -> str:
    """“Standard: 14, 21, 28”; as in the trial: 7 four times, and so on."""
    if not days:
        return str(label)
    found: list[list[int]] = []
    for each in days:
        if found and found[-1][0] == each:
            found[-1].append(each)
        else:
            found.append([each])
    told = ", ".join(f"{len(same)} × {same[0]}" if len(same) > 1 else str(same[0]) for same in found)
    return f"{label}: {told}"


class RequestForm(CalmForm, forms.Form):
    picks = ("who",)
    required_sentences: ClassVar[dict[str, str]] = {
        "who": "Say who asked: the patient or the therapist.",
        "words": "Write in a sentence what was said.",
    }

    who = forms.ChoiceField(
        label="Who asks for help sooner", choices=[(Cause.PATIENT, "The patient"), (Cause.THERAPIST, "The therapist")]
    )
    words = forms.CharField(label="In a sentence", max_length=250)


class SettleForm(CalmForm, forms.Form):
    required_sentences: ClassVar[dict[str, str]] = {"reason": "Write in a sentence why the watch ends."}

    reason = forms.CharField(label="Why the watch ends", max_length=300)


class LongTermForm(CalmForm, forms.Form):
    picks = ("urinary", "misuse")
    required_sentences: ClassVar[dict[str, str]] = {"urinary": "Answer yes or no.", "misuse": "Answer yes or no."}

    urinary = forms.ChoiceField(label="Pain, urgency or blood when passing water since the last time?", choices=YES_NO)
    misuse = forms.ChoiceField(label="Craving for ketamine, or any from elsewhere?", choices=YES_NO)
    note = forms.CharField(
        label="What was said", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed after a yes: since when, how often.",
    )  # fmt: skip

    @property
    def answers(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"urinary": typed["urinary"] == "yes", "misuse": typed["misuse"] == "yes", "note": typed["note"]}
