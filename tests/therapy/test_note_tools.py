"""What helps in writing: the difference of two windows, phrases, the risk questions, the scores beside the note."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from insurance.coding_rules import Talked, suggest
from patients.models import MeasureResponse, SafetyAlert
from tests import build
from tests.therapy.conftest import full, written
from therapy import notes, phrases, story
from therapy.differences import pieces
from therapy.models import NoteDraft, NotePhrase

QUIETLY = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("The lake, and rest.", "The lake."),
        ("", "All of it"),
        ("🌊 שלום  \n", "🌊 שלום \n\nالأمل"),
        ("a b " * 3000, "a b " * 2999 + "c\nd"),
        ("same", "same"),
    ],
)
def test_the_pieces_make_up_both_texts(mine, theirs):
    found = pieces(mine, theirs)
    assert "".join(piece.text for piece in found if piece.where != "theirs") == mine
    assert "".join(piece.text for piece in found if piece.where != "mine") == theirs


def keep(client, session, **typed):
    address = reverse("therapy:write", args=[session.pk, "progress"])
    return client.post(address, typed, headers=QUIETLY)


def test_a_page_saves_by_itself_and_a_second_device_is_shown_both(client, session, therapist):
    client.force_login(therapist)
    assert "Saved 14:05, draft" in keep(client, session, plan="The lake.", page="desk").content.decode()
    assert "Saved" in keep(client, session, plan="The lake, twice.", page="desk", version="1").content.decode()
    other = keep(client, session, plan="The river.", started="13:00", page="tablet", version="1")
    assert other.status_code == 409
    (words, minutes) = sorted(other.context["differences"], key=lambda row: row.name)
    assert (words.label, words.mine, words.theirs) == ("Plan", "The river.", "The lake, twice.")
    assert (minutes.name, minutes.mine, minutes.theirs) == ("started", "13:00", "")
    assert NoteDraft.objects.get().texts["plan"] == "The lake, twice."
    chosen = keep(client, session, plan="The lake, the river.", page="tablet", version="2")
    assert chosen.status_code == 200
    assert 'id="version" value="3"' in chosen.content.decode()


def test_what_can_not_be_taken_keeps_nothing_else_back(client, session, therapist):
    client.force_login(therapist)
    answer = keep(client, session, plan="The lake.", risk="x" * 20_001, started="soon")
    assert answer.status_code == 422
    assert "Saved, except what is marked" in answer.content.decode()
    assert "20,001 characters" in answer.content.decode()
    assert NoteDraft.objects.get().texts == {"plan": "The lake."}


def test_start_and_stop_are_the_minute_they_are_pressed_in(client, session, site, therapist):
    client.force_login(therapist)
    address = reverse("therapy:write", args=[session.pk, "progress"])
    with clock.at(build.moment(site, "2027-01-28", "13:02") + timedelta(seconds=40)):
        client.post(address, {"plan": "", "started": "", "press": "start"})
    with clock.at(build.moment(site, "2027-01-28", "13:55")):
        client.logout()
        client.force_login(therapist)
        client.post(address, {"started": "13:02", "ended": "", "version": "1", "press": "stop"})
    draft = NoteDraft.objects.get()
    assert (draft.started_at, draft.minutes) == (build.moment(site, "2027-01-28", "13:02"), 53)


def test_the_risk_questions_are_asked_on_the_page(client, session, draft, therapist):
    client.force_login(therapist)
    NoteDraft.objects.update(risk_unasked="")
    address = reverse("therapy:risk", args=[session.pk])
    asked = client.get(address, headers=QUIETLY)
    form = asked.context["form"]
    when = {"day": form["day"].value().isoformat(), "at": form["at"].value().isoformat()}
    assert client.post(address, when, headers=QUIETLY).status_code == 422
    answers = {f"item_{number}": "0" for number in (1, 2, 6)} | when
    kept = client.post(address, answers | {"item_1": "1"}, headers=QUIETLY)
    assert "Risk questions: low risk" in kept.content.decode()
    assert SafetyAlert.objects.get().measure == MeasureResponse.objects.get(instrument="cssrs")
    assert notes.sign(note_id=draft.pk, by=therapist).risk_screen


def test_phrases_are_their_authors_alone(client, session, therapist, other_therapist):
    client.force_login(therapist)
    assert client.post(reverse("therapy:phrases"), {"name": "Lake", "text": "Feet on the ground."}).status_code == 302
    assert client.post(reverse("therapy:phrases"), {"name": " Lake ", "text": "x"}).status_code == 422
    phrase = NotePhrase.objects.get()
    assert "Feet on the ground." in client.get(reverse("therapy:session", args=[session.pk])).content.decode()
    assert (
        client.post(reverse("therapy:phrase", args=[phrase.pk]), {"name": "Lake", "text": "Feet."}).status_code == 302
    )
    client.force_login(other_therapist)
    assert "Feet" not in client.get(reverse("therapy:phrases")).content.decode()
    assert client.get(reverse("therapy:phrase", args=[phrase.pk])).status_code == 404
    with pytest.raises(NotFound):
        phrases.forget(phrase_id=phrase.pk, by=other_therapist)
    with pytest.raises(NotFound):
        phrases.keep(phrase_id=phrase.pk, name="Mine", text="x", by=other_therapist)
    phrases.forget(phrase_id=phrase.pk, by=therapist)
    assert not NotePhrase.objects.exists()


def test_phrases_have_a_size_and_a_number(therapist, monkeypatch):
    for name, text in (("", "x"), ("x", " "), ("x" * 41, "x"), ("x", "x" * 2001)):
        with pytest.raises(Invalid):
            phrases.keep(name=name, text=text, by=therapist)
    monkeypatch.setattr(NotePhrase, "MOST", 1)
    phrases.keep(name="One", text="x", by=therapist)
    with pytest.raises(Refused):
        phrases.keep(name="Two", text="x", by=therapist)


def test_the_page_costs_the_same_for_a_long_note_and_many_phrases(client, session, signed, planned, series, therapist):
    """Writing, with a note before it to copy from; and reading what is signed."""
    current = planned(series, kind="midpoint", day="2027-02-04")
    client.force_login(therapist)
    client.get(reverse("therapy:session", args=[current.pk]))
    costs = []
    for number in range(2):
        for each in range(6 * number):
            phrases.keep(name=f"{each}", text="x", by=therapist)
        sections = dict.fromkeys(full("midpoint"), "x") if number else {"plan": "x"}
        notes.write(session_id=current.pk, kind="progress", sections=sections, version=number or None, by=therapist)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("therapy:session", args=[current.pk]), {"note": "progress"}).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 45
    assert client.get(reverse("therapy:note", args=[session.pk, "progress"])).status_code == 200


def test_a_draft_on_paper_says_so_and_is_nobody_elses(client, session, draft, therapist, nurse):
    client.force_login(therapist)
    address = reverse("therapy:note", args=[session.pk, "progress"])
    assert "Draft, not signed" in client.get(address).content.decode()
    client.force_login(nurse)
    assert client.get(address).status_code == 404
    notes.sign(note_id=draft.pk, by=therapist)
    paper = client.get(address).content.decode()
    assert "those that were signed" in paper
    assert "Late entry" not in paper


@pytest.mark.parametrize(
    ("baseline", "score", "said"),
    [
        (21, 15, ("info", "29\u00a0% better")),
        (20, 10, ("ok", "50\u00a0% better")),
        (10, 15, ("warn", "50\u00a0% worse")),
        (10, 10, None),
        (None, 9, None),
    ],
)
def test_change_since_the_start(baseline, score, said):
    assert story.change(baseline, score) == said


def test_marks_that_would_touch_are_left_out():
    begin = datetime(2027, 1, 19, 20, tzinfo=UTC)
    stations = [(begin + timedelta(days=day), day, day < 3) for day in range(1, 29)]
    strip = story.draw([(begin, 21), (begin + timedelta(days=28), 15)], stations, 21)
    gaps = [right.x - left.x for left, right in zip(strip.ticks, strip.ticks[1:], strict=False)]
    assert min(gaps) >= story.APART
    assert (strip.ticks[-1].number, strip.said, strip.points[0].x) == (28, "21, 15", story.LEFT)
    assert story.draw([(begin, 5)], [], None).goal_y is None


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (Talked(53, True, "couple_family", "video"), "90847"),
        (Talked(60, True, "individual", "video"), "by video"),
        (Talked(60, False, "group"), "not signed"),
    ],
)
def test_how_a_session_was_held_is_said_beside_its_code(fact, words):
    (line,) = suggest([fact])
    assert words in (line.warning or "")


def test_a_group_has_a_code_of_its_own_whatever_the_minutes():
    (line,) = suggest([Talked(53, True, "group")])
    assert (line.code, line.units, line.warning) == ("90853", 1, "")


def test_the_minutes_come_from_the_draft_until_it_is_signed(session, therapist):
    assert notes.told(session).minutes is None
    draft = written(session)
    assert (notes.told(session).minutes, notes.told(session).final) == (draft.minutes, False)
    notes.sign(note_id=draft.pk, by=therapist)
    assert notes.told(session).final
