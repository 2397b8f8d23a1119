"""The smallest set of moves: branch and bound over visits that lost their place. Pure; whole numbers and bits only.

Each visit has options with a cost, cheapest first, and every option claims cells of resources as bits. The search is
exact while it stays within its number of nodes; beyond that it keeps the best plan found, mends it a few visits at a
time, and says that no proof was made. So many visits that no proof can be hoped for are placed part by part, and then
mended in the same way. See docs/adr/0013-own-search-for-repairs.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

NODES = 40_000
MANY = 200  # beyond so many visits they are placed part by part; a branch is as deep as there are visits
PART = 60
MENDING_NODES = 500  # for the few that are placed anew
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


Found = dict[int, Option | None]


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

    def put(self, number: int, option: Option | None) -> None:
        self.chosen[number] = option
        if option is not None:
            self.take(option)

    def free(self, number: int) -> Option | None:
        option = self.chosen.pop(number)
        if option is not None:
            self.leave(option)
        return option

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
    many = len(tasks) > MANY
    found, complete = _in_parts(tasks, rule, nodes) if many else _at_once(tasks, rule, nodes)
    if not complete:
        found = _mend(tasks, rule, found, nodes)
    chosen = tuple(found[number] for number in range(len(tasks)))
    cost = cost_of(tasks, chosen)
    return Plan(chosen, cost, complete and _nothing_left_out(tasks, cost))


def _at_once(tasks: Sequence[Task], rule: Rule, nodes: int) -> tuple[Found, bool]:
    search = _Search(tasks, rule, nodes)
    search.run(frozenset(range(len(tasks))), 0)
    found = search.best if search.best is not None else dict.fromkeys(range(len(tasks)))
    return found, search.nodes > 0


def _in_parts(tasks: Sequence[Task], rule: Rule, nodes: int) -> tuple[Found, bool]:
    """Each part as well as can be beside those before it, in the order of the visits; nothing is proven by that."""
    search = _Search(tasks, rule, nodes)
    parts = [range(first, min(first + PART, len(tasks))) for first in range(0, len(tasks), PART)]
    for part in parts:
        search.nodes, search.best = max(nodes // len(parts), 2 * PART), None
        search.run(frozenset(part), 0)
        for number in part:
            search.put(number, search.best[number] if search.best is not None else None)
        _keep_rule(search)
    return search.chosen, False


def _keep_rule(search: _Search) -> None:
    """Take back as few places as the rule asks for, the latest first. It always lets everybody stay."""
    off: list[tuple[int, Option]] = []
    for number in reversed(list(search.chosen)):
        if search.rule(search.chosen):
            break
        option = search.free(number)
        search.put(number, None)
        if option is not None:
            off.append((number, option))
    for number, option in reversed(off):
        search.chosen[number] = option
        if search.rule(search.chosen):
            search.take(option)
        else:
            search.chosen[number] = None


def cost_of(tasks: Sequence[Task], chosen: Sequence[Option | None]) -> int:
    return sum(task.penalty if option is None else option.cost for task, option in zip(tasks, chosen, strict=True))


def _nothing_left_out(tasks: Sequence[Task], cost: int) -> bool:
    """Whether no option that was left out of a list could have led to a cheaper plan."""
    least = [min((option.cost for option in task.options[:1]), default=task.penalty) for task in tasks]
    total = sum(least)
    return all(task.floor is None or total - least[number] + task.floor >= cost for number, task in enumerate(tasks))


def _mend(tasks: Sequence[Task], rule: Rule, found: Found, nodes: int) -> Found:
    """Free a few visits at a time and place them anew as well as can be, until nothing gets cheaper.

    To look at a few costs a step even when a glance shows that nothing can be gained: there are many of them.
    """
    search = _Search(tasks, rule, 0)
    for number, option in found.items():
        search.put(number, option)
    budget, gained = nodes, True
    while gained and budget > 0:
        gained = False
        for few in combinations(sorted(found, key=lambda one: -_price(tasks, one, search.chosen[one])), TOGETHER):
            before = sum(_price(tasks, one, search.chosen[one]) for one in few)
            search.best = {one: search.free(one) for one in few}
            search.best_cost, search.nodes = before, min(budget, MENDING_NODES)
            budget -= 1 + search.nodes
            search.run(frozenset(few), 0)
            budget += search.nodes
            for one in few:
                search.put(one, search.best[one])
            gained = gained or search.best_cost < before
            if budget <= 0:
                break
    return search.chosen


def _price(tasks: Sequence[Task], number: int, option: Option | None) -> int:
    return tasks[number].penalty if option is None else option.cost
