"""Forms of the clinical pages: questionnaires, alerts, consents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from clinic import clock
from clinic.forms import CalmForm, PickOne
from clinic.models import Site
from patients.instruments import Facts, Instrument, Item


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
        asked = [(item.name, item) for item in instrument.items]
        if instrument.extra:
            asked.append(("difficulty", instrument.extra))
        for name, item in asked:
            self.fields[name] = forms.TypedChoiceField(
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

    @property
    def extra(self) -> tuple[Item, forms.BoundField] | None:
        """The unscored last item of the PHQ-9; it may stay open."""
        return (self.instrument.extra, self["difficulty"]) if self.instrument.extra else None

    @property
    def difficulty(self) -> int | None:
        value: int | None = self.cleaned_data.get("difficulty")
        return value


class ScoreForm(Asked):
    """The score of an instrument whose words are not ours to show, or the number of each answer."""

    score = forms.IntegerField(required=False, min_value=0)

    def __init__(self, *args: Any, facts: Facts, **kwargs: Any) -> None:
        self.facts = facts
        super().__init__(*args, **kwargs)
        if facts.key == "who5":
            self.fields["score"].label = "Raw score"
            self.fields["score"].help_text = "The sum of the five answers, 0 to 25. We work out the percentage."
        else:
            self.fields["score"].help_text = f"0 to {facts.highest}."
        for number in range(1, facts.length + 1):
            self.fields[f"item_{number}"] = forms.IntegerField(
                label=str(number), required=False, min_value=0, max_value=facts.top
            )

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[f"item_{number}"] for number in range(1, self.facts.length + 1)]

    @property
    def answers(self) -> list[int | None]:
        return [self.cleaned_data.get(f"item_{number}") for number in range(1, self.facts.length + 1)]


class ConsentForm(Asked):
    signer_name = forms.CharField(
        label="Signed by",
        max_length=120,
        help_text="The full name of the person whose signature you saw.",
        error_messages={"required": "Write the name of the person who signed."},
    )
