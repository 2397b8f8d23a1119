"""Consents: the exact text, its hash, and until when it holds."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from patients import consents
from patients.models import Consent, Patient
from tests import build


def signed(patient: Patient, by: User, kind: str = "treatment") -> Consent:
    return consents.record(patient_id=patient.pk, kind=kind, signer_name="Maya Torres", observed_at=clock.now(), by=by)


def test_the_hash_is_that_of_the_bytes_shown(patient: Patient, nurse: User) -> None:
    consent = signed(patient, nurse)
    path = consents.TEXTS / f"treatment-en-{consent.version}.md"
    assert consent.text_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    found = consents.signed_text(consent)
    assert found is not None
    assert found.version == consent.version


def test_the_witness_is_who_recorded_it(patient: Patient, nurse: User) -> None:
    assert signed(patient, nurse).witness == nurse


@pytest.mark.parametrize("kind", Consent.Kind.values)
def test_every_kind_has_a_text(kind: str) -> None:
    assert consents.blocks(consents.text_of(kind).text)[0][0] == "title"


def test_the_treatment_text_says_what_the_protocol_asks_for() -> None:
    text = consents.text_of("treatment").text.lower()
    for words in (
        "off-label", "esketamine", "electroconvulsive", "no treatment", "bladder", "suicide", "pregnan", "drive",
        "alcohol", "no result is promised", "voluntary", "withdraw", "insurance", "911", "988", "photo", "touch",
        "questions", "confidential", "messages",
    ):  # fmt: skip
        assert words in text


def test_it_holds_for_365_days_and_not_one_more(patient: Patient, nurse: User, site: object) -> None:
    consent = signed(patient, nurse)
    today = patient.site.today()
    assert consents.in_force(patient, "treatment", today) == consent
    assert consents.in_force(patient, "treatment", today + timedelta(days=365)) == consent
    assert consents.in_force(patient, "treatment", today + timedelta(days=366)) is None
    assert consents.in_force(patient, "treatment", today - timedelta(days=1)) is None


def test_another_kind_is_not_covered(patient: Patient, nurse: User) -> None:
    signed(patient, nurse, "privacy")
    assert consents.in_force(patient, "treatment", patient.site.today()) is None


def test_an_older_version_has_to_be_signed_again(
    patient: Patient, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent = signed(patient, nurse)
    known = consents.texts()
    newer = replace(consents.text_of("treatment"), version="2099-01", text="# Newer\n")
    monkeypatch.setattr(consents, "texts", lambda: (*known, newer))
    assert consents.in_force(patient, "treatment", patient.site.today()) is None
    assert consents.signed_text(consent) is not None
    again = signed(patient, nurse)
    assert (again.version, consents.in_force(patient, "treatment", patient.site.today())) == ("2099-01", again)


def test_withdrawn_it_no_longer_holds(patient: Patient, nurse: User) -> None:
    consent = signed(patient, nurse)
    consents.withdraw(consent_id=consent.pk, by=nurse)
    assert consents.in_force(patient, "treatment", patient.site.today()) is None
    with pytest.raises(Refused):
        consents.withdraw(consent_id=consent.pk, by=nurse)


def test_signing_again_after_a_withdrawal_holds(patient: Patient, nurse: User) -> None:
    consents.withdraw(consent_id=signed(patient, nurse).pk, by=nurse)
    again = signed(patient, nurse)
    assert consents.in_force(patient, "treatment", patient.site.today()) == again


def test_without_a_name_it_is_refused(patient: Patient, nurse: User) -> None:
    with pytest.raises(Invalid):
        consents.record(patient_id=patient.pk, kind="treatment", signer_name=" ", observed_at=clock.now(), by=nurse)


def test_a_signature_of_tomorrow_is_refused(patient: Patient, nurse: User) -> None:
    with pytest.raises(Invalid):
        consents.record(
            patient_id=patient.pk,
            kind="treatment",
            signer_name="Maya",
            observed_at=clock.now() + timedelta(days=1),
            by=nurse,
        )


def test_front_desk_may_not_record_and_a_stranger_finds_nothing(
    patient: Patient, front_desk: User, stranger: User
) -> None:
    with pytest.raises(NotPermitted):
        signed(patient, front_desk)
    with pytest.raises(NotFound):
        signed(patient, stranger)


def test_a_spanish_speaker_signs_the_spanish_text_and_english_only_where_there_is_none(
    site: Site, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = build.patient(site, language="es")
    assert signed(patient, nurse).language == "es"
    english = tuple(text for text in consents.texts() if text.language == "en")
    monkeypatch.setattr(consents, "texts", lambda: english)
    assert signed(patient, nurse, "privacy").language == "en"


@pytest.mark.parametrize("kind", Consent.Kind.values)
def test_the_texts_of_a_kind_are_one_version_in_both_languages_with_the_same_parts(kind: str) -> None:
    english, spanish = consents.text_of(kind, "en"), consents.text_of(kind, "es")
    assert (english.language, spanish.language) == ("en", "es")
    assert english.version == spanish.version
    assert english.version in english.text
    assert spanish.version in spanish.text
    shapes = [[each for each, _words in consents.blocks(text.text)] for text in (english, spanish)]
    assert shapes[0] == shapes[1]


def test_the_spanish_treatment_text_says_what_the_protocol_asks_for() -> None:
    text = consents.text_of("treatment", "es").text.lower()
    for words in (
        "fuera de etiqueta", "esketamina", "electroconvulsiva", "ningún tratamiento", "vejiga", "suicidio", "embaraz",
        "maneja", "alcohol", "no se promete", "voluntaria", "retirarse", "seguro", "911", "988", "fotos", "contacto",
        "preguntas", "confidencial", "mensaje",
    ):  # fmt: skip
        assert words in text
