"""One benefit of a 271 in words, by the tables of `insurance.x12.codes`; a code that is in none is shown as it came."""

from __future__ import annotations

from dataclasses import dataclass

from insurance.estimate_words import money
from insurance.models import Benefit
from insurance.x12 import codes

NBSP = "\u00a0"
SHOWN_TYPES = 4


@dataclass(frozen=True)
class Line:
    """What kind of benefit, its figure, for which care and when, and what the payer adds."""

    kind: str
    figure: str
    care: str
    rest: str


def lines(rows: tuple[Benefit, ...] | list[Benefit]) -> list[Line]:
    return [_line(row) for row in rows]


def _line(row: Benefit) -> Line:
    network = {True: "in network", False: "out of network"}.get(row.in_network)  # type: ignore[arg-type]
    approval = {True: "approval needed beforehand", False: "no approval needed"}
    said = [
        codes.LEVELS.get(row.level, row.level),
        codes.PERIODS.get(row.period, row.period),
        network,
        approval.get(row.authorization_required),  # type: ignore[arg-type]
        row.plan,
    ]
    message = f"{row.message}" if row.message else ""
    told = ", ".join(one for one in said if one)
    return Line(
        codes.INFORMATION.get(row.information, f"EB {row.information}"),
        _figure(row),
        _care(row.service_types),
        ". ".join(one for one in (told[:1].upper() + told[1:], message) if one),
    )


def _figure(row: Benefit) -> str:
    if row.amount is not None:
        return money(row.amount)
    if row.percent is not None:
        return f"{row.percent.normalize():f}{NBSP}%"
    if row.quantity is not None:
        kind = codes.QUANTITIES.get(row.quantity_kind, row.quantity_kind)
        return f"{row.quantity.normalize():f}{NBSP}{kind}".strip()
    return ""


def _care(types: list[str]) -> str:
    named = [codes.SERVICE_TYPES.get(one, one) for one in types]
    shown = ", ".join(named[:SHOWN_TYPES])
    more = len(named) - SHOWN_TYPES
    return f"{shown} and {more} more" if more > 0 else shown
