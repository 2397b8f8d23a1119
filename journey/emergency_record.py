"""What stands on the page of a record that was opened in an emergency: what keeps a person safe, and nothing to write.

Therapy stays out of it: neither session notes nor psychotherapy notes are read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clinic import clock
from infusions.models import AdverseEvent, Infusion
from patients import safety_plans
from patients.models import Contact, Evaluation, Patient, SafetyAlert, SafetyPlan
from visits.models import Appointment

MOST = 20


@dataclass(frozen=True)
class EmergencyRecord:
    """One patient, read in a fixed number of queries."""

    patient: Patient
    contacts: list[Contact]
    allergies: list[Any]
    medications: list[Any]
    conditions: list[Any]
    alerts: list[SafetyAlert]
    plan: SafetyPlan | None
    evaluation: Evaluation | None
    infusions: list[Infusion]
    adverse: list[AdverseEvent]
    next_visit: Appointment | None

    @property
    def plan_steps(self) -> list[tuple[str, str]]:
        """What helps the patient in a crisis, in the patient's own words, by step."""
        if self.plan is None:
            return []
        fields = {step: self.plan._meta.get_field(step) for step in SafetyPlan.STEPS}
        steps = [
            (str(getattr(field, "verbose_name", step)), getattr(self.plan, step)) for step, field in fields.items()
        ]
        return [(name.capitalize(), words) for name, words in steps if words]


def read(patient: Patient) -> EmergencyRecord:
    """Everything of the page."""
    right = {"entered_in_error_at__isnull": True}
    given = Infusion.objects.filter(series__patient=patient, state__in=[*Infusion.GIVEN, *Infusion.RUNNING])
    return EmergencyRecord(
        patient=patient,
        contacts=list(patient.contacts.filter(is_active=True)[:MOST]),
        allergies=list(patient.allergies.filter(**right)[:MOST]),
        medications=list(patient.medications.filter(**right, stopped__isnull=True)[:MOST]),
        conditions=list(patient.conditions.filter(**right, abatement__isnull=True)[:MOST]),
        alerts=list(patient.alerts.filter(closed_at__isnull=True)[:MOST]),
        plan=safety_plans.in_force(patient),
        evaluation=patient.evaluations.filter(signed_at__isnull=False).order_by("-observed_at").first(),
        infusions=list(
            given.select_related("series", "appointment__site", "order").order_by("-appointment__starts_at")[:5]
        ),
        adverse=list(AdverseEvent.objects.filter(patient=patient).order_by("-observed_at")[:5]),
        next_visit=patient.appointments.filter(
            starts_at__gte=clock.now(), status__in=[Appointment.Status.BOOKED, Appointment.Status.CONFIRMED]
        )
        .select_related("site")
        .order_by("starts_at")
        .first(),
    )
