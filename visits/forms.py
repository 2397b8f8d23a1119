"""What front desk types about a visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, TypedDict, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from clinic import clock
from clinic.errors import Invalid
from clinic.forms import CalmForm
from clinic.models import Membership, Room, Site, User
from patients.models import Contact
from visits.models import Appointment
from visits.rules import INFUSIONS, LONGEST_MINUTES, STEP_MINUTES, Timing, shape

FARTHEST_DAYS = 730
KINDS = [
    (Appointment.Kind.EVALUATION.value, "Evaluation"),
    (Appointment.Kind.INFUSION.value, "Infusion"),
    (Appointment.Kind.BOOSTER.value, "Booster"),
    (Appointment.Kind.PREPARATION.value, "Preparation"),
    (Appointment.Kind.MIDPOINT.value, "Midpoint"),
    (Appointment.Kind.INTEGRATION.value, "Integration"),
    (Appointment.Kind.FURTHER.value, "Further session"),
]


def near(day: date) -> None:
    """A slip of the hand in the year is asked about, instead of being searched for."""
    if abs((day - clock.now().date()).days) > FARTHEST_DAYS:
        raise ValidationError("Choose a day within two years from today. Look at the year.")


def length(label: str) -> forms.IntegerField:
    """Minutes of a drug or a recovery; empty means the usual ones."""
    return forms.IntegerField(label=label, required=False, min_value=STEP_MINUTES, max_value=LONGEST_MINUTES)


class CancelForm(CalmForm, forms.Form):
    picks = ("party",)
    required_sentences = {
        "party": "Say who called it off: the patient or the clinic.",
        "reason": "Write in a few words why.",
    }
    party = forms.ChoiceField(label="Who calls it off", choices=[("patient", "The patient"), ("clinic", "The clinic")])
    reason = forms.CharField(label="Why", max_length=300, help_text="In a few words, without a diagnosis.")

    def __init__(self, *args, **kwargs) -> None:
        # It stands beside the form of a move, which asks for a reason too.
        super().__init__(*args, auto_id="cancel_%s", **kwargs)


class MoveForm(CalmForm, forms.Form):
    """Another day and hour on the site's wall clock; room and person stay unless others are chosen."""

    required_sentences = {"day": "Choose the new day.", "at": "Choose the new hour."}
    day = forms.DateField(label="Day", validators=[near])
    at = forms.TimeField(label="Hour")
    room = forms.ModelChoiceField(Room.objects.none(), required=False, empty_label="The same, if it is free")
    staff = forms.ModelChoiceField(
        User.objects.none(), required=False, label="With", empty_label="The same, if free then"
    )
    reason = forms.CharField(
        label="Why", max_length=300, required=False, help_text="Only when a rule of the series is against the new hour."
    )

    def __init__(self, *args, appointment: Appointment, **kwargs) -> None:
        self.appointment = appointment
        super().__init__(*args, **kwargs)
        form = shape(appointment.kind, Timing())
        rooms = Room.objects.filter(site=appointment.site, kind__in=form.room_kinds, is_active=True)
        there = Membership.objects.filter(site=appointment.site, role=form.role).values("user")
        choices = {"room": rooms, "staff": User.objects.filter(pk__in=there, is_active=True)}
        for name, queryset in choices.items():
            cast("forms.ModelChoiceField", self.fields[name]).queryset = queryset

    @property
    def starts_at(self) -> datetime:
        return self.appointment.site.moment(self.cleaned_data["day"], self.cleaned_data["at"])

    def refuse(self, error: Invalid) -> None:
        """The verb speaks of `starts_at`; on this page that is the hour."""
        fields = {"at" if name == "starts_at" else name: text for name, text in error.fields.items()}
        super().refuse(Invalid(fields))


class OverbookForm(CalmForm, forms.Form):
    """An hour that is taken, and why it is booked all the same."""

    required_sentences = {
        "day": "Choose the day.",
        "at": "Choose the hour.",
        "overbook_reason": "Write why this hour is overbooked. It stands in the report.",
    }
    kind = forms.ChoiceField(choices=KINDS, widget=forms.HiddenInput)
    day = forms.DateField(label="Day", validators=[near])
    at = forms.TimeField(label="Hour")
    overbook_reason = forms.CharField(label="Why overbook", max_length=200)


class LongerForm(CalmForm, forms.Form):
    """How much longer the patient stays; a reason only to overbook what comes next."""

    picks = ("minutes",)
    required_sentences = {"minutes": "Choose how many minutes to add."}
    minutes = forms.TypedChoiceField(
        label="Add", coerce=int, choices=[(number, f"{number}\N{NO-BREAK SPACE}min") for number in (15, 30, 45, 60)]
    )
    overbook_reason = forms.CharField(
        label="Why overbook", max_length=200, required=False, help_text="Only when somebody else has the place then."
    )

    def __init__(self, *args, may_overbook: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not may_overbook:
            del self.fields["overbook_reason"]


class Named(TypedDict, total=False):
    """Who takes a patient home: somebody known, or a name and a number."""

    contact_id: UUID
    name: str
    phone: str
    relation: str


class RideForm(CalmForm, forms.Form):
    """One of the escorts on record, or somebody new with a number."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label="Known", required=False, empty_label="Somebody new, named below"
    )
    name = forms.CharField(max_length=120, required=False)
    phone = forms.CharField(max_length=40, required=False)
    relation = forms.CharField(max_length=60, required=False)

    def __init__(self, *args, known: Sequence[Contact], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        rows = Contact.objects.filter(pk__in=[one.pk for one in known])
        self.fields["contact"].queryset = rows  # type: ignore[attr-defined]

    @property
    def person(self) -> Named:
        """As `rides.tell` takes it."""
        typed = self.cleaned_data
        if typed["contact"]:
            return {"contact_id": typed["contact"].pk}
        return {"name": typed["name"], "phone": typed["phone"], "relation": typed["relation"]}


class WishForm(CalmForm, forms.Form):
    """What kind of visit, on which day, about when; for an infusion also how long drug and recovery are to be."""

    units: ClassVar[dict[str, str]] = {"minutes": "min", "recovery": "min"}
    required_sentences = {"day": "Choose a day.", "at": "Choose an hour.", "kind": "Choose a kind of visit."}
    kind = forms.ChoiceField(choices=KINDS)
    day = forms.DateField(label="From", validators=[near])
    at = forms.TimeField(label="About")
    minutes = length("Infusion")
    recovery = length("Recovery")

    @property
    def is_infusion(self) -> bool:
        return self["kind"].value() in INFUSIONS


class BookForm(CalmForm, forms.Form):
    """One of the free slots, as its button sends it; a reason once a rule of the series asked for one."""

    kind = forms.ChoiceField(choices=KINDS, widget=forms.HiddenInput)
    starts_at = forms.DateTimeField(widget=forms.HiddenInput)
    minutes = length("Infusion")
    recovery = length("Recovery")
    reason = forms.CharField(label="Why", max_length=300, required=False)

    def clean_starts_at(self) -> datetime:
        starts_at: datetime = self.cleaned_data["starts_at"]
        near(starts_at.date())
        return starts_at


def day_or_none(site: Site, text: str):
    """A day from the address, or None when it is no day, or one that no calendar reaches."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except (TypeError, ValueError):
        return None
    return day if 2000 <= day.year <= 2200 else None
