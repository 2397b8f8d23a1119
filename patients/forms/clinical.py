"""Forms of the clinical pages: questionnaires, alerts, consents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from clinic import clock
from clinic.forms import CalmForm, PickOne
from clinic.models import Site
from patients.instruments import Instrument, Item


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
