"""Psychotherapy notes: sealed, their author's alone, several versions, given away only on an authorization."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from clinic import clock, crypto
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import User
from clinic.policy import Role
from journey import record_marks
from patients.models import Patient
from tests import build
from tests.infusions import making
from tests.journey.paper_text import words
from therapy import private, releases
from therapy.models import NoteRelease, PsychotherapyNote, PsychotherapyText, ReleaseAuthorization, TherapySession

WORDS = "She said the river was silent."


@pytest.fixture
def session(patient: Patient, provider: User, therapist: User) -> TherapySession:
    """Without its visit: a note asks for none."""
    series = making.loading(patient, provider)
    return TherapySession.objects.create(patient=patient, series=series, kind="preparation", therapist=therapist)


@pytest.fixture
def note(session: TherapySession, therapist: User) -> PsychotherapyNote:
    return private.begin(session_id=session.pk, by=therapist)


def save(note: PsychotherapyNote, text: str = WORDS, *, keep: bool = False) -> PsychotherapyNote:
    note.refresh_from_db()
    return private.save(note_id=note.pk, text=text, edition=note.edition, by=note.author, keep=keep)


def text_of(note: PsychotherapyNote, number: int | None = None) -> str:
    return private.read(note_id=note.pk, by=note.author, number=number)[1]


def test_what_is_written_is_read_again_and_lies_sealed(note):
    save(note)
    sealed = PsychotherapyText.objects.get(note=note).sealed
    assert text_of(note) == WORDS
    assert re.fullmatch(r"dev:[A-Za-z0-9+/=]+", sealed)
    assert "river" not in sealed


def test_a_long_note_with_every_script_survives_to_the_sign(note):
    text = ("🫧 ثم سكت النهر\tשתיקה\u200b naïve — 沈默 👩🏽‍⚕️\n\n" * 500)[:20_000] + "  end  \n"
    save(note, text.replace("\n", "\r\n"))
    assert text_of(note) == text


def test_nobody_but_the_author_finds_it(note, site, session, other_therapist):
    save(note)
    everyone = build.user(*Role, at=site, name="Every Role")
    for who in (other_therapist, everyone):
        about = {"note_id": note.pk, "by": who}
        for verb, more in (
            (private.read, {}),
            (private.versions, {}),
            (private.save, {"text": "", "edition": 1}),
            (private.destroy, {"reason": "patient_asked"}),
        ):
            with pytest.raises(NotFound):
                verb(**about, **more)
        assert not private.of_author(who).exists()
        assert private.begin(session_id=session.pk, by=who).author == who  # a note of their own, beside it


def test_who_does_no_therapy_begins_none(session, provider, stranger):
    with pytest.raises(NotPermitted):
        private.begin(session_id=session.pk, by=provider)
    with pytest.raises(NotFound):
        private.begin(session_id=session.pk, by=stranger)


def test_an_author_whose_role_was_taken_reads_no_more(note, site, therapist):
    save(note)
    therapist.memberships.update(role=Role.NURSE)
    with pytest.raises(NotPermitted):
        private.read(note_id=note.pk, by=User.objects.get(pk=therapist.pk))


def test_a_draft_is_written_over_and_a_kept_version_stays(note):
    save(note, "one")
    save(note, "two", keep=True)
    save(note, "three")
    assert [text_of(note, number) for number in (1, 2)] == ["two", "three"]
    assert text_of(note) == "three"
    assert [one.number for one in private.versions(note_id=note.pk, by=note.author)] == [2, 1]


def test_two_windows_never_overwrite_each_other(note):
    save(note, "river")
    with pytest.raises(private.SavedElsewhere) as refused:
        private.save(note_id=note.pk, text="stone", edition=0, by=note.author)
    assert (refused.value.edition, text_of(note)) == (1, "river")
    assert "river" not in refused.value.sentence


def test_what_can_not_be_kept_is_said(note):
    for text in ("x" * (private.LONGEST + 1), "a\x00b", "a\ud800b"):
        with pytest.raises(Invalid) as refused:
            save(note, text)
        assert text[:40] not in refused.value.sentence


# Keys


def ring(name: str, byte: int) -> str:
    return f"{name}:{b64encode(bytes([byte]) * 32).decode()}"


def test_a_wrong_key_is_an_error_and_never_text(note, settings):
    settings.PRIVATE_NOTE_KEYS = ring("p1", 1)
    save(note)
    for other in (ring("p1", 2), ring("p2", 1), ""):
        settings.PRIVATE_NOTE_KEYS = other
        with pytest.raises(crypto.Undecryptable) as refused:
            text_of(note)
        assert "river" not in f"{refused.value} {refused.value.sentence}"
    settings.PRIVATE_NOTE_KEYS = f"{ring('p2', 2)},{ring('p1', 1)}"
    assert text_of(note) == WORDS


def test_the_field_keys_open_no_note_and_production_without_keys_writes_none(note, settings):
    settings.FIELD_KEYS, settings.PRIVATE_NOTE_KEYS = ring("k", 1), ring("p1", 1)
    save(note)
    settings.PRIVATE_NOTE_KEYS = settings.FIELD_KEYS
    with pytest.raises(crypto.Undecryptable):
        text_of(note)
    settings.PRIVATE_NOTE_KEYS, settings.PRODUCTION = "", True
    with pytest.raises(crypto.Undecryptable):
        save(note)


def test_a_sealed_text_opens_in_no_other_row_and_under_no_other_author(note, planned, therapist, other_therapist):
    save(note)
    other = private.begin(session_id=planned(at="15:00").pk, by=therapist)
    save(other, "theirs")
    mine, theirs = PsychotherapyText.objects.get(note=note), PsychotherapyText.objects.get(note=other)
    theirs.sealed = mine.sealed
    with pytest.raises(crypto.Undecryptable):
        private.unsealed(theirs)
    mine.author = other_therapist
    with pytest.raises(crypto.Undecryptable):
        private.unsealed(mine)


# What the database itself guarantees


FORBIDDEN = [
    "UPDATE therapy_psychotherapynote SET author_id = %(other)s",
    "UPDATE therapy_psychotherapynote SET patient_id = %(other)s",
    "UPDATE therapy_psychotherapytext SET author_id = %(other)s",
    "UPDATE therapy_psychotherapytext SET sealed = 'In the clear.'",
    "UPDATE therapy_psychotherapytext SET sealed = 'k:" + "A" * 60 + "' WHERE kept_at IS NOT NULL",
    "UPDATE therapy_psychotherapytext SET kept_at = NULL",
    "DELETE FROM therapy_psychotherapytext",
    "DELETE FROM therapy_psychotherapynote",
    """INSERT INTO therapy_psychotherapytext (id, note_id, author_id, number, sealed, saved_at)
       SELECT gen_random_uuid(), note_id, %(other)s, 9, sealed, saved_at FROM therapy_psychotherapytext LIMIT 1""",
]


def test_the_database_refuses(note, other_therapist):
    save(note, keep=True)
    for statement in FORBIDDEN:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"other": other_therapist.pk})


def test_the_application_role_sees_the_texts_of_the_named_author_alone(note, therapist, other_therapist):
    save(note)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE test_private_role")
        call_command("grant_app_role", "test_private_role", stdout=StringIO())
        cursor.execute("SET LOCAL ROLE test_private_role")
        seen = {}
        for who in (None, other_therapist, therapist):
            cursor.execute("SELECT set_config('evenkeel.author', %s, true)", [str(who.pk) if who else ""])
            cursor.execute("SELECT count(*) FROM therapy_psychotherapytext")
            seen[who] = cursor.fetchone()[0]
        assert seen == {None: 0, other_therapist: 0, therapist: 1}
        save(note, "As that role.")
        assert text_of(note) == "As that role."
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY test_private_role")
        cursor.execute("DROP ROLE test_private_role")


def test_history_tells_who_and_when_and_holds_no_seal(note):
    save(note, keep=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'therapy_psychotherapytexthistory'"
        )
        columns = {row[0] for row in cursor.fetchall()}
    assert "sealed" not in columns
    assert {"author_id", "number", "saved_at"} <= columns


# Destroying


def test_destroyed_nothing_is_left_of_it_but_that_it_was(note, session, therapist):
    save(note, keep=True)
    save(note, "more")
    private.destroy(note_id=note.pk, reason="patient_asked", by=therapist)
    note.refresh_from_db()
    assert (note.destroyed_because, note.destroyed_at) == ("patient_asked", clock.now())
    assert set(PsychotherapyText.objects.filter(note=note).values_list("sealed", flat=True)) == {""}
    with pytest.raises(NotFound):
        text_of(note)
    assert private.begin(session_id=session.pk, by=therapist) != note


def test_it_is_destroyed_for_a_reason_and_not_under_a_legal_hold(note, therapist, clinic_admin):
    with pytest.raises(Invalid):
        private.destroy(note_id=note.pk, reason="because", by=therapist)
    mark = record_marks.set_mark(patient_id=note.patient_id, kind="hold", reason="A court asked.", by=clinic_admin)
    with pytest.raises(Refused, match="legal hold"):
        private.destroy(note_id=note.pk, reason="patient_asked", by=therapist)
    record_marks.end_mark(mark_id=mark.pk, because="The case is closed.", by=clinic_admin)
    assert private.destroy(note_id=note.pk, reason="patient_asked", by=therapist).destroyed_at


# Releasing


def authorized(note: PsychotherapyNote, **changes: object) -> ReleaseAuthorization:
    given = {
        "version": 1, "recipient": "Dr Lena Fox, Harbor Psychiatry", "purpose": "A second opinion",
        "signer_name": "Maya Torres", "signed_on": date(2027, 1, 27), "expires_on": date(2027, 2, 27),
        "paper": "Folder of the patient, cabinet 2",
    }  # fmt: skip
    return releases.authorize(note_id=note.pk, by=note.author, **{**given, **changes})


def test_released_once_as_a_paper_of_just_that_version(note, therapist):
    save(note, keep=True)
    save(note, "what came later")
    one = authorized(note)
    paper = words(releases.release(authorization_id=one.pk, by=therapist))
    assert WORDS in paper
    assert "what came later" not in paper
    assert "Harbor Psychiatry" in paper
    row = NoteRelease.objects.get(authorization=one)
    assert (row.by, row.characters, row.patient) == (therapist, len(WORDS), note.patient)
    with pytest.raises(Refused, match="signs anew"):
        releases.release(authorization_id=one.pk, by=therapist)
    with pytest.raises(Refused, match="called back"):
        releases.revoke(authorization_id=one.pk, by=therapist)


VAGUE = [
    ({"recipient": " "}, "recipient"),
    ({"purpose": ""}, "purpose"),
    ({"signer_name": ""}, "signer_name"),
    ({"paper": ""}, "paper"),
    ({"signed_on": date(2027, 1, 29)}, "signed_on"),
    ({"expires_on": date(2027, 1, 27)}, "expires_on"),
    ({"version": 2}, "version"),
]


def test_an_authorization_is_specific_or_none(note):
    save(note, keep=True)
    save(note, "a draft")
    for changes, field in VAGUE:
        with pytest.raises(Invalid) as refused:
            authorized(note, **changes)
        assert list(refused.value.fields) == [field]


def test_a_revoked_or_expired_authorization_opens_nothing(note, therapist):
    save(note, keep=True)
    revoked, expired = authorized(note), authorized(note)
    releases.revoke(authorization_id=revoked.pk, by=therapist)
    with clock.at(clock.now() + timedelta(days=60)):
        for one in (revoked, expired):
            with pytest.raises(Refused, match="revoked or has expired"):
                releases.release(authorization_id=one.pk, by=therapist)
    assert not NoteRelease.objects.exists()


def test_an_authorization_stands_to_the_end_of_its_day_at_the_clinic(note):
    save(note, keep=True)
    one = authorized(note)
    for clock_there, stands in (("23:30", True), ("00:30", False)):  # in UTC both are the day after
        day = one.expires_on if stands else one.expires_on + timedelta(days=1)
        with clock.at(build.moment(note.patient.site, str(day), clock_there)):
            assert one.stands() == stands


def test_nobody_else_authorizes_revokes_or_releases(note, other_therapist):
    save(note, keep=True)
    one = authorized(note)
    for verb in (releases.release, releases.revoke):
        with pytest.raises(NotFound):
            verb(authorization_id=one.pk, by=other_therapist)


def test_what_is_to_be_released_is_not_destroyed(note, therapist):
    save(note, keep=True)
    one = authorized(note)
    with pytest.raises(Refused, match="stands"):
        private.destroy(note_id=note.pk, reason="patient_asked", by=therapist)
    releases.revoke(authorization_id=one.pk, by=therapist)
    private.destroy(note_id=note.pk, reason="patient_asked", by=therapist)
