"""The few things that a patient types about a visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.errors import Invalid
from patients import phones
from patients.forms.intake import PlainForm
from patients.models import Contact
from visits.models import Ride
from visits.patient_answers import LONGEST_REASON

OTHER, NOBODY = "other", "nobody"


class CancelForm(PlainForm):
    reason = forms.CharField(
        label=_("Would you like to tell us why?"),
        help_text=_("Only if you want to."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class RideForm(PlainForm):
    """One of the people named before, somebody else, or nobody yet. Without people there is nothing to choose first."""

    who = forms.ChoiceField(label=_("Who takes you home?"), widget=forms.RadioSelect, required=False)
    name = forms.CharField(label=_("Their name"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Their phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        required=False,
    )
    relation = forms.CharField(
        label=_("Who is this to you?"),
        help_text=_("For example wife, friend, neighbor."),
        max_length=60,
        required=False,
    )

    def __init__(self, *args: Any, known: Sequence[Contact], ride: Ride | None, **kwargs: Any) -> None:
        people = [(str(one.pk), f"{one.name}, {phones.shown(one.phone)}") for one in known]
        first = people[0][0] if people else OTHER
        if ride and ride.contact_id:
            first = str(ride.contact_id)
        super().__init__(*args, initial={"who": first}, **kwargs)
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            *people,
            (OTHER, _("Someone else") if people else _("An adult, named below")),
            (NOBODY, _("I have nobody yet; please call me")),
        ]

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        typed["who"] = typed.get("who") or OTHER
        if typed["who"] != OTHER:
            return typed
        if not typed.get("name", "").strip():
            self.add_error("name", _("Write the person’s name."))
        try:
            if not phones.normal(typed.get("phone", "")):
                self.add_error("phone", _("Write their phone number: we may have to call them."))
        except ValueError:
            self.add_error("phone", _("Write the number with its area code, for example (555) 013-7742."))
        return typed

    @property
    def is_nobody(self) -> bool:
        return bool(self.cleaned_data["who"] == NOBODY)

    @property
    def person(self) -> dict[str, Any]:
        """As `patient_answers.tell_ride` takes it."""
        who = self.cleaned_data["who"]
        if who != OTHER:
            return {"contact_id": who}
        return {name: self.cleaned_data[name] for name in ("name", "phone", "relation")}

    def refuse(self, error: Invalid) -> None:
        for field in error.fields:
            name = field if field in self.fields else None
            self.add_error(name, _("Please look at this again."))
