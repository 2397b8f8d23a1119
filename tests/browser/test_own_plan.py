"""A patient’s plan on a phone: the birth date, the plan, a tick, the journal, and 988 when the words call for it."""

from datetime import date

import pytest
from playwright.sync_api import expect

from patients.models import SafetyAlert
from tests import build
from tests.infusions import making
from therapy import collateral, integration_plans
from therapy.integration_plans import Draft, Step
from therapy.models import JournalEntry, StepTick

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def path(site, patient, provider, therapist, house_clock) -> str:
    """Where the plan opens that was given on Monday 22 February 2027; Luis may write."""
    house_clock.moment = build.moment(site, "2027-02-22", "14:00")
    series = making.loading(patient, provider)
    texts = {
        "insights": "I carry what is not mine.\nI can put one thing down, and nothing falls.",
        "warning_signs": "In bed until noon\nNo music in the house",
        "supports": "Luis, (555) 013-7742",
        "homework": "Three lines in the evening.",
    }
    steps = [Step("Walk to the lake twice", due_on=date(2027, 2, 27), with_whom="Luis"), Step("Phone in the hall")]
    plan = integration_plans.write(series_id=series.pk, draft=Draft(texts, steps), by=therapist)
    collateral.agree(series_id=series.pk, name="Luis", relation="husband", how="spoken", by=therapist)
    return integration_plans.give(plan_id=plan.pk, by=therapist, version=1).path


def test_a_patient_reads_ticks_and_writes_on_a_phone(path, patient, context, live_server, axe):
    # given the link of the plan, the birth date opens it
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + path)
    page.locator("#birth-month").select_option(str(patient.birth_date.month))
    page.locator("#birth-day").fill(str(patient.birth_date.day))
    page.locator("#birth-year").fill(str(patient.birth_date.year))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1, name="Your plan")).to_be_visible()
    assert axe(page) == {}

    # when a step is ticked, it stays ticked
    page.get_by_role("button", name="Walk to the lake twice").click()
    expect(page.get_by_role("button", name="Walk to the lake twice", pressed=True)).to_be_visible()
    assert StepTick.objects.get().is_done

    # and a journal entry is thanked for, in Spanish too
    page.get_by_role("link", name="Español").click()
    page.get_by_role("textbox").fill("Dormí bien. 🙂")
    page.get_by_role("button", name="Enviar a mi terapeuta").click()
    expect(page.get_by_text("Gracias. Su terapeuta lo leerá.")).to_be_visible()
    assert axe(page) == {}

    # when the consent is taken back, Luis may write no more
    page.get_by_role("button", name="Retirar el permiso").click()
    expect(page.get_by_role("heading", name="Quién puede escribirnos sobre usted")).to_have_count(0)

    # and words of self-harm bring help before anything else
    page.get_by_role("textbox").fill("No quiero vivir más.")
    page.get_by_role("button", name="Enviar a mi terapeuta").click()
    expect(page.get_by_role("link", name="Llamar al 988")).to_be_visible()
    assert axe(page) == {}
    assert (SafetyAlert.objects.get().grade, JournalEntry.objects.count()) == ("unscreened", 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
