"""What is written and shown of a person: `{% load people %}`."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.templatetags.evenkeel import chip, day
from patients import intake, phones, photos
from patients.models import Patient

register = template.Library()
NICKNAME = ' <span class="ek-2">“{}”</span>'
NO_PHONE = format_html('<span class="ek-3">{}</span>', "none")
ROW = """<tr>
  <td><a class="ek-table-name" href="{}">{}, {}</a>{}{}</td>
  <td class="ek-num">{}</td>
  <td class="ek-num ek-nowrap">{}</td>
  <td class="is-num">{}</td>
  <td class="ek-num ek-nowrap">{}</td>
  {}
</tr>
"""


@register.filter
def phone(number: str | None) -> str:
    """{{ patient.phone|phone }}: (555) 013-7740, on one line."""
    return phones.shown(number).replace(" ", "\u00a0").replace("-", "\u2011") if number else ""


@register.simple_tag
def patient_row(patient: Patient, *, with_site: bool = False) -> SafeString:
    """{% patient_row patient with_site=True %}: one of dozens; a template of its own takes twice as long."""
    return format_html(
        ROW,
        patient.get_absolute_url(),
        patient.family_name,
        patient.given_name,
        format_html(NICKNAME, patient.preferred_name) if patient.preferred_name else "",
        format_html(" {}", chip("none", "Deceased")) if patient.deceased_on else "",
        patient.mrn,
        day(patient.birth_date),
        patient.age,
        phone(patient.phone) or NO_PHONE,
        format_html("<td>{}</td>", patient.site.name) if with_site else "",
    )


@register.simple_tag
def intake_words(patient: Patient) -> str:
    """{% intake_words patient %}: how far the intake is, for everybody who may send it."""
    newest = patient.intakes.select_related("patient__site").first()
    if newest is None:
        return "Not sent yet."
    if newest.sent_at:
        return f"Sent in by the patient on {patient.site.local(newest.sent_at):%-d %b %Y}."
    states = intake.states(newest)
    return f"{sum(state.is_complete for state in states)} of {len(states)} pages complete."


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
