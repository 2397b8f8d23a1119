"""The forms beside the chair. Times are clock times of the site; the newest past moment that showed it is meant."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clinic import clock, settings_versions
from clinic.errors import Invalid
from clinic.forms import CalmForm
from clinic.models import Site
from infusions.forms.witness import WitnessForm
from infusions.models import ArrivalCheck, Infusion
from infusions.rules import SUBSTANCES, held_substances
from patients.models import Contact
from visits import rides

TAKEN = tuple(f"{each.key}_at" for each in SUBSTANCES)


def latest_moment(site: Site, at: time, upto: datetime | None = None) -> datetime:
    """The newest moment, now or before, at which the site's clock showed this time; `upto` counts from there."""
    latest = (upto or clock.now()) + timedelta(minutes=1)
    day = site.local(latest).date()
    today = site.moment(day, at)
    return today if today <= latest else site.moment(day - timedelta(days=1), at)


class AskedField(forms.CharField):
    """Asked of everybody, so the page doesn't call it optional; whether it may be empty is the verb's rule."""

    def validate(self, value: str) -> None:
        pass


class AskedContact(forms.ModelChoiceField):
    """As above, from the patient's contacts."""

    def validate(self, value: Contact | None) -> None:
        pass


class ArrivalForm(CalmForm, forms.Form):
    """What is asked and measured on arrival (protocol 2.3)."""

    picks = ("nothing_new", "substances_clear", "pregnancy")
    units: ClassVar[dict[str, str]] = {"weight_kg": "kg", "benzodiazepine_mg_day": "mg"}

    identity_confirmed = forms.BooleanField(
        required=False, label="The patient said name and birth date; both are as above"
    )
    weight_kg = forms.DecimalField(label="Weight today", max_digits=5, decimal_places=1)
    nothing_new = forms.ChoiceField(
        label="New medicines, illness, falls or hospital since last time?",
        choices=[("yes", "Nothing new"), ("no", "Yes")],
    )
    interval_history = forms.CharField(label="What is new", required=False, max_length=500)
    last_solids_at = forms.TimeField(label="Last solid food", help_text="Time on the clock, like 19:30.")
    fatty_meal = forms.BooleanField(label="That was a fatty meal", required=False)
    last_clear_at = forms.TimeField(label="Last clear drink")
    substances_clear = forms.ChoiceField(
        label="Substances inside their hold time?",
        choices=[("yes", "None"), ("no", "Yes")],
    )
    alcohol_at = forms.DateTimeField(label="Last alcohol", required=False)
    cannabis_at = forms.DateTimeField(label="Last cannabis", required=False)
    benzodiazepine_at = forms.DateTimeField(label="Last benzodiazepine", required=False)
    opioid_at = forms.DateTimeField(label="Last opioid", required=False)
    benzodiazepine_mg_day = forms.DecimalField(
        label="Benzodiazepine a day, as diazepam", required=False, max_digits=5, decimal_places=1
    )
    pregnancy = forms.ChoiceField(label="Pregnancy test", choices=ArrivalCheck.Pregnancy.choices)
    escort = AskedContact(label="Who takes the patient home", queryset=Contact.objects.none(), empty_label="Nobody yet")
    escort_confirmed = forms.BooleanField(label="This person has confirmed to come", required=False)
    emergency_ready = forms.BooleanField(label="Emergency kit, trained person and pump checked", required=False)

    def __init__(self, *args: Any, infusion: Infusion, check: ArrivalCheck | None = None, **kwargs: Any) -> None:
        self.infusion = infusion
        super().__init__(*args, initial=_answers(check, infusion.appointment.site), **kwargs)
        ride = rides.of(infusion.appointment) if check is None else None
        if ride and ride.contact:
            told = ride.told_by.full_name.lower() if ride.link_id else ride.told_by.full_name
            self.initial["escort"] = ride.contact_id
            self.fields["escort"].help_text = f"Named by {told}. Ask whether they come."
        escorts = infusion.series.patient.contacts.filter(kind=Contact.Kind.ESCORT, is_active=True)
        self.fields["escort"].queryset = escorts  # type: ignore[attr-defined]
        patient = infusion.series.patient
        said = f"{patient.name}, {patient.birth_date.day} {patient.birth_date:%b %Y}"
        self.fields["identity_confirmed"].label = f"The patient said both, without help: {said}"
        self.fields["substances_clear"].label = f"{held_substances(settings_versions.current(patient.site))}?"
        self.helper.layout = Layout(
            "identity_confirmed",
            Row(Column("weight_kg"), Column("last_solids_at"), Column("last_clear_at"), css_class="g-3 mb-3"),
            "fatty_meal",
            Row(Column("nothing_new"), Column("interval_history"), css_class="g-3 mb-3"),
            Row(Column("substances_clear"), Column("pregnancy"), css_class="g-3 mb-3"),
            Row(
                Column("alcohol_at"),
                Column("cannabis_at"),
                Column("benzodiazepine_at"),
                Column("opioid_at"),
                css_class="g-3 mb-3 ek-taken row-cols-2",
            ),
            "benzodiazepine_mg_day",
            Row(Column("escort"), Column("escort_confirmed", css_class="align-self-end"), css_class="g-3 mb-3"),
            "emergency_ready",
        )

    def values(self) -> dict[str, Any]:
        """As `run.record_arrival` takes them."""
        site, data = self.infusion.appointment.site, dict(self.cleaned_data)
        for name in ("last_solids_at", "last_clear_at"):
            data[name] = latest_moment(site, data[name])
        for name in ("nothing_new", "substances_clear"):
            data[name] = data[name] == "yes"
        for name in TAKEN:
            data[name] = _on_the_wall(site, data[name]) if data[name] and not data["substances_clear"] else None
        return data


def _on_the_wall(site: Site, typed: datetime) -> datetime:
    """The moment at which the site's clock showed what was typed."""
    return site.moment(typed.date(), typed.time())


def _answers(check: ArrivalCheck | None, site: Site) -> dict[str, Any]:
    if check is None:
        return {}
    yes = {True: "yes", False: "no"}
    return {
        "identity_confirmed": check.identity_confirmed,
        "weight_kg": check.weight_kg,
        "nothing_new": yes[check.nothing_new],
        "interval_history": check.interval_history,
        "last_solids_at": site.local(check.last_solids_at).time(),
        "fatty_meal": check.fatty_meal,
        "last_clear_at": site.local(check.last_clear_at).time(),
        "substances_clear": yes[check.substances_clear],
        "benzodiazepine_mg_day": check.benzodiazepine_mg_day,
        **{name: site.local(when).replace(tzinfo=None) for name in TAKEN if (when := getattr(check, name))},
        "pregnancy": check.pregnancy,
        "escort": check.escort_id,
        "escort_confirmed": check.escort_confirmed,
        "emergency_ready": check.emergency_ready,
    }


class DrawForm(CalmForm, forms.Form):
    """The vial in hand, and the strength for which the page worked out the volume."""

    vial_label = forms.CharField(
        max_length=40, error_messages={"required": "Scan the sticker of the vial, or type its number."}
    )
    strength = forms.DecimalField(error_messages={"required": "Choose the strength of the vial in hand."})


class ReasonForm(CalmForm, forms.Form):
    """One sentence why: hold, stop, let a light pass."""

    reason = forms.CharField(label="Reason", max_length=200, error_messages={"required": "Write the reason."})
    light = forms.CharField(required=False, widget=forms.HiddenInput)


class PersonForm(WitnessForm):
    """A second person who may sign on this screen, with a password of their own; nobody may be named, too."""

    reason = forms.CharField(label="Reason", required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("witness", "password"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("witness") and not typed.get("password"):
            self.add_error("password", self.required_sentences["password"])
        return typed


def require_valid(form: forms.Form) -> None:
    """Raise Invalid with each field's sentence unless the form is whole."""
    if not form.is_valid():
        raise Invalid({name: " ".join(str(text) for text in texts) for name, texts in form.errors.items()})
