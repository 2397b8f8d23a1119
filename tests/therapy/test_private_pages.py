"""The page of a psychotherapy note: opened by a fresh proof, for its author, and kept by no browser."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock, reauth
from clinic.models import ReadEvent, User
from clinic.policy import Role
from patients.models import Patient
from tests import build
from tests.infusions import making
from therapy import private, releases
from therapy.models import NoteRelease, PsychotherapyNote, ReleaseAuthorization, TherapySession

WORDS = "She said the river was silent."


@pytest.fixture
def session(patient: Patient, provider: User, therapist: User) -> TherapySession:
    """Without its visit: a note asks for none."""
    series = making.loading(patient, provider)
    return TherapySession.objects.create(patient=patient, series=series, kind="preparation", therapist=therapist)


@pytest.fixture
def note(session: TherapySession, therapist: User) -> PsychotherapyNote:
    made = private.begin(session_id=session.pk, by=therapist)
    return private.save(note_id=made.pk, text=WORDS, edition=0, by=therapist, keep=True)


@pytest.fixture
def signed_in(client: Client, therapist: User) -> Client:
    client.force_login(therapist)
    client.get(reverse("clinic:unlock"))
    return client


def page(note: PsychotherapyNote, name: str = "private") -> str:
    return reverse(f"therapy:{name}", args=[note.pk])


def save(client: Client, note: PsychotherapyNote, text: str, edition: int, **more: str):
    return client.post(
        page(note, "private-save"), {"text": text, "version": edition, **more}, headers={"HX-Request": "true"}
    )


def later(minutes: int):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def test_the_author_reads_and_the_page_is_kept_nowhere(signed_in, note):
    answer = signed_in.get(page(note))
    assert WORDS in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    said = answer.content.decode()
    assert all(word in said for word in ('spellcheck="false"', 'autocomplete="off"', "d-print-none"))
    assert ReadEvent.objects.filter(patient_id=note.patient_id, what="psychotherapy note").exists()


def test_everybody_else_is_told_there_is_nothing_and_is_asked_for_nothing(site, note, stranger):
    everyone = build.user(*Role, at=site, name="Every Role")
    for who in (everyone, build.user(Role.THERAPIST, at=site), stranger):
        client = Client()
        client.force_login(who)
        assert client.get(page(note)).status_code == 404
        for name in ("private-save", "private-destroy", "private-authorize"):
            assert client.post(page(note, name), {"version": 1}).status_code == 404
        assert WORDS not in client.get(reverse("therapy:private-mine")).content.decode()


def test_signed_in_is_not_enough(signed_in, note):
    with later(6):
        answer = signed_in.get(page(note))
        assert answer.status_code == 401
        assert WORDS not in answer.content.decode()
        proof = {"next": page(note), reauth.PASSWORD: build.PASSWORD}
        assert signed_in.post(reverse("clinic:prove"), proof).url == page(note)
        assert WORDS in signed_in.get(page(note)).content.decode()


def test_it_stays_open_while_written_and_closes_ten_minutes_after_the_last_touch(signed_in, note, therapist):
    signed_in.get(page(note))
    for edition, minutes in enumerate((8, 16, 24), start=1):
        with later(minutes):
            assert save(signed_in, note, f"{WORDS} {minutes}", edition).status_code == 200
    with later(33):
        signed_in.get(reverse("patients:list"))
    with later(35):
        answer = save(signed_in, note, "late", 4)
        assert (answer.status_code, answer["X-Evenkeel-Prove"]) == (401, "1")
        assert WORDS not in answer.content.decode()
    assert private.read(note_id=note.pk, by=therapist)[1] == f"{WORDS} 24"


def test_an_open_note_is_neither_destroyed_nor_given_away_without_a_fresh_proof(signed_in, note, therapist, patient):
    today = patient.site.today()
    one = releases.authorize(
        note_id=note.pk, version=1, recipient="Dr. Lee", purpose="Opinion", signer_name="Maya", paper="Folder",
        signed_on=today, expires_on=today, by=therapist,
    )  # fmt: skip
    assert signed_in.get(page(note)).status_code == 200
    with later(6):
        assert signed_in.get(page(note)).status_code == 200
        give = reverse("therapy:private-release", args=[one.pk])
        for address, typed in ((give, {}), (page(note, "private-destroy"), {"reason": "patient_asked"})):
            asked = signed_in.post(address, typed)
            assert (asked.status_code, asked.context["with_pin"]) == (401, False)
        assert not NoteRelease.objects.exists()
        assert signed_in.post(give, {reauth.PASSWORD: build.PASSWORD}).status_code == 200


def test_two_windows_see_the_difference_and_nothing_is_lost(signed_in, note, therapist):
    assert save(signed_in, note, "river", 1).status_code == 200
    answer = save(signed_in, note, "stone", 1)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "river" in said
    assert 'data-keep-mine="2"' in said
    assert save(signed_in, note, "stone", 2).status_code == 200
    assert private.read(note_id=note.pk, by=therapist)[1] == "stone"


def test_a_leading_line_and_every_sign_come_back_in_the_field(signed_in, note):
    text = "\n\n  <b>&amp; שלום 🫧\n"
    save(signed_in, note, text, 1)
    said = signed_in.get(page(note)).content.decode()
    field = said[said.index("<textarea") :]
    shown = field[field.index(">") + 1 : field.index("</textarea>")]
    assert shown == "\n" + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_an_earlier_version_is_shown_to_be_read(signed_in, note):
    save(signed_in, note, "later words", 1, press="keep")
    said = signed_in.get(page(note), {"version": "1"}).content.decode()
    assert WORDS in said
    assert "<textarea" not in said
    assert signed_in.get(page(note), {"version": "9"}).status_code == 404


def test_a_missing_key_is_a_calm_page(signed_in, note, settings):
    settings.PRIVATE_NOTE_KEYS = "gone:" + "A" * 43 + "="
    answer = signed_in.get(page(note))
    assert answer.status_code == 503
    said = answer.content.decode()
    assert "can’t be unsealed" in said
    assert WORDS not in said


def test_authorized_then_released_once_and_told_in_the_record_of_accesses(signed_in, note):
    wanting = signed_in.post(page(note, "private-authorize"), {"version": 1})
    assert wanting.status_code == 422
    form = {
        "version": 1, "recipient": "Dr Fox", "purpose": "Second opinion", "signer_name": "Maya Torres",
        "signed_on": date(2027, 1, 28), "expires_on": date(2027, 2, 28), "paper": "Cabinet 2",
    }  # fmt: skip
    assert signed_in.post(page(note, "private-authorize"), form).status_code == 302
    one = ReleaseAuthorization.objects.get(note=note)
    release = reverse("therapy:private-release", args=[one.pk])
    paper = signed_in.post(release)
    assert (paper["Content-Type"], paper["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert NoteRelease.objects.filter(authorization=one).count() == 1
    assert ReadEvent.objects.filter(patient_id=note.patient_id, what="psychotherapy note released").count() == 1
    assert signed_in.post(release).status_code == 409
    assert "Released" in signed_in.get(page(note)).content.decode()


def test_destroyed_from_the_page(signed_in, note):
    assert signed_in.post(page(note, "private-destroy"), {"reason": "patient_asked"}).status_code == 302
    assert signed_in.get(page(note)).status_code == 404


def test_begun_on_the_page_of_the_session_and_listed_to_its_author(signed_in, session, therapist, other_therapist):
    answer = signed_in.post(reverse("therapy:private-begin", args=[session.pk]))
    made = PsychotherapyNote.objects.get(author=therapist)
    assert answer.url == page(made)
    assert page(made) in signed_in.get(reverse("therapy:session", args=[session.pk])).content.decode()
    assert page(made) in signed_in.get(reverse("therapy:private-mine")).content.decode()
    signed_in.force_login(other_therapist)
    assert page(made) not in signed_in.get(reverse("therapy:session", args=[session.pk])).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_of_the_database_however_long(
    signed_in, planned, therapist, django_assert_num_queries, count
):
    for hour in ("11:00", "13:00", "15:00")[:count]:
        private.begin(session_id=planned(at=hour).pk, by=therapist)
    signed_in.get(reverse("therapy:private-mine"))
    with django_assert_num_queries(5):
        signed_in.get(reverse("therapy:private-mine"))
