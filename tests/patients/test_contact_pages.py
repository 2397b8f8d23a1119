"""The contacts page."""

from uuid import uuid4

import pytest
from django.urls import reverse

from patients import registration
from tests.patients.people import register


@pytest.fixture
def maya(site, front_desk):
    return register(site, front_desk, phone="555 013 7740")


@pytest.fixture
def desk(client, front_desk):
    client.force_login(front_desk)
    return client


def _post(client, verb: str, pk, /, **typed: str):
    return client.post(reverse(f"patients:{verb}", args=[pk]), typed)


def _page(client, patient) -> str:
    return client.get(reverse("patients:contacts", args=[patient.pk])).content.decode()


def test_an_escort_is_added_and_no_longer_called(desk, maya) -> None:
    typed = {"kind": "escort", "name": "Luis <b>Torres", "phone": "555 013 7742"}
    assert _post(desk, "contact-add", maya.pk, **typed).status_code == 302
    page = _page(desk, maya)
    assert "Luis &lt;b&gt;Torres" in page
    assert 'href="tel:+15550137742"' in page
    contact = maya.contacts.get()
    assert _post(desk, "contact-end", contact.pk).status_code == 302
    assert "No longer" in _page(desk, maya)


def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, maya) -> None:
    answer = _post(desk, "contact-add", maya.pk, kind="escort", name="Luis", phone="555")
    assert answer.status_code == 422
    assert 'value="Luis"' in answer.content.decode()
    assert not maya.contacts.exists()


def test_the_patient_agrees_to_texts_and_takes_it_back(desk, maya) -> None:
    assert _post(desk, "contact-word", maya.pk, channel="text").status_code == 302
    assert "Agreed" in _page(desk, maya)
    assert _post(desk, "contact-word", maya.pk, channel="text", withdraw="1").status_code == 302
    assert not maya.contact_consents.filter(revoked_at=None).exists()


@pytest.mark.parametrize("channel", ["email", "fax", ""])
def test_a_channel_that_can_not_be_is_refused_with_a_sentence(desk, maya, channel) -> None:
    answer = _post(desk, "contact-word", maya.pk, channel=channel)
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert not maya.contact_consents.exists()


def test_a_stranger_finds_nobody_and_a_therapist_may_not(client, maya, front_desk, stranger, therapist) -> None:
    contact = registration.add_contact(patient_id=maya.pk, by=front_desk, kind="clinician", name="Dr Ito")
    for user, status in ((stranger, 404), (therapist, 403)):
        client.force_login(user)
        assert _post(client, "contact-add", maya.pk, kind="clinician", name="Dr X").status_code == status
        assert _post(client, "contact-end", contact.pk).status_code == status
        assert _post(client, "contact-word", maya.pk, channel="text").status_code == status


def test_nobody_ends_a_contact_that_is_not(desk) -> None:
    assert _post(desk, "contact-end", uuid4()).status_code == 404
