"""What the patient wishes, when a series or a booster is planned."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms

from clinic.forms import CalmForm
from clinic.models import Site, User
from clinic.policy import Role
from visits.forms import near

HOURS = [(f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}") for hour in range(7, 19) for minute in (0, 30)]
TEMPLATES = [
    ("1,4", "Tue and Fri"),
    ("0,2,4", "Mon, Wed and Fri"),
    ("0,3", "Mon and Thu"),
    ("0,1,2,3,4", "Any weekday"),
]


def people(site: Site, role: Role) -> Any:
    """The active members of staff with a role at a site, by name."""
    return User.objects.filter(is_active=True, memberships__site=site, memberships__role=role).order_by("full_name")


class WishesForm(CalmForm, forms.Form):
    """The wishes of one series; answered by complete proposals."""

    picks = ("count",)

    count = forms.TypedChoiceField(label="Infusions", choices=[(6, "6"), (7, "7"), (8, "8")], coerce=int)
    not_before = forms.DateField(label="Not before", validators=[near])
    days = forms.ChoiceField(label="Days", choices=TEMPLATES)
    at = forms.ChoiceField(label="Preferred hour", choices=HOURS)
    therapist = forms.ModelChoiceField(
        label="Therapist", queryset=User.objects.none(), empty_label="Whoever is free", required=False
    )
    nurse = forms.ModelChoiceField(
        label="Nurse", queryset=User.objects.none(), empty_label="Whoever is free", required=False
    )

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["therapist"].queryset = people(site, Role.THERAPIST)  # type: ignore[attr-defined]
        self.fields["nurse"].queryset = people(site, Role.NURSE)  # type: ignore[attr-defined]

    @property
    def wishes(self) -> dict[str, Any]:
        """As `visits.planner.propose` takes them."""
        typed = self.cleaned_data
        return {
            "count": typed["count"],
            "weekdays": tuple(int(day) for day in typed["days"].split(",")),
            "not_before": typed["not_before"],
            "at": time.fromisoformat(typed["at"]),
            "therapist": typed["therapist"],
            "nurse": typed["nurse"],
        }

    @property
    def template_words(self) -> str:
        return dict(TEMPLATES)[self.cleaned_data["days"]]


class BoosterForm(CalmForm, forms.Form):
    day = forms.DateField(label="Day", validators=[near])
    at = forms.ChoiceField(label="Hour", choices=HOURS)

    def moment(self, site: Site) -> Any:
        return site.moment(self.cleaned_data["day"], time.fromisoformat(self.cleaned_data["at"]))
