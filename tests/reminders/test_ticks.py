"""The ticks that make dispatchers work: with two clocks, with a broker that lost everything, and with none."""

import time

import pytest
import time_machine
from celery.contrib.testing.worker import start_worker
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from benchmarks import reminders as bench
from clinic import clock
from clinic.celery import app
from reminders import dispatch, tasks
from reminders.models import Message
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

DUE = 30


@pytest.fixture
def house() -> bench.House:
    made = bench.House(5)
    made.plan(DUE, *bench.KIND)
    return made


def test_two_beats_and_a_broker_that_lost_everything_double_and_lose_nothing(house: bench.House, sink: Sink) -> None:
    tasks.dispatch.delay()
    app.control.purge()  # what was handed out is gone
    with time_machine.travel(house.now, tick=True):
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
            for _ in range(4):  # two beats, each twice
                tasks.dispatch.delay()
            for _ in range(200):
                if len(sink.letters) >= DUE:
                    break
                time.sleep(0.05)
        assert dispatch.dispatch_due().sent == 0
    keys = [letter["X-Evenkeel-Key"] for letter in sink.letters]
    assert len(keys) == len(set(keys)) == DUE
    assert house.state_counts() == {"sent": DUE}


def test_without_a_broker_the_command_sends_and_a_worker_that_starts_is_not_stopped(
    house: bench.House, sink: Sink, dead_broker: None
) -> None:
    tasks.look_at_once()
    with pytest.raises(OperationalError):
        tasks.dispatch.apply_async(retry=False)
    with clock.at(house.now):
        call_command("dispatch_due")
    assert len(sink.letters) == DUE


def test_turn_that_is_over_stands_in_line_again(
    house: bench.House, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    lined_up: list[str] = []
    monkeypatch.setattr(tasks, "_stand_in_line", lambda task: lined_up.append(task.name))
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0)
    with clock.at(house.now):
        while Message.objects.filter(state="planned", due_at__lte=house.now, occurrence="1").exists():
            tasks.dispatch()
    assert lined_up == ["reminders.tasks.dispatch"] * 2
    assert len(sink.letters) == DUE


def test_batch_asks_as_much_for_twenty_as_for_three(house: bench.House, sink: Sink) -> None:
    """What is read is constant; what is written is the claim, and a try and its end for each message."""

    def selects(limit: int) -> int:
        with clock.at(house.now), CaptureQueriesContext(connection) as asked:
            dispatch.dispatch_due(limit=limit)
        return sum(query["sql"].startswith('SELECT "') for query in asked)

    selects(1)
    assert selects(3) == selects(20)
