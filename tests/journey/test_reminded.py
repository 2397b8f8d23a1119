"""Do reminders help: what is counted, and for whom."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Role
from journey.reports import reminded
from patients.models import Patient
from reminders import ledger
from reminders.models import Message
from tests import build
from visits.models import Appointment, StatusEvent

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2027, 2, 1), date(2027, 2, 28)


@pytest.fixture
def desk(site: Site) -> User:
    return build.user(Role.FRONT_DESK, at=site)


def visit(
    patient: Patient, desk: User, hour: int, *, status: str, state: str = "", channel: str = "text", moved: int = 0
) -> Appointment:
    """A visit that is over, with the state of its reminder of the day before; `moved` hours after it was said."""
    starts = build.moment(patient.site, "2027-02-10", f"{hour:02}:00")
    there = {"arrived_at": starts} if status == "done" else {}
    one = Appointment.objects.create(
        patient=patient, site=patient.site, kind="preparation", starts_at=starts, ends_at=starts + timedelta(hours=1),
        status=status, booked_by=desk, **there,
    )  # fmt: skip
    if state:
        said = ledger.plan(
            kind="appointment_24h", patient=patient, site=patient.site, subject_kind="appointment", subject_id=one.pk,
            occurrence="1", due_at=starts - timedelta(days=1), expires_at=starts - timedelta(hours=moved),
            values={"at": starts.isoformat()},
        )  # fmt: skip
        Message.objects.filter(pk=said.pk).update(state=state, channel=channel, sent_at=starts - timedelta(days=1))
    return one


def of_the_day_before(site: Site) -> dict[tuple[str, str], tuple[int, int, int]]:
    found = reminded.lines(site, FIRST, LAST)
    return {
        (line.how, line.channel): (line.visits, line.no_shows.n, line.confirmed.n)
        for line in found
        if line.reminder == "Reminder, the day before"
    }


def test_visits_are_counted_by_how_far_the_reminder_came(patient: Patient, desk: User, site: Site) -> None:
    kept = visit(patient, desk, 8, status="done", state="delivered")
    StatusEvent.objects.create(appointment=kept, before="booked", after="confirmed", at=kept.starts_at)
    visit(patient, desk, 9, status="no_show", state="delivered")
    visit(patient, desk, 10, status="done", state="sent", channel="email")
    visit(patient, desk, 11, status="no_show", state="failed")
    visit(patient, desk, 12, status="no_show")
    assert of_the_day_before(site) == {
        ("Arrived", "Text message"): (2, 1, 1),
        ("Sent, not known to have arrived", "Email"): (1, 0, 0),
        ("None went out", ""): (2, 2, 0),
    }


def test_visits_to_come_and_reminders_of_another_hour_do_not_count(patient: Patient, desk: User, site: Site) -> None:
    visit(patient, desk, 8, status="booked", state="sent")
    visit(patient, desk, 9, status="done", state="sent", moved=3)
    assert of_the_day_before(site) == {("None went out", ""): (1, 0, 0)}


def test_confirmation_that_was_undone_is_none(patient: Patient, desk: User, site: Site) -> None:
    one = visit(patient, desk, 8, status="done", state="sent")
    StatusEvent.objects.create(
        appointment=one, after="confirmed", at=one.starts_at, undone_at=one.starts_at, undone_by=desk
    )
    assert of_the_day_before(site)["Sent, not known to have arrived", "Text message"] == (1, 0, 0)


def test_report_asks_four_questions_however_many_visits(
    patient: Patient, desk: User, site: Site, django_assert_num_queries
) -> None:
    for hour in (8, 9, 10):
        visit(patient, desk, hour, status="done", state="sent")
    with django_assert_num_queries(4):
        reminded.lines(site, FIRST, LAST)


def test_page_and_file_say_the_same(client: Client, patient: Patient, desk: User, site: Site) -> None:
    visit(patient, desk, 8, status="no_show", state="delivered")
    client.force_login(build.user(Role.CLINIC_ADMIN, at=site))
    with clock.at(datetime(2027, 3, 1, 20, tzinfo=site.zone)):
        page = client.get(reverse("journey:outcomes-reminders")).content.decode()
        file = client.get(reverse("journey:outcomes-reminders-csv")).content.decode("utf-8-sig")
    assert "100&nbsp;% <span" in page
    assert '"Reminder, the day before",Text message,Arrived,1,1,100,0,0' in file


def test_day_that_ends_before_it_begins_is_a_sentence(client: Client, site: Site) -> None:
    client.force_login(build.user(Role.CLINIC_ADMIN, at=site))
    page = client.get(reverse("journey:outcomes-reminders"), {"first": "2027-02-02", "last": "2027-02-01"})
    assert page.status_code == 422
    assert "before the first" in page.content.decode()
