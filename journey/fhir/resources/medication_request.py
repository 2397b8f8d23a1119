from infusions.models import Order
from journey.fhir.codes import INTRAVENOUS, KETAMINE, OURS
from journey.fhir.parts import Json, clean, concept, days, instant, made, number, person, quantity, ref, term
from patients.models import Medication

CATEGORY = "medicationrequest-category"


def medication(one: Medication) -> Json:
    """A medicine the patient takes or took, as told: a plan of somebody else’s, so `reported`."""
    taken = days(one.started, one.stopped)
    dose = clean({"text": one.dose, "timing": {"repeat": {"boundsPeriod": taken}} if taken else None})
    return made(
        "MedicationRequest",
        one.pk,
        profile="us-core-medicationrequest",
        changed=getattr(one, "changed", None),
        status="stopped" if one.stopped else "active",
        intent="plan",
        category=[term(CATEGORY, "community", "Community")],
        reportedBoolean=True,
        medicationCodeableConcept=concept((one.system, one.code, one.display), text=one.display),
        subject=ref("Patient", one.patient_id),
        authoredOn=taken.get("start"),
        dosageInstruction=[dose] if dose else None,
    )


def order(one: Order) -> Json:
    """An order of ketamine. Wants `series`, `signed_by`, and `superseded_by` where there is one."""
    dose = {
        "text": f"{number(one.dose_mg)} mg over {one.minutes} min in {number(one.bag_ml)} mL "
        f"({number(one.mg_per_kg)} mg/kg, {number(one.dosing_weight_kg)} kg)",
        "route": concept(INTRAVENOUS),
        "doseAndRate": [
            {
                "doseQuantity": quantity(one.dose_mg, "mg"),
                "rateRatio": {"numerator": quantity(one.bag_ml, "mL"), "denominator": quantity(one.minutes, "min")},
            }
        ],
    }
    return made(
        "MedicationRequest",
        one.pk,
        profile="us-core-medicationrequest",
        changed=one.second_signed_at or one.signed_at,
        identifier=[{"system": f"{OURS}/dose-order", "value": str(one.pk)}],
        status=_status(one),
        intent="order",
        category=[term(CATEGORY, "outpatient", "Outpatient")],
        medicationCodeableConcept=concept(KETAMINE, text="Ketamine"),
        subject=ref("Patient", one.series.patient_id),
        authoredOn=instant(one.signed_at),
        requester=person(one.signed_by),
        dosageInstruction=[dose],
        priorPrescription=ref("MedicationRequest", one.supersedes_id),
    )


def _status(one: Order) -> str:
    if hasattr(one, "superseded_by"):
        return "stopped"
    if one.awaits_second:
        return "draft"
    return "active" if one.series.ended_at is None else "completed"
