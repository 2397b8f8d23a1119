"""J11 at the front desk: eight infusions around a holiday, two units short, booked in one click, in a real browser."""

import re
from datetime import date, time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clinic.models import Shift
from infusions.models import Series
from insurance import authorizations, coverage
from reminders.models import FollowUp
from tests.journeys import telling
from visits.models import Appointment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EIGHT = ["02-01", "02-03", "02-05", "02-08", "02-10", "02-12", "02-16", "02-18"]


@pytest.fixture
def clinic(transactional_db, house_clock):
    made = telling.pine_street()
    for weekday in (1, 4):
        Shift.objects.create(
            user=made.therapist, site=made.site, weekday=weekday, starts=time(13), ends=time(17),
            valid_from=date(2027, 1, 1),
        )  # fmt: skip
    return made


@pytest.fixture
def patient(clinic):
    with clinic.at("2027-01-12", "10:00"):
        made = telling.maya(clinic)
    with clinic.at("2027-01-19", "11:00"):
        telling.evaluated(clinic, made)
        plan = coverage.add_coverage(
            patient_id=made.pk, payer_name="Harbor Health", member_id="HH-11", by=clinic.insurance
        )
        authorizations.record(
            coverage_id=plan.pk, number="PA-6", codes="96365", units=6, starts_on=date(2027, 2, 1),
            ends_on=date(2027, 3, 31), by=clinic.insurance,
        )  # fmt: skip
    return made


def test_front_desk_plans_eight_and_books_all_eleven_visits_in_one_click(signed_in, live_server, clinic, patient, axe):
    with clinic.at("2027-01-20", "10:42"):
        # Given the wizard, as front desk opens it from the chart
        page = signed_in(clinic.desk)
        page.goto(live_server.url + reverse("journey:series-plan", args=[patient.pk]))
        # When she asks for eight, Monday, Wednesday and Friday from the first of February, with Nadia Amir
        page.get_by_label("8", exact=True).check()
        page.get_by_label("Not before").fill("2027-02-01")
        page.get_by_label("Days", exact=True).select_option("Mon, Wed and Fri")
        page.get_by_label("Therapist").select_option("Nadia Amir")
        # Then the first plan steps around the holiday, and says what it lacks
        best = page.get_by_role("region").filter(has=page.get_by_role("heading", name="Mon, Wed and Fri at 09:00"))
        expect(best).to_contain_text("1 Feb to 18 Feb, 17 days")
        expect(best).to_contain_text("Infusion 7 on Tue 16 Feb instead of Mon 15 Feb.")
        expect(best).to_contain_text("2 units short")
        assert axe(page) == {}
        # And with days of her own she gets a row of days to choose from
        page.get_by_label("Days", exact=True).select_option("Other days")
        expect(page.get_by_text("Which days")).to_be_visible()
        page.get_by_label("Days", exact=True).select_option("Mon, Wed and Fri")
        expect(best).to_contain_text("2 units short")
        # When she books it
        best.get_by_role("button", name=re.compile("Book all 11")).click()
        page.get_by_text("All 11 visits are booked.").wait_for()
        assert axe(page) == {}
    # Then everything stands, and the insurance desk asks for more before the fifth
    site, series = clinic.site, Series.objects.get()
    starts = series.infusions.order_by("number").values_list("appointment__starts_at", flat=True)
    assert [f"{site.local(start):%m-%d}" for start in starts] == EIGHT
    midpoint = Appointment.objects.get(kind="midpoint")
    assert f"{site.local(midpoint.starts_at):%m-%d}" == "02-09"
    task = FollowUp.objects.get(kind="authorization_short")
    assert site.local(task.due_at).date() == date(2027, 2, 9)
