"""The documents tell what the code does: the diagrams of the states are those of the transition tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings

from infusions import relapse_rules
from infusions import states as infusion_states
from insurance import states as verification_states
from patients import evaluations
from reminders import states as message_states
from therapy import states as session_states
from visits import states as appointment_states

DOCS = Path(settings.BASE_DIR) / "docs"
TABLES: dict[str, Mapping[str, frozenset[str]]] = {
    "Evaluation": evaluations.TRANSITIONS,
    "Verification": verification_states.TRANSITIONS,
    "Message": message_states.TRANSITIONS,
    "Appointment": appointment_states.TRANSITIONS,
    "Waiting list entry": appointment_states.WISH_TRANSITIONS,
    "Offer": appointment_states.OFFER_TRANSITIONS,
    "Infusion": infusion_states.TRANSITIONS,
    "Relapse watch": relapse_rules.TRANSITIONS,
    "Therapy session": session_states.TRANSITIONS,
}


def diagram(table: Mapping[str, frozenset[str]]) -> str:
    """A transition table as a Mermaid diagram, in the order of the table."""
    order = [str(state) for state in table]
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {order[0]}"]
    for state, following in table.items():
        lines += [f"    {state} --> {after}" for after in order if after in {str(one) for one in following}]
        if not following:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```"])


@pytest.mark.parametrize("name", TABLES)
def test_state_diagram_is_that_of_the_code(name: str) -> None:
    assert diagram(TABLES[name]) in (DOCS / "architecture.md").read_text()


def test_every_link_between_documents_leads_somewhere() -> None:
    root = Path(settings.BASE_DIR)
    pages = [*root.glob("*.md"), *DOCS.rglob("*.md")]
    links = [(page, target) for page in pages for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())]
    broken = [f"{page.relative_to(root)}: {target}" for page, target in links if not (page.parent / target).exists()]
    assert broken == []


def test_every_test_that_the_security_document_names_exists() -> None:
    root = Path(settings.BASE_DIR)
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (DOCS / "security.md").read_text())
    assert len(named) > 50
    gone = [
        (file, test)
        for file, test in named
        if not (root / file).exists() or (test and f"def {test}(" not in (root / file).read_text())
    ]
    assert gone == []
