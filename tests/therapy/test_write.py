"""Writing a draft: whose it is, what it may hold, and what an older window may not overwrite."""

from datetime import timedelta

import pytest

from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from infusions.models import Series
from tests.therapy.conftest import written
from therapy import notes, sessions
from therapy.models import SessionNote, TherapySession


def plan(session, by, **changes):
    return notes.write(
        **{"session_id": session.pk, "kind": "plan", "sections": {"focus": "Grounding"}, "by": by} | changes
    )


def test_a_therapist_writes_and_writes_again(session, therapist):
    first = plan(session, therapist)
    second = plan(session, therapist, sections={"focus": "Breath", "approach": "EMDR"}, version=first.version)
    assert (first.version, second.version) == (1, 2)
    assert dict(second.sections.values_list("key", "text")) == {"focus": "Breath", "approach": "EMDR"}


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
    assert not SessionNote.objects.exists()


def test_an_overtaken_version_is_refused_and_shows_what_stands(session, therapist):
    plan(session, therapist)
    plan(session, therapist, sections={"focus": "Breath"}, version=1)
    with pytest.raises(notes.Overtaken) as refusal:
        plan(session, therapist, sections={"focus": "Lake"}, version=1)
    assert refusal.value.theirs == {"focus": "Breath"}
    assert SessionNote.objects.get().sections.get().text == "Breath"


def test_a_second_first_save_does_not_overwrite_the_first(session, therapist):
    plan(session, therapist, sections={"focus": "Breath"})
    with pytest.raises(notes.Overtaken):
        plan(session, therapist, sections={"focus": "Lake"}, version=None)
    assert SessionNote.objects.get().sections.get().text == "Breath"


def test_a_heading_nobody_knows_is_named(session, therapist):
    with pytest.raises(Invalid, match="no heading “gossip”"):
        plan(session, therapist, sections={"gossip": "x"})


def test_half_of_the_minutes_is_refused(session, therapist):
    with pytest.raises(Invalid, match="both the start and the end") as refusal:
        plan(session, therapist, started_at=session.appointment.starts_at)
    assert set(refusal.value.fields) == {"ended_at"}


@pytest.mark.parametrize("minutes", [0, -5])
def test_an_end_before_the_start_is_refused(session, therapist, minutes):
    start = session.appointment.starts_at
    with pytest.raises(Invalid, match="ends after it starts"):
        plan(session, therapist, started_at=start, ended_at=start + timedelta(minutes=minutes))
    assert not SessionNote.objects.exists()


def test_twenty_thousand_characters_with_emoji_and_right_to_left_survive(session, therapist):
    long = ("שלום 🌊 Zoë — الأمل\n" * 2000)[:20_000]
    assert len(long) == 20_000
    note = plan(session, therapist, sections={"focus": long})
    assert note.sections.get().text == long


def test_a_signed_note_takes_no_more_writing(session, signed):
    with pytest.raises(IllegalTransition, match="an addendum"):
        written(session)


def test_one_session_of_a_kind_and_another_after_a_missed_one(session, therapist, front_desk):
    def again():
        return sessions.plan_session(
            series=Series.objects.get(), kind="preparation", appointment=None, therapist=therapist, by=front_desk
        )

    with pytest.raises(Invalid, match="has its preparation session already"):
        again()
    sessions.mark_missed(session_id=session.pk, by=therapist)
    assert again().state == TherapySession.State.PLANNED


def test_only_a_therapist_is_given_a_session(session, nurse, front_desk):
    with pytest.raises(NotPermitted):
        sessions.plan_session(series=session.series, kind="midpoint", appointment=None, therapist=nurse, by=front_desk)
