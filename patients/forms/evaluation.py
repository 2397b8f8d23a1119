"""The forms of an evaluation: what a provider writes, and a result of the work-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from clinic import clock
from clinic.forms import CalmForm
from clinic.models import Site
from patients import evaluation_conditions, evaluations
from patients.contraindications import CONTRAINDICATIONS
from patients.evaluation_conditions import Wanted
from patients.evaluations import Said
from patients.models import Evaluation, EvaluationAnswer, LabResult


def _text(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


def _number_of(label: str, choices: Sequence[tuple[int, str]], **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[("", "Not written"), *choices], coerce=int, required=False, empty_value=None, **more
    )


class EvaluationForm(CalmForm, forms.Form):
    """What a provider writes; the checklist is read by `typed_answers`, the conditions by `typed_conditions`."""

    units: ClassVar[dict[str, str]] = {
        "height_cm": "cm",
        "weight_kg": "kg",
        "systolic": "mmHg",
        "diastolic": "mmHg",
        "systolic_again": "mmHg",
        "diastolic_again": "mmHg",
        "heart_rate": "/min",
        "spo2": "%",
        "planned_mg_per_kg": "mg/kg",
        "planned_minutes": "min",
    }
    picks = ("planned_count",)

    diagnosis = forms.CharField(max_length=160, required=False)
    diagnosis_code = forms.CharField(label="ICD-10-CM code", max_length=10, required=False)
    history = forms.CharField(label="History of the illness", required=False, widget=_text(5))
    height_cm = forms.DecimalField(label="Height", required=False, max_digits=5, decimal_places=1)
    weight_kg = forms.DecimalField(label="Weight", required=False, max_digits=5, decimal_places=1)
    systolic = forms.IntegerField(label="Systolic", required=False)
    diastolic = forms.IntegerField(label="Diastolic", required=False)
    systolic_again = forms.IntegerField(label="Systolic, second", required=False)
    diastolic_again = forms.IntegerField(label="Diastolic, second", required=False)
    heart_rate = forms.IntegerField(label="Heart rate", required=False)
    spo2 = forms.IntegerField(label="SpO2", required=False)
    asa_class = _number_of(
        "ASA class",
        [
            (1, "1, healthy"),
            (2, "2, mild disease"),
            (3, "3, severe disease"),
            (4, "4, constant threat to life"),
            (5, "5, moribund"),
        ],
    )
    mallampati = _number_of("Airway, Mallampati", [(number, str(number)) for number in range(1, 5)])
    airway = forms.CharField(label="Airway, in words", max_length=160, required=False)
    contraception = forms.ChoiceField(
        choices=[("", "Not written"), *Evaluation.Contraception.choices],
        required=False,
        help_text="“Not needed” takes the pregnancy test off the list.",
    )
    pdmp_on = forms.DateField(label="Prescription monitoring looked up on", required=False)
    pdmp_found = forms.CharField(label="What it showed", max_length=200, required=False)
    goals = forms.CharField(
        label="Goals, in the patient’s own words",
        required=False,
        widget=_text(3, **{"class": "ek-voice-in"}),
    )
    planned_count = forms.TypedChoiceField(
        label="Infusions planned",
        choices=[(6, "6"), (7, "7"), (8, "8")],
        coerce=int,
        required=False,
        empty_value=None,
    )
    planned_mg_per_kg = forms.DecimalField(label="First dose", required=False, max_digits=4, decimal_places=2)
    planned_minutes = forms.IntegerField(label="Over", required=False)
    planned_therapy = forms.ChoiceField(
        label="Therapy", choices=[("", "Not written"), *Evaluation.Therapy.choices], required=False
    )
    plan = forms.CharField(
        label="What else you agreed",
        required=False,
        widget=_text(2),
        help_text="Medicines to continue or hold, who is informed.",
    )
    rationale = forms.CharField(
        required=False,
        widget=_text(3),
        help_text="Why treatment is right, or not, where the answers above don’t say it by themselves.",
    )
    revisit_on = forms.DateField(label="Look at it again on", required=False, help_text="For “deferred”.")

    def clean_planned_count(self) -> int:
        return self.cleaned_data["planned_count"] or 6

    @classmethod
    def of(cls, evaluation: Evaluation) -> EvaluationForm:
        return cls(initial={name: getattr(evaluation, name) for name in evaluations.FIELDS})


for _field in EvaluationForm.base_fields.values():
    _field.widget.attrs.setdefault("autocomplete", "off")


def typed_answers(data: Mapping[str, str]) -> dict[str, Said]:
    """The checklist lines that were answered on the page."""
    return {
        line.key: Said(
            data[f"answer_{line.key}"],
            data.get(f"note_{line.key}", ""),
            data.get(f"source_{line.key}") or EvaluationAnswer.Source.INTERVIEW,
        )
        for line in CONTRAINDICATIONS
        if data.get(f"answer_{line.key}") in EvaluationAnswer.Answer.values
    }


def typed_conditions(data: QueryDict) -> list[Wanted]:
    """The conditions that were typed, in their order; a day that can't be read is taken as none."""
    texts, owners, days = (data.getlist(f"condition_{name}") for name in ("text", "owner", "due"))
    return [
        Wanted(text.strip(), owner, _day(due))
        for text, owner, due in zip(texts, owners, days, strict=False)
        if text.strip()
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def condition_rows(evaluation: Evaluation, typed: Sequence[Wanted] | None = None) -> list[Wanted]:
    """As many rows as the page offers: what stands there, and empty ones behind it."""
    stands = [Wanted(row.text, evaluation_conditions.whose(row), row.due_on) for row in evaluation.conditions.all()]
    rows = list(typed) if typed is not None else stands
    blank = Wanted("", evaluation_conditions.ROLES[0].value, None)
    return [*rows, *[blank] * (evaluation_conditions.MOST - len(rows))]


class LabForm(CalmForm, forms.Form):
    """One result; the day is that of the sample, on the site's calendar."""

    picks = ("finding",)
    required_sentences: ClassVar[dict[str, str]] = {
        "test": "Choose what was tested.",
        "finding": "Choose what was found.",
        "day": "Write the day of the sample.",
        "source": "Choose who told it.",
    }

    test = forms.ChoiceField(label="Test", choices=LabResult.Test.choices)
    finding = forms.ChoiceField(
        label="What was found",
        choices=LabResult.Finding.choices,
        help_text="Urine drug screen and pregnancy test are negative or positive; the others normal or not.",
    )
    detail = forms.CharField(label="Values, or what was not normal", max_length=200, required=False, widget=_text(2))
    day = forms.DateField(label="Day of the sample")
    source = forms.ChoiceField(label="Told by", choices=LabResult.Source.choices[:3])

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        kwargs["initial"] = {"day": site.today(), "source": LabResult.Source.LAB} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.site = site

    @property
    def observed_at(self) -> datetime:
        """Noon of the day; now, where that is earlier."""
        day = self.cleaned_data["day"]
        noon = self.site.moment(day, time(12))
        return min(noon, clock.now()) if day == self.site.today() else noon
