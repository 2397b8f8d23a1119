"""Escorts, emergency contacts, and the patient's word on email and texts."""

import pytest

from clinic.errors import Invalid, NotFound, NotPermitted
from patients import contact_words, registration
from patients.models import Contact
from tests.patients.people import register


@pytest.fixture
def maya(site, front_desk):
    return register(site, front_desk, phone="555 013 7740", email="maya@example.com")


def _add(patient, by, **fields) -> Contact:
    given = {"kind": "escort", "name": "Luis Torres", "relation": "Brother", "phone": "555 013 7741", **fields}
    return registration.add_contact(patient_id=patient.pk, by=by, **given)


def test_a_contact_is_kept_once(maya, front_desk) -> None:
    one = _add(maya, front_desk)
    assert one.phone == "+15550137741"
    assert _add(maya, front_desk) == one


def test_a_contact_that_ended_stays_and_may_come_again(maya, front_desk) -> None:
    one = _add(maya, front_desk)
    registration.end_contact(contact_id=one.pk, by=front_desk)
    assert _add(maya, front_desk) != one
    assert Contact.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"kind": "friend"}, "kind"), ({"name": " "}, "name"), ({"phone": ""}, "phone"), ({"phone": "12"}, "phone")],
)
def test_each_bad_value_is_named(maya, front_desk, changed, field) -> None:
    with pytest.raises(Invalid) as refused:
        _add(maya, front_desk, **changed)
    assert set(refused.value.fields) == {field}


def test_a_clinician_may_have_no_phone(maya, front_desk) -> None:
    assert _add(maya, front_desk, kind="clinician", phone="").phone == ""


def test_a_word_is_kept_with_what_was_read_and_by_whom(maya, front_desk) -> None:
    word = registration.agree_to_contact(patient_id=maya.pk, channel="email", by=front_desk)
    assert (word.words, word.version) == (contact_words.WORDS["email"].text, contact_words.WORDS["email"].version)
    assert word.taken_by == front_desk
    assert registration.agree_to_contact(patient_id=maya.pk, channel="email", by=front_desk) == word


def test_new_words_need_a_new_word(maya, front_desk, monkeypatch) -> None:
    old = registration.agree_to_contact(patient_id=maya.pk, channel="text", by=front_desk)
    newer = contact_words.Words(version="2099-01", text="Newer", spanish="", needs="phone", missing="")
    monkeypatch.setitem(contact_words.WORDS, "text", newer)
    word = registration.agree_to_contact(patient_id=maya.pk, channel="text", by=front_desk)
    old.refresh_from_db()
    assert (word.version, old.revoked_at is not None) == ("2099-01", True)


def test_withdrawn_and_given_again(maya, front_desk) -> None:
    registration.agree_to_contact(patient_id=maya.pk, channel="text", by=front_desk)
    assert registration.withdraw_contact(patient_id=maya.pk, channel="text", by=front_desk).revoked_at
    assert registration.withdraw_contact(patient_id=maya.pk, channel="text", by=front_desk) is None
    registration.agree_to_contact(patient_id=maya.pk, channel="text", by=front_desk)
    assert maya.contact_consents.filter(revoked_at__isnull=True).count() == 1


@pytest.mark.parametrize(("channel", "says"), [("email", "no email"), ("text", "no phone"), ("fax", "email or text")])
def test_a_word_for_a_channel_without_an_address_is_refused(site, front_desk, channel, says) -> None:
    someone = register(site, front_desk)
    with pytest.raises(Invalid, match=says):
        registration.agree_to_contact(patient_id=someone.pk, channel=channel, by=front_desk)


@pytest.mark.parametrize(
    "verb",
    [
        _add,
        lambda patient, by: registration.agree_to_contact(patient_id=patient.pk, channel="email", by=by),
        lambda patient, by: registration.withdraw_contact(patient_id=patient.pk, channel="email", by=by),
    ],
)
def test_a_stranger_finds_nobody_and_a_colleague_without_the_right_is_told(maya, stranger, therapist, verb) -> None:
    with pytest.raises(NotFound):
        verb(maya, stranger)
    with pytest.raises(NotPermitted):
        verb(maya, therapist)
