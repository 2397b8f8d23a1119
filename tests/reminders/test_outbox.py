"""The page of a site's messages: what goes out, what somebody has to see to, and who may."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted, Refused
from clinic.models import Heartbeat, Site, User
from clinic.policy import Role
from patients.models import Patient
from reminders import calls, dispatch, followups, ledger, settling
from reminders.models import FollowUp, Message, MessageAttempt
from tests import build
from tests.sink import Sink

pytestmark = pytest.mark.django_db

State = Message.State


@pytest.fixture
def now(site: Site) -> datetime:
    return build.moment(site, "2027-02-02", "10:00")


@pytest.fixture
def desk(site: Site) -> User:
    return build.user(Role.FRONT_DESK, at=site)


def message(patient: Patient, due: datetime, **changes: object) -> Message:
    planned = ledger.plan(
        kind="appointment_24h", patient=patient, site=patient.site, subject_kind="appointment", subject_id=uuid4(),
        occurrence="1", due_at=due, expires_at=due + timedelta(days=1),
        values={"at": (due + timedelta(days=1)).isoformat()},
    )  # fmt: skip
    Message.objects.filter(pk=planned.pk).update(**changes)
    planned.refresh_from_db()
    return planned


def failed(patient: Patient, due: datetime) -> Message:
    found = message(patient, due, state=State.FAILED, why="550 no such person", attempts=5)
    calls.ask(found, "A message could not be delivered")
    return found


def test_dead_letter_is_sent_again_from_the_beginning_and_its_task_ends(
    patient: Patient, desk: User, now: datetime, sink: Sink
) -> None:
    Patient.objects.filter(pk=patient.pk).update(email="maya@example.org")
    patient.contact_consents.create(channel="email", words="…", version="1", given_at=now)
    with clock.at(now):
        dead = failed(patient, now)
        settling.try_again(message_id=dead.pk, by=desk)
        assert not FollowUp.objects.filter(state="open").exists()
        assert dispatch.dispatch_due().sent == 1
    assert [letter["X-Evenkeel-Key"] for letter in sink.letters] == [str(dead.pk)]


def test_uncertain_one_sent_again_keeps_what_is_not_known_of_the_first_try(
    patient: Patient, desk: User, now: datetime
) -> None:
    doubt = message(patient, now, state=State.UNCERTAIN)
    MessageAttempt.objects.create(message=doubt, started_at=now)
    with clock.at(now + timedelta(minutes=5)):
        settling.try_again(message_id=doubt.pk, by=desk)
    attempt = doubt.tries.get()
    assert (attempt.accepted, attempt.answer.split(";")[0]) == (False, "Not known whether it went out")


def test_message_whose_time_is_over_is_not_sent_again(patient: Patient, desk: User, now: datetime) -> None:
    dead = failed(patient, now)
    with clock.at(now + timedelta(days=2)), pytest.raises(Refused, match="too late"):
        settling.try_again(message_id=dead.pk, by=desk)


def test_call_settles_the_message_and_ends_its_task(patient: Patient, desk: User, now: datetime) -> None:
    with clock.at(now):
        dead = failed(patient, now)
        settling.called(message_id=dead.pk, outcome="Reached, comes on Tuesday", by=desk)
    dead.refresh_from_db()
    assert (dead.state, dead.settled_by, dead.why) == (State.CALLED, desk, "Reached, comes on Tuesday")
    assert FollowUp.objects.get().state == FollowUp.State.DONE


def test_task_that_was_ended_settles_its_message(patient: Patient, desk: User, now: datetime) -> None:
    with clock.at(now):
        dead = failed(patient, now)
        followups.done(task_id=FollowUp.objects.get().pk, outcome="Reached, all is well", by=desk)
    dead.refresh_from_db()
    assert (dead.state, dead.settled_by) == (State.CALLED, desk)


def test_call_without_a_word_of_what_came_of_it_is_refused(patient: Patient, desk: User, now: datetime) -> None:
    dead = failed(patient, now)
    with pytest.raises(Invalid, match="one sentence"):
        settling.called(message_id=dead.pk, outcome="  ", by=desk)


def test_only_the_desk_and_the_admin_settle_and_only_at_their_site(patient: Patient, site: Site, now: datetime) -> None:
    dead = failed(patient, now)
    with pytest.raises(NotPermitted):
        settling.try_again(message_id=dead.pk, by=build.user(Role.NURSE, at=site))
    elsewhere = build.user(Role.FRONT_DESK, at=build.site("Lakeside", "America/Chicago"))
    with pytest.raises(NotFound):
        settling.called(message_id=dead.pk, outcome="Reached", by=elsewhere)


def test_message_that_was_sent_is_not_sent_again(patient: Patient, desk: User, now: datetime) -> None:
    sent = message(patient, now, state=State.SENT, sent_at=now)
    with pytest.raises(IllegalTransition):
        settling.try_again(message_id=sent.pk, by=desk)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "failed"}, "unsettled"),
        ({"state": "uncertain"}, "unsettled"),
        ({"state": "planned"}, "due"),
        ({"state": "suppressed", "why": "The patient has not agreed to email."}, "held"),
        ({"state": "expired"}, "late"),
    ],
)
def test_each_message_is_in_its_list(
    client: Client, patient: Patient, desk: User, now: datetime, changes: dict[str, str], name: str
) -> None:
    message(patient, now - timedelta(hours=1), **changes)
    client.force_login(desk)
    with clock.at(now):
        for shown in ("unsettled", "due", "sent", "held", "late", "called"):
            page = client.get(reverse("reminders:outbox"), {"show": shown})
            assert (patient.name in page.content.decode()) == (shown == name), shown


def test_why_messages_were_held_back_is_counted(client: Client, patient: Patient, desk: User, now: datetime) -> None:
    for _ in range(2):
        message(patient, now - timedelta(hours=1), state="suppressed", why="There is no email address.")
    client.force_login(desk)
    with clock.at(now):
        page = client.get(reverse("reminders:outbox"), {"show": "held"})
    assert page.context["held"] == [("There is no email address.", 2)]


def test_page_says_that_messages_are_not_going_out(client: Client, patient: Patient, desk: User, now: datetime) -> None:
    message(patient, now - timedelta(minutes=5))
    Heartbeat.objects.create(name="beat", at=now)
    client.force_login(desk)
    with clock.at(now):
        page = client.get(reverse("reminders:outbox")).content.decode()
    assert "Messages are not going out." in page
    assert "never heard of" in page


@pytest.mark.parametrize("show", ["unsettled", "held"])
def test_outbox_asks_as_much_for_three_as_for_one(
    client: Client, patient: Patient, desk: User, now: datetime, show: str
) -> None:
    client.force_login(desk)
    asked = []
    for _ in range(3):
        message(patient, now, state={"unsettled": "failed", "held": "suppressed"}[show])
        with clock.at(now), CaptureQueriesContext(connection) as queries:
            client.get(reverse("reminders:outbox"), {"show": show})
        asked.append(len(queries))
    assert asked[1] == asked[2] <= 20


def test_patients_page_says_what_went_out_in_which_words_and_what_goes_out_next(
    client: Client, patient: Patient, desk: User, now: datetime
) -> None:
    client.force_login(desk)
    page = reverse("reminders:messages", args=[patient.pk])
    with clock.at(now):
        message(patient, now - timedelta(days=1), state="sent", sent_at=now - timedelta(days=1))
        message(patient, now + timedelta(days=1))
        client.get(page)
        said = client.get(page).content.decode()
    assert said.index("Goes out next") < said.index("Thursday, February 4") < said.index("Told so far")
    assert "[secret address]" in said
    assert not patient.links.exists()


def test_what_falls_into_the_night_is_shown_at_the_hour_at_which_it_goes_out(
    client: Client, patient: Patient, site: Site, desk: User, now: datetime
) -> None:
    client.force_login(desk)
    with clock.at(now):
        message(patient, build.moment(site, "2027-02-04", "06:30"))
        said = client.get(reverse("reminders:messages", args=[patient.pk])).content.decode()
    assert ("4 Feb 2027, 08:00" in said, "4 Feb 2027, 06:30" in said) == (True, False)


def test_patients_page_asks_as_much_for_three_as_for_one(
    client: Client, patient: Patient, desk: User, now: datetime
) -> None:
    client.force_login(desk)
    page = reverse("reminders:messages", args=[patient.pk])
    asked = []
    for _ in range(3):
        message(patient, now - timedelta(days=1), state="sent", sent_at=now - timedelta(days=1))
        message(patient, now + timedelta(days=1))
        with clock.at(now), CaptureQueriesContext(connection) as queries:
            client.get(page)
        asked.append(len(queries))
    assert asked[1] == asked[2]
