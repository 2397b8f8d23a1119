"""How a patient is reached, in a real browser."""

import pytest
from django.urls import reverse

from clinic import clock
from patients import alerts, registration
from reminders import inbound, mending, preferences
from reminders.channels import texts
from tests import build
from tests.patients.people import register

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "+15550137740"


@pytest.fixture
def maya(site, front_desk):
    maya = register(site, front_desk, preferred_name="Mimi", phone="555 013 7740", email="maya@example.com")
    with clock.at(build.moment(site, "2027-03-12", "15:20")):
        for channel in ("email", "text"):
            registration.agree_to_contact(patient_id=maya.pk, channel=channel, by=front_desk)
    return maya


def test_the_desk_sees_the_stop_and_writes_down_what_was_said(live_server, signed_in, front_desk, nurse, axe, maya):
    """Given a patient who texted, when the desk opens how to reach her, then it sees why, and keeps her wish."""
    at = build.moment(maya.site, "2027-03-14", "10:02")
    with clock.at(at):
        asked = inbound.receive(provider_id="SM1", sender=NUMBER, number="+1", words="Can I bring my sister?")
        inbound.receive(provider_id="SM2", sender=NUMBER, number="+1", words="STOP")
        mending.dead_end(channel=preferences.Channel.EMAIL, address="maya@example.com", why="The mailbox is closed.")
    assert texts.is_stopped(NUMBER)
    page = signed_in(front_desk)
    page.goto(live_server.url + maya.get_absolute_url())
    page.get_by_text("No texts: STOP on 14 Mar 10:02").click()
    page.get_by_role("heading", name="How to reach Mimi").wait_for()
    page.get_by_text("The mailbox is closed.").first.wait_for()
    assert axe(page) == {}
    page.get_by_role("button", name="They want no more").click()
    page.get_by_label("What they said").fill("Calls only, please")
    page.get_by_role("button", name="Stop at once").click()
    page.get_by_text("Email: nothing more goes out.").wait_for()
    page.get_by_text("Phone call", exact=True).click()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Calls only.").first.wait_for()
    page.get_by_role("link", name="Can I bring my sister?").click()
    page.get_by_role("heading", name="Text that came in").wait_for()
    assert axe(page) == {}
    page.goto(live_server.url + reverse("reminders:own-pages"))
    page.get_by_label("Mobile number").fill("310 555 0177")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("You are paged at (310) 555-0177, too.").wait_for()
    assert axe(page) == {}
    assert asked.answer
    assert not alerts.open_alerts(maya).exists()
