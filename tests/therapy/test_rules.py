"""What the minutes support, until when integration is due, and what each session writes down."""

from datetime import UTC, datetime

import pytest

from therapy.rules import PLAN, PROGRESS, integration_window, sections


def test_integration_is_due_in_three_days_with_grace_of_a_week():
    last = datetime(2027, 2, 19, 17, 52, tzinfo=UTC)
    due, grace = integration_window(last, hours=72, grace_days=7)
    assert due == datetime(2027, 2, 22, 17, 52, tzinfo=UTC)
    assert grace == datetime(2027, 2, 26, 17, 52, tzinfo=UTC)


def test_a_plan_has_the_same_headings_for_every_session():
    assert {sections("plan", kind) for kind in PROGRESS} == {PLAN}


@pytest.mark.parametrize("kind", sorted(PROGRESS))
def test_every_progress_note_asks_for_risk_and_plan_and_names_no_heading_twice(kind):
    found = sections("progress", kind)
    assert {"risk", "plan"} <= {section.key for section in found if section.required}
    assert len({section.key for section in found}) == len(found)


def test_a_session_nobody_knows_has_no_headings():
    with pytest.raises(KeyError):
        sections("progress", "supervision")
