"""What the answers of the day after must be, and which of them somebody reads today. Pure; no ORM.

Protocol 7.2 and 4.2; what calls for a look is our proposal: a mood at the bottom, much bother, no sleep, the bladder
(long use of the drug can harm it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ASKED = ("mood", "effects", "bother", "sleep", "bladder", "thoughts")
TOPS = {"mood": 10, "bother": 2, "sleep": 3, "thoughts": 2}
LOW_MOOD = 2
MUCH, HARDLY = 2, 3
LONGEST = 300

ASK = {
    "mood": "Choose a number from 0 to 10.",
    "effects": "Choose what fits, or “None of these”.",
    "bother": "Choose how much.",
    "sleep": "Choose how the night was.",
    "bladder": "Choose yes or no.",
    "thoughts": "Choose an answer. Every answer is fine here.",
}


def problems(values: Mapping[str, Any]) -> dict[str, str]:
    """What is missing or out of range, by field, in English: doors say it in the patient's language."""
    found = {name: ASK[name] for name in ASKED if values.get(name) is None}
    for name, top in TOPS.items():
        value = values.get(name)
        if value is not None and not 0 <= value <= top:
            found[name] = ASK[name]
    if len(values.get("effects_words") or "") > LONGEST:
        found["effects_words"] = f"Keep it to {LONGEST} characters."
    return found


def speaks_of_suicide(thoughts: int | None) -> bool:
    return bool(thoughts)


def calls_for_a_look(values: Mapping[str, Any]) -> bool:
    """Whether a nurse reads these answers today. Thoughts of suicide have an alert of their own."""
    return bool(
        values["mood"] <= LOW_MOOD
        or values["bother"] == MUCH
        or values["sleep"] == HARDLY
        or values["bladder"]
        or values.get("effects_words")
    )
