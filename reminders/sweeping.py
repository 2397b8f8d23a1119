"""The round that finds what time alone makes due: every site, every finder, then what is late goes up.

The tick and `manage.py sweep_tasks` call the same function. Made twice it changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from clinic import advisory
from clinic.models import Site
from reminders import followups

Finder = Callable[[Site], None]

log = logging.getLogger("evenkeel.follow-ups")

_finders: list[Finder] = []


@dataclass
class Round:
    """What one round did. `failed` finders were left out; the log says why, and the next round tries again."""

    looked: int = 0
    failed: int = 0
    escalated: int = 0

    def __str__(self) -> str:
        return f"looked {self.looked} times, {self.failed} failed, {self.escalated} escalated"


def find_with(finder: Finder) -> None:
    """Have `finder` look at every site in each round; rooms add their own as they load."""
    if finder not in _finders:
        _finders.append(finder)


def sweep() -> Round | None:
    """Look everywhere once; None when somebody else is at it. Trouble in one place keeps no other from its turn."""
    with advisory.alone("follow-ups") as mine:
        if not mine:
            return None
        done = Round()
        for site in Site.objects.filter(is_active=True):
            for finder in _finders:
                done.looked += 1
                done.failed += not _look(finder, site)
        done.escalated = followups.escalate()
        return done


def _look(finder: Finder, site: Site) -> bool:
    try:
        with transaction.atomic():
            finder(site)
    except Exception:
        log.exception("follow-ups: %s at %s was left out", finder.__module__, site.code)
        return False
    return True
