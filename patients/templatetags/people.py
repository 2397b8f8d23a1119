"""Filters for what is written about a person: `{% load people %}`."""

from django import template

from patients import phones

register = template.Library()


@register.filter
def phone(number: str | None) -> str:
    """{{ patient.phone|phone }}: (555) 013-7740, on one line."""
    return phones.shown(number).replace(" ", "\u00a0").replace("-", "\u2011") if number else ""
