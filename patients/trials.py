"""Earlier treatments: which of them count, and what a clinic or a payer asks of them (protocol 1.2). Pure; no ORM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Non-response is less than 50 % better; a drug that was not tolerated was never an adequate trial (S-TRDdef).
FAILED_OUTCOMES = frozenset({"none", "under_25", "under_50"})
DAYS_A_YEAR = 365.25


class Kind(StrEnum):
    DRUG = "drug"
    AUGMENTATION = "augmentation"
    THERAPY = "psychotherapy"


_CLASSES: tuple[tuple[str, str], ...] = (
    ("SSRI", "citalopram escitalopram fluoxetine fluvoxamine paroxetine sertraline"),
    ("SNRI", "venlafaxine desvenlafaxine duloxetine levomilnacipran milnacipran"),
    ("NDRI", "bupropion"),
    ("NaSSA", "mirtazapine"),
    ("Serotonin modulator", "trazodone nefazodone vortioxetine vilazodone"),
    ("TCA", "amitriptyline nortriptyline imipramine desipramine clomipramine doxepin protriptyline trimipramine"),
    ("MAOI", "phenelzine tranylcypromine isocarboxazid selegiline"),
    ("NMDA antagonist", "esketamine ketamine"),
    (
        "Augmentation",
        "lithium aripiprazole quetiapine brexpiprazole cariprazine olanzapine risperidone liothyronine lamotrigine",
    ),
    ("Neuromodulation", "ect tms rtms vns"),
    ("Psychotherapy", "psychotherapy cbt ipt dbt emdr cbasp"),
)
CLASSES: tuple[str, ...] = tuple(name for name, _ in _CLASSES)
_BY_WORD: Mapping[str, str] = {word: name for name, words in _CLASSES for word in words.split()}
_KINDS: Mapping[str, Kind] = {"augmentation": Kind.AUGMENTATION, "psychotherapy": Kind.THERAPY}


@dataclass(frozen=True)
class Trial:
    treatment: str
    weeks: int
    outcome: str
    this_episode: bool = True
    treatment_class: str = ""
    stopped: date | None = None
    adherence: str = ""

    @property
    def known_class(self) -> str:
        """The class as it was written; otherwise what the name of the drug says; otherwise empty."""
        if self.treatment_class:
            return self.treatment_class
        words = (word.strip(".,;()").lower() for word in self.treatment.replace("-", " ").split())
        return next((_BY_WORD[word] for word in words if word in _BY_WORD), "")

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.known_class.casefold(), Kind.DRUG)


@dataclass(frozen=True)
class Profile:
    """What somebody asks of earlier treatments; 0 asks nothing. The sources differ, so each has its own."""

    name: str
    trials: int
    weeks: int
    classes: int = 0
    augmentations: int = 0
    psychotherapies: int = 0
    within_years: int = 0
    phq9: int = 0
    note: str = ""


@dataclass(frozen=True)
class TrialJudgement:
    trial: Trial
    counts: bool
    why: str


def judge(trial: Trial, profile: Profile, today: date) -> TrialJudgement:
    """Whether a trial counts as adequate and failed for this profile, and why not."""
    why = _against(trial, profile, today)
    if why:
        return TrialJudgement(trial, False, why)
    return TrialJudgement(trial, True, f"{trial.weeks} weeks at an adequate dose, failed")


def _against(trial: Trial, profile: Profile, today: date) -> str:
    if trial.kind is Kind.THERAPY and not profile.psychotherapies:
        return "a psychotherapy; asked for are drugs and the like"
    if trial.outcome not in FAILED_OUTCOMES:
        return "not tolerated, so not an adequate trial" if trial.outcome == "intolerant" else "it helped"
    if trial.weeks < profile.weeks:
        return f"{trial.weeks} of {profile.weeks} weeks at an adequate dose"
    if trial.adherence == "poor":
        return "taken less than half of the time, so not an adequate trial"
    if not profile.within_years:
        return ""
    if trial.stopped is None:
        return (
            "" if trial.this_episode else f"when it ended is not known; it must be within {profile.within_years} years"
        )
    years = (today - trial.stopped).days / DAYS_A_YEAR
    return f"it ended more than {profile.within_years} years ago" if years > profile.within_years else ""


@dataclass(frozen=True)
class Part:
    """One of the things a profile asks: “2 of 4 adequate trials”."""

    have: int
    asked: int
    words: str

    @property
    def met(self) -> bool:
        return self.have >= self.asked

    @property
    def sentence(self) -> str:
        return f"{self.have} of {self.asked} {self.words}"


@dataclass(frozen=True)
class Standing:
    """How far the treatments reach for one profile."""

    profile: Profile
    judgements: tuple[TrialJudgement, ...]
    parts: tuple[Part, ...]

    @property
    def met(self) -> bool:
        return all(part.met for part in self.parts)

    @property
    def sentence(self) -> str:
        return ", ".join(part.sentence for part in self.parts)


def measure(trials: Sequence[Trial], profile: Profile, today: date) -> Standing:
    """Every trial judged for a profile, and what it asks counted.

    Psychotherapy is no drug trial. An augmentation counts as a trial, unless the profile counts those by themselves.
    """
    judgements = tuple(judge(trial, profile, today) for trial in trials)
    good = [row.trial for row in judgements if row.counts]
    augmented = [trial for trial in good if trial.kind is Kind.AUGMENTATION]
    apart = augmented if profile.augmentations else []
    plain = [trial for trial in good if trial.kind is not Kind.THERAPY and trial not in apart]
    classes = {trial.known_class.casefold() for trial in plain if trial.known_class}
    therapies = sum(trial.kind is Kind.THERAPY for trial in good)
    asked = (
        Part(len(plain), profile.trials, "adequate trials"),
        Part(len(classes), profile.classes, "classes"),
        Part(len(augmented), profile.augmentations, "augmentations"),
        Part(therapies, profile.psychotherapies, "psychotherapies"),
    )
    return Standing(profile, judgements, tuple(part for part in asked if part.asked))
