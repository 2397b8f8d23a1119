"""Two dispatchers at once: first shown to send twice when nothing stops them, then stopped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from clinic import clock
from clinic.models import Site
from patients.models import ContactConsent, Patient
from reminders import dispatch, ledger
from reminders.models import Message
from tests import build
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

DISPATCHERS = 4
MESSAGES = 40


@pytest.fixture
def waiting(patient: Patient, site: Site) -> Patient:
    patient.email = "maya@example.org"
    patient.save()
    ContactConsent.objects.create(patient=patient, channel="email", words="…", version="1", given_at=clock.now())
    due = build.moment(site, "2027-02-02", "09:00")
    for _ in range(MESSAGES):
        ledger.plan(
            kind="appointment_24h",
            patient=patient,
            site=site,
            subject_kind="appointment",
            subject_id=uuid4(),
            occurrence="1",
            due_at=due,
            expires_at=due + timedelta(days=1),
            values={"day": "Tuesday, February 2", "time": "9:00 AM"},
        )
    return patient


def at_once(site: Site, act: object) -> list[object]:
    """Let several dispatchers begin at the same moment; what each answers."""
    start = Barrier(DISPATCHERS)

    def run(_: int) -> object:
        start.wait()
        try:
            with clock.at(build.moment(site, "2027-02-02", "09:05")):
                return act()  # type: ignore[operator]
        finally:
            connection.close()

    with ThreadPoolExecutor(DISPATCHERS) as pool:
        return list(pool.map(run, range(DISPATCHERS)))


def test_without_a_claim_four_dispatchers_choose_the_same_messages(waiting: Patient, site: Site) -> None:
    def choose() -> list[object]:
        return list(Message.objects.filter(state="planned", due_at__lte=clock.now()).values_list("pk", flat=True))

    chosen = [pk for batch in at_once(site, choose) for pk in batch]  # type: ignore[attr-defined]
    assert len(chosen) > len(set(chosen))


def test_four_dispatchers_at_once_send_each_message_once(waiting: Patient, site: Site, sink: Sink) -> None:
    counts = at_once(site, dispatch.dispatch_due)
    assert sum(count.sent for count in counts) == MESSAGES  # type: ignore[attr-defined]
    assert len(sink.letters) == MESSAGES
    assert len({letter["Message-ID"] for letter in sink.letters}) == MESSAGES
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_worker_gives_no_more_places_than_it_has(site: Site, settings) -> None:
    settings.DISPATCHERS = 3

    def take() -> bool:
        with dispatch.place() as mine:
            held.wait()
            return mine

    held = Barrier(DISPATCHERS)
    assert sorted(at_once(site, take)) == [False, True, True, True]  # type: ignore[type-var]


def test_nobody_takes_a_place_while_one_is_alone(site: Site) -> None:
    def look() -> bool:
        with dispatch.place() as mine:
            return mine

    with dispatch.alone():
        assert at_once(site, look) == [False] * DISPATCHERS
