"""Every kind of message: when it is planned, and what it may say. The one catalogue of what patients are told.

Sources: protocol 7.2 (schedule), 7.3 (content), Table A (reminder_offsets, postinfusion_checkin).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reminders.rules import SENDER_LIMIT

NAME_LIMIT = 15  # longer first names are cut in a text message
ITEMS_LIMIT = 37  # of a text that says several things


@dataclass(frozen=True)
class Placeholder:
    """What `$name` stands for; `longest` is what a text message must have room for."""

    name: str
    meaning: str
    longest: str
    in_text: bool = True


_KNOWN = (
    Placeholder("first_name", "the name the patient goes by", "W" * NAME_LIMIT),
    Placeholder("site", "the clinic’s name in messages", "W" * SENDER_LIMIT),
    Placeholder("day", "the day of the visit; short in a text message", "mié 30 sep"),
    Placeholder("time", "the hour of the visit", "10:30 AM"),
    Placeholder("phone", "the clinic’s phone number", "(555) 010-0000"),
    Placeholder("link", "the secret address; made anew for each message", ""),  # as long as the house's own address
    Placeholder("until", "until when to answer", "mié 30 sep, 10:30 AM"),
    Placeholder("dates", "all dates, one on each line", "", in_text=False),
    Placeholder("items", "what there is today, in a few words", "W" * ITEMS_LIMIT),
)
PLACEHOLDERS: Mapping[str, Placeholder] = {one.name: one for one in _KNOWN}
_ALWAYS = frozenset({"first_name", "site", "phone"})


@dataclass(frozen=True)
class MessageKind:
    """One kind: its name and moment for staff, what its words may and must say."""

    key: str
    label: str
    when: str
    may: frozenset[str] = frozenset()
    must: frozenset[str] = frozenset()
    """What the letter and the text message both have to say."""
    brief: Mapping[str, str] = field(default_factory=dict)
    """How the text of another message says it, by language; none where it has an address of its own."""
    safety: bool = False
    """Sent by itself when no other way is left, also as the second text of a day."""
    only_text: bool = False
    own_link: bool = False
    """Its address is made when it is planned, and leads elsewhere than to the patient's own page."""
    opens: str = "linked:start"
    """The name of the address it carries."""

    @property
    def placeholders(self) -> frozenset[str]:
        return self.may | self.must | _ALWAYS

    @property
    def in_text(self) -> frozenset[str]:
        return frozenset(name for name in self.placeholders if PLACEHOLDERS[name].in_text)


_VISIT = frozenset({"day", "time"})
_LINK = frozenset({"link"})
_REMINDER = {"en": "visit $day $time", "es": "visita $day $time"}

_ALL = (
    MessageKind(
        "appointment_72h", "Reminder, three days before",
        "Three days (72 hours) before each visit, at the same hour", _LINK, _VISIT, _REMINDER,
    ),
    MessageKind(
        "appointment_24h", "Reminder, the day before",
        "One day (24 hours) before each visit, at the same hour", _LINK, _VISIT, _REMINDER,
    ),
    MessageKind(
        "appointment_2h", "Reminder on the day",
        "Some hours before each visit, where the site has set so", _LINK | {"day"}, frozenset({"time"}), _REMINDER,
    ),
    MessageKind(
        "visits_booked", "All dates of the visits", "When a series is booked", _LINK, frozenset({"dates"}),
        {"en": "your dates", "es": "sus fechas"},
    ),
    MessageKind(
        "instructions", "How to prepare", "When the first visit of a series is booked", frozenset(), _LINK,
        {"en": "how to prepare", "es": "cómo prepararse"},
    ),
    MessageKind(
        "evening_note", "The evening after", "At 18:00 on the day of an infusion, or an hour after the patient left",
        frozenset(), _LINK, {"en": "no driving today", "es": "hoy no conduzca"}, safety=True,
    ),
    MessageKind(
        "checkin_24h", "How are you?", "24 hours after an infusion, or as the site has set",
        frozenset(), _LINK, {"en": "how are you", "es": "cómo está"}, safety=True,
    ),
    MessageKind(
        "questions_due", "Questions to answer", "When questionnaires come due at home", frozenset(), _LINK,
        {"en": "questions", "es": "preguntas"},
    ),
    MessageKind(
        "integration_due", "Closing visit to be booked",
        "The morning after the last infusion, while the closing session is not booked", _LINK, frozenset(),
        {"en": "book a visit", "es": "reserve visita"},
    ),
    MessageKind(
        "booster_due", "Next visit to be booked", "14 days before a booster is due, while none is booked", _LINK,
        frozenset(), {"en": "book a visit", "es": "reserve visita"},
    ),
    MessageKind(
        "series_summary", "Summary of a series", "When the summary of a series is ready for the patient", frozenset(),
        _LINK, {"en": "a letter", "es": "una carta"},
    ),
    MessageKind(
        "slot_offer", "Offer of an earlier time", "When a time comes free that a waiting patient wished for",
        frozenset({"until"}), _VISIT | _LINK, own_link=True, opens="visits:offer",
    ),
    MessageKind(
        "slot_gone", "An offered time was taken", "When somebody else took a time that was offered",
        frozenset(), _VISIT,
    ),
    MessageKind("slot_yours", "The offered time is theirs", "When an offer was accepted", frozenset(), _VISIT),
    MessageKind(
        "patient_link", "Link to questions", "When staff send a link", frozenset({"until"}), _LINK, own_link=True,
    ),
    MessageKind(
        "paper_link", "Link to a paper", "When staff give a paper by link", frozenset({"until"}), _LINK, own_link=True,
    ),
    MessageKind(
        "plan_link", "Link to their plan", "When a therapist gives a patient their plan", frozenset({"until"}), _LINK,
        own_link=True,
    ),
    MessageKind(
        "pass_on_link", "Link to pass on", "When a patient agreed that somebody close to them writes to us",
        frozenset({"until"}), _LINK, own_link=True,
    ),
    MessageKind(
        "plan_step", "Something they planned", "On the morning of a step of their plan, where the patient wants it",
        frozenset(), _LINK, {"en": "your plan", "es": "su plan"},
    ),
    MessageKind(
        "several", "Several things in one text", "When more than one text is due to a patient on a day",
        frozenset(), _LINK | {"items"}, only_text=True,
    ),
)  # fmt: skip
KINDS: Mapping[str, MessageKind] = {kind.key: kind for kind in _ALL}
MERGED = "several"
