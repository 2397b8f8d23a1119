"""The contacts that an alert requires, in the task lists of those who make them."""

from __future__ import annotations

from django.urls import reverse

from clinic.policy import Role
from patients.models import AlertContact
from reminders import followups

KIND = SUBJECT = "alert_contact"


def follow(contact: AlertContact) -> None:
    """One open task for each contact that is still to be made; it says neither why nor what came of it."""
    if contact.state != AlertContact.State.OPEN:
        followups.close_for(
            subject_kind=SUBJECT, subject_id=contact.pk, kind=KIND, outcome="Written on its page.", by=contact.ended_by
        )
        return
    patient = contact.alert.patient
    followups.open_task(
        kind=KIND,
        site=patient.site,
        patient=patient,
        title=f"Required contact: {patient.name}",
        subject_kind=SUBJECT,
        subject_id=contact.pk,
        owner_role=Role(contact.owner_role),
        due_at=contact.due_at,
        link=reverse("patients:alert", args=[contact.alert_id]),
    )
