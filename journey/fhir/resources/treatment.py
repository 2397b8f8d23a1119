"""What was done: infusions as Procedure and MedicationAdministration, sessions as Procedure without a word of them."""

from infusions.models import Infusion
from journey.fhir.codes import INFUSION, INTRAVENOUS, KETAMINE, OURS, PSYCHOTHERAPY
from journey.fhir.parts import Json, clean, concept, made, number, person, quantity, ref, span
from journey.fhir.resources.visits import TAKING_PLACE
from therapy.models import TherapySession

RUNNING = {"in_progress": "in-progress", "paused": "on-hold"}


def infusion(one: Infusion) -> Json:
    """Wants `series`, `appointment`, `nurse`."""
    early = one.given_mg is not None and one.order is not None and one.given_mg < one.order.dose_mg
    status = RUNNING.get(one.state) or ("stopped" if one.state == "stopped_early" or early else "completed")
    return made(
        "Procedure",
        one.pk,
        profile="us-core-procedure",
        changed=getattr(one, "changed", None),
        identifier=[{"system": f"{OURS}/infusion", "value": str(one.pk)}],
        basedOn=[ref("CarePlan", one.series_id)],
        status=status,
        code=concept(INFUSION, text=_words(one)),
        subject=ref("Patient", one.series.patient_id),
        encounter=ref("Encounter", one.appointment_id),
        performedPeriod=span(one.started_at, one.ended_at),
        performer=[{"actor": person(one.nurse)}] if one.nurse else None,
        location=ref("Location", one.appointment.site_id),
    )


def _words(one: Infusion) -> str:
    what = "Ketamine infusion" if one.series.kind == "loading" else "Ketamine booster infusion"
    return f"{what} {one.number}" if one.number else what


def administration(one: Infusion) -> Json:
    """What went in, once the pump stood: by the record of the run, never by the order. Wants `order`, `vial`."""
    given = clean(
        {"text": f"Given {number(one.given_ml)} mL of the bag" if one.given_ml else "", "route": concept(INTRAVENOUS)}
    )
    rate = one.order and {
        "numerator": quantity(one.order.bag_ml, "mL"), "denominator": quantity(one.order.minutes, "min"),
    }  # fmt: skip
    return made(
        "MedicationAdministration",
        one.pk,
        changed=getattr(one, "changed", None),
        partOf=[ref("Procedure", one.pk)],
        status="in-progress" if one.given_mg is None else "completed",
        medicationCodeableConcept=concept(KETAMINE, text="Ketamine"),
        subject=ref("Patient", one.series.patient_id),
        context=ref("Encounter", one.appointment_id),
        effectivePeriod=span(one.started_at, one.ended_at),
        performer=[{"actor": person(one.nurse)}] if one.nurse else None,
        request=ref("MedicationRequest", one.order_id),
        dosage={**given, **clean({"dose": quantity(one.given_mg, "mg"), "rateRatio": rate})},
    )


def session(one: TherapySession) -> Json:
    """That it was held, when and by whom; nothing of what was said. Wants `appointment`, `therapist`."""
    visit = one.appointment
    came = visit is not None and visit.status in TAKING_PLACE
    return made(
        "Procedure",
        one.pk,
        profile="us-core-procedure",
        changed=getattr(one, "changed", None),
        status="completed",
        code=concept(PSYCHOTHERAPY, text=str(one)),
        subject=ref("Patient", one.patient_id),
        encounter=ref("Encounter", one.appointment_id if came else None),
        performedPeriod=span(visit.starts_at, visit.ends_at) if visit else None,
        performer=[{"actor": person(one.therapist)}],
    )
