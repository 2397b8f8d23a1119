"""An answer as a page shows it: a row a visit, without a plan beside with it, each with its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from insurance import estimate_words as words
from insurance.estimate_ground import Answer
from insurance.estimate_items import NOTHING, Line, Sum

Key = tuple[date, str, int]


@dataclass(frozen=True)
class Row:
    """One visit. `plan` is empty where there is none."""

    on: date
    title: str
    codes: str
    own: str
    plan: str
    why: str


def rows(answer: Answer) -> list[Row]:
    own, plan = _by_visit(answer.self_pay), _by_visit(answer.plan) if answer.plan else {}
    found = []
    for key, lines in own.items():
        day, service, number = key
        told = plan.get(key, [])
        bought = [line for line in lines if line.whys[0].name == "package"]
        title = bought[0].item.label if bought else words.service(service, number)
        found.append(
            Row(
                on=day,
                title=title,
                codes=" ".join(dict.fromkeys(line.item.code for line in lines)),
                own=_own(lines),
                plan=words.share(*_share(told)) if told else "",
                why=_why(told or lines),
            )
        )
    return found


def _by_visit(counted: Sum) -> dict[Key, list[Line]]:
    found: dict[Key, list[Line]] = {}
    for line in counted.lines:
        bought = line.whys[0].name == "package"
        key = (line.item.on, line.item.service, 0 if bought else line.item.number)
        found.setdefault(key, []).append(line)
    return found


def _own(lines: Sequence[Line]) -> str:
    if all(line.whys[0].name == "in_package" for line in lines):
        return "in the package"
    return words.money(_total(line.charge for line in lines))


def _share(lines: Sequence[Line]) -> tuple[Decimal | None, Decimal]:
    high = _total(line.share_to for line in lines)
    low = _total(line.share_from or NOTHING for line in lines)
    return (None if low == 0 < high else low), high


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def _why(lines: Sequence[Line]) -> str:
    """The sentences of a visit; where its codes differ, each with its code before it."""
    told = {line.item.code: words.sentences(line.whys) for line in lines}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return " ".join(f"{code}: {sentence}" for code, sentence in told.items() if sentence)
