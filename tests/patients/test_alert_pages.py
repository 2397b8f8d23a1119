"""The alert's page and the strip that calls for it on every page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.models import User
from patients import alert_contacts, alerts
from patients.models import Patient, SafetyAlert
from reminders import paging
from tests import build

STRIP = reverse("patients:alert-strip")


@pytest.fixture
def alert(patient: Patient, nurse: User) -> SafetyAlert:
    return build.cssrs(patient, 1, 1, 1, 0, 0, 0, by=nurse).alerts.get()


def test_every_page_of_clinical_staff_asks_for_the_strip_and_front_desks_does_not(
    client: Client, nurse: User, front_desk: User
) -> None:
    for person, asks in ((nurse, True), (front_desk, False)):
        client.force_login(person)
        assert (STRIP in client.get(reverse("journey:home")).content.decode()) is asks


def test_the_strip_names_nobody_and_is_drawn_anew_only_when_something_changed(
    client: Client, alert: SafetyAlert, patient: Patient, nurse: User
) -> None:
    client.force_login(nurse)
    said = client.get(STRIP).content.decode()
    assert "A safety alert waits" in said
    assert patient.family_name not in said
    assert "Pacific time" in said
    seen = said.split("?seen=")[1].split('"')[0]
    assert client.get(f"{STRIP}?seen={seen}").status_code == 204
    SafetyAlert.objects.update(acknowledge_by=clock.now())
    assert "Nobody has answered" in client.get(f"{STRIP}?seen={seen}").content.decode()
    alerts.acknowledge(alert_id=alert.pk, by=nurse)
    gone = client.get(f"{STRIP}?seen={seen}")
    assert (gone.status_code, "role=" in gone.content.decode()) == (200, False)


def test_the_strip_is_of_ones_own_sites(client: Client, alert: SafetyAlert, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(STRIP).status_code == 204


def test_the_page_shows_who_was_called_and_takes_what_came_of_a_contact(
    client: Client, alert: SafetyAlert, provider: User
) -> None:
    client.force_login(provider)
    address = reverse("patients:alert", args=[alert.pk])
    before = client.get(address).content.decode()
    assert "Nobody is on call: all of the site" in before
    call = alert.contacts.get(kind="call_72h")
    post = reverse("patients:alert-contact", args=[call.pk])
    assert client.post(post, {"reached": "no", "words": ""}).status_code == 422
    assert client.post(post, {"reached": "no", "words": "Voicemail."}).status_code == 302
    assert client.post(post, {"reached": "no", "words": "Again."}).status_code == 409
    after = client.get(address).content.decode()
    assert ("Not reached" in after, "Call within 72 hours (try 2)" in after) == (True, True)


def test_closing_with_open_contacts_names_them_and_keeps_what_was_typed(
    client: Client, alert: SafetyAlert, provider: User
) -> None:
    client.force_login(provider)
    post = reverse("patients:alert-close", args=[alert.pk])
    answer = client.post(post, {"outcome": "Well again."})
    assert (answer.status_code, "Well again." in answer.content.decode()) == (409, True)
    assert client.post(post, {"outcome": "Well again.", "without": "In hospital."}).status_code == 302


def test_a_therapist_closes_once_all_contacts_are_made_and_is_not_asked_before(
    client: Client, alert: SafetyAlert, therapist: User, provider: User
) -> None:
    address, post = (reverse(name, args=[alert.pk]) for name in ("patients:alert", "patients:alert-close"))
    client.force_login(therapist)
    before = client.get(address).content.decode()
    assert (post in before, "After the last required contact" in before) == (False, True)
    for contact in alert.contacts.all():
        alert_contacts.record(contact_id=contact.pk, reached=True, words="Done.", by=provider)
    assert post in client.get(address).content.decode()
    assert client.post(post, {"outcome": "Well again."}).status_code == 302


def test_every_grade_but_the_present_one_is_offered(client: Client, alert: SafetyAlert, provider: User) -> None:
    client.force_login(provider)
    shown = client.get(reverse("patients:alert", args=[alert.pk])).context["grading"]
    assert [value for value, _ in shown.fields["grade"].choices] == ["high", "low"]


def test_a_new_grade_needs_a_reason(client: Client, alert: SafetyAlert, provider: User) -> None:
    client.force_login(provider)
    post = reverse("patients:alert-grade", args=[alert.pk])
    assert client.post(post, {"grade": "high", "reason": ""}).status_code == 422
    assert client.post(post, {"grade": "high", "reason": "Names a plan."}).status_code == 302
    assert "Moderate → High" in client.get(reverse("patients:alert", args=[alert.pk])).content.decode()


def test_the_page_asks_as_much_for_one_call_as_for_many(
    client: Client, alert: SafetyAlert, provider: User, django_assert_max_num_queries: object
) -> None:
    client.force_login(provider)
    for minutes in (16, 31, 46):
        with clock.at(alert.opened_at + timedelta(minutes=minutes)):
            paging.run()
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        client.get(reverse("patients:alert", args=[alert.pk]))
