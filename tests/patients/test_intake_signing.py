"""The texts of the intake, signed by link: one after the other, in Spanish, through a door that closes."""

import json
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from patients import consents, intake, signatures
from patients.models import Consent, ContactConsent, PatientLink
from tests.patients.answering import answer
from tests.patients.linking import good, open_door
from tests.patients.signing import WAVE
from tests.patients.test_cards import photo


@pytest.fixture
def path(patient, front_desk) -> str:
    patient.language, patient.email = "es", "maya@example.com"
    patient.save()
    return intake.invite(patient_id=patient.pk, by=front_desk)


@pytest.fixture
def text_at(client, path, patient):
    """The address of a text, past the door."""
    open_door(client, path, patient)
    return lambda kind="": f"{path}intake/consents/{kind}/" if kind else f"{path}intake/consents/"


def given(kind, **changes):
    return {
        "text": consents.text_of(kind, "es").sha256, "signs": "self", "signer_name": "Maya Torres", "questions": "on",
        "method": "drawn", "strokes": json.dumps(WAVE),
    } | changes  # fmt: skip


def test_every_required_text_is_signed_in_spanish_and_then_the_intake_is_sent(client, path, text_at, patient):
    link = PatientLink.objects.get()
    answer(link)
    client.post(f"{path}intake/cards/", {"version": 0, "go": "1", "card_front": _file()})
    for kind in consents.missing(patient, patient.site.today()):
        assert client.post(text_at(kind), given(kind))["Location"] == text_at()
    assert {(each.language, each.link, each.witness) for each in Consent.objects.all()} == {("es", link, None)}
    assert client.get(text_at()).content.decode().count("Firmado") == 3
    assert not ContactConsent.objects.exists()
    client.post(f"{path}intake/review/")
    assert intake.of_link(link).sent_at is not None
    assert client.post(text_at("treatment"), given("treatment")).status_code == 200
    assert Consent.objects.count() == 3


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("front.jpg", photo())


@pytest.mark.parametrize("left_out", ["treatment", "privacy", "financial"])
def test_with_one_text_unsigned_it_can_not_be_sent(client, path, text_at, left_out):
    link = PatientLink.objects.get()
    answer(link)
    client.post(f"{path}intake/cards/", {"version": 0, "go": "1", "card_front": _file()})
    for kind in set(consents.REQUIRED) - {left_out}:
        client.post(text_at(kind), given(kind))
    assert client.post(f"{path}intake/review/")["Location"].endswith("/review/?look=1")
    assert intake.of_link(link).sent_at is None


def test_a_refusal_speaks_spanish_and_keeps_what_was_typed(client, text_at):
    page = client.post(text_at("treatment"), given("treatment", strokes="[[[5,5]]]", reader_aid="Ana Ruiz"))
    text = unescape(page.content.decode())
    assert page.status_code == 422
    assert 'href="#id_strokes"' in text
    assert "Esto es muy pequeño para una firma." in text
    assert str(signatures.DOT) not in text
    assert 'value="Ana Ruiz"' in text
    assert not Consent.objects.exists()


def test_a_door_that_closed_meanwhile_loses_no_signature(text_at, patient):
    other = Client()
    asked = other.post(text_at("treatment"), given("treatment"))
    assert (asked.status_code, Consent.objects.exists()) == (401, False)
    other.post(text_at("treatment"), good(patient) | {"held": asked.context["held"]})
    assert Consent.objects.get().strokes == WAVE


def test_messages_are_agreed_to_by_the_same_kind_of_signature(client, text_at):
    client.post(text_at("contact"), given("contact", channels=["email"]))
    word = ContactConsent.objects.get()
    assert (word.language, word.consent) == ("es", Consent.objects.get(kind="contact"))
