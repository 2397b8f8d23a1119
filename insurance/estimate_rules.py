"""What a course costs with a plan: deductible first, then copay or coinsurance, until the year's limit.

Pure: no database, no clock, `Decimal` only; cents are rounded in one place. Each line carries the reasons for its
figure, which `insurance.estimate_words` puts into sentences. Sources: protocol 6.1 (two legs, S-VOB1) and 6.3; both
legs of one plan share a deductible (29 CFR 2590.712).

What the plan did not say is never counted as nothing: such a line has a lowest figure (None: nobody can say) and a
highest one. Both are found by walking the lines twice, once with the kindest and once with the hardest assumption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from insurance.estimate_items import EVER, NOTHING, Item, Line, Service, Sum, Why, at_own_price, cents, summed


@dataclass(frozen=True)
class Terms:
    """What one plan said about one leg. What it did not say is None.

    `plan` names the pot that deductible and limit are counted in: both legs of one plan share it (29 CFR 2590.712), a
    carved-out one has its own. Figures hold for the plan year that includes `checked_on`.
    """

    plan: str
    payer: str
    checked_on: date | None = None
    covered: bool = True
    in_network: bool | None = None
    copay: Decimal | None = None
    coinsurance: int | None = None
    deductible: Decimal | None = None
    deductible_met: Decimal | None = None
    limit: Decimal | None = None
    limit_met: Decimal | None = None
    year_begins: date | None = None
    first_on: date | None = None
    last_on: date | None = None
    allowed: Mapping[str, Decimal] = field(default_factory=dict)  # by code, as far as the clinic knows


def year_of(day: date, begins: date | None) -> date:
    """The first day of the plan year that includes the day; the calendar year where the plan did not say."""
    start = _anniversary(begins, day.year) if begins else date(day.year, 1, 1)
    return start if start <= day else _anniversary(start, day.year - 1)


def _anniversary(day: date, year: int) -> date:
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=year)


@dataclass
class Pot:
    """What is left of a deductible and of a limit in one plan year."""

    deductible: Decimal
    limit: Decimal
    copaid: dict[tuple[date, str], Decimal] = field(default_factory=dict)


class Paid(NamedTuple):
    """What the patient pays of one line, and of what it is made."""

    left: Decimal  # of the deductible, before
    deductible: Decimal
    rest: Decimal
    shared: Decimal
    share: Decimal
    capped: bool


Plans = Mapping[str, Sequence[Terms]]
"""The plans of each leg, in the order in which they are billed."""


def with_plan(expected: Sequence[Item], plans: Plans, *, secondary: bool = False) -> Sum:
    """What it costs with the plan, or with one plan after another: the first that holds on a day pays for it."""
    kind, hard = Walk(kind=True), Walk(kind=False)
    lines = []
    for item in expected:
        terms = _plan_of(item, plans)
        known = item if terms is None else replace(item, allowed=terms.allowed.get(item.code, item.allowed))
        lines.append(_line(known, terms, kind, hard))
    notes = [Why("secondary", {})] if secondary else []
    if any(one.checked_on and one.limit is None for leg in plans.values() for one in leg):
        notes.append(Why("limit_unknown", {}))
    most = _most(lines, plans)
    if most < sum((line.share_to for line in lines), NOTHING):
        notes.append(Why("limit_in_all", {}))
    return summed(lines, notes, most)


def _plan_of(item: Item, plans: Plans) -> Terms | None:
    """The plan of the day; where none holds, one that can say why: it ended before, or begins after."""
    of_leg = plans.get(item.leg, ())
    holding = [one for one in of_leg if _holds(one, item.on)]
    ended = [one for one in of_leg if one.last_on and one.last_on < item.on]
    return next(iter([*holding, *ended[-1:], *of_leg]), None)


def _holds(terms: Terms, on: date) -> bool:
    return (terms.first_on is None or terms.first_on <= on) and (terms.last_on is None or terms.last_on >= on)


def _most(lines: Sequence[Line], plans: Plans) -> Decimal:
    """However little is known of the lines, a year's limit caps those that the plan pays."""
    most = NOTHING
    groups: dict[tuple[str, date], Decimal] = {}
    limits: dict[tuple[str, date], Decimal] = {}
    for line in lines:
        one = _plan_of(line.item, plans)
        if one is None or one.limit is None or _why_not(one, line.item.on) or one.in_network is None:
            most += line.share_to
            continue
        year = year_of(line.item.on, one.year_begins)
        groups[one.plan, year] = groups.get((one.plan, year), NOTHING) + line.share_to
        limits[one.plan, year] = _limit_left(one, year)
    return most + sum((min(amount, limits[key]) for key, amount in groups.items()), NOTHING)


class Walk:
    """The lines in order of time under one assumption: `kind` to the patient where the plan was silent, or hard."""

    def __init__(self, *, kind: bool) -> None:
        self.kind = kind
        self.pots: dict[tuple[str, date], Pot] = {}

    def pot(self, terms: Terms, on: date) -> Pot:
        year = year_of(on, terms.year_begins)
        key = terms.plan, year
        if key not in self.pots:
            self.pots[key] = Pot(self._deductible(terms, year), _limit_left(terms, year))
        return self.pots[key]

    def _deductible(self, terms: Terms, year: date) -> Decimal:
        if terms.deductible is None:
            return NOTHING if self.kind else EVER
        if not _is_first_year(terms, year):
            return terms.deductible
        if terms.deductible_met is None:
            return NOTHING if self.kind else terms.deductible
        return max(terms.deductible - terms.deductible_met, NOTHING)

    def pay(self, item: Item, terms: Terms) -> Paid:
        """What the patient pays of one line; what it takes is then no longer left."""
        pot = self.pot(terms, item.on)
        amount = item.billed if item.allowed is None else min(item.allowed, item.billed)
        left = pot.deductible
        first = min(amount, left)
        rest = amount - first
        shared = self._shared(pot, item, terms, rest)
        spent = pot.limit <= 0
        share = min(first + shared, pot.limit)
        if self._counts(item, terms):
            pot.deductible -= first
            pot.limit -= amount if item.allowed is None else share
            pot.limit = max(pot.limit, NOTHING)
        return Paid(left, first, rest, shared, share, spent or share < first + shared)

    def _counts(self, item: Item, terms: Terms) -> bool:
        """A hard walk counts on nothing it does not know."""
        return self.kind or (item.allowed is not None and terms.in_network is True)

    def _shared(self, pot: Pot, item: Item, terms: Terms, rest: Decimal) -> Decimal:
        """Copay or coinsurance on what is beyond the deductible, as the plan says.

        A plan that names both means the copay for a visit (therapy, an evaluation) and the share for the rest.
        """
        if not rest:
            return NOTHING
        if _by_copay(terms, item):
            return self._copay(pot, item, terms, rest)
        if terms.coinsurance is not None:
            return cents(rest * terms.coinsurance / 100)
        return NOTHING if self.kind else rest

    def _copay(self, pot: Pot, item: Item, terms: Terms, rest: Decimal) -> Decimal:
        """A copay is paid once a visit, however many codes it has."""
        visit = item.on, item.service
        due = pot.copaid.get(visit, terms.copay or NOTHING)
        paid = min(due, rest)
        if self._counts(item, terms):
            pot.copaid[visit] = due - paid
        return paid


def _by_copay(terms: Terms, item: Item) -> bool:
    visit = item.service in {Service.THERAPY, Service.EVALUATION}
    return terms.copay is not None and (terms.coinsurance is None or visit)


def _is_silent_on_share(terms: Terms) -> bool:
    return terms.copay is None and terms.coinsurance is None


def _is_first_year(terms: Terms, year: date) -> bool:
    """Whether what is met was said of this plan year."""
    return terms.checked_on is None or year == year_of(terms.checked_on, terms.year_begins)


def _limit_left(terms: Terms, year: date) -> Decimal:
    if terms.limit is None:
        return EVER
    met = terms.limit_met or NOTHING if _is_first_year(terms, year) else NOTHING
    return max(terms.limit - met, NOTHING)


def _why_not(terms: Terms | None, on: date) -> Why | None:
    """Why the plan pays nothing on the day."""
    if terms is None:
        return Why("no_plan", {})
    values = {"payer": terms.payer}
    if terms.last_on and on > terms.last_on:
        return Why("plan_ended", values | {"day": terms.last_on.isoformat()})
    if terms.first_on and on < terms.first_on:
        return Why("plan_not_begun", values | {"day": terms.first_on.isoformat()})
    if not terms.covered:
        return Why("not_covered", values)
    return Why("out_of_network", values) if terms.in_network is False else None


def _line(item: Item, terms: Terms | None, kind: Walk, hard: Walk) -> Line:
    if why := _why_not(terms, item.on):
        return at_own_price(item, why)
    assert terms is not None
    if terms.checked_on is None:
        return Line(item, item.billed, None, item.billed, (Why("not_verified", {"payer": terms.payer}),))
    turned = _turned(item, terms, hard)
    least, most = kind.pay(item, terms), hard.pay(item, terms)
    silent = _silent(item, terms, most)
    high = item.billed if terms.in_network is None else most.share
    if not silent:
        return Line(item, item.billed, most.share, most.share, (*turned, *_reasons(item, terms, most)))
    low = least.share if item.allowed is not None else NOTHING
    if low < high:
        return Line(item, item.billed, low or None, high, (*turned, *silent))
    return Line(item, item.billed, high, high, (*turned, *_reasons(item, terms, least)))


def _turned(item: Item, terms: Terms, walk: Walk) -> list[Why]:
    """Said once, at the first line of a plan year that is not the one the figures are of."""
    year = year_of(item.on, terms.year_begins)
    if _is_first_year(terms, year) or (terms.plan, year) in walk.pots:
        return []
    return [Why("new_year", {"day": year.isoformat()})]


def _silent(item: Item, terms: Terms, paid: Paid) -> list[Why]:
    """What was not said, and would matter for this line."""
    found = []
    if terms.in_network is None:
        found.append(Why("network_unknown", {"payer": terms.payer}))
    if item.allowed is None:
        found.append(Why("allowed_unknown", {"payer": terms.payer}))
    first_year = _is_first_year(terms, year_of(item.on, terms.year_begins))
    if terms.deductible is None or (first_year and terms.deductible_met is None and terms.deductible > 0):
        found.append(Why("deductible_unknown", {}))
    if _is_silent_on_share(terms) and (paid.rest or found):
        found.append(Why("share_unknown", {}))
    return found


def _reasons(item: Item, terms: Terms, paid: Paid) -> list[Why]:
    """Of what the figure is made."""
    reached = {"limit": str(terms.limit), "pays": str(paid.share)}
    if paid.capped and not paid.share:
        return [Why("limit_was_reached", reached)]
    found = []
    if paid.deductible:
        values = {"left": str(paid.left), "part": str(paid.deductible), "rest": str(paid.rest)}
        found.append(Why("deductible_part" if paid.rest else "deductible_all", values))
    if paid.rest and not _is_silent_on_share(terms):
        rest = {"rest": str(paid.rest), "pays": str(paid.shared)}
        if not _by_copay(terms, item):
            found.append(Why("coinsurance", rest | {"percent": str(terms.coinsurance)}))
        elif paid.shared:
            found.append(Why("copay", rest))
        else:
            found.append(Why("copay_paid" if terms.copay else "plan_pays", rest))
    if paid.capped:
        found.append(Why("limit_reached", reached))
    return found or [Why("nothing_asked", {})]
