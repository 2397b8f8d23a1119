"""Forms of the clinical pages: evaluation, questionnaires, alerts, consents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from clinic import clock
from clinic.forms import CalmForm, PickOne
from clinic.models import Site
from patients import evaluations, rules
from patients.instruments import Instrument, Item
from patients.models import Evaluation, EvaluationAnswer


class EvaluationForm(CalmForm, forms.Form):
    """What a provider writes; the checklist lines are read by `typed_answers`."""

    units: ClassVar[dict[str, str]] = {
        "height_cm": "cm",
        "weight_kg": "kg",
        "systolic": "mmHg",
        "diastolic": "mmHg",
    }
    picks = ("planned_count",)

    diagnosis = forms.CharField(max_length=160, required=False)
    diagnosis_code = forms.CharField(label="ICD-10-CM code", max_length=10, required=False)
    history = forms.CharField(
        label="History of the illness",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    height_cm = forms.DecimalField(label="Height", required=False, max_digits=5, decimal_places=1)
    weight_kg = forms.DecimalField(label="Weight", required=False, max_digits=5, decimal_places=1)
    systolic = forms.IntegerField(label="Systolic", required=False)
    diastolic = forms.IntegerField(label="Diastolic", required=False)
    goals = forms.CharField(
        label="Goals, in the patient’s own words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "ek-voice-in"}),
    )
    plan = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you agreed: series, medicines to continue or hold, who is informed.",
    )
    planned_count = forms.TypedChoiceField(
        label="Infusions planned",
        choices=[(6, "6"), (7, "7"), (8, "8")],
        coerce=int,
        required=False,
        empty_value=None,
    )
    rationale = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why treatment is right, or not, where the answers above don’t say it by themselves.",
    )
    conditions_to_meet = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For “eligible with conditions”: what, by whom, until when.",
    )
    revisit_on = forms.DateField(
        label="Look at it again on",
        required=False,
        help_text="For “deferred”.",
    )

    def clean_planned_count(self) -> int:
        return self.cleaned_data["planned_count"] or 6

    @classmethod
    def of(cls, evaluation: Evaluation) -> EvaluationForm:
        return cls(initial={name: getattr(evaluation, name) for name in evaluations.FIELDS})


for _field in EvaluationForm.base_fields.values():
    _field.widget.attrs.setdefault("autocomplete", "off")


def typed_answers(data: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The checklist lines that were answered on the page."""
    return {
        line.key: (data[f"answer_{line.key}"], data.get(f"note_{line.key}", ""))
        for line in rules.CONTRAINDICATIONS
        if data.get(f"answer_{line.key}") in EvaluationAnswer.Answer.values
    }


class Asked(CalmForm, forms.Form):
    """When something happened, on the site's wall clock."""

    day = forms.DateField(label="Date")
    at = forms.TimeField(label="Time")

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        now = site.local(clock.now())
        kwargs["initial"] = {
            "day": now.date(),
            "at": now.time().replace(second=0, microsecond=0),
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.site = site

    @property
    def observed_at(self) -> datetime:
        return self.site.moment(self.cleaned_data["day"], self.cleaned_data["at"])


class MeasureForm(Asked):
    """One questionnaire in its own words: a row of choices for each question, none chosen beforehand."""

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        self.instrument = instrument
        super().__init__(*args, **kwargs)
        for item in instrument.items:
            self.fields[item.name] = forms.TypedChoiceField(
                label=f"{item.number}. {item.text}",
                choices=item.options,
                coerce=int,
                required=False,
                empty_value=None,
                widget=PickOne(choices=item.options),
            )

    @property
    def rows(self) -> list[tuple[Item, forms.BoundField]]:
        return [(item, self[item.name]) for item in self.instrument.items]

    @property
    def answers(self) -> list[int | None]:
        return [self.cleaned_data.get(item.name) for item in self.instrument.items]


class ConsentForm(Asked):
    signer_name = forms.CharField(
        label="Signed by",
        max_length=120,
        help_text="The full name of the person whose signature you saw.",
        error_messages={"required": "Write the name of the person who signed."},
    )
