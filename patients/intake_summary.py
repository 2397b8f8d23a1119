"""What was answered on a page, in lines to read once more: a label, and what stands there."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import ngettext

from patients.intake_steps import Page, Rows


@dataclass(frozen=True)
class Line:
    label: str | Promise
    values: tuple[str, ...]


def lines(page: Page) -> list[Line]:
    """Only what was answered; a list stands in one line for each of its rows."""
    if page.is_blank:
        return []
    found: list[Line] = []
    for bound in page.bound:
        if isinstance(bound.part, Rows) and bound.filled:
            found.append(Line(bound.part.title, tuple(_row(row) for row in bound.filled)))
        found += [Line(_label(field), values) for field in bound.form if (values := _values(field))]
    return found


def _label(field: forms.BoundField) -> str:
    return "" if isinstance(field.field, forms.BooleanField) else str(field.label)


def _weeks(typed: str) -> str:
    """“10 weeks”; what is no number stays as it was typed."""
    if not typed.strip().isdecimal():
        return typed
    number = int(typed)
    return ngettext("%(number)s week", "%(number)s weeks", number) % {"number": number}


def _row(form: forms.Form) -> str:
    return ", ".join(text for field in form for text in _values(field))


def _values(field: forms.BoundField) -> tuple[str, ...]:
    typed = field.value()
    if typed in (None, "", [], False):
        return ()
    if isinstance(field.field, forms.BooleanField):
        return (str(field.label),)
    choices = dict(getattr(field.field, "choices", ()))
    values = typed if isinstance(typed, list) else [typed]
    if isinstance(field.field.widget, forms.Textarea):
        return tuple(line for line in str(typed).splitlines() if line.strip())
    if choices:
        return tuple(str(choices[value]) for value in values if value in choices)
    if isinstance(field.field, forms.IntegerField):
        return (_weeks(str(typed)),)
    return tuple(str(value) for value in values)
