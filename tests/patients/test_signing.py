"""Signing on a screen: what is kept, what is refused, who may, and that nothing changes afterwards."""

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.db.utils import InternalError

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted
from patients import consents, links, registration, signatures
from patients.consents import Signature
from patients.models import Consent, ContactConsent, PatientLink
from tests import build
from tests.patients.signing import CROSS, WAVE

GIVEN = Signature(signer_name=" Maya Torres ", method="drawn", strokes=WAVE, questions_answered=True)


def sign(patient, by, *, kind="treatment", language="en", link=None, channels=(), given=GIVEN, **changes) -> Consent:
    return consents.sign(
        patient_id=patient.pk,
        kind=kind,
        text_sha256=consents.text_of(kind, language).sha256,
        signature=replace(given, **changes),
        by=by,
        link=link,
        channels=channels,
    )


@pytest.fixture
def link(patient, provider) -> PatientLink:
    links.make(patient_id=patient.pk, purpose="intake", by=None)
    return PatientLink.objects.get()


def test_strokes_picture_and_the_hash_of_the_very_text_are_kept(patient, nurse):
    consent = sign(patient, nurse, address="192.0.2.7", device="Tablet", reader_aid="Ana Ruiz, interpreter")
    consent.refresh_from_db()
    path = consents.TEXTS / f"treatment-en-{consent.version}.md"
    assert consent.text_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (consent.strokes, bytes(consent.png)) == (WAVE, signatures.drawn(WAVE))
    assert (consent.signer_name, consent.witness, consent.entered_by) == ("Maya Torres", nurse, nurse)
    assert (consent.method, consent.questions_answered, consent.link) == ("drawn", True, None)
    assert (consent.address, consent.device, consent.reader_aid) == ("192.0.2.7", "Tablet", "Ana Ruiz, interpreter")
    assert consents.in_force(patient, "treatment", patient.site.today()) == consent


def test_in_spanish_the_spanish_text_is_what_is_signed(patient, nurse):
    consent = sign(patient, nurse, language="es")
    path = consents.TEXTS / f"treatment-es-{consent.version}.md"
    assert (consent.language, consent.text_sha256) == ("es", hashlib.sha256(path.read_bytes()).hexdigest())
    assert consents.in_force(patient, "treatment", patient.site.today()) == consent


def test_a_typed_name_has_neither_strokes_nor_picture(patient, nurse):
    consent = sign(patient, nurse, method="typed")
    assert (consent.method, consent.strokes, consent.png) == ("typed", None, None)


def test_one_who_signs_for_the_patient_says_as_whom(patient, nurse):
    assert sign(patient, nurse, relation="Health care agent").relation == "Health care agent"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"signer_name": "  "}, "signer_name"),
        ({"signer_name": "x" * 121}, "signer_name"),
        ({"relation": "x" * 61}, "relation"),
        ({"reader_aid": "x" * 121}, "reader_aid"),
        ({"questions_answered": False}, "questions"),
        ({"method": "paper"}, "method"),
        ({"strokes": None}, "strokes"),
        ({"strokes": []}, "strokes"),
        ({"strokes": [[[5, 5]]]}, "strokes"),
    ],
)
def test_each_thing_that_is_missing_is_named_and_nothing_is_kept(patient, nurse, changed, field):
    with pytest.raises(Invalid) as refused:
        sign(patient, nurse, **changed)
    assert set(refused.value.fields) == {field}
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "sha", ["", "0" * 64, consents.text_of("privacy").sha256], ids=["none", "unknown", "other kind"]
)
def test_a_text_that_is_not_the_one_to_sign_is_refused(patient, nurse, sha):
    with pytest.raises(Invalid, match="newer text"):
        consents.sign(patient_id=patient.pk, kind="treatment", text_sha256=sha, signature=GIVEN, by=nurse)


def test_a_text_that_was_replaced_meanwhile_is_read_anew(patient, nurse, monkeypatch):
    shown, known = consents.text_of("treatment"), consents.texts()
    monkeypatch.setattr(consents, "texts", lambda: (*known, replace(shown, version="2099-01", text="# Newer\n")))
    with pytest.raises(Invalid, match="newer text"):
        consents.sign(patient_id=patient.pk, kind="treatment", text_sha256=shown.sha256, signature=GIVEN, by=nurse)


def test_a_form_sent_twice_is_kept_once_and_a_second_form_is_a_second_signature(patient, nurse):
    key = uuid4()
    assert sign(patient, nurse, form_key=key) == sign(patient, nurse, form_key=key)
    assert sign(patient, nurse, form_key=uuid4()) != Consent.objects.earliest("entered_at")
    assert Consent.objects.count() == 2


def test_staff_need_the_right_and_a_stranger_finds_nothing(patient, front_desk, therapist, stranger):
    for colleague in (front_desk, therapist):
        with pytest.raises(NotPermitted):
            sign(patient, colleague)
    with pytest.raises(NotFound):
        sign(patient, stranger)


def test_by_link_the_link_stands_where_a_witness_would(patient, link):
    consent = sign(patient, None, link=link)
    assert (consent.link, consent.witness, consent.entered_by) == (link, None, None)


def test_only_a_good_link_of_this_patient_and_purpose_signs(patient, link, site, provider):
    other = build.patient(site, given_name="Ben")
    with pytest.raises(NotFound):
        sign(other, None, link=link)
    with pytest.raises(NotFound):
        sign(patient, None)
    links.make(patient_id=patient.pk, purpose="measures", by=None)
    with pytest.raises(NotFound):
        sign(patient, None, link=PatientLink.objects.get(purpose="measures"))
    PatientLink.objects.filter(pk=link.pk).update(revoked_at=clock.now())
    with pytest.raises(NotFound):
        sign(patient, None, link=link)


@pytest.mark.parametrize(
    "change",
    [
        {"signer_name": "Somebody"}, {"strokes": CROSS}, {"png": b"other"}, {"text_sha256": "0" * 64},
        {"version": "2020-01"}, {"valid_until": "2040-01-01"}, {"questions_answered": None}, {"entered_by": None},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_what_was_signed_is_locked(patient, nurse, change):
    consent = sign(patient, nurse)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(**change)


def test_a_signature_is_withdrawn_once_and_never_deleted(patient, nurse):
    consent = sign(patient, nurse)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).delete()
    consents.withdraw(consent_id=consent.pk, by=nurse)
    consent.refresh_from_db()
    assert (consent.withdrawn_by, consents.in_force(patient, "treatment", patient.site.today())) == (nurse, None)
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(withdrawn_at=None, withdrawn_by=None)


def _row(patient, nurse, **changes) -> Consent:
    now = clock.now()
    facts = {
        "kind": "privacy", "version": "1", "text_sha256": "0" * 64, "signer_name": "Maya", "method": "drawn",
        "strokes": WAVE, "png": b"picture", "questions_answered": True, "witness": nurse, "observed_at": now,
        "valid_until": now.date(),
    }  # fmt: skip
    return Consent(patient=patient, **(facts | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"strokes": None}, {"png": None}, {"method": "typed"}, {"method": "typed", "strokes": None},
        {"strokes": []}, {"strokes": {}}, {"strokes": "ink"}, {"strokes": [7]}, {"strokes": [[]]}, {"strokes": [[7]]},
        {"strokes": [[[1]]]}, {"strokes": [[[1, 2, 3]]]}, {"strokes": [[["1", 2]]]}, {"strokes": [[[-1, 2]]]},
        {"strokes": [[[1001, 2]]]}, {"strokes": [[[1, 401]]]}, {"strokes": [WAVE[0], [[1, 401]]]},
        {"strokes": [[[1, 2]]] * 301}, {"strokes": [[[1000, 400]] * 12_000]}, {"png": b"0" * 100_001},
        {"witness": None}, {"questions_answered": False}, {"questions_answered": None},
    ],
)  # fmt: skip
def test_the_database_keeps_no_signature_that_is_none(patient, nurse, changes):
    with pytest.raises(DatabaseError), transaction.atomic():
        _row(patient, nurse, **changes).save()


@pytest.mark.parametrize(
    "changes",
    [{}, {"method": "paper", "strokes": None, "png": None, "witness": None, "questions_answered": None}],
    ids=["on a screen", "as rows were before"],
)
def test_the_database_keeps_whole_signatures_and_those_of_before(patient, nurse, changes):
    _row(patient, nurse, **changes).save()


# Email and text messages


@pytest.fixture
def reachable(patient):
    patient.email, patient.phone = "maya@example.com", "+15550137740"
    patient.save()
    return patient


def test_a_consent_to_messages_signs_the_words_of_each_way_in_their_language(reachable, link):
    consent = sign(reachable, None, kind="contact", language="es", link=link, channels=["email", "text"])
    words = {word.channel: word for word in ContactConsent.objects.all()}
    assert set(words) == {"email", "text"}
    assert {(word.consent, word.language, word.taken_by) for word in words.values()} == {(consent, "es", None)}
    assert words["text"].words == registration.WORDS["text"].spanish


def test_a_signed_word_takes_the_place_of_a_spoken_one_and_is_taken_back_with_the_signature(reachable, nurse):
    spoken = registration.agree_to_contact(patient_id=reachable.pk, channel="email", by=nurse)
    consent = sign(reachable, nurse, kind="contact", channels=["email"])
    spoken.refresh_from_db()
    assert spoken.revoked_at
    word = ContactConsent.objects.get(revoked_at=None)
    assert word.consent == consent
    consents.withdraw(consent_id=consent.pk, by=nurse)
    assert not ContactConsent.objects.filter(revoked_at=None).exists()


def test_messages_need_a_way_and_an_address_and_are_never_part_of_another_text(patient, nurse):
    with pytest.raises(Invalid, match="at least one way"):
        sign(patient, nurse, kind="contact")
    patient.email = ""
    patient.save()
    with pytest.raises(Invalid, match="no email address"):
        sign(patient, nurse, kind="contact", channels=["email"])
    sign(patient, nurse, channels=["email"])
    assert not ContactConsent.objects.exists()


def test_required_texts_are_missing_until_each_is_signed(patient, nurse):
    today = patient.site.today()
    assert consents.missing(patient, today) == ["treatment", "privacy", "financial"]
    for kind in ("treatment", "financial"):
        sign(patient, nurse, kind=kind)
    assert consents.missing(patient, today) == ["privacy"]
    consents.withdraw(consent_id=Consent.objects.get(kind="financial").pk, by=nurse)
    assert consents.missing(patient, today) == ["privacy", "financial"]


def test_what_holds_is_read_in_one_query(patient, nurse, django_assert_num_queries):
    for kind in ("treatment", "privacy", "privacy"):
        sign(patient, nurse, kind=kind)
    with django_assert_num_queries(1):
        held = consents.standing(patient, patient.site.today())
    assert {kind: bool(consent) for kind, consent in held.items()} == {
        "treatment": True, "privacy": True, "financial": False, "contact": False,
    }  # fmt: skip
