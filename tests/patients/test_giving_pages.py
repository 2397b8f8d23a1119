"""The pages on which patients answer questionnaires by link."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.models import User
from patients import links, measure_plan
from patients.measure_plan import Wanted
from patients.models import MeasureDraft, MeasureResponse, Patient, SafetyAlert
from patients.views.linked import IDLE_MINUTES
from tests import build


@pytest.fixture
def token(patient: Patient, nurse: User) -> str:
    now = clock.now()
    wanted = [
        Wanted(each, "pre_infusion", now - timedelta(hours=1), now + timedelta(days=2), each)
        for each in ("phq9", "cssrs")
    ]
    measure_plan.keep(patient=patient, source="test", wanted=wanted)
    return links.make(patient_id=patient.pk, purpose="measures", by=nurse).split("/")[2]


def born(patient: Patient) -> dict[str, str]:
    birth: date = patient.birth_date
    return {"birth_year": str(birth.year), "birth_month": str(birth.month), "birth_day": str(birth.day)}


@pytest.fixture
def opened(client: Client, patient: Patient, token: str) -> Client:
    """A browser that gave the birth date."""
    client.post(reverse("linked:measures", args=[token]), born(patient))
    return client


def page(token: str, instrument: str = "phq9") -> str:
    return reverse("linked:measure", args=[token, instrument])


def test_nothing_is_shown_before_the_birth_date(client, token):
    words = client.get(page(token)).content.decode()
    assert "Little interest" not in words
    assert "What is your birth date" in words


def test_the_link_leads_to_what_is_asked(opened, token):
    answer = opened.get(reverse("linked:start", args=[token]), follow=True)
    words = answer.content.decode()
    assert "How you have been" in words
    assert "9 questions" in words


def test_one_question_a_page_with_its_place(opened, token):
    opened.post(page(token), {"n": "1", "answer": "1"})
    words = opened.get(page(token)).content.decode()
    assert "Question 2 of 9" in words
    assert "part 1 of 2" in words
    assert "Feeling down, depressed, or hopeless" in words
    assert "Back to question 1" in words


def test_without_an_answer_nothing_goes_on(opened, token):
    answer = opened.post(page(token), {"n": "1"}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(page(token))
    assert "Question 1 of 9" in answer.content.decode()
    assert "Choose an answer" in answer.content.decode()
    assert not MeasureDraft.objects.exists()


def test_back_shows_what_was_chosen(opened, token):
    sent = opened.post(page(token), {"n": "1", "answer": "2"})
    assert (
        sent["Location"] == f"{page(token)}?n=2"
    )  # of its own, so that the browser's “back” finds the question before
    assert 'value="2" checked' in opened.get(f"{page(token)}?n=1").content.decode()


def test_spanish_is_asked_in_the_published_words(opened, token):
    words = opened.get(f"{page(token)}?lang=es", follow=True).content.decode()
    assert "Poco interés o placer en hacer cosas" in words
    assert "Pregunta 1 de 9" in words


def test_a_suicidal_answer_shows_988_before_anything_else(opened, token):
    for number in range(1, 9):
        opened.post(page(token), {"n": number, "answer": "0"})
    answer = opened.post(page(token), {"n": 9, "answer": "1"}, follow=True)
    words = answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("linked:measures-help", args=[token])
    assert "tel:988" in words
    assert "Go on with the questions" in words
    assert SafetyAlert.objects.exists()
    assert "before your next visit" not in opened.get(reverse("linked:measures", args=[token])).content.decode()
    assert "Help at any hour" in opened.get(page(token, "cssrs")).content.decode()


def test_an_answer_sent_after_the_session_had_ended_is_kept(opened, token, patient):
    opened.post(page(token), {"n": "1", "answer": "2"})
    with clock.at(clock.now() + timedelta(minutes=IDLE_MINUTES + 1)):
        asked = opened.post(page(token), {"n": "2", "answer": "3"})
        assert asked.status_code == 401
        held = asked.context["held"]
        answer = opened.post(page(token), {**born(patient), "held": held}, follow=True)
    assert "Question 3 of 9" in answer.content.decode()
    assert MeasureDraft.objects.get().answers[:3] == [2, 3, None]


def test_another_device_goes_on_after_the_birth_date(opened, token, patient):
    opened.post(page(token), {"n": "1", "answer": "2"})
    other = Client()
    answer = other.post(page(token), born(patient), follow=True)
    assert "Question 2 of 9" in answer.content.decode()


def test_the_whole_of_it(opened, token, patient):
    for number in range(1, 10):
        answer = opened.post(page(token), {"n": number, "answer": "1" if number == 1 else "0"}, follow=True)
    assert "One more question" in answer.content.decode()
    opened.post(page(token), {"n": 10, "answer": "0"})
    for number in (1, 2, 6):
        answer = opened.post(page(token, "cssrs"), {"n": number, "answer": "0"}, follow=True)
    assert "Thank you. That was all" in answer.content.decode()
    assert MeasureResponse.objects.filter(patient=patient, link__isnull=False).count() == 2
    assert measure_plan.due(patient) == []


def test_a_check_that_nobody_asked_for(client, patient, nurse):
    build.phq9(patient, 4, by=nurse, timepoint="baseline")
    token = links.make(patient_id=patient.pk, purpose="measures", by=nurse).split("/")[2]
    home = reverse("linked:measures", args=[token])
    assert "Nothing is asked today" in client.post(home, born(patient), follow=True).content.decode()
    assert "Question 1 of 9" in client.post(home, follow=True).content.decode()


def test_a_link_of_another_purpose_opens_no_questions(client, patient, nurse):
    token = links.make(patient_id=patient.pk, purpose="curve", by=nurse).split("/")[2]
    assert client.get(reverse("linked:measures", args=[token])).status_code == 404
