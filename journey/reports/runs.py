"""A report over very many series: put in line, counted by a worker, kept for a week.

The row in the table is the truth; the broker carries its id only. Counting again is harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clinic import advisory, clock, replica
from clinic.models import User
from clinic.policy import Action, require
from journey.models import OutcomeRun
from journey.reports import cohort, funnel
from journey.reports.criteria import Criteria, from_json
from journey.reports.tally import Key, Tally

log = logging.getLogger("evenkeel.reports")
AT_ONCE = 600
"""So many series and people at most are counted while somebody waits for the page: about a third of a second."""
KEPT = timedelta(days=7)
FRESH = timedelta(hours=12)
Counted = tuple[dict[Key, Tally], list[int | None]]


def is_large(criteria: Criteria) -> bool:
    """Whether there is too much to count while a page is waited for; looks no further than that."""
    some = AT_ONCE + 1
    series = cohort.began(criteria)[:some].count()
    return series > AT_ONCE or series + funnel.people(criteria).order_by()[:some].count() > AT_ONCE


def at_once(criteria: Criteria) -> Counted:
    return replica.read(lambda: (cohort.count(criteria), funnel.count(criteria)))


@transaction.atomic
def ask(*, criteria: Criteria, by: User, on_commit: Callable[[UUID], None] | None = None) -> OutcomeRun:
    """Put a report in line, unless the same is under way; old ones are thrown away. Raises NotPermitted."""
    for site in criteria.sites:
        require(by, Action.SEE_REPORTS, at=site)
    OutcomeRun.objects.filter(asked_at__lt=clock.now() - KEPT).delete()
    last = latest(criteria)
    if last is not None and last.is_under_way:
        return last
    run = OutcomeRun.objects.create(criteria=criteria.as_json(), asked_by=by)
    if on_commit:
        transaction.on_commit(lambda: on_commit(run.pk))
    return run


def latest(criteria: Criteria) -> OutcomeRun | None:
    """The newest run of exactly this report that is not too old to show."""
    fresh = OutcomeRun.objects.filter(criteria=criteria.as_json(), asked_at__gte=clock.now() - FRESH)
    return fresh.order_by("-asked_at").first()


def result(run: OutcomeRun) -> Counted:
    kept = run.result or {"tallies": [], "funnel": []}
    tallies = {(site, group): Tally.from_json(one) for site, group, one in kept["tallies"]}
    return tallies, kept["funnel"]


def count(*, run_id: UUID) -> None:
    """Count one report and keep the numbers; while another worker is at it, nothing happens. One that breaks off is
    forgotten: the page offers to count again."""
    with advisory.alone(f"outcomes:{run_id}") as mine:
        run = OutcomeRun.objects.filter(pk=run_id).exclude(state=OutcomeRun.State.DONE).first() if mine else None
        if run is None:
            return
        try:
            _count(run)
        except Exception:
            log.exception("the outcome report %s broke off", run_id)
            OutcomeRun.objects.filter(pk=run_id).delete()


def count_waiting() -> int:
    """Count every report in line, the oldest first; how many there were."""
    waiting = OutcomeRun.objects.exclude(state=OutcomeRun.State.DONE).order_by(F("asked_at"))
    keys = list(waiting.values_list("pk", flat=True))
    for pk in keys:
        count(run_id=pk)
    return len(keys)


def _count(run: OutcomeRun) -> None:
    criteria = from_json(run.criteria)
    rows = OutcomeRun.objects.filter(pk=run.pk)
    rows.update(state=OutcomeRun.State.COUNTING, handled=0, total=cohort.began(criteria).count())

    def told(done: int) -> None:
        rows.update(handled=done)

    tallies, steps = replica.read(lambda: (cohort.count(criteria, told=told), funnel.count(criteria)))
    kept = {
        "tallies": [[site, group, tally.as_json()] for (site, group), tally in sorted(tallies.items())],
        "funnel": steps,
    }
    rows.update(state=OutcomeRun.State.DONE, result=kept, ended_at=clock.now())
