"""Boosters: the dates of J0, the lengthening of J6, and what a plan needs."""

from datetime import date

import pytest
from django.db import DatabaseError
from hypothesis import given as everywhere
from hypothesis import strategies as st

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import ProtocolSettings
from infusions import boosters, intervals
from infusions.models import BoosterPlan, ResponseReview, Series
from tests import build
from tests.infusions import making

LIMITS = ProtocolSettings()
LAST = date(2027, 2, 19)


# Pure


def test_the_dates_of_the_standard_plan():
    assert intervals.due_dates([14, 21, 28], LAST, 4) == [
        date(2027, 3, 5), date(2027, 3, 26), date(2027, 4, 23), date(2027, 5, 21),
    ]  # fmt: skip
    assert intervals.standard(LIMITS) == [14, 21, 28]


@pytest.mark.parametrize(
    ("now", "scores", "most"),
    [
        (28, [4, 4], 42),
        (28, [4, 5], 28),
        (28, [5, 4], 28),
        (28, [4], 28),
        (28, [], 28),
        (28, [9, 4, 4], 42),
        (14, [4, 4], 21),
        (42, [4, 4], 56),
        (360, [4, 4], 365),
    ],
)
def test_two_checks_in_remission_lengthen_by_a_half_or_14_days(now, scores, most):
    assert intervals.longest(now, scores, LIMITS) == most


@pytest.mark.parametrize(("now", "less"), [(42, 28), (28, 21), (21, 14), (14, 7), (7, 7), (60, 56)])
def test_a_relapse_steps_back(now, less):
    assert intervals.shorter(now, LIMITS) == less


days = st.lists(st.integers(7, 365), min_size=1, max_size=5)


@everywhere(days, st.integers(0, 10), st.integers(1, 10))
def test_dates_go_on_where_the_given_ones_ended(plan, given, n):
    whole = intervals.due_dates(plan, LAST, given + n)
    start = whole[given - 1] if given else LAST
    assert intervals.due_dates(plan, start, n, given=given) == whole[given:]


@everywhere(st.integers(7, 365), st.lists(st.integers(0, 27), max_size=4))
def test_the_longest_is_never_shorter_and_never_half_as_long_again(now, scores):
    assert now <= intervals.longest(now, scores, LIMITS) <= min(365, now * 3 // 2, now + 14) or now > 365


# The verb


@pytest.fixture(autouse=True)
def at_the_review(site):
    with clock.at(build.moment(site, "2027-02-23", "10:00")):
        yield


@pytest.fixture
def series(patient, provider, nurse, other_nurse):
    """Six given, 02-02 to 02-19, completed and reviewed for maintenance."""
    with clock.at(build.moment(patient.site, "2027-02-01")):
        made = making.loading(patient, provider)
        order, vial = making.order(made, provider), making.vial(patient.site, nurse)
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.give(making.infusion(made, number, day), order, vial, nurse=nurse, checker=other_nurse)
    made.state, made.ended_at = "completed", build.moment(patient.site, "2027-02-19", "11:00")
    made.save()
    return made


@pytest.fixture
def reviewed(series, provider):
    ResponseReview.objects.create(
        series=series, after_number=6, baseline_score=21, score=7, decision="maintenance", rationale="Well",
        signed_at=clock.now(), signed_by=provider,
    )  # fmt: skip
    return series


def boosted(series, provider, nurse, checker, *dates):
    """Boosters given on these days after the series."""
    maintenance = Series.objects.filter(follows=series).first() or Series.objects.create(
        patient=series.patient, site=series.site, kind="maintenance", follows=series, opened_by=provider,
    )  # fmt: skip
    order = maintenance.orders.first() or making.order(maintenance, provider)
    vial = making.vial(series.site, nurse, label=f"B-{dates[0]}")
    for number, day in enumerate(dates, start=maintenance.infusions.count() + 1):
        making.give(making.infusion(maintenance, number, day), order, vial, nurse=nurse, checker=checker)
    return maintenance


def planned(series, by, days=(14, 21, 28), **more):
    return boosters.plan(series_id=series.pk, intervals_days=days, by=by, **more)


def test_boosters_of_j0(reviewed, provider):
    plan = planned(reviewed, provider)
    assert boosters.due_dates(plan, LAST, 3) == [date(2027, 3, 5), date(2027, 3, 26), date(2027, 4, 23)]
    assert boosters.next_due(reviewed) == date(2027, 3, 5)


def test_the_next_is_counted_from_the_last_given(reviewed, provider, nurse, other_nurse):
    planned(reviewed, provider)
    maintenance = boosted(reviewed, provider, nurse, other_nurse, "2027-03-08")
    assert boosters.next_due(reviewed) == boosters.next_due(maintenance) == date(2027, 3, 29)


def test_no_plan_no_date(reviewed):
    assert boosters.next_due(reviewed) is None


def test_28_stable_days_become_42_and_the_next_is_07_may(reviewed, provider, nurse, other_nurse, site):
    planned(reviewed, provider)
    for day in ("2027-03-05", "2027-03-26"):
        boosted(reviewed, provider, nurse, other_nurse, day)
        making.phq9(reviewed.patient, 4, day)
    assert boosters.next_due(reviewed) == date(2027, 4, 23)
    with clock.at(build.moment(site, "2027-03-27")):
        planned(reviewed, provider, [42])
        assert boosters.next_due(reviewed) == date(2027, 5, 7)


def test_60_days_need_a_reason(reviewed, provider, nurse, other_nurse, site):
    planned(reviewed, provider)
    for day in ("2027-03-05", "2027-03-26"):
        boosted(reviewed, provider, nurse, other_nurse, day)
        making.phq9(reviewed.patient, 4, day)
    with clock.at(build.moment(site, "2027-03-27")):
        with pytest.raises(Invalid, match="42\u00a0days is the longest") as refusal:
            planned(reviewed, provider, [60])
        assert list(refusal.value.fields) == ["reason"]
        assert planned(reviewed, provider, [60], reason="Abroad for two months").reason == "Abroad for two months"


def test_longer_without_remission_needs_a_reason(reviewed, provider):
    planned(reviewed, provider)
    with pytest.raises(Invalid, match="not both below 5"):
        planned(reviewed, provider, [21])


def test_a_change_is_a_new_plan(reviewed, provider, site):
    first = planned(reviewed, provider)
    with clock.at(build.moment(site, "2027-02-24")):
        assert planned(reviewed, provider, [7, 14]).supersedes == first
    with pytest.raises(DatabaseError):
        BoosterPlan.objects.filter(pk=first.pk).update(intervals_days=[7])


@pytest.mark.parametrize("wrong", [[], [6], [366], [14, 3]])
def test_intervals_at_their_edges(reviewed, provider, wrong):
    with pytest.raises(Invalid):
        planned(reviewed, provider, wrong)


@pytest.mark.parametrize("fits", [[7], [365]])
def test_the_shortest_and_the_longest_interval(reviewed, provider, fits):
    assert planned(reviewed, provider, fits).intervals_days == fits


def test_no_plan_before_the_review(series, provider):
    with pytest.raises(Refused, match="Review the response first"):
        planned(series, provider)


def test_no_plan_after_a_review_that_says_stop(reviewed, provider, site):
    ResponseReview.objects.create(
        series=reviewed, after_number=6, baseline_score=21, score=20, decision="stop", rationale="No response",
        signed_at=build.moment(site, "2027-02-23", "11:00"), signed_by=provider,
    )  # fmt: skip
    with pytest.raises(Refused):
        planned(reviewed, provider)


@pytest.mark.parametrize("who", ["nurse", "therapist", "stranger"])
def test_only_a_provider_of_the_site_plans(request, reviewed, who):
    with pytest.raises(NotPermitted):
        planned(reviewed, request.getfixturevalue(who))
