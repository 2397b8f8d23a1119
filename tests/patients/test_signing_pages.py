"""The pages on which a text is signed and shown: what they send, what they keep after a refusal, who sees them."""

import json
from html import unescape

import pytest
from django.urls import reverse

from clinic.documents.paper import Paper
from clinic.models import ReadEvent
from patients import consent_pdf, consents, signatures
from patients.models import Consent, ContactConsent
from tests.patients.signing import WAVE
from tests.patients.test_signing import sign

DRAWN = {
    "kind": "treatment", "language": "en", "signs": "self", "signer_name": "Maya Torres", "questions": "on",
    "method": "drawn", "strokes": json.dumps(WAVE), "form_key": "0190aaaa-0000-7000-8000-000000000001",
}  # fmt: skip


@pytest.fixture
def here(client, patient, nurse):
    client.force_login(nurse)
    return reverse("patients:consent-new", args=[patient.pk])


def posted(kind="treatment", language="en", **changes):
    text = consents.text_of(kind, language).sha256
    return DRAWN | {"kind": kind, "language": language, "text": text} | changes


def test_the_staff_page_keeps_what_was_drawn_before_a_witness(client, here, nurse):
    answer = client.post(here, posted(), headers={"user-agent": "Trolley tablet"})
    consent = Consent.objects.get()
    assert answer.url == reverse("patients:consent", args=[consent.pk])
    assert (consent.strokes, consent.witness, consent.device) == (WAVE, nurse, "Trolley tablet")
    assert consent.address == "127.0.0.1"
    shown = client.get(answer.url).content.decode()
    assert "Signature of Maya Torres" in shown
    assert consent.text_sha256 in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"strokes": ""}, signatures.EMPTY),
        ({"strokes": "[[[5,5]]]"}, signatures.DOT),
        ({"strokes": "<svg/>"}, signatures.BROKEN),
        ({"signer_name": ""}, consents.ASK_NAME),
        ({"questions": ""}, consents.ASK_QUESTIONS),
        ({"signs": "other"}, consents.ASK_RELATION),
        ({"text": "0" * 64}, consents.NEW_TEXT),
    ],
)
def test_each_refusal_says_why_and_keeps_the_rest(client, here, changes, sentence):
    answer = client.post(here, posted(reader_aid="Ana Ruiz", **changes))
    page = unescape(answer.content.decode())
    assert (answer.status_code, str(sentence) in page, Consent.objects.exists()) == (422, True, False)
    assert 'value="Ana Ruiz"' in page
    assert DRAWN["form_key"] in page
    assert consents.text_of("treatment").sha256 in page
    if "strokes" not in changes:
        assert (json.dumps(WAVE) in page) == ("text" not in changes)


def test_sent_twice_it_is_kept_once(client, here):
    for _ in range(2):
        assert client.post(here, posted()).status_code == 302
    assert Consent.objects.count() == 1


def test_the_part_to_sign_speaks_the_language_of_the_text(client, here):
    page = unescape(client.get(here, {"language": "es"}).content.decode())
    assert "Versión 2026-11" in page
    assert "Escriba su nombre" not in client.get(here).content.decode()
    client.post(here, posted(language="es", method="typed", strokes=""))
    assert (Consent.objects.get().language, Consent.objects.get().method) == ("es", "typed")


def test_only_ways_that_the_record_knows_are_offered(client, here, patient):
    patient.email = "maya@example.com"
    patient.phone = ""
    patient.save()
    page = client.get(here, {"kind": "contact"}).content.decode()
    assert 'value="email"' in page
    assert 'value="text"' not in page
    assert client.post(here, posted("contact", channels=["text"])).status_code == 422
    assert client.post(here, posted("contact", channels=["email"])).status_code == 302
    assert ContactConsent.objects.get().consent == Consent.objects.get()


def test_the_paper_holds_the_text_and_the_picture_and_is_kept_by_no_cache(client, patient, nurse):
    client.force_login(nurse)
    consent = sign(patient, nurse, language="es")
    answer = client.get(reverse("patients:consent-pdf", args=[consent.pk]))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert str(patient.mrn) not in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")
    assert b"/Subtype /Image" in answer.content
    assert b"es-US" in answer.content
    assert b"/Subtype /Image" not in consent_pdf.make(sign(patient, nurse, method="typed"))


def test_the_frame_lies_around_the_drawn_signature_and_pages_are_counted_in_spanish(patient, nurse, monkeypatch):
    done = []

    def watched(name):
        whole = getattr(Paper, name)
        return lambda *args, **more: done.append((name, args[1:])) or whole(*args, **more)

    for name in ("image", "rect", "say"):
        monkeypatch.setattr(Paper, name, watched(name))
    consent_pdf.make(sign(patient, nurse, language="es"))
    assert [name for name, _ in done if name != "say"] == ["image", "rect"]  # else its white covers the lines
    assert any("Página 1 de" in str(words) for name, words in done if name == "say")


def test_the_list_says_what_is_required_what_holds_and_what_was_withdrawn(client, patient, nurse):
    client.force_login(nurse)
    consents.withdraw(consent_id=sign(patient, nurse, kind="financial").pk, by=nurse)
    sign(patient, nurse)
    page = client.get(reverse("patients:consents", args=[patient.pk])).content.decode()
    assert (page.count("Required"), page.count("Missing"), page.count("Not signed")) == (3, 2, 1)
    assert "Withdrawn" in page


@pytest.mark.parametrize("name", ["consent", "consent-picture", "consent-pdf"])
def test_a_signature_is_shown_to_those_who_read_charts_and_the_read_is_written(
    client, patient, nurse, therapist, front_desk, stranger, name
):
    address = reverse(f"patients:{name}", args=[sign(patient, nurse).pk])
    for user, status in ((therapist, 200), (front_desk, 403), (stranger, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status
    assert [read.user for read in ReadEvent.objects.filter(patient_id=patient.pk, what="consent")] == [therapist]


def test_the_picture_is_what_was_made_and_stays_out_of_caches(client, patient, nurse):
    client.force_login(nurse)
    answer = client.get(reverse("patients:consent-picture", args=[sign(patient, nurse).pk]))
    assert answer.content == signatures.drawn(WAVE)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/png", "no-store, private")
    assert answer["X-Content-Type-Options"] == "nosniff"
    typed = sign(patient, nurse, method="typed")
    assert client.get(reverse("patients:consent-picture", args=[typed.pk])).status_code == 404


def test_the_contacts_page_tells_a_signed_word_and_shows_the_words_in_the_patients_language(client, patient, nurse):
    patient.email, patient.phone, patient.language = "maya@example.com", "+15550137740", "es"
    patient.save()
    client.force_login(nurse)
    sign(patient, nurse, kind="contact", language="es", channels=["email"])
    page = client.get(reverse("patients:contacts", args=[patient.pk])).content.decode()
    assert "signed by Maya Torres" in page
    assert page.count("La clínica puede enviarme") == 2
