"""What is sealed stands nowhere in the clear: not in the tables' files, not in the log of the database, in no dump."""

from __future__ import annotations

import io
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.db import connection

from clinic import rotation
from clinic.models import KeptAnswer, Site
from clinic.policy import Role
from patients.models import Patient
from reminders.models import Message, Webhook
from reminders.webhooks import subscriptions
from tests import build
from tests.asking import Asker
from tests.infusions import making
from tests.reminders.reaching import agree, plan
from therapy import private
from therapy.models import PsychotherapyText, TherapySession

pytestmark = pytest.mark.django_db(transaction=True)
OPEN = "Zephyrine"  # a name stands in the record as it is: what this finds, it would find of the others
WORDS = "The heron keeps the key below the third stone"
PHONE_SECRET = "HERONKEYSTONE234"
LINK = "https://evenkeel.example/p/heron-key-stone"


def sealed_things(site: Site, patient: Patient) -> list[str]:
    """One of everything that the house seals, and what each says."""
    therapist, admin = build.user(Role.THERAPIST, at=site), build.user(Role.CLINIC_ADMIN, at=site)
    TOTP.activate(therapist, PHONE_SECRET)
    session = TherapySession.objects.create(
        patient=patient, series=making.loading(patient, therapist), kind="preparation", therapist=therapist
    )
    note = private.begin(session_id=session.pk, by=therapist)
    private.save(note_id=note.pk, text=WORDS, edition=0, by=therapist, keep=True)
    _, secret = subscriptions.add(
        site=site, name="Lab", address="http://localhost:9/", kinds=[Webhook.Kind.BOOKED], by=admin
    )
    plan(agree(patient, "email"), values={"link": LINK, "at": "2027-02-03T17:00:00+00:00"})
    return [PHONE_SECRET, WORDS, secret, LINK, kept_answer(site)]


def kept_answer(site: Site) -> str:
    """The answer that a key of the API keeps holds a record: here, its form as JSON, which is nowhere else."""
    desk = Asker(build.user(Role.FRONT_DESK, at=site), Role.FRONT_DESK, site)
    body = {"given_name": "Ottilie", "family_name": "Kranich", "birth_date": "1984-03-14"}
    said: str = desk.post("patients/", body, Idempotency_Key="once").content.decode()
    assert KeptAnswer.objects.count() == 1
    return said[said.index('"given_name"') :][:40]


def found_in(files: str, words: str, *values: Any) -> list[str]:
    """The server's own files that hold the words; it reads them itself, whoever owns them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT file FROM ({files}) AS all_of (file)"
            " WHERE position(%s::bytea in pg_read_binary_file(file, 0, 1 << 29, true)) > 0",
            [*values, words.encode()],
        )
        return [str(row[0]) for row in cursor.fetchall()]


TABLES = (
    "SELECT DISTINCT pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname IN ('public', 'pg_toast') AND c.relkind IN ('r', 'i', 't') AND pg_relation_size(c.oid) > 0"
)
LOG = "SELECT 'pg_wal/' || name FROM pg_ls_waldir() WHERE name BETWEEN %s AND pg_walfile_name(pg_current_wal_lsn())"


def dumped() -> str:
    """The tables with sealed columns and their histories, as a dump writes them."""
    tables = {column.name.partition(".")[0] for column in rotation.columns}
    tracked = {model._meta.db_table for model in apps.get_models() if getattr(model, "pgh_tracked_model", None)}
    out = io.StringIO()
    with connection.cursor() as cursor:
        for table in sorted(tables | {f"{name}history" for name in tables} & tracked | {"patients_patient"}):
            cursor.cursor.copy_expert(f'COPY "{table}" TO STDOUT', out)
    return out.getvalue()


def test_no_file_no_log_and_no_dump_shows_what_is_sealed(site: Site) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_walfile_name(pg_current_wal_lsn())")
        began = cursor.fetchone()[0]
    secrets = sealed_things(site, build.patient(site, given_name=OPEN))
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    dump = dumped()
    assert {column.name.partition(".")[0] for column in rotation.columns} == {
        model._meta.db_table for model in (Message, Webhook, PsychotherapyText, KeptAnswer)
    } | {"mfa_authenticator"}
    assert (len(found_in(TABLES, OPEN)) > 0, len(found_in(LOG, OPEN, began)) > 0, OPEN in dump) == (True, True, True)
    showing = {words: (found_in(TABLES, words), found_in(LOG, words, began), words in dump) for words in secrets}
    assert showing == dict.fromkeys(secrets, ([], [], False))
