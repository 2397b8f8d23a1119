"""One small form for each kind of row of the history."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clinic.forms import CalmForm
from patients.models import Allergy, TreatmentTrial


class _RowForm(CalmForm, forms.Form):
    """Half-width fields, two in a row, in the order of their declaration."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")
        columns = [Column(name, css_class="col-md-6") for name in self.fields]
        self.helper.layout = Layout(Row(*columns, css_class="row gx-4 gy-3"))


class ConditionForm(_RowForm):
    required_sentences = {"display": "Name the condition."}

    display = forms.CharField(label="Condition")
    onset = forms.DateField(label="Since", required=False)
    abatement = forms.DateField(label="Until", required=False)
    code = forms.CharField(label="ICD-10 code", required=False, help_text="Like F33.2, where it is known.")

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return typed | {"system": "icd-10-cm" if typed["code"] else "", "code": typed["code"].upper()}


class MedicationForm(_RowForm):
    required_sentences = {"display": "Name the medicine."}

    display = forms.CharField(label="Medicine")
    dose = forms.CharField(label="Dose and how often", required=False, help_text="Like 100 mg every morning.")
    started = forms.DateField(required=False)
    stopped = forms.DateField(required=False, help_text="Leave empty while it is taken.")


class AllergyForm(_RowForm):
    required_sentences = {"display": "Name what the person does not tolerate."}

    display = forms.CharField(label="Allergic to")
    reaction = forms.CharField(required=False, help_text="Like rash, swelling, short of breath.")
    severity = forms.ChoiceField(choices=Allergy.Severity.choices, required=False)
    noted_on = forms.DateField(label="Known since", required=False)


class TrialForm(_RowForm):
    required_sentences = {
        "treatment": "Name the treatment.",
        "weeks_at_adequate_dose": "Write for how many weeks; 0 if never.",
        "outcome": "Choose how it went.",
    }
    units = {"weeks_at_adequate_dose": "weeks"}

    treatment = forms.CharField(help_text="A drug, or a method such as ECT or CBT.")
    treatment_class = forms.CharField(
        label="Class", required=False, help_text="Like SSRI, Augmentation, Psychotherapy. Empty: by the drug’s name."
    )
    dose = forms.CharField(label="Highest dose", required=False)
    weeks_at_adequate_dose = forms.IntegerField(label="At an adequate dose for")
    outcome = forms.ChoiceField(choices=[("", "Choose"), *TreatmentTrial.Outcome.choices])
    adherence = forms.ChoiceField(label="Taken", choices=TreatmentTrial.Adherence.choices, required=False)
    started = forms.DateField(required=False)
    stopped = forms.DateField(required=False, help_text="Leave empty while it goes on.")
    source = forms.ChoiceField(label="Told by", choices=TreatmentTrial.Source.choices[:4])
    this_episode = forms.BooleanField(label="In the present episode", required=False, initial=True)


FORMS: dict[str, type[_RowForm]] = {
    "condition": ConditionForm,
    "medication": MedicationForm,
    "allergy": AllergyForm,
    "trial": TrialForm,
}
