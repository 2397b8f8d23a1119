"""What is asked for a group: its topic, hour and size; where it moves; why it is called off; who is added."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms

from clinic.errors import Invalid
from clinic.forms import CalmForm
from clinic.models import Membership, Room, Site, User
from clinic.policy import Role
from patients.models import Patient
from visits.forms import near


class _Placed(CalmForm, forms.Form):
    """A day and hour on the site's wall clock, with room and therapist."""

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        self.site = site
        super().__init__(*args, **kwargs)
        there = Membership.objects.filter(site=site, role=Role.THERAPIST).values("user")
        rooms = Room.objects.filter(site=site, is_active=True, kind__in=(Room.Kind.THERAPY, Room.Kind.CONSULT))
        choices = {"room": rooms, "therapist": User.objects.filter(pk__in=there, is_active=True)}
        for name, queryset in choices.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = queryset

    @property
    def starts_at(self) -> datetime:
        return self.site.moment(self.cleaned_data["day"], self.cleaned_data["at"])

    def refuse(self, error: Invalid) -> None:
        """The verb speaks of `starts_at`; on this page that is the hour."""
        super().refuse(Invalid({"at" if name == "starts_at" else name: text for name, text in error.fields.items()}))


class GroupForm(_Placed):
    units = {"minutes": "min", "capacity": "patients"}
    required_sentences = {
        "topic": "Name the group in a few words.",
        "day": "Choose the day.",
        "at": "Choose the hour.",
    }
    topic = forms.CharField(label="Topic", max_length=120, help_text="For staff. No patient reads it.")
    day = forms.DateField(label="Day", validators=[near])
    at = forms.TimeField(label="Hour")
    minutes = forms.IntegerField(label="Length", min_value=15, max_value=300)
    capacity = forms.IntegerField(label="Places", min_value=2, max_value=20)
    room = forms.ModelChoiceField(Room.objects.none(), required=False, empty_label="Any that is free")
    therapist = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Anyone who is free")


class GroupMoveForm(_Placed):
    required_sentences = {"day": "Choose the new day.", "at": "Choose the new hour."}
    day = forms.DateField(label="Day", validators=[near])
    at = forms.TimeField(label="Hour")
    room = forms.ModelChoiceField(Room.objects.none(), required=False, empty_label="The same, if it is free")
    therapist = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="The same")
    reason = forms.CharField(
        label="Why", max_length=300, required=False, help_text="Only when it follows somebody’s infusion of that day."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class GroupCancelForm(CalmForm, forms.Form):
    required_sentences = {"reason": "Write in a few words why."}
    reason = forms.CharField(label="Why", max_length=300, help_text="In a few words, without a diagnosis or a name.")
    version = forms.IntegerField(widget=forms.HiddenInput)


class MemberForm(CalmForm, forms.Form):
    """Who is added; a reason where the group follows their infusion of the same day."""

    patient = forms.ModelChoiceField(Patient.objects.none(), widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", max_length=300, required=False)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Patient]", self.fields["patient"]).queryset = Patient.objects.filter(site=site)
