"""The watch over the verbs: requests, the second sign, its end, and what is never done by itself."""

import pytest
from django.db import DatabaseError
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from infusions import boosters, relapse, response
from infusions.models import BoosterPlan, RelapseState, ResponseReview, Series
from patients.models import MeasureDue, SafetyAlert
from reminders import followups
from reminders.models import FollowUp
from tests import build
from tests.infusions import making

State = RelapseState.State


@pytest.fixture
def series(patient, provider, nurse, other_nurse):
    """One infusion given on 02-02 in a series that was stopped on 02-05, PHQ-9 21 to 4."""
    made = making.loading(patient, provider)
    making.phq9(patient, 21, "2027-01-19", timepoint="baseline")
    order, vial = making.order(made, provider), making.vial(patient.site, nurse)
    making.give(making.infusion(made, 1, "2027-02-02"), order, vial, nurse=nurse, checker=other_nurse)
    ended = build.moment(patient.site, "2027-02-05")
    Series.objects.filter(pk=made.pk).update(state="completed", ended_at=ended)
    making.phq9(patient, 4, "2027-02-08", timepoint="post_series")
    made.refresh_from_db()
    return made


def at(series, day, hour="10:00"):
    return clock.at(build.moment(series.site, day, hour))


def scored(series, by, day, score, **more):
    with at(series, day):
        return build.phq9(series.patient, score, by=by, **more)


def reviewed(series, provider):
    ResponseReview.objects.create(
        series=series, after_number=1, baseline_score=21, score=4, decision="maintenance", rationale="Well",
        signed_at=clock.now(), signed_by=provider,
    )  # fmt: skip


def state(series):
    return making.watch_state(series.patient)


def open_tasks(series):
    return set(FollowUp.objects.filter(patient=series.patient, state="open").values_list("kind", flat=True))


def test_a_request_is_a_sign_like_a_score(series, front_desk, nurse):
    with at(series, "2027-02-20"):
        row = relapse.request(series_id=series.pk, who="patient", words="It is coming back", by=front_desk)
    assert (row.state, row.is_hit, row.sentence) == (State.WATCH, True, "The patient asked: It is coming back")
    assert "relapse_call" in open_tasks(series)
    scored(series, nurse, "2027-02-27", 9)  # five above the best, a week later
    assert state(series) == State.CONFIRMED


def test_a_calm_score_ends_the_watch_and_its_tasks(series, nurse):
    scored(series, nurse, "2027-02-20", 10)
    assert state(series) == State.WATCH
    scored(series, nurse, "2027-02-25", 6)
    assert (state(series), open_tasks(series)) == (State.NONE, set())


def test_the_page_says_what_a_relapse_rests_on_what_came_since_and_what_is_left(client, series, nurse, provider):
    with at(series, "2027-02-10"):
        reviewed(series, provider)
        boosters.plan(series_id=series.pk, intervals_days=[], template="prn", by=provider)
    scored(series, nurse, "2027-02-20", 15)
    scored(series, nurse, "2027-02-24", 8)
    call = FollowUp.objects.get(patient=series.patient, kind="relapse_call")
    with at(series, "2027-02-24"):
        followups.done(task_id=call.pk, outcome="Reached, all is well", note="Two boosters agreed.", by=nurse)
        client.force_login(provider)
        shown = client.get(reverse("infusions:boosters", args=[series.pk]))
    told = " ".join(shown.content.decode().split())
    assert "Relapse confirmed.</b> PHQ-9 15: " in told
    assert "Since then: PHQ-9 8" in told
    assert "Still to do: book a booster within 7 days." in told


def test_a_low_score_typed_in_late_does_not_end_a_watch_that_began_after_it(series, nurse):
    scored(series, nurse, "2027-02-20", 10)
    with at(series, "2027-02-21"):
        build.phq9(series.patient, 4, by=nurse, at=build.moment(series.site, "2027-02-12"))
    assert (state(series), "relapse_call" in open_tasks(series)) == (State.WATCH, True)


def test_a_sign_typed_in_late_is_the_first_of_two(series, nurse):
    scored(series, nurse, "2027-02-20", 10)
    with at(series, "2027-02-21"):
        build.phq9(series.patient, 9, by=nurse, at=build.moment(series.site, "2027-02-13"))
    assert state(series) == State.CONFIRMED


def test_a_second_press_is_no_second_sign(series, nurse):
    with at(series, "2027-02-20"):
        first, again = (
            relapse.request(series_id=series.pk, who="patient", words="Low again", by=nurse) for _ in range(2)
        )
    assert (again, RelapseState.objects.count()) == (first, 1)


def test_without_a_plan_of_boosters_nobody_is_asked_to_book_one(series, nurse):
    scored(series, nurse, "2027-02-20", 15)
    assert (state(series), open_tasks(series)) == (State.CONFIRMED, {"relapse_call", "relapse_told"})


def test_item_nine_goes_to_safety_whatever_the_total(series, nurse):
    scored(series, nurse, "2027-02-20", 3, item9=1)
    assert state(series) == State.NONE
    assert SafetyAlert.objects.filter(patient=series.patient).exists()


def test_nothing_is_watched_while_a_series_goes_on(series, nurse, provider):
    making.loading(series.patient, provider, day="2027-03-01")
    scored(series, nurse, "2027-03-10", 20)
    assert state(series) == State.NONE


def test_a_provider_ends_the_watch_with_a_reason(series, nurse, provider):
    scored(series, nurse, "2027-02-20", 15)
    assert state(series) == State.CONFIRMED
    with at(series, "2027-02-21"):
        with pytest.raises(NotPermitted):
            relapse.settle(series_id=series.pk, reason="A bad week", by=nurse)
        with pytest.raises(Invalid):
            relapse.settle(series_id=series.pk, reason=" ", by=provider)
        relapse.settle(series_id=series.pk, reason="A bad week", by=provider)
        with pytest.raises(Refused):
            relapse.settle(series_id=series.pk, reason="Again", by=provider)
    assert state(series) == State.NONE


@pytest.mark.parametrize("wrong", [{"who": "neighbor"}, {"words": " "}, {"words": "x" * 251}])
def test_each_part_of_a_request_is_needed(series, nurse, wrong):
    with pytest.raises(Invalid) as refusal:
        relapse.request(series_id=series.pk, by=nurse, **({"who": "patient", "words": "Low again"} | wrong))
    assert list(refusal.value.fields) == list(wrong)


def test_a_state_is_never_rewritten(series, nurse):
    scored(series, nurse, "2027-02-20", 10)
    with pytest.raises(DatabaseError):
        RelapseState.objects.update(state="none")


def test_a_stop_ends_the_plan_and_boosters_as_needed_have_no_date(series, provider):
    with at(series, "2027-02-10"):
        reviewed(series, provider)
        made = boosters.plan(series_id=series.pk, intervals_days=[], template="prn", by=provider)
        assert (made.template, boosters.next_due(series), boosters.propose(series)) == ("prn", None, None)
        assert boosters.plan(series_id=series.pk, intervals_days=[14, 21, 28], by=provider).template == "std"
        assert FollowUp.objects.get(kind="booster_due").state == "open"
    scored(series, provider, "2027-02-11", 15)
    assert {"relapse_slot", "relapse_interval"} <= open_tasks(series)
    with at(series, "2027-02-11"):
        response.review(series_id=series.pk, decision="stop", rationale="Side effects", by=provider)
        assert (boosters.current(series), open_tasks(series)) == (None, {"relapse_call", "relapse_told"})
        assert BoosterPlan.objects.count() == 2
    asked = MeasureDue.objects.filter(patient=series.patient, source=f"stop:{series.pk}", state="open")
    assert {due.key for due in asked} == {"day-7", "day-30"}  # as the page said before it was signed
