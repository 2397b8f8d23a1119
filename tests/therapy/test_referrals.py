"""Referral to other care: only what is chosen leaves the house, and the signed row says so for ever."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from patients.models import Allergy, Medication
from reminders import followups
from reminders.models import FollowUp
from tests import build
from tests.journey.paper_text import words as text_of
from therapy import integration_plans, referrals
from therapy.integration_plans import Draft, Step
from therapy.models import Referral
from therapy.referrals import Typed

PARTS = [part.value for part in Referral.Part]


@pytest.fixture
def known(session, therapist, nurse):
    """A patient of whom each part says something."""
    patient = session.patient
    Medication.objects.create(patient=patient, display="Sertraline", dose="100 mg")
    Medication.objects.create(patient=patient, display="Oldamine", stopped=date(2026, 1, 1))
    Allergy.objects.create(patient=patient, display="Penicillin", reaction="rash")
    build.phq9(patient, 21, by=nurse)
    texts = {"insights": "Putting things down", "warning_signs": "No music"}
    draft = Draft(texts, [Step("Walk to the lake")])
    plan = integration_plans.write(series_id=session.series_id, draft=draft, by=therapist)
    integration_plans.give(plan_id=plan.pk, by=therapist, version=1)
    return patient


def typed(**changes):
    return Typed(**{"kind": "tms", "recipient": "Dr. Lee, Bay TMS", "reason": "No response to six infusions"} | changes)


def signed(patient, by, **changes):
    return referrals.sign(patient_id=patient.pk, typed=typed(**changes), by=by, form_key=uuid4())


SAYS = {
    "diagnosis": "none signed yet",
    "scores": "PHQ-9",
    "course": "none given",
    "medicines": "Sertraline",
    "allergies": "Penicillin",
    "plan": "Putting things down",
}


def test_each_part_is_in_the_letter_when_it_is_chosen_and_only_then(known, therapist):
    everything = text_of(bytes(signed(known, therapist, parts=PARTS).pdf))
    assert [part for part, words in SAYS.items() if words not in everything] == []
    assert "Oldamine" not in everything
    nothing = text_of(bytes(signed(known, therapist).pdf))
    assert [part for part, words in SAYS.items() if words in nothing] == []
    assert "No response to six infusions" in nothing


def test_no_other_part_can_be_chosen_by_any_door(client, known, therapist):
    with pytest.raises(Invalid, match="from the list"):
        signed(known, therapist, parts=["psychotherapy"])
    client.force_login(therapist)
    sent = {"kind": "tms", "recipient": "Dr. Lee", "reason": "Why", "authority": "treatment", "form_key": str(uuid4())}
    address = reverse("therapy:referral-new", args=[known.pk])
    assert client.post(address, sent | {"parts": ["psychotherapy"]}).status_code == 422
    assert client.post(address, sent | {"parts": ["scores"]}).status_code == 302
    letter = Referral.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(
            patient=known, kind="tms", recipient="x", reason="x", parts=["psychotherapy"], signed_by=therapist,
            form_key=uuid4(), pdf=b"x", pdf_sha256="x",
        )  # fmt: skip
    with pytest.raises(InternalError), transaction.atomic():
        Referral.objects.filter(pk=letter.pk).update(parts=["plan"])


def test_a_letter_is_signed_sent_and_answered_and_its_tasks_go_along(known, therapist, session):
    asked = followups.open_task(
        kind="referral_due", site=known.site, title="Refer", subject_kind="series", subject_id=session.series_id,
        due_at=session.appointment.starts_at, patient=known,
    )  # fmt: skip
    key = uuid4()
    for _ in range(2):
        letter = referrals.sign(patient_id=known.pk, typed=typed(), by=therapist, form_key=key, task_id=asked.pk)

    def open_tasks():
        kinds = ("referral_due", "referral_send", "referral_answer")
        return set(FollowUp.objects.filter(state="open", kind__in=kinds).values_list("kind", flat=True))

    assert (Referral.objects.count(), open_tasks()) == (1, {"referral_due", "referral_send"})
    with pytest.raises(IllegalTransition):
        referrals.answered(referral_id=letter.pk, answer="They see her", by=therapist)
    referrals.sent(referral_id=letter.pk, how="fax", by=therapist)
    assert open_tasks() == {"referral_answer"}
    with pytest.raises(IllegalTransition):
        referrals.withdraw(referral_id=letter.pk, by=therapist)
    done = referrals.answered(referral_id=letter.pk, answer="They see her on Monday", by=therapist)
    assert (done.state, done.sent_how, open_tasks()) == ("answered", "fax", set())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": " "}, "recipient"),
        ({"reason": ""}, "reason"),
        ({"kind": "spa"}, "kind"),
        ({"authority": "consent"}, "consent_on"),
        ({"authority": "consent", "consent_on": date(2027, 1, 29)}, "consent_on"),
        ({"words": "x" * 3001}, "words"),
    ],
)
def test_what_a_letter_lacks_is_said(session, therapist, changes, field):
    with pytest.raises(Invalid) as caught:
        signed(session.patient, therapist, **changes)
    assert set(caught.value.fields) == {field}


@pytest.mark.parametrize(
    ("who", "error"), [("nurse", NotPermitted), ("front_desk", NotPermitted), ("stranger", NotFound)]
)
def test_a_referral_is_written_by_therapist_or_provider(request, session, provider, who, error):
    with pytest.raises(error):
        signed(session.patient, request.getfixturevalue(who))
    assert signed(session.patient, provider, authority="consent", consent_on=date(2027, 1, 28)).consent_on


def test_a_preview_keeps_nothing_and_says_that_it_is_a_draft(client, known, provider):
    client.force_login(provider)
    sent = {
        "kind": "psychiatry", "recipient": "Dr. Lee", "reason": "Why", "authority": "treatment",
        "form_key": str(uuid4()), "parts": ["allergies"], "preview": "1",
    }  # fmt: skip
    answer = client.post(reverse("therapy:referral-new", args=[known.pk]), sent)
    words = text_of(answer.content)
    assert (Referral.objects.count(), answer["Cache-Control"]) == (0, "private, no-store")
    assert all(word in words for word in ("DRAFT, not signed", "Penicillin", "(not signed yet)"))
