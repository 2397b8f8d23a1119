"""Hours of the wall clock, which have no zone of their own: opening hours, shifts, exceptions."""

import phonenumbers
from django import template

register = template.Library()


@register.filter
def hours(row: object) -> str:
    """{{ shift|hours }}: "08:00 to 16:00", of whatever opens and closes, or starts and ends."""
    first = getattr(row, "opens", None) or getattr(row, "starts", None)
    last = getattr(row, "closes", None) or getattr(row, "ends", None)
    return f"{first:%H:%M} to {last:%H:%M}" if first and last else ""


@register.filter
def national(number: str) -> str:
    """{{ site.phone|national }}: "(555) 010-0000"; what can't be read stays as it is."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))
