"""A psychotherapy note in a browser: given who sits there, when it was left open too long no word is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from clinic import sessions
from tests.build import PASSWORD
from tests.infusions import making
from therapy import private
from therapy.models import TherapySession
from therapy.views.private import OPEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, LATER = "She spoke of the lake.\nשלום — ثم سكت النهر 🫧", "\nThen she was silent."


def long_ago() -> None:
    """Every session's proofs are an hour old, and its notes closed."""
    for row in Session.objects.all():
        store = import_module(settings.SESSION_ENGINE).SessionStore(row.session_key)
        store[sessions.STARTED] = (datetime.fromisoformat(store[sessions.STARTED]) - timedelta(hours=1)).isoformat()
        for name in (sessions.PROVED, OPEN):
            store.pop(name, None)
        store.save()


def test_what_is_typed_waits_for_the_proof_and_is_then_saved(signed_in, live_server, axe, patient, provider, therapist):
    session = TherapySession.objects.create(
        patient=patient, series=making.loading(patient, provider), kind="preparation", therapist=therapist
    )
    note = private.begin(session_id=session.pk, by=therapist)
    page = signed_in(therapist)
    page.goto(live_server.url + reverse("therapy:private", args=[note.pk]))
    field, saved = page.get_by_label("What was said, and what you made of it"), page.locator("#saved")
    field.fill(FIRST)
    expect(saved).to_contain_text("sealed")
    assert axe(page) == {}
    assert private.read(note_id=note.pk, by=therapist)[1] == FIRST

    long_ago()
    field.press_sequentially(LATER[1:4])
    cover = page.locator("#ek-lock")
    expect(cover.get_by_text("Is it still you?")).to_be_visible()
    expect(saved).to_contain_text("Not saved yet")
    assert axe(page) == {}
    cover.get_by_role("button", name="Cancel").click()
    expect(cover).to_be_hidden()
    field.press_sequentially(LATER[4:6])  # asked again, and nothing is forgotten
    expect(cover).to_be_visible()
    cover.get_by_label("Password").fill(PASSWORD)
    cover.get_by_role("button", name="Go on").click()
    expect(cover).to_be_hidden()
    field.fill(FIRST + LATER)
    expect(saved).to_contain_text("sealed")
    page.get_by_role("button", name="Keep this version").click()
    expect(page.get_by_text("Kept as a version.")).to_be_visible()
    assert private.read(note_id=note.pk, by=therapist)[1] == FIRST + LATER

    long_ago()
    page.goto(live_server.url + reverse("therapy:private", args=[note.pk]))
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    assert axe(page) == {}
    assert "silent" not in page.content()
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("That is not your password. Try again.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(field).to_have_value(FIRST + LATER)
