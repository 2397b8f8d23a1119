"""The page beside the chair through its doors: who may open it, what it answers, and that it stays light."""

import re

import pytest
from django.urls import reverse

from clinic.errors import NotFound
from clinic.ids import uuid7
from clinic.models import ReadEvent
from infusions import stays
from infusions.models import VitalSigns
from tests import build

HTMX = {"HX-Request": "true"}


def _url(name, infusion, *more):
    return reverse(f"infusions:{name}", args=[infusion.pk, *more])


def _of(infusion):
    """What the page says of whose it is."""
    return {"X-Patient": str(infusion.series.patient_id)}


def _post(client, day, name, infusion, time="09:22", more=(), **data):
    with day.clock(time):
        return client.post(_url(name, infusion, *more), data, headers=HTMX | _of(infusion))


def _open(client, day, infusion, time="09:22"):
    with day.clock(time):
        return client.get(_url("infusion", infusion))


@pytest.fixture(autouse=True)
def awake(settings):
    """The clock jumps over hours here; the idle lock is tested elsewhere."""
    settings.IDLE_LOGOFF_MINUTES = 24 * 60
    settings.ABSOLUTE_SESSION_HOURS = 24 * 365 * 2


@pytest.fixture
def at_chair(client, day):
    """The nurse's browser."""
    with day.clock("08:40"):
        client.force_login(day.nurse)
    return client


STEPS = ("booked", "checked in", "ready", "cleared", "drawn", "checked", "started", "recovery")


@pytest.mark.parametrize("step", STEPS)
def test_the_page_opens_at_every_step_of_the_day(at_chair, day, step):
    infusion = day.until(step)
    response = _open(at_chair, day, infusion, "09:55")
    assert response.status_code == 200
    assert "Maya Torres" in response.content.decode()


def test_opening_is_written_to_the_read_log(at_chair, day, running):
    _open(at_chair, day, running)
    event = ReadEvent.objects.get(what="infusion")
    assert (event.patient_id, event.user) == (day.patient.pk, day.nurse)


def test_a_stranger_finds_nothing(client, day, running, stranger):
    client.force_login(stranger)
    for name in ("infusion", "parts"):
        with day.clock("09:20"):
            assert client.get(_url(name, running)).status_code == 404
    for name in ("vitals", "pause", "stop", "event", "discharge"):
        assert _post(client, day, name, running).status_code == 404
    running.refresh_from_db()
    assert running.state == "in_progress"


def test_front_desk_may_not_open_it(client, day, running, front_desk):
    client.force_login(front_desk)
    assert _open(client, day, running).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_front_desk_checks_in_and_is_shown_the_visit_alone(client, day, booked, front_desk, headers):
    client.force_login(front_desk)
    with day.clock("08:45"):
        answer = client.post(_url("check-in", booked), headers=headers)
    assert (answer.status_code, answer.url) == (302, reverse("visits:appointment", args=[booked.appointment_id]))
    assert not answer.content
    booked.refresh_from_db()
    assert booked.state == "checked_in"


@pytest.mark.parametrize("whose", [{}, {"X-Patient": "0197f6f8-0000-7000-8000-000000000000"}])
def test_a_page_of_another_patient_writes_nothing_here(at_chair, day, running, whose):
    rows = running.vitals.count()
    with day.clock("09:22"):
        for name, typed in (
            ("pause", {}),
            ("vitals", {"systolic": "146", "diastolic": "90"}),
            ("event", {"kind": "note"}),
        ):
            answer = at_chair.post(_url(name, running), typed, headers=HTMX | whose)
            assert answer.status_code == 409
            assert "typed on the page of another patient, not of Maya Torres" in answer.content.decode()
    running.refresh_from_db()
    assert (running.state, running.vitals.count(), running.events.count()) == ("in_progress", rows, 0)


def test_a_therapist_sees_it_and_changes_nothing(client, day, running, therapist):
    client.force_login(therapist)
    page = _open(client, day, running).content.decode()
    assert "Stop early" not in page
    assert _post(client, day, "pause", running).status_code == 403


def test_a_nurse_here_who_is_front_desk_there_may_not_open_it_there(client, day, running, other_site):
    both = build.user(build.Role.NURSE, at=other_site)
    build.Membership.objects.create(user=both, site=day.site, role="front_desk")
    client.force_login(both)
    assert _open(client, day, running).status_code == 403


def test_a_saved_row_comes_back_in_the_parts(at_chair, day, running):
    response = _post(at_chair, day, "vitals", running, systolic="146", diastolic="90", heart_rate="84")
    assert response.status_code == 200
    page = response.content.decode()
    assert "146/90" in page
    assert 'id="chair-sheet" class="ek-stack" hx-swap-oob="true"' in page
    assert 'id="now-form"' not in page


def test_the_same_row_sent_twice_is_one(at_chair, day, running):
    key = str(uuid7())
    for time in ("09:22", "09:23"):
        assert _post(at_chair, day, "vitals", running, time, heart_rate="84", client_key=key).status_code == 200
    assert running.vitals.filter(client_key=key).count() == 1


def test_a_row_that_waited_is_dated_when_it_was_pressed(at_chair, day, running):
    pressed = day.at("09:22").isoformat()
    _post(at_chair, day, "vitals", running, "09:25", heart_rate="84", pressed_at=pressed, client_key=str(uuid7()))
    assert VitalSigns.objects.get(heart_rate=84).observed_at == day.at("09:22")


def test_a_row_at_another_time(at_chair, day, running):
    _post(at_chair, day, "vitals", running, "09:40", heart_rate="84", at="09:20")
    row = VitalSigns.objects.get(heart_rate=84)
    assert row.observed_at == day.at("09:20")
    assert row.is_late_entry


def test_a_wrong_number_is_a_sentence_and_nothing_is_written(at_chair, day, running):
    response = _post(at_chair, day, "vitals", running, systolic="1460", diastolic="90", spo2="96")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Systolic is between 50 and 260" in page
    assert "data-fields=" in page
    assert running.vitals.count() == 1


def test_a_wrong_number_without_script_keeps_what_was_typed(at_chair, day, running):
    with day.clock("09:22"):
        response = at_chair.post(
            _url("vitals", running), {"systolic": "1460", "diastolic": "90", "spo2": "96"}, headers=_of(running)
        )
    page = response.content.decode()
    assert response.status_code == 422
    assert re.search(r'name="systolic"[^>]*value="1460"', page)
    assert re.search(r'name="spo2"[^>]*value="96"', page)


def test_a_crossed_line_asks_and_an_answer_closes_it(at_chair, day, running):
    page = _post(at_chair, day, "vitals", running, systolic="172", diastolic="98").content.decode()
    assert "172/98 crossed the notify line" in page
    row = VitalSigns.objects.get(systolic=172)
    page = _post(at_chair, day, "answer", running, "09:24", [row.pk], what="Rechecked").content.decode()
    assert "What did you do?" not in page


def test_a_row_of_another_infusion_cannot_be_answered_from_here(at_chair, day, running):
    assert _post(at_chair, day, "answer", running, more=[uuid7()], what="Rechecked").status_code == 404


def test_start_without_a_check_says_what_is_missing(at_chair, day, cleared):
    response = _post(at_chair, day, "start", cleared, "09:10")
    assert response.status_code == 409
    assert "It has not been drawn yet" in response.content.decode()


def test_the_steps_of_a_day_by_their_buttons(at_chair, day, other_nurse):
    infusion = day.until("booked")
    day.vial()
    assert _post(at_chair, day, "check-in", infusion, "08:45").status_code == 200
    day.asked()
    answers = {
        "identity_confirmed": "on", "weight_kg": "80", "nothing_new": "yes", "last_solids_at": "19:30",
        "last_clear_at": "06:00", "substances_clear": "yes", "pregnancy": "negative", "emergency_ready": "on",
        "escort": day.escort().pk, "escort_confirmed": "on",
    }  # fmt: skip
    assert _post(at_chair, day, "arrival", infusion, "08:50", **answers).status_code == 200
    before = {"systolic": "128", "diastolic": "82", "heart_rate": "76", "spo2": "98"}
    assert _post(at_chair, day, "vitals", infusion, "08:52", **before).status_code == 200
    assert _post(at_chair, day, "clear", infusion, "09:00").status_code == 200
    wrong = _post(at_chair, day, "draw", infusion, "09:04", vial_label="V-0142", strength="100")
    assert "Stop: V-0142 holds 50\u00a0mg/mL" in wrong.content.decode()
    right = {"vial_label": "V-0142", "strength": "50"}
    assert _post(at_chair, day, "draw", infusion, "09:05", **right).status_code == 200
    second = {"witness": other_nurse.pk, "password": build.PASSWORD}
    assert _post(at_chair, day, "double-check", infusion, "09:08", **second).status_code == 200
    assert _post(at_chair, day, "start", infusion, "09:12").status_code == 200
    assert _post(at_chair, day, "pause", infusion, "09:20").status_code == 200
    assert _post(at_chair, day, "resume", infusion, "09:22").status_code == 200
    assert _post(at_chair, day, "complete", infusion, "09:54").status_code == 200
    home = {
        "scale": "aldrete", "way_home": "escort",
        "aldrete": "10", "oriented": "on", "steady": "on", "no_active_si": "on", "iv_out": "on",
        "instructions_given": "on", "escort_name": "Luis Torres", "escort_relation": "brother",
    }  # fmt: skip
    early = _post(at_chair, day, "discharge", infusion, "10:30", **home)
    # the form stays open, with what was typed
    assert '<details class="ek-fold" open><summary class="ek-card-head"><h2>The way home' in early.content.decode()
    assert early.status_code == 409
    assert "until 10:54" in early.content.decode()
    assert re.search(r'name="aldrete"[^>]*value="10"|value="10"[^>]*name="aldrete"', early.content.decode())
    assert _post(at_chair, day, "discharge", infusion, "10:54", **home).status_code == 200
    infusion.refresh_from_db()
    assert (infusion.state, infusion.checked_by) == ("discharged", other_nurse)
    assert "Went home 10:54" in _open(at_chair, day, infusion, "10:55").content.decode()


def test_the_drawer_cannot_check_with_a_wrong_password_of_another(at_chair, day, cleared, other_nurse):
    day.drawn(cleared)
    second = {"witness": other_nurse.pk, "password": "not hers"}
    response = _post(at_chair, day, "double-check", cleared, "09:08", **second)
    assert response.status_code == 422
    assert "not the password of Sanna Lindqvist" in response.content.decode()


def test_arrival_checks_keep_what_was_typed(at_chair, day, checked_in):
    response = _post(at_chair, day, "arrival", checked_in, "08:50", weight_kg="8000", interval_history="New cough")
    page = response.content.decode()
    assert response.status_code == 422
    assert "New cough" in page
    assert 'value="8000"' in page


def test_the_time_of_a_substance_is_read_on_the_sites_clock(at_chair, day, checked_in):
    """Pine Street reads 06:30 as its own morning, not as the server's."""
    answers = {
        "identity_confirmed": "on", "weight_kg": "80", "nothing_new": "yes", "last_solids_at": "19:30",
        "last_clear_at": "06:00", "substances_clear": "no", "opioid_at": f"{day.day}T06:30", "pregnancy": "negative",
        "benzodiazepine_mg_day": "5", "emergency_ready": "on", "escort": day.escort().pk, "escort_confirmed": "on",
    }  # fmt: skip
    assert _post(at_chair, day, "arrival", checked_in, "08:50", **answers).status_code == 200
    check = checked_in.arrival_check
    assert (check.opioid_at, check.alcohol_at, check.benzodiazepine_mg_day) == (day.at("06:30"), None, 5)
    page = _open(at_chair, day, checked_in, "08:51").content.decode()
    assert "Opioid 06:30: 6 hours are over 12:30." in page
    assert f'value="{day.day}T06:30"' in page


def test_a_row_is_corrected_on_a_page_of_its_own(at_chair, day, running):
    row = day.vitals(running, "09:22", 246, 90).row
    with day.clock("09:25"):
        assert at_chair.get(_url("correct", running, row.pk)).status_code == 200
        wrong = at_chair.post(
            _url("correct", running, row.pk), {"systolic": "146", "diastolic": "90", "reason": ""}, headers=_of(running)
        )
        assert wrong.status_code == 422
        at_chair.post(
            _url("correct", running, row.pk),
            {"systolic": "146", "diastolic": "90", "reason": "Typo"},
            headers=_of(running),
        )
    row.refresh_from_db()
    assert (row.corrected_by.systolic, row.entered_in_error_reason) == (146, "Typo")
    page = _open(at_chair, day, running, "09:26").content.decode()
    assert "wrong: Typo" in page


def test_only_the_provider_sees_how_to_override(client, day, ready, provider):
    day.arrival(ready, "08:55", substances_clear=False, alcohol_at=day.at("06:00"))
    for user, seen in ((day.nurse, False), (provider, True)):
        client.force_login(user)
        assert ('data-fill-light="alcohol"' in _open(client, day, ready, "08:56").content.decode()) is seen


def test_the_page_asks_as_much_for_many_rows_as_for_one(at_chair, day, running, django_assert_max_num_queries):
    _open(at_chair, day, running, "09:40")
    with django_assert_max_num_queries(25) as one:
        _open(at_chair, day, running, "09:40")
    for minute in range(12):
        day.vitals(running, f"09:{20 + minute}", 130 + minute, 80)
    with django_assert_max_num_queries(25) as many:
        _open(at_chair, day, running, "09:40")
    assert len(many) == len(one)


def test_a_saved_row_asks_as_much_after_many_as_after_one(at_chair, day, running, django_assert_num_queries):
    """Session, person, the lock, what stands beside the row, the row; and the savepoint of a test's transaction."""
    for time in ("09:20", "09:40"):
        _post(at_chair, day, "vitals", running, time, heart_rate="80")
        with django_assert_num_queries(5 + 2):
            answer = _post(at_chair, day, "vitals", running, time, systolic="146", diastolic="90").content.decode()
        for minute in range(10, 18):
            day.vitals(running, f"09:{minute + 12}", 130 + minute, 80)
    assert all(f'id="chair-{part}"' in answer for part in ("due", "says", "ask", "sheet"))
    assert 'id="chair-bar"' not in answer  # a row changes nothing there


def test_a_row_is_kept_though_its_answer_can_not_be_drawn(at_chair, day, monkeypatch):
    def fails(*args: object, **more: object) -> None:
        raise RuntimeError("no paper")

    infusion = day.until("started")
    monkeypatch.setattr("infusions.views.answering.render", fails)
    with pytest.raises(RuntimeError, match="no paper"):
        _post(at_chair, day, "vitals", infusion, systolic="130", diastolic="84", client_key=str(uuid7()))
    assert infusion.vitals.filter(systolic=130).count() == 1


def test_a_stranger_locks_no_infusion(client, day, stranger):
    infusion = day.until("started")
    with day.clock("09:20"):
        client.force_login(stranger)
    assert _post(client, day, "vitals", infusion, systolic="130", diastolic="84").status_code == 404
    with pytest.raises(NotFound):
        stays.locked(infusion.pk, at=stranger.site_ids)
    assert stays.locked(infusion.pk, at=day.nurse.site_ids).infusion == infusion
