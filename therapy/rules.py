"""Pure rules of the talk: what each session writes down, and when it may take place (protocol section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from therapy.headings import PLAN as PLAN
from therapy.headings import PROGRESS as PROGRESS
from therapy.headings import Section as Section
from therapy.headings import sections as sections


def integration_window(last_given: datetime, *, hours: int, grace_days: int) -> tuple[datetime, datetime]:
    """Until when integration is due, and until when grace lasts (Seed A, S-JC; 72 hours and 7 days by default)."""
    return last_given + timedelta(hours=hours), last_given + timedelta(days=grace_days)
