"""Telling at once, without naming a patient, that a record was opened in an emergency."""

from __future__ import annotations

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from clinic.models import User
from clinic.on_call import people
from clinic.policy import GRANTS, Action
from journey.models import EmergencyAccess


def recipients(access: EmergencyAccess) -> list[User]:
    """Everybody who may judge it, but for the person it is about."""
    return [one for one in people(access.site, GRANTS[Action.SEE_AUDIT]) if one.pk != access.opened_by_id]


def send(*, access_id: UUID) -> int:
    """Write to each. Answers how many letters went out."""
    access = EmergencyAccess.objects.select_related("site", "opened_by").get(pk=access_id)
    link = urljoin(settings.PUBLIC_URL, reverse("journey:audit-emergencies"))
    at = access.site.local(access.opened_at)
    told = recipients(access)
    for person in told:
        send_mail(
            subject="Somebody opened a record in an emergency",
            message=render_to_string(
                "journey/emergency/letter.txt", {"access": access, "person": person, "link": link, "at": at}
            ),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[person.email],
        )
    return len(told)
