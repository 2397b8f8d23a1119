"""The ledger and its dispatcher against a real SMTP server."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic import clock
from clinic.errors import Invalid
from clinic.models import Site
from patients import phones
from patients.models import ContactConsent, Patient
from reminders import channels, dispatch, handing, leases, ledger
from reminders.models import FollowUp, Message, MessageAttempt, OptOut
from reminders.runs import Run
from tests import build
from tests.sink import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def reachable(patient: Patient) -> Patient:
    patient.email = "maya@example.org"
    patient.save()
    ContactConsent.objects.create(patient=patient, channel="email", words="…", version="1", given_at=clock.now())
    return patient


def plan(patient: Patient, site: Site, **changes: object) -> Message:
    due = build.moment(site, "2027-02-02", "09:00")
    defaults: dict[str, object] = {
        "kind": "appointment_24h",
        "patient": patient,
        "site": site,
        "subject_kind": "appointment",
        "subject_id": uuid4(),
        "occurrence": "1",
        "due_at": due,
        "expires_at": due + timedelta(days=1),
        "values": {"day": "Tuesday, February 2", "time": "9:00 AM"},
    }
    return ledger.plan(**(defaults | changes))  # type: ignore[arg-type]


def claimed() -> Run:
    """A dispatcher that has claimed what is due, and does nothing with it yet."""
    run = Run(channels.Session())
    leases.claim(run, 5)
    return run


@pytest.fixture
def due(site: Site) -> datetime:
    return build.moment(site, "2027-02-02", "09:01")


def test_due_message_is_sent_once(reachable: Patient, site: Site, sink: Sink, due: datetime) -> None:
    message = plan(reachable, site)
    with clock.at(due):
        assert dispatch.dispatch_due().sent == 1
        assert dispatch.dispatch_due().sent == 0
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert [letter["To"] for letter in sink.letters] == ["maya@example.org"]
    assert sink.letters[0]["Message-ID"] == f"<{message.pk}@evenkeel.example>"


def test_letter_says_day_time_and_phone_and_nothing_clinical(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    plan(reachable, site)
    with clock.at(due):
        dispatch.dispatch_due()
    body = sink.letters[0].get_content()
    assert "Tuesday, February 2 at 9:00 AM" in body
    assert phones.shown(site.phone) in body
    for word in ("infusion", "ketamine", "therap", "depress", "dose"):
        assert word not in body.lower() + sink.letters[0]["Subject"].lower()


def test_message_before_its_hour_waits(reachable: Patient, site: Site, sink: Sink) -> None:
    plan(reachable, site)
    with clock.at(build.moment(site, "2027-02-02", "08:59")):
        assert dispatch.dispatch_due().sent == 0
    assert sink.letters == []


def test_same_occasion_planned_twice_is_one_row(reachable: Patient, site: Site) -> None:
    subject = uuid4()
    first = plan(reachable, site, subject_id=subject)
    assert plan(reachable, site, subject_id=subject) == first
    assert Message.objects.count() == 1


def test_void_message_is_not_sent(reachable: Patient, site: Site, sink: Sink, due: datetime) -> None:
    message = plan(reachable, site)
    assert ledger.void(subject_kind="appointment", subject_id=message.subject_id, why="The visit was cancelled.") == 1
    with clock.at(due):
        assert dispatch.dispatch_due().sent == 0
    assert sink.letters == []


def test_void_leaves_what_went_out(reachable: Patient, site: Site, sink: Sink, due: datetime) -> None:
    message = plan(reachable, site)
    with clock.at(due):
        dispatch.dispatch_due()
    assert ledger.void(subject_kind="appointment", subject_id=message.subject_id, why="Cancelled.") == 0


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda patient: patient.contact_consents.update(revoked_at=clock.now()), "has not agreed"),
        (lambda patient: OptOut.objects.create(patient=patient, channel="email", words="STOP"), "no more messages"),
        (lambda patient: Patient.objects.filter(pk=patient.pk).update(email=""), "no email address"),
        (lambda patient: Patient.objects.filter(pk=patient.pk).update(deceased_on="2027-01-01"), "has died"),
    ],
)
def test_message_that_may_not_be_said_is_held_back_with_its_reason(
    reachable: Patient, site: Site, sink: Sink, due: datetime, break_it: object, why: str
) -> None:
    message = plan(reachable, site)
    break_it(reachable)  # type: ignore[operator]
    with clock.at(due):
        assert dispatch.dispatch_due().suppressed == 1
    message.refresh_from_db()
    assert message.state == Message.State.SUPPRESSED
    assert why in message.why
    assert sink.letters == []


def test_message_whose_visit_has_begun_expires(reachable: Patient, site: Site, sink: Sink) -> None:
    message = plan(reachable, site)
    with clock.at(build.moment(site, "2027-02-03", "09:00")):
        assert dispatch.dispatch_due().expired == 1
    message.refresh_from_db()
    assert message.state == Message.State.EXPIRED


def test_after_a_long_silence_what_is_too_late_is_closed_together(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    for number in range(5):
        plan(reachable, site, occurrence=str(number))
    with clock.at(due + timedelta(days=2)), CaptureQueriesContext(connection) as asked:
        assert dispatch.dispatch_due().expired == 5
    assert sum("Its time had passed." in query["sql"] for query in asked) == 1
    assert not sink.letters


def test_message_in_the_quiet_hours_waits_for_eight_in_the_morning(reachable: Patient, site: Site, sink: Sink) -> None:
    message = plan(reachable, site, due_at=build.moment(site, "2027-02-02", "05:00"))
    with clock.at(build.moment(site, "2027-02-02", "06:00")):
        assert dispatch.dispatch_due().waiting == 1
    with clock.at(build.moment(site, "2027-02-02", "08:00")):
        assert dispatch.dispatch_due().sent == 1
    message.refresh_from_db()
    assert message.attempts == 1


def test_passing_trouble_is_tried_again_after_a_minute(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    plan(reachable, site)
    sink.stumble = 1
    with clock.at(due):
        assert dispatch.dispatch_due().waiting == 1
        assert dispatch.dispatch_due().sent == 0
    with clock.at(due + timedelta(minutes=1)):
        assert dispatch.dispatch_due().sent == 1
    assert MessageAttempt.objects.filter(accepted=False).count() == 1


def test_refused_address_becomes_a_call(reachable: Patient, site: Site, sink: Sink, due: datetime) -> None:
    message = plan(reachable, site)
    sink.refuse = {"maya@example.org"}
    with clock.at(due):
        assert dispatch.dispatch_due().failed == 1
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert FollowUp.objects.get(kind="call_instead").owner_role == "front_desk"


def test_address_refused_for_now_is_tried_again(reachable: Patient, site: Site, sink: Sink, due: datetime) -> None:
    plan(reachable, site)
    sink.delay = {"maya@example.org"}
    with clock.at(due):
        assert dispatch.dispatch_due().waiting == 1
    sink.delay = set()
    with clock.at(due + timedelta(minutes=1)):
        assert dispatch.dispatch_due().sent == 1


def test_server_that_is_away_costs_a_try_and_no_more(
    reachable: Patient, site: Site, sink: Sink, due: datetime, settings
) -> None:
    message = plan(reachable, site)
    settings.EMAIL_PORT = 1
    with clock.at(due):
        assert dispatch.dispatch_due().waiting == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.PLANNED, 1)
    settings.EMAIL_PORT = sink.port
    with clock.at(due + timedelta(minutes=1)):
        assert dispatch.dispatch_due().sent == 1


def test_void_takes_back_a_second_try_that_has_not_begun(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    message = plan(reachable, site)
    sink.stumble = 1
    with clock.at(due):
        dispatch.dispatch_due()
    with clock.at(due + timedelta(minutes=1)):
        slow = claimed()
        assert ledger.void(subject_kind="appointment", subject_id=message.subject_id, why="Cancelled.") == 1
        with pytest.raises(handing.NotOurs):
            handing._begin(message, slow)


def test_server_that_stays_down_becomes_a_call_after_five_tries(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    message = plan(reachable, site)
    sink.stumble = 99
    for minutes in (0, 1, 6, 21, 81):
        with clock.at(due + timedelta(minutes=minutes)):
            dispatch.dispatch_due()
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.FAILED, 5)
    assert FollowUp.objects.count() == 1


def test_message_called_off_while_its_try_fails_is_not_tried_again(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    message = plan(reachable, site)
    with clock.at(due):
        mine = claimed()
        _, begun = handing._begin(message, mine)
        assert begun
        ledger.void(subject_kind="appointment", subject_id=message.subject_id, why="The visit was cancelled.")
        handing._refused(begun[1], channels.Refused("451 try again later", for_good=False), mine)
    with clock.at(due + timedelta(minutes=5)):
        assert dispatch.dispatch_due().sent == 0
    message.refresh_from_db()
    assert message.state == Message.State.EXPIRED
    assert sink.letters == []


def test_plan_with_an_unknown_placeholder_is_refused(reachable: Patient, site: Site) -> None:
    with pytest.raises(Invalid, match="diagnosis"):
        plan(reachable, site, values={"day": "x", "time": "y", "diagnosis": "F33.2"})
    assert not Message.objects.exists()


def test_plan_in_a_transaction_that_fails_leaves_nothing(reachable: Patient, site: Site) -> None:
    def booked_and_broken() -> None:
        with transaction.atomic():
            plan(reachable, site)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        booked_and_broken()
    assert not Message.objects.exists()


def test_what_went_out_is_written_before_the_next_is_begun(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    first, second = (plan(reachable, site) for _ in range(2))
    with clock.at(due):
        mine = claimed()
        _, begun = handing._begin(first, mine)
        assert begun
        handing._sent(begun[1], "provider-1", mine)
        first.refresh_from_db()
        assert (first.state, mine.counts.sent) == (Message.State.CLAIMED, 0)
        handing.hand_over(second, mine, None)
        first.refresh_from_db()
        assert (first.state, first.provider_id, mine.counts.sent) == (Message.State.SENT, "provider-1", 1)


def test_what_went_out_is_written_although_the_next_was_taken_back(
    reachable: Patient, site: Site, sink: Sink, due: datetime
) -> None:
    first, second = (plan(reachable, site) for _ in range(2))
    with clock.at(due):
        mine = claimed()
        _, begun = handing._begin(first, mine)
        assert begun
        handing._sent(begun[1], "provider-1", mine)
        ledger.void(subject_kind="appointment", subject_id=second.subject_id, why="Cancelled.")
        handing.hand_over(second, mine, None)
        handing.finish(mine)
        first.refresh_from_db()
        assert (first.state, mine.counts.sent) == (Message.State.SENT, 1)
