"""The cohort, the funnel and the page over real rows: who counts as what, whose sites, who sees small numbers."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.errors import NotPermitted
from clinic.policy import Role
from infusions.models import BoosterPlan, Series
from journey.models import OutcomeRun
from journey.reports import cohort, funnel, runs
from journey.reports.criteria import Criteria, from_json
from patients import inquiries
from patients.models import Inquiry
from tests import build
from tests.infusions import making


@pytest.fixture(autouse=True)
def in_april(site):
    with clock.at(build.moment(site, "2027-04-20", "10:00")):
        yield


@pytest.fixture
def treat(site, provider, nurse, other_nurse):
    """`treat(baseline=20, scores=(20, 9), post=8, later=…)` is one patient with a series of two infusions given."""

    def made(*, baseline=20, scores=(20, 9), post=None, later=(), code="F33.2", ended=True, at=site):
        of = build.patient(at, registered_at=build.moment(at, "2027-01-18"))
        making.evaluation(of, provider, diagnosis_code=code)
        series = making.loading(of, provider)
        order, vial = making.order(series, provider), making.vial(at, nurse, label=f"V-{of.mrn}")
        if baseline is not None:
            making.phq9(of, baseline, "2027-01-19", timepoint="baseline")
        for number, (day, score) in enumerate(zip(("2027-02-02", "2027-02-05"), scores, strict=True), start=1):
            if score is not None:
                making.phq9(of, score, day)
            making.give(making.infusion(series, number, day), order, vial, nurse=nurse, checker=other_nurse)
        if post is not None:
            making.phq9(of, post, "2027-02-08", timepoint="post_series")
        for day, score in later:
            making.phq9(of, score, day, timepoint="follow_up")
        if ended:
            Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now())
        return series

    return made


def asked(*sites, first="2027-01-01", last="2027-04-20", diagnosis=""):
    return Criteria(tuple(sites), date.fromisoformat(first), date.fromisoformat(last), diagnosis)


def only(criteria):
    (tally,) = cohort.count(criteria).values()
    return tally


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ({"post": 8}, (1, 0, 1, 0, 1, 0)),
        ({"post": 4}, (1, 0, 1, 0, 1, 1)),
        ({"scores": (20, 11)}, (1, 0, 1, 0, 0, 0)),
        ({"scores": (20, 10)}, (1, 0, 1, 0, 1, 0)),  # half exactly
        ({"baseline": None, "scores": (None, None)}, (1, 0, 1, 1, 0, 0)),  # nothing was ever asked
        ({"scores": (20, None)}, (1, 0, 1, 1, 0, 0)),  # no score after the first infusion
        ({"baseline": 0, "scores": (0, 0)}, (1, 0, 1, 1, 0, 0)),
        ({"ended": False}, (1, 1, 0, 0, 0, 0)),
    ],
)
def test_each_series_counts_as_one_thing(site, treat, course, expected):
    treat(**course)
    tally = only(asked(site))
    assert (
        tally.started, tally.running, tally.ended, tally.missing, tally.responded, tally.remitted
    ) == expected  # fmt: skip


@pytest.mark.parametrize(
    ("course", "first"),
    [({"scores": (20, 9)}, {1: 1}), ({"scores": (20, 15), "post": 9}, {2: 1}), ({"scores": (20, 15)}, {})],
)
def test_infusions_to_response_are_those_given_when_the_score_had_halved(site, treat, course, first):
    treat(**course)
    assert dict(only(asked(site)).first) == first


def test_time_without_relapse_runs_from_the_last_infusion_to_relapse_or_the_last_look(site, treat):
    treat(post=6, later=[("2027-03-05", 5), ("2027-04-02", 16)])
    treat(post=6, later=[("2027-03-05", 5), ("2027-04-02", 8)])
    treat(scores=(20, 9))
    tally = only(asked(site))
    assert (dict(tally.relapsed), dict(tally.last_seen), tally.unseen) == ({56: 1}, {56: 1}, 1)


def test_days_are_those_of_the_calendar_whatever_the_hour(site, treat):
    series = treat(post=8)
    for day, at in (("2027-03-08", "15:00"), ("2027-03-15", "07:00")):  # seven days, across the change of the hour
        making.phq9(series.patient, 13, day, at=at, timepoint="follow_up")
    assert only(asked(site)).relapsed == {38: 1}


def test_another_series_ends_the_watch(site, treat, provider):
    series = treat(post=6, later=[("2027-03-05", 5), ("2027-04-02", 20)])
    making.loading(series.patient, provider, day="2027-03-20")
    tally = only(asked(site))
    assert (dict(tally.relapsed), dict(tally.last_seen)) == ({}, {28: 1})


def test_days_sites_and_diagnoses_choose_the_cohort(site, other_site, treat):
    treat()
    treat(code="F43.1")
    assert set(cohort.count(asked(site))) == {(str(site.pk), "F33"), (str(site.pk), "F43")}
    assert set(cohort.count(asked(site, diagnosis="F431"))) == {(str(site.pk), "F43")}
    assert cohort.count(asked(other_site)) == {}
    assert cohort.count(asked(site, first="2027-02-03")) == {}
    assert len(cohort.count(asked(site, first="2027-02-02", last="2027-02-02"))) == 2


def test_counting_costs_the_same_for_one_and_three(site, treat):
    costs = []
    for more in (1, 2):
        for _ in range(more):
            treat(post=6, later=[("2027-03-05", 5)])
        with CaptureQueriesContext(connection) as queries:
            runs.at_once(asked(site))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 14


def test_the_funnel_counts_each_step_of_those_before(site, treat, provider, front_desk):
    series = treat()
    BoosterPlan.objects.create(series=series, intervals_days=[14], signed_by=provider)
    treat(ended=False)
    making.evaluation(build.patient(site), provider, state="deferred")
    inquiry = inquiries.receive(
        site=site, source="phone", given_name="Nora", family_name="W", phone="+15035550171", by=front_desk
    )
    assert funnel.count(asked(site)) == [4, 3, 2, 2, 1, 1]
    Inquiry.objects.filter(pk=inquiry.pk).update(state="registered", patient=series.patient)
    assert funnel.count(asked(site)) == [3, 3, 2, 2, 1, 1]
    assert funnel.count(asked(site, diagnosis="F33")) == [None, 2, 2, 2, 1, 1]
    assert funnel.count(asked(site, first="2027-04-21", last="2027-05-01")) == [0, 0, 0, 0, 0, 0]


# The page


def page(client, who, **query):
    client.force_login(who)
    return client.get(reverse("journey:outcomes"), query)


def said(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_a_provider_reads_every_number(client, provider, treat):
    treat(post=4)
    text = said(page(client, provider))
    assert "100 %, 1 of 1" in text
    assert "F33 Major depression, recurrent" in text


def test_the_clinic_admin_reads_only_what_may_be_shared_and_no_patient(client, site, clinic_admin, treat):
    treat(post=4)
    answer = page(client, clinic_admin)
    assert answer.context["report"].total.tally is None
    assert "Hidden: small numbers" in said(answer)
    assert "Torres" not in said(answer)


def test_a_site_where_one_may_not_see_reports_is_no_choice(client, other_site, provider, treat):
    assert page(client, provider, site=other_site.code).status_code == 422
    assert page(client, build.user(Role.NURSE, at=other_site)).status_code == 403


@pytest.mark.parametrize(
    "query",
    [{"first": "2027-03-01", "last": "2027-02-01"}, {"first": "2000-01-01"}, {"diagnosis": "33"}, {"first": "soon"}],
)
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(client, provider, query):
    answer = page(client, provider, **query)
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_the_file_is_the_shared_version_for_everybody(client, provider, treat):
    treat(post=4)
    client.force_login(provider)
    answer = client.get(reverse("journey:outcomes-csv"))
    text = answer.content.decode("utf-8-sig")
    assert answer["Cache-Control"] == "private, no-store"
    assert "Site,Pine Street,Series,hidden" in text


def test_nothing_counted_yet_is_a_page_all_the_same(client, provider):
    assert "No series began on these days" in said(page(client, provider))


# Large reports


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0)


def test_a_large_report_is_asked_for_counted_by_a_worker_and_then_shown(client, provider, treat, large):
    treat(post=4)
    assert "This is a large report" in said(page(client, provider))
    client.post(reverse("journey:outcomes-count"))
    run = OutcomeRun.objects.get()
    assert client.get(reverse("journey:outcomes-progress", args=[run.pk])).headers.get("HX-Refresh") is None
    assert 'hx-trigger="every 1s"' in said(page(client, provider))
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert runs.count_waiting() == 1
    run.refresh_from_db()
    assert (run.state, run.handled, run.total) == ("done", 1, 1)
    assert client.get(reverse("journey:outcomes-progress", args=[run.pk])).headers["HX-Refresh"] == "true"
    assert "100 %, 1 of 1" in said(page(client, provider))


def test_the_same_question_twice_is_one_run_and_old_ones_go(provider, site):
    first = runs.ask(criteria=asked(site), by=provider)
    assert runs.ask(criteria=asked(site), by=provider) == first
    with clock.at(clock.now() + timedelta(days=8)):
        assert runs.ask(criteria=asked(site), by=provider) != first
    assert OutcomeRun.objects.count() == 1
    assert from_json(first.criteria) == asked(site)


def test_a_count_that_breaks_off_is_forgotten(provider, site, monkeypatch):
    run = runs.ask(criteria=asked(site), by=provider)
    monkeypatch.setattr(funnel, "count", lambda criteria: 1 / 0)
    runs.count(run_id=run.pk)
    assert not OutcomeRun.objects.exists()


def test_only_who_sees_reports_there_may_ask(site, other_site, nurse, provider):
    for by, where in ((nurse, site), (provider, other_site)):
        with pytest.raises(NotPermitted):
            runs.ask(criteria=asked(where), by=by)


def test_the_run_of_another_site_is_not_found(client, site, other_site, provider):
    run = runs.ask(criteria=asked(site), by=provider)
    client.force_login(build.user(Role.PROVIDER, at=other_site))
    assert client.get(reverse("journey:outcomes-progress", args=[run.pk])).status_code == 404
