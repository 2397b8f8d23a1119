"""The table of codes from which a bill is suggested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Typed, Whole, Words, one_of
from clinic.models import User
from insurance import code_tables
from insurance.coding_rules import Rule, What
from insurance.models import CodeRule, CodeTable


class RuleTyped(Typed):
    """One line of the table."""

    what = one_of(What)
    code = Words(max_length=5, allow_blank=False)
    label = Words(max_length=60, allow_blank=False)  # type: ignore[assignment]
    least = Whole(required=False, allow_null=True, default=None, min_value=0, max_value=1440)
    most = Whole(required=False, allow_null=True, default=None, min_value=0, max_value=1440)
    step = Whole(required=False, allow_null=True, default=None, min_value=1, max_value=1440)
    modifier = Words(required=False, default="", max_length=2)


class RuleShown(serializers.ModelSerializer[CodeRule]):
    class Meta:
        model = CodeRule
        fields = ("what", "code", "label", "least", "most", "step", "modifier")


def _make(*, starts_on: date, rules: Sequence[Mapping[str, Any]], note: str, by: User) -> CodeTable:
    """Have these rules count from a day on. What was coded before stays. Raises NotPermitted, Invalid."""
    return code_tables.make(starts_on=starts_on, rules=[Rule(**rule) for rule in rules], note=note, by=by)


CODE_TABLES = Collection(
    name="code-tables",
    model=CodeTable,
    rows=lambda user: CodeTable.objects.prefetch_related("rules"),  # a code means the same at every site
    shows=("id", "starts_on", "note", "made_at", "made_by", "rules"),
    fields={"rules": RuleShown(many=True, read_only=True)},
    create=Verb(
        does=_make,
        takes=("starts_on", "note"),
        fields={"rules": serializers.ListField(child=RuleTyped(), max_length=code_tables.MOST_RULES)},
    ),
)

COLLECTIONS: tuple[Collection, ...] = (CODE_TABLES,)
