"""The 270 that asks a payer for benefits (005010X279A1), one transaction a person, in one interchange."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from insurance.x12.codes import RELATIONS
from insurance.x12.letters import number, written
from insurance.x12.segments import Delimiters

VERSION = "005010X279A1"
MARKS = Delimiters()
SEXES = {"female": "F", "male": "M"}


@dataclass(frozen=True)
class Person:
    """Somebody as the payer knows them, by the letters on the card."""

    family_name: str
    given_name: str
    middle_name: str = ""
    birth_date: date | None = None
    sex: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked about one person. `relation` is how the dependent is related to the subscriber."""

    trace: str
    payer_name: str
    payer_id: str
    provider_name: str
    npi: str
    company_id: str
    member_id: str
    subscriber: Person
    on: date
    service_types: Sequence[str]
    dependent: Person | None = None
    relation: str = ""


@dataclass(frozen=True)
class Envelope:
    """Who sends to whom, and when by the sender's clock. `usage` is P for real inquiries, T for tests."""

    sender_kind: str
    sender: str
    receiver_kind: str
    receiver: str
    control_number: int
    at: datetime
    usage: str


def build(envelope: Envelope, questions: Iterable[Question]) -> str:
    """One interchange with one group; a segment a line. Raises Unwritable for a name X12 has no letters for."""
    control, day, clock = f"{envelope.control_number:09d}", f"{envelope.at:%Y%m%d}", f"{envelope.at:%H%M}"
    isa = [
        "ISA", "00", " " * 10, "00", " " * 10,
        envelope.sender_kind, envelope.sender.ljust(15), envelope.receiver_kind, envelope.receiver.ljust(15),
        day[2:], clock, MARKS.repetition, "00501", control, "0", envelope.usage, MARKS.component,
    ]  # fmt: skip
    sender, receiver, group = envelope.sender.strip(), envelope.receiver.strip(), str(envelope.control_number)
    found = [isa, ["GS", "HS", sender, receiver, day, clock, group, "X", VERSION]]
    count = 0
    for count, question in enumerate(questions, start=1):
        found += _transaction(f"{count:04d}", question, day, clock)
    found += [["GE", str(count), group], ["IEA", "1", control]]
    return "".join(_segment(one) for one in found)


def _segment(elements: Sequence[str]) -> str:
    """The elements without the empty ones at the end."""
    kept = list(elements)
    while not kept[-1]:
        kept.pop()
    return MARKS.element.join(kept) + MARKS.end + "\n"


def _transaction(place: str, asked: Question, day: str, clock: str) -> list[list[str]]:
    body = [
        ["ST", "270", place, VERSION],
        ["BHT", "0022", "13", asked.trace, day, clock],
        ["HL", "1", "", "20", "1"],
        ["NM1", "PR", "2", written(asked.payer_name, 60), "", "", "", "", "PI", number(asked.payer_id, 80)],
        ["HL", "2", "1", "21", "1"],
        ["NM1", "1P", "2", written(asked.provider_name, 60), "", "", "", "", "XX", asked.npi],
        ["HL", "3", "2", "22", "1" if asked.dependent else "0"],
    ]
    who = asked.dependent or asked.subscriber
    trace = ["TRN", "1", asked.trace, number(asked.company_id, 10)]
    subscriber = [_person("IL", asked.subscriber, asked.member_id), *_birth(asked.subscriber)]
    if asked.dependent:
        body += [*subscriber, ["HL", "4", "3", "23", "0"], trace, _person("03", who), *_birth(who)]
        body.append(["INS", "N", RELATIONS[asked.relation]])
    else:
        body += [trace, *subscriber]
    body.append(["DTP", "291", "D8", f"{asked.on:%Y%m%d}"])
    body.append(["EQ", MARKS.repetition.join(asked.service_types)])
    body.append(["SE", str(len(body) + 1), place])
    return body


def _person(kind: str, who: Person, member_id: str = "") -> list[str]:
    names = [written(who.family_name, 60), written(who.given_name, 35), written(who.middle_name, 25)]
    return ["NM1", kind, "1", *names, "", "", "MI" if member_id else "", number(member_id, 80)]


def _birth(who: Person) -> list[list[str]]:
    return [["DMG", "D8", f"{who.birth_date:%Y%m%d}", SEXES.get(who.sex, "")]] if who.birth_date else []
