"""What is chosen of the free times of a session."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms

from clinic.forms import CalmForm
from clinic.models import Membership, Site, User
from clinic.policy import Role
from visits.forms import near


class SessionTimeForm(CalmForm, forms.Form):
    """One of the free times, with whom, and why where a rule is against it."""

    starts_at = forms.DateTimeField(widget=forms.HiddenInput)
    therapist = forms.ModelChoiceField(User.objects.none(), required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", max_length=300, required=False)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Membership.objects.filter(site=site, role=Role.THERAPIST).values("user")
        field = cast("forms.ModelChoiceField[User]", self.fields["therapist"])
        field.queryset = User.objects.filter(pk__in=there, is_active=True)

    def clean_starts_at(self) -> datetime:
        starts_at: datetime = self.cleaned_data["starts_at"]
        near(starts_at.date())
        return starts_at
