from journey.fhir.parts import Json, clean, concept, day, made, ref, term
from patients.fhir_names import ABSENT
from patients.models import Allergy

UNKNOWN = concept((ABSENT, "unknown", "Unknown"))
"""FHIR knows no severity without a reaction."""


def allergy(one: Allergy) -> Json:
    reaction = clean({"manifestation": [{"text": one.reaction} if one.reaction else UNKNOWN], "severity": one.severity})
    return made(
        "AllergyIntolerance",
        one.pk,
        profile="us-core-allergyintolerance",
        changed=getattr(one, "changed", None),
        clinicalStatus=term("allergyintolerance-clinical", "active"),
        verificationStatus=term(
            "allergyintolerance-verification", "confirmed" if one.source == "staff" else "unconfirmed"
        ),
        code=concept((one.system, one.code, one.display), text=one.display),
        patient=ref("Patient", one.patient_id),
        recordedDate=day(one.noted_on),
        reaction=[reaction] if one.reaction or one.severity else None,
    )
