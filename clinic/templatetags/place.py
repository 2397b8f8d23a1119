"""Hours of the wall clock, which have no zone of their own: opening hours, shifts, exceptions."""

from django import template

register = template.Library()


@register.filter
def hours(row: object) -> str:
    """{{ shift|hours }}: "08:00 to 16:00", of whatever opens and closes, or starts and ends."""
    first = getattr(row, "opens", None) or getattr(row, "starts", None)
    last = getattr(row, "closes", None) or getattr(row, "ends", None)
    return f"{first:%H:%M} to {last:%H:%M}" if first and last else ""
