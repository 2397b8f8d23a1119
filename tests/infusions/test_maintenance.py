"""Who is drifting: the list and its filters, what front desk sees of it, and what is asked before each booster."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, Refused
from infusions import booster_visits, drifting, long_term, readiness
from infusions.drifting import Wanted
from infusions.models import BoosterPlan, Infusion, LongTermCheck, RelapseState, ResponseReview, Series
from tests import build
from tests.infusions import making
from visits.models import Appointment

TODAY = "2027-04-30"


@pytest.fixture(autouse=True)
def today(site):
    with clock.at(build.moment(site, TODAY, "10:00")):
        yield


@pytest.fixture
def treated(site, provider, nurse, other_nurse):
    """`treated("2027-04-01", days=[28])`: a patient with a plan, whose last booster was on that day."""
    vial = making.vial(site, nurse)

    def make(last, *, days=(28,), state="", score=None, booked="", **names):
        of = build.patient(site, **names)
        signed = build.moment(site, "2027-02-23")
        ended = {"state": "completed", "ended_at": build.moment(site, "2027-02-19")}
        series = making.loading(of, provider, **ended)
        ResponseReview.objects.create(
            series=series, after_number=6, baseline_score=21, score=4, decision="maintenance", rationale="Well",
            signed_at=signed, signed_by=provider,
        )  # fmt: skip
        template = "own" if days else "prn"
        BoosterPlan.objects.create(
            series=series, template=template, intervals_days=list(days), signed_at=signed, signed_by=provider
        )
        after = Series.objects.create(patient=of, site=site, kind="maintenance", follows=series, opened_by=provider)
        booster = making.infusion(after, 1, last)
        making.give(booster, making.order(after, provider, day=last), vial, nurse=nurse, checker=other_nurse)
        if booked:
            making.infusion(after, 2, booked)
        if state:
            RelapseState.objects.create(
                patient=of, series=series, state=state, cause="patient", sentence="Low again", observed_at=clock.now()
            )
        for day, value in (("2027-03-26", 4), ("2027-04-20", score)) if score is not None else ():
            making.phq9(of, value, day, timepoint="follow_up")
        return series

    return make


def names(site, wanted=Wanted.ALL):
    found = drifting.narrowed(drifting.plans(site), wanted, site.today())
    return [one.series.patient.given_name for one in found.select_related("series__patient")]


@pytest.fixture
def four(treated):
    treated("2027-03-20", given_name="Late")
    treated("2027-04-20", given_name="Fine", booked="2027-05-18")
    treated("2027-04-02", given_name="Edge", state="watch", score=10)
    treated("2027-03-01", given_name="Asneeded", days=(), state="confirmed")


def test_those_longest_due_come_first_and_each_filter_finds_its_own(four, site):
    assert names(site) == ["Late", "Edge", "Fine", "Asneeded"]
    assert names(site, Wanted.OVERDUE) == ["Late"]  # due 17 April; the edge, due today, is not over
    assert (names(site, Wanted.WATCH), names(site, Wanted.CONFIRMED)) == (["Edge"], ["Asneeded"])
    assert names(site, Wanted.UNBOOKED) == ["Late", "Edge", "Asneeded"]
    counted = drifting.counts(drifting.plans(site), site.today())
    assert counted == {"all": 4, "overdue": 1, "watch": 1, "confirmed": 1, "unbooked": 3}


def test_the_next_day_follows_the_plan_and_what_was_given(treated, site):
    treated("2027-04-01", days=(14, 21, 28))  # one given: 21 days are next
    row = drifting.rows(list(drifting.plans(site).select_related("series__patient")), site, clinical=True)[0]
    assert (row.plan.due_on.isoformat(), row.since_days, row.late_days) == ("2027-04-22", 29, 8)
    assert (row.lifetime_mg, row.in_90_days, row.is_asked, row.labs) == (40, 1, False, "Labs: blood and urine")


def test_who_stopped_or_is_treated_anew_is_not_on_the_list(treated, site, provider):
    again, stopped = treated("2027-03-20"), treated("2027-03-20")
    making.loading(again.patient, provider, day="2027-04-25")
    ResponseReview.objects.create(
        series=stopped, after_number=6, baseline_score=21, score=20, decision="refer", rationale="No more",
        signed_by=provider,
    )  # fmt: skip
    assert names(site) == []


def test_a_nurse_sees_scores_and_states_front_desk_only_who_is_due(client, four, nurse, front_desk):
    address = reverse("infusions:maintenance")
    client.force_login(nurse)
    shown = client.get(address).content.decode()
    assert "Last two PHQ-9" in shown
    assert "Watch" in shown
    client.force_login(front_desk)
    shown = client.get(address, {"show": "watch"})
    assert len(shown.context["rows"]) == 4
    for word in ("PHQ-9", "Watch", "Relapse", "mg"):
        assert word not in shown.content.decode().split("<main")[1].split("</main")[0]


def test_another_site_sees_nothing(client, four, stranger):
    client.force_login(stranger)
    assert list(client.get(reverse("infusions:maintenance")).context["rows"]) == []


def test_the_list_costs_the_same_with_one_and_three(client, treated, nurse):
    treated("2027-03-20", score=10)
    client.force_login(nurse)
    client.get(reverse("infusions:maintenance"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("infusions:maintenance"))
    treated("2027-03-21", score=9, state="watch"), treated("2027-03-22", booked="2027-05-03")
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("infusions:maintenance"))
    assert len(three) == len(one)


@pytest.mark.parametrize(("who", "clinical"), [("provider", True), ("front_desk", False)])
def test_the_page_of_one(request, client, treated, who, clinical):
    series = treated("2027-03-20", state="confirmed", score=12)
    client.force_login(request.getfixturevalue(who))
    shown = client.get(reverse("infusions:boosters", args=[series.pk])).content.decode()
    assert "A sooner booster" in shown
    assert ("Relapse confirmed" in shown, "PHQ-9" in shown, "Sign 21 days" in shown) == (clinical, clinical, clinical)


def test_a_request_on_the_page(client, treated, front_desk):
    series = treated("2027-04-20")
    client.force_login(front_desk)
    address = reverse("infusions:relapse-ask", args=[series.pk])
    assert client.post(address, {"who": "patient", "words": ""}).status_code == 422
    told = client.post(address, {"who": "patient", "words": "Low again"}, follow=True).content.decode()
    assert "Written down. A nurse is asked to call." in told  # and not what that makes of the patient
    assert RelapseState.objects.get().state == "watch"


# Bladder and misuse


@pytest.fixture
def booster(treated):
    made = Infusion.objects.get(series__follows=treated("2027-04-01", booked="2027-05-03"), state="scheduled")
    return Infusion.objects.select_related("series__patient__site", "appointment__site").get(pk=made.pk)


def light(booster):
    return next(one for one in readiness.lights(booster) if one.key == "long_term")


def test_a_booster_waits_for_its_questions(booster, nurse):
    assert light(booster).state == "todo"
    long_term.record(infusion_id=booster.pk, urinary=False, misuse=False, by=nurse)
    assert light(booster).passed


def test_a_symptom_is_described_and_a_provider_looks_at_it(booster, nurse):
    with pytest.raises(Invalid, match="since when"):
        long_term.record(infusion_id=booster.pk, urinary=True, misuse=False, by=nurse)
    long_term.record(infusion_id=booster.pk, urinary=True, misuse=False, note="Burns since March.", by=nurse)
    found = light(booster)
    assert (found.state, found.can_be_overridden) == ("warn", True)
    assert found.sentence.startswith("Bladder symptoms: Burns since March.")


def test_a_loading_series_asks_for_none(booster, nurse):
    first = making.infusion(booster.series.follows, 1, "2027-05-10")
    whole = Infusion.objects.select_related("series__patient__site", "appointment__site").get(pk=first.pk)
    assert "long_term" not in {one.key for one in readiness.lights(whole)}
    with pytest.raises(Refused):
        long_term.record(infusion_id=first.pk, urinary=False, misuse=False, by=nurse)


def test_the_questions_on_their_page(client, booster, nurse):
    client.force_login(nurse)
    address = reverse("infusions:long-term", args=[booster.pk])
    answers = {"patient": booster.series.patient_id, "urinary": "no", "misuse": "yes"}
    assert client.post(address, answers).status_code == 422
    assert client.post(address, answers | {"note": "Bought a spray once"}).status_code == 302
    assert LongTermCheck.objects.get().misuse is True


def test_a_patient_moves_a_booster_by_a_week_at_most_and_keeps_its_gap(patient, provider):
    loading = making.loading(patient, provider, state="completed", ended_at=build.moment(patient.site, "2027-02-20"))
    last = making.infusion(loading, 1, "2027-02-19")
    booster = Appointment.objects.create(
        patient=patient,
        site=patient.site,
        kind="booster",
        starts_at=build.moment(patient.site, "2027-03-01"),
        ends_at=build.moment(patient.site, "2027-03-01", "11:00"),
        booked_by=provider,
    )
    keeps = booster_visits.kept_by_patient(booster)
    found = {day: keeps(build.moment(patient.site, f"2027-{day}")) for day in ("02-25", "02-26", "03-08", "03-09")}
    assert found == {"02-25": False, "02-26": True, "03-08": True, "03-09": False}
    assert booster_visits.kept_by_patient(last.appointment) is None
