"""The search for the smallest repair: against every plan there is, on small days."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.repair_search import Option, Task, cost_of, solve

PENALTY = 10_000


def option(cost, resource, start, length=2):
    return Option(cost, ((resource, ((1 << length) - 1) << start),), (resource, start))


@st.composite
def days(draw):
    """Up to five visits, each with up to five places on three resources of eight cells."""
    places = st.tuples(st.integers(0, 50), st.sampled_from("abc"), st.integers(0, 6), st.integers(1, 3))
    visits = draw(st.lists(st.lists(places, max_size=5), min_size=1, max_size=5))
    return [Task(tuple(sorted((option(*one) for one in own), key=lambda one: one.cost)), PENALTY) for own in visits]


def every_plan(tasks, rule=lambda chosen: True):
    """The least cost over all plans that there are."""
    best = None
    for chosen in product(*[(*task.options, None) for task in tasks]):
        taken: dict[str, int] = {}
        free = True
        for one in chosen:
            for key, bits in one.claims if one else ():
                free = free and not taken.get(key, 0) & bits
                taken[key] = taken.get(key, 0) | bits
        if free and rule(dict(enumerate(chosen))):
            cost = cost_of(tasks, chosen)
            best = cost if best is None else min(best, cost)
    return best


@settings(max_examples=120, deadline=None, derandomize=True)
@given(days())
def test_the_plan_is_the_cheapest_there_is(tasks):
    plan = solve(tasks)
    assert plan.proven
    assert plan.cost == every_plan(tasks)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(days())
def test_no_plan_takes_a_cell_twice(tasks):
    taken: dict[object, int] = {}
    for one in solve(tasks, nodes=3).chosen:  # also when the search is cut short and mended
        for key, bits in one.claims if one else ():
            assert not taken.get(key, 0) & bits
            taken[key] = taken.get(key, 0) | bits


def test_two_visits_exchange_rather_than_one_staying_behind():
    """The cheapest place of the first is the only place of the second."""
    tasks = [Task((option(0, "a", 0), option(7, "b", 0)), PENALTY), Task((option(3, "a", 1),), PENALTY)]
    plan = solve(tasks)
    assert [one.value for one in plan.chosen] == [("b", 0), ("a", 1)]


def test_a_visit_without_a_place_stays_and_is_named():
    tasks = [Task((option(0, "a", 0),), PENALTY), Task((option(5, "a", 1),), PENALTY)]
    plan = solve(tasks)
    assert [one and one.value for one in plan.chosen] == [("a", 0), None]
    assert plan.cost == PENALTY


def test_a_rule_between_visits_is_kept():
    tasks = [Task((option(0, "a", 0), option(4, "b", 4)), PENALTY), Task((option(0, "c", 0),), PENALTY)]

    def apart(chosen):
        starts = [one.value[1] for one in chosen.values() if one]
        return len(set(starts)) == len(starts)

    plan = solve(tasks, rule=apart)
    assert plan.cost == every_plan(tasks, apart) == 4


def test_cut_short_it_says_so_and_mends_what_it_has():
    """Five visits, each next one wants the place of the one before: the first dive alone is not the best."""
    tasks = [Task((option(0, "r", 2 * n), option(50 + n, "s", 2 * n)), PENALTY) for n in range(5)]
    plan = solve(tasks, nodes=4)
    assert not plan.proven
    assert plan.cost < 5 * PENALTY


@pytest.mark.parametrize(("floor", "proven"), [(None, True), (1000, True), (2, False)])
def test_what_was_left_out_must_not_have_been_cheaper(floor, proven):
    tasks = [Task((option(5, "a", 0),), PENALTY, floor)]
    assert solve(tasks).proven is proven


def test_more_visits_than_a_branch_is_deep_are_placed_all_the_same():
    """Six hundred visits of a closed site, each with a place of its own that is taken from nobody."""
    tasks = [Task((option(1, "r", 2 * n), option(5, "s", 2 * n)), PENALTY) for n in range(600)]
    plan = solve(tasks, nodes=2_000)
    assert plan.cost == 600
    assert not plan.proven


def test_part_by_part_the_rule_is_kept_at_the_least_cost():
    """The first and the last may not both have a place; all between them keep theirs."""
    tasks = [Task((option(1, "r", 2 * n),), PENALTY) for n in range(250)]

    def one_of_both(chosen):
        return not (chosen.get(0) and len(chosen) == 250)

    plan = solve(tasks, rule=one_of_both, nodes=2_000)
    assert plan.cost == PENALTY + 249


def test_mending_ends_where_nothing_can_be_gained():
    """Two hundred visits without any place: every three of them cost a step, so their number is bounded."""
    looked = 0

    class Counting(tuple):
        def __iter__(self):
            nonlocal looked
            looked += 1
            return super().__iter__()

    tasks = [Task(Counting(), PENALTY) for _ in range(200)]
    assert solve(tasks, nodes=150).cost == 200 * PENALTY
    assert looked < 200 * 200 + 200 + 150 * 10
