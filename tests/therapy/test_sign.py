"""Signing: what must be written first, what moves along, and what no one changes afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted, Refused
from clinic.policy import Role
from reminders import followups
from reminders.models import FollowUp
from tests import build
from tests.therapy.conftest import full, written
from therapy import cards, notes, sessions
from therapy.headings import PROGRESS
from therapy.models import Addendum, IntentionCard, NoteDraft, NoteSection, SessionNote, TherapySession


def tables_locked(asked):
    """The tables whose rows were locked, in the order of the first of each."""
    found = [one["sql"].partition(" FROM ")[2].split(" ")[0].strip('"') for one in asked if "FOR UPDATE" in one["sql"]]
    return list(dict.fromkeys(found))


@pytest.fixture
def task(session, therapist):
    return followups.open_task(
        kind="note_due", site=session.series.site, title="Write the note", subject_kind="therapy_session",
        subject_id=session.pk, owner_role=Role.THERAPIST, owner=therapist, due_at=session.appointment.ends_at,
    )  # fmt: skip


def test_signing_ends_the_visit_and_the_task(session, draft, task, therapist):
    note = notes.sign(note_id=draft.pk, by=therapist)
    session.refresh_from_db()
    session.appointment.refresh_from_db()
    task.refresh_from_db()
    assert (note.signed_by, session.state, session.appointment.status) == (therapist, "signed", "done")
    assert (task.state, task.outcome, task.ended_by) == (FollowUp.State.DONE, "The note is signed.", therapist)


def test_signing_locks_the_visit_before_its_session_as_who_moves_the_visit_does(draft, therapist):
    with CaptureQueriesContext(connection) as asked:
        notes.sign(note_id=draft.pk, by=therapist)
    assert tables_locked(asked)[:2] == ["visits_appointment", "therapy_therapysession"]


def test_a_plan_is_signed_before_the_session_and_leaves_the_visit_alone(session, task, therapist):
    plan = notes.write(session_id=session.pk, kind="plan", sections={"focus": "Breath"}, by=therapist)
    assert notes.sign(note_id=plan.pk, by=therapist).signed_at
    session.refresh_from_db()
    task.refresh_from_db()
    assert (session.state, session.appointment.status, task.state) == ("planned", "booked", "open")


@pytest.mark.parametrize("kind", PROGRESS)
def test_each_required_heading_is_named_when_it_is_empty(kind):
    texts = {row.key: " \n " for row in PROGRESS[kind]}
    session = TherapySession(kind=kind)
    found = notes.checks(NoteDraft(session=session, kind="progress", texts=texts), session, None)
    missing = {check.field: check.sentence for check in found if not check.done}
    for row in PROGRESS[kind]:
        assert missing.get(row.key, "") == (
            f"“{row.label}” is empty. Write a sentence before you sign." if row.required else ""
        )
    assert set(missing) >= {"started_at", "risk_unasked"}
    assert all(check.done for check in notes.checks(whole(session), session, None))


def whole(session, **changes):
    """A draft with everything that is asked for."""
    noon = datetime(2027, 1, 28, 21, tzinfo=UTC)
    held = {"started_at": noon, "ended_at": noon + timedelta(minutes=50), "risk_unasked": "She had to leave."}
    return NoteDraft(**{"session": session, "kind": "progress", "texts": full(session.kind)} | held | changes)


@pytest.mark.parametrize(
    ("minutes", "words"), [(None, "Give the end"), (0, "ends after it starts"), (-5, "ends after it starts")]
)
def test_an_end_that_is_none_is_named(minutes, words):
    session = TherapySession(kind="further")
    draft = whole(session)
    draft.ended_at = None if minutes is None else draft.started_at + timedelta(minutes=minutes)
    (open_line,) = [check for check in notes.checks(draft, session, None) if not check.done]
    assert open_line.field == "ended_at"
    assert words in open_line.sentence


def test_a_session_in_which_nobody_asked_about_suicide_is_not_signed(session, draft, therapist):
    NoteDraft.objects.update(risk_unasked="")
    with pytest.raises(Invalid, match="Nobody asked the risk questions"):
        notes.sign(note_id=draft.pk, by=therapist)
    with clock.at(session.appointment.starts_at - timedelta(days=1)):
        build.cssrs(session.patient, by=therapist)
    with pytest.raises(Invalid, match="Nobody asked the risk questions"):
        notes.sign(note_id=draft.pk, by=therapist)
    asked = build.cssrs(session.patient, by=therapist)
    assert notes.sign(note_id=draft.pk, by=therapist).risk_screen == asked


@pytest.mark.parametrize("gap", [{"sha256": ""}, {"started_at": None, "ended_at": None}, {"risk_unasked": ""}])
def test_the_database_takes_no_signature_on_less(session, therapist, gap):
    now = clock.now()
    note = SessionNote.objects.create(session=session, kind="progress", author=therapist)
    whole = {"sha256": "a" * 64, "started_at": now - timedelta(hours=1), "ended_at": now, "risk_unasked": "Left early."}
    signature = {"signed_at": now, "signed_by": therapist}
    with pytest.raises(DatabaseError), transaction.atomic():
        SessionNote.objects.filter(pk=note.pk).update(**whole | signature | gap)
    assert SessionNote.objects.filter(pk=note.pk).update(**whole | signature) == 1


def test_the_database_takes_no_note_that_is_signed_before_it_is_written(session, therapist):
    made = {"session": session, "kind": "plan", "author": therapist, "sha256": "a" * 64}
    with pytest.raises(DatabaseError, match="insert"), transaction.atomic():
        SessionNote.objects.create(**made, signed_at=clock.now(), signed_by=therapist)
    assert SessionNote.objects.create(**made).signed_at is None


def test_a_signed_note_shows_when_its_words_are_not_those_that_were_signed(signed):
    assert notes.is_as_signed(signed)
    assert notes.fingerprint(signed, {"risk": "None."}) != signed.sha256
    assert not signed.is_late
    signed.signed_at += timedelta(days=2)
    assert signed.is_late


def test_missing_minutes_are_named_beside_the_headings(session, therapist):
    texts = {key: "" if key in {"risk", "plan"} else text for key, text in full().items()}
    note = notes.write(session_id=session.pk, kind="progress", sections=texts, by=therapist)
    with pytest.raises(Invalid) as refusal:
        notes.sign(note_id=note.pk, by=therapist)
    assert set(refusal.value.fields) == {"risk", "plan", "started_at", "risk_unasked"}


@pytest.mark.parametrize(
    ("who", "error"), [("other_therapist", NotPermitted), ("nurse", NotPermitted), ("stranger", NotFound)]
)
@pytest.mark.parametrize("verb", ["sign", "addendum", "share", "missed"])
def test_nobody_else_signs_adds_or_shares(request, draft, who, error, verb):
    by = request.getfixturevalue(who)
    calls = {
        "sign": lambda: notes.sign(note_id=draft.pk, by=by),
        "addendum": lambda: notes.addendum(note_id=draft.pk, text="More", by=by),
        "share": lambda: cards.share_intentions(session_id=draft.session_id, words="Calm", by=by),
        "missed": lambda: sessions.mark_missed(session_id=draft.session_id, by=by),
    }
    with pytest.raises(error):
        calls[verb]()
    assert (Addendum.objects.count(), IntentionCard.objects.count()) == (0, 0)
    draft.session.refresh_from_db()
    assert (SessionNote.objects.exists(), draft.session.state) == (False, "planned")


def test_signing_twice_is_refused(signed, therapist):
    with pytest.raises(IllegalTransition, match="an addendum"):
        notes.sign(note_id=signed.pk, by=therapist)


def another_note(signed):
    """The unsigned plan of the same session."""
    return SessionNote.objects.create(session=signed.session, kind="plan", author=signed.author)


@pytest.mark.parametrize("touch", ["note", "section", "new section", "moved section", "delete note", "delete section"])
def test_the_database_locks_a_signed_note(signed, touch):
    section = NoteSection.objects.filter(note=signed)
    writes = {
        "note": lambda: SessionNote.objects.filter(pk=signed.pk).update(modality="Group"),
        "section": lambda: section.filter(key="risk").update(text="None"),
        "new section": lambda: NoteSection.objects.create(note=signed, key="afterthought", text="x"),
        "moved section": lambda: section.filter(key="risk").update(note=another_note(signed)),
        "delete note": lambda: SessionNote.objects.filter(pk=signed.pk)._raw_delete("default"),
        "delete section": lambda: section._raw_delete("default"),
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        writes[touch]()
    assert section.get(key="risk").text == "Risk: as discussed."


def test_an_addendum_stays_as_it_was_written(signed, therapist):
    added = notes.addendum(note_id=signed.pk, text="  She called at 16:00. ", by=therapist)
    assert (added.text, added.by) == ("She called at 16:00.", therapist)
    for change in (lambda: Addendum.objects.update(text="x"), lambda: Addendum.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_addendum_needs_a_signed_note_and_words(draft, therapist):
    with pytest.raises(Invalid, match="not signed yet"):
        notes.addendum(note_id=draft.pk, text="More", by=therapist)
    notes.sign(note_id=draft.pk, by=therapist)
    with pytest.raises(Invalid, match="what is to be added"):
        notes.addendum(note_id=draft.pk, text="  ", by=therapist)


def test_a_new_intention_card_comes_before_the_old(session, therapist):
    cards.share_intentions(session_id=session.pk, words="To be calm", music="Cello", by=therapist)
    for _ in range(2):  # the second press is no third version
        cards.share_intentions(session_id=session.pk, words="To be curious", by=therapist)
    newest, old = cards.of_series(session.series_id)
    assert (newest.words, newest.music, newest.shared_by) == ("To be curious", "", therapist)
    assert (old.words, old.music) == ("To be calm", "Cello")
    with pytest.raises(Invalid, match="the patient’s own words"):
        cards.share_intentions(session_id=session.pk, words=" ", by=therapist)


@pytest.mark.parametrize("ahead", [1, 7])
def test_a_note_before_the_day_of_the_visit_is_refused(planned, therapist, ahead):
    session = planned(day={1: "2027-01-29", 7: "2027-02-04"}[ahead])
    note = written(session)
    with pytest.raises(Refused):
        notes.sign(note_id=note.pk, by=therapist)
    session.refresh_from_db()
    assert (SessionNote.objects.exists(), session.state) == (False, "planned")


def test_a_session_without_a_visit_is_signed_all_the_same(series, therapist, front_desk):
    session = sessions.plan_session(
        series=series, kind="preparation", appointment=None, therapist=therapist, by=front_desk
    )
    start = series.opened_at
    note = notes.write(
        session_id=session.pk, kind="progress", sections=full(), by=therapist, started_at=start,
        ended_at=start + timedelta(minutes=50), risk_unasked="She had to leave.",
    )  # fmt: skip
    assert notes.sign(note_id=note.pk, by=therapist).signed_at
