from journey.fhir.parts import Json, concept, day, made, ref, term
from patients.models import Condition


def condition(one: Condition) -> Json:
    return made(
        "Condition",
        one.pk,
        profile="us-core-condition-problems-health-concerns",
        changed=getattr(one, "changed", None),
        clinicalStatus=term("condition-clinical", "resolved" if one.abatement else "active"),
        verificationStatus=term("condition-ver-status", "confirmed" if one.source == "staff" else "unconfirmed"),
        category=[term("condition-category", "problem-list-item", "Problem List Item")],
        code=concept((one.system, one.code, one.display), text=one.display),
        subject=ref("Patient", one.patient_id),
        onsetDateTime=day(one.onset),
        abatementDateTime=day(one.abatement),
    )
