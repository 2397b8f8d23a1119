"""J1 and J10 in the browser: a missed infusion repaired and taken back, and a midpoint moved against a rule."""

import pytest

from infusions.models import Infusion
from journey.series import book_series
from reminders.models import FollowUp
from tests import build
from tests.infusions import making
from therapy.models import TherapySession
from visits import changes
from visits.models import Appointment
from visits.planner import Proposal, Slot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAYS = ("02-02", "02-05", "02-09", "02-12", "02-16", "02-19")


@pytest.fixture
def series(site, patient, nurse, therapist, provider, front_desk, house_clock):
    making.evaluation(patient, provider)
    drug, talk = site.rooms.get(name="Room 1"), site.rooms.get(kind="therapy")

    def slot(kind, day):
        start = build.moment(site, f"2027-{day}")
        return Slot(kind, start, start, *((drug, nurse) if kind == "infusion" else (talk, therapist)))

    house_clock.set(build.moment(site, "2027-01-20"))
    infusions = [slot("infusion", day) for day in DAYS]
    around = [slot("preparation", "01-28"), slot("midpoint", "02-10"), slot("integration", "02-22")]
    return book_series(patient=patient, site=site, proposal=Proposal(infusions, *around, [], 0.0), by=front_desk)


def test_a_missed_infusion_is_repaired_and_a_midpoint_moved_with_a_reason(
    signed_in, live_server, axe, site, series, front_desk, house_clock
):
    page = signed_in(front_desk)
    # Given the third infusion, ten minutes past its hour, and nobody came
    house_clock.set(build.moment(site, "2027-02-09", "09:11"))
    missed = Appointment.objects.get(kind="infusion", starts_at=build.moment(site, "2027-02-09"))
    page.goto(f"{live_server.url}/visits/{missed.pk}/")
    # When front desk looks at what follows, and marks it
    page.get_by_role("button", name="Did not come…").click()
    dialog = page.get_by_role("dialog")
    assert "Infusions 4 to 6 become 3 to 5; one more has to be booked at the end." in dialog.inner_text()
    dialog.get_by_role("button", name="Mark as no-show").click()
    # Then one click leads to the repair, and one more carries it out
    page.get_by_role("link", name="Repair the series").click()
    page.get_by_role("heading", name="Before and after").wait_for()
    assert axe(page) == {}
    page.get_by_role("button", name="Repair the series").click()
    page.get_by_role("button", name="Undo the repair").wait_for()
    assert axe(page) == {}
    sixth = Infusion.objects.get(series=series, number=6).appointment
    assert f"{site.local(sixth.starts_at):%m-%d %H:%M}" == "02-23 09:00"
    # When it is taken back, all of it is
    page.get_by_role("button", name="Undo the repair").click()
    page.get_by_text("The repair is taken back").wait_for()
    assert Infusion.objects.filter(series=series, number__isnull=False).count() == 5
    # Given the midpoint; when it is to follow an infusion on the same day, the page warns of it
    midpoint = Appointment.objects.get(kind="midpoint")
    page.goto(f"{live_server.url}/visits/{midpoint.pk}/")
    page.get_by_label("Day").fill("2027-02-12")
    page.get_by_label("Hour").fill("11:30")
    page.get_by_role("button", name="Move the visit").click()
    page.get_by_text("memory and consent are impaired").first.wait_for()
    # When it is moved after the fifth infusion, a reason is asked for, and with one it is moved
    page.get_by_label("Day").fill("2027-02-24")
    page.get_by_label("Hour").fill("13:00")
    page.get_by_role("button", name="Move the visit").click()
    page.get_by_text("is outside its window").first.wait_for()
    page.locator("form[action$='/move/']").get_by_label("Why").fill("Her therapist is ill until then")
    page.get_by_role("button", name="Move the visit").click()
    page.get_by_text("Moved to Wed 24 Feb, 13:00").wait_for()
    assert axe(page) == {}
    # Then the reason stands with the session, the therapists have a task, and integration stays where it is
    session = midpoint.therapy_session
    assert session.out_of_window_reason == "Her therapist is ill until then"
    assert FollowUp.objects.get(kind="session_window").owner_role == "therapist"
    integration = Appointment.objects.get(kind="integration").starts_at
    assert f"{site.local(integration):%m-%d}" == "02-22"
    # And the therapist, opening the day, finds the preparation that was never signed, and the day's order
    page = signed_in(session.therapist)
    page.goto(f"{live_server.url}/therapy/")
    page.get_by_text("Waiting for your signature · 1").wait_for()
    page.get_by_text("Every session that is due has its visit.").wait_for()
    assert axe(page) == {}
    # When the midpoint is called off, it is booked again with one click, tied to its series
    changes.cancel(appointment_id=midpoint.pk, party="patient", reason="Flu", by=front_desk)
    page.reload()
    page.get_by_role("button", name="Book ").first.click()
    page.get_by_text("Booked: Midpoint session").wait_for()
    again = TherapySession.objects.get(kind="midpoint", state="planned")
    assert (again.series, again.out_of_window_reason) == (series, "")
