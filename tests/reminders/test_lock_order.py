"""Two who change the same things lock them in one order: the one waits for the other, and never each for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Model

from clinic import clock
from clinic.models import User
from reminders import calls, followups, ledger, links_in_words, preferences
from reminders.models import FollowUp, Message
from tests.reminders import reaching

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


@contextmanager
def waiting_for(row: Model, act: Callable[[], object]) -> Iterator[None]:
    """Somebody else does `act` and comes to wait for `row`, which is ours; they go on once we are through."""

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            _take(type(row), row.pk)
            other = pool.submit(_run, act)
            _until_they_wait()
            yield
        other.result(timeout=5)


def _run(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connection.close()


def _take(model: type[Model], pk: UUID) -> None:
    model._default_manager.select_for_update(nowait=True).get(pk=pk)


def _until_they_wait() -> None:
    ends = monotonic() + 5
    with connection.cursor() as cursor:
        while monotonic() < ends:
            cursor.execute(WAITING)
            if cursor.fetchone() == (1,):
                return
            sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.fixture
def message(patient) -> Message:
    return reaching.plan(patient)


def test_whoever_ends_the_task_to_call_waits_for_the_message_before_the_task(message: Message, front_desk: User):
    Message.objects.filter(pk=message.pk).update(state="failed", next_attempt_at=None)
    calls.ask(message, "A message could not be delivered")
    task = FollowUp.objects.get()
    end = "Reached, all is well"

    with waiting_for(message, lambda: followups.done(task_id=task.pk, outcome=end, by=front_desk)):
        _take(FollowUp, task.pk)  # as whoever says on the page of the message that they called
    task.refresh_from_db()
    message.refresh_from_db()
    assert (task.state, message.state) == ("done", "called")


def test_what_another_text_says_too_is_taken_back_after_that_text(message: Message, patient):
    rider = reaching.plan(patient)
    now = clock.now()
    begun = {"state": "claimed", "lease_until": now + timedelta(minutes=1), "lease_owner": "x", "begun_at": now}
    Message.objects.filter(pk=message.pk).update(channel="text", **begun)
    Message.objects.filter(pk=rider.pk).update(channel="text", merged_into=message.pk)

    def take_back() -> None:
        ledger.void(subject_kind=rider.subject_kind, subject_id=rider.subject_id, why="The visit was cancelled.")

    with waiting_for(message, take_back):
        _take(Message, rider.pk)  # as the trigger does when the text has gone
    rider.refresh_from_db()
    assert rider.state == "planned"
    assert rider.expires_at <= clock.now()


def done_meanwhile(row: Model, act: Callable[[], object]) -> None:
    """Somebody else does `act` while we hold `row`, and need not wait for us."""

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        list(type(row)._default_manager.select_for_update(no_key=True).filter(pk=row.pk).values_list("pk"))
        pool.submit(_run, act).result(timeout=2)


def test_the_address_in_a_message_is_made_while_somebody_else_has_its_patient(message: Message, patient):
    done_meanwhile(patient, lambda: links_in_words.address(message))
    assert patient.links.get().subject_id == message.pk


def test_a_new_preference_does_not_wait_for_a_message_that_is_being_moved(message: Message, patient, front_desk: User):
    other = reaching.plan(patient)
    Message.objects.update(channel="text")
    done_meanwhile(message, lambda: preferences.prefer(patient_id=patient.pk, way="email", by=front_desk))
    assert set(Message.objects.values_list("pk", "channel")) == {(message.pk, "text"), (other.pk, "email")}
