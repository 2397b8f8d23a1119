"""Writing a draft: whose it is, what it may hold, and what an older window may not overwrite."""

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse

from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from infusions.models import Series
from tests.therapy.conftest import written
from therapy import drafts, notes, sessions
from therapy.models import NoteDraft, SessionNote, TherapySession


def plan(session, by, **changes):
    return notes.write(
        **{"session_id": session.pk, "kind": "plan", "sections": {"focus": "Grounding"}, "by": by} | changes
    )


def test_a_therapist_writes_and_writes_again(session, therapist):
    first = plan(session, therapist)
    second = plan(session, therapist, sections={"focus": "Breath", "approach": "EMDR"}, version=first.version)
    assert (first.version, second.version) == (1, 2)
    assert second.texts == {"focus": "Breath", "approach": "EMDR"}
    assert plan(session, therapist, sections={"approach": ""}, version=2).texts["focus"] == "Breath"


@pytest.mark.parametrize(
    ("who", "error", "words"),
    [
        ("other_therapist", NotPermitted, "belongs to another therapist"),
        ("nurse", NotPermitted, "plan and document therapy sessions"),
        ("provider", NotPermitted, "plan and document therapy sessions"),
        ("stranger", NotFound, "There is nothing here"),
    ],
)
def test_nobody_else_writes(request, session, who, error, words):
    with pytest.raises(error, match=words):
        plan(session, request.getfixturevalue(who))
    assert not NoteDraft.objects.exists()


def test_an_overtaken_version_is_refused_and_shows_what_stands(session, therapist):
    plan(session, therapist)
    plan(session, therapist, sections={"focus": "Breath"}, version=1)
    with pytest.raises(notes.Overtaken) as refusal:
        plan(session, therapist, sections={"focus": "Lake"}, version=1)
    assert refusal.value.theirs == {"focus": "Breath"}
    assert NoteDraft.objects.get().texts["focus"] == "Breath"


def test_a_second_first_save_does_not_overwrite_the_first(session, therapist):
    plan(session, therapist, sections={"focus": "Breath"})
    with pytest.raises(notes.Overtaken):
        plan(session, therapist, sections={"focus": "Lake"}, version=None)
    assert NoteDraft.objects.get().texts["focus"] == "Breath"


def test_a_heading_nobody_knows_is_named(session, therapist):
    with pytest.raises(Invalid, match="no heading “gossip”"):
        plan(session, therapist, sections={"gossip": "x"})


def test_the_same_words_again_are_no_new_version(session, therapist):
    assert plan(session, therapist).version == 1
    assert plan(session, therapist).version == 1


def test_a_page_that_heard_no_answer_is_not_overtaken_by_itself(session, therapist):
    """The server saved and died before it answered; the page sends on from the version it knew."""
    plan(session, therapist, page="here")
    for words in ("The lake", "The lake, and"):
        plan(session, therapist, sections={"focus": words}, version=1, page="here")
    plan(session, therapist, sections={"focus": "Elsewhere"}, version=3, page="there")
    with pytest.raises(notes.Overtaken):
        plan(session, therapist, sections={"focus": "The lake, and now"}, version=3, page="here")
    plan(session, therapist, sections={"focus": "Both"}, version=4, page="here")
    with pytest.raises(notes.Overtaken):
        plan(session, therapist, sections={"focus": "Elsewhere too"}, version=3, page="there")


def test_drafts_leave_no_history(session, therapist):
    """Saved every few seconds, a long text would fill the history; what is signed is kept there once."""
    kept = {model.__name__ for model in apps.get_app_config("therapy").get_models()}
    assert "NoteDraftHistory" not in kept
    assert "SessionNoteHistory" in kept


def test_twenty_thousand_characters_with_emoji_and_right_to_left_survive_unchanged(client, session, therapist):
    """Through the form, the draft, the signature and the page; with spaces at the ends and every kind of line."""
    long = ("  שלום 🌊👩‍👩‍👧 Zoë — الأمل \u200f\t\n\n" * 2000)[:19_998] + " \n"
    assert len(long) == 20_000
    client.force_login(therapist)
    address = reverse("therapy:write", args=[session.pk, "plan"])
    browser = long.replace("\n", "\r\n")  # as a browser sends the lines of a text field
    assert client.post(address, {"focus": browser}, headers={"HX-Request": "true"}).status_code == 200
    assert client.post(address, {"focus": browser, "version": "1", "press": "sign"}).status_code == 302
    note = SessionNote.objects.get()
    assert note.sections.get().text == long
    assert long in client.get(reverse("therapy:session", args=[session.pk]), {"note": "plan"}).content.decode()
    assert notes.is_as_signed(note)


def test_one_character_too_many_is_refused_by_the_verb(session, therapist):
    with pytest.raises(Invalid, match="20,001 characters"):
        plan(session, therapist, sections={"focus": "x" * 20_001})


def test_what_lasts_is_copied_and_must_be_looked_at(planned, series, signed, therapist):
    """Copied: intentions and boundaries. Not copied: the risk, and what was observed that day."""
    session = planned(series, kind="midpoint", day="2027-02-04")
    empty = notes.write(session_id=session.pk, kind="progress", sections={"intentions": "Changed"}, by=therapist)
    copied = drafts.copy_forward(draft_id=empty.pk, by=therapist)
    assert copied.texts == {"intentions": "Changed", "boundaries": "Boundaries and touch: as discussed."}
    assert copied.copied == {"boundaries": str(signed.pk)}
    assert drafts.unlooked(copied) == ["boundaries"]
    with pytest.raises(Invalid, match="copied from the note before"):
        notes.sign(note_id=copied.pk, by=therapist)
    with pytest.raises(Invalid, match="nothing to copy"):
        drafts.copy_forward(draft_id=copied.pk, by=therapist)
    seen = notes.write(
        session_id=session.pk, kind="progress", sections={}, version=2, looked_at=["boundaries", "risk"], by=therapist
    )
    assert drafts.unlooked(seen) == []


def test_rewriting_what_was_copied_is_looking_at_it(planned, series, signed, therapist):
    session = planned(series, kind="midpoint", day="2027-02-04")
    empty = notes.write(session_id=session.pk, kind="progress", sections={"course": "Well"}, by=therapist)
    drafts.copy_forward(draft_id=empty.pk, by=therapist)
    sections = {"boundaries": "A hand on the shoulder, asked each time.", "intentions": ""}
    changed = notes.write(session_id=session.pk, kind="progress", sections=sections, version=2, by=therapist)
    assert (drafts.unlooked(changed), list(changed.copied)) == ([], ["boundaries"])


def test_a_signed_note_takes_no_more_writing(session, signed):
    with pytest.raises(IllegalTransition, match="an addendum"):
        written(session)


def test_one_session_of_a_kind_and_another_after_a_missed_one(session, therapist, front_desk):
    def again():
        return sessions.plan_session(
            series=Series.objects.get(), kind="preparation", appointment=None, therapist=therapist, by=front_desk
        )

    with pytest.raises(Invalid, match="has its preparation session already"), transaction.atomic():
        again()
    sessions.mark_missed(session_id=session.pk, by=therapist)
    assert again().state == TherapySession.State.PLANNED


def test_only_a_therapist_is_given_a_session(session, nurse, front_desk):
    with pytest.raises(NotPermitted):
        sessions.plan_session(series=session.series, kind="midpoint", appointment=None, therapist=nurse, by=front_desk)
