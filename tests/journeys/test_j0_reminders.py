"""J0 of the protocol, the letters: a real worker, a real broker and a real SMTP server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from datetime import time as clock_time

import pytest
import time_machine
from celery.contrib.testing.worker import start_worker

from clinic.celery import app
from reminders.models import Message, MessageAttempt
from reminders.tasks import dispatch
from tests.journeys import telling
from tests.journeys.telling import Clinic
from tests.journeys.test_j0_baseline import booked, evaluated_and_self_paying
from tests.sink import Sink
from visits import changes
from visits.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
AT_BOOKING = ["Your visits at Pine Street", "How to prepare for your visits"]


@pytest.fixture
def clinic(transactional_db: None) -> Clinic:
    return telling.pine_street()


@pytest.fixture
def worker() -> Iterator[None]:
    """A worker on the real broker, in this process, so that it lives in the test's time."""
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        yield


def ticked(moment: object, *, sent: int) -> None:
    """Beat's tick at a moment; wait until the worker has sent as many letters as there should be."""
    with time_machine.travel(moment, tick=True):  # type: ignore[arg-type]
        dispatch.delay()
        for _ in range(200):
            if Message.objects.filter(state=Message.State.SENT).count() >= sent:
                break
            time.sleep(0.05)
        time.sleep(0.3)


def test_reminders_go_out_by_mail_once_each_at_their_hour(clinic: Clinic, sink: Sink, worker: None) -> None:
    # Given Maya, booked on 20 January for six visits and three sessions
    booked(clinic, evaluated_and_self_paying(clinic))
    at = clinic.site.moment
    # When the afternoon comes, then one letter with all dates has gone out, and one that says how to prepare
    ticked(at(date(2027, 1, 20), clock_time.fromisoformat("11:00")), sent=2)
    assert [letter["Subject"] for letter in sink.letters] == AT_BOOKING
    assert "- Tuesday, February 2, 9:00 AM" in sink.letters[0].get_content()
    # When the third day before the first infusion comes, and beat ticks twice
    ticked(at(date(2027, 1, 25), clock_time.fromisoformat("13:01")), sent=3)
    ticked(at(date(2027, 1, 25), clock_time.fromisoformat("13:02")), sent=3)
    # Then one reminder went out: of the preparation session on 28 January
    assert len(sink.letters) == 3
    assert "Thursday, January 28" in sink.letters[2].get_content()
    # And nothing was sent twice, and every letter has its row and its try
    assert len({letter["Message-ID"] for letter in sink.letters}) == len(sink.letters)
    assert MessageAttempt.objects.filter(accepted=True).count() == len(sink.letters)


def test_cancelled_visit_is_not_reminded(clinic: Clinic, sink: Sink, worker: None) -> None:
    booked(clinic, evaluated_and_self_paying(clinic))
    preparation = Appointment.objects.get(kind="preparation")
    with clinic.at("2027-01-21", "09:00"):
        changes.cancel(appointment_id=preparation.pk, party="patient", reason="Has a cold", by=clinic.desk)
    ticked(clinic.site.moment(date(2027, 1, 27), clock_time.fromisoformat("13:05")), sent=0)
    assert [letter["Subject"] for letter in sink.letters if letter["Subject"] not in AT_BOOKING] == []
    assert set(Message.objects.filter(subject_id=preparation.pk).values_list("state", flat=True)) == {"void"}
