"""Figures tell how the house is, and of nobody."""

from __future__ import annotations

import re
import socket
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.values import MultiProcessValue
from pytest_django.fixtures import Settings

from clinic import clock, heartbeats, metrics
from clinic.models import Site, User
from patients.models import Patient
from tests import build


@pytest.mark.django_db
def test_a_page_is_counted_by_room_and_names_nobody(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    client.get(reverse("patients:edit", args=[patient.pk]), {"q": patient.family_name})
    client.get("/no/such/page/Torres/")
    client.generic("BREW", "/")
    text = generate_latest(REGISTRY).decode()
    assert 'evenkeel_request_seconds_count{answer="2xx",method="GET",room="patients"}' in text
    assert 'evenkeel_request_seconds_count{answer="4xx",method="GET",room="nowhere"}' in text
    assert 'method="other"' in text
    assert not any(word in text for word in (patient.family_name, patient.mrn, str(patient.pk), str(nurse.pk)))


@pytest.mark.django_db
def test_what_grows_old_is_read_when_somebody_looks(site: Site) -> None:
    with clock.at(build.moment(site, "2027-02-02", "12:00")):
        heartbeats.beat("beat")
    with clock.at(build.moment(site, "2027-02-02", "12:01")):
        families = {family.name: family for family in metrics.House()._read()}
    assert {"evenkeel_silent_seconds", "evenkeel_waiting_seconds", "evenkeel_to_review"} <= set(families)
    (silent,) = families["evenkeel_silent_seconds"].samples
    assert (silent.labels, silent.value) == ({"part": "beat"}, timedelta(minutes=1).total_seconds())


def test_labels_are_few() -> None:
    """What is counted must not grow with patients, people or addresses."""
    assert metrics.REQUESTS._labelnames == ("room", "method", "answer")
    assert metrics.TASKS._labelnames == ("task", "state")
    source = Path(metrics.__file__).read_text()
    assert not re.search(r"labels\([^)]*(path|user|pk)", source)


def test_the_port_answers_for_all_processes_of_the_container(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.METRICS_PORT = free.getsockname()[1]
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setattr(metrics, "gauges", {})
    for process in (7, 8):
        counted = MultiProcessValue(lambda pid=process: pid)
        counted("counter", "evenkeel_any_total", "evenkeel_any_total", (), (), "Any").inc(1)
    metrics.serve()
    answer = urllib.request.urlopen(f"http://127.0.0.1:{settings.METRICS_PORT}", timeout=5).read().decode()
    assert "evenkeel_any_total 2.0" in answer
