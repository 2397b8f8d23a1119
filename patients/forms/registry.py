"""Who the person is, whom to call, and a call or form before there is a record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Column, Div, Fieldset, Layout, Row
from django import forms
from django.core import signing

from clinic import clock
from clinic.errors import Invalid
from clinic.forms import CalmForm
from patients import phones
from patients.models import Contact, Inquiry, Patient
from patients.registration import EDITABLE, checked

SEEN_SALT = "patients.edit"
_DAYS = {"birth_date", "deceased_on"}


def _pair(*fields: str) -> Row:
    return Row(*(Column(field, css_class="col-md-6") for field in fields), css_class="row gx-4 gy-3")


def initial_of(patient: Patient) -> dict[str, Any]:
    """The fields as a form shows them: phones as people write them."""
    values = {field: getattr(patient, field) for field in EDITABLE}
    return values | {field: phones.shown(values[field]) for field in ("phone", "phone_other") if values[field]}


def seal(patient: Patient) -> str:
    """The values a form was opened with, signed, to be sent back with it."""
    values = {field: getattr(patient, field) for field in EDITABLE}
    return signing.dumps(
        {field: str(value) if value is not None else None for field, value in values.items()}, salt=SEEN_SALT
    )


def unseal(text: str) -> dict[str, Any] | None:
    """What `seal` wrote; None when it is missing or was tampered with."""
    try:
        values: dict[str, Any] = signing.loads(text, salt=SEEN_SALT)
    except signing.BadSignature:
        return None
    return values | {field: date.fromisoformat(values[field]) for field in _DAYS if values.get(field)}


class _PersonForm(CalmForm, forms.Form):
    """Says everything that is wrong at once, in the words of patients.registration."""

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        person = {field: value for field, value in typed.items() if field in EDITABLE}
        if not person.get("birth_date"):
            person.pop("birth_date", None)
        try:
            checked(person, today=clock.now().date() + timedelta(days=1))  # the verb knows the site's own today
        except Invalid as error:
            self.refuse(error)
        return typed


class PatientForm(_PersonForm):
    """A record's own page of facts. What fits and what does not is said by patients.registration."""

    life = "Birth"
    more: tuple[str, ...] = ()
    picks = ("sex", "language")
    required_sentences = {
        "given_name": "Write the given name.",
        "family_name": "Write the family name.",
        "birth_date": "Write the birth date.",
    }

    given_name = forms.CharField()
    middle_name = forms.CharField(required=False)
    family_name = forms.CharField()
    preferred_name = forms.CharField(required=False, help_text="What the person wants to be called.")
    pronouns = forms.CharField(required=False)
    birth_date = forms.DateField()
    sex = forms.ChoiceField(label="Sex, as recorded at birth", choices=Patient.Sex.choices, initial=Patient.Sex.UNKNOWN)
    phone = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    phone_other = forms.CharField(label="Other phone", required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(required=False)
    address = forms.CharField(label="Street address", required=False)
    city = forms.CharField(required=False)
    state = forms.CharField(required=False)
    postal_code = forms.CharField(label="ZIP code", required=False)
    language = forms.ChoiceField(
        label="Language for messages", choices=[("en", "English"), ("es", "Spanish")], initial="en"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")  # never the browser owner's own name
        self.helper.layout = Layout(
            Fieldset("Name", _pair("given_name", "family_name", "middle_name", "preferred_name", "pronouns")),
            Fieldset(self.life, _pair("birth_date", "sex", *self.more)),
            Fieldset("How to reach them", _pair("phone", "phone_other", "email", "language")),
            Fieldset("Address", _pair("address", "city", "state", "postal_code")),
        )


class PatientEditForm(PatientForm):
    """The same for a record that exists; only here can a death be noted."""

    deceased_on = forms.DateField(label="Died on", required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    life = "Birth and death"
    more = ("deceased_on",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout.append("seen")


class ContactForm(CalmForm, forms.Form):
    picks = ("kind",)
    required_sentences = {"name": "Write the person’s name.", "kind": "Choose what this person is to the patient."}

    kind = forms.ChoiceField(label="Who is it", choices=Contact.Kind.choices, initial=Contact.Kind.ESCORT)
    name = forms.CharField()
    relation = forms.CharField(required=False, help_text="Like sister, partner, family doctor.")
    phone = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "tel"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")
        self.helper.layout = Layout(Div("kind", css_class="mb-3"), _pair("name", "relation", "phone"))


class InquiryForm(_PersonForm):
    """A call, written down by staff."""

    required_sentences = {"given_name": "Write the given name.", "family_name": "Write the family name."}

    given_name = forms.CharField()
    family_name = forms.CharField()
    birth_date = forms.DateField(required=False)
    phone = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(required=False)
    message = forms.CharField(label="What they said", required=False, widget=forms.Textarea(attrs={"rows": "4"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")
        self.helper.layout = Layout(
            _pair("given_name", "family_name", "phone", "email", "birth_date"), Div("message", css_class="mt-3")
        )


class RequestForm(_PersonForm):
    """The public form. It asks for the least that lets somebody call back."""

    required_sentences = {"given_name": "Write your first name.", "family_name": "Write your last name."}

    given_name = forms.CharField(label="First name", widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    family_name = forms.CharField(label="Last name", widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    phone = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
    )
    email = forms.EmailField(
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="A phone number or an email address is enough.",
    )
    birth_date = forms.DateField(required=False, widget=forms.DateInput(attrs={"autocomplete": "bday"}))
    message = forms.CharField(
        label="When is a good time to call?",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="Please write nothing about your health here; we will ask on the phone.",
    )
    # Nobody sees this field; what fills it in is not a person.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trap = Div("website", css_class="visually-hidden", **{"aria-hidden": "true"})
        self.helper.layout = Layout("given_name", "family_name", "phone", "email", "birth_date", "message", trap)


class CloseForm(CalmForm, forms.Form):
    required_sentences = {"reason": "Write in a few words why nothing more comes of it."}

    reason = forms.CharField(label="Why does nothing more come of it?")


class InquiryFilter(forms.Form):
    """Which inquiries to show; anything else shows the open ones."""

    CHOICES = [("open", "Open"), *Inquiry.State.choices, ("all", "All")]

    state = forms.ChoiceField(choices=CHOICES, required=False)
