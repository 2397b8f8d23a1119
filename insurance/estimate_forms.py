"""What is asked before an estimate is counted, and when a price changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clinic import clock
from clinic.forms import CalmForm
from insurance.estimate_items import Visits, usual_days
from insurance.models import Estimate, Fee, Payer

COUNTS = (6, 7, 8)
MOST_BOOSTERS = 5
EVALUATED_DAYS = 2
FARTHEST_DAYS = 3660
LANGUAGES = [("en", "English"), ("es", "Spanish")]


def _near(day: date) -> None:
    """A slip of the hand in the year is asked about, instead of being counted."""
    if abs((day - clock.now().date()).days) > FARTHEST_DAYS:
        raise forms.ValidationError("Choose a day within ten years from today. Look at the year.")


class CourseForm(CalmForm, forms.Form):
    """The course that a patient asks about."""

    picks = ("count", "boosters", "evaluation")
    count = forms.TypedChoiceField(label="Infusions", coerce=int, choices=[(n, str(n)) for n in COUNTS])
    boosters = forms.TypedChoiceField(
        label="Boosters to expect", coerce=int, choices=[(n, str(n)) for n in range(MOST_BOOSTERS + 1)]
    )
    evaluation = forms.ChoiceField(label="With the evaluation", choices=[("yes", "Yes"), ("no", "No")])
    first = forms.DateField(label="First infusion", validators=[_near])

    def __init__(self, *args: Any, counted: int | None = None, **kwargs: Any) -> None:
        """`counted`: what a stopped series counts, where it is none of the usual numbers."""
        super().__init__(*args, **kwargs)
        choice = self.fields["count"]
        assert isinstance(choice, forms.ChoiceField)
        if counted and counted not in COUNTS:
            choice.choices = [(n, str(n)) for n in (counted, *COUNTS)]

    def visits(self, today: date) -> Visits:
        said = self.cleaned_data
        first: date = said["first"]
        course = usual_days(first, said["count"], said["boosters"])
        seen = max(today, course.days[0] - timedelta(days=EVALUATED_DAYS)) if said["evaluation"] == "yes" else None
        return Visits(seen, course.infusions, course.sessions, course.boosters)


class GiveForm(CalmForm, forms.Form):
    picks = ("how", "language")
    required_sentences: ClassVar[dict[str, str]] = {
        "how": "Choose how the patient gets it.",
        "language": "Choose English or Spanish.",
    }
    how = forms.ChoiceField(label="How does the patient get it?", choices=Estimate.How.choices)
    language = forms.ChoiceField(label="In which language?", choices=LANGUAGES)


def _dollars(label: str, help_text: str = "", *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=9, decimal_places=2, help_text=help_text, required=required)


def _from() -> forms.DateField:
    return forms.DateField(label="From", help_text="Today or later; what was charged before stays.")


class FeeForm(CalmForm, forms.Form):
    """A new price of one code."""

    required_sentences: ClassVar[dict[str, str]] = {
        "code": "Write the code, or a short name of your own.",
        "label": "Write what it is, in your own words.",
        "valid_from": "Choose the first day on which it counts.",
    }
    code = forms.CharField(label="Code", max_length=12, help_text="Or a short name of your own, like LAB-UA.")
    label = forms.CharField(label="What it is", max_length=80, help_text="In your own words.")
    label_es = forms.CharField(label="In Spanish", max_length=80, required=False)
    billed = _dollars("Billed fee, $", "Empty: no longer offered.", required=False)
    self_pay = _dollars("Self-pay price, $", "Empty: the same.", required=False)
    used = forms.ChoiceField(label="Counted in estimates", choices=Fee.Used.choices, required=False)
    leg = forms.ChoiceField(label="Paid by", choices=Fee.Leg.choices)
    valid_from = _from()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Row(Column("code"), Column("valid_from"), css_class="mb-4"),
            Row(Column("label"), Column("label_es"), css_class="mb-4"),
            Row(Column("billed"), Column("self_pay"), css_class="mb-4"),
            Row(Column("used"), Column("leg")),
        )


class AllowedForm(CalmForm, forms.Form):
    """What a payer allows for one code."""

    required_sentences: ClassVar[dict[str, str]] = {
        "payer": "Choose the payer.",
        "code": "Write the code.",
        "source": "Write where you know it from.",
        "valid_from": "Choose the first day on which it counts.",
    }
    payer = forms.ModelChoiceField(
        label="Payer", queryset=Payer.objects.filter(is_active=True), empty_label="Choose the payer"
    )
    code = forms.CharField(label="Code", max_length=12)
    amount = _dollars("Allowed amount, $", "Empty: no longer known.", required=False)
    source = forms.CharField(
        label="Known from", max_length=120, help_text="Like the contract of 2026, or a remittance."
    )
    valid_from = _from()


class PackageForm(CalmForm, forms.Form):
    """Several visits for one price."""

    required_sentences: ClassVar[dict[str, str]] = {
        "code": "Write a short name, like SERIES-6.",
        "name": "Write what patients call it.",
        "terms": "Say what happens when fewer are given.",
        "valid_from": "Choose the first day on which it counts.",
    }
    code = forms.CharField(label="Short name", max_length=12)
    name = forms.CharField(label="Name for patients", max_length=80)
    name_es = forms.CharField(label="Name in Spanish", max_length=80, required=False)
    price = _dollars("Price, $", "Empty: no longer offered.", required=False)
    infusions = forms.IntegerField(label="Infusions", min_value=1, max_value=8, initial=6)
    sessions = forms.IntegerField(label="Therapy sessions", min_value=0, max_value=12, initial=3)
    evaluations = forms.TypedChoiceField(label="Evaluation", coerce=int, choices=[(0, "Not in it"), (1, "In it")])
    terms = forms.CharField(
        label="What happens when fewer are given", max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    terms_es = forms.CharField(
        label="The same in Spanish", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    valid_from = _from()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Row(Column("code"), Column("price"), Column("valid_from"), css_class="mb-4"),
            Row(Column("name"), Column("name_es"), css_class="mb-4"),
            Row(Column("infusions"), Column("sessions"), Column("evaluations"), css_class="mb-4"),
            "terms",
            "terms_es",
        )


class FileForm(CalmForm, forms.Form):
    required_sentences: ClassVar[dict[str, str]] = {
        "file": "Choose the file.",
        "valid_from": "Choose the first day on which the prices count.",
    }
    file = forms.FileField(
        label="File (CSV)",
        help_text="Columns: code, label, billed, self_pay, used, leg, label_es. The last four may lack.",
    )
    valid_from = _from()
