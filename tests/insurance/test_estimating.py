"""Estimates and the booked course: tasks that open and close, and what makes an estimate out of date."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Series
from insurance import estimate_watch, estimates, fees, lapses
from insurance.models import ChargeItem, CodedVisit, Coverage, Estimate, Payer
from insurance.tasks import hand_over_prices, look_at_estimates_of
from insurance.verification import agree_self_pay
from journey import estimating
from patients.models import Patient
from reminders import followups
from reminders.models import FollowUp
from tests import build
from tests.infusions import making
from tests.insurance.pricing import schedule
from visits.followers import Change

DAYS = ("2027-02-02", "2027-02-05", "2027-02-09", "2027-02-12", "2027-02-16", "2027-02-19")
D = Decimal


@pytest.fixture(autouse=True)
def priced(on_20_january: None, site: Site, insurance_admin: User) -> None:
    schedule(site, insurance_admin)


@pytest.fixture
def series(patient: Patient, nurse: User) -> Series:
    made = making.loading(patient, nurse)
    for number, day in enumerate(DAYS, start=1):
        making.infusion(made, number, day, by=nurse)
    return made


@pytest.fixture
def held(series: Series, insurance_admin: User) -> Estimate:
    """The estimate of the booked series, in the patient's hands."""
    agree_self_pay(patient_id=series.patient_id, reason="No plan", by=insurance_admin, service_on=date(2027, 2, 2))
    return given(series.patient, insurance_admin)


def given(patient: Patient, by: User) -> Estimate:
    course = estimates.course_of(patient)
    assert course
    made = estimates.make(patient_id=patient.pk, visits=course.visits, series_id=course.series_id, by=by)
    return estimates.give(estimate_id=made.pk, how="printed", language="en", by=by)


def still_true(estimate: Estimate) -> bool:
    estimate.refresh_from_db()
    return estimate.outdated_at is None


def test_the_booked_series_is_what_is_counted(series: Series) -> None:
    course = estimates.course_of(series.patient)
    assert course
    assert (course.count, [str(day) for day in course.visits.infusions]) == (6, list(DAYS))


def test_a_visit_that_was_cancelled_is_counted_on_a_later_day(series: Series) -> None:
    series.infusions.filter(number=6).update(state="cancelled", number=None)
    course = estimates.course_of(series.patient)
    assert course
    assert (len(course.visits.infusions), course.visits.infusions[-1]) == (6, date(2027, 2, 20))


def test_to_ask_what_it_costs_opens_a_task_that_giving_closes(
    series: Series, site: Site, front_desk: User, insurance_admin: User
) -> None:
    course = estimates.course_of(series.patient)
    assert course
    made = estimates.make(patient_id=series.patient_id, visits=course.visits, by=front_desk)
    task = FollowUp.objects.get(kind="estimate_due", state="open")
    assert (task.owner_role, task.due_at) == (Role.INSURANCE_ADMIN, site.moment(date(2027, 1, 25), time(17)))
    estimates.give(estimate_id=made.pk, how="printed", language="en", by=insurance_admin)
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "The estimate was given.")


def test_nothing_changed_leaves_it_true(held: Estimate) -> None:
    assert held.total == D(6 * 450)
    assert estimate_watch.look_at_site(held.site) == 0
    assert still_true(held)


def test_a_longer_series_asks_for_a_new_one(held: Estimate, series: Series) -> None:
    Series.objects.filter(pk=series.pk).update(planned_count=8)
    assert "8 infusions now, not 6" in estimate_watch.look(held.patient)
    task = FollowUp.objects.get(kind="estimate_due", state="open")
    assert "8 infusions now" in task.title
    assert held.site.local(task.due_at).date() == date(2027, 1, 21)
    estimate_watch.look(held.patient)
    assert FollowUp.objects.filter(kind="estimate_due", state="open").count() == 1


def test_a_stop_makes_it_out_of_date_and_asks_once(held: Estimate, series: Series) -> None:
    Series.objects.filter(pk=series.pk).update(state="stopped", ended_reason="No response", ended_at=held.made_at)
    series.infusions.filter(number__gt=4).update(state="cancelled", number=None)
    assert "stopped: 4 of 6" in estimate_watch.look(held.patient)
    assert not FollowUp.objects.filter(kind="estimate_due", state="open").exists()


def test_after_a_stop_the_estimate_of_what_was_given_closes_its_task(
    held: Estimate, series: Series, client: Client, insurance_admin: User
) -> None:
    Series.objects.filter(pk=series.pk).update(state="stopped", ended_reason="No response", ended_at=held.made_at)
    series.infusions.filter(number__gt=4).update(state="cancelled", number=None)
    followups.open_task(
        kind="estimate_again", site=held.site, patient=held.patient, title="Again", subject_kind="series",
        subject_id=series.pk, due_at=held.made_at,
    )  # fmt: skip
    client.force_login(insurance_admin)
    page = client.get(reverse("insurance:costs", args=[held.patient_id]))
    assert page.context["own"] == "$1,800"
    client.post(reverse("insurance:estimate-make", args=[held.patient_id]))
    made = Estimate.objects.get(supersedes=held)
    assert (made.total, made.series_id) == (D(4 * 450), series.pk)
    estimates.give(estimate_id=made.pk, how="printed", language="en", by=insurance_admin)
    assert FollowUp.objects.get(kind="estimate_again").outcome == "The estimate was given."


def test_a_price_that_changes_for_days_to_come_asks_for_a_new_one(held: Estimate, insurance_admin: User) -> None:
    fees.set_fee(
        site=held.site, code="96365", label="Infusion", used="infusion", billed=D(600), self_pay=D(500),
        valid_from=date(2027, 2, 15), by=insurance_admin,
    )  # fmt: skip
    assert look_at_estimates_of(str(held.site_id)) == 1
    assert not still_true(held)
    assert held.outdated_why == "Prices have changed: $2,860 instead of $2,700 before packages and plans."


def test_a_new_price_is_handed_to_a_worker_and_the_page_does_not_wait(
    held: Estimate, insurance_admin: User, django_capture_on_commit_callbacks: Any, dead_broker: None
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as handed:
        fees.set_fee(
            site=held.site, code="96365", label="Infusion", used="infusion", billed=D(600),
            valid_from=date(2027, 2, 15), by=insurance_admin,
        )  # fmt: skip
    assert any(getattr(call, "func", None) is hand_over_prices for call in handed)
    assert still_true(held)  # without a broker until the hourly round


def test_a_price_from_after_the_last_visit_changes_nothing(held: Estimate, insurance_admin: User) -> None:
    fees.set_fee(
        site=held.site, code="96365", label="Infusion", used="infusion", billed=D(600),
        valid_from=date(2027, 2, 20), by=insurance_admin,
    )  # fmt: skip
    assert look_at_estimates_of(str(held.site_id)) == 0
    assert still_true(held)


def test_a_plan_that_ends_inside_the_series_asks_for_a_new_one(series: Series, insurance_admin: User) -> None:
    payer = Payer.objects.create(name="Tidewater Mutual")
    plan = Coverage.objects.create(patient=series.patient, payer=payer, member_id="TWM", starts_on=date(2026, 1, 1))
    estimate = given(series.patient, insurance_admin)
    assert estimate.kind == "plan"
    Coverage.objects.filter(pk=plan.pk).update(ends_on=date(2027, 2, 9))
    lapses.changed(series.patient, insurance_admin)
    assert not still_true(estimate)
    assert (
        estimate.outdated_why.replace("\u00a0", " ") == "From 12 Feb on the patient pays instead of Tidewater Mutual."
    )


def test_infusions_that_move_into_another_plan_year_ask_for_a_new_one(series: Series, insurance_admin: User) -> None:
    payer = Payer.objects.create(name="Tidewater Mutual")
    Coverage.objects.create(patient=series.patient, payer=payer, member_id="TWM", starts_on=date(2026, 1, 1))
    estimate = given(series.patient, insurance_admin)
    visit = series.infusions.get(number=6).appointment
    visit.starts_at, visit.ends_at = (build.moment(series.site, "2028-01-04", hour) for hour in ("09:00", "11:00"))
    visit.save()
    estimating.follow_visit(Change(visit, insurance_admin))
    assert not still_true(estimate)
    assert "another plan year" in estimate.outdated_why


@pytest.mark.parametrize(("fee", "warned"), [("3099.99", False), ("3100", True)])
def test_a_bill_400_dollars_past_the_estimate_warns_the_desk(
    held: Estimate, insurance_admin: User, fee: str, warned: bool
) -> None:
    visit = CodedVisit.objects.create(
        visit_id=held.pk, visit_kind="Infusion", patient=held.patient, site=held.site, service_on=date(2027, 2, 2),
        suggested="0" * 64, accepted_by=insurance_admin,
    )  # fmt: skip
    ChargeItem.objects.create(
        visit=visit, place=1, code="96365", units=1, fee=D(fee), sentence="40 min.", reason="As agreed"
    )
    for _ in range(2):
        estimate_watch.look_at_site(held.site)
    titles = list(FollowUp.objects.filter(kind="estimate_exceeded").values_list("title", flat=True))
    assert titles == (["Bills of Maya Torres run past the estimate: $3,100 of $2,700"] if warned else [])
