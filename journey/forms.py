"""What the patient wishes, when a series or a booster is planned."""

from __future__ import annotations

from calendar import day_abbr
from datetime import time
from typing import Any, ClassVar

from crispy_forms.layout import Column, Div, Layout, Row
from django import forms

from clinic.forms import CalmForm, PickMany
from clinic.models import Room, Site, User
from clinic.policy import Role
from clinic.wording import listed
from visits.forms import length, near
from visits.lengths import Length

HOURS = [(f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}") for hour in range(7, 19) for minute in (0, 30)]
FREE, OWN = "free", "own"
TEMPLATES = [
    ("1,4", "Tue and Fri"),
    ("0,3", "Mon and Thu"),
    ("0,2,4", "Mon, Wed and Fri"),
    (FREE, "Two a week, any free days"),
    (OWN, "Other days"),
]
WEEKDAYS = list(enumerate(day_abbr))


def people(site: Site, role: Role) -> Any:
    """The active members of staff with a role at a site, by name."""
    return User.objects.filter(is_active=True, memberships__site=site, memberships__role=role).order_by("full_name")


class WishesForm(CalmForm, forms.Form):
    """The wishes of one series; answered by complete proposals."""

    picks = ("count",)
    units: ClassVar[dict[str, str]] = {"drug": "min", "recovery": "min"}

    count = forms.TypedChoiceField(label="Infusions", choices=[(6, "6"), (7, "7"), (8, "8")], coerce=int)
    not_before = forms.DateField(label="Not before", validators=[near])
    days = forms.ChoiceField(label="Days", choices=TEMPLATES)
    weekdays = forms.TypedMultipleChoiceField(
        label="Which days", choices=WEEKDAYS, coerce=int, required=False, widget=PickMany
    )
    at = forms.ChoiceField(label="Hour, from", choices=HOURS)
    until = forms.ChoiceField(label="to", choices=[("", "That hour"), *HOURS], required=False)
    therapist = forms.ModelChoiceField(
        label="Therapist", queryset=User.objects.none(), empty_label="Whoever is free", required=False
    )
    nurse = forms.ModelChoiceField(
        label="Nurse", queryset=User.objects.none(), empty_label="Whoever is free", required=False
    )
    room = forms.ModelChoiceField(
        label="Room", queryset=Room.objects.none(), empty_label="Whichever is free", required=False
    )
    drug = length("Infusion")
    recovery = length("Recovery")

    def __init__(self, *args: Any, site: Site, usual: Length, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recovery"].help_text = " ".join(usual.reasons)
        rooms = Room.objects.filter(site=site, is_active=True, kind=Room.Kind.INFUSION)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]
        self.helper.layout = Layout(
            "count",
            "not_before",
            "days",
            Div("weekdays", css_class="ek-own-days"),
            Row(Column("at"), Column("until"), css_class="g-2 mb-4"),
            "therapist",
            "nurse",
            "room",
            Row(Column("drug"), Column("recovery"), css_class="g-2 mb-4"),
        )
        self.fields["therapist"].queryset = people(site, Role.THERAPIST)  # type: ignore[attr-defined]
        self.fields["nurse"].queryset = people(site, Role.NURSE)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("days") == OWN and not typed.get("weekdays"):
            self.add_error("weekdays", "Choose the days of the week, or a row of days above.")
        return typed

    @property
    def wishes(self) -> dict[str, Any]:
        """As `visits.planner.propose` takes them."""
        typed = self.cleaned_data
        return {
            "count": typed["count"],
            "weekdays": self._weekdays,
            "not_before": typed["not_before"],
            "at": time.fromisoformat(typed["at"]),
            "until": time.fromisoformat(typed["until"]) if typed["until"] else None,
            "therapist": typed["therapist"],
            "nurse": typed["nurse"],
            "room": typed["room"],
            "drug": typed["drug"],
            "recovery": typed["recovery"],
        }

    @property
    def _weekdays(self) -> tuple[int, ...]:
        days = self.cleaned_data["days"]
        if days == OWN:
            return tuple(self.cleaned_data["weekdays"])
        return () if days == FREE else tuple(int(day) for day in days.split(","))

    @property
    def template_words(self) -> str:
        if self.cleaned_data["days"] == OWN:
            return listed([day_abbr[day] for day in self._weekdays])
        return dict(TEMPLATES)[self.cleaned_data["days"]]


class BoosterForm(CalmForm, forms.Form):
    day = forms.DateField(label="Day", validators=[near])
    at = forms.ChoiceField(label="Hour", choices=HOURS)

    def moment(self, site: Site) -> Any:
        return site.moment(self.cleaned_data["day"], time.fromisoformat(self.cleaned_data["at"]))
