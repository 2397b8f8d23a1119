"""The safety plan: made with the patient, signed whole, locked, superseded, and printed in their language."""

from __future__ import annotations

import pytest
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import User
from patients import safety_plans
from patients.models import Patient, SafetyPlan
from tests import build

WORDS = {step: f"Words on {step.replace('_', ' ')}" for step in SafetyPlan.STEPS}


def written(patient: Patient, by: User, **changes: object) -> SafetyPlan:
    plan = safety_plans.begin(patient_id=patient.pk, by=by)
    given: dict[str, object] = {"saved": 0, "steps": WORDS, "made_how": "in_person", "language": "en"}
    return safety_plans.save(plan_id=plan.pk, by=by, **given | changes)  # type: ignore[arg-type]


def signed(patient: Patient, by: User, **changes: object) -> SafetyPlan:
    return safety_plans.sign(plan_id=written(patient, by, **changes).pk, by=by)


@pytest.mark.parametrize("step", SafetyPlan.STEPS)
def test_a_plan_that_lacks_a_step_is_not_signed(patient: Patient, nurse: User, step: str) -> None:
    plan = written(patient, nurse, steps=WORDS | {step: "  "})
    with pytest.raises(Invalid) as refused:
        safety_plans.sign(plan_id=plan.pk, by=nurse)
    assert list(refused.value.fields) == [step]


def test_a_signed_plan_is_locked_and_the_next_starts_from_it(patient: Patient, nurse: User, therapist: User) -> None:
    first = signed(patient, nurse, language="es")
    with pytest.raises(Refused):
        safety_plans.save(plan_id=first.pk, saved=1, steps=WORDS, made_how="phone", language="en", by=nurse)
    with pytest.raises(InternalError), transaction.atomic():
        SafetyPlan.objects.filter(pk=first.pk).update(coping="Something else")
    second = safety_plans.begin(patient_id=patient.pk, by=therapist)
    assert (second.number, second.coping, second.language) == (2, first.coping, "es")
    assert safety_plans.in_force(patient) == first
    safety_plans.sign(plan_id=second.pk, by=therapist)
    assert safety_plans.in_force(patient) == second


def test_beginning_twice_is_one_draft(patient: Patient, nurse: User, therapist: User) -> None:
    draft = safety_plans.begin(patient_id=patient.pk, by=nurse)
    assert safety_plans.begin(patient_id=patient.pk, by=therapist) == draft


def test_two_who_write_at_once_do_not_overwrite_each_other(patient: Patient, nurse: User, therapist: User) -> None:
    plan = written(patient, nurse)
    with pytest.raises(Refused, match="meanwhile"):
        safety_plans.save(plan_id=plan.pk, saved=0, steps={}, made_how="phone", language="en", by=therapist)


def test_signing_is_what_an_open_alert_asked_for(patient: Patient, nurse: User) -> None:
    alert = build.cssrs(patient, 0, 1, 0, 0, 0, 0, by=nurse).alerts.get()
    signed(patient, nurse)
    offer = alert.contacts.get(kind="plan_offer")
    assert (offer.state, offer.outcome) == ("reached", "Safety plan 1 signed by Adaeze Okafor.")


def test_front_desk_makes_none_and_for_a_stranger_there_is_none(
    patient: Patient, nurse: User, front_desk: User, stranger: User
) -> None:
    plan = written(patient, nurse)
    with pytest.raises(NotPermitted):
        safety_plans.begin(patient_id=patient.pk, by=front_desk)
    with pytest.raises(NotFound):
        safety_plans.sign(plan_id=plan.pk, by=stranger)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["My safety plan", "4. People I can ask for help", "988 Suicide & Crisis Lifeline", "call 911"]),
        ("es", ["Mi plan de seguridad", "4. Personas a las que puedo pedir ayuda", "oprima 2", "llame al 911"]),
    ],
)
def test_the_patients_copy_has_headings_in_their_language_and_their_own_words(
    patient: Patient, nurse: User, language: str, words: list[str]
) -> None:
    plan = signed(patient, nurse)
    text = " ".join(f"{heading} {' '.join(lines)}" for heading, lines in safety_plans.for_patient(plan, language))
    for said in (*words, *WORDS.values()):
        assert said in text
    assert safety_plans.print_for_patient(plan, language).startswith(b"%PDF")


def test_a_draft_is_not_printed(patient: Patient, nurse: User) -> None:
    with pytest.raises(Refused):
        safety_plans.print_for_patient(written(patient, nurse), "en")


def test_the_page_keeps_a_draft_with_gaps_and_signs_a_whole_one(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    address = client.post(reverse("patients:safety-plan-begin", args=[patient.pk])).url  # type: ignore[attr-defined]
    typed = {"saved": "0", "made_how": "in_person", "language": "es", "coping": "Walk to the pier"}
    assert client.post(f"{address}save/", typed).status_code == 302
    refused = client.post(f"{address}save/", typed | {"saved": "1", "sign": "1"})
    assert (refused.status_code, "Walk to the pier" in refused.content.decode()) == (422, True)
    assert client.post(f"{address}save/", WORDS | typed | {"saved": "1", "sign": "1"}).status_code == 302
    answer = client.get(f"{address}print/")
    assert answer["Content-Disposition"] == 'attachment; filename="safety-plan-1-es.pdf"'
    assert "Plan 1" in client.get(reverse("journey:chart", args=[patient.pk])).content.decode().replace(
        "Safety plan", "Plan"
    )
