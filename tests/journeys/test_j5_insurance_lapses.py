"""J5 of the protocol: a plan ends in the middle of a series; nothing is called off, and nothing is given unpaid."""

from __future__ import annotations

from datetime import date

import pytest

from clinic.errors import Refused
from infusions import arrival, readiness, run
from infusions.models import Series
from insurance import authorizations, coverage, estimates, lapses, verification
from insurance.models import Lapse, Verification
from insurance.spans import told
from insurance.standing import standing
from journey import estimating, plan_ends
from patients import consents
from reminders import sweeping
from reminders.models import FollowUp
from tests import build
from tests.journeys import lapsing
from tests.journeys.telling import Clinic, pine_street
from visits.models import Appointment

pytestmark = pytest.mark.django_db
TENTH = "2027-02-10"


@pytest.fixture
def clinic() -> Clinic:
    return pine_street()


@pytest.fixture
def series(clinic) -> Series:
    return lapsing.three_given(clinic)


@pytest.fixture
def lapse(clinic, series) -> Lapse:
    """10 February, 09:20: Maya has told that her job is gone, and the 271 says inactive since the 9th."""
    with clinic.at(TENTH, "09:20"):
        lapsing.ended(clinic, series.patient)
    return Lapse.objects.select_related("coverage__patient__site", "coverage__payer").get()


def tasks(series, kind):
    return list(FollowUp.objects.filter(patient=series.patient, kind=kind, state="open"))


def light(series, number):
    return next(one for one in readiness.lights(lapsing.infusion(series, number)) if one.key == "coverage")


def check_in(clinic, series, number, day):
    with clinic.at(day, "08:45"):
        return run.check_in(
            infusion_id=lapsing.infusion(series, number).pk, by=clinic.nurse,
            observed_at=build.moment(series.site, day, "08:45"),
        )  # fmt: skip


def self_pay(clinic, series):
    """Agreed on the 10th for the visit of the 12th."""
    return verification.agree_self_pay(
        patient_id=series.patient_id, reason="Lost the plan with the job", service_on=date(2027, 2, 12),
        by=clinic.insurance,
    )  # fmt: skip


def signs(clinic, series):
    consents.record(
        patient_id=series.patient_id, kind="financial", signer_name=series.patient.legal_name,
        observed_at=build.moment(series.site, TENTH, "15:00"), by=clinic.nurse,
    )  # fmt: skip


def test_the_last_day_is_covered_and_every_visit_after_it_is_named(clinic, series, lapse):
    with clinic.at(TENTH, "09:30"):
        # Then the check says inactive, and the last day is the 9th, included
        medical = Verification.objects.filter(patient=series.patient, leg="medical").latest("opened_at")
        assert (medical.state, lapse.last_day) == ("inactive", date(2027, 2, 9))
        # And #1 to #3 are billable, #4 to #6 are not; the talks are named with them
        seen = plan_ends.touched(lapse)
        assert [one.number for one in seen if one.billable and one.number] == [1, 2, 3]
        after = [one for one in seen if not one.billable]
        assert [one.title for one in after] == ["Midpoint", "Infusion 4", "Infusion 5", "Infusion 6", "Integration"]
        assert not any(one.is_settled for one in after)
        for day, settled in ((9, True), (12, False)):
            assert standing(series.patient, date(2027, 2, day)).settled is settled
        # And the desk has the task the same day, with the page of these visits behind it
        (task,) = tasks(series, "coverage_ended")
        assert (task.owner_role, series.site.local(task.due_at).date()) == ("insurance_admin", date(2027, 2, 10))
        assert task.title == "Coverage of Maya Torres ended 9\u00a0Feb: 5 visits not paid for"
        assert task.link == f"/plan-ends/{lapse.pk}/"
        # And nothing is called off
        assert not Appointment.objects.filter(patient=series.patient, status="cancelled").exists()
        assert Appointment.objects.filter(patient=series.patient, status="booked").count() == 6


def test_the_patient_is_phoned_and_the_task_stays_until_every_visit_is_paid_for(clinic, series, lapse):
    with clinic.at(TENTH, "09:40"):
        lapses.told(lapse_id=lapse.pk, note="Called; she asks for the price without a plan.", by=clinic.insurance)
        assert tasks(series, "coverage_ended")
        self_pay(clinic, series)
        # 2 business days ahead: the law names no day, we give the estimate the same day
        (owed,) = series.patient.self_pay.all()
        assert owed.gfe_due == date(2027, 2, 10)
    # When 12 February comes without estimate and consent, check-in waits and says for what
    with pytest.raises(Refused, match=r"The cost estimate has not been given\. The consent to costs and payment"):
        check_in(clinic, series, 4, "2027-02-12")
    with clinic.at(TENTH, "14:00"):
        course = estimating.course(series.patient, series.pk)
        made = estimates.make(
            patient_id=series.patient_id, visits=course.visits, series_id=series.pk, by=clinic.insurance
        )
        estimates.give(estimate_id=made.pk, how="printed", language="en", by=clinic.insurance)
        owed.refresh_from_db()
        assert owed.estimate_given_on == date(2027, 2, 10)
        assert made.kind == "good_faith"
    with pytest.raises(Refused, match="The consent to costs and payment has not been signed"):
        check_in(clinic, series, 4, "2027-02-12")
    with clinic.at(TENTH, "15:00"):
        signs(clinic, series)
        # Then every visit is settled, and the task ends itself
        assert not tasks(series, "coverage_ended")
        assert light(series, 4).passed
    assert check_in(clinic, series, 4, "2027-02-12").state == "checked_in"


def test_a_provider_keeps_the_slot_of_a_visit_that_nobody_pays(clinic, series, lapse):
    with pytest.raises(Refused, match="Put a new plan on file, or agree on self-pay"):
        check_in(clinic, series, 4, "2027-02-12")
    with clinic.at("2027-02-12", "08:30"):
        arrival.override(
            infusion_id=lapsing.infusion(series, 4).pk, light="coverage", reason="No gap now; she pays later.",
            by=clinic.provider,
        )  # fmt: skip
        kept = {one.number: one.kept_by for one in plan_ends.touched(lapse)}
        assert kept[4] == "Dr Miriam Hale"
    assert check_in(clinic, series, 4, "2027-02-12").state == "checked_in"


def test_a_new_plan_with_its_approval_pending_leaves_the_fifth_to_the_patient_and_asks_back(clinic, series, lapse):
    with clinic.at(TENTH, "10:00"):
        self_pay(clinic, series)
    with clinic.at("2027-02-12", "10:00"):
        # Given a plan from the 15th, whose approval is pending
        plan = coverage.add_coverage(
            patient_id=series.patient_id, payer_name="Northlight Health", member_id="NL 20",
            starts_on=date(2027, 2, 15), by=clinic.desk,
        )  # fmt: skip
        # Then both its legs are on the queue, and #5 on the 16th is the patient's own
        new = Verification.objects.filter(coverage=plan)
        assert sorted(new.values_list("leg", "state", "opened_for")) == [
            ("behavioral", "not_started", "new"),
            ("medical", "not_started", "new"),
        ]
        assert light(series, 5).label.startswith("Self-pay")
        # And the payer is asked to approve it after the fact
        (back,) = tasks(series, "authorization_retro")
        assert "Ask Northlight Health to approve the infusions of 16\u00a0Feb and 19\u00a0Feb" in back.title
        # When the approval comes and reaches back, the request ends itself
        authorizations.record(
            coverage_id=plan.pk, number="NL-1", codes="96365", units=3, starts_on=date(2027, 2, 15),
            ends_on=date(2027, 3, 15), by=clinic.insurance,
        )  # fmt: skip
        assert not tasks(series, "authorization_retro")
        # And the desk may end self-pay, which says so in words
        both = told([plan], series.patient.self_pay.all(), date(2027, 2, 12))
        assert [sentence for _, sentence in both] == [
            "Self-pay beside Northlight Health from 15\u00a0Feb\u00a02027 on. End it once the plan pays."
        ]


def test_three_of_six_units_are_used_and_nobody_renews_what_has_ended(clinic, series, lapse):
    with clinic.at(TENTH, "10:00"):
        approved = authorizations.on_file(series.patient)
        assert authorizations.units_left(approved, plan_ends.given(plan_ends.touched(lapse))) == [3]
        sweeping.sweep()
        assert not tasks(series, "authorization_renewal")


def without_a_day(clinic, series):
    """The payer says inactive, and names no day."""
    check = verification.open_check(patient_id=series.patient_id, leg="medical", by=clinic.insurance)
    verification.record_result(verification_id=check.pk, state="inactive", method="271", by=clinic.insurance)
    return verification.open_check(patient_id=series.patient_id, leg="medical", by=clinic.insurance)


def test_nobody_is_asked_about_a_plan_that_the_payer_takes_back_to_life(clinic, series):
    with clinic.at(TENTH, "09:20"):
        again = without_a_day(clinic, series)
        plan = coverage.add_coverage(
            patient_id=series.patient_id, payer_name="Northlight Health", member_id="NL 20",
            starts_on=date(2027, 2, 12), by=clinic.desk,
        )  # fmt: skip
        self_pay(clinic, series)
        assert tasks(series, "coverage_ended")
        (asked,) = tasks(series, "authorization_retro")
        assert asked.subject_id == plan.pk
    with clinic.at(TENTH, "11:00"):
        verification.record_result(verification_id=again.pk, state="active", method="271", by=clinic.insurance)
        assert not tasks(series, "coverage_ended")
        assert not tasks(series, "authorization_retro")


def test_nobody_is_asked_about_a_plan_that_was_never_this_patients(clinic, series, lapse):
    with clinic.at(TENTH, "10:00"):
        assert tasks(series, "coverage_ended")
        coverage.mark_in_error(coverage_id=lapse.coverage_id, reason="Of another Maya", by=clinic.desk)
        assert not tasks(series, "coverage_ended")


def test_a_plan_that_runs_after_all_ends_the_lapse(clinic, series, lapse):
    with clinic.at(TENTH, "11:00"):
        coverage.end_coverage(coverage_id=lapse.coverage_id, ends_on=date(2027, 12, 31), by=clinic.insurance)
        check = verification.open_check(patient_id=series.patient_id, leg="medical", by=clinic.insurance)
        verification.record_result(verification_id=check.pk, state="active", method="271", by=clinic.insurance)
        assert lapses.of(series.patient) is None
        assert not tasks(series, "coverage_ended")
    assert check_in(clinic, series, 4, "2027-02-12").state == "checked_in"
