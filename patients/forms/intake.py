"""The forms of the intake: large, plain, few. A form that does not hold yet is a draft; it is kept as it is."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from patients import phones
from patients.intake_questions import HEALTH, OUTCOMES

LONG = _("This is too long. Please shorten it.")
NUMBER = _("Write a whole number, like 8. Your best guess is enough.")
CONTROLS: dict[type, str] = {forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}
LISTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


class PlainForm(forms.Form):
    """Inputs with our classes."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            of_list = isinstance(widget, LISTS)
            usual = "form-check-input" if of_list else CONTROLS.get(type(widget), "form-control")
            widget.attrs.setdefault("class", usual)
            widget.attrs.setdefault("autocomplete", "off")
            if isinstance(field, forms.CharField) and field.max_length:
                field.error_messages["max_length"] = LONG
                for check in field.validators:
                    if getattr(check, "code", "") == "max_length":
                        check.message = LONG  # type: ignore[attr-defined]

    def mark(self) -> None:
        """Tie each error to its input; a draft that was not sent yet is left in peace."""
        for name in self.errors:
            bound, attrs = self[name], self.fields[name].widget.attrs
            attrs |= {"aria-invalid": "true", "aria-describedby": f"{bound.auto_id}-trouble"}
            attrs["class"] += " is-invalid"


class AboutForm(PlainForm):
    health = forms.MultipleChoiceField(
        label=_("Have you ever had, or do you have now, any of these?"),
        help_text=_("Tick everything that is true."),
        choices=[(one.key, one.words) for one in HEALTH],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    none = forms.BooleanField(label=_("None of these"), required=False)
    other = forms.CharField(
        label=_("Anything else about your health that we should know?"),
        help_text=_("Other illnesses, operations, pain. One on each line. Leave it empty if there is nothing."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("health") and typed.get("none"):
            self.add_error("none", _("You ticked “None of these” and something above. Take one of them away."))
        if not typed.get("health") and not typed.get("none"):
            self.add_error("health", _("Tick what is true, or tick “None of these”."))
        if any(len(line) > 255 for line in typed.get("other", "").splitlines()):
            self.add_error("other", _("One of these lines is too long. Begin a new line for each illness."))
        return typed


class NoneForm(PlainForm):
    """“I take none” stands beside a list of rows: one of both has to be given."""

    rows: ClassVar[str]
    none: forms.BooleanField


class NoMedicineForm(NoneForm):
    none = forms.BooleanField(label=_("I take no medicines at all"), required=False)


class NoAllergyForm(NoneForm):
    none = forms.BooleanField(label=_("I have no allergies that I know of"), required=False)


class NoTreatmentForm(NoneForm):
    none = forms.BooleanField(label=_("I have not been treated for this before"), required=False)


class MedicineRow(PlainForm):
    display = forms.CharField(
        label=_("Name of the medicine"), max_length=255, error_messages={"required": _("Write the name.")}
    )
    dose = forms.CharField(
        label=_("How much, and how often"),
        help_text=_("As on the box, for example 100 mg every morning."),
        max_length=120,
        required=False,
    )


class AllergyRow(PlainForm):
    display = forms.CharField(
        label=_("Allergic to"), max_length=255, error_messages={"required": _("Write what you are allergic to.")}
    )
    reaction = forms.CharField(
        label=_("What happens"),
        help_text=_("For example rash, swelling, trouble breathing."),
        max_length=200,
        required=False,
    )


class TreatmentRow(PlainForm):
    treatment = forms.CharField(
        label=_("Name of the treatment"),
        help_text=_("A medicine, talk therapy, TMS, ECT or other."),
        max_length=120,
        error_messages={"required": _("Write the name of the treatment.")},
    )
    dose = forms.CharField(
        label=_("Highest dose"), help_text=_("For example 150 mg a day."), max_length=60, required=False
    )
    weeks = forms.IntegerField(
        label=_("For how many weeks at that dose?"),
        help_text=_("Your best guess is enough. A month is about 4 weeks, a year 52."),
        min_value=0,
        max_value=1040,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": NUMBER, "invalid": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    )
    outcome = forms.ChoiceField(
        label=_("Did it help?"),
        choices=[("", _("Choose")), *OUTCOMES],
        error_messages={"required": _("Choose how it went."), "invalid_choice": _("Choose how it went.")},
    )
    earlier = forms.BooleanField(label=_("This was for an earlier time of being unwell, not this one"), required=False)


class GoalsForm(PlainForm):
    goal = forms.CharField(
        label=_("What would you like to be able to do, or feel, again?"),
        help_text=_("In your own words. For example: walk the dog every day; sleep through the night."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write at least one thing. A few words are enough.")},
    )
    goal_2 = forms.CharField(
        label=_("Something else?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    goal_3 = forms.CharField(
        label=_("And one more?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class EscortForm(PlainForm):
    name = forms.CharField(label=_("Name of the adult who takes you home"), max_length=120, required=False)
    relation = forms.CharField(
        label=_("Who is this to you?"),
        help_text=_("For example wife, friend, neighbor."),
        max_length=60,
        required=False,
    )
    phone = forms.CharField(
        label=_("Their phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    none = forms.BooleanField(label=_("I have nobody yet; please call me"), required=False)

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"].strip()
        try:
            return phones.normal(typed) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(
                _("Write the number with its area code, for example (555) 013-7742.")
            ) from error

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("none"):
            if typed.get("name"):
                self.add_error("none", _("You wrote a name and ticked “nobody yet”. Take one of them away."))
            return typed
        if not typed.get("name"):
            self.add_error("name", _("Write a name, or tick “I have nobody yet”."))
        elif not typed.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write their phone number: we may have to call them."))
        return typed


class CardsForm(PlainForm):
    none = forms.BooleanField(label=_("I have no insurance card; I pay myself"), required=False)
