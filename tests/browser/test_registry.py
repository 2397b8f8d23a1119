"""The pages of the register in a real browser: no accessibility violation, and they work by hand."""

import pytest
from django.urls import reverse

from patients import history, registration
from patients.models import Patient
from tests.patients.people import BORN, register

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def maya(site, provider):
    maya = register(
        site, provider, preferred_name="Mimi", pronouns="she/her", phone="555 013 7740", email="maya@example.com"
    )
    registration.add_contact(
        patient_id=maya.pk, by=provider, kind="escort", name="Luis Torres", relation="Brother", phone="555 013 7742"
    )
    registration.agree_to_contact(patient_id=maya.pk, channel="email", by=provider)
    history.add_medication(patient_id=maya.pk, by=provider, display="Sertraline", dose="100 mg every morning")
    history.add_trial(
        patient_id=maya.pk, by=provider, treatment="Venlafaxine", weeks_at_adequate_dose=8, outcome="under_25"
    )
    wrong = history.add_allergy(patient_id=maya.pk, by=provider, display="Latex", severity="severe")
    history.mark_in_error(record=wrong, reason="Meant for another chart", by=provider)
    history.add_allergy(
        patient_id=maya.pk, by=provider, display="Penicillin", reaction="Swelling of the face", severity="severe"
    )
    return maya


def test_the_pages_of_a_record_have_no_violation(live_server, signed_in, provider, axe, maya) -> None:
    page = signed_in(provider)
    for address in (
        reverse("patients:list"),
        reverse("patients:search") + "?q=maya",
        reverse("patients:new"),
        *(reverse(f"patients:{name}", args=[maya.pk]) for name in ("edit", "contacts", "history")),
    ):
        page.goto(live_server.url + address)
        assert axe(page) == {}, address


def test_a_patient_is_found_from_anywhere_with_a_slash(live_server, signed_in, provider, maya) -> None:
    page = signed_in(provider)
    page.goto(live_server.url + reverse("patients:new"))
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("mimi")
    page.get_by_role("option", name="Maya Torres").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**" + reverse("journey:chart", args=[maya.pk]))


def test_a_request_becomes_a_patient(live_server, page, signed_in, site, front_desk, axe) -> None:
    """Given a request from a phone, when the desk turns it into a patient, then a likely duplicate is shown first."""
    register(site, front_desk, "Maia", "Torrez", phone="555 013 7740")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + reverse("patients:request-appointment", args=[site.code]))
    page.get_by_role("button", name="Send").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    assert axe(page) == {}
    page.get_by_label("First name").fill("Maya")
    page.get_by_label("Last name").fill("Torres")
    page.get_by_label("Phone").fill("555 013 7740")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert axe(page) == {}
    assert "Torres" not in page.content()

    desk = signed_in(front_desk)
    desk.goto(live_server.url + reverse("patients:inquiries"))
    assert axe(desk) == {}
    desk.get_by_role("link", name="Maya Torres").click()
    desk.get_by_role("heading", name="Maya Torres").wait_for()
    assert axe(desk) == {}
    desk.get_by_role("link", name="Turn into a patient").click()
    desk.get_by_label("Birth date").fill(BORN.isoformat())
    desk.get_by_role("button", name="Register").click()
    desk.get_by_text("Is this someone you know?").first.wait_for()
    assert axe(desk) == {}
    desk.get_by_role("button", name="No, someone new").click()
    desk.wait_for_url("**" + reverse("journey:chart", args=[Patient.objects.get(given_name="Maya").pk]))


def test_a_row_is_marked_as_an_error_by_hand(live_server, signed_in, provider, maya, axe) -> None:
    page = signed_in(provider)
    page.goto(live_server.url + reverse("patients:history", args=[maya.pk]))
    page.get_by_role("button", name="Penicillin: entered in error").click()
    why = page.get_by_label("Why was it an error?").locator("visible=true")
    why.wait_for()
    assert axe(page) == {}
    why.fill("Wrong chart")
    page.get_by_role("button", name="Mark as an error").locator("visible=true").click()
    page.get_by_text("Entered in error: Wrong chart").wait_for()
