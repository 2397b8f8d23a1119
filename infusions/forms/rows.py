"""What is typed beside the chair and may have waited there for the network: each form carries its key and its time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clinic import clock
from clinic.forms import CalmForm, say
from clinic.models import Site
from infusions import vitals
from infusions.forms.chair import latest_moment
from infusions.models import RunEvent, VitalSigns

F = TypeVar("F", bound=type[forms.Form])


class _Shared(dict[str, forms.Field]):
    """Fields that no form of the class changes; Django would copy each of them for each form."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _Shared:
        return self


def never_drawn(form: F) -> F:
    """Mark a form that only reads what a page sends: to copy its fields took longer than to read them."""
    for field in form.base_fields.values():
        say(field)
    form.base_fields = _Shared(form.base_fields)
    return form


class SentForm(forms.Form):
    """`pressed_at` is the page's moment of the press, by the server's clock as the page knew it.

    A page that was wrong about the clock is no reason to refuse a row: a moment to come is taken as now.
    """

    client_key = forms.UUIDField(required=False)
    pressed_at = forms.DateTimeField(required=False)
    at = forms.TimeField(required=False)

    def happened_at(self, site: Site) -> datetime:
        """A chosen clock time, counted back from the press; else the press; else now."""
        pressed = min(self.cleaned_data["pressed_at"] or clock.now(), clock.now())
        at = self.cleaned_data["at"]
        return latest_moment(site, at, pressed) if at else pressed


@never_drawn
class VitalsForm(SentForm):
    """One row of the NOW column; the verb knows what a person can have."""

    systolic = forms.IntegerField(required=False)
    diastolic = forms.IntegerField(required=False)
    heart_rate = forms.IntegerField(required=False)
    spo2 = forms.IntegerField(required=False)
    respiratory_rate = forms.IntegerField(required=False)
    moaas = forms.IntegerField(required=False)
    distress = forms.IntegerField(required=False)
    cadss6 = forms.IntegerField(required=False)
    nausea = forms.NullBooleanField(required=False)
    symptoms = forms.NullBooleanField(required=False)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in vitals.FIELDS}


@never_drawn
class EventForm(SentForm):
    """One quick event."""

    kind = forms.ChoiceField(choices=RunEvent.Kind.choices)
    text = forms.CharField(required=False, max_length=4000)
    rate_ml_h = forms.DecimalField(required=False, max_digits=5, decimal_places=1)
    drug = forms.CharField(required=False, max_length=60)
    dose = forms.CharField(required=False, max_length=40)
    route = forms.CharField(required=False, max_length=20)
    about = forms.UUIDField(required=False)

    def values(self) -> dict[str, Any]:
        """As `events.record` takes them."""
        names = ("kind", "text", "rate_ml_h", "drug", "dose", "route", "client_key")
        return {name: self.cleaned_data[name] for name in names} | {"about_id": self.cleaned_data["about"]}


@never_drawn
class StepForm(SentForm):
    """A step of the pump, with the words that go with it."""

    reason = forms.CharField(required=False, max_length=200)


@never_drawn
class AnswerForm(SentForm):
    """What was done about a crossed line: a button, or words."""

    what = forms.CharField(required=False, max_length=400)
    words = forms.CharField(required=False, max_length=400)

    def said(self) -> str:
        return self.cleaned_data["what"] or self.cleaned_data["words"]


class CorrectionForm(CalmForm, forms.Form):
    """The right values beside the wrong ones, and why."""

    reason = forms.CharField(
        label="What was wrong", max_length=300, error_messages={"required": "Say in a few words what was wrong."}
    )

    def __init__(self, *args: Any, row: VitalSigns, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)
        for name, (label, _, _) in vitals.RANGES.items():
            box = forms.TextInput({"inputmode": "numeric"})
            self.fields[name] = forms.IntegerField(label=label, required=False, initial=getattr(row, name), widget=box)
        self.helper.layout = Layout(
            Row(Column("systolic"), Column("diastolic"), Column("heart_rate"), Column("spo2"), css_class="g-3 mb-3"),
            Row(
                Column("respiratory_rate"), Column("moaas"), Column("distress"), Column("cadss6"), css_class="g-3 mb-3"
            ),
            "reason",
        )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in vitals.RANGES}
