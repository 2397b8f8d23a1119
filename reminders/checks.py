"""What `check --deploy` says of messages."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register

from reminders import house_words, text_rules
from reminders.message_kinds import KINDS
from reminders.wording_edits import longest_text


@register(Tags.compatibility, deploy=True)
def check_texts_fit(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """The address of the house stands in most texts: a long one leaves no room for words."""
    costs = [text_rules.length(longest_text(KINDS[one.kind], one.text)) for one in house_words.NEWEST.values()]
    over = max(cost.used - cost.limit for cost in costs)
    if over <= 0:
        return []
    return [
        checks.Warning(
            f"PUBLIC_URL is {over} characters too long for text messages: some will say only where to look.",
            hint="Serve the patients’ pages at a shorter name.",
            id="evenkeel.W001",
        )
    ]
