from journey.fhir.parts import Json, clean, concept, day, made, ref, term
from patients.models import Allergy


def allergy(one: Allergy) -> Json:
    reaction = clean({"manifestation": [{"text": one.reaction or "Not recorded"}], "severity": one.severity})
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
