"""At the end of a series a provider signs its summary; with it the patient may look back at their own curve."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from clinic import clock
from clinic.models import User
from infusions.models import Series
from patients.models import Patient
from reminders import followups

DUE, SUBJECT = "summary_due", "patient"
WITHIN = timedelta(days=7)  # the questionnaires after a series come in one to three days (Table A)


def ask(series: Series, by: User) -> None:
    """Put the summary on the provider's list; twice is once."""
    followups.open_task(
        kind=DUE,
        site=series.site,
        patient=series.patient,
        title=f"Sign the summary of the series of {series.patient.name}",
        subject_kind=SUBJECT,
        subject_id=series.patient_id,
        due_at=clock.now() + WITHIN,
        link=reverse("journey:summary", args=[series.patient_id]),
    )


def signed(patient: Patient, by: User) -> None:
    followups.close_for(subject_kind=SUBJECT, subject_id=patient.pk, kind=DUE, outcome="The summary is signed.", by=by)
