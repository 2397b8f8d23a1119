"""What happened, as codes for a bill: minutes and amounts to suggestions, each with the sentence that explains it.

Pure: no database, no clock. The coder decides. Labels are our own words; code descriptors of the AMA are not copied.
Minutes: S-CPT1, S-CPT2, S-CPT3 (infusion time); protocol 6.2 (psychotherapy, visits, drug). The clinic's own dated
table (insurance.code_tables) stands before `USUAL`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from clinic.wording import number, quantity

EDGE = 1
"""So near to a limit of minutes, a slip of the clock changes the code: it is said (protocol 6.2)."""
CODE_SHAPE = r"[A-Z0-9]{5}"
MODIFIER_SHAPE = r"[A-Z0-9]{2}"


class What(StrEnum):
    """What a rule is about."""

    INFUSION = "infusion", "Infusion, first hour"
    FURTHER = "further", "Infusion, each further hour"
    PUSH = "push", "Too short for an infusion, or no stop time"
    DRUG = "drug", "Drug"
    NEW = "new", "Visit of a new patient"
    KNOWN = "known", "Visit of a known patient"
    TALK = "talk", "Psychotherapy"
    GROUP = "group", "Psychotherapy in a group"
    SCORE = "score", "Standard questionnaire"
    SAFETY = "safety", "Safety planning"

    label: str

    def __new__(cls, value: str, label: str) -> What:
        made = str.__new__(cls, value)
        made._value_, made.label = value, label
        return made


class Rule(NamedTuple):
    """One line of the table: from `least` to `most` minutes, both included; `step` minutes for each further unit."""

    what: str
    code: str
    label: str
    least: int | None = None
    most: int | None = None
    step: int | None = None
    modifier: str = ""


USUAL: tuple[Rule, ...] = (
    Rule(What.PUSH, "96374", "IV push", 1, 15),
    Rule(What.INFUSION, "96365", "Infusion, first hour", 16, 90),
    Rule(What.FURTHER, "96366", "Infusion, further hour", 91, None, 60),
    Rule(What.DRUG, "J3490", "Ketamine"),
    Rule(What.NEW, "99202", "New patient, 15 to 29 min", 15, 29),
    Rule(What.NEW, "99203", "New patient, 30 to 44 min", 30, 44),
    Rule(What.NEW, "99204", "New patient, 45 to 59 min", 45, 59),
    Rule(What.NEW, "99205", "New patient, 60 min or more", 60),
    Rule(What.KNOWN, "99212", "Known patient, 10 to 19 min", 10, 19),
    Rule(What.KNOWN, "99213", "Known patient, 20 to 29 min", 20, 29),
    Rule(What.KNOWN, "99214", "Known patient, 30 to 39 min", 30, 39),
    Rule(What.KNOWN, "99215", "Known patient, 40 min or more", 40),
    Rule(What.TALK, "90832", "Psychotherapy, 16 to 37 min", 16, 37),
    Rule(What.TALK, "90834", "Psychotherapy, 38 to 52 min", 38, 52),
    Rule(What.TALK, "90837", "Psychotherapy, 53 min or more", 53),
    Rule(What.GROUP, "90853", "Group psychotherapy"),
    Rule(What.SCORE, "96127", "Questionnaire, scored"),
    Rule(What.SAFETY, "G0560", "Safety planning"),
)
OTHERS: dict[str, str] = {
    "90791": "Diagnostic evaluation",
    "90792": "Diagnostic evaluation with medical services",
    "90839": "Psychotherapy for crisis",
    "90853": "Group psychotherapy",
}
"""What the coder may choose beside the rules (protocol 6.2)."""


@dataclass(frozen=True)
class Suggestion:
    """A line for the bill. `key` tells the lines of one visit apart."""

    key: str
    code: str
    units: int
    label: str
    sentence: str
    modifier: str = ""
    warning: str = ""
    ndc: str = ""
    drug_mg: Decimal | None = None
    drug_ml: Decimal | None = None
    wasted_mg: Decimal | None = None


@dataclass(frozen=True)
class Infused:
    """The drug ran for so many minutes without pauses; None: nobody wrote when it stopped."""

    minutes: int | None
    span: str = ""
    paused: int = 0


@dataclass(frozen=True)
class Drug:
    """What was given and what was wasted of it, in mg and mL of the vial."""

    mg: Decimal
    ml: Decimal
    wasted_mg: Decimal = Decimal(0)
    ndc: str = ""


@dataclass(frozen=True)
class Seen:
    """A visit with a provider. `measured`: start and stop were recorded; else the minutes are the booked ones.

    None: the visit was for something else that did not take place, and perhaps a provider saw the patient.
    """

    minutes: int | None
    new: bool
    measured: bool
    beside_infusion: bool = False


@dataclass(frozen=True)
class Talked:
    """A therapy session; None: the note has no start and stop."""

    minutes: int | None
    signed: bool
    modality: str = "individual"
    reached: str = "in_person"


@dataclass(frozen=True)
class Scored:
    """Standard questionnaires that were scored at the visit, by name."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Planned:
    """A safety plan was written with the patient."""


Fact = Infused | Drug | Seen | Talked | Scored | Planned


def suggest(facts: Sequence[Fact], rules: Sequence[Rule] = USUAL) -> list[Suggestion]:
    """The lines that the facts of one visit support, in the order of a bill."""
    return [line for fact in facts for line in _READERS[type(fact)](fact, rules)]


def _infused(fact: Infused, rules: Sequence[Rule]) -> Iterator[Suggestion]:
    push, first, further = (_only(rules, what) for what in (What.PUSH, What.INFUSION, What.FURTHER))
    minutes = fact.minutes
    if minutes is None:
        if push:
            why = "No stop time is written, so no more than an IV push can be billed."
            yield _line(push, 1, why, warning="Add the stop time in the record, then look here again.")
        return
    said = f"{quantity(minutes, 'min')}{f' ({fact.span})' if fact.span else ''}"
    said += f", {quantity(fact.paused, 'min')} of pause not counted" if fact.paused else ""
    near = _near(minutes, [rule.least for rule in (first, further) if rule])
    if first is None or minutes < (first.least or 0):
        if push and minutes > 0:
            least = f"; an infusion needs at least {quantity(first.least, 'min')}" if first and first.least else ""
            yield _line(push, 1, f"{said}: an IV push{least}.", warning=near)
        return
    most = f" ({first.least} to {quantity(first.most, 'min')})" if first.least and first.most else ""
    yield _line(first, 1, f"{said}: the first hour{most}.", warning=near)
    if further and further.least and further.step and minutes >= further.least:
        hours = 1 + (minutes - further.least) // further.step
        half = further.step // 2
        yield _line(
            further, hours, f"{said}: {hours} further {'hour' if hours == 1 else 'hours'}, "
            f"each begun by more than {quantity(half, 'min')}.", warning=near,
        )  # fmt: skip


def _drug(fact: Drug, rules: Sequence[Rule]) -> Iterator[Suggestion]:
    rule = _only(rules, What.DRUG)
    if rule is None or fact.mg <= 0:
        return
    sentence = f"{quantity(fact.mg, 'mg')} given, {quantity(fact.ml, 'mL')} of the vial."
    if fact.wasted_mg > 0:
        sentence += f" {quantity(fact.wasted_mg, 'mg')} wasted: JW where the payer asks for it."
    warning = "" if fact.ndc else "The vial has no NDC on file; an unlisted drug is not paid without one."
    yield Suggestion(
        key=What.DRUG, code=rule.code, units=1, label=rule.label, sentence=sentence, modifier=rule.modifier,
        warning=warning, ndc=fact.ndc, drug_mg=fact.mg, drug_ml=fact.ml, wasted_mg=fact.wasted_mg,
    )  # fmt: skip


def _seen(fact: Seen, rules: Sequence[Rule]) -> Iterator[Suggestion]:
    what = What.NEW if fact.new else What.KNOWN
    if fact.minutes is None:
        bands = [each for each in rules if each.what == what]
        if bands:
            why = "Nothing was given. A visit can be billed if a provider saw the patient and noted it."
            yield _line(bands[0], 1, why, warning="No minutes of a provider are recorded: keep, change or decline it.")
        return
    rule = _band(rules, what, fact.minutes)
    who = "a new patient" if fact.new else "a known patient"
    if rule is None:
        return
    sentence = f"{quantity(fact.minutes, 'min')} with {who}."
    warning = _near(fact.minutes, [each.least for each in rules if each.what == what])
    if not fact.measured:
        sentence = f"{quantity(fact.minutes, 'min')} with {who}, as booked."
        warning = "Nobody recorded when it began and ended. Ask the provider for the minutes."
    modifier = rule.modifier or ("25" if fact.beside_infusion else "")
    yield _line(rule, 1, sentence, warning=warning, modifier=modifier)


NOT_ALONE = {
    "couple_family": "Held with a partner or the family: 90847, or 90846 without the patient, instead.",
    "group": "Held as a group: 90853 once, whatever the minutes, instead.",
}
ELSEWHERE = {"video": "Held by video", "phone": "Held by phone"}


def _talked(fact: Talked, rules: Sequence[Rule]) -> Iterator[Suggestion]:
    bands = [rule for rule in rules if rule.what == What.TALK]
    if fact.modality == "group" and (group := _only(rules, What.GROUP)):
        yield _in_group(fact, group)
        return
    if fact.minutes is None:
        if bands:
            why = "The note has no start and stop, so the shortest session is suggested."
            yield _line(bands[0], 1, why, warning="Ask the therapist for the minutes.")
        return
    rule = _band(rules, What.TALK, fact.minutes)
    if rule is None:
        return
    warning = _near(fact.minutes, [each.least for each in bands])
    if fact.reached in ELSEWHERE:
        warning = f"{ELSEWHERE[fact.reached]}: look up the payer’s telehealth modifier and place of service."
    if fact.modality in NOT_ALONE:
        warning = NOT_ALONE[fact.modality]
    if not fact.signed:
        warning = "The note is not signed and co-signed yet; nothing may be billed on it before."
    yield _line(rule, 1, f"{quantity(fact.minutes, 'min')} of psychotherapy by start and stop.", warning=warning)


def _in_group(fact: Talked, rule: Rule) -> Suggestion:
    """Once for each member, whatever the minutes; they are said because payers ask for them (protocol 6.2)."""
    warning = f"{ELSEWHERE[fact.reached]}: look up the payer’s telehealth rules." if fact.reached in ELSEWHERE else ""
    if not fact.signed:
        warning = "The note is not signed and co-signed yet; nothing may be billed on it before."
    if fact.minutes is None:
        return _line(rule, 1, "Held as a group.", warning="The note has no start and stop. Ask the therapist.")
    return _line(rule, 1, f"{quantity(fact.minutes, 'min')} in a group: once, whatever the minutes.", warning=warning)


def _scored(fact: Scored, rules: Sequence[Rule]) -> Iterator[Suggestion]:
    rule = _only(rules, What.SCORE)
    if rule and fact.names:
        yield _line(rule, len(fact.names), f"Scored at this visit: {', '.join(fact.names)}.")


def _planned(_: Planned, rules: Sequence[Rule]) -> Iterator[Suggestion]:
    rule = _only(rules, What.SAFETY)
    if rule:
        yield _line(rule, 1, "A safety plan was written at this visit.", warning="Counted in steps of 20 min.")


_READERS: dict[type, Callable[..., Iterator[Suggestion]]] = {
    Infused: _infused, Drug: _drug, Seen: _seen, Talked: _talked, Scored: _scored, Planned: _planned,
}  # fmt: skip


def _line(rule: Rule, units: int, sentence: str, *, warning: str = "", modifier: str = "") -> Suggestion:
    return Suggestion(
        key=rule.what, code=rule.code, units=units, label=rule.label, sentence=sentence,
        modifier=modifier or rule.modifier, warning=warning,
    )  # fmt: skip


def _only(rules: Sequence[Rule], what: What) -> Rule | None:
    return next((rule for rule in rules if rule.what == what), None)


def _band(rules: Sequence[Rule], what: What, minutes: int) -> Rule | None:
    """The rule of the band in which the minutes lie."""
    for rule in rules:
        if rule.what == what and (rule.least or 0) <= minutes <= (rule.most or minutes):
            return rule
    return None


def _near(minutes: int, limits: Sequence[int | None]) -> str:
    """A sentence where one minute more or less would be another code (15 and 16, 90 and 91)."""
    for limit in limits:
        if limit and limit - EDGE <= minutes < limit + EDGE:
            side = "One minute less" if minutes >= limit else "One minute more"
            return f"{side} is another code. Compare start and stop with the record."
    return ""


def problems(rules: Sequence[Rule]) -> list[str]:
    """What is wrong with a table, a sentence each: bands that overlap, run backward, or a step where none belongs."""
    found = []
    for what in What:
        own = [rule for rule in rules if rule.what == what]
        single = what not in {What.NEW, What.KNOWN, What.TALK}
        if single and len(own) > 1:
            found.append(f"{what.label}: one line at most.")
        found += [
            f"{rule.code}: the last minute is before the first."
            for rule in own
            if rule.least and rule.most and rule.most < rule.least
        ]
        if single:
            continue
        bands = sorted(own, key=lambda rule: rule.least or 0)
        found += [
            f"{one.code} and {two.code} share {number(two.least or 0)} min; each minute has one code."
            for one, two in pairwise(bands)
            if one.most is None or one.most >= (two.least or 0)
        ]
    further = _only(rules, What.FURTHER)
    if further and not further.step:
        found.append(f"{further.code}: write how many minutes a further unit has.")
    return found
