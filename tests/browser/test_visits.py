"""Front desk at the phone: the week, a visit, and a single booking, in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.models import Closure
from tests import build
from visits import booking

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(site, patient, front_desk, nurse):
    """Next Monday at ten: a browser lives in the present."""
    today = site.today()
    monday = today + timedelta(days=7 - today.weekday())
    start = build.moment(site, monday.isoformat(), "10:00")
    return booking.book(patient=patient, site=site, kind="infusion", starts_at=start, by=front_desk)


def test_a_visit_is_cancelled_with_its_consequences_in_sight_and_brought_back(
    signed_in, live_server, visit, front_desk, axe
):
    # Given the week with one visit
    page = signed_in(front_desk)
    page.goto(f"{live_server.url}{reverse('visits:schedule')}?week={visit.site.local(visit.starts_at):%Y-%m-%d}")
    assert axe(page) == {}
    page.get_by_role("link", name="Maya Torres").click()
    page.get_by_role("button", name="Cancel the visit…").wait_for()
    assert axe(page) == {}
    # When front desk cancels it
    page.get_by_role("button", name="Cancel the visit…").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "taken back" in dialog.inner_text()
    assert axe(page) == {}
    dialog.get_by_text("The patient", exact=True).click()
    dialog.get_by_label("Why").fill("A cold")
    dialog.get_by_role("button", name="Cancel the visit").click()
    # Then it is cancelled, and for a while it can be taken back
    page.get_by_text("This can be undone for 15 minutes").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The last change is taken back.").wait_for()
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_free_place_is_booked_with_one_click(signed_in, live_server, site, patient, front_desk, nurse, axe):
    page = signed_in(front_desk)
    page.goto(f"{live_server.url}{reverse('visits:book', args=[patient.pk])}")
    page.get_by_label("Kind").select_option("infusion")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("button", name="Book ").first.wait_for()
    assert axe(page) == {}
    page.get_by_role("button", name="Book ").first.click()
    page.get_by_text("Booked:").wait_for()
    assert patient.appointments.count() == 1


def test_a_refused_move_says_why(signed_in, live_server, visit, front_desk, axe):
    day = visit.site.local(visit.starts_at).date()
    Closure.objects.create(site=visit.site, first_day=day, last_day=day, reason="Staff day")
    page = signed_in(front_desk)
    page.goto(f"{live_server.url}{reverse('visits:appointment', args=[visit.pk])}")
    page.get_by_label("Hour").fill("13:00")
    page.get_by_role("button", name="Move the visit").click()
    page.get_by_text("is closed on").wait_for()
    assert page.get_by_label("Hour").input_value() == "13:00"
    assert axe(page) == {}
