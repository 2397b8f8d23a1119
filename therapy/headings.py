"""What each note writes down, by the kind of its session (protocol section 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace

MOST = 20_000
"""Characters under one heading."""


@dataclass(frozen=True)
class Section:
    """One heading of a note.

    What is `required` must be written before the note can be signed. What `lasts` may be copied from the note before:
    nothing that was measured or observed that day, and never the risk.
    """

    key: str
    label: str
    help: str = ""
    required: bool = False
    lasts: bool = False


_STATUS = Section("status", "How they are", "Symptoms, sleep, function, since last time.", required=True)
_BOUNDARIES = Section("boundaries", "Boundaries and touch", "What was agreed, in plain words.", lasts=True)
_INTENTIONS = Section("intentions", "Intentions", "One to three, in the patient’s words.", lasts=True)
_GOALS = Section("goals", "Goals", "Measurable: what would be different.", lasts=True)
_SUPPORTS = Section("supports", "Supports and handover", "Own therapist, family, community.", lasts=True)
_HOMEWORK = Section("homework", "Homework", "Journal, activity, sleep, movement, relationships.", lasts=True)
_WARNING = Section("warning_signs", "Warning signs", "What would show that it is getting worse.", lasts=True)
_DIFFICULT = Section("challenges", "Difficult moments", "What was hard, and how it was met.")
_RISK = Section("risk", "Risk", "Suicidal thoughts, safety plan.", required=True)

# Preparation fields: S-JC, S-TCC. Midpoint and integration: protocol section 5; what every progress note holds: its
# last line (documentation split), 45 CFR 164.501.
PLAN = (
    Section("focus", "Focus of this session", "What is to happen today; a line for each point.", required=True),
    Section("approach", "How", "Exercises, materials.", lasts=True),
    Section("watch", "To watch for", "Boundaries, what happened last time."),
)
PROGRESS: dict[str, tuple[Section, ...]] = {
    "preparation": (
        replace(_STATUS, required=False),
        Section("history", "Alliance and history", "Trauma and trust, only what the treatment needs.", lasts=True),
        Section("expectations", "Expectations and fears", "", required=True),
        Section("education", "What was explained", "Effects, dissociation, side effects, set and setting."),
        replace(_INTENTIONS, required=True),
        Section("coping", "Coping and grounding plan", "", required=True, lasts=True),
        replace(_BOUNDARIES, required=True),
        Section("setting", "Set and setting", "Music, eye mask, support person, phone off.", lasts=True),
        Section("logistics", "Arrangements", "The ride, who is at home, the days after."),
        _GOALS,
        Section("plan", "Plan", "", required=True),
        _RISK,
    ),
    "midpoint": (
        Section("course", "How they are", "Scores, sleep, what others notice.", required=True),
        Section("themes", "What we worked on", "Themes in summary, not the content."),
        _DIFFICULT,
        replace(_INTENTIONS, label="Intention, kept or changed"),
        replace(_BOUNDARIES, help="Whether what was agreed still holds."),
        Section("habits", "Habits begun", "Sleep, walking, contact."),
        Section("side_effects", "Side effects and adherence"),
        Section("plan", "For the remaining infusions", "", required=True),
        replace(_HOMEWORK, label="Agreed until next time"),
        _RISK,
    ),
    "integration": (
        replace(_STATUS, required=False),
        Section("meaning", "Meaning", "What the patient takes along.", required=True),
        Section("actions", "Insights into actions", "What, when, with whom.", required=True),
        replace(_WARNING, required=True),
        _SUPPORTS,
        _HOMEWORK,
        Section("maintenance", "Boosters", "What the patient would like."),
        Section("plan", "Goals for the next four to eight weeks", "", required=True),
        _RISK,
    ),
    "further": (
        _STATUS,
        Section("themes", "What we worked on", "Themes in summary, not the content.", required=True),
        _DIFFICULT,
        _INTENTIONS,
        Section("actions", "Insights into actions", "What was tried, what comes next."),
        _WARNING,
        _SUPPORTS,
        _HOMEWORK,
        Section("plan", "Plan", "", required=True),
        _RISK,
    ),
    "group": (
        Section("topic", "Topic of the group", "", required=True),
        Section("part", "Taking part", "How this patient took part. Nobody else of the group is named.", required=True),
        Section("themes", "Themes for this patient", "A summary, not the content."),
        _HOMEWORK,
        Section("plan", "Plan", "", required=True),
        _RISK,
    ),
}


def sections(note_kind: str, session_kind: str) -> tuple[Section, ...]:
    """The headings of a note. Raises KeyError for a kind of session nobody knows."""
    return PLAN if note_kind == "plan" else PROGRESS[session_kind]
