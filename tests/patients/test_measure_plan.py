"""What is due: made by a source, closed by the answer in its time, missed after it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clinic import clock
from patients import links, measure_plan, measures
from patients.measure_plan import Wanted
from patients.models import MeasureDue, MeasureResponse, PatientLink
from tests import build

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def wish(instrument="phq9", timepoint="follow_up", start=-HOUR, end=DAY, key=""):
    now = clock.now()
    return Wanted(instrument, timepoint, now + start, now + end, key or instrument)


def keep(patient, *wanted, source="test"):
    measure_plan.keep(patient=patient, source=source, wanted=wanted)


def states(patient):
    return sorted(MeasureDue.objects.filter(patient=patient).values_list("key", "state"))


@pytest.fixture(autouse=True)
def at_noon(site):
    with clock.at(build.moment(site, "2027-02-02", "12:00")):
        yield


def test_the_same_wishes_twice_are_one_row(patient):
    keep(patient, wish())
    keep(patient, wish())
    assert states(patient) == [("phq9", "open")]


def test_what_is_no_longer_wanted_is_void_and_other_sources_stay(patient):
    keep(patient, wish())
    keep(patient, wish(), source="other")
    keep(patient)
    assert states(patient) == [("phq9", "open"), ("phq9", "void")]


def test_what_was_answered_stays_done_when_it_is_no_longer_wanted(patient, nurse):
    keep(patient, wish())
    build.phq9(patient, 5, by=nurse)
    keep(patient)
    assert states(patient) == [("phq9", "done")]


def test_an_answer_before_its_time_closes_nothing(patient, nurse):
    keep(patient, wish(start=HOUR))
    build.phq9(patient, 5, by=nurse)
    assert states(patient) == [("phq9", "open")]


def test_another_instrument_closes_nothing(patient, nurse):
    keep(patient, wish("gad7"))
    build.phq9(patient, 5, by=nurse)
    assert states(patient) == [("gad7", "open")]


@pytest.mark.parametrize(("late", "state"), [(timedelta(days=7), "done"), (timedelta(days=7, minutes=1), "open")])
def test_a_late_answer_counts_for_a_week(patient, nurse, late, state):
    keep(patient, wish(start=-DAY, end=HOUR))
    with clock.at(clock.now() + HOUR + late):
        build.phq9(patient, 5, by=nurse)
    assert states(patient) == [("phq9", state)]


def test_only_a_baseline_closes_a_baseline(patient, nurse):
    keep(patient, wish(timepoint="baseline"))
    build.phq9(patient, 5, by=nurse, timepoint="follow_up")
    assert states(patient) == [("phq9", "open")]
    assert build.phq9(patient, 6, by=nurse, timepoint="").timepoint == "baseline"
    assert states(patient) == [("phq9", "done")]


def test_one_answer_is_for_the_first_of_several_occasions_and_closes_them_all(patient, nurse):
    keep(patient, wish(), wish(timepoint="pre_infusion", key="visit"))
    assert build.phq9(patient, 5, by=nurse, timepoint="").timepoint == "pre_infusion"
    assert states(patient) == [("phq9", "done"), ("visit", "done")]


def test_without_a_plan_the_first_is_the_baseline_and_the_next_a_follow_up(patient, nurse):
    assert build.phq9(patient, 20, by=nurse, timepoint="").timepoint == "baseline"
    with clock.at(clock.now() + HOUR):
        assert build.phq9(patient, 19, by=nurse, timepoint="").timepoint == "follow_up"


def test_a_plan_made_late_finds_the_answer_that_was_given(patient, nurse):
    build.phq9(patient, 5, by=nurse)
    keep(patient, wish())
    assert states(patient) == [("phq9", "done")]


def test_a_plan_made_too_late_is_missed_from_the_start(patient):
    keep(patient, wish(start=-30 * DAY, end=-20 * DAY))
    assert states(patient) == [("phq9", "missed")]
    keep(patient, wish(start=-30 * DAY, end=-20 * DAY))
    assert len(states(patient)) == 1


def test_the_tick_closes_what_was_missed(patient):
    keep(patient, wish(timepoint="pre_infusion", end=HOUR), wish("gad7", end=HOUR))
    assert measure_plan.close_missed(clock.now() + 2 * HOUR) == 1
    assert states(patient) == [("gad7", "open"), ("phq9", "missed")]


def test_an_answer_taken_back_is_asked_for_again(patient, nurse):
    keep(patient, wish())
    response = build.phq9(patient, 5, by=nurse)
    response.entered_in_error_at, response.entered_in_error_by = clock.now(), nurse
    response.entered_in_error_reason = "Another patient’s"
    response.save()
    keep(patient, wish())
    assert states(patient) == [("phq9", "done"), ("phq9", "open")]


def test_an_evaluation_asks_for_its_baseline_and_takes_one_of_the_last_weeks(patient, nurse):
    build.phq9(patient, 21, by=nurse, timepoint="baseline")
    measure_plan.want_baseline(patient)
    assert states(patient) == [("cssrs", "open"), ("gad7", "open"), ("phq9", "done")]


def test_the_database_keeps_a_done_row_with_its_answer(patient):
    keep(patient, wish())
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureDue.objects.update(state="done", closed_at=clock.now())


# The pages


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_needs_the_same_queries_for_one_and_for_three(
    client: Client, patient, nurse, count, django_assert_num_queries
):
    keep(patient, *[wish(key=str(turn), start=HOUR) for turn in range(count)])
    for turn in range(count):
        with clock.at(clock.now() + timedelta(seconds=turn)):
            build.phq9(patient, 5 + turn, by=nurse)
    client.force_login(nurse)
    page = reverse("patients:measures", args=[patient.pk])
    client.get(page)
    with django_assert_num_queries(12):
        text = client.get(page).content.decode()
    assert text.count("To come") == count


def test_staff_make_a_link_that_is_shown_once(client: Client, patient, nurse):
    client.force_login(nurse)
    answer = client.post(reverse("patients:measures-send", args=[patient.pk]))
    assert "/p/" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "/p/" not in client.get(reverse("patients:measures", args=[patient.pk])).content.decode()
    client.post(reverse("patients:measures-revoke", args=[PatientLink.objects.get().pk]))
    assert PatientLink.objects.get().revoked_at


def test_a_tablet_handed_over_asks_at_once_and_keeps_the_link_at_home(client: Client, patient, nurse):
    links.make(patient_id=patient.pk, purpose="measures", by=nurse)
    keep(patient, wish())
    client.force_login(nurse)
    answer = client.post(reverse("patients:measures-tablet", args=[patient.pk]), follow=True)
    assert "How you have been" in answer.content.decode()
    client.post(reverse("linked:measure", args=["here", "phq9"]), {"n": 1, "answer": 0})
    assert PatientLink.objects.filter(revoked_at=None).count() == 1
    assert PatientLink.objects.get().drafts.count() == 1


def test_what_is_due_is_asked_first(client: Client, patient, nurse):
    keep(patient, wish("gad7", timepoint="pre_infusion"))
    client.force_login(nurse)
    text = client.get(reverse("patients:measure-new", args=[patient.pk])).content.decode()
    assert "Feeling nervous, anxious or on edge" in text
    assert 'name="timepoint" value="pre_infusion"' in text


def test_a_score_is_entered_and_a_wrong_one_refused(client: Client, patient, nurse):
    client.force_login(nurse)
    page = reverse("patients:measure-new", args=[patient.pk])
    typed = {"instrument": "madrs", "timepoint": "baseline", "day": "2027-02-02", "at": "11:00", "score": "61"}
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert "between 0 and 60" in answer.content.decode()
    text = client.post(page, typed | {"score": "34"}, follow=True).content.decode()
    assert "Moderate" in text
    assert MeasureResponse.objects.get().items == []


def test_a_second_phq9_within_two_weeks_is_a_repeat_administration(patient, nurse):
    first = build.phq9(patient, 12, by=nurse)
    with clock.at(clock.now() + 13 * DAY):
        second = build.phq9(patient, 11, by=nurse)
    with clock.at(clock.now() + 27 * DAY):
        third = build.phq9(patient, 10, by=nurse)
    assert [measures.is_repeat(each) for each in (first, second, third)] == [False, True, False]
