"""What patients of the demo clinic wrote back: one wants no more texts, one asks something."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic import clock
from patients.models import Patient
from reminders import inbound

SAID = (("STOP", timedelta(days=2)), ("Can my sister pick me up instead?", timedelta(minutes=40)))
CLINIC = "+15035550100"


def write_back(now: datetime) -> None:
    texted = Patient.objects.filter(contact_consents__channel="text").order_by("mrn")[: len(SAID)]
    for (words, ago), patient in zip(SAID, texted, strict=True):
        with clock.at(now - ago):
            inbound.receive(provider_id=f"demo-{patient.mrn}", sender=patient.phone, number=CLINIC, words=words)
