"""A sentence is planted in a psychotherapy note, in the ways a browser does it, and looked for wherever data can lie.

That no page shows it to any role is asked by tests/access/test_routes.py, route by route.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings as house
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.views.debug import ExceptionReporter, technical_500_response

from clinic import reauth
from clinic.models import User
from journey.fhir import exports
from patients.models import Patient
from tests import build
from tests.infusions import making
from tests.journey.paper_text import words
from therapy import private
from therapy.models import IntentionCard, PsychotherapyNote, PsychotherapyText, TherapySession

PLANTED = "Heliotrope ferries remember the seventh lighthouse"
PIECES = (PLANTED, "Heliotrope ferries", "seventh lighthouse")


def has(found: object) -> bool:
    raw = found if isinstance(found, bytes) else str(found).encode(errors="replace")
    return any(piece.encode(form) in raw for piece in PIECES for form in ("utf-8", "utf-16-le"))


def tables_with(piece: str) -> set[str]:
    """Every table of the database, every column as text, history and sessions with it: what any dump would hold."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table} t WHERE position(%s in t::text) > 0)", [piece])
            if cursor.fetchone()[0]:
                found.add(table.removeprefix("public."))
    return found


def everything_in_redis() -> Iterator[object]:
    for number in {0, house_database()}:
        store = redis.Redis.from_url(house.REDIS_URL.partition("?")[0], db=number)
        for key in store.scan_iter(count=1000):
            yield key
            yield store.dump(key)


def house_database() -> int:
    """The one that this worker's cache has."""
    _, _, number = str(house.CACHES["default"]["LOCATION"]).rpartition("?db=")
    return int(number) if number.isdecimal() else 0


def files_below(*places: str) -> Iterator[bytes]:
    for place in places:
        root = Path(place)
        for path in [root] if root.is_file() else root.rglob("*"):
            if path.is_file() and path.stat().st_size < 5_000_000:
                yield path.read_bytes()


@pytest.fixture
def session(patient: Patient, provider: User, therapist: User) -> TherapySession:
    """Without its visit: a note asks for none."""
    series = making.loading(patient, provider)
    return TherapySession.objects.create(patient=patient, series=series, kind="preparation", therapist=therapist)


@pytest.fixture
def written(client: Client, session: TherapySession, therapist: User, caplog, settings) -> PsychotherapyNote:
    """Begun, typed, kept, typed in a second window, refused for its length, re-sent with a proof, read; all logged."""
    caplog.set_level(logging.DEBUG)
    settings.DEBUG = True  # every statement is logged then
    client.force_login(therapist)
    client.get(reverse("clinic:unlock"))
    client.post(reverse("therapy:private-begin", args=[session.pk]))
    note = PsychotherapyNote.objects.get(author=therapist)
    save, htmx = reverse("therapy:private-save", args=[note.pk]), {"HX-Request": "true"}
    client.post(save, {"text": PLANTED, "version": 0}, headers=htmx)
    client.post(save, {"text": PLANTED, "version": 1, "press": "keep"})
    assert client.post(save, {"text": f"{PLANTED}!", "version": 1}, headers=htmx).status_code == 409
    assert client.post(save, {"text": PLANTED * 3000, "version": 2}, headers=htmx).status_code == 422
    browser = client.session
    for name in ("evenkeel_private_note_seen", "evenkeel_proved", "evenkeel_started"):
        browser.pop(name, None)
    browser["evenkeel_started"] = "2027-01-28T12:00:00+00:00"
    browser.save()
    asked = client.post(save, {"text": PLANTED, "version": 2})
    assert (asked.status_code, "no-store" in asked["Cache-Control"]) == (401, True)
    client.post(save, {"text": PLANTED, "version": 2, reauth.PASSWORD: build.PASSWORD})
    assert has(client.get(reverse("therapy:private", args=[note.pk])).content)
    assert private.read(note_id=note.pk, by=therapist)[1] == PLANTED
    return note


def test_the_sentence_lies_nowhere_but_sealed(written, caplog):
    assert not has(caplog.text)
    assert not has([query["sql"] for query in connection.queries_log])
    for piece in PIECES:
        assert tables_with(piece) == set()
    assert not any(has(one.get_decoded()) for one in Session.objects.all())
    assert not any(has(found) for found in everything_in_redis())
    assert not any(has(pickle.dumps(letter.message().as_string())) for letter in mail.outbox)
    files = files_below(house.EMAIL_FILE_PATH, house.TEXTS_FILE, str(house.BASE_DIR / "var"))
    assert not any(has(found) for found in files)


@pytest.mark.parametrize("form", ["fhir", "pdf"])
def test_the_export_of_the_whole_record_does_not_hold_it(written, form):
    made = exports.at_console(patient=written.patient, format=form, by=None)
    assert not has(made)
    assert not has(words(made) if form == "pdf" else b"")
    if form == "fhir":
        assert b"Psychotherapy" not in made
        assert str(written.pk).encode() not in made


def test_the_search_for_it_would_find_it(written, therapist):
    """Else the test above could not fail."""
    IntentionCard.objects.create(session=written.session, words=PLANTED, shared_by=therapist)
    assert tables_with(PLANTED) == {"therapy_intentioncard", "therapy_intentioncardhistory"}
    assert has(f"x{PLANTED}".encode())


def test_what_is_dumped_of_it_opens_for_nobody_with_other_keys(written, settings):
    """A backup that is restored at another place holds the seal, and the place does not hold the key."""
    sealed = PsychotherapyText.objects.filter(note=written).first()
    assert sealed is not None
    assert sealed.sealed in str(list(PsychotherapyText.objects.values_list("sealed", flat=True)))
    settings.PRIVATE_NOTE_KEYS, settings.FIELD_KEYS = "k1:" + "B" * 43 + "=", "dev:" + "B" * 43 + "="
    with pytest.raises(Exception, match="No key with the id"):
        private.unsealed(sealed)


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("breaks", ["clinic.crypto.encrypt", "therapy.models.PsychotherapyText.save"])
def test_an_error_while_it_is_saved_shows_none_of_it(
    client, session, therapist, settings, monkeypatch, caplog, debug, breaks
):
    note = private.begin(session_id=session.pk, by=therapist)
    client.force_login(therapist)
    client.get(reverse("clinic:unlock"))

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(breaks, broken)
    client.raise_request_exception = False
    settings.DEBUG = debug
    save = reverse("therapy:private-save", args=[note.pk])
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(save, {"text": PLANTED, "version": 0}, headers=headers)
        assert answer.status_code == 500
        assert not has(answer.content)
        assert debug == ("out of order" in answer.content.decode())
    assert not has(caplog.text)


def test_the_page_and_the_report_of_an_error_hide_every_value(rf):
    request: HttpRequest = rf.post("/", {"text": PLANTED})
    try:
        typed = request.POST["text"]
        raise RuntimeError("out of order")
    except RuntimeError as error:
        report = (type(error), error, error.__traceback__)
        assert typed
    page = technical_500_response(request, *report).content
    assert b"typed" in page  # the name of the variable
    assert not has(page)
    assert not has(ExceptionReporter(request, *report).get_traceback_text())
