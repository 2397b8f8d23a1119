"""Estimates as records: counted, given, locked, out of date, replaced."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client
from django.utils import timezone

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import Site, User
from insurance import estimate_lists, estimate_paper, estimates, fees
from insurance.estimate_ground import Ground
from insurance.estimate_items import usual_days
from insurance.models import AcceptedPlan, Coverage, Estimate, SelfPay
from insurance.verification import agree_self_pay
from patients import registration
from patients.models import Patient, PatientLink
from tests import build
from tests.insurance.pricing import ALONE, allow, schedule, verified
from tests.journey.paper_text import words as words_of

pytestmark = pytest.mark.usefixtures("on_20_january")
D = Decimal
COURSE = usual_days(date(2027, 2, 2), 6, 0)


@pytest.fixture
def priced(site: Site, insurance_admin: User) -> None:
    schedule(site, insurance_admin)


@pytest.fixture
def made(priced: None, patient: Patient, front_desk: User) -> Estimate:
    return estimates.make(patient_id=patient.pk, visits=COURSE, by=front_desk)


def given(estimate: Estimate, by: User, **said: Any) -> Estimate:
    return estimates.give(estimate_id=estimate.pk, by=by, **{"how": "printed", "language": "en"} | said)


def test_who_has_no_plan_gets_a_good_faith_estimate_within_three_business_days(made: Estimate) -> None:
    assert (made.kind, made.total, made.patient_share) == ("good_faith", ALONE, ALONE)
    assert (made.asked_on, made.due_on) == (date(2027, 1, 20), date(2027, 1, 25))
    assert len(made.lines) == 6 * 2 + 3
    assert made.basis["count"] == 6


def test_a_plan_is_counted_line_by_line(
    priced: None, site: Site, patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    verified(plan, insurance_admin)
    allow(site, plan, insurance_admin, c96365="310", cJ3490="40", c90837="150")
    found = estimates.make(patient_id=patient.pk, visits=COURSE, by=insurance_admin)
    allowed = D(6 * 350 + 3 * 150)
    assert (found.kind, found.due_on) == ("plan", None)
    assert found.patient_share == 400 + (allowed - 400) * D("0.2")


def test_a_patient_may_choose_not_to_use_the_plan(
    priced: None, patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    found = estimates.make(patient_id=patient.pk, visits=COURSE, by=insurance_admin, not_billed=True)
    assert (found.kind, found.total, found.due_on) == ("good_faith", ALONE, date(2027, 1, 25))


def test_an_unverified_plan_gives_a_range_and_never_nothing(priced: None, patient: Patient, plan: Coverage) -> None:
    answer = Ground.of(patient).count(COURSE)
    assert answer.plan
    assert (answer.plan.share, answer.plan.share_from) == (None, None)
    assert answer.plan.share_to == D(6 * 560 + 3 * 200)


def test_where_the_payer_did_not_say_the_list_of_plans_we_take_tells_the_network(
    priced: None, site: Site, patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    verified(plan, insurance_admin, in_network=None)
    terms = Ground.of(patient).plans["medical"][0]
    assert terms.in_network is None
    AcceptedPlan.objects.create(site=site, payer=plan.payer, standing="accepted", kept_by=insurance_admin)
    assert Ground.of(patient).plans["medical"][0].in_network is False


def test_self_pay_brings_its_own_day(priced: None, patient: Patient, insurance_admin: User) -> None:
    agree_self_pay(patient_id=patient.pk, reason="No plan", by=insurance_admin, service_on=date(2027, 2, 2))
    made = estimates.make(patient_id=patient.pk, visits=COURSE, by=insurance_admin)
    assert made.due_on == date(2027, 1, 21)
    given(made, insurance_admin)
    assert SelfPay.objects.get().estimate_given_on == date(2027, 1, 20)


def test_the_paper_names_who_treats_before_their_number(made: Estimate) -> None:
    """The database orders stored keys by itself: “npi” comes back before “name”."""
    made.basis["practice"]["tax_id"] = "930000009"
    made.basis["provider"] = {"npi": "1999000916", "name": "Amara Obi, MD"}
    paper = words_of(estimate_paper.make(made, "en"))
    assert "Amara Obi, MD, NPI 1999000916" in paper
    assert "93-0000009" in paper


def test_a_plan_estimate_waits_on_the_list_without_a_day(
    client: Client, priced: None, site: Site, patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    client.force_login(insurance_admin)
    verified(plan, insurance_admin)
    found = estimates.make(patient_id=patient.pk, visits=COURSE, by=insurance_admin)
    rows = estimate_lists.dressed(estimate_lists.to_give(site), site)
    assert [(row["pk"], row["due"], row["state"]) for row in rows] == [(found.pk, None, ("warn", "To give"))]
    page = client.get(f"/insurance/patients/{patient.pk}/").content.decode()
    assert f"/insurance/estimates/{found.pk}/" in page
    given(found, insurance_admin)
    assert estimate_lists.waiting(site) == 0


def test_what_was_given_is_locked(made: Estimate, insurance_admin: User) -> None:
    estimate = given(made, insurance_admin, language="es", how="post")
    assert bytes(estimate.pdf or b"").startswith(b"%PDF")
    for change in ({"total": D(1)}, {"given_how": "link"}, {"given_at": timezone.now()}, {"pdf": b"other"}):
        with pytest.raises(InternalError), transaction.atomic():
            Estimate.objects.filter(pk=estimate.pk).update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        Estimate.objects.filter(pk=estimate.pk).delete()
    with pytest.raises(Refused, match="given already"):
        given(made, insurance_admin)


def test_even_before_it_is_given_its_figures_stay(made: Estimate) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Estimate.objects.filter(pk=made.pk).update(total=D(1), patient_share=D(1), share_from=D(1), share_to=D(1))


def test_a_new_one_replaces_the_one_before(made: Estimate, patient: Patient, insurance_admin: User) -> None:
    longer = estimates.make(patient_id=patient.pk, visits=usual_days(date(2027, 2, 2), 8, 1), by=insurance_admin)
    assert longer.supersedes == made
    with pytest.raises(Refused, match="newer"):
        given(made, insurance_admin)
    assert estimates.newest(patient) == longer


def test_out_of_date_it_is_not_given(made: Estimate, insurance_admin: User) -> None:
    estimates.mark_outdated(made, "The series has 8 infusions now, not 6.")
    estimates.mark_outdated(made, "Something else.")
    made.refresh_from_db()
    assert made.outdated_why == "The series has 8 infusions now, not 6."
    with pytest.raises(Refused, match="8 infusions now"):
        given(made, insurance_admin)


def test_by_link_it_goes_to_a_patient_who_agreed_to_letters(
    made: Estimate, patient: Patient, insurance_admin: User, front_desk: User
) -> None:
    with pytest.raises(Refused, match="can’t be sent"):
        given(made, insurance_admin, how="link")
    Patient.objects.filter(pk=patient.pk).update(email="maya@example.org")
    registration.agree_to_contact(patient_id=patient.pk, channel="email", by=front_desk)
    made.refresh_from_db()
    given(made, insurance_admin, how="link")
    link = PatientLink.objects.get()
    assert (link.purpose, link.subject_id) == ("estimate", made.pk)


@pytest.mark.parametrize(("said", "field"), [({"how": "shouted"}, "how"), ({"language": "fr"}, "language")])
def test_a_strange_way_of_giving_is_refused(
    made: Estimate, insurance_admin: User, said: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        given(made, insurance_admin, **said)
    assert field in refused.value.fields


def test_without_prices_nothing_is_estimated(patient: Patient, front_desk: User) -> None:
    with pytest.raises(Refused, match="fee schedule"):
        estimates.make(patient_id=patient.pk, visits=COURSE, by=front_desk)


def test_one_estimate_covers_a_year_at_most(priced: None, patient: Patient, front_desk: User) -> None:
    with pytest.raises(Invalid, match="12 months"):
        estimates.make(patient_id=patient.pk, visits=usual_days(date(2027, 2, 2), 6, 14), by=front_desk)


def test_who_may_make_and_give(made: Estimate, patient: Patient, nurse: User, front_desk: User, stranger: User) -> None:
    for who in (nurse, stranger):
        with pytest.raises(NotPermitted):
            estimates.make(patient_id=patient.pk, visits=COURSE, by=who)
    with pytest.raises(NotPermitted):
        given(made, front_desk)


def test_a_new_one_is_due_a_business_day_before_the_next_visit(made: Estimate, site: Site) -> None:
    assert estimates.due_again(made) == date(2027, 1, 21)
    with clock.at(build.moment(site, "2027-02-01")):  # the first infusion is tomorrow
        assert estimates.due_again(made) == date(2027, 2, 1)


def test_a_package_stands_with_its_terms(priced: None, site: Site, patient: Patient, insurance_admin: User) -> None:
    fees.set_package(
        site=site, code="SIX", name="Series of six", price=D(2900), infusions=6, sessions=3,
        terms="Each infusion not given is paid back at $400.", valid_from=date(2027, 1, 1), by=insurance_admin,
    )  # fmt: skip
    made = estimates.make(patient_id=patient.pk, visits=COURSE, by=insurance_admin)
    assert made.total == D(2900)
    assert made.basis["package"]["terms"] == "Each infusion not given is paid back at $400."


def test_counting_asks_the_database_as_often_for_three_plans_as_for_one(
    priced: None, patient: Patient, plan: Coverage, insurance_admin: User, django_assert_num_queries: Any
) -> None:
    verified(plan, insurance_admin)
    with django_assert_num_queries(6):
        Ground.of(patient).count(COURSE)
    for rank in (2, 3):
        Coverage.objects.create(patient=patient, payer=plan.payer, member_id=f"B{rank}", rank=rank)
    with django_assert_num_queries(6):
        answer = Ground.of(patient).count(COURSE)
    assert answer.plan
    assert "secondary" in [why.name for why in answer.plan.notes]
