"""Other systems at once: a key has one effect, also over a killed process, and no writer undoes another's work."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from clinic import clock
from clinic.models import KeptAnswer, Site, User
from clinic.policy import Role
from infusions.models import Infusion, VitalSigns
from patients.models import Evaluation, Patient
from tests import build
from tests.asking import Asker
from tests.infusions import making
from tests.visits import processes
from tests.visits.processes import FORK, at_once

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, TURNS = 4, 2
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def stands_in_line() -> None:
    """Wait until a process waits for a row."""
    until = time.monotonic() + processes.PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("Nobody waits.")


def test_a_key_has_one_effect_over_a_killed_process_and_ten_at_once(
    site: Site, patient: Patient, nurse: User, provider: User
) -> None:
    infusion = making.infusion(making.loading(patient, provider), 1, "2027-02-02")
    Infusion.objects.filter(pk=infusion.pk).update(state="checked_in")
    with clock.at(build.moment(site, "2027-02-02", "08:50")):
        ward, path = Asker(nurse, Role.NURSE, site), f"infusions/{infusion.pk}/vitals/"
        body: dict[str, Any] = {"observed_at": clock.now().isoformat(), "heart_rate": 71}
        assert {ward.post(path, body).status_code for _ in range(2)} == {201}  # without a key it is two rows
        assert VitalSigns.objects.count() == 2
        _killed_at_the_row(ward, path, body, infusion)
        assert (VitalSigns.objects.count(), KeptAnswer.objects.count()) == (2, 0)

        def send(_: int) -> tuple[int, bytes, str]:
            answer = ward.post(path, body, Idempotency_Key="k1")
            return answer.status_code, answer.content, answer["ETag"]

        (said,) = set(at_once(10, send))
        assert (said[0], VitalSigns.objects.count()) == (201, 3)
        for _ in range(2):
            assert send(0) == said
        assert ward.post(path, {**body, "heart_rate": 72}, Idempotency_Key="k1").status_code == 422
        assert (VitalSigns.objects.count(), KeptAnswer.objects.count()) == (3, 1)


def _killed_at_the_row(ward: Asker, path: str, body: dict[str, Any], infusion: Infusion) -> None:
    """A process has claimed the key and waits for the infusion's row when it is killed."""
    other = connection.copy()
    other.connect()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT id FROM infusions_infusion WHERE id = %s FOR UPDATE", [infusion.pk])
    connections.close_all()
    lines = processes.open_lines()

    def work() -> None:
        processes.let_go(lines)
        ward.post(path, body, Idempotency_Key="k1")

    worker = FORK.Process(target=work, daemon=True)
    worker.start()
    stands_in_line()
    assert worker.pid
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(processes.PATIENCE)
    other.close()
    assert worker.exitcode == -signal.SIGKILL


def test_of_many_writers_of_one_record_every_word_is_kept(
    site: Site, patient: Patient, provider: User, front_desk: User
) -> None:
    """Each adds a word to what they have read: to a record with a version of its own, and to one with its history."""
    doctor, desk = Asker(provider, Role.PROVIDER, site), Asker(front_desk, Role.FRONT_DESK, site)
    made = Evaluation.objects.create(patient=patient, entered_by=provider, observed_at=clock.now())

    gate = FORK.Barrier(WRITERS)

    def work(writer: int) -> int:
        tried = 0
        for word in (f"w{writer}-{turn}" for turn in range(TURNS)):
            tried += _until_kept(doctor, f"evaluations/{made.pk}/", "plan", word, gate)
            tried += _until_kept(desk, f"patients/{patient.pk}/", "address", word, gate)
        return tried

    overtaken = at_once(WRITERS, work)
    made.refresh_from_db()
    patient.refresh_from_db()
    every = sorted(f"w{writer}-{turn}" for writer in range(WRITERS) for turn in range(TURNS))
    assert sorted(made.plan.split()) == every
    assert sorted(patient.address.split()) == every
    assert sum(overtaken) >= 2 * TURNS * (WRITERS - 1)  # of those who had read the same, one was first


def _until_kept(asker: Asker, path: str, field: str, word: str, gate: Barrier) -> int:
    """Read, wait until all have read, add a word, send; whoever is overtaken reads again. How often that was."""
    for tried in range(100):
        seen = asker.get(path)
        if not tried:
            gate.wait(processes.PATIENCE)
        text = f"{seen.told[field]} {word}".strip()
        answer = asker.ask("PATCH", path, {field: text}, **{"If-Match": seen["ETag"]})
        if answer.status_code == 200:
            return tried
        assert answer.status_code == 412, answer.told
    raise AssertionError("never got a word in")
