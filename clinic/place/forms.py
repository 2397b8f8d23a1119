"""Forms of the clinic admin. Each hands what was typed to one verb."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from clinic.forms import CalmForm, PickMany
from clinic.models import WEEKDAYS, OnCallTurn, ProtocolSettings, Room, Site, User
from clinic.place.protocol_words import Setting
from clinic.policy import Role
from clinic.wording import ZONE_NAMES

ROLES = [(role.value, role.label) for role in Role]


def zones() -> list[Any]:
    """The zones of the United States by the words staff use, then every other by region."""
    home = [(name, f"{words} ({name})") for name, words in ZONE_NAMES.items() if name != "UTC"]
    others = sorted(name for name in available_timezones() if "/" in name and name not in ZONE_NAMES)
    return [("", "Choose"), ("United States", home), ("Elsewhere", [(name, name.replace("_", " ")) for name in others])]


class SiteForm(CalmForm, forms.Form):
    required_sentences = {
        "name": "Write the name by which staff call this site.",
        "time_zone": "Choose the zone in which the clocks on its walls are set.",
    }

    name = forms.CharField(max_length=80)
    time_zone = forms.ChoiceField(
        choices=zones, help_text="All times of this site are shown, and visits booked, on this clock."
    )
    phone = forms.CharField(max_length=30, required=False)
    address = forms.CharField(max_length=120, required=False)
    city = forms.CharField(max_length=80, required=False)
    state = forms.CharField(max_length=40, required=False)
    postal_code = forms.CharField(max_length=12, required=False)
    bills_as = forms.CharField(
        max_length=120, required=False, help_text="The legal name that payers know, where it is another one."
    )
    npi = forms.CharField(label="NPI", max_length=14, required=False, help_text="Of the practice: ten digits.")
    tax_id = forms.CharField(
        label="Tax number", max_length=14, required=False, help_text="Estimates and bills need it."
    )


class NewSiteForm(SiteForm):
    required_sentences = {**SiteForm.required_sentences, "code": "Write a short name, like pine-street."}

    code = forms.CharField(
        label="Short name",
        max_length=20,
        help_text="Letters, digits and hyphens, like pine-street. It stands in the address of the public form.",
    )
    field_order = ["name", "code"]


class RoomForm(CalmForm, forms.Form):
    picks = ("kind",)
    required_sentences = {"name": "Write the name on the door.", "kind": "Choose what the room is for."}

    name = forms.CharField(max_length=40)
    nickname = forms.CharField(max_length=40, required=False, help_text="What staff also call it.")
    kind = forms.ChoiceField(label="For", choices=Room.Kind.choices)


class HoursForm(CalmForm, forms.Form):
    opens = forms.TimeField()
    closes = forms.TimeField()


class Weekdays(forms.TypedMultipleChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label="On",
            choices=WEEKDAYS,
            coerce=int,
            widget=PickMany,
            error_messages={"required": "Choose at least one day of the week."},
        )


class NewHoursForm(HoursForm):
    weekdays = Weekdays()
    field_order = ["weekdays", "opens", "closes"]


class ClosureForm(CalmForm, forms.Form):
    required_sentences = {"reason": "Write why, as staff will read it: “Independence Day”."}

    first_day = forms.DateField()
    last_day = forms.DateField()
    reason = forms.CharField(max_length=120)


class NewClosureForm(ClosureForm):
    room = forms.ModelChoiceField(
        queryset=Room.objects.none(), required=False, empty_label="The whole site", label="What is closed"
    )
    field_order = ["room", "first_day", "last_day", "reason"]

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = site.rooms.filter(is_active=True)  # type: ignore[attr-defined]


class PersonForm(CalmForm, forms.Form):
    required_sentences = {"full_name": "Write the person’s name."}

    full_name = forms.CharField(label="Name", max_length=120)
    signature_name = forms.CharField(
        label="Signs as",
        max_length=120,
        required=False,
        help_text="As it stands under signed records, with credentials: “Miriam Hale, MD”.",
    )
    licence = forms.CharField(label="License", max_length=60, required=False)
    npi = forms.CharField(label="NPI", max_length=14, required=False, help_text="Bills name who treated.")


class RolesField(forms.TypedMultipleChoiceField):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, choices=ROLES, coerce=Role, required=False, widget=PickMany)


class NewPersonForm(PersonForm):
    required_sentences = {**PersonForm.required_sentences, "email": "Write the address they will sign in with."}

    email = forms.EmailField(help_text="They sign in with it, and the link for a first password goes there.")
    field_order = ["full_name", "email"]

    def __init__(self, *args: Any, sites: Iterable[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = list(sites)
        for site in self.sites:
            self.fields[f"roles-{site.pk}"] = RolesField(f"Roles at {site.name}")

    def refuse(self, error: Any) -> None:
        """The verb speaks of `roles`; the page has them by site."""
        if "roles" in error.fields:
            error.fields[f"roles-{self.sites[0].pk}"] = error.fields.pop("roles")
        super().refuse(error)

    def typed(self) -> dict[str, Any]:
        roles = {site.pk: self.cleaned_data[f"roles-{site.pk}"] for site in self.sites}
        names = ("full_name", "email", "signature_name", "licence", "npi")
        return {name: self.cleaned_data[name] for name in names} | {"roles": roles}


class RolesForm(CalmForm, forms.Form):
    roles = RolesField("Roles")


class ShiftForm(CalmForm, forms.Form):
    starts = forms.TimeField()
    ends = forms.TimeField()
    valid_from = forms.DateField(label="From")
    valid_until = forms.DateField(label="Until", required=False, help_text="Empty: until further notice.")


class OfSite(forms.Form):
    """A form that must know at which of the admin's sites; the choice is shown only where there are several."""

    site = forms.ModelChoiceField(queryset=Site.objects.none(), empty_label=None)

    def __init__(self, *args: Any, sites: Iterable[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(sites)
        self.fields["site"].queryset = Site.objects.filter(pk__in=[site.pk for site in known])  # type: ignore[attr-defined]
        if len(known) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.fields["site"].initial = known[0].pk


class NewShiftForm(ShiftForm, OfSite):
    weekdays = Weekdays()
    field_order = ["site", "weekdays", "starts", "ends", "valid_from", "valid_until"]


class ExceptionForm(CalmForm, OfSite):
    first_day = forms.DateField(label="First day")
    last_day = forms.DateField(label="Last day", required=False, help_text="Empty: one day.")
    starts = forms.TimeField(required=False, label="At work from", help_text="Both times empty: away all day.")
    ends = forms.TimeField(required=False, label="Until")
    reason = forms.CharField(max_length=120, required=False)
    field_order = ["site", "first_day", "last_day", "starts", "ends", "reason"]


class ProtocolForm(CalmForm, forms.Form):
    """One section of the protocol's settings, each with unit, range and source, and the reason for the change."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "2"}),
        error_messages={"required": "Write why, for whoever signs it and for those who come later."},
    )

    def __init__(self, *args: Any, settings: Iterable[Setting], **kwargs: Any) -> None:
        known = list(settings)
        self.units = {one.name: one.short_unit for one in known if one.short_unit}  # type: ignore[misc]
        own = {name: type(self).base_fields[name] for name in ("based_on", "note")}
        self.base_fields = {one.name: _field_of(one) for one in known} | own  # type: ignore[misc]
        self.known = known
        super().__init__(*args, **kwargs)
        columns = (Column(one.name, css_class="col-md-6") for one in known)
        self.helper.layout = Layout(Row(*columns, css_class="g-4 mb-4"), "note", "based_on")

    def changes(self) -> dict[str, Any]:
        """What was typed otherwise than it stands."""
        typed = self.cleaned_data
        return {one.name: typed[one.name] for one in self.known if typed[one.name] != one.value}


def _field_of(setting: Setting) -> forms.Field:
    model_field: Any = ProtocolSettings._meta.get_field(setting.name)
    field: forms.Field = model_field.formfield()
    field.label, field.help_text, field.initial = setting.label, setting.advice, setting.value
    if setting.low is not None:
        say = f"This lies outside what can be set: from {setting.low} to {setting.high}."
        field.validators += [MinValueValidator(setting.low, say), MaxValueValidator(setting.high, say)]
    return field


class OnCallForm(CalmForm, forms.Form):
    """A turn on call, on the site's wall clock."""

    picks = ("tier",)

    user = forms.ModelChoiceField(queryset=User.objects.none(), label="Who", empty_label="Choose")
    tier = forms.ChoiceField(label="As", choices=OnCallTurn.Tier.choices, initial=OnCallTurn.Tier.FIRST)
    first_day = forms.DateField(label="Starts on")
    starts = forms.TimeField(label="Starts at")
    last_day = forms.DateField(label="Ends on", help_text="Over midnight: the next day.")
    ends = forms.TimeField(label="Ends at")
    weeks = forms.IntegerField(label="Weeks in a row", min_value=1, max_value=26, initial=1)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [one.pk for one in people]
        self.fields["user"].queryset = User.objects.filter(pk__in=known)  # type: ignore[attr-defined]
        self.helper.layout = Layout(
            "user",
            "tier",
            Row(Column("first_day"), Column("starts"), css_class="g-3 mb-3"),
            Row(Column("last_day"), Column("ends"), css_class="g-3 mb-3"),
            "weeks",
        )
