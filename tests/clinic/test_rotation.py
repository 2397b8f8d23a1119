"""Changing keys: every sealed column goes over to the newest, in pieces, and what was begun can be gone on with."""

from __future__ import annotations

import os
import signal
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection, connections

from clinic import crypto, rotation
from clinic.models import User
from reminders import templates
from reminders.models import Message
from tests import build
from tests.clinic.test_keys import ring
from tests.visits import processes
from therapy import private
from therapy.models import PsychotherapyText

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_keys(settings) -> None:
    settings.FIELD_KEYS, settings.PRIVATE_NOTE_KEYS = ring("old", 1), ring("p-old", 2)


def new_keys(settings, *, drop_old: bool = False) -> None:
    olds = ("", "") if drop_old else (f",{ring('old', 1)}", f",{ring('p-old', 2)}")
    settings.FIELD_KEYS, settings.PRIVATE_NOTE_KEYS = ring("new", 3) + olds[0], ring("p-new", 4) + olds[1]


def rotate(**options: int) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


def messages(site, patient, count: int) -> None:
    values = [templates.seal({"first_name": "Maya", "link": f"https://x/{number}"}) for number in range(count)]
    now = site.moment(site.today(), site.opening_hours.first().opens)
    Message.objects.bulk_create(
        Message(kind="appointment_24h", patient=patient, site=site, channel="email", subject_kind="patient",
                subject_id=patient.pk, occurrence=str(number), template_version="1", due_at=now, expires_at=now,
                values=value)
        for number, value in enumerate(values)
    )  # fmt: skip


def links() -> list[str]:
    return sorted(templates.unseal(one.values)["link"] for one in Message.objects.all())


def test_every_column_goes_over_and_the_old_keys_can_go(old_keys, settings, nurse, site, patient):
    TOTP.activate(nurse, "SECRETSECRET")
    messages(site, patient, 3)
    new_keys(settings)
    said = rotate(batch=2)
    assert "reminders_message.values: 3 sealed anew with “new”, 0 can’t be opened" in said
    new_keys(settings, drop_old=True)
    assert links() == [f"https://x/{number}" for number in range(3)]
    assert crypto.decrypt(Authenticator.objects.get(user=nurse).data["secret"], context="mfa") == "SECRETSECRET"
    assert "0 sealed anew" in rotate()


def test_psychotherapy_notes_go_over_kept_versions_and_all(old_keys, settings, site, provider, patient):
    from clinic.policy import Role
    from tests.infusions import making
    from therapy.models import TherapySession

    author = build.user(Role.THERAPIST, at=site)
    session = TherapySession.objects.create(
        patient=patient, series=making.loading(patient, provider), kind="preparation", therapist=author
    )
    note = private.begin(session_id=session.pk, by=author)
    for edition, text in enumerate(("one", "two")):
        private.save(note_id=note.pk, text=text, edition=edition, by=author, keep=edition == 0)
    new_keys(settings)
    assert "therapy_psychotherapytext.sealed: 2 sealed anew with “p-new”" in rotate()
    new_keys(settings, drop_old=True)
    read = [private.read(note_id=note.pk, by=User.objects.get(pk=author.pk), number=number)[1] for number in (1, 2)]
    assert read == ["one", "two"]
    assert {crypto.key_id(one.sealed) for one in PsychotherapyText.objects.all()} == {"p-new"}


def test_a_run_that_was_killed_goes_on_where_it_was(old_keys, settings, site, patient, monkeypatch):
    messages(site, patient, 5)
    new_keys(settings)
    column = next(one for one in rotation.columns if one.name == "reminders_message.values")
    batches = rotation.rotate(column, batch=2)
    next(batches)
    batches.close()  # the process is gone after its first batch
    keys = [crypto.key_id(one.values["link"]) for one in Message.objects.order_by("pk")]
    assert keys == ["new", "new", "old", "old", "old"]
    assert "reminders_message.values: 3 sealed anew" in rotate()
    assert len(links()) == 5


def test_what_no_key_opens_is_left_and_told(old_keys, settings, site, patient):
    messages(site, patient, 3)
    odd = Message.objects.first()
    odd.values = {**odd.values, "link": "lost:" + "A" * 60}
    odd.save()
    new_keys(settings)
    with pytest.raises(CommandError, match="1 rows can’t be opened"):
        rotate(batch=1)
    odd.refresh_from_db()
    assert odd.values["link"].startswith("lost:")
    assert sum(crypto.key_id(one.values["link"]) == "new" for one in Message.objects.all()) == 2


def test_the_applications_role_is_told_that_it_can_not(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE test_rotating_role")
        call_command("grant_app_role", "test_rotating_role", stdout=StringIO())
        cursor.execute("SET LOCAL ROLE test_rotating_role")
        with pytest.raises(CommandError, match="owner of the tables"):
            rotate()
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY test_rotating_role")
        cursor.execute("DROP ROLE test_rotating_role")


@pytest.mark.django_db(transaction=True)
def test_a_process_that_was_killed_leaves_whole_batches_and_the_next_one_does_the_rest(
    old_keys, settings, site, patient
):
    messages(site, patient, 60)
    new_keys(settings)
    column = next(one for one in rotation.columns if one.name == "reminders_message.values")
    ear, mouth = processes.FORK.Pipe(duplex=False)

    def work():
        processes.let_go(lines)
        for told in rotation.rotate(column, batch=5):
            mouth.send(told.done)

    other = connection.copy()
    other.connect()
    other.set_autocommit(False)
    far = Message.objects.order_by("pk").values_list("pk", flat=True)[22]
    with other.cursor() as cursor:  # where the process will have to wait: within its fifth batch
        cursor.execute("SELECT id FROM reminders_message WHERE id = %s FOR UPDATE", [far])
    connections.close_all()
    lines = processes.open_lines()
    worker = processes.FORK.Process(target=work, daemon=True)
    worker.start()
    while ear.poll(processes.PATIENCE) and ear.recv() < 20:
        pass
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(processes.PATIENCE)
    other.close()
    assert worker.exitcode == -signal.SIGKILL
    keys = [crypto.key_id(one.values["link"]) for one in Message.objects.order_by("pk")]
    assert keys == ["new"] * 20 + ["old"] * 40
    assert "reminders_message.values: 40 sealed anew" in rotate()
    new_keys(settings, drop_old=True)
    assert links() == sorted(f"https://x/{number}" for number in range(60))
