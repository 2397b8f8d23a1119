"""The stations of the journey: their order, what is done, what is next, and where each leads."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic import clock
from infusions.models import Infusion, Series
from journey import strip
from tests import build
from tests.infusions import making
from therapy.models import TherapySession
from visits.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(patient, provider):
    made = making.loading(patient, provider, day="2027-01-20")
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.infusion(made, number, day)
    return made


@pytest.fixture
def preparation(series, therapist, front_desk):
    starts = build.moment(series.site, "2027-01-28", "13:00")
    visit = Appointment.objects.create(
        patient=series.patient, site=series.site, kind="preparation", starts_at=starts,
        ends_at=starts + timedelta(minutes=60), booked_by=front_desk,
    )  # fmt: skip
    return TherapySession.objects.create(
        patient=series.patient, series=series, kind="preparation", appointment=visit, therapist=therapist
    )


def drawn(series, *, clinical=True, evaluation=None, boosters=()):
    patient = series.patient
    return strip.nodes(
        evaluation=evaluation,
        series=list(patient.series.order_by("-opened_at")),
        infusions=list(Infusion.objects.filter(series__patient=patient).select_related("series", "appointment__site")),
        sessions=list(patient.therapy_sessions.select_related("appointment__site")),
        scores=list(patient.measures.order_by("-observed_at")),
        booster_dates=boosters,
        clinical=clinical,
    )


def brief(nodes):
    return [(node["mark"], node["text"], node["when"], node["state"]) for node in nodes]


def test_nothing_known_draws_nothing():
    rows = strip.nodes(evaluation=None, series=[], infusions=[], sessions=[], scores=[], booster_dates=[])
    assert rows == []


def test_stations_stand_in_order_of_time_and_the_first_undone_is_next(series, preparation, provider):
    evaluation = making.evaluation(series.patient, provider)
    assert brief(drawn(series, evaluation=evaluation))[:4] == [
        ("", "Evaluation", "19 Jan", "done"),
        ("P", "Preparation", "28 Jan", "next"),
        ("1", "Infusion 1", "2 Feb", "plan"),
        ("2", "Infusion 2", "5 Feb", "plan"),
    ]


def test_an_infusion_that_was_given_shows_the_score_of_its_day(series, nurse, other_nurse, provider):
    making.phq9(series.patient, 18, "2027-02-02")
    order, vial = making.order(series, provider), making.vial(series.site, nurse)
    making.give(series.infusions.get(number=1), order, vial, nurse=nurse, checker=other_nurse)
    assert brief(drawn(series))[:2] == [("1", "PHQ-9 18", "2 Feb", "done"), ("2", "Infusion 2", "5 Feb", "next")]


def test_an_old_score_is_not_shown_as_this_infusions(series, nurse, other_nurse, provider):
    making.phq9(series.patient, 21, "2027-01-19")
    order, vial = making.order(series, provider), making.vial(series.site, nurse)
    making.give(series.infusions.get(number=1), order, vial, nurse=nurse, checker=other_nurse)
    assert brief(drawn(series))[0] == ("1", "Infusion 1", "2 Feb", "done")


def test_what_has_no_number_any_more_leaves_the_strip(series):
    Infusion.objects.filter(series=series, number=6).update(state="cancelled", number=None)
    assert [node["mark"] for node in drawn(series)] == ["1", "2", "3", "4", "5"]


def test_boosters_follow_their_series_and_an_older_treatment_is_left_out(series, patient, provider):
    old = making.loading(patient, provider, day="2026-01-20", state="completed", ended_at=clock.now())
    making.infusion(old, 1, "2026-02-03")
    maintenance = Series.objects.create(
        patient=patient, site=series.site, kind="maintenance", follows=series,
        opened_at=build.moment(series.site, "2027-02-22"), opened_by=provider,
    )  # fmt: skip
    making.infusion(maintenance, 1, "2027-03-05")
    rows = drawn(series, boosters=[date(2027, 3, 26)])
    assert "3 Feb" not in [node["when"] for node in rows]
    assert brief(rows)[-2:] == [("b", "Booster", "5 Mar", "plan"), ("b", "Booster due", "26 Mar", "plan")]


def test_each_station_leads_to_the_chair_or_for_others_to_the_visit(series, preparation):
    first = series.infusions.get(number=1)
    links = [node["href"] for node in drawn(series)][:2]
    assert links == [reverse("therapy:session", args=[preparation.pk]), reverse("infusions:infusion", args=[first.pk])]
    links = [node["href"] for node in drawn(series, clinical=False)][:2]
    assert links == [
        reverse("visits:appointment", args=[visit]) for visit in (preparation.appointment_id, first.appointment_id)
    ]
