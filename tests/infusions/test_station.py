"""The nurses' station: every chair with its clock, in a fixed number of queries, and cheap while nothing changed."""

import pytest
from django.urls import reverse

from clinic import clock
from infusions import pulse, run, station
from tests.infusions import making

URL = reverse("infusions:station")


def _seat(day, time):
    with day.clock(time):
        return station.board(day.site).seats[0]


@pytest.mark.parametrize(
    ("time", "left", "tone"),
    [
        ("09:15", "37\u00a0min left", "calm"),
        ("09:24", "28\u00a0min left", "warn"),
        ("09:28", "24\u00a0min left", "stop"),
    ],
)
def test_a_running_chair_tells_its_minutes_and_grows_urgent(running, day, time, left, tone):
    seat = _seat(day, time)
    assert (seat.phase, seat.left, seat.tone, seat.last_pressure) == ("Infusing", left, tone, "128/82")


def test_a_crossed_line_stands_until_it_is_answered(running, day, nurse):
    row = day.vitals(running, "09:20", 184, 112).row
    assert _seat(day, "09:21").alerts[0] == ("stop", "A line was crossed: write what was done")
    with day.clock("09:22"):
        run.answer_by_pausing(infusion_id=running.pk, vitals_id=row.pk, observed_at=clock.now(), by=nurse)
    assert _seat(day, "09:23").alerts == [("warn", "The pump stands")]


def test_recovery_counts_down_to_the_way_home(recovering, day):
    assert _seat(day, "10:00").left == "home in 52\u00a0min"
    assert _seat(day, "10:53").left == "may go home"


def test_mine_are_those_whose_pump_i_started(running, day, nurse, other_nurse):
    with day.clock("09:20"):
        assert [len(station.board(day.site, only=who).seats) for who in (nurse, other_nurse)] == [1, 0]


def test_mine_before_the_start_are_those_i_am_booked_for(booked, day, nurse, other_nurse):
    booked_for = booked.appointment.holds.filter(staff__isnull=False).first().staff
    with day.clock("08:30"):
        coming = {who: len(station.board(day.site, only=who).coming) for who in (nurse, other_nurse)}
    day.checked_in(booked)
    with day.clock("08:50"):
        seats = {who: len(station.board(day.site, only=who).seats) for who in (nurse, other_nurse)}
    assert coming == seats == {who: int(who == booked_for) for who in (nurse, other_nurse)}


def test_the_station_asks_as_much_for_many_chairs_as_for_one(running, day, nurse, patient, django_assert_num_queries):
    with day.clock("09:20"), django_assert_num_queries(6):
        station.board(day.site)
    series = making.loading(making_patient(patient), nurse)
    for number in range(1, 4):
        making.infusion(series, number, "2027-02-02", at=f"1{number}:00", by=nurse)
    series.infusions.update(state="checked_in")
    with day.clock("09:20"), django_assert_num_queries(6):
        assert len(station.board(day.site).seats) == 4


def making_patient(like):
    from tests import build

    return build.patient(like.site, given_name="Ruth", family_name="Abelson")


def test_an_open_station_is_answered_304_until_something_changes(client, running, day, nurse):
    client.force_login(nurse)
    ask = {"HTTP_HX_REQUEST": "true", "HTTP_X_BACKGROUND": "1"}
    with day.clock("09:20"):
        first = client.get(URL, **ask)
        again = client.get(URL, HTTP_IF_NONE_MATCH=first["ETag"], **ask)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    day.vitals(running, "09:20", 146, 90)
    with day.clock("09:20"):
        changed = client.get(URL, HTTP_IF_NONE_MATCH=first["ETag"], **ask)
    assert changed.status_code == 200
    assert b"146/90" in changed.content


def test_every_kind_of_change_is_felt(running, day, nurse):
    def felt():
        with day.clock("09:20"):
            return pulse.of_infusion(running.pk), pulse.of_site(day.site)

    before = felt()
    assert felt() == before
    row = day.vitals(running, "09:20", 146, 90).row
    seen = [before, felt()]
    with day.clock("09:20"):
        run.correct_vitals(vitals_id=row.pk, reason="Typo", by=nurse, systolic=145)
    seen.append(felt())
    with day.clock("09:20"):
        noted = run.record_event(infusion_id=running.pk, kind="note", text="Calm", observed_at=clock.now(), by=nurse)
    seen.append(felt())
    with day.clock("09:20"):
        run.retract_event(event_id=noted.pk, reason="Wrong chair", by=nurse)
    seen.append(felt())
    with day.clock("09:20"):
        run.pause(infusion_id=running.pk, observed_at=clock.now(), by=nurse)
    seen.append(felt())
    for of in (0, 1):
        assert len({one[of] for one in seen}) == len(seen)
