"""10,000 reminders that are due among 210,000: two dispatchers, one killed half way, and a real SMTP server.

The same house, with other sizes and more kills, is what tests/reminders/test_chaos.py lives in.
"""

from __future__ import annotations

import os
import signal
import socket
import socketserver
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

import pgtrigger
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.copying import untouched
from benchmarks.forking import let_go, open_lines
from benchmarks.table import Check, Row
from clinic import clock, history
from clinic.ids import uuid7
from clinic.models import Site
from patients.models import ContactConsent, Patient
from reminders import dispatch, ledger, rules
from reminders.dispatch import dispatch_due
from reminders.message_kinds import KINDS
from reminders.models import Message
from reminders.runs import Counts

FORK = get_context("fork")
TARGET_PER_SECOND = 300
NOON = hour(12)
BEFORE = datetime(2020, 2, 4, 20, tzinfo=UTC)
"""Noon of a day at which nothing is due of all that the group of clinics has planned: that would be counted too."""
KIND = ("appointment_72h", "checkin_24h")
"""One that a person looks after when it is in doubt, and one for safety, which goes out again."""


@dataclass(frozen=True)
class Size:
    """How much is due, among how much that is not, to how many."""

    due: int
    others: int
    patients: int


FULL, SMALL = Size(10_000, 200_000, 5_000), Size(1_000, 20_000, 500)


def rows(*, small: bool = False) -> Iterator[Row]:
    """What is printed. It commits, and leaves its site behind: for a database that is thrown away."""
    size = SMALL if small else FULL
    yield _half_way(size, workers=2, kills=1, at_least=TARGET_PER_SECOND)
    if not small:
        yield _half_way(size, workers=6, kills=25)


def _half_way(size: Size, *, workers: int, kills: int, at_least: float | None = None) -> Row:
    """Send all that is due with so many dispatchers while they are killed, settle what the dead held, look again."""
    house = House(size.patients, now=BEFORE)
    house.plan(size.due, *KIND)
    house.surround(size.others // size.due)
    with mailbox() as box:
        begun = perf_counter()
        storm(house, box, due=size.due, workers=workers, kills=kills)
        took = perf_counter() - begun
        again = settle(house)
        found = Found.of(house, box, due=size.due)
        few, many = selects(house, 3), selects(house, dispatch.BATCH)
    house.call_off()
    named = f"reminders: {size.due:,} due of {size.due + size.others:,}, {kills} of {workers} dispatchers killed"
    rate = found.sent / took
    checks = [Check("lost", found.lost, 0, 0), Check("sent twice", found.repeated, kills),
              Check("in doubt", found.in_doubt, kills), Check("sent by a second run", again.sent, 0, 0),
              Check("selects more for 20 than for 3", many - few, 0, 0)]  # fmt: skip
    if at_least:
        checks.append(Check("sent a second", rate, at_least=at_least))
    return Row(named, clients=workers, per_second=rate, statements=many, checks=tuple(checks))


class Mailbox:
    """A mail server in a process of its own, which writes the key of each letter into a file: one line a letter."""

    def __init__(self, folder: str) -> None:
        self.file = Path(folder) / "letters"
        self.file.touch()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process = FORK.Process(target=self._serve, daemon=True)
        self.process.start()
        self._wait()

    def _serve(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with socketserver.ThreadingTCPServer(("127.0.0.1", self.port), _Postman) as server:
            server.daemon_threads = True
            server.letters = os.open(self.file, os.O_WRONLY | os.O_APPEND)  # type: ignore[attr-defined]
            server.serve_forever()

    def _wait(self) -> None:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError("The mail server did not start.")

    def count(self) -> int:
        """How many letters arrived so far."""
        return self.file.stat().st_size // len(f"{uuid7()}\n")

    def letters(self) -> Counter[str]:
        """How often each key arrived."""
        return Counter(self.file.read_text().split())

    def close(self) -> None:
        self.process.kill()
        self.process.join()


class _Postman(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client of ours speaks."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(ConnectionError):  # a client that was killed
            self._talk()

    def _talk(self) -> None:
        self._say("220 mailbox")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                self._keep()
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _keep(self) -> None:
        key = b"?"
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionResetError  # half a letter is none
            if line.startswith(b"X-Evenkeel-Key:"):
                key = line.split()[1]
        os.write(self.server.letters, key + b"\n")  # type: ignore[attr-defined]

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server to which every letter goes meanwhile."""
    with TemporaryDirectory() as folder:
        box = Mailbox(folder)
        backend = "django.core.mail.backends.smtp.EmailBackend"
        try:
            with override_settings(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=box.port):
                yield box
        finally:
            box.close()


class House:
    """A site with patients who agreed to email, at noon; most of what is said to them lies behind or ahead."""

    def __init__(self, patients: int, *, now: datetime | None = None, zone: str = "America/Los_Angeles") -> None:
        self.site = Site.objects.create(code=f"mail-{uuid7().hex[-8:]}", name="Mail", time_zone=zone)
        self.now = now or self.site.moment(date(2027, 2, 2), NOON)
        with pgtrigger.ignore():
            self.people = Patient.objects.bulk_create(self._patient(number) for number in range(patients))
            ContactConsent.objects.bulk_create(
                ContactConsent(patient=one, channel="email", words="…", version="1", given_at=self.now)
                for one in self.people
            )

    def _patient(self, number: int) -> Patient:
        return Patient(
            site=self.site,
            mrn=f"M{uuid7().hex[-12:]}",
            given_name="Bench",
            family_name=f"Patient {number}",
            birth_date=date(1980, 1, 1),
            email=f"patient{number}@evenkeel.example",
            search_text=f"bench patient {number}",
        )

    def plan(self, count: int, *kinds: str) -> None:
        """So many messages that are due now: in turn of each kind, and to each patient."""
        samples = [self._sample(kind) for kind in kinds]
        with pgtrigger.ignore():
            Message.objects.bulk_create(
                (self._like(samples[number % len(samples)], number) for number in range(count)), batch_size=2000
            )

    def _sample(self, kind: str) -> Message:
        """One as a room plans it, for a day long after what is measured."""
        at = (self.now + timedelta(days=1)).isoformat()
        return ledger.plan(
            kind=kind, patient=self.people[0], site=self.site, subject_kind="bench", subject_id=uuid7(),
            occurrence="sample", due_at=self.now + timedelta(days=90), expires_at=self.now + timedelta(days=91),
            values={"at": at} if KINDS[kind].must - {"link"} else {},
        )  # fmt: skip

    def _like(self, sample: Message, number: int) -> Message:
        return Message(
            kind=sample.kind,
            patient=self.people[number % len(self.people)],
            site=self.site,
            channel="email",
            subject_kind="bench",
            subject_id=uuid7(),
            occurrence="1",
            language=sample.language,
            template_version=sample.template_version,
            values=sample.values,
            due_at=self.now - timedelta(seconds=number % 60),
            expires_at=self.now + timedelta(days=1),
        )

    def surround(self, times: int) -> None:
        """Each message so many times more: the half of them sent in days gone by, the half planned for days to come."""
        columns = [str(field.column) for field in Message._meta.concrete_fields]
        given = {
            "id": "gen_random_uuid()",
            "subject_id": "gen_random_uuid()",
            "due_at": "due_at + day * interval '1 day'",
            "expires_at": "expires_at + day * interval '1 day'",
            "state": "CASE WHEN day < 0 THEN 'sent' ELSE 'planned' END",
            "sent_at": "CASE WHEN day < 0 THEN due_at + day * interval '1 day' END",
        }
        days = [day for day in range(-times // 2, times // 2 + 1) if day]
        names, values = (
            ", ".join(f'"{name}"' for name in columns),
            ", ".join(given.get(name, f'"{name}"') for name in columns),
        )
        with untouched(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO reminders_message ({names}) SELECT {values} "  # noqa: S608 - our own columns
                "FROM reminders_message, unnest(%s) AS day WHERE site_id = %s AND occurrence = '1'",
                [days, self.site.pk],
            )
            cursor.execute("ANALYZE reminders_message")

    def call_off(self) -> None:
        """Nothing more is planned: on the clock of anybody else it would all be overdue."""
        with untouched(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM reminders_message WHERE site_id = %s AND state = 'planned'", [self.site.pk])

    def state_counts(self) -> Counter[str]:
        mine = Message.objects.filter(site=self.site, due_at__range=(self.now - timedelta(hours=1), self.now))
        return Counter(mine.values_list("state", flat=True))


def dispatcher(house: House, lines: list[int]) -> BaseProcess:
    """A dispatcher in a process of its own, at noon of the house."""
    process = FORK.Process(target=_dispatch, args=(house, lines), daemon=True)
    process.start()
    return process


def _dispatch(house: House, lines: list[int]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    let_go(lines)
    with history.acting(None, source="bench"), clock.at(house.now):
        dispatch_due()


def storm(house: House, box: Mailbox, *, due: int, workers: int, kills: int) -> None:
    """So many dispatchers send all that is due, while one after the other is killed without warning and replaced."""
    random = Random(kills)  # noqa: S311 - the same kills at every run
    moments = sorted(random.sample(range(due // 20, due * 6 // 10), kills))
    lines = open_lines()
    alive = [dispatcher(house, lines) for _ in range(workers)]
    while any(process.is_alive() for process in alive):
        if moments and box.count() >= moments[0]:
            moments.pop(0)
            killed = random.choice(alive)
            killed.kill()
            killed.join()
            alive[alive.index(killed)] = dispatcher(house, lines)
        time.sleep(0.002)
    if moments:
        raise RuntimeError(f"{len(moments)} kills were left over.")


def settle(house: House) -> Counts:
    """What the killed ones held is settled once their leases are over. Answers what another look then finds."""
    with clock.at(house.now + rules.LEASE + timedelta(seconds=1)):
        while dispatch_due().sent:
            pass
        return dispatch_due()


@dataclass(frozen=True)
class Found:
    """What the house says of its messages, and the mailbox of its letters."""

    due: int
    sent: int
    in_doubt: int  # a person will look
    repeated: int  # letters that came with the key of another
    unheard: int  # written down as sent, and never arrived

    @classmethod
    def of(cls, house: House, box: Mailbox, *, due: int) -> Found:
        states, letters = house.state_counts(), box.letters()
        sent, keys = states["sent"], len(letters)
        return cls(due, sent, states["uncertain"], letters.total() - keys, max(0, sent - keys))

    @property
    def lost(self) -> int:
        """Those that neither went out nor wait for a person, and letters that were said to be sent."""
        return self.due - self.sent - self.in_doubt + self.unheard


def selects(house: House, number: int) -> int:
    """How many questions a dispatcher asks in order to send so many."""
    house.plan(number, KIND[0])
    with clock.at(house.now), CaptureQueriesContext(connection) as asked:
        sent = dispatch_due().sent
    if sent != number:
        raise RuntimeError(f"{number} were to be sent, {sent} were.")
    return sum(query["sql"].startswith('SELECT "') for query in asked)
