"""The address in a message: one for each, the same at every try, kept nowhere."""

from datetime import timedelta

import pytest

from clinic import clock
from patients import links
from patients.models import PatientLink
from reminders import ledger, links_in_words
from reminders.models import Message
from tests.patients.linking import token_of


@pytest.fixture
def message(patient) -> Message:
    return plan(patient, "first")


def plan(patient, occurrence) -> Message:
    now = clock.now()
    return ledger.plan(
        kind="visits_booked", patient=patient, site=patient.site, subject_kind="patient", subject_id=patient.pk,
        occurrence=occurrence, due_at=now, expires_at=now + timedelta(hours=6), values={"dates": "Tue 2 Feb"},
    )  # fmt: skip


def path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_a_message_that_is_tried_again_says_the_same_address(message):
    address = links_in_words.address(message)
    assert links_in_words.address(message) == address
    link = PatientLink.objects.get()
    assert (link.purpose, link.subject_id) == ("visits", message.pk)
    assert link.token_sha256 == links.token_hash(token_of(path(address)))
    message.refresh_from_db()
    assert token_of(path(address)) not in repr(vars(message)) + repr(vars(link))


def test_a_newer_message_kills_no_older_ones_link(message, patient):
    first = links_in_words.address(message)
    second = links_in_words.address(plan(patient, "second"))
    assert first != second
    assert all(links.find(token_of(path(one))).is_good for one in (first, second))


def test_it_ends_a_day_after_the_message_may_last_be_sent(message):
    links_in_words.address(message)
    assert PatientLink.objects.get().expires_at == message.expires_at + timedelta(days=1)


def test_what_was_taken_back_stays_so_and_another_try_has_a_new_address(message, front_desk):
    first = links_in_words.address(message)
    links.revoke(link_id=PatientLink.objects.get().pk, by=front_desk)
    again = links_in_words.address(message)
    assert again != first
    assert links.find(token_of(path(first))).ended_by == "revoked"


def test_a_new_key_of_the_house_ends_no_link_that_was_sent(message, settings):
    first = links_in_words.address(message)
    old = "old:" + "b2xkIGtleSBvZiB0aGUgaG91c2UsIDMyIGJ5dGVzISE="
    settings.FIELD_KEYS = old
    with_old = links_in_words.address(plan(message.patient, "old"))
    settings.FIELD_KEYS = "new:bmV3IGtleSBvZiB0aGUgaG91c2UsIDMyIGJ5dGVzISE=," + old
    assert links_in_words.address(Message.objects.get(occurrence="old")) == with_old
    assert links.find(token_of(path(first))).is_good
