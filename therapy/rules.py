"""Pure rules of the talk: what each session writes down, and when it may take place (protocol section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Section:
    """One heading of a note. What is `required` must be written before the note can be signed."""

    key: str
    label: str
    help: str = ""
    required: bool = False


# Preparation fields: S-JC, S-TCC. Midpoint and integration: protocol section 5.
PLAN = (
    Section("focus", "Focus of this session", "What is to happen today.", required=True),
    Section("approach", "How", "Modality, exercises, materials."),
    Section("watch", "To watch for", "Risk, boundaries, what happened last time."),
)
PROGRESS: dict[str, tuple[Section, ...]] = {
    "preparation": (
        Section("history", "Relevant history", "Trauma and alliance, only what the treatment needs."),
        Section("expectations", "Expectations and fears", "", required=True),
        Section("education", "What was explained", "Effects, dissociation, side effects, set and setting."),
        Section("intentions", "Intentions", "One to three, in the patient’s words.", required=True),
        Section("coping", "Coping and grounding plan", "", required=True),
        Section("boundaries", "Boundaries and touch", "What was agreed.", required=True),
        Section("setting", "Set and setting", "Music, eye mask, support person, phone off."),
        Section("goals", "Goals", "Measurable: what would be different."),
        Section("risk", "Risk", "Suicidal thoughts, safety plan.", required=True),
        Section("plan", "Plan", "", required=True),
    ),
    "midpoint": (
        Section("course", "Course so far", "Scores, sleep, habits, what others notice.", required=True),
        Section("themes", "Themes of the sessions", "A summary, not the content."),
        Section("challenges", "Challenging experiences", ""),
        Section("intentions", "Change of intention", "In the patient’s words."),
        Section("side_effects", "Side effects and adherence", ""),
        Section("risk", "Risk", "Suicidal thoughts, safety plan.", required=True),
        Section("plan", "Plan for the remaining visits", "", required=True),
    ),
    "integration": (
        Section("meaning", "Meaning", "What the patient takes along.", required=True),
        Section("actions", "Insights into actions", "What, when, with whom.", required=True),
        Section("warning_signs", "Warning signs", "What would show that it is getting worse.", required=True),
        Section("supports", "Supports and handover", "Own therapist, family, community."),
        Section("homework", "Homework", "Journal, sleep, movement, relationships."),
        Section("maintenance", "Wish for boosters", ""),
        Section("risk", "Risk", "Suicidal thoughts, safety plan.", required=True),
        Section("plan", "Goals for the next four to eight weeks", "", required=True),
    ),
}


def sections(note_kind: str, session_kind: str) -> tuple[Section, ...]:
    """The headings of a note. Raises KeyError for a kind of session nobody knows."""
    return PLAN if note_kind == "plan" else PROGRESS[session_kind]


def integration_window(last_given: datetime, *, hours: int, grace_days: int) -> tuple[datetime, datetime]:
    """Until when integration is due, and until when grace lasts (Seed A, S-JC; 72 hours and 7 days by default)."""
    return last_given + timedelta(hours=hours), last_given + timedelta(days=grace_days)
