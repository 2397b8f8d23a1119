"""An intake that is being answered: the link, and answers for each page that are whole."""

from typing import Any

from clinic.models import User
from patients import cards, intake, links
from patients.models import Consent, Patient, PatientLink
from tests.patients.linking import token_of
from tests.patients.test_photos import picture

WHOLE: dict[str, dict[str, list[str]]] = {
    "about": {"about-health": ["hypertension", "glaucoma"], "about-other": ["Migraine\n\nAsthma as a child"]},
    "medicines": {
        "medicine-count": ["2"],
        "medicine-0-display": ["Sertraline"],
        "medicine-0-dose": ["100 mg every morning"],
        "allergy-0-display": ["Penicillin"],
        "allergy-0-reaction": ["Rash"],
        "allergy-count": ["1"],
    },
    "treatments": {
        "treatment-count": ["2"],
        "treatment-0-treatment": ["Fluoxetine"],
        "treatment-0-dose": ["40 mg"],
        "treatment-0-weeks": ["10"],
        "treatment-0-outcome": ["under_25"],
        "treatment-1-treatment": ["CBT"],
        "treatment-1-weeks": ["0"],
        "treatment-1-outcome": ["none"],
        "treatment-1-earlier": ["on"],
    },
    "goals": {
        "goal-goal": ["Walk the dog again"],
        "escort-name": ["Luis Torres"],
        "escort-relation": ["Husband"],
        "escort-phone": ["(555) 013-7742"],
    },
}


def begun(patient: Patient, by: User) -> PatientLink:
    """The link to an intake of which nothing is answered."""
    found = links.find(token_of(intake.invite(patient_id=patient.pk, by=by)))
    assert found
    return found


def answer(link: PatientLink, *keys: str) -> None:
    for key in keys or WHOLE:
        intake.save(link=link, key=key, answers=WHOLE[key], version=0)


def sign(patient: Patient, **fields: Any) -> None:
    """Signatures under all texts that are needed."""
    from patients import consents

    for kind in consents.REQUIRED:
        text = consents.text_of(kind)
        Consent.objects.create(
            patient=patient,
            kind=kind,
            version=text.version,
            text_sha256=text.sha256,
            signer_name=patient.legal_name,
            observed_at=patient.site.day_bounds(patient.site.today())[0],
            valid_until=patient.site.today().replace(year=2099),
            **fields,
        )


def whole(patient: Patient, by: User) -> PatientLink:
    """An intake that only waits to be sent."""
    link = begun(patient, by)
    answer(link)
    cards.keep(patient_id=patient.pk, side="front", upload=picture(), by=None, link=link)
    sign(patient)
    return link
