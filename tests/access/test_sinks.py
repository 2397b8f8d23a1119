"""Two hundred people with names, birth dates, numbers and addresses of their own, and where no trace of them may be.

They are searched for, opened, changed, mistyped, booked, written to, exported and opened in an emergency, by pages,
API and FHIR. Then everything is read that leaves the house or lies beside the record: addresses, headers, log lines,
figures, what the broker and the cache keep, sessions, the context of the history, letters.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import reverse
from prometheus_client import REGISTRY, generate_latest

from clinic import clock, sealing
from clinic.logs import AsJson, NoSecrets
from clinic.models import KeptAnswer
from clinic.policy import Role
from insurance.tasks import look_at_estimates_of
from journey import tasks as journey_tasks
from journey.models import EmergencyAccess
from journey.tasks import count_outcomes, make_export
from patients.models import Patient
from patients.tasks import run_import
from reminders import dispatch
from tests import build
from tests.asking import Asker
from tests.reminders.reaching import agree, plan
from visits.tasks import find_repair, offer_opening

pytestmark = pytest.mark.django_db
PEOPLE = 200
LETTERS = "bcdfghjklm"


def spelled(number: int) -> str:
    """A number as letters, since a name has no figures."""
    return "".join(LETTERS[int(figure)] for figure in f"{number:03}")


@dataclass(frozen=True)
class Canary:
    """Somebody whom nobody could mean by chance."""

    number: int

    @property
    def given(self) -> str:
        return f"Xyqa{spelled(self.number)}"

    @property
    def family(self) -> str:
        return f"Zvorq{spelled(self.number)}"

    @property
    def born(self) -> date:
        return date(1931, 1, 1) + timedelta(days=self.number)

    @property
    def phone(self) -> str:
        return f"+1310555{7000 + self.number}"

    @property
    def email(self) -> str:
        return f"{self.family.lower()}@canary.example"

    def typed(self) -> dict[str, str]:
        """As a form or the API takes them."""
        return {"given_name": self.given, "family_name": self.family, "birth_date": self.born.isoformat(),
                "phone": self.phone, "email": self.email}  # fmt: skip


# Names, addresses and numbers however they are written; birth dates in each form that the house writes.
NAMED = re.compile(r"xyqa[b-m]{3}|zvorq[b-m]{3}|310\)?[- .%20]*555[- .]*7[01]\d\d", re.IGNORECASE)
BORN = re.compile(r"1931-\d\d-\d\d|\d\d?/\d\d?/1931|[A-Z][a-z]+ \d\d?, 1931|\d\d? [A-Z][a-z]+ 1931")


def traces(lines: list[str]) -> list[str]:
    return [line[:300] for line in lines if BORN.search(line) or NAMED.search(line)]


@dataclass
class Heard:
    """What was written beside the record while the clinic worked."""

    answers: list[HttpResponse] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    broker: list[str] = field(default_factory=list)
    to_staff: list[str] = field(default_factory=list)
    to_patients: list[str] = field(default_factory=list)


class Listener(logging.Handler):
    """Every line as production writes it."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines
        self.setFormatter(AsJson())
        self.addFilter(NoSecrets())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Day:
    """A day's work of one clinic, by every door."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.site = build.site()
        self.people = [Canary(number) for number in range(PEOPLE)]
        self.staff = build.user(*Role, at=self.site, name="Adaeze Okafor")
        build.user(Role.CLINIC_ADMIN, at=self.site, name="Clara Adeyemi")
        self.patients = [build.patient(self.site, **one.typed() | {"birth_date": one.born}) for one in self.people]
        self.client = Client()
        self.client.force_login(self.staff)
        self.desk = Asker(self.staff, Role.FRONT_DESK, self.site)
        self.fhir = {"Authorization": f"Token {Asker(self.staff, Role.PROVIDER, self.site).secret}"}

    def work(self) -> None:
        """Everybody goes through one door, and every door sees some of them."""
        doors = (self.look_for, self.mistype, self.register, self.ask_by_api, self.send_by_api, self.ask_fhir,
                 self.change, self.write_to)  # fmt: skip
        for one, patient in zip(self.people, self.patients, strict=True):
            doors[one.number % len(doors)](one, patient)
        for one in self.people[:3]:
            self.in_an_emergency(one)
        self.to_workers()

    def told(self, answer: HttpResponse) -> None:
        assert answer.status_code < 500
        self.heard.answers.append(answer)

    def look_for(self, one: Canary, patient: Patient) -> None:
        page = ("patients:search", "patients:list", "visits:walk-in-find")[one.number // 8 % 3]
        words = (one.family, one.phone, one.born.isoformat(), f"{one.given} {one.family}")[one.number // 8 % 4]
        self.told(self.client.get(reverse(page), {"q": words}))

    def mistype(self, one: Canary, patient: Patient) -> None:
        self.told(self.client.post(reverse("patients:new"), one.typed() | {"birth_date": "yesterday"}))
        self.told(self.client.get(f"/no/such/page/{one.number}/", {"name": one.family}))

    def register(self, one: Canary, patient: Patient) -> None:
        """Somebody who is there already."""
        self.told(self.client.post(reverse("patients:new"), one.typed()))

    def ask_by_api(self, one: Canary, patient: Patient) -> None:
        self.told(self.desk.get(f"patients/?q={one.family}"))

    def send_by_api(self, one: Canary, patient: Patient) -> None:
        more = {"confirmed_new": True} if one.number % 16 < 8 else {one.family: one.phone}
        self.told(self.desk.post("patients/", one.typed() | more, Idempotency_Key=str(one.number)))

    def ask_fhir(self, one: Canary, patient: Patient) -> None:
        search = {"name": one.family, "birthdate": one.born.isoformat()}
        self.told(self.client.get("/fhir/R4/Patient", search, headers=self.fhir))

    def change(self, one: Canary, patient: Patient) -> None:
        """A change, and one that the database refuses, quoting the row."""
        self.told(self.desk.ask("PATCH", f"patients/{patient.pk}/", {"preferred_name": one.given}))
        try:
            with transaction.atomic():
                Patient.objects.filter(pk=patient.pk).update(mrn=f"{one.family}", birth_date=None)
        except IntegrityError:
            logging.getLogger("evenkeel.request").exception("refused")

    def write_to(self, one: Canary, patient: Patient) -> None:
        plan(agree(patient, "email"))

    def in_an_emergency(self, one: Canary) -> None:
        """What calls a worker, and what writes to staff."""
        why = f"{one.given} {one.family}, born {one.born}, lies in the hall; call {one.phone}"
        given = {"family_name": one.family, "birth_date": one.born.isoformat(), "reason": why}
        with TestCase.captureOnCommitCallbacks(execute=True):
            self.told(self.client.post(reverse("journey:emergency"), given))
        journey_tasks.tell_of_emergency(str(EmergencyAccess.objects.latest("opened_at").pk))

    def to_workers(self) -> None:
        """Every task that a page hands over, about somebody; and the messages that are due."""
        for task in (run_import, look_at_estimates_of, offer_opening, find_repair, count_outcomes, make_export):
            task.apply_async([str(self.patients[0].pk)], retry=False)
        self.heard.to_staff = [f"{one.subject} {one.body} {one.message()}" for one in mail.outbox]
        mail.outbox.clear()
        dispatch.dispatch_due()
        self.heard.to_patients = [f"{one.subject} {one.body}" for one in mail.outbox]


def in_broker() -> list[str]:
    """Every key of the broker and of the cache, and what it holds; bodies of tasks as they were before wrapping."""
    found = []
    for address in {settings.CELERY_BROKER_URL.replace("redis+socket", "unix"), settings.CACHES["default"]["LOCATION"]}:
        store = redis.from_url(address)
        for key in store.scan_iter(count=1000):
            found.append(f"{key!r} {store.dump(key)!r}" if store.type(key) != b"list" else repr(key))
            if store.type(key) == b"list":
                for line in store.lrange(key, 0, -1):
                    found += [repr(line), repr(base64.b64decode(json.loads(line)["body"]))]
    return found


def beside_the_record() -> list[str]:
    """Sessions, kept answers of the API, and who wrote each row of the history."""
    rows = [json.dumps(one.get_decoded()) for one in Session.objects.all()]
    rows += [str(values) for values in KeptAnswer.objects.values_list()]
    with connection.cursor() as cursor:
        for _, table in sealing.audited_tables():
            cursor.execute(f'SELECT DISTINCT pgh_context::text FROM "{table}" WHERE pgh_context IS NOT NULL')
            rows += [str(row[0]) for row in cursor.fetchall()]
    return rows


@pytest.fixture(scope="module")
def heard(django_db_setup: None, django_db_blocker: Any) -> Iterator[Heard]:
    found = Heard()
    listener, root, access = Listener(found.logged), logging.getLogger(), logging.getLogger("evenkeel.access")
    root.addHandler(listener)
    access.setLevel(logging.INFO)
    mail.outbox = []
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            with clock.at(datetime(2027, 2, 2, 17, tzinfo=UTC)):
                Day(found).work()
            found.kept, found.broker = beside_the_record(), in_broker()
            transaction.set_rollback(True)
        yield found
    finally:
        access.setLevel(logging.WARNING)
        root.removeHandler(listener)


def test_the_work_was_done_so_that_something_could_leak(heard: Heard) -> None:
    shown = {name for answer in heard.answers for name in re.findall(r"Zvorq\w{3}", answer.content.decode())}
    assert len(shown) > 150
    assert len(heard.answers) > 200
    assert {answer.status_code // 100 for answer in heard.answers} == {2, 3, 4}
    assert len(traces([answer.content.decode() for answer in heard.answers])) > 150


def test_no_address_or_header_names_anybody(heard: Heard) -> None:
    headers = [f"{name}: {value}" for answer in heard.answers for name, value in answer.headers.items()]
    headers += [str(answer.cookies) for answer in heard.answers]
    assert len(headers) > 1500
    assert traces(headers) == []


def test_no_line_of_the_log_names_anybody(heard: Heard) -> None:
    assert len(heard.logged) > 220
    assert traces(heard.logged) == []


def test_no_figure_names_anybody(heard: Heard) -> None:
    assert traces(generate_latest(REGISTRY).decode().splitlines()) == []


def test_broker_and_cache_hold_ids_alone(heard: Heard) -> None:
    assert sum("make_export" in line for line in heard.broker) >= 1
    assert traces(heard.broker) == []


def test_sessions_kept_answers_and_the_authors_of_history_name_no_patient(heard: Heard) -> None:
    assert len(heard.kept) > 10
    assert traces(heard.kept) == []


def test_letters_to_staff_name_no_patient(heard: Heard) -> None:
    assert len(heard.to_staff) >= 3
    assert traces(heard.to_staff) == []


def test_letters_to_patients_call_them_by_their_first_name_alone(heard: Heard) -> None:
    assert len(heard.to_patients) == 25
    assert all(re.search(r"Xyqa\w{3}", letter) for letter in heard.to_patients)
    assert traces([re.sub(r"Xyqa\w{3}", "", letter) for letter in heard.to_patients]) == []
