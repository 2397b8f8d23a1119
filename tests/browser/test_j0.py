"""Journey J0 in a real browser: one patient from the first request to the first booster, told as a nurse would.

The verbs make what lies before each scene; tests/journeys tells the same over the verbs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from clinic.models import User
from infusions.models import Infusion, Series
from insurance import verification
from journey.demo.day import Day
from journey.series import book_series
from patients import registration
from patients.models import Patient
from patients.rules import CONTRAINDICATIONS
from reminders.dispatch import dispatch_due
from tests import build
from tests.browser.pen import draw
from tests.browser.stage import CHAIR, Stage, set_up
from tests.journeys import telling
from tests.journeys.telling import Clinic, phq9
from therapy.headings import PROGRESS
from visits import planner

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST_DAY = "2027-02-02"
SCORES = (21, 18, 15, 11, 9, 7)


@pytest.fixture
def clinic(db: None) -> Clinic:
    return telling.pine_street()


@pytest.fixture
def stage(clinic, live_server, browser: Browser, axe) -> Iterator[Stage]:
    def session_of(user: User) -> str:
        client = Client()  # one for each person: signing in as another would end the session of the first
        client.force_login(user)
        return client.cookies["sessionid"].value

    with set_up(clinic, browser=browser, url=live_server.url, session_of=session_of, broken_rules=axe) as made:
        yield made


@pytest.fixture
def maya(clinic, stage) -> Patient:
    """Registered, with three earlier treatments, her husband as escort, and her word on email."""
    stage.is_at("2027-01-12", "10:00")
    return telling.maya(clinic)


@pytest.fixture
def eligible(clinic, stage, maya) -> Patient:
    """Evaluated, consenting, and paying herself, since her plan does not cover it."""
    stage.is_at("2027-01-19", "11:00")
    telling.evaluated(clinic, maya)
    stage.is_at("2027-01-20", "09:10")
    check = verification.open_check(patient_id=maya.pk, leg="medical", by=clinic.insurance)
    verification.record_result(
        verification_id=check.pk, state="not_covered", method="phone", representative="Dana", reference="C-77",
        by=clinic.insurance,
    )  # fmt: skip
    verification.agree_self_pay(
        patient_id=maya.pk, reason="Not covered by the plan", by=clinic.insurance, service_on=date(2027, 2, 2)
    )
    return maya


@pytest.fixture
def series(clinic, stage, eligible) -> Series:
    """Six infusions, Tuesdays and Fridays at 09:00, and three sessions."""
    stage.is_at("2027-01-20", "10:42")
    best = planner.propose(
        patient=eligible,
        site=clinic.site,
        count=6,
        weekdays=(1, 4),
        not_before=date(2027, 2, 2),
        at=time(9),
        therapist=clinic.therapist,
        first_ever=True,
        by=clinic.desk,
    )[0]
    return book_series(patient=eligible, site=clinic.site, proposal=best, by=clinic.desk)


def chart(patient: Patient) -> str:
    return reverse("journey:chart", args=[patient.pk])


def answer(page: Page | Locator, scores: tuple[int, ...]) -> None:
    """Answer a questionnaire row by row."""
    rows = page.get_by_role("radiogroup")
    for place, score in enumerate(scores):
        rows.nth(place).get_by_role("radio").nth(score).check(force=True)


def test_a_request_becomes_a_patient_who_pays_herself(clinic, stage):
    # Given somebody with nearly the same name and the same phone is known already
    registration.register(
        site=clinic.site, given_name="Maia", family_name="Torrez", birth_date=date(1979, 8, 2), phone="+13105550140",
        by=clinic.desk,
    )  # fmt: skip
    # When Maya asks for an appointment from her own screen
    public = stage.opens(None, reverse("patients:request-appointment", args=[clinic.site.code]))
    stage.passes(public)
    public.get_by_label("First name").fill("Maya")
    public.get_by_label("Last name").fill("Torres")
    public.get_by_label("Phone").fill("310 555 0140")
    public.get_by_role("button", name="Send").click()
    # Then she is thanked, and the answer tells nobody who she is
    expect(public.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(public.locator("body")).not_to_contain_text("Torres")
    stage.passes(public)

    # When the front desk comes in
    stage.is_at("2027-01-11", "09:20")
    desk = stage.opens(clinic.desk, reverse("journey:home"))
    stage.passes(desk)
    desk.goto(stage.url + reverse("patients:inquiries"))
    stage.passes(desk)
    desk.get_by_role("link", name="Maya Torres").click()
    # Then the one who may be the same person is shown
    expect(desk.get_by_role("heading", name="May be someone you know")).to_be_visible()
    stage.passes(desk)
    # When she is registered all the same, the desk is asked once more, and says that she is new
    desk.get_by_role("link", name="Turn into a patient").click()
    stage.passes(desk, "New patient")
    desk.get_by_label("Birth date").fill("1984-03-14")
    desk.get_by_role("button", name="Register").click()
    expect(desk.get_by_role("heading", name="Is this someone you know?")).to_be_visible()
    expect(desk.get_by_role("row", name=re.compile("Maia Torrez"))).to_be_visible()
    stage.passes(desk)
    desk.get_by_role("button", name="No, someone new").click()
    # Then her chart opens
    expect(desk.get_by_role("heading", level=1, name="Maya Torres")).to_be_visible()
    stage.passes(desk)

    # When insurance asks her plan
    maya = Patient.objects.get(given_name="Maya")
    stage.is_at("2027-01-20", "09:10")
    page = stage.opens(clinic.insurance, reverse("insurance:queue"))
    stage.passes(page)
    page.goto(stage.url + reverse("insurance:patient", args=[maya.pk]))
    stage.passes(page)
    page.get_by_role("link", name="Check benefits").click()
    stage.passes(page, "Check the benefits")
    page.get_by_role("button", name="Put it on the queue").click()
    page.get_by_role("link", name="Medical").click()
    page.get_by_text("Not covered", exact=True).click()
    page.get_by_text("Phone", exact=True).click()
    page.get_by_label("Spoke with").fill("Dana")
    page.get_by_label("Call reference").fill("C-77")
    stage.passes(page, "Maya Torres: medical benefits")
    page.get_by_role("button", name="Write it down").click()
    # Then the answer is kept with who gave it
    expect(page.get_by_text("Phone, medical: not covered. Dana, reference C-77")).to_be_visible()
    stage.passes(page)
    # When she agrees to pay herself for a first visit on 2 February
    page.goto(stage.url + reverse("insurance:patient", args=[maya.pk]))
    page.get_by_role("link", name="Agree on self-pay").click()
    stage.passes(page, "Agree on self-pay")
    page.get_by_label("Why does the patient pay?").fill("Not covered by the plan")
    page.get_by_label("First visit that is paid so").fill(FIRST_DAY)
    page.get_by_role("button", name="The patient agrees").click()
    # Then the estimate is due the next business day
    expect(page.get_by_text("by 21 Jan 2027")).to_be_visible()
    stage.passes(page)


def test_the_provider_finds_her_eligible_and_she_consents(clinic, stage, maya):
    # Given Maya sits with the provider
    stage.is_at("2027-01-19", "10:30")
    page = stage.opens(clinic.provider, chart(maya))
    stage.passes(page)
    # When an evaluation is begun
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_text("Sertraline")).to_be_visible()
    stage.passes(page)
    # And the questionnaires are asked: depression 21, no suicidal thoughts
    page.get_by_role("link", name="PHQ-9").click()
    stage.passes(page, "PHQ-9")
    answer(page, phq9(21))
    page.get_by_role("button", name="Save the answers").click()
    expect(page.locator(".ek-big-score")).to_have_text("21")
    stage.passes(page)
    page.get_by_role("link", name="Go on where you were").click()
    page.get_by_role("link", name="C-SSRS").click()
    stage.passes(page, "C-SSRS screener")
    answer(page, (0, 0, 0))  # questions 1, 2 and 6: after a no to the second the others are not asked
    page.get_by_role("button", name="Save the answers").click()
    page.get_by_role("link", name="Go on where you were").click()
    # And every line of the checklist is answered no
    for line in CONTRAINDICATIONS:
        page.locator(f"input[name=answer_{line.key}][value=no]").check(force=True)
    page.locator("#id_diagnosis").fill("Major depressive disorder, recurrent, severe")
    for label, value in {"Weight": "80", "Systolic": "128", "Diastolic": "82"}.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_role("textbox", name="Rationale").fill("Laboratory and drug screen are with her PCP.")
    page.get_by_label("Goals, in the patient’s own words").fill("To walk to the lake again.")
    # Then three failed trials are enough, and nothing stands against signing
    expect(page.locator("#findings")).to_contain_text(f"{len(CONTRAINDICATIONS)} of {len(CONTRAINDICATIONS)} lines")
    expect(page.locator("#findings")).to_contain_text("3 adequate failed trials")
    stage.passes(page)
    # When the provider signs: eligible
    page.get_by_role("button", name="Sign…").click()
    page.get_by_role("radio", name="Eligible", exact=False).first.check()
    page.get_by_role("button", name="Sign and lock").click()
    # Then it holds for ninety days
    expect(page.get_by_text("First infusion until")).to_be_visible()
    expect(page.locator("main")).to_contain_text("19 Apr 2027")
    stage.passes(page)
    # When Maya signs the consent, witnessed by the provider
    page.goto(stage.url + reverse("patients:consent-new", args=[maya.pk]))
    stage.passes(page)
    page.get_by_label("Your full name").fill("Maya Torres")
    page.get_by_label("My questions have been answered").check()
    draw(page)
    page.get_by_role("button", name="Keep the signature").click()
    expect(page.get_by_role("img", name="Signature of Maya Torres")).to_be_visible()
    # Then the chart says so
    page.goto(stage.url + chart(maya))
    expect(page.locator("main")).to_contain_text("Eligible until 19 Apr 2027")
    expect(page.locator("main")).to_contain_text("Consent, version")
    stage.passes(page)


def test_nine_visits_are_booked_at_once_and_the_preparation_is_written(clinic, stage, eligible):
    # Given a front desk that opens the chart
    stage.is_at("2027-01-20", "10:40")
    desk = stage.opens(clinic.desk, chart(eligible))
    stage.passes(desk)
    # When a series is planned from 2 February on
    desk.get_by_role("link", name="Plan a series").click()
    stage.passes(desk, "Plan a series")
    desk.get_by_label("Not before").fill(FIRST_DAY)
    desk.get_by_label("Therapist").select_option(label="Nadia Amir")
    # Then the best plan has Tuesdays and Fridays in seventeen days, with the three sessions between
    best = desk.get_by_role("region", name="Tue and Fri at 09:00")
    expect(best).to_contain_text("2 Feb to 19 Feb, 17 days")
    stage.passes(desk)
    # When all nine are booked with one button
    best.get_by_role("button", name="Book all 9").click()
    # Then the chart shows the whole journey
    expect(desk.get_by_text("All 9 visits are booked.")).to_be_visible()
    expect(desk.get_by_role("region", name="The journey so far")).to_be_visible()
    assert Infusion.objects.count() == 6
    stage.passes(desk)
    # And the messages say what goes out and when: three days and one day before, at the same hour
    desk.locator("#main").get_by_role("link", name="Messages", exact=True).click()
    expect(desk.get_by_role("row", name=re.compile("Sat 30 Jan 2027, 09:00"))).to_be_visible()
    expect(desk.get_by_role("row", name=re.compile("Mon 1 Feb 2027, 09:00"))).to_be_visible()
    stage.passes(desk)

    # When insurance comes to its tasks
    insurance = stage.opens(clinic.insurance, reverse("reminders:tasks"))
    # Then the estimate for Maya waits there
    expect(insurance.get_by_role("link", name="Give Maya Torres the cost estimate", exact=True)).to_be_visible()
    stage.passes(insurance)

    # When the therapist has spoken with Maya
    stage.is_at("2027-01-28", "14:05")
    therapist = stage.opens(clinic.therapist, reverse("journey:home"))
    stage.passes(therapist)
    therapist.goto(stage.url + reverse("therapy:mine"))
    stage.passes(therapist)
    therapist.get_by_role("link", name="Open the session of Maya Torres").first.click()
    # And the hour is over: the progress note stands open
    expect(therapist.get_by_label("Started")).to_be_visible()
    stage.passes(therapist)
    # And forgets to write about risk
    type_note(therapist, "preparation")
    therapist.get_by_label("Risk", exact=True).fill("")
    therapist.get_by_role("button", name="Sign and lock").click()
    # Then the page asks for it and has kept the rest
    expect(therapist.get_by_role("alert").first).to_contain_text("Risk")
    expect(therapist.get_by_label("Plan", exact=True)).to_have_value("Plan: as discussed.")
    stage.passes(therapist)
    # When it is written
    therapist.get_by_label("Risk", exact=True).fill("No suicidal thoughts. Safety plan known.")
    sign_note(therapist, "13:00", "13:50")
    # Then the note is signed
    stage.passes(therapist)


def test_the_first_infusion_from_the_door_to_the_way_home(clinic, stage, series):
    infusion = series.infusions.get(number=1)
    address = reverse("infusions:infusion", args=[infusion.pk])
    # Given the nurse comes to work and sees Maya on her list
    stage.is_at(FIRST_DAY, "08:40")
    nurse = stage.opens(clinic.nurse, reverse("journey:home"), at=CHAIR)
    stage.passes(nurse)
    nurse.goto(stage.url + reverse("journey:today"))
    stage.passes(nurse)
    # When Maya arrives and is checked in beside the chair
    stage.is_at(FIRST_DAY, "08:50")
    nurse.goto(stage.url + address)
    stage.passes(nurse)
    nurse.get_by_role("button", name="Check in").click()
    expect(nurse.locator("#chair-bar")).to_contain_text("Checked in")
    # Then the page says what is still missing before the dose
    gate = nurse.get_by_role("region", name="Readiness")
    expect(gate).to_contain_text("No PHQ-9 in the last 24 hours")
    expect(gate).to_contain_text("No signed order of a dose")
    stage.passes(nurse)
    # When Maya answers the questionnaire
    stage.is_at(FIRST_DAY, "08:55")
    gate.get_by_role("listitem").filter(has_text="PHQ-9").get_by_role("link", name="Open").click()
    stage.passes(nurse, "PHQ-9")
    answer(nurse, phq9(21))
    nurse.get_by_role("button", name="Save the answers").click()
    expect(nurse.locator(".ek-big-score")).to_have_text("21")
    stage.passes(nurse)
    nurse.get_by_role("link", name="Go on where you were").click()
    # And her vitals are taken, and she is asked what is asked on arrival
    take_vitals(nurse, 128, 82)
    expect(gate).to_contain_text("Vitals before: 128/82")
    ask_on_arrival(nurse)
    expect(gate).to_contain_text("Way home with Luis Torres")
    stage.passes(nurse)
    # And she is asked about suicide, as before every infusion
    gate.get_by_role("listitem").filter(has_text="C-SSRS").get_by_role("link", name="Open").click()
    answer(nurse, (0, 0, 0))
    nurse.get_by_role("button", name="Save the answers").click()
    nurse.get_by_role("link", name="Go on where you were").click()

    # When the provider signs the order
    stage.is_at(FIRST_DAY, "09:03")
    provider = stage.opens(clinic.provider, reverse("infusions:orders", args=[series.pk]))
    provider.get_by_label("Dose", exact=True).fill("0.5")
    provider.get_by_label("Dosing weight").fill("80")
    provider.get_by_label("Weighed on").fill(FIRST_DAY)
    # Then the dose is worked out before the signature: 40 mg, that is 0.8 mL, at 75 mL an hour
    dose = provider.locator("#order-preview .ek-dose")
    expect(dose).to_contain_text(re.compile(r"0\.5\smg/kg × 80\skg"))
    expect(dose.locator(".ek-dose-main")).to_have_text(re.compile(r"40\s+mg"))
    expect(dose).to_contain_text(re.compile(r"0\.8\smL of 50\smg/mL"))
    expect(dose).to_contain_text(re.compile(r"75\smL/h"))
    stage.passes(provider)
    provider.get_by_role("button", name="Sign the order").click()
    expect(provider.get_by_role("row", name=re.compile("In force"))).to_be_visible()
    stage.passes(provider)

    # When the nurse clears her and draws from the vial in her hand
    nurse.reload()
    nurse.get_by_role("button", name="Clear for the dose").click()
    expect(nurse.locator("#chair-bar")).to_contain_text("Cleared")
    stage.passes(nurse)
    nurse.get_by_label("Vial in hand").fill("V-001")
    nurse.get_by_role("button", name="Draw the dose").click()
    # Then the pump waits for a second pair of eyes
    expect(nurse.get_by_role("region", name="Double check")).to_be_visible()
    expect(nurse.locator("#chair-bar")).to_contain_text("waits for the double check")
    stage.passes(nurse)
    # When the second nurse looks, on her own screen with her own login
    second = stage.opens(clinic.second, address, at=CHAIR)
    stage.passes(second)
    second.get_by_role("button", name="All five agree").click()
    expect(second.locator("#chair-side")).to_contain_text("Double-checked by Sanna Lindqvist")

    # Then the first one may start the pump
    stage.is_at(FIRST_DAY, "09:12")
    nurse.reload()
    nurse.get_by_role("button", name="Start the pump").click()
    expect(nurse.locator("#chair-bar")).to_contain_text("Infusing")
    # And writes down vitals within every ten minutes, before the screen would cover itself, and what she hears
    for minute, systolic, diastolic in (("09:21", 142, 90), ("09:30", 150, 94), ("09:39", 146, 92), ("09:48", 140, 88)):
        stage.is_at(FIRST_DAY, minute)
        take_vitals(nurse, systolic, diastolic)
    note_down(nurse, "Note", "Eyes closed, breathing calmly. “Like floating on the lake.”")
    stage.passes(nurse)
    # When the bag is empty
    stage.is_at(FIRST_DAY, "09:52")
    nurse.reload()
    nurse.get_by_role("button", name="Complete").click()
    expect(nurse.locator("#chair-bar")).to_contain_text("Recovery")
    expect(nurse.locator("#chair-bar")).to_contain_text(re.compile(r"40 of 40\smg"))
    take_vitals(nurse, 134, 84)
    stage.passes(nurse)
    # Then Maya can't go before her hour of rest is over
    send_home(nurse)
    expect(nurse.locator("#chair-says")).to_contain_text("until 10:52")
    # When it is, she goes home with her husband
    stage.is_at(FIRST_DAY, "10:53")
    nurse.reload()
    # (nobody touched the screen for an hour: it is covered, and the nurse gives her password)
    stage.passes(nurse)
    nurse.get_by_label("Password").fill(build.PASSWORD)
    nurse.get_by_role("button", name="Go on").click()
    note_down(nurse, "IV out", "Site dry, dressed")
    take_vitals(nurse, 128, 80)
    stage.passes(nurse)
    send_home(nurse)
    # Then the page tells when and with whom
    expect(nurse.locator("#chair-work")).to_contain_text("With Luis Torres, Husband")
    stage.passes(nurse)
    infusion.refresh_from_db()
    assert (infusion.state, infusion.given_mg, infusion.vial.balance_ml) == ("discharged", 40, Decimal("9.2"))
    assert (infusion.drawn_by, infusion.checked_by) == (clinic.nurse, clinic.second)


def take_vitals(page: Page, systolic: int, diastolic: int) -> None:
    now = page.get_by_role("region", name="Vitals now")
    signs = {"Heart rate": 76, "SpO2": 98, "Breathing": 14, "Sedation": 5}
    for label, value in {"Systolic": systolic, "Diastolic": diastolic, **signs}.items():
        now.get_by_label(label).fill(str(value))
    now.get_by_role("button", name="Save this row").click()
    expect(page.get_by_role("region", name="Vitals", exact=True)).to_contain_text(f"{systolic}/{diastolic}")
    reaches_the_server(page)


def ask_on_arrival(page: Page) -> None:
    asked = page.get_by_role("region", name="On arrival")
    asked.get_by_label("The patient said both, without help").check()
    asked.get_by_label("Weight today").fill("80")
    asked.get_by_label("Last solid food").fill("22:00")
    asked.get_by_label("Last clear drink").fill("06:30")
    for word in ("Nothing new", "None", "Negative"):
        asked.get_by_text(word, exact=True).click()
    asked.get_by_label("Who takes the patient home").select_option(index=1)
    asked.get_by_label("This person has confirmed to come").check()
    asked.get_by_label("Emergency kit, trained person and pump checked").check()
    asked.get_by_role("button", name="Save the checks").click()


def note_down(page: Page, kind: str, words: str) -> None:
    page.get_by_role("region", name="Quick events").get_by_role("button", name=kind).click()
    dialog = page.get_by_role("dialog", name=kind)
    dialog.get_by_role("textbox").first.fill(words)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Record")).to_contain_text(words)
    reaches_the_server(page)


def reaches_the_server(page: Page) -> None:
    """A row is drawn before it is sent; were the clock moved meanwhile, it would come after the idle time was over."""
    expect(page.locator("#unsaved")).to_be_hidden()


def send_home(page: Page) -> None:
    home = page.get_by_role("region", name="Discharge")
    if not home.get_by_label("Score").is_visible():
        home.locator("summary").click()
    home.get_by_label("Score").fill("10")
    for box in home.get_by_role("checkbox").all():
        box.check()
    expect(home.get_by_label("Goes home with")).to_have_value("Luis Torres")
    home.get_by_role("button", name="Discharge").click()


def test_after_the_last_infusion_the_response_is_reviewed_and_a_booster_booked(clinic, stage, series):
    # Given six infusions, with depression falling from 21 to 7
    given(clinic, stage, series)
    stage.is_at("2027-02-23", "09:00")
    dispatch_due()  # what was to be said meanwhile has gone out, or is too late
    telling.measured(clinic, series.patient, 7, timepoint="post_series")
    # When the provider comes in
    provider = stage.opens(clinic.provider, reverse("journey:home"))
    stage.passes(provider)
    provider.goto(stage.url + chart(series.patient))
    # Then the chart shows the whole journey, the curve and what happened
    expect(provider.get_by_role("region", name="The journey so far")).to_be_visible()
    expect(provider.get_by_role("region", name="Outcome")).to_be_visible()
    expect(provider.locator(".ek-feed")).to_contain_text("Infusion 6")
    stage.passes(provider)
    # And the review says what came of it
    provider.get_by_role("link", name="Review response").click()
    expect(provider.get_by_role("region", name="PHQ-9")).to_contain_text("From 21 to 7")
    expect(provider.get_by_role("region", name="PHQ-9")).to_contain_text("first met before infusion 5")
    expect(provider.get_by_role("region", name="PHQ-9")).to_contain_text("Remission, below 5, is not reached")
    stage.passes(provider)
    # When the provider decides for boosters after 14, 21 and 28 days
    provider.get_by_text("Go on to boosters", exact=True).click()
    provider.get_by_label("Why", exact=True).fill("Response, sleeps through, walks to the lake again.")
    provider.get_by_role("button", name="Sign the review").click()
    expect(provider.get_by_label("Days between boosters")).to_have_value("14, 21, 28")
    stage.passes(provider)
    provider.get_by_role("button", name="Sign the plan").click()
    # Then the days are 5 March, 26 March and 23 April
    planned = provider.get_by_role("list", name="Dates of the plan").get_by_role("listitem")
    for place, day in enumerate(("5 Mar 2027", "26 Mar 2027", "23 Apr 2027")):
        expect(planned.nth(place)).to_contain_text(day)
    stage.passes(provider)

    # When the front desk books the first one from the chart
    desk = stage.opens(clinic.desk, chart(series.patient))
    stage.passes(desk)
    desk.get_by_role("link", name="Book a booster").click()
    expect(desk.get_by_label("Day")).to_have_value("2027-03-05")
    stage.passes(desk)
    desk.get_by_role("button", name="Book the booster").click()
    # Then it stands in the chart, and its reminders among the messages
    expect(desk.get_by_text("Booster booked for Friday 5 March at 09:00.")).to_be_visible()
    stage.passes(desk)
    desk.locator("#main").get_by_role("link", name="Messages", exact=True).click()
    expect(desk.get_by_role("row", name=re.compile("Tue 2 Mar 2027, 09:00"))).to_be_visible()
    expect(desk.get_by_role("row", name=re.compile("Thu 4 Mar 2027, 09:00"))).to_be_visible()
    stage.passes(desk)


def given(clinic: Clinic, stage: Stage, series: Series) -> None:
    """All six infusions by verbs, and the three sessions as their therapist writes them."""
    write(clinic, stage, series, "preparation", "2027-01-28")
    for number, score in enumerate(SCORES, start=1):
        Day(
            infusion=series.infusions.get(number=number),
            nurse=clinic.nurse,
            second=clinic.second,
            provider=clinic.provider,
            escort=series.patient.contacts.get(kind="escort"),
            phq9=phq9(score),
            every_row=False,
        ).tell()
        if number == 3:
            write(clinic, stage, series, "midpoint", "2027-02-10")
    write(clinic, stage, series, "integration", "2027-02-22")


def write(clinic: Clinic, stage: Stage, series: Series, kind: str, day: str) -> None:
    """Her therapist writes and signs the progress note, as the hour is over."""
    session = series.therapy_sessions.get(kind=kind)
    stage.is_at(day, "14:05")
    page = stage.opens(clinic.therapist, reverse("therapy:session", args=[session.pk]))
    type_note(page, kind)
    sign_note(page, "13:00", "13:53")
    stage.passes(page)


def type_note(page: Page, kind: str) -> None:
    for heading in (section.label for section in PROGRESS[kind] if section.required):
        page.get_by_label(heading, exact=True).fill(f"{heading}: as discussed.")


def sign_note(page: Page, started: str, ended: str) -> None:
    """The minutes, the risk questions of the day, the signature."""
    page.get_by_label("Started").fill(started)
    page.get_by_label("Ended").fill(ended)
    page.get_by_role("button", name="Ask the risk questions").first.click()
    answer(page.locator("#risk"), (0, 0, 0))
    page.get_by_role("button", name="Save the answers").click()
    expect(page.locator("#before-sign")).to_contain_text("Risk questions: negative")
    page.get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
