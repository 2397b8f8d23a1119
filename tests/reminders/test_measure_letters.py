"""Letters with a link, when questionnaires come due at home."""

from datetime import timedelta

import pytest

from clinic import clock
from patients import links, measure_plan
from patients.measure_plan import Wanted
from patients.models import ContactConsent, Patient, PatientLink
from reminders import measure_letters, wordings
from reminders.models import Message
from tests import build


@pytest.fixture
def agreed(patient: Patient) -> Patient:
    Patient.objects.filter(pk=patient.pk).update(email="maya@example.org")
    ContactConsent.objects.create(patient=patient, channel="email", words="…", version="1", given_at=clock.now())
    patient.refresh_from_db()
    return patient


def ask(patient: Patient, *instruments: str, timepoint: str = "follow_up") -> None:
    now = clock.now()
    wanted = [Wanted(each, timepoint, now - timedelta(hours=1), now + timedelta(days=3), each) for each in instruments]
    measure_plan.keep(patient=patient, source="test", wanted=wanted)


def test_what_comes_due_together_is_one_message_that_leads_to_the_questions(agreed):
    ask(agreed, "phq9", "gad7")
    assert measure_letters.write_due() == 1
    assert measure_letters.write_due() == 0
    message = Message.objects.get()
    assert "/p/" in wordings.letter(message).body
    assert PatientLink.objects.get().subject_id == message.pk


def test_what_was_answered_before_it_went_out_is_not_asked_any_more(agreed, nurse):
    ask(agreed, "phq9")
    measure_letters.write_due()
    build.phq9(agreed, 4, by=nurse)
    measure_letters.write_due()
    assert Message.objects.get().state == Message.State.VOID


def test_what_comes_due_later_is_asked_anew(agreed):
    ask(agreed, "phq9")
    measure_letters.write_due()
    Message.objects.update(planned_at=clock.now(), state=Message.State.SENT, sent_at=clock.now())
    with clock.at(clock.now() + timedelta(days=2)):
        ask(agreed, "gad7")
        assert measure_letters.write_due() == 1
    assert Message.objects.count() == 2


def test_two_ticks_that_saw_the_same_write_one_message(agreed, monkeypatch):
    ask(agreed, "phq9")
    seen = measure_letters._waiting(clock.now())
    monkeypatch.setattr(measure_letters, "_waiting", lambda now: seen)
    measure_letters.write_due()
    with clock.at(clock.now() + timedelta(seconds=1)):
        measure_letters.write_due()
    assert Message.objects.count() == 1


@pytest.mark.parametrize("more", [1, 3])
def test_whom_nothing_may_be_written_to_costs_no_query_each(site, more, django_assert_num_queries):
    for _ in range(more):
        ask(build.patient(site), "phq9")
    with django_assert_num_queries(6):
        assert measure_letters.write_due() == 0


def test_without_consent_nothing_is_planned(patient):
    ask(patient, "phq9")
    assert measure_letters.write_due() == 0
    assert not Message.objects.exists()


def test_a_link_that_staff_made_since_is_enough(agreed, nurse):
    ask(agreed, "phq9")
    links.make(patient_id=agreed.pk, purpose="measures", by=nurse)
    assert measure_letters.write_due() == 0


@pytest.mark.parametrize(("instrument", "timepoint"), [("phq9", "pre_infusion"), ("ybocs", "follow_up")])
def test_what_is_asked_at_the_visit_needs_no_letter(agreed, instrument, timepoint):
    ask(agreed, instrument, timepoint=timepoint)
    assert measure_letters.write_due() == 0


def test_what_was_answered_needs_no_letter(agreed, nurse):
    ask(agreed, "phq9")
    build.phq9(agreed, 4, by=nurse)
    assert measure_letters.write_due() == 0
