"""A patient's whole way by link on a phone: a yes, a ride, another time, the evening after, and how they are."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clinic import clock
from infusions import checkins
from infusions.models import CheckIn
from patients.models import SafetyAlert
from reminders import links_in_words
from reminders.models import Message
from tests import build
from tests.infusions import making
from visits import booking
from visits.models import Appointment, Ride

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(site, patient, nurse, other_nurse, house_clock) -> Appointment:
    """Friday 5 February 2027 at nine, booked in January; it is the Tuesday before."""
    site.address, site.city, site.state = "410 Pine Street, second floor", "Oakland", "CA"
    site.save()
    house_clock.moment = build.moment(site, "2027-01-20")
    starts_at = build.moment(site, "2027-02-05")
    made = booking.book(patient=patient, site=site, kind="infusion", starts_at=starts_at, by=nurse)
    house_clock.moment = build.moment(site, "2027-02-02", "08:10")
    return made


@pytest.fixture
def given(patient, provider, nurse, other_nurse, site) -> CheckIn:
    """What was given on Tuesday, and the patient left at eleven."""
    series = making.loading(patient, provider)
    vial = making.vial(site, nurse)
    infusion = making.infusion(series, 1, "2027-02-02")
    done = making.give(infusion, making.order(series, provider), vial, nurse=nurse, checker=other_nurse)
    Appointment.objects.filter(pk=infusion.appointment_id).update(status="done", arrived_at=clock.now())
    return checkins.plan(done, left_at=build.moment(site, "2027-02-02", "11:00"))


@pytest.fixture
def phone(context, live_server, patient) -> Any:
    """`phone(kind)` opens the link of a message of that kind, and gives the birth date."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.set_viewport_size({"width": 390, "height": 844})

    def open_link(kind: str, go_on: str = "Go on") -> Page:
        address = links_in_words.address(Message.objects.filter(kind=kind).earliest("due_at"))
        page.goto(live_server.url + "/" + address.split("/", 3)[3])
        page.locator("#birth-month").select_option(str(patient.birth_date.month))
        page.locator("#birth-day").fill(str(patient.birth_date.day))
        page.locator("#birth-year").fill(str(patient.birth_date.year))
        page.get_by_role("button", name=go_on).click()
        return page

    return open_link


def reads(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def press(page: Page, name: str, heading: str, role: Any = "button") -> None:
    page.get_by_role(role, name=name).click()
    reads(page, heading)


def test_a_patient_comes_and_goes_and_answers_on_a_phone(visit, given, phone, axe, house_clock, site):
    # given the link of a reminder, the birth date opens it
    page = phone("appointment_72h")
    reads(page, "Hello Maya. Can you come on Friday, February 5?")
    assert axe(page) == {}

    # when they say yes, the yes stands
    press(page, "Yes, I will be there", "Thank you. See you then")
    visit.refresh_from_db()
    assert visit.status == "confirmed"

    # and when a digit of their ride is missing, it is said, and nothing typed is lost
    press(page, "My ride is", "Who takes you home?", "link")
    page.get_by_label("Their name").fill("Luis")
    page.get_by_label("Their phone number").fill("(555) 013-774")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write the number with its area code")).to_be_visible()
    assert axe(page) == {}
    page.get_by_label("Their phone number").fill("(555) 013-7742")
    press(page, "Save", "Thank you. We know who takes you home")
    assert Ride.objects.get(appointment=visit).contact.name == "Luis"

    # when another time suits them better, they take one, and the ride is asked for again
    house_clock.moment = build.moment(site, "2027-02-02", "08:20")
    press(page, "I need another time", "Which time suits you better?", "link")
    assert axe(page) == {}
    page.get_by_role("radio").last.check()
    press(page, "Move my visit", "Your visit is moved")
    expect(page.get_by_text("Luis was named for another time. Is it still so?")).to_be_visible()
    press(page, "How to prepare", "How to prepare", "link")
    assert axe(page) == {}
    page.get_by_role("link", name="Back").click()
    press(page, "I can’t come", "Call off this visit?", "link")
    assert axe(page) == {}
    press(page, "Keep my visit", "Your visit", "link")

    # in the evening, in Spanish, they read what to heed
    house_clock.moment = build.moment(site, "2027-02-02", "18:05")
    page = phone("evening_note")
    page.get_by_role("link", name="Español").click()
    press(page, "Leer", "Hasta mañana", "link")
    assert axe(page) == {}

    # and the day after, an answer that speaks of suicide brings help before anything else
    house_clock.moment = build.moment(site, "2027-02-03", "10:05")
    page = phone("checkin_24h", go_on="Continuar")
    press(page, "Responder ahora", "¿Cómo está hoy?", "link")
    assert axe(page) == {}
    page.get_by_role("radio", name="4", exact=True).check()
    page.get_by_label("Sí, he tenido esos pensamientos").check()
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("link", name="Llamar al 988")).to_be_visible()
    assert axe(page) == {}
    assert SafetyAlert.objects.get().grade == "unscreened"
    assert CheckIn.objects.get().mood == 4
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
