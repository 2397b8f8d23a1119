"""What follows on a patient's link: a letter, a call, a reading; and what is taken back."""

from datetime import date

import pytest

from clinic.errors import Refused
from clinic.ids import uuid7
from clinic.policy import Role
from patients import intake, links, registration
from patients.models import IntakeStep, PatientLink
from reminders import wordings
from reminders.models import FollowUp, Message
from tests.patients.answering import whole


@pytest.fixture
def reachable(patient, nurse):
    patient.email = "maya@example.org"
    patient.save()
    registration.agree_to_contact(patient_id=patient.pk, channel="email", by=nurse)
    return patient


def test_the_letter_has_the_address_and_the_ledger_has_it_encrypted(reachable, front_desk):
    path = intake.invite(patient_id=reachable.pk, by=front_desk, email=True)
    message = Message.objects.get(kind="patient_link")
    assert path not in repr(message.values)
    for event in message.pgh_events.all():
        assert path not in repr(event.values)
    letter = wordings.letter(message)
    assert path in letter.body
    assert "intake" not in letter.body.replace(path, "").lower()


@pytest.mark.parametrize(("language", "said"), [("en", "the paper we spoke of is ready"), ("es", "está listo")])
def test_an_estimate_is_announced_as_a_paper_and_not_as_questions(reachable, language, said):
    type(reachable).objects.filter(pk=reachable.pk).update(language=language)
    links.make(patient_id=reachable.pk, purpose="estimate", by=None, subject_id=uuid7(), send=True)
    letter = wordings.letter(Message.objects.get())
    assert said in letter.body
    assert len(letter.text) <= 160
    assert not any(word in letter.body for word in ("questions", "preguntas", "estimate", "presupuesto", "$"))


def test_a_new_link_takes_back_the_letter_of_the_former(reachable, front_desk):
    for _ in range(2):
        intake.invite(patient_id=reachable.pk, by=front_desk, email=True)
    states = Message.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [Message.State.VOID, Message.State.PLANNED]


def test_without_consent_to_email_none_is_made(patient, front_desk):
    with pytest.raises(Refused, match="no email address"):
        intake.invite(patient_id=patient.pk, by=front_desk, email=True)
    assert not PatientLink.objects.exists()


def test_a_locked_link_asks_the_desk_to_call_until_a_new_one_is_made(patient, front_desk):
    intake.invite(patient_id=patient.pk, by=front_desk)
    link = PatientLink.objects.get()
    for _ in range(5):
        links.open_with(link_id=link.pk, born=date(1999, 9, 9))
    task = FollowUp.objects.get()
    assert (task.owner_role, task.state) == (Role.FRONT_DESK, FollowUp.State.OPEN)
    intake.invite(patient_id=patient.pk, by=front_desk)
    task.refresh_from_db()
    assert task.state == FollowUp.State.DONE


def test_a_nurse_reads_what_came_in_and_the_desk_hears_that_there_is_no_ride(patient, front_desk):
    link = whole(patient, front_desk)
    IntakeStep.objects.filter(key="goals").update(answers={"goal-goal": ["Sleep"], "escort-none": ["on"]})
    intake.finish(link=link)
    assert dict(FollowUp.objects.values_list("kind", "owner_role")) == {
        "intake_read": Role.NURSE,
        "intake_no_ride": Role.FRONT_DESK,
    }
