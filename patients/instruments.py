"""The words of the questionnaires, unchanged, with their answers and their source.

PHQ-9 and GAD-7: developed by Drs Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an
educational grant from Pfizer Inc.; no permission required to reproduce, translate, display or distribute.
C-SSRS screener: Posner and colleagues; The Columbia Lighthouse Project. Wording is kept as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

Option = tuple[int, str]

HOW_OFTEN: tuple[Option, ...] = (
    (0, "Not at all"),
    (1, "Several days"),
    (2, "More than half the days"),
    (3, "Nearly every day"),
)
NO_YES: tuple[Option, ...] = ((0, "No"), (1, "Yes"))
BEHAVIOR_EVER: tuple[Option, ...] = (
    (0, "No, never"),
    (1, "Yes, more than 3 months ago"),
    (2, "Yes, within the past 3 months"),
)
BEHAVIOR_SINCE: tuple[Option, ...] = ((0, "No"), (2, "Yes"))

# Stored for a question that the screener itself tells not to ask: no answer is not the answer “no”.
NOT_ASKED = 9


@dataclass(frozen=True)
class Item:
    number: int
    text: str
    options: tuple[Option, ...]
    hint: str = ""

    @property
    def name(self) -> str:
        return f"item_{self.number}"


@dataclass(frozen=True)
class Instrument:
    """One questionnaire in one wording."""

    key: str
    version: str
    title: str
    stem: str
    items: tuple[Item, ...]
    credit: str

    def __len__(self) -> int:
        return len(self.items)


def _items(options: tuple[Option, ...], *texts: str) -> tuple[Item, ...]:
    return tuple(Item(number, text, options) for number, text in enumerate(texts, 1))


_PHQ_CREDIT = (
    "Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an educational grant "
    "from Pfizer Inc. No permission required to reproduce, translate, display or distribute."
)
_STEM = "Over the last 2 weeks, how often have you been bothered by any of the following problems?"

PHQ9 = Instrument(
    "phq9",
    "1",
    "PHQ-9",
    _STEM,
    _items(
        HOW_OFTEN,
        "Little interest or pleasure in doing things",
        "Feeling down, depressed, or hopeless",
        "Trouble falling or staying asleep, or sleeping too much",
        "Feeling tired or having little energy",
        "Poor appetite or overeating",
        "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
        "Trouble concentrating on things, such as reading the newspaper or watching television",
        "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so fidgety or "
        "restless that you have been moving around a lot more than usual",
        "Thoughts that you would be better off dead or of hurting yourself in some way",
    ),
    _PHQ_CREDIT,
)

GAD7 = Instrument(
    "gad7",
    "1",
    "GAD-7",
    _STEM,
    _items(
        HOW_OFTEN,
        "Feeling nervous, anxious or on edge",
        "Not being able to stop or control worrying",
        "Worrying too much about different things",
        "Trouble relaxing",
        "Being so restless that it is hard to sit still",
        "Becoming easily annoyed or irritable",
        "Feeling afraid as if something awful might happen",
    ),
    _PHQ_CREDIT,
)

_CSSRS_CREDIT = (
    "Columbia-Suicide Severity Rating Scale, screen version. The Columbia Lighthouse Project, New York State "
    "Psychiatric Institute."
)
_THOUGHTS = (
    "Have you wished you were dead or wished you could go to sleep and not wake up?",
    "Have you actually had any thoughts of killing yourself?",
    "Have you been thinking about how you might do this?",
    "Have you had these thoughts and had some intention of acting on them?",
    "Have you started to work out or worked out the details of how to kill yourself? "  # noqa: ISC004 - one question
    "Do you intend to carry out this plan?",
)
_EXAMPLES = (
    "Examples: Collected pills, obtained a gun, gave away valuables, wrote a will or suicide note, took out pills but "
    "didn’t swallow any, held a gun but changed your mind or it was grabbed from your hand, went to the roof but "
    "didn’t jump; or actually took pills, tried to shoot yourself, cut yourself, tried to hang yourself, etc."
)

CSSRS_RECENT = Instrument(
    "cssrs",
    "recent",
    "C-SSRS screener",
    "Past month",
    (
        *_items(NO_YES, *_THOUGHTS),
        Item(
            6,
            "Have you ever done anything, started to do anything, or prepared to do anything to end your life?",
            BEHAVIOR_EVER,
            f"{_EXAMPLES} If yes, was this within the past 3 months?",
        ),
    ),
    _CSSRS_CREDIT,
)

CSSRS_SINCE_LAST = Instrument(
    "cssrs",
    "since-last",
    "C-SSRS screener, since last contact",
    "Since last contact",
    (
        *_items(NO_YES, *_THOUGHTS),
        Item(
            6,
            "Have you done anything, started to do anything, or prepared to do anything to end your life?",
            BEHAVIOR_SINCE,
            _EXAMPLES,
        ),
    ),
    _CSSRS_CREDIT,
)

_ALL = (PHQ9, GAD7, CSSRS_RECENT, CSSRS_SINCE_LAST)


def wording(key: str, timepoint: str) -> Instrument:
    """The wording for an occasion: the C-SSRS asks for the past month at baseline, since last contact later.

    Raises KeyError for an instrument we do not hold.
    """
    if key == "cssrs":
        return CSSRS_RECENT if timepoint == "baseline" else CSSRS_SINCE_LAST
    return {"phq9": PHQ9, "gad7": GAD7}[key]


def stored(key: str, version: str) -> Instrument:
    """The wording in which a stored response was asked. Raises KeyError when we no longer hold it."""
    for instrument in _ALL:
        if (instrument.key, instrument.version) == (key, version):
            return instrument
    raise KeyError(f"{key} {version}")
