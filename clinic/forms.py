"""What every form of the house shares: calm rendering, inputs of the right kind, errors as sentences."""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from clinic.errors import Invalid

SENTENCES = {
    "required": "Please fill this in.",
    "invalid_choice": "This is not one of the choices. Choose again.",
    "invalid_list": "Choose from the list.",
}
BY_KIND: dict[type[forms.Field], dict[str, str]] = {
    forms.DateTimeField: {"invalid": "This is not a date and time. Write it like 2026-02-09 14:30."},
    forms.DateField: {"invalid": "This is not a date. Write it like 2026-02-09."},
    forms.TimeField: {"invalid": "This is not a time. Write it like 14:30."},
    forms.DecimalField: {"invalid": "This is not a number. Write it like 0.5."},
    forms.IntegerField: {"invalid": "This is not a whole number."},
    forms.EmailField: {"invalid": "This is not an email address. It looks like name@example.com."},
    forms.ModelChoiceField: {"invalid_choice": "This is no longer one of the choices. Choose again."},
    forms.FileField: {
        "empty": "This file is empty.",
        "invalid": "No file arrived. Choose it again.",
    },
}


class DateInput(forms.DateInput):
    """The browser's own date picker; the value goes out as ISO whatever the language of the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "ek-in-short", **(attrs or {})}, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "ek-in-short", **(attrs or {})}, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """Wall-clock date and time. The form's clean gives it the site's zone; nothing else may guess one."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class PickOne(forms.RadioSelect):
    """A few short choices in one row (two to five); more belong into a select."""

    picks = True


class PickMany(forms.CheckboxSelectMultiple):
    picks = True


class UnitInput(forms.TextInput):
    """A number with its unit written behind it: UnitInput("mg"). Never a spinner: a wheel must not change a dose."""

    template_name = "components/unit_input.html"

    def __init__(self, unit: str, attrs: dict[str, Any] | None = None) -> None:
        self.unit = unit
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"unit": self.unit}

    def format_value(self, value: Any) -> str | None:
        from clinic.wording import number

        return number(value) if value not in (None, "") else None


WIDGETS: tuple[tuple[type[forms.Widget], type[forms.Widget]], ...] = (
    (forms.SplitDateTimeWidget, forms.SplitDateTimeWidget),
    (forms.DateTimeInput, DateTimeInput),
    (forms.DateInput, DateInput),
    (forms.TimeInput, TimeInput),
)


def calm(field: forms.Field) -> None:
    """Give a field our input and our sentences, where its author chose none of their own."""
    for plain, ours in WIDGETS:
        if type(field.widget) is plain and plain is not ours:
            widget = ours(attrs=field.widget.attrs)
            widget.is_required = field.widget.is_required
            field.widget = widget
    if type(field.widget) is forms.NumberInput:
        field.widget.input_type = "text"
        field.widget.attrs.setdefault("inputmode", "decimal")
        field.widget.attrs.setdefault("autocomplete", "off")
    if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
        field.widget.attrs["rows"] = "3"
    say(field)


def say(field: forms.Field) -> None:
    """Replace Django's own error texts with ours; a text that the form's author wrote stays."""
    for code, djangos, ours in _sentences(type(field)):  # type: ignore[arg-type]  # a class is hashable
        if field.error_messages.get(code) is djangos:
            field.error_messages[code] = ours


@cache
def _sentences(kind: type[forms.Field]) -> list[tuple[str, object, str]]:
    """What this kind of field says, by Django and by us. Kept: to compare lazy texts took longer than the form."""
    djangos: dict[str, object] = {}
    for each in reversed(kind.__mro__):
        djangos.update(getattr(each, "default_error_messages", {}))
    of_this_kind = next((texts for one, texts in BY_KIND.items() if issubclass(kind, one)), {})
    return [(code, djangos[code], text) for code, text in {**SENTENCES, **of_this_kind}.items() if code in djangos]


class CalmForm:
    """Mixin for forms.Form and forms.ModelForm: `class InquiryForm(CalmForm, forms.ModelForm)`.

    Renders without its own <form> tag; `picks` names choice fields to show as a row of pills; `units` maps a number
    field to the unit written behind it.
    """

    picks: ClassVar[tuple[str, ...]] = ()
    units: ClassVar[dict[str, str]] = {}
    required_sentences: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.use_required_attribute = False  # our own sentence, not the browser's bubble
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            if name in self.units:
                field.widget = UnitInput(self.units[name], attrs=_kept(field.widget.attrs))
                field.localize = False
            if name in self.picks and isinstance(field, forms.ChoiceField):
                choices = [pair for pair in cast("Iterable[tuple[str, str]]", field.choices) if pair[0] != ""]
                field.widget = PickOne(choices=choices, attrs=field.widget.attrs)
            calm(field)
            if name in self.required_sentences:
                field.error_messages["required"] = self.required_sentences[name]

    def refuse(self, error: Invalid) -> None:
        """Put what a verb found wrong beside the fields it speaks of; an unknown field's sentence goes on top."""
        for name, text in error.fields.items():
            known = name in self.fields  # type: ignore[attr-defined]
            self.add_error(name if known else None, ValidationError(text))  # type: ignore[attr-defined]


def _kept(attrs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attrs.items() if key not in {"step", "min", "max"}}
