"""Infusions whose note is not signed a day after the patient left (protocol 7.2: unsigned notes)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from clinic import clock
from clinic.models import Site
from infusions.models import Infusion, StateEvent
from patients.models import Patient
from reminders.asking import Ask, Watch

AFTER = timedelta(hours=24)
SIGNED = "The note is signed."
OVER = (Infusion.State.DISCHARGED, Infusion.State.NOT_GIVEN)


def _asks(site: Site, patient: Patient | None) -> Iterator[Ask]:
    last = StateEvent.objects.filter(infusion=OuterRef("pk")).order_by("-observed_at", "-id")
    rows = (
        Infusion.objects.filter(appointment__site=site, state__in=OVER, note__signed_at__isnull=True)
        .annotate(over_at=Subquery(last.values("observed_at")[:1]))
        .filter(over_at__lte=clock.now() - AFTER)
    )
    if patient is not None:
        rows = rows.filter(series__patient=patient)
    for infusion in rows.select_related("series__patient", "nurse"):
        patient_of = infusion.series.patient
        yield Ask(
            ("infusion", infusion.pk),
            f"Sign the infusion note of {patient_of.name}",
            infusion.over_at + AFTER,
            reverse("infusions:note", args=[infusion.pk]),
            patient_of,
            infusion.nurse,
        )


WATCH = Watch(("infusion_note_due",), SIGNED, _asks)
