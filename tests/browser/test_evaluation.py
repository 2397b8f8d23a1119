"""Writing an evaluation: kept as it is typed, two windows, signed."""

import pytest
from django.urls import reverse

from clinic import clock
from patients import evaluations
from patients.models import Evaluation
from tests import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(patient, provider) -> Evaluation:
    build.phq9(patient, 21, by=provider, timepoint="baseline")
    build.trial(patient)
    begun = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    lines = build.all_no()
    lines.pop("glaucoma")
    return evaluations.save_draft(
        evaluation_id=begun.pk, by=provider, version=begun.version, answers=lines, diagnosis="Depression"
    )


@pytest.fixture
def writing(signed_in, live_server, provider, draft):
    page = signed_in(provider)
    page.goto(live_server.url + reverse("patients:evaluation", args=[draft.pk]))
    return page


def test_what_is_typed_is_kept_and_the_findings_follow(writing, draft, axe):
    # Given a draft with one open line and one trial too few
    assert writing.locator("#findings").get_by_text("Not answered yet: Glaucoma").first.is_visible()
    # When the provider answers the line and writes why
    row = writing.get_by_role("radiogroup", name="Glaucoma or raised pressure in the eye")
    row.get_by_text("No", exact=True).click()
    writing.get_by_label("Rationale").fill("The second drug was not tolerable.")
    # Then it is kept by itself, and nothing stands against signing
    writing.get_by_text("Explained by your rationale").wait_for()
    draft.refresh_from_db()
    assert draft.rationale == "The second drug was not tolerable."
    assert axe(writing) == {}


def test_a_second_window_is_shown_both_and_may_keep_its_own(writing, draft, provider, axe):
    # Given another window saved meanwhile
    evaluations.save_draft(
        evaluation_id=draft.pk, by=provider, version=draft.version, answers={}, plan="Six, twice a week."
    )
    # When this one types
    writing.locator("#id_plan").fill("Eight, three times a week.")
    # Then both are shown and nothing was overwritten
    writing.get_by_role("cell", name="Six, twice a week.").wait_for()
    assert writing.get_by_role("cell", name="Eight, three times a week.").is_visible()
    assert axe(writing) == {}
    draft.refresh_from_db()
    assert draft.plan == "Six, twice a week."
    # And the person decides
    writing.get_by_role("button", name="Save mine over it").click()
    writing.locator("#saved", has_text="Saved").wait_for()
    draft.refresh_from_db()
    assert draft.plan == "Eight, three times a week."


def test_signing_waits_for_the_last_words_and_locks(writing, draft, axe):
    # Given the last words typed a moment ago
    writing.get_by_role("radiogroup", name="Glaucoma or raised pressure in the eye").get_by_text(
        "No", exact=True
    ).click()
    writing.get_by_label("Rationale").fill("The second drug was not tolerable.")
    # When the provider signs at once
    writing.get_by_role("button", name="Sign…").click()
    writing.get_by_role("radio", name="Eligible", exact=False).first.check()
    assert axe(writing) == {}
    writing.get_by_role("button", name="Sign and lock").click()
    # Then the record is signed with those words
    writing.get_by_text("First infusion until").wait_for()
    draft.refresh_from_db()
    assert (draft.state, draft.rationale) == ("eligible", "The second drug was not tolerable.")
