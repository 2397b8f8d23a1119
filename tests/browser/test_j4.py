"""J4 in a browser: the provider reads the scores and what is known, sees what a stop does, and signs it."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tests.journeys import responding
from tests.journeys.telling import pine_street

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_provider_stops_a_series_that_does_not_help(signed_in, axe, live_server, house_clock):
    # Given four infusions, and 18 of 20 a day after the fourth
    clinic = pine_street()
    series = responding.slow(clinic)
    responding.scored(clinic, series, "2027-02-13", 18, "follow_up")
    house_clock.set(build.moment(clinic.site, "2027-02-15", "10:00"))
    page = signed_in(clinic.provider)
    page.goto(f"{live_server.url}/infusions/series/{series.pk}/review/")
    main = page.get_by_role("main")
    expect(main).to_contain_text("After infusion 4 PHQ-9 is 18 of 20: less than 20 % better.")
    expect(main).to_contain_text(re.compile("58 % of those without an early gain.*CRTCE", re.DOTALL))
    # When the provider chooses to stop, then what follows is said before it is signed
    page.get_by_text("Stop", exact=True).click()
    follows = page.locator(".ek-consequences")
    expect(follows).to_contain_text("Cancelled by the clinic: #5 on Tue 16 Feb and #6 on Fri 19 Feb.")
    expect(follows).to_contain_text("2 units of the authorization are free again.")
    page.get_by_label("Why", exact=True).fill("No response to four infusions.")
    page.get_by_label("Refer for").select_option("tms_ect")
    assert axe(page) == {}
    # When it is signed, then it stands there, and the series is stopped
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_text("The review is signed: stop.")).to_be_visible()
    expect(main).to_contain_text("Loading series, stopped")
    expect(main).to_contain_text("TMS or ECT")
    assert axe(page) == {}
