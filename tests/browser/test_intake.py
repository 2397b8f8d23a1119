"""Given a link on a phone, when the patient answers, changes language, and stops, then nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from clinic.policy import Role
from patients import intake
from patients.models import IntakeStep
from tests import build
from tests.browser.settling import settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(browser, live_server):
    """A phone of somebody who has no account."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_a_patient_answers_on_a_phone(phone, axe):
    site = build.site()
    patient = build.patient(site)
    path = intake.invite(patient_id=patient.pk, by=build.user(Role.FRONT_DESK, at=site))

    phone.goto(path)
    settle(phone)
    assert axe(phone) == {}
    phone.select_option("#birth-month", "3")
    phone.fill("#birth-day", "14")
    phone.fill("#birth-year", "1984")
    phone.click("#door .btn-primary")
    expect(phone.locator("h1")).to_have_text("Your health")

    # A page that is not whole says so, and reads as one page; nothing scrolls sideways.
    phone.click("[name=go]")
    expect(phone.locator("[role=alert]")).to_contain_text("something is missing")
    settle(phone)
    assert axe(phone) == {}
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.check("[value=hypertension]")
    phone.click("[name=go]")
    expect(phone.locator("h1")).to_have_text("Medicines and allergies")

    # What is typed is kept without a press, and through a change of language.
    with phone.expect_response(lambda answer: answer.request.headers.get("x-keep") == "1"):
        phone.fill("[name=medicine-0-display]", "Sertraline")
    assert IntakeStep.objects.get(key="medicines").answers["medicine-0-display"] == ["Sertraline"]
    phone.fill("[name=medicine-0-dose]", "100 mg")
    phone.get_by_role("button", name="Español").click()
    expect(phone.locator("html")).to_have_attribute("lang", "es")
    expect(phone.locator("[name=medicine-0-dose]")).to_have_value("100 mg")
    phone.click("[name=add][value=medicine]")
    expect(phone).to_have_url(re.compile("#medicine-last$"))
    expect(phone.locator("[name=medicine-2-display]")).to_be_visible()
    phone.check("[name=allergy-none]")
    phone.click("[name=go]")
    expect(phone.locator("h1")).to_have_text("Lo que ya ha probado")
    settle(phone)
    assert axe(phone) == {}
