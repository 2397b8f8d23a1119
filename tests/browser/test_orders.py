"""Orders, stock and response as a provider and a nurse use them, at a desk and on a tablet."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic import clock
from tests import build
from tests.infusions import making

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1440, 900), (820, 1180)]


def day(site, offset: int) -> str:
    return (site.today() + timedelta(days=offset)).isoformat()


@pytest.fixture
def series(site, patient, provider, nurse, other_nurse):
    """Two given, four to come; the order in force has 0.5 mg/kg."""
    making.evaluation(patient, provider, day=day(site, -20))
    making.phq9(patient, 21, day(site, -20), timepoint="baseline")
    made = making.loading(patient, provider, day=day(site, -10))
    vial = making.vial(site, nurse, expires=day(site, 500))
    order = making.order(made, provider, day=day(site, -7))
    scores = {-7: 20, -3: 16}
    for number, offset in enumerate((-7, -3, 1, 4, 8, 11), start=1):
        infusion = making.infusion(made, number, day(site, offset))
        if offset in scores:
            making.phq9(patient, scores[offset], day(site, offset))
            making.give(infusion, order, vial, nurse=nurse, checker=other_nurse)
    return made


@pytest.mark.parametrize("size", SIZES)
def test_a_provider_sees_the_dose_while_typing_is_refused_and_signs(
    live_server, signed_in, axe, provider, series, site, size
):
    page = signed_in(provider)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{live_server.url}/infusions/series/{series.pk}/orders/")
    expect(page.locator("#order-preview")).to_contain_text("appear here as you type")
    page.get_by_label("Dose", exact=True).fill("1.3")
    page.get_by_label("Dosing weight").fill("81")
    page.get_by_label("Weighed on").fill(day(site, 0))
    expect(page.locator("#order-preview .ek-dose")).to_contain_text("105.3")
    expect(page.locator("#order-preview")).to_contain_text("nobody can order it")
    page.get_by_label("Reason for the change").fill("Calm, little effect.")
    page.get_by_role("button", name="Sign the order").click()
    expect(page.get_by_role("alert").first).to_contain_text("nobody can order it")
    expect(page.get_by_label("Dosing weight")).to_have_value("81")
    expect(page.locator("#order-preview .ek-dose")).to_contain_text("105.3")
    assert axe(page) == {}
    page.get_by_label("Dose", exact=True).fill("0.7")
    expect(page.locator("#order-preview .ek-dose")).to_contain_text(re.compile(r"1\.13\smL"))
    page.get_by_role("button", name="Sign the order").click()
    expect(page.get_by_role("region", name="Order in force")).to_contain_text("56.7")
    assert axe(page) == {}


@pytest.mark.parametrize("size", SIZES)
def test_a_nurse_counts_a_vial_with_a_witness(live_server, signed_in, axe, nurse, other_nurse, series, size):
    page = signed_in(nurse)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{live_server.url}/infusions/vials/")
    assert axe(page) == {}
    page.get_by_role("link", name="V-1").click()
    page.locator("summary").filter(has_text="Count").click()
    sheet = page.locator("details", has=page.get_by_label("In the vial"))
    sheet.get_by_label("In the vial").fill("10")
    sheet.get_by_label("Witness", exact=True).select_option(label=other_nurse.full_name)
    sheet.get_by_label("Password of the witness").fill("wrong")
    sheet.get_by_role("button", name="Count").click()
    expect(page.get_by_role("alert").first).to_contain_text("not the password")
    expect(page.get_by_label("In the vial")).to_have_value("10")
    assert axe(page) == {}
    sheet.get_by_label("Password of the witness").fill(build.PASSWORD)
    sheet.get_by_role("button", name="Count").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Counted, agrees")
    assert axe(page) == {}


@pytest.mark.parametrize("size", SIZES)
def test_a_provider_reviews_and_plans_boosters(
    live_server, signed_in, axe, provider, nurse, other_nurse, patient, series, site, size
):
    order, vial = series.orders.get(), series.infusions.get(number=1).vial
    for infusion in series.infusions.filter(number__gt=2).select_related("appointment", "series__site"):
        back = infusion.appointment.starts_at - timedelta(days=30)
        infusion.appointment.starts_at, infusion.appointment.ends_at = back, back + timedelta(minutes=115)
        infusion.appointment.save()
        making.give(infusion, order, vial, nurse=nurse, checker=other_nurse)
    making.phq9(patient, 7, day(site, -1), timepoint="post_series")
    series.state, series.ended_at = "completed", clock.now()
    series.save()
    page = signed_in(provider)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{live_server.url}/infusions/series/{series.pk}/review/")
    assert axe(page) == {}
    page.get_by_text("Go on to boosters", exact=True).click()
    page.get_by_label("Why").fill("Response, sleeps through, walks again.")
    page.get_by_role("button", name="Sign the review").click()
    days = page.get_by_label("Own days between boosters")
    expect(days).to_be_hidden()
    page.get_by_text("Own intervals", exact=True).click()
    expect(days).to_have_value("14, 21, 28")
    first = page.locator("#booster-dates li b").first
    before = first.text_content() or ""
    days.fill("7, 14")
    expect(first).not_to_have_text(before)
    page.get_by_role("button", name="Sign the plan").click()
    expect(page.get_by_text("After 7, 14 days")).to_be_visible()
    assert axe(page) == {}
