"""What is written and shown of a person: `{% load people %}`."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from patients import phones, photos
from patients.models import Patient

register = template.Library()


@register.filter
def phone(number: str | None) -> str:
    """{{ patient.phone|phone }}: (555) 013-7740, on one line."""
    return phones.shown(number).replace(" ", "\u00a0").replace("-", "\u2011") if number else ""


@register.simple_tag
def face(patient: Patient) -> SafeString | str:
    """{% face patient %}: the photo, where there is one. Another picture has another address: none is stale."""
    photo = photos.current(patient)
    if photo is None:
        return ""
    address = reverse("patients:photo", args=[patient.pk])
    return format_html(
        '<img class="ek-face" src="{}?of={}" width="48" height="48" alt="Photo of {}">', address, photo.pk, patient.name
    )
