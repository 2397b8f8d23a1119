"""The smallest set of moves: branch and bound over visits that lost their place. Pure; whole numbers and bits only.

Each visit has options with a cost, cheapest first, and every option claims cells of resources as bits. The search is
exact while it stays within its number of nodes; beyond that it keeps the best plan found, mends it a few visits at a
time, and says that no proof was made. See docs/adr/0013-own-search-for-repairs.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

NODES = 40_000
TOGETHER = 3  # so many visits are freed and placed anew at once when the proof was too long

Claims = tuple[tuple[Any, int], ...]  # the key of a resource, and the bits of its cells


@dataclass(frozen=True, slots=True)
class Option:
    """One place for one visit: what it costs, which cells of which resources it takes, and what it stands for."""

    cost: int
    claims: Claims
    value: object = None


@dataclass(frozen=True)
class Task:
    """One visit: its options, cheapest first; what it costs to leave it without a place; and what is known to be
    missing from the options: none of those left out costs less than `floor`."""

    options: tuple[Option, ...]
    penalty: int
    floor: int | None = None


# Whether these choices may stand together, beside not taking the same cells; asked for all visits at the end of each
# branch and for those placed so far on the way.
Rule = Callable[[Mapping[int, Option | None]], bool]


@dataclass(frozen=True)
class Plan:
    """The option of each visit, None where it stays without a place."""

    chosen: tuple[Option | None, ...]
    cost: int
    proven: bool


def anything(_: Mapping[int, Option | None]) -> bool:
    return True


@dataclass
class _Search:
    tasks: Sequence[Task]
    rule: Rule
    nodes: int
    taken: dict[Any, int] = field(default_factory=dict)
    chosen: dict[int, Option | None] = field(default_factory=dict)
    best: dict[int, Option | None] | None = None
    best_cost: int = 0

    def fits(self, option: Option) -> bool:
        return not any(self.taken.get(key, 0) & bits for key, bits in option.claims)

    def take(self, option: Option) -> None:
        for key, bits in option.claims:
            self.taken[key] = self.taken.get(key, 0) | bits

    def leave(self, option: Option) -> None:
        for key, bits in option.claims:
            self.taken[key] &= ~bits

    def least(self, number: int) -> int:
        """What this visit costs at least, with all that is taken now."""
        task = self.tasks[number]
        first = next((option.cost for option in task.options if self.fits(option)), task.penalty)
        return min(first, task.penalty)

    def run(self, left: frozenset[int], cost: int) -> None:
        if not left:
            if self.best is None or cost < self.best_cost:
                self.best, self.best_cost = dict(self.chosen), cost
            return
        least = {number: self.least(number) for number in left}
        if self._hopeless(cost + sum(least.values())):
            return
        # The visit that costs most at best is the hardest to please: it goes first.
        number = max(left, key=lambda one: (least[one], -len(self.tasks[one].options), -one))
        rest = cost + sum(least.values()) - least[number]
        for option in (*self.tasks[number].options, None):
            price = self.tasks[number].penalty if option is None else option.cost
            if self._hopeless(rest + price) and option is not None:
                continue
            self._try(number, option, left, cost + price)
            if self.nodes <= 0:
                return

    def _hopeless(self, bound: int) -> bool:
        return self.best is not None and bound >= self.best_cost

    def _try(self, number: int, option: Option | None, left: frozenset[int], cost: int) -> None:
        if option is not None and not self.fits(option):
            return
        self.nodes -= 1
        self.chosen[number] = option
        if self.rule(self.chosen):
            if option is not None:
                self.take(option)
            self.run(left - {number}, cost)
            if option is not None:
                self.leave(option)
        del self.chosen[number]


def solve(tasks: Sequence[Task], *, rule: Rule = anything, nodes: int = NODES) -> Plan:
    """The cheapest plan, or the best that was found within `nodes` steps."""
    search = _Search(tasks, rule, nodes)
    search.run(frozenset(range(len(tasks))), 0)
    found = search.best if search.best is not None else dict.fromkeys(range(len(tasks)))
    complete = search.nodes > 0
    if not complete:
        found = _mend(tasks, rule, found, nodes)
    chosen = tuple(found[number] for number in range(len(tasks)))
    cost = cost_of(tasks, chosen)
    return Plan(chosen, cost, complete and _nothing_left_out(tasks, cost))


def cost_of(tasks: Sequence[Task], chosen: Sequence[Option | None]) -> int:
    return sum(task.penalty if option is None else option.cost for task, option in zip(tasks, chosen, strict=True))


def _nothing_left_out(tasks: Sequence[Task], cost: int) -> bool:
    """Whether no option that was left out of a list could have led to a cheaper plan."""
    least = [min((option.cost for option in task.options[:1]), default=task.penalty) for task in tasks]
    total = sum(least)
    return all(task.floor is None or total - least[number] + task.floor >= cost for number, task in enumerate(tasks))


def _mend(tasks: Sequence[Task], rule: Rule, found: dict[int, Option | None], nodes: int) -> dict[int, Option | None]:
    """Free a few visits at a time and place them anew as well as can be, until nothing gets cheaper."""
    budget = nodes
    gained = True
    while gained and budget > 0:
        gained = False
        for free in combinations(sorted(found, key=lambda one: -_price(tasks, one, found[one])), TOGETHER):
            search = _Search(tasks, rule, min(budget, 500))
            search.best_cost = sum(_price(tasks, one, found[one]) for one in free)
            search.best = {one: found[one] for one in free}
            before = search.best_cost
            for one, option in found.items():
                if one not in free:
                    search.chosen[one] = option
                    if option is not None:
                        search.take(option)
            search.run(frozenset(free), 0)
            budget -= min(budget, 500) - search.nodes
            if search.best_cost < before:
                found, gained = found | {one: search.best[one] for one in free}, True
            if budget <= 0:
                break
    return found


def _price(tasks: Sequence[Task], number: int, option: Option | None) -> int:
    return tasks[number].penalty if option is None else option.cost
