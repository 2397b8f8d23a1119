"""The clinic's dated table of codes: what counts on a day, and a new table from a day on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Prefetch

from clinic import clock
from clinic.errors import Invalid, NotPermitted
from clinic.models import User
from clinic.policy import Action, can
from insurance.coding_rules import CODE_SHAPE, MODIFIER_SHAPE, USUAL, Rule, What, problems
from insurance.models import CodeRule, CodeTable

MOST_RULES = 40
BACK, AHEAD = timedelta(days=366), timedelta(days=732)


def in_force(day: date) -> CodeTable | None:
    """The table that counts on the day, with its rules; None while the usual one does."""
    rules = Prefetch("rules", CodeRule.objects.order_by("place"))
    return CodeTable.objects.filter(starts_on__lte=day).select_related("made_by").prefetch_related(rules).first()


def rules_of(table: CodeTable | None) -> tuple[Rule, ...]:
    if table is None:
        return USUAL
    return tuple(
        Rule(row.what, row.code, row.label, row.least, row.most, row.step, row.modifier) for row in table.rules.all()
    )


def on(day: date) -> tuple[Rule, ...]:
    """The rules that count on a day of service."""
    return rules_of(in_force(day))


@transaction.atomic
def make(*, starts_on: date, rules: Sequence[Rule], note: str, by: User) -> CodeTable:
    """Have these rules count from a day on. What was coded before stays. Raises NotPermitted, Invalid."""
    if not can(by, Action.CODE_VISITS):
        raise NotPermitted(f"Your role does not let you {Action.CODE_VISITS.value}. Ask a colleague who may.")
    _refuse_bad(starts_on, rules, note.strip())
    table = CodeTable.objects.create(starts_on=starts_on, note=note.strip(), made_by=by)
    CodeRule.objects.bulk_create(
        CodeRule(table=table, place=place, **rule._asdict()) for place, rule in enumerate(rules, start=1)
    )
    return table


def _refuse_bad(starts_on: date, rules: Sequence[Rule], note: str) -> None:
    wrong: dict[str, str] = {}
    today = clock.now().date()
    if not today - BACK <= starts_on <= today + AHEAD:
        wrong["starts_on"] = "Choose a day between a year ago and two years ahead."
    if not note or len(note) > 300:
        wrong["note"] = "Write why the table changes, in 300 characters or fewer."
    if not 1 <= len(rules) <= MOST_RULES:
        wrong["rules"] = f"A table has 1 to {MOST_RULES} lines."
    elif sentences := [*_misspelled(rules), *problems(rules)]:
        wrong["rules"] = " ".join(sentences)
    if wrong:
        raise Invalid(wrong)


def _misspelled(rules: Sequence[Rule]) -> list[str]:
    found = []
    for rule in rules:
        if rule.what not in set(What):
            found.append(f"{rule.code}: choose what it is for.")
        if not re.fullmatch(CODE_SHAPE, rule.code):
            found.append(f"“{rule.code}” is no code: five letters or digits, like 96365.")
        if rule.modifier and not re.fullmatch(MODIFIER_SHAPE, rule.modifier):
            found.append(f"“{rule.modifier}” is no modifier: two letters or digits, like 25.")
        if not rule.label or len(rule.label) > 60:
            found.append(f"{rule.code}: write what it is in your own words, in 60 characters or fewer.")
    return found
