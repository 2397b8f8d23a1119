"""What follows when a patient's link is made, locked or revoked, and when an intake is sent in (patients/links.py)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from clinic import clock
from clinic.policy import Role
from insurance import estimates
from patients import intake, links
from patients.models import Intake, PatientLink
from reminders import followups, ledger, preferences

SUBJECT, LETTER = "patient_link", "patient_link"
KINDS = {estimates.PURPOSE: "paper_link"}
"""What is not there to be answered has words of its own."""
LOCKED, READ, RIDE = "link_locked", "intake_read", "intake_no_ride"
DAY = timedelta(days=1)


def listen() -> None:
    links.held_back.append(preferences.held_back)
    links.after_make.append(write)
    links.after_lock.append(call)
    links.after_end.append(take_back)
    intake.after_finish.append(read)


def write(link: PatientLink, path: str) -> None:
    """The letter with the address. It does not say what is behind it: anybody may read it."""
    patient, site = link.patient, link.patient.site
    ledger.plan(
        kind=KINDS.get(link.purpose, LETTER),
        patient=patient,
        site=site,
        subject_kind=SUBJECT,
        subject_id=link.pk,
        occurrence=LETTER,
        due_at=clock.now(),
        expires_at=link.expires_at,
        values={"link": urljoin(settings.PUBLIC_URL, path), "until_on": link.expires_at.isoformat()},
    )


def call(link: PatientLink) -> None:
    """Five wrong birth dates: perhaps the patient mistyped, perhaps somebody else has the link."""
    followups.open_task(
        kind=LOCKED,
        site=link.patient.site,
        patient=link.patient,
        title=f"Call {link.patient.name}: five wrong birth dates locked their link",
        subject_kind=SUBJECT,
        subject_id=link.pk,
        owner_role=Role.FRONT_DESK,
        due_at=clock.now() + DAY,
        link=reverse("patients:intake", args=[link.patient_id]) if link.purpose == intake.PURPOSE else "",
    )


def take_back(link: PatientLink) -> None:
    ledger.void(subject_kind=SUBJECT, subject_id=link.pk, why="The link was ended.")
    followups.close_for(
        subject_kind=SUBJECT, subject_id=link.pk, kind=LOCKED, outcome="The link was ended.", by=link.revoked_by
    )


def read(sent: Intake) -> None:
    """Somebody reads what came in; and finds a ride, where the patient has none."""
    patient = sent.patient
    tasks = [(READ, Role.NURSE, f"Read the intake of {patient.name}, and confirm it with them")]
    if intake.has_no_ride(sent):
        tasks.append((RIDE, Role.FRONT_DESK, f"Call {patient.name}: nobody takes them home yet"))
    for kind, role, title in tasks:
        followups.open_task(
            kind=kind,
            site=patient.site,
            patient=patient,
            title=title,
            subject_kind="intake",
            subject_id=sent.pk,
            owner_role=role,
            due_at=clock.now() + DAY,
            link=reverse("patients:intake", args=[patient.pk]),
        )
