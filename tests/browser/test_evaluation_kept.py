"""An evaluation is long: a session that ends meanwhile loses nothing, conditions come row by row, all goes by keys."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from clinic import clock, sessions
from patients import evaluations, history
from tests import build
from tests.build import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(patient, provider):
    build.phq9(patient, 21, by=provider, timepoint="baseline")
    history.add_condition(patient_id=patient.pk, by=provider, display="Essential hypertension")
    begun = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    lines = build.all_no()
    lines.pop("hypertension")
    return evaluations.save_draft(
        evaluation_id=begun.pk, by=provider, version=begun.version, answers=lines, diagnosis="Depression"
    )


def let_the_session_lie(minutes):
    """The server saw this session last so many minutes ago."""
    row = Session.objects.get()
    store = row.get_decoded() | {sessions.SEEN: (timezone.now() - timedelta(minutes=minutes)).isoformat()}
    row.session_data = Session.objects.encode(store)
    row.save()


def test_an_ended_session_loses_nothing_and_conditions_are_signed(signed_in, live_server, provider, draft, axe):
    page = signed_in(provider)
    page.goto(live_server.url + reverse("patients:evaluation", args=[draft.pk]))
    # Given the record speaks beside a line and has answered nothing
    line = page.get_by_role("radiogroup", name="Hypertension, treated or uncontrolled")
    assert line.get_by_text("Essential hypertension").is_visible()
    assert line.locator("input:checked").count() == 0
    # When the line is answered by keys alone, with its source and its reason
    line.get_by_role("radio", name="No", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label("Who told it: Hypertension, treated or uncontrolled").select_option("record")
    page.get_by_label("Reason for: Hypertension, treated or uncontrolled").fill("Treated, 128/82.")
    page.locator("#saved", has_text="Saved").wait_for()
    # And the session ends while more is typed
    page.get_by_label("What has to be met, 1").fill("Letter of the cardiologist")
    page.locator("#saved", has_text="Saved").wait_for()
    let_the_session_lie(minutes=11)
    page.get_by_role("textbox", name="Rationale").fill("Two drugs were not tolerable.")
    page.locator("#ek-lock[open]").wait_for()
    page.fill("#lock-password", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    # Then what was typed is kept once the person is back
    page.get_by_text("Explained by your rationale").wait_for()
    draft.refresh_from_db()
    assert draft.rationale == "Two drugs were not tolerable."
    assert draft.answers.get(key="hypertension").source == "record"
    assert draft.conditions.get().text == "Letter of the cardiologist"
    # And a condition, with one more row offered and no third, can be signed
    assert page.get_by_role("group", name="Condition 3").is_hidden()
    page.get_by_label("Until when, 1").fill((draft.patient.site.today() + timedelta(days=9)).isoformat())
    assert page.get_by_role("group", name="Condition 2").is_visible()
    assert axe(page) == {}
    page.get_by_role("button", name="Sign…").click()
    page.get_by_role("radio", name="Eligible with conditions").check()
    page.get_by_role("button", name="Sign and lock").click()
    page.get_by_role("cell", name="Open Met").wait_for()
    assert axe(page) == {}
    draft.refresh_from_db()
    assert (draft.state, draft.conditions.get().text) == ("conditional", "Letter of the cardiologist")
