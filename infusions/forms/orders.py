"""The order of a dose, as a provider fills it in."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms

from clinic import clock, settings_versions
from clinic.errors import Invalid
from clinic.forms import CalmForm
from clinic.protocol import WeightBasis
from clinic.wording import number, quantity
from infusions import orders
from infusions.models import Infusion, Series
from infusions.orders import Wanted


class OrderForm(CalmForm, forms.Form):
    """Weight is never prefilled: it is read from today's scale, not from the last order."""

    picks = ("weight_basis",)
    units: ClassVar[dict[str, str]] = {
        "mg_per_kg": "mg/kg",
        "dosing_weight_kg": "kg",
        "minutes": "min",
        "bag_ml": "mL",
    }
    required_sentences: ClassVar[dict[str, str]] = {
        "mg_per_kg": "Write the dose for each kilogram.",
        "dosing_weight_kg": "Write the weight the dose is worked out for.",
        "weight_on": "Write the day the weight was measured.",
    }

    first_number = forms.TypedChoiceField(label="From infusion", coerce=int)
    mg_per_kg = forms.DecimalField(label="Dose", max_digits=4, decimal_places=2)
    dosing_weight_kg = forms.DecimalField(label="Dosing weight", max_digits=5, decimal_places=2)
    weight_on = forms.DateField(label="Weighed on")
    weight_basis = forms.ChoiceField(
        label="Weight used", choices=[(WeightBasis.ACTUAL, "Actual"), (WeightBasis.IDEAL, "Ideal (Devine)")]
    )
    basis_reason = forms.CharField(
        label="Why this weight", max_length=200, required=False, help_text="Needed when BMI is 30 or more."
    )
    minutes = forms.IntegerField(label="Over")
    bag_ml = forms.DecimalField(label="Bag", max_digits=5, decimal_places=1)
    reason = forms.CharField(
        label="Reason for the change",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when the dose changes: what did the last infusion show?",
    )
    weight_confirmed = forms.BooleanField(label="The changed weight is right", required=False)

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        self.series = series
        last = orders.newest(series)
        settings = settings_versions.current(series.site)
        numbers = open_numbers(series)
        initial = {
            "first_number": numbers[0] if numbers else None,
            "mg_per_kg": last.mg_per_kg if last else settings.dose_start_mg_per_kg,
            "weight_basis": last.weight_basis if last else WeightBasis.ACTUAL,
            "minutes": last.minutes if last else settings.infusion_minutes,
            "bag_ml": last.bag_ml if last else settings.bag_ml,
        }
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["first_number"].choices = [(each, f"Infusion {each}") for each in numbers]  # type: ignore[attr-defined]
        self.fields["dosing_weight_kg"].help_text = self._weight_help(last)

    def refuse(self, error: Invalid) -> None:
        renamed = {"weight_measured_at": "weight_on"}
        super().refuse(Invalid({renamed.get(name, name): text for name, text in error.fields.items()}))

    def _weight_help(self, last: Any) -> str:
        """What was weighed before, to compare with; not to copy."""
        known, weighed = orders.body(self.series.patient), orders.weighed(self.series)
        told = []
        if weighed:
            day = self.series.site.local(weighed.observed_at)
            told.append(f"{quantity(weighed.weight_kg, 'kg')} on arrival, {day:%a} {number(day.day)} {day:%b, %H:%M}")
        if last:
            told.append(f"{quantity(last.dosing_weight_kg, 'kg')} in the order in force")
        if known and known.weight_kg and known.height_cm:
            told.append(f"{quantity(known.weight_kg, 'kg')} and {number(known.height_cm)}\u00a0cm at the evaluation")
        return "; ".join(told) + "." if told else ""

    @property
    def asks_weight(self) -> bool:
        """Show the confirmation only once a changed weight has asked for it."""
        return bool(self.is_bound and (self.errors.get("weight_confirmed") or self.data.get("weight_confirmed")))

    def wanted(self) -> Wanted:
        """What was typed, as the verb takes it; the weight counts from noon of its day, or from now."""
        typed = dict(self.cleaned_data)
        return Wanted(weight_measured_at=self._measured(typed.pop("weight_on")), **typed)

    def _measured(self, day: Any) -> datetime:
        noon = self.series.site.moment(day, time(12))
        same_day = day == self.series.site.today()
        return min(noon, clock.now()) if same_day else noon


def open_numbers(series: Series) -> list[int]:
    """Numbers an order can still be for: booked and not begun; the first ones of a series that is not booked yet."""
    booked = series.infusions.filter(number__isnull=False)
    waiting = booked.filter(started_at__isnull=True).exclude(state__in=Infusion.WITHOUT_NUMBER)
    numbers = sorted(number for number in waiting.values_list("number", flat=True) if number)
    if numbers:
        return numbers
    following = booked.count() + 1
    last = series.planned_count or following
    return list(range(following, last + 1))
