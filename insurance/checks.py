"""One check of benefits: locked, moved from state to state, and the plan it speaks of."""

from __future__ import annotations

from uuid import UUID

from clinic.errors import IllegalTransition, Invalid
from insurance.models import Coverage, Verification
from insurance.states import TRANSITIONS, State
from patients.models import Patient
from patients.rows import patient_with


def locked(verification_id: UUID) -> Verification:
    """The check, locked after its patient, as every verb of this room locks them. Raises NotFound."""
    patient = patient_with(verifications=verification_id)
    rows = Verification.objects.select_for_update(of=("self",)).select_related("coverage__payer")
    check = rows.get(pk=verification_id)
    check.patient = patient
    return check


def move(check: Verification, state: str) -> None:
    allowed = TRANSITIONS[check.state]
    if state not in allowed:
        raise IllegalTransition(
            f"The check of {check.get_leg_display().lower()} benefits",
            current=check.get_state_display(),
            wanted=State(state).label,
            allowed=[choice.label for choice in State if choice in allowed],
        )
    check.state = state


def coverage_of(patient: Patient, coverage_id: UUID) -> Coverage:
    found = Coverage.objects.filter(patient=patient, pk=coverage_id, entered_in_error_at__isnull=True).first()
    if found is None:
        raise Invalid({"coverage": "This plan is not on file for this patient. Choose one that is."})
    return found


def first_in_force(patient: Patient) -> Coverage | None:
    today = patient.site.today()
    plans = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True)
    return next((plan for plan in plans.order_by("rank", "-starts_on", "id") if plan.holds_on(today)), None)
