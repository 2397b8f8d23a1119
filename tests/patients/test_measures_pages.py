"""Questionnaires, alerts and consents as pages."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import User
from patients.models import Consent, MeasureResponse, Patient, SafetyAlert
from tests import build

WHEN = {"day": "2026-02-09", "at": "08:52"}


def answers(*values: int) -> dict[str, object]:
    return {f"item_{number}": value for number, value in enumerate(values, 1)} | WHEN


def new(patient: Patient, query: str = "") -> str:
    return reverse("patients:measure-new", args=[patient.pk]) + query


def test_nothing_is_answered_beforehand(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    text = client.get(new(patient, "?instrument=phq9")).content.decode()
    assert text.count('class="ek-quest"') == 10
    assert " checked>" not in text


def test_an_open_question_keeps_the_others_and_records_nothing(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    typed = answers(1, 1, 1, 1, 1, 1, 1) | {"instrument": "gad7", "timepoint": "baseline"}
    del typed["item_4"]
    answer = client.post(new(patient), typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Question 4 is not answered" in text
    assert text.count(" checked>") == 6
    assert not MeasureResponse.objects.exists()


def test_item_nine_shows_the_lifelines_the_steps_and_the_screener(
    client: Client, patient: Patient, nurse: User
) -> None:
    client.force_login(nurse)
    typed = answers(3, 3, 2, 2, 2, 2, 2, 2, 1) | {"instrument": "phq9", "timepoint": "pre_infusion"}
    text = client.post(new(patient), typed, follow=True).content.decode()
    for words in ("988", "911", "Ask the C-SSRS screener now", "instrument=cssrs&amp;timepoint=pre_infusion"):
        assert words in text
    response = MeasureResponse.objects.get()
    assert patient.site.local(response.observed_at).strftime("%F %H:%M") == "2026-02-09 08:52"


def test_a_calm_answer_shows_no_alert(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    typed = answers(1, 1, 1, 1, 1, 1, 1, 1, 0) | {"instrument": "phq9", "timepoint": "follow_up"}
    text = client.post(new(patient), typed, follow=True).content.decode()
    assert "988" not in text
    assert "Mild" in text


def test_the_screener_words_follow_the_occasion(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    first = client.get(new(patient, "?instrument=cssrs&timepoint=baseline")).content.decode()
    later = client.get(new(patient, "?instrument=cssrs&timepoint=pre_infusion")).content.decode()
    assert "within the past 3 months" in first
    assert "Since last contact" in later


def test_the_way_back_stays_inside_the_house(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    assert b"evil.example" not in client.get(new(patient, "?next=https://evil.example/")).content


@pytest.mark.parametrize(("role", "status"), [("therapist", 200), ("front_desk", 403), ("stranger", 404)])
def test_who_may_ask(client: Client, patient: Patient, role: str, status: int, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(role))
    assert client.get(new(patient)).status_code == status


def alert_of(patient: Patient, by: User) -> SafetyAlert:
    return build.cssrs(patient, 1, 1, 1, 0, 0, 0, by=by).alerts.get()


def test_the_alert_page_shows_answers_steps_and_who_took_it_up(client: Client, patient: Patient, nurse: User) -> None:
    alert = alert_of(patient, nurse)
    client.force_login(nurse)
    address = reverse("patients:alert", args=[alert.pk])
    assert "Assessment by the provider today." in client.get(address).content.decode()
    client.post(reverse("patients:alert-acknowledge", args=[alert.pk]))
    text = client.get(address).content.decode()
    assert "Taken up" in text
    assert "Clear infusions" not in text


def test_an_alert_closed_without_words_stays_open_and_says_why(
    client: Client, patient: Patient, provider: User
) -> None:
    alert = alert_of(patient, provider)
    client.force_login(provider)
    answer = client.post(reverse("patients:alert-close", args=[alert.pk]), {"outcome": " "})
    assert answer.status_code == 422
    assert "Write what was done" in answer.content.decode()
    alert.refresh_from_db()
    assert alert.closed_at is None


def test_a_refused_clearance_keeps_the_note(client: Client, patient: Patient, provider: User) -> None:
    alert = build.cssrs(patient, 1, 1, 1, 1, 0, 0, by=provider).alerts.get()
    client.force_login(provider)
    answer = client.post(reverse("patients:alert-clear", args=[alert.pk]), {"note": "Calm now."})
    assert answer.status_code == 409
    assert "higher level of care" in answer.content.decode()


@pytest.mark.parametrize(("role", "status"), [("therapist", 200), ("front_desk", 403), ("stranger", 404)])
def test_who_may_see_an_alert(
    client: Client, patient: Patient, nurse: User, role: str, status: int, request: pytest.FixtureRequest
) -> None:
    alert = alert_of(patient, nurse)
    client.force_login(request.getfixturevalue(role))
    assert client.get(reverse("patients:alert", args=[alert.pk])).status_code == status


def test_the_consent_page_shows_the_whole_text_and_records_who_signed(
    client: Client, patient: Patient, nurse: User
) -> None:
    client.force_login(nurse)
    address = reverse("patients:consent-new", args=[patient.pk])
    assert "No result is promised" in client.get(address).content.decode()
    typed = {"kind": "treatment", "signer_name": "Maya Torres", "paper": "1"} | WHEN
    text = client.post(address, typed, follow=True).content.decode()
    assert "Maya Torres" in text
    assert Consent.objects.get().text_sha256 in text


def test_a_consent_without_a_name_keeps_the_day(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    answer = client.post(reverse("patients:consent-new", args=[patient.pk]), {"kind": "privacy", "paper": "1"} | WHEN)
    assert answer.status_code == 422
    assert 'value="2026-02-09"' in answer.content.decode()
    assert not Consent.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("front_desk", 403), ("therapist", 403), ("stranger", 404)])
def test_who_may_not_take_a_consent(
    client: Client, patient: Patient, role: str, status: int, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    assert client.get(reverse("patients:consent-new", args=[patient.pk])).status_code == status
