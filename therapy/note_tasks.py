"""Sessions whose progress note is not signed a day later, on the list of their therapist (protocol 7.2; J10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse

from clinic import clock
from clinic.models import Site
from patients.models import Patient
from reminders.asking import Ask, Watch
from therapy import of_visit
from therapy.models import TherapySession
from visits.followers import Change
from visits.models import Appointment

State = TherapySession.State
AFTER = timedelta(hours=24)
UNSIGNED = (State.PLANNED, State.HELD, State.DOCUMENTED)
OFF = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)


def _asks(site: Site, patient: Patient | None) -> Iterator[Ask]:
    rows = TherapySession.objects.filter(
        series__site=site, state__in=UNSIGNED, appointment__ends_at__lte=clock.now() - AFTER
    ).exclude(appointment__status__in=OFF)
    if patient is not None:
        rows = rows.filter(patient=patient)
    for session in rows.select_related("patient", "appointment", "therapist"):
        assert session.appointment
        yield Ask(
            ("therapy_session", session.pk),
            f"Write the {session.get_kind_display().lower()} note of {session.patient.name}",
            session.appointment.ends_at + AFTER,
            reverse("therapy:session", args=[session.pk]),
            session.patient,
            session.therapist,
        )


WATCH = Watch(("note_due",), "The session did not take place.", _asks)


def follow_visit(change: Change) -> None:
    """A session was called off, missed or brought back."""
    if session := of_visit.session(change):
        WATCH.look(session.series.site, patient=change.visit.patient, by=change.by)
