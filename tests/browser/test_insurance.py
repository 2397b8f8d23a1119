"""The insurance pages in a real browser: no accessibility violation, and a check is done by hand."""

from datetime import date, timedelta

import pytest

from insurance import estimates
from insurance.coverage import add_coverage
from insurance.estimate_items import usual_days
from insurance.models import Coverage, SelfPay
from insurance.verification import agree_self_pay, claim, open_check
from tests import build
from tests.insurance.conftest import answer
from tests.insurance.pricing import schedule

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def maya(site, insurance_admin):
    """A patient with an ended plan, a gap, a plan that runs, self-pay before it, and checks in many states."""
    today = site.today()
    maya = build.patient(site)
    SelfPay.objects.create(patient=maya, since=date(2023, 1, 1), until=date(2023, 6, 30), reason="No insurance")
    for year in (2024, 2025):
        add_coverage(
            patient_id=maya.pk, by=insurance_admin, payer_name="Tidewater Mutual", member_id="TWM 4471 0392",
            plan_name="Tidewater Choice 2500", starts_on=date(year, 1, 1), ends_on=date(year, 12, 31),
        )  # fmt: skip
    runs = add_coverage(
        patient_id=maya.pk, by=insurance_admin, payer_name="Orchard Health", member_id="OH 7",
        starts_on=today - timedelta(days=20),
    )  # fmt: skip
    answer(
        open_check(patient_id=maya.pk, leg="medical", by=insurance_admin, coverage_id=runs.pk), "active",
        insurance_admin, copay=25, coinsurance_percent=20, deductible=2500, deductible_met=610, in_network=True,
    )  # fmt: skip
    failed = open_check(
        patient_id=maya.pk, leg="behavioral", by=insurance_admin, coverage_id=runs.pk, due_on=today - timedelta(days=1)
    )
    answer(failed, "error", insurance_admin, method="271", note="AAA 42: the payer’s system is down.")
    return maya


@pytest.fixture
def others(site, insurance_admin):
    """Colleagues of Maya’s on the queue."""
    for number, (given, family) in enumerate((("Tomasz", "Wieland"), ("Noor", "Haddad"), ("Gwen", "Marsh"))):
        one = build.patient(site, given_name=given, family_name=family)
        add_coverage(patient_id=one.pk, by=insurance_admin, payer_name="Northlight Health", member_id=str(number))
        check = open_check(
            patient_id=one.pk, leg="medical", by=insurance_admin, due_on=site.today() + timedelta(days=number)
        )
        if number == 1:
            claim(verification_id=check.pk, by=insurance_admin)
    selfie = build.patient(site, given_name="Joel", family_name="Sandoval")
    agree_self_pay(patient_id=selfie.pk, reason="Out of pocket", by=insurance_admin)
    return selfie


def test_the_pages_have_no_violation(live_server, signed_in, insurance_admin, axe, maya, others) -> None:
    page = signed_in(insurance_admin)
    plan = Coverage.objects.filter(patient=maya).first()
    checks = {check.leg: check.pk for check in maya.verifications.all()}
    schedule(maya.site, insurance_admin)
    course = usual_days(maya.site.today() + timedelta(days=9), 6, 1)
    estimate = estimates.make(patient_id=maya.pk, visits=course, by=insurance_admin)
    for width in (1440, 820):
        page.set_viewport_size({"width": width, "height": 1000})
        for address in (
            "",
            "?show=verified",
            f"?check={checks['behavioral']}",
            "?show=self-pay",
            "plans/",
            f"checks/{checks['medical']}/",
            f"checks/{checks['behavioral']}/",
            f"checks/{checks['behavioral']}/hand-over/",
            f"patients/{maya.pk}/",
            f"patients/{others.pk}/",
            f"patients/{maya.pk}/costs/",
            f"estimates/{estimate.pk}/",
            "estimates/",
            "fees/",
            f"patients/{maya.pk}/check/",
            f"patients/{maya.pk}/self-pay/",
            f"patients/{maya.pk}/coverage/",
            f"coverage/{plan.pk}/end/",
            f"coverage/{plan.pk}/error/",
        ):
            page.goto(f"{live_server.url}/insurance/{address}")
            assert axe(page) == {}, address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_failed_check_is_asked_again_by_phone(live_server, signed_in, insurance_admin, axe, maya, others) -> None:
    """Given a failed check on the queue, when a clerk calls and forgets the reference, the panel asks for it."""
    page = signed_in(insurance_admin)
    page.goto(f"{live_server.url}/insurance/?leg=behavioral")
    page.get_by_role("link", name="Maya Torres").click()
    panel = page.locator("#panel")
    panel.get_by_text("The last check failed.", exact=True).wait_for()
    panel.get_by_text("Write down a call").click()
    panel.get_by_text("Active", exact=True).click()
    panel.get_by_text("Phone", exact=True).click()
    panel.get_by_label("Spoke with").fill("Corinne")
    panel.get_by_role("button", name="Write it down").click()
    panel.get_by_text("Write the call reference").first.wait_for()
    page.locator("#panel [role=alert]:focus").wait_for()
    assert axe(page) == {}
    assert panel.get_by_label("Spoke with").input_value() == "Corinne"
    panel.get_by_label("Call reference").fill("70-4418")
    panel.get_by_role("button", name="Write it down").click()
    panel.get_by_text("Phone, behavioral health: verified, active. Corinne, reference 70-4418").wait_for()
    panel.get_by_role("link", name="Whole page").click()
    page.get_by_role("button", name="It no longer holds").click()
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
