"""From the segments of a 271 to answers. Segments it does not know are kept in `raw`; a loop that is wrong is refused.

A transaction is a tree of HL loops: payer (20), provider (21), subscriber (22), dependent (23). Inside the loop of a
person, everything up to the first EB is about the person, and each EB opens a benefit that lasts to the next one
(005010X279A1, loops 2000A to 2120D).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from insurance.x12 import values
from insurance.x12.answer import Answer, Dated, Named, Party, Rejection, raw_of
from insurance.x12.envelope import Contents, Transaction, contents
from insurance.x12.segments import Segment, decoded, segments

LEVELS = {"20": "payer", "21": "provider", "22": "subscriber", "23": "dependent"}
PARENTS = {"20": {""}, "21": {"20"}, "22": {"21"}, "23": {"22"}}
MOST_ANSWERS, MOST_ABOUT = 1_000, 200


@dataclass
class Loop:
    """One HL and its segments."""

    level: str
    parent: Loop | None
    segments: list[Segment] = field(default_factory=list)
    children: list[Loop] = field(default_factory=list)

    def found(self, *tags: str) -> Iterator[Segment]:
        return (one for one in self.segments if one.tag in tags)

    def up(self) -> Iterator[Loop]:
        """This loop and those above it, the outermost first."""
        if self.parent:
            yield from self.parent.up()
        yield self


def read(content: bytes) -> tuple[list[Answer], Contents]:
    """Every answer of a file, and the file's remarks. Raises Broken; then nothing of the file may be used."""
    whole = contents(segments(decoded(content)))
    answers: list[Answer] = []
    for transaction in whole.transactions:
        answers += _answers(transaction, len(answers))
    return answers, whole


def read_again(raw: str) -> Answer:
    """The answer whose segments were kept. Raises Broken."""
    isa, gs, *body = segments(raw)
    return _answers(Transaction(isa, gs, tuple(body)), 0)[-1]


def _answers(transaction: Transaction, before: int) -> list[Answer]:
    head, loops = _tree(transaction.segments)
    speaking = [loop for loop in loops if not loop.children or (loop.level == "22" and any(loop.found("EB", "AAA")))]
    if before + len(speaking) > MOST_ANSWERS:
        raise transaction.segments[0].broken(f"the file holds more than {MOST_ANSWERS:,} answers. Ask for it in parts.")
    return [_answer(before + place, loop, head, transaction) for place, loop in enumerate(speaking, start=1)]


def _tree(body: Sequence[Segment]) -> tuple[list[Segment], list[Loop]]:
    """The segments before the first HL, and the loops in their order."""
    head: list[Segment] = []
    loops: list[Loop] = []
    by_id: dict[str, Loop] = {}
    for one in body[:-1]:
        if one.tag == "HL":
            loops.append(_opened(one, by_id))
        (loops[-1].segments if loops else head).append(one)
    if not loops:
        raise body[-1].broken("the transaction holds no HL: it speaks of nobody.")
    if not any(one.tag == "BHT" for one in head):
        raise body[0].broken("BHT is missing after it.")
    head.append(body[-1])
    return head, loops


def _opened(one: Segment, by_id: dict[str, Loop]) -> Loop:
    number, above, level = one[1], one[2], one[3]
    if level not in LEVELS:
        raise one.broken(f"HL03 is “{level[:4]}”; an answer knows 20, 21, 22 and 23.")
    if not number or number in by_id:
        raise one.broken("its number (HL01) is missing, or was used before.")
    parent = by_id.get(above) if above else None
    if (parent.level if parent else "") not in PARENTS[level] or (above and parent is None):
        raise one.broken(f"a {LEVELS[level]} does not belong under “{above[:12]}” (HL02).")
    loop = Loop(level, parent)
    if parent:
        parent.children.append(loop)
    by_id[number] = loop
    return loop


def _answer(position: int, loop: Loop, head: Sequence[Segment], transaction: Transaction) -> Answer:
    *above, _ = line = list(loop.up())
    by_level = {one.level: one for one in line}
    benefits, about = _benefits(loop)
    told = [*head[:-1], *(one for outer in above for one in _before_benefits(outer)), *loop.segments]
    traces = tuple(values.text(one[2], 50) for outer in reversed(line) for one in outer.found("TRN") if one[2])
    return Answer(
        position=position,
        sender=transaction.isa[6],
        traces=traces,
        reference=next((values.text(one[3], 50) for one in head if one.tag == "BHT"), ""),
        payer=_party(by_level["20"].segments),
        subscriber=_party(_before_benefits(by_level["22"])) if "22" in by_level else None,
        dependent=_party(about) if loop.level == "23" else None,
        benefits=tuple(benefits),
        dates=tuple(_all_dates(line)),
        rejections=tuple(_rejections(line)),
        messages=tuple(one[1] for one in about if one.tag == "MSG" and one[1]),
        raw=raw_of([transaction.isa, transaction.gs, *told, head[-1]]),
        digest=_digest(transaction, told, bool(traces)),
    )


def _digest(transaction: Transaction, told: Sequence[Segment], traced: bool) -> str:
    """What makes this answer the same as one in another file; without a trace number, its interchange is part of it."""
    envelope = [] if traced else [transaction.isa[6], transaction.isa[13], transaction.gs[6]]
    return hashlib.sha256("\n".join([*envelope, *(one.raw.strip() for one in told)]).encode()).hexdigest()


def _before_benefits(loop: Loop) -> list[Segment]:
    found: list[Segment] = []
    for one in loop.segments:
        if one.tag == "EB":
            break
        found.append(one)
        if len(found) > MOST_ABOUT:
            raise one.broken(f"more than {MOST_ABOUT} segments stand before the first benefit.")
    return found


def _benefits(loop: Loop) -> tuple[list[Named], list[Segment]]:
    """The benefits of a person's loop, and the segments before them."""
    about = _before_benefits(loop)
    groups: list[list[Segment]] = []
    inside = ""
    for one in loop.segments[len(about) :]:
        if one.tag == "EB":
            if inside:
                raise one.broken(f"the loop “{inside[:6]}” (LS) is not closed before it.")
            groups.append([])
        elif one.tag == "LS":
            if inside:
                raise one.broken("a loop (LS) inside another one.")
            inside = one[1] or "?"
        elif one.tag == "LE":
            if not inside or one[1] not in {inside, ""}:
                raise one.broken("it closes a loop (LE) that is not open.")
            inside = ""
        groups[-1].append(one)
    if inside:
        raise loop.segments[-1].broken(f"the loop “{inside[:6]}” (LS) is not closed after it.")
    return [_benefit(place, group) for place, group in enumerate(groups, start=1)], about


def _benefit(position: int, group: Sequence[Segment]) -> Named:
    eb = group[0]
    others = _others(group)
    own = [one for one in group if one.tag != "REF"]
    return Named(
        position=position,
        information=values.code(eb, 1, 2, needed=True),
        level=values.code(eb, 2, 3),
        service_types=values.codes(eb, 3, 2),
        insurance_type=values.code(eb, 4, 3),
        plan=values.text(eb[5], 50),
        period=values.code(eb, 6, 2),
        amount=values.money(eb, 7),
        percent=values.share(eb, 8),
        quantity_kind=values.code(eb, 9, 2),
        quantity=values.number(eb, 10),
        authorization_required={"Y": True, "N": False}.get(eb[11]),
        in_network={"Y": True, "N": False}.get(eb[12]),
        dates=tuple(_dated(own)),
        messages=tuple([one[1] for one in own if one.tag == "MSG" and one[1]]),
        others=tuple(others),
        rejections=tuple(_rejection("benefit", one) for one in own if one.tag == "AAA"),
        raw=raw_of(group),
    )


def _others(group: Sequence[Segment]) -> list[Party]:
    """Who else is named under a benefit (loop 2120), with phone numbers: another payer, a primary doctor."""
    starts = [place for place, one in enumerate(group) if one.tag == "NM1"]
    return [_party(group[start:end]) for start, end in itertools.pairwise([*starts, len(group)])]


def _party(about: Sequence[Segment]) -> Party:
    name = next((one for one in about if one.tag == "NM1"), None)
    if name is None:
        return Party()
    birth = next((one for one in about if one.tag == "DMG"), None)
    ins = next((one for one in about if one.tag == "INS"), None)
    return Party(
        kind=values.text(name[1], 3),
        family_name=values.text(name[3], 80),
        given_name=values.text(name[4], 80),
        middle_name=values.text(name[5], 80),
        id=values.text(name[9], 80),
        birth_date=values.day(birth, 2) if birth and birth[2] else None,
        relation=values.text(ins[2], 2) if ins else "",
        references=tuple((one[1], one[2]) for one in about if one.tag == "REF" and one[2]),
        phones=tuple(one[place + 1] for one in about if one.tag == "PER" for place in (3, 5, 7) if one[place + 1]),
    )


def _all_dates(line: Sequence[Loop]) -> Iterator[Dated]:
    """The dates of the plan: the person's own before the subscriber's."""
    for loop in reversed(line):
        if loop.level in {"22", "23"}:
            yield from _dated(_before_benefits(loop))


def _dated(among: Sequence[Segment]) -> Iterator[Dated]:
    for one in among:
        if one.tag == "DTP":
            first, last = values.days(one)
            yield Dated(one[1], first, last)


def _rejections(line: Sequence[Loop]) -> Iterator[Rejection]:
    for loop in line:
        for one in loop.segments if loop.level in {"20", "21"} else _before_benefits(loop):
            if one.tag == "AAA":
                yield _rejection(LEVELS[loop.level], one)


def _rejection(level: str, one: Segment) -> Rejection:
    return Rejection(level, values.code(one, 3, 2), values.code(one, 4, 1), one.number)
