"""Evaluations that lie before a provider for more than a day (protocol 7.2: unsigned notes)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse

from clinic import clock
from clinic.models import Site
from patients.models import Evaluation, Patient
from reminders.asking import Ask, Watch

AFTER = timedelta(hours=24)


def _asks(site: Site, patient: Patient | None) -> Iterator[Ask]:
    rows = Evaluation.objects.filter(
        patient__site=site, state=Evaluation.State.IN_REVIEW, observed_at__lte=clock.now() - AFTER
    )
    if patient is not None:
        rows = rows.filter(patient=patient)
    for evaluation in rows.select_related("patient"):
        yield Ask(
            ("evaluation", evaluation.pk),
            f"Sign the evaluation of {evaluation.patient.name}",
            evaluation.observed_at + AFTER,
            reverse("patients:evaluation", args=[evaluation.pk]),
            evaluation.patient,
        )


WATCH = Watch(("evaluation_unsigned",), "It is signed, or a draft again.", _asks)


def after_sign(evaluation: Evaluation) -> None:
    WATCH.look(evaluation.patient.site, patient=evaluation.patient, by=evaluation.signed_by)
