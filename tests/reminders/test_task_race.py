"""Two who look at the same thing at the same moment ask for it once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from clinic import advisory
from reminders import followups, sweeping
from reminders.followups import Key
from reminders.models import FollowUp, FollowUpStep
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)
KEY = Key("labs_due", "patient", UUID("0195f7a0-0000-7000-8000-000000000001"))


def _together(*acts):
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_asked_for_at_once_it_is_one_task_opened_again_at_once_too_and_one_round_is_made(site):
    due = build.moment(site, "2027-02-19")

    def keep():
        return followups.keep(KEY, True, site=site, title="Ask for labs", due_at=due)

    answers = _together(*[keep] * 4)
    assert {task.pk for task in answers} == set(FollowUp.objects.values_list("pk", flat=True))
    followups.keep(KEY, False, site=site, title="", due_at=due)
    _together(*[keep] * 4)
    assert FollowUp.objects.get().state == "open"
    assert FollowUpStep.objects.count() == 1

    with advisory.alone("follow-ups"):
        assert _together(sweeping.sweep) == [None]
    assert _together(sweeping.sweep) != [None]
