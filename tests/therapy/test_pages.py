"""The therapist's pages: owner, colleague, stranger; what was typed is kept; the list costs the same at any length."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import ReadEvent
from tests import build
from tests.therapy.conftest import full, written
from therapy import notes
from therapy.models import Addendum, IntentionCard, NoteDraft, SessionNote

HELD = {"started": "13:00", "ended": "13:50", "risk_unasked": "She had to leave."}


def page(client, who, session, **query):
    client.force_login(who)
    return client.get(reverse("therapy:session", args=[session.pk]), query)


def post(client, who, session, name="write", kind="progress", **typed):
    client.force_login(who)
    args = [session.pk, kind] if name in {"write", "addendum"} else [session.pk]
    return client.post(reverse(f"therapy:{name}", args=args), typed)


def said(response):
    return response.content.decode().replace("\u00a0", " ")


def test_the_therapist_saves_signs_and_reads(client, session, therapist):
    saved = post(client, therapist, session, **full(), started="13:00", ended="13:50", press="save")
    assert saved.status_code == 302
    typed = {**full(), **HELD, "version": "1", "press": "sign"}
    assert post(client, therapist, session, **typed).status_code == 302
    note = SessionNote.objects.get()
    assert note.signed_at
    assert (note.ended_at - note.started_at).total_seconds() == 50 * 60
    assert "Signed by Nadia Amir" in said(page(client, therapist, session, note="progress"))


def test_a_colleague_reads_what_is_signed_and_nothing_before(client, session, draft, nurse, therapist):
    assert "as discussed" not in said(page(client, nurse, session, note="progress"))
    notes.sign(note_id=draft.pk, by=therapist)
    shown = said(page(client, nurse, session, note="progress"))
    assert "Risk: as discussed." in shown
    assert "<textarea" not in shown


def test_a_nurse_elsewhere_who_is_front_desk_here_reads_nothing(client, session, signed, site, other_site):
    both = build.user(build.Role.NURSE, at=other_site)
    build.Membership.objects.create(user=both, site=site, role="front_desk")
    assert page(client, both, session).status_code == 403


@pytest.mark.parametrize("who", ["other_therapist", "nurse"])
def test_a_colleague_who_writes_is_told_that_it_is_not_theirs(request, client, session, signed, who):
    who = request.getfixturevalue(who)
    for name, typed in (
        ("write", {"kind": "plan", "focus": "x"}),
        ("addendum", {"text": "x"}),
        ("intentions", {"words": "x"}),
        ("missed", {}),
    ):
        answer = post(client, who, session, name, **typed)
        assert answer.status_code == 403
        assert "<h1" in said(answer)
    assert (Addendum.objects.count(), IntentionCard.objects.count()) == (0, 0)


def test_another_therapist_is_told_whose_the_session_is(client, session, other_therapist):
    answer = post(client, other_therapist, session, kind="plan", focus="x")
    assert "This session belongs to another therapist" in said(answer)


def test_what_was_typed_while_another_window_signed_moves_to_the_addendum(client, session, signed, therapist):
    typed = full() | {"risk": "She called: no thoughts."}
    answer = post(client, therapist, session, **typed, **HELD)
    assert answer.status_code == 409
    assert "What you typed stands in the addendum" in said(answer)
    assert said(answer).count("She called: no thoughts.") == 1
    assert post(client, therapist, session, **full(), **HELD, press="sign").status_code == 302
    by_itself = client.post(answer.request["PATH_INFO"], typed, headers={"HX-Request": "true"})
    assert by_itself.status_code == 409
    assert "She called: no thoughts." in said(by_itself)


def test_the_front_desk_opens_no_session(client, session, front_desk):
    assert page(client, front_desk, session).status_code == 403


def test_a_stranger_finds_nothing_and_learns_no_name(client, session, signed, stranger):
    for answer in (page(client, stranger, session), post(client, stranger, session, kind="plan", focus="x")):
        assert answer.status_code == 404
        assert "Torres" not in said(answer)
    assert not ReadEvent.objects.exists()


def test_opening_a_session_is_written_to_the_read_log(client, session, nurse):
    page(client, nurse, session)
    assert ReadEvent.objects.get().what == "therapy session"


def test_an_overtaken_page_keeps_the_typing_shows_theirs_and_saves_the_second_time(client, session, therapist):
    post(client, therapist, session, kind="plan", focus="Breath")
    post(client, therapist, session, kind="plan", focus="Grounding", version="1")
    answer = post(client, therapist, session, kind="plan", focus="The lake", version="1")
    assert answer.status_code == 409
    assert "The lake" in said(answer)
    assert "Grounding" in said(answer)
    seen = answer.context["note_form"]["version"].value()
    again = post(client, therapist, session, kind="plan", focus="Grounding, the lake", version=seen)
    assert again.status_code == 302
    assert NoteDraft.objects.get().texts["focus"] == "Grounding, the lake"


def test_a_window_opened_before_the_first_save_overwrites_nothing(client, session, therapist):
    post(client, therapist, session, kind="plan", focus="Breath", version="")
    answer = post(client, therapist, session, kind="plan", focus="The lake", version="")
    assert answer.status_code == 409
    assert "The lake" in said(answer)
    assert "Breath" in said(answer)


@pytest.mark.parametrize("half", ["started", "ended"])
def test_half_of_the_minutes_is_kept_and_asked_for_before_signing(client, session, therapist, half):
    typed = {**full(), "risk_unasked": "She had to leave.", half: "13:00"}
    assert post(client, therapist, session, **typed).status_code == 302
    answer = post(client, therapist, session, **typed, version="1", press="sign")
    assert answer.status_code == 422
    assert "the end of the session" in said(answer)
    assert getattr(NoteDraft.objects.get(), f"{half}_at")


def test_a_time_that_is_none_keeps_the_typing(client, session, therapist):
    answer = post(client, therapist, session, **full(), started="soon", ended="13:50")
    assert answer.status_code == 422
    assert "Risk: as discussed." in said(answer)
    draft = NoteDraft.objects.get()
    assert (draft.started_at, draft.texts["risk"]) == (None, "Risk: as discussed.")


def test_signing_with_empty_headings_names_each_and_keeps_the_draft(client, session, therapist):
    typed = {**full(), "risk": "", "plan": " ", **HELD, "press": "sign"}
    answer = post(client, therapist, session, **typed)
    assert answer.status_code == 422
    for heading in ("“Risk” is empty", "“Plan” is empty"):
        assert heading in said(answer)
    assert (NoteDraft.objects.get().version, SessionNote.objects.exists()) == (1, False)
    assert answer.context["note_form"]["version"].value() == "1"


def test_signing_before_the_day_of_the_visit_says_so_and_keeps_the_draft(client, planned, therapist):
    session = planned(day="2027-02-04")
    answer = post(client, therapist, session, **full(), **HELD, press="sign")
    assert answer.status_code == 409
    assert "This visit is on" in said(answer)
    assert "Risk: as discussed." in said(answer)
    assert NoteDraft.objects.get().texts["risk"]


def test_too_many_characters_are_refused_and_kept(client, session, therapist):
    long = "🌊" * 20_001
    answer = post(client, therapist, session, kind="plan", focus=long)
    assert answer.status_code == 422
    assert long in said(answer)
    assert post(client, therapist, session, kind="plan", focus=long[:-1], version="1").status_code == 302
    assert NoteDraft.objects.get().texts["focus"] == long[:-1]


def test_what_is_typed_is_shown_as_text_and_never_as_markup(client, session, therapist):
    post(client, therapist, session, kind="plan", focus="<script>alert(1)</script>")
    assert "<script>alert(1)" not in said(page(client, therapist, session, note="plan"))


def test_an_addendum_and_a_card_without_words_are_refused_with_a_sentence(client, session, signed, therapist):
    empty = post(client, therapist, session, "addendum", text="")
    assert empty.status_code == 422
    assert "Write what is to be added." in said(empty)
    card = post(client, therapist, session, "intentions", words="", music="Cello and rain")
    assert card.status_code == 422
    assert "in the patient’s own words" in said(card)
    assert "Cello and rain" in said(card)


def test_the_card_is_shared_and_the_addendum_is_shown(client, session, signed, therapist, nurse):
    post(client, therapist, session, "intentions", words="To be curious")
    post(client, therapist, session, "addendum", text="She called at 16:00.")
    shown = said(page(client, nurse, session, note="progress"))
    assert "To be curious" in shown
    assert "She called at 16:00." in shown


def test_an_unknown_kind_of_note_is_not_there(client, session, therapist):
    assert post(client, therapist, session, kind="diary", focus="x").status_code == 404
    assert page(client, therapist, session, note="diary").status_code == 200


def test_a_missed_session_leaves_the_list_of_what_waits(client, session, therapist):
    assert post(client, therapist, session, "missed").status_code == 302
    assert post(client, therapist, session, "missed").status_code == 409
    session.refresh_from_db()
    assert session.state == "missed"


def lists(planned, hours):
    for hour in hours:
        planned(day="2027-01-27", at=hour)
        planned(day="2027-01-28", at=hour)
        planned(day="2027-02-03", at=hour)


def test_my_sessions_cost_the_same_for_one_and_for_three(client, planned, therapist):
    client.force_login(therapist)
    client.get(reverse("therapy:mine"))
    costs = []
    for hours in (["09:00"], ["10:30", "15:00"]):
        lists(planned, hours)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("therapy:mine"))
        costs.append(len(queries))
    assert said(answer).count("Open<span") == 6
    assert said(answer).count("Not signed") == 3
    assert costs[0] == costs[1]
    assert costs[0] <= 60


def test_my_sessions_show_mine_only_and_what_waits_for_a_signature(client, planned, therapist, other_therapist):
    late = planned(day="2027-01-27")
    client.force_login(other_therapist)
    assert "Torres" not in said(client.get(reverse("therapy:mine")))
    client.force_login(therapist)
    assert "Waiting for your signature · 1" in said(client.get(reverse("therapy:mine")))
    written(late)
    notes.sign(note_id=late.drafts.get().pk, by=therapist)
    assert "All your notes are signed." in said(client.get(reverse("therapy:mine")))


@pytest.mark.parametrize("number", ["0", "99", "x", "-1"])
def test_a_page_number_that_is_none_shows_the_nearest(client, therapist, number):
    client.force_login(therapist)
    assert client.get(reverse("therapy:mine"), {"page": number}).status_code == 200
