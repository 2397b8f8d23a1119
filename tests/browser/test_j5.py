"""J5 in a browser: a plan ends mid-series; the clerk writes it down beside the queue and sees whom it touches."""

from datetime import date

import pytest
from playwright.sync_api import expect

from insurance import verification
from insurance.models import Lapse, Verification
from tests import build
from tests.browser.settling import settle
from tests.journeys import lapsing
from tests.journeys.telling import pine_street

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_plan_ends_and_check_in_waits_until_the_visit_is_paid_for(signed_in, axe, live_server, house_clock):
    # Given three infusions of six, and Maya's word of 10 February that the job is gone
    clinic = pine_street()
    series = lapsing.three_given(clinic)
    house_clock.set(build.moment(clinic.site, "2027-02-10", "09:15"))
    verification.open_check(patient_id=series.patient_id, leg="medical", by=clinic.insurance, due_on=date(2027, 2, 10))
    page = signed_in(clinic.insurance)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/insurance/")
    # When the clerk opens her row, then both legs stand beside the list, and Esc closes them
    row = page.get_by_role("link", name="Maya Torres").first
    row.click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    expect(panel).to_contain_text("$2,500, $610 left")
    settle(page)
    assert axe(page) == {}
    page.keyboard.press("Escape")
    expect(panel).to_be_empty()
    expect(row).to_be_focused()
    # When the answer is written down in place: inactive, the 9th was the last day
    page.keyboard.press("Enter")
    panel.get_by_text("Write down a call").click()
    panel.get_by_text("Inactive", exact=True).click()
    panel.get_by_text("270/271", exact=True).click()
    panel.get_by_label("Last day covered").fill("2027-02-09")
    panel.get_by_role("button", name="Write it down").click()
    expect(panel).to_contain_text("Coverage ended Tue 9 Feb.")
    expect(panel).to_contain_text("Nothing is cancelled, and Maya Torres has not been told yet.")
    assert Verification.objects.filter(state="inactive").count() == 1
    settle(page)
    assert axe(page) == {}
    # Then one page names every visit that it touches
    panel.get_by_role("link", name="Which visits it touches").click()
    main = page.get_by_role("main")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coverage of Maya Torres ended Tue 9 Feb")
    expect(main).to_contain_text("5 visits are not paid for.")
    after = page.get_by_role("region", name="After the last day")
    for words in ("Midpoint", "Infusion 4", "Infusion 5", "Infusion 6", "Integration"):
        expect(after).to_contain_text(words)
    expect(page.get_by_role("region", name="Up to the last day")).to_contain_text("Infusion 3")
    expect(main).to_contain_text("3 of 6 used, 2 Feb to 1 Mar 2027. Not renewed while coverage has ended.")
    assert axe(page) == {}
    page.get_by_label("What was said and agreed?").fill("Called; she pays herself until a new plan begins.")
    page.get_by_role("button", name="The patient knows").click()
    expect(page.get_by_text("Noted: Maya Torres knows.")).to_be_visible()
    # When self-pay is agreed, then its estimate is due the same day
    page.get_by_role("link", name="Agree on self-pay").click()
    page.get_by_label("Why does the patient pay?").fill("Lost the plan with the job")
    page.get_by_role("button", name="The patient agrees").click()
    expect(page.get_by_text("Give the cost estimate by Wed 10 Feb.")).to_be_visible()
    # And on the 12th the front desk is told what check-in waits for
    house_clock.set(build.moment(clinic.site, "2027-02-12", "08:45"))
    visit = lapsing.infusion(series, 4).appointment
    desk = signed_in(clinic.desk)
    desk.goto(f"{live_server.url}/today/{visit.pk}/")
    desk.get_by_role("button", name="Arrived").click()
    expect(desk.locator("#panel")).to_contain_text("The cost estimate has not been given.")
    expect(desk.locator("#panel")).to_contain_text("a provider may keep this visit with a reason")
    visit.refresh_from_db()
    assert (visit.status, Lapse.objects.get().told_by) == ("booked", clinic.insurance)
