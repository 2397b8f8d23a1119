"""A patient answers at home, on a phone: what is due, one question a page, and 988 at once when it is called for."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic import clock
from patients import links, measure_plan
from patients.measure_plan import Wanted
from patients.models import MeasureResponse, SafetyAlert

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_patient_answers_on_a_phone_and_sees_988_at_once(patient, nurse, live_server, context, axe):
    now = clock.now()
    wanted = [Wanted(each, "follow_up", now - timedelta(hours=1), now + timedelta(days=3), each) for each in ("phq9",)]
    measure_plan.keep(patient=patient, source="test", wanted=wanted)
    path = links.make(patient_id=patient.pk, purpose="measures", by=nurse)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.set_viewport_size({"width": 390, "height": 844})

    # given the link of a letter, the birth date opens it
    page.goto(live_server.url + path)
    page.get_by_label("Month").select_option(str(patient.birth_date.month))
    page.get_by_label("Day").fill(str(patient.birth_date.day))
    page.get_by_label("Year").fill(str(patient.birth_date.year))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="A few questions for you")).to_be_visible()
    assert axe(page) == {}

    # when eight questions are answered calmly and the ninth is not
    page.get_by_role("link", name="Begin").click()
    for number in range(1, 9):
        expect(page.get_by_text(f"Question {number} of 9")).to_be_visible()
        page.get_by_label("Several days").check()
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Question 9 of 9")).to_be_visible()
    assert axe(page) == {}
    page.get_by_label("Nearly every day").check()
    page.get_by_role("button", name="Next").click()

    # then help comes first, the clinic knows, and the screener follows
    expect(page.get_by_role("link", name="Call 988")).to_be_visible()
    assert axe(page) == {}
    assert MeasureResponse.objects.get().score == 11
    assert SafetyAlert.objects.get().grade == "unscreened"
    page.get_by_role("link", name="Go on with the questions").click()
    expect(page.get_by_text("Question 1 of 6")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
