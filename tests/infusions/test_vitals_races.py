"""A row of vitals that is sent at once from several pages, or whose worker is killed: it stands once, and it stands."""

import os
import signal
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.forking import let_go, open_lines
from clinic.ids import uuid7
from infusions.models import VitalSigns
from tests.visits.processes import FORK, PATIENCE, at_once


@pytest.fixture(autouse=True)
def awake(settings):
    """The clock stands in another year than the one in which the nurse signed in."""
    settings.IDLE_LOGOFF_MINUTES = 24 * 60
    settings.ABSOLUTE_SESSION_HOURS = 24 * 365 * 2


@pytest.fixture
def send(day, running):
    """`send(key, heart_rate)`: the nurse's page posts a row at 09:22. Answers the status."""
    client = Client()
    with day.clock("09:12"):
        client.force_login(day.nurse)
    address, whose = reverse("infusions:vitals", args=[running.pk]), str(running.series.patient_id)

    def post(key, heart_rate=84):
        row = {"systolic": 131, "diastolic": 82, "heart_rate": heart_rate, "client_key": key, "patient": whose}
        with day.clock("09:22"):
            return client.post(address, row, headers={"HX-Request": "true", "X-Row": "1"}).status_code

    return post


def test_a_row_costs_as_many_statements_with_twelve_before_it_as_with_one(day, running, send):
    costs = []
    for more in (1, 11):
        for minute in range(more):
            day.vitals(running, f"09:{14 + minute // 2}", 121 + minute, 80)
        send(str(uuid7()))
        with CaptureQueriesContext(connection) as queries:
            assert send(str(uuid7())) == 200
        costs.append([one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]])
    assert len(costs[0]) == len(costs[1]) <= 6, "\n".join(sql[:150] for sql in costs[1])


@pytest.mark.django_db(transaction=True)
def test_five_pages_send_the_same_row_at_once_and_it_stands_once(running, send):
    key = str(uuid7())
    assert at_once(5, lambda _: send(key)) == [200] * 5
    assert VitalSigns.objects.filter(infusion=running, client_key=key).count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_answered_is_lost_with_the_worker_and_what_is_sent_again_stands_once(running, send):
    keys = [str(uuid7()) for _ in range(200)]
    ear, answer = FORK.Pipe(duplex=False)
    connection.close()
    worker = FORK.Process(target=_serve, args=(send, keys, open_lines(), answer), daemon=True)
    worker.start()
    answer.close()
    told = []
    while len(told) < 12:
        assert ear.poll(PATIENCE)
        told.append(ear.recv())
    os.kill(worker.pid, signal.SIGKILL)  # in the middle of whatever it does now
    worker.join(PATIENCE)
    try:
        while True:
            told.append(ear.recv())  # what it had answered until then
    except EOFError:
        pass
    assert {status for _, status in told} == {200}
    assert {key for key, _ in told} <= set(_kept(running))
    assert len(_kept(running)) < len(keys)
    again = keys[: len(told) + 2]
    assert [send(key) for key in again] == [200] * len(again)
    assert Counter(_kept(running)) == Counter(again)


def _kept(infusion):
    return [str(key) for key in infusion.vitals.exclude(client_key=None).values_list("client_key", flat=True)]


def _serve(send, keys, lines, answer):
    let_go(lines)
    for key in keys:
        answer.send((key, send(key)))
