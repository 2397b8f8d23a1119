"""Dispatchers that are killed without warning while they send. `make bench` does the same with ten times as many."""

import pytest

from benchmarks import reminders as bench
from reminders.models import Message, MessageAttempt

pytestmark = pytest.mark.django_db(transaction=True)

DUE, WORKERS, KILLS = 400, 3, 5


def test_dispatchers_killed_at_random_lose_nothing_and_repeat_at_most_one_letter_a_kill() -> None:
    house = bench.House(50)
    house.plan(DUE, *bench.KIND)
    with bench.mailbox() as box:
        bench.storm(house, box, due=DUE, workers=WORKERS, kills=KILLS)
        again = bench.settle(house)
        found = bench.Found.of(house, box, due=DUE)
        assert (found.lost, again.sent) == (0, 0)
        assert max(found.in_doubt, found.repeated) <= KILLS
        safe = set(Message.objects.filter(kind="checkin_24h", occurrence="1").values_list("pk", flat=True))
        assert {str(pk) for pk in safe} <= set(box.letters())
    assert not Message.objects.filter(pk__in=safe).exclude(state=Message.State.SENT).exists()
    in_doubt = MessageAttempt.objects.filter(ended_at__isnull=True)
    assert set(in_doubt.values_list("message__state", flat=True)) <= {"uncertain"}
