"""The demo clinic: made once for this file, as of Tuesday 2 February 2027, 10:42 at Pine Street; then looked at."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from clinic import clock, integrity
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Infusion, Series
from journey.demo import cast
from patients.models import Evaluation, Inquiry, Patient
from reminders.models import Message
from tests import build, cleaning
from therapy.models import TherapySession
from visits.models import Appointment

NOW = datetime(2027, 2, 2, 18, 42, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the command says. It commits patient by patient, as it does for a clinic: in one transaction it is slow."""
    with django_db_blocker.unblock(), clock.at(NOW):
        out = StringIO()
        try:
            call_command("seed_demo", stdout=out)
            yield out.getvalue()
        finally:
            cleaning.empty()


@pytest.fixture
def demo(told: str, db: None) -> str:
    return told


def stage_of(patient: Patient) -> str:
    """How far somebody is: the evaluation's state, and the newest series with its state."""
    judged = patient.evaluations.order_by("-observed_at").first()
    series = patient.series.order_by("-opened_at").first()
    missed = patient.appointments.filter(status="no_show").exists()
    return f"{judged and judged.state}, {series and f'{series.kind} {series.state}'}{', missed' * missed}"


def test_it_says_what_it_made(demo: str) -> None:
    assert demo.splitlines()[-1].endswith(f"2 sites, {len(cast.STAFF)} staff, {len(cast.PEOPLE)} patients.")


def test_the_same_day_gives_the_same_clinic(demo: str) -> None:
    assert {
        "patients": Patient.objects.count(),
        "inquiries": Inquiry.objects.count(),
        "evaluations": Counter(Evaluation.objects.values_list("state", flat=True)),
        "series": Counter(f"{kind} {state}" for kind, state in Series.objects.values_list("kind", "state")),
        "visits": Appointment.objects.count(),
        "infusions": Infusion.objects.filter(state="discharged").count(),
        "notes": TherapySession.objects.filter(state="signed").count(),
    } == {
        "patients": 60,
        "inquiries": 5,
        "evaluations": {"eligible": 42, "draft": 6, "ineligible": 2, "deferred": 2},
        "series": {"loading completed": 14, "loading active": 13, "maintenance active": 9, "loading planned": 8},
        "visits": 344,
        "infusions": 133,
        "notes": 64,
    }


def test_few_notes_wait_for_their_nurse_and_every_evening_word_found_its_hour(demo: str) -> None:
    waiting = Infusion.objects.filter(state="discharged", note__signed_at=None).count()
    assert 0 < waiting < 20
    assert Message.objects.filter(kind="evening_note", state="sent").exists()
    assert not Message.objects.filter(kind="evening_note", state="expired").exists()


def test_somebody_is_in_every_stage_today(demo: str) -> None:
    assert {"draft", "eligible", "deferred", "ineligible"} <= set(Evaluation.objects.values_list("state", flat=True))
    assert {"planned", "active", "completed"} <= set(Series.objects.values_list("state", flat=True))
    assert Infusion.objects.filter(state__in=Infusion.IN_HOUSE).exists()
    assert {"sent", "planned"} <= set(Message.objects.values_list("state", flat=True))
    for site in Site.objects.all():
        start, end = site.day_bounds(site.today())
        assert Appointment.objects.filter(site=site, starts_at__gte=start, starts_at__lt=end).exists()


def test_nothing_was_entered_in_the_future(demo: str) -> None:
    assert not TherapySession.objects.filter(state="signed", appointment__starts_at__gt=NOW).exists()
    assert not Infusion.objects.filter(started_at__gt=NOW).exists()
    assert not Message.objects.filter(sent_at__gt=NOW).exists()


def test_every_integrity_check_holds(demo: str) -> None:
    checks = list(integrity.all_checks())
    assert {check.name: check.broken() for check in checks} == {check.name: [] for check in checks}


def test_the_logins_name_one_of_each_role_and_open_the_home_page(demo: str, client: Any) -> None:
    out = StringIO()
    call_command("demo_logins", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(Role)
    for line in lines:
        email = next(word for word in line.split() if "@" in word)
        assert cast.PASSWORD in line
        client.force_login(User.objects.get(email=email))
        assert client.get(reverse("journey:home")).status_code == 200


def pages(patient: Patient) -> Iterator[str]:
    """The address of every page about a patient."""
    for name in ("journey:chart", "patients:edit", "patients:contacts", "patients:history", "patients:measure-new"):
        yield reverse(name, args=[patient.pk])
    for name in ("patients:consent-new", "insurance:patient", "reminders:messages", "visits:book"):
        yield reverse(name, args=[patient.pk])
    for name, rows in (
        ("patients:evaluation", patient.evaluations.all()),
        ("patients:alert", patient.alerts.all()),
        ("patients:measure", patient.measures.all()[:2]),
        ("patients:consent", patient.consents.all()[:1]),
        ("insurance:verification", patient.verifications.all()[:2]),
        ("visits:appointment", patient.appointments.all()[:3]),
        ("infusions:orders", patient.series.all()),
        ("infusions:review", patient.series.filter(kind="loading")),
        ("infusions:infusion", Infusion.objects.filter(series__patient=patient)),
        ("therapy:session", patient.therapy_sessions.all()),
    ):
        for row in rows:
            yield reverse(name, args=[row.pk])


def test_every_page_of_one_patient_of_each_stage_opens(demo: str, client: Any) -> None:
    readers = {site.pk: build.user(*Role, at=site) for site in Site.objects.all()}
    one_of_each = {stage_of(patient): patient for patient in Patient.objects.order_by("mrn")}
    assert len(one_of_each) >= 8
    for patient in one_of_each.values():
        client.force_login(readers[patient.site_id])
        answers = {address: client.get(address).status_code for address in pages(patient)}
        assert {address: status for address, status in answers.items() if status != 200} == {}
