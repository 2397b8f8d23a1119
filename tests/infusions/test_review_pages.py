"""The review: numbers for all who care for the patient, decisions for the provider alone."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from infusions.models import BoosterPlan, ResponseReview
from tests import build
from tests.infusions import making


@pytest.fixture(autouse=True)
def after_the_series(site):
    with clock.at(build.moment(site, "2027-02-23", "10:00")):
        yield


@pytest.fixture
def series(patient, provider, nurse, other_nurse):
    """J0 up to the last infusion: 21 to 7."""
    with clock.at(build.moment(patient.site, "2027-02-01")):
        made = making.loading(patient, provider)
        order, vial = making.order(made, provider), making.vial(patient.site, nurse)
    making.phq9(patient, 21, "2027-01-19", timepoint="baseline")
    for number, (day, score) in enumerate(zip(making.J0_DAYS, (21, 18, 15, 11, 9, 7), strict=True), start=1):
        making.phq9(patient, score, day)
        making.give(making.infusion(made, number, day), order, vial, nurse=nurse, checker=other_nurse)
    made.state, made.ended_at = "completed", build.moment(patient.site, "2027-02-19", "11:00")
    made.save()
    return made


def url(name, series):
    return reverse(f"infusions:{name}", args=[series.pk])


def reviewed(client, provider, series):
    client.force_login(provider)
    return client.post(url("review", series), {"decision": "maintenance", "rationale": "Response since infusion 5."})


def test_the_numbers_and_their_words(client, nurse, series):
    client.force_login(nurse)
    shown = client.get(url("review", series)).content.decode()
    assert "From 21 to 7: 66.7 % lower." in shown
    assert "first met before infusion 5" in shown
    assert "Remission, below 5, is not reached." in shown
    assert "Sign the review" not in shown


@pytest.mark.parametrize(("score", "is_worse"), [(25, False), (26, True)])
def test_five_points_above_the_baseline_are_said_to_be_worse(client, nurse, series, score, is_worse):
    making.phq9(series.patient, score, "2027-02-22", timepoint="post_series")
    client.force_login(nurse)
    assert ("Worse, by 5 points or more" in client.get(url("review", series)).content.decode()) is is_worse


def test_a_provider_reviews_then_plans_boosters_with_their_dates(client, provider, series):
    assert reviewed(client, provider, series).url == url("boosters", series)
    shown = client.get(url("boosters", series)).content.decode()
    assert "Fri 5 Mar 2027" in shown
    assert client.post(url("booster-plan", series), {"intervals_days": "14, 21 28"}).status_code == 302
    assert BoosterPlan.objects.get().intervals_days == [14, 21, 28]
    for page in ("review", "boosters"):
        shown = client.get(url(page, series)).content.decode()
        for day in ("Fri 5 Mar 2027", "Fri 26 Mar 2027", "Fri 23 Apr 2027"):
            assert day in shown
        named = re.findall(r'\sid="([^"]+)"', shown)
        assert len(named) == len(set(named)), page


def test_a_review_without_a_reason_keeps_the_decision(client, provider, series):
    client.force_login(provider)
    answer = client.post(url("review", series), {"decision": "refer", "rationale": ""})
    assert answer.status_code == 422
    assert answer.context["form"]["decision"].value() == "refer"
    assert not ResponseReview.objects.exists()


@pytest.mark.parametrize("days", ["", "often", "14 days", "6", "366", "99999"])
def test_days_that_can_not_be_read_plan_nothing(client, provider, series, days):
    reviewed(client, provider, series)
    assert client.post(url("booster-plan", series), {"intervals_days": days}).status_code == 422
    assert not BoosterPlan.objects.exists()


def test_dates_follow_what_is_typed(client, provider, series):
    client.force_login(provider)
    shown = client.post(url("booster-dates", series), {"intervals_days": "7, 14"}).content.decode()
    assert "Fri 26 Feb 2027" in shown
    assert "Fri 12 Mar 2027" in shown
    assert "<html" not in shown


@pytest.mark.parametrize("days", ["", "x", "4000"])
def test_no_dates_from_what_can_not_be_read(client, provider, series, days):
    client.force_login(provider)
    answer = client.post(url("booster-dates", series), {"intervals_days": days})
    assert (answer.status_code, "can be read" in answer.content.decode()) == (200, True)


def test_no_plan_before_a_review(client, provider, series):
    client.force_login(provider)
    answer = client.post(url("booster-plan", series), {"intervals_days": "14"})
    assert answer.status_code == 422
    assert not BoosterPlan.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("nurse", 403), ("therapist", 403), ("front_desk", 403), ("stranger", 404)]
)
def test_only_a_provider_of_the_site_decides(request, client, series, who, status):
    client.force_login(request.getfixturevalue(who))
    answer = client.post(url("review", series), {"decision": "stop", "rationale": "x"})
    assert answer.status_code == status
    assert client.post(url("booster-plan", series), {"intervals_days": "14"}).status_code == status
    assert not ResponseReview.objects.exists()


def test_a_series_without_anything_given_says_so(client, provider, patient):
    bare = making.loading(patient, provider)
    client.force_login(provider)
    shown = client.get(url("review", bare)).content.decode()
    assert "Nothing has been given yet" in shown
    assert "No PHQ-9 to compare yet" in shown


def test_the_page_costs_the_same_queries_with_one_and_three_reviews(client, provider, series):
    def signed():
        return ResponseReview.objects.create(
            series=series, after_number=6, baseline_score=21, score=7, decision="refer", rationale="x",
            signed_by=provider, signed_at=clock.now(),
        )  # fmt: skip

    signed()
    client.force_login(provider)
    client.get(url("review", series))
    with CaptureQueriesContext(connection) as one:
        client.get(url("review", series))
    signed(), signed()
    with CaptureQueriesContext(connection) as three:
        client.get(url("review", series))
    assert len(three) == len(one)
