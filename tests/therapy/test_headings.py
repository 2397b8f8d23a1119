"""What each session writes down."""

import pytest

from therapy.headings import PLAN, PROGRESS, sections


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
