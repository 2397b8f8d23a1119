"""The figures of a check out of the rows of a 271. Pure.

A payer often names the same figure in many rows. The row counts that is closest to what the clinic does, for the
person rather than the family, in the network unless the clinic is known to be out of it. Where equally close rows
disagree, the figure is taken by which the patient pays more, and that is said: an estimate may turn out too high,
never too low.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_UP, Decimal
from typing import Any

from insurance.x12 import codes
from insurance.x12.answer import Named

MOST = {"copay": Decimal(999_999)}
MOST_DOLLARS = Decimal(9_999_999)
MOST_VISITS = 366
INDIVIDUAL, FAMILY = frozenset({"IND", ""}), frozenset({"FAM"})
NAMES = {
    "copay": "copays",
    "coinsurance": "shares of the patient",
    "deductible": "deductibles",
    "out_of_pocket": "limits",
}
PER_VISIT = frozenset({"27", "23", "22", "25", "7", ""})


class _Rows:
    """The rows of one part of the benefits, the closest first."""

    def __init__(self, rows: Sequence[Named], leg: str, in_network: bool | None, remarks: list[str]) -> None:
        self.rows, self.leg, self.remarks = rows, leg, remarks
        self.networks = (False, None) if in_network is False else (True, None)

    def closest(self, information: str, levels: Iterable[str], periods: Iterable[str], *, whole: bool) -> list[Named]:
        """Rows of the first kind of care, and there of the first network, that name such a figure."""
        kinds = [*codes.SPEAKS_OF[self.leg], *([codes.WHOLE_PLAN, ""] if whole else [])]
        fitting = [
            row for row in self.rows
            if row.information == information and row.level in levels and row.period in periods
        ]  # fmt: skip
        for kind in kinds:
            of_kind = [row for row in fitting if (kind in row.service_types if kind else not row.service_types)]
            for network in self.networks:
                found = [row for row in of_kind if row.in_network is network]
                if found:
                    return found
        return []

    def dearest(self, name: str, found: Iterable[Decimal | None]) -> Decimal | None:
        """The highest of these figures; that there were several is said."""
        told = sorted({one for one in found if one is not None})
        if len(told) > 1:
            listed = ", ".join(f"{one.normalize():f}" for one in told)
            self.remarks.append(f"The payer names several {NAMES[name]} ({listed}): the highest was taken.")
        return told[-1] if told else None


def figures(rows: Sequence[Named], leg: str, in_network: bool | None, remarks: list[str]) -> dict[str, Any]:
    """The figures by the names of the check's columns; `remarks` gets what a person should know about them."""
    among = _Rows(rows, leg, in_network, remarks)
    medical = leg == codes.MEDICAL
    copays = among.closest("B", INDIVIDUAL, PER_VISIT, whole=medical)
    shares = among.closest("A", INDIVIDUAL, PER_VISIT, whole=medical)
    share = among.dearest("coinsurance", (row.percent for row in shares))
    found: dict[str, Any] = {
        "in_network": in_network,
        "copay": among.dearest("copay", (row.amount for row in copays)),
        "coinsurance_percent": None if share is None else int(share.to_integral_value(ROUND_UP)),
        "authorization_required": _authorization(among),
        **_visits(among),
        **_texts(rows),
    }
    for name, information in (("deductible", "C"), ("out_of_pocket", "G")):
        found[name], found[f"{name}_met"] = _limit(among, name, information, INDIVIDUAL)
        found[f"{name}_family"], found[f"{name}_family_met"] = _limit(among, name, information, FAMILY)
    return {name: _storable(name, value, remarks) for name, value in found.items()}


def _storable(name: str, value: Any, remarks: list[str]) -> Any:
    """None for a sum that stands for “without limit” and fits no column."""
    if isinstance(value, Decimal) and value > MOST.get(name, MOST_DOLLARS):
        remarks.append(f"A figure of ${value:,} was left out: it stands for no limit.")
        return None
    return value


def _limit(among: _Rows, name: str, information: str, levels: frozenset[str]) -> tuple[Decimal | None, Decimal | None]:
    """A limit, and what is met of it: as the payer says, or what is not remaining."""

    def told(*periods: str) -> list[Decimal]:
        found = among.closest(information, levels, periods, whole=True)
        return [row.amount for row in found if row.amount is not None]

    whole = among.dearest(name, next((found for period in codes.A_YEAR if (found := told(period))), []))
    remaining, so_far = told(codes.REMAINING), told(codes.SO_FAR)
    if whole is None:
        if remaining or so_far:
            among.remarks.append("Of a limit only what is met or left was named, not the whole: see the rows.")
        return None, None
    if remaining:
        return whole, max(whole - max(remaining), Decimal(0))
    return whole, min(min(so_far), whole) if so_far else None


def _authorization(among: _Rows) -> bool | None:
    """Whether leave is needed beforehand: asked of this care's own rows, then of the whole plan's."""
    own = set(codes.SPEAKS_OF[among.leg])
    for wanted in (own, {codes.WHOLE_PLAN}):
        told = {row.authorization_required for row in among.rows if wanted & set(row.service_types)}
        if True in told or False in told:
            return True in told
    return None


def _visits(among: _Rows) -> dict[str, int | None]:
    """How many visits a year the plan pays for, and how many of them are used."""

    def told(*periods: str) -> list[int]:
        rows = among.closest("F", INDIVIDUAL, periods, whole=False)
        return [int(row.quantity) for row in rows if row.quantity_kind == codes.VISITS and row.quantity is not None]

    most, left = told(*codes.A_YEAR), told(codes.REMAINING)
    limit = min(most) if most and min(most) <= MOST_VISITS else None
    used = max(limit - min(left), 0) if limit is not None and left else None
    return {"visit_limit": limit, "visits_used": used}


def _texts(rows: Sequence[Named]) -> dict[str, str]:
    """What the payer excludes, and which other insurance it knows of."""

    def told(information: str) -> str:
        return " ".join(dict.fromkeys(row.message for row in rows if row.information == information and row.message))

    return {"exclusions": told("E")[:300], "other_insurance": told("R")[:200]}
