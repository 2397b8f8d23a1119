"""Dispatchers that die, freeze or come back late: who holds a message, and what is known of it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from clinic import clock
from clinic.models import Site
from patients.models import ContactConsent, Patient
from reminders import channels, dispatch, handing, leases, ledger, rules, uncertain
from reminders.models import FollowUp, Message, MessageAttempt
from reminders.runs import Run
from tests import build
from tests.sink import Sink

pytestmark = pytest.mark.django_db

State = Message.State


@pytest.fixture
def due(site: Site) -> datetime:
    return build.moment(site, "2027-02-02", "09:00")


def planned(patient: Patient, due: datetime, kind: str = "appointment_24h") -> Message:
    ContactConsent.objects.get_or_create(
        patient=patient, channel="email", words="…", version="1", defaults={"given_at": due}
    )
    Patient.objects.filter(pk=patient.pk).update(email="maya@example.org")
    patient.refresh_from_db()
    said = {} if kind == "checkin_24h" else {"day": "Tuesday, February 2", "time": "9:00 AM"}
    return ledger.plan(
        kind=kind, patient=patient, site=patient.site, subject_kind="appointment", subject_id=uuid4(), occurrence="1",
        due_at=due, expires_at=due + timedelta(days=1), values=said,
    )  # fmt: skip


def begun(message: Message) -> tuple[Run, MessageAttempt]:
    """A dispatcher that has written its try and is about to call the provider."""
    run = Run(channels.Session())
    leases.claim(run, 5)
    _, found = handing._begin(message, run)
    assert found
    return run, found[1]


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_dispatcher_that_died_before_the_call_is_replaced(patient: Patient, sink: Sink, due: datetime) -> None:
    message = planned(patient, due)
    with clock.at(due):
        leases.claim(Run(channels.Session()), 5)
        assert dispatch.dispatch_due().sent == 0
    with clock.at(due + timedelta(seconds=61)):
        assert dispatch.dispatch_due().sent == 1
    assert state_of(message) == State.SENT


def test_dispatcher_that_died_in_the_call_leaves_a_question_and_in_the_end_a_task(
    patient: Patient, sink: Sink, due: datetime
) -> None:
    message = planned(patient, due)
    with clock.at(due):
        begun(message)
    with clock.at(due + timedelta(seconds=61)):
        assert dispatch.dispatch_due().uncertain == 1
    assert state_of(message) == State.UNCERTAIN
    assert not FollowUp.objects.exists()
    for minutes in (6, 16, 40):
        with clock.at(due + timedelta(minutes=minutes)):
            dispatch.dispatch_due()
    assert sink.letters == []
    assert message.tries.get().ended_at is None
    assert FollowUp.objects.get().title.startswith("Call Maya Torres: it is not known")


def test_message_for_safety_is_sent_again_with_the_same_key(patient: Patient, sink: Sink, due: datetime) -> None:
    message = planned(patient, due, kind="checkin_24h")
    with clock.at(due):
        begun(message)
    with clock.at(due + timedelta(seconds=61)):
        assert dispatch.dispatch_due().sent == 1
    assert state_of(message) == State.SENT
    assert [letter["X-Evenkeel-Key"] for letter in sink.letters] == [str(message.pk)]
    assert list(message.tries.values_list("accepted", flat=True)) == [False, True]


def test_dispatcher_that_lost_its_lease_closes_its_try_and_touches_the_message_no_more(
    patient: Patient, sink: Sink, due: datetime
) -> None:
    message = planned(patient, due)
    with clock.at(due):
        run, attempt = begun(message)
    with clock.at(due + timedelta(seconds=61)):
        leases.settle_lost(Run(channels.Session()))
        handing._sent(attempt, "provider-7", run)
        handing.finish(run)
    assert (state_of(message), run.counts.sent) == (State.UNCERTAIN, 0)
    with clock.at(due + timedelta(seconds=62)):
        assert dispatch.dispatch_due().sent == 1
    assert state_of(message) == State.SENT
    assert sink.letters == []


def test_frozen_dispatcher_begins_nothing_once_its_lease_is_over(patient: Patient, sink: Sink, due: datetime) -> None:
    message = planned(patient, due)
    run = Run(channels.Session())
    with clock.at(due):
        leases.claim(run, 5)
    with clock.at(due + timedelta(seconds=61)), pytest.raises(handing.NotOurs):
        handing._begin(message, run)
    assert not MessageAttempt.objects.exists()


def test_dispatcher_that_works_slowly_keeps_what_it_holds(patient: Patient, sink: Sink, due: datetime) -> None:
    message = planned(patient, due)
    run = Run(channels.Session())
    with clock.at(due):
        leases.claim(run, 5)
    with clock.at(due + timedelta(seconds=50)):
        leases.renew(run, [message.pk])
    with clock.at(due + timedelta(seconds=100)):
        leases.settle_lost(Run(channels.Session()))
        assert handing._begin(message, run)[1] is not None


def test_provider_that_has_it_ends_the_question(
    patient: Patient, sink: Sink, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = planned(patient, due)
    with clock.at(due):
        begun(message)
    monkeypatch.setattr(channels, "lookup", lambda channel, key, provider_id: "delivered")
    with clock.at(due + timedelta(seconds=61)):
        dispatch.dispatch_due()
    assert state_of(message) == State.DELIVERED
    assert message.sent_at == due
    assert message.tries.get().accepted


def test_provider_that_does_not_have_it_gets_it_again_a_minute_later(
    patient: Patient, sink: Sink, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = planned(patient, due)
    with clock.at(due):
        begun(message)
    monkeypatch.setattr(channels, "lookup", lambda channel, key, provider_id: "failed")
    with clock.at(due + timedelta(seconds=61)):
        assert dispatch.dispatch_due().sent == 0
    with clock.at(due + timedelta(seconds=122)):
        assert dispatch.dispatch_due().sent == 1
    assert len(sink.letters) == 1


def test_two_that_look_after_one_message_ask_its_provider_once(
    patient: Patient, sink: Sink, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = planned(patient, due)
    asked: list[str] = []

    def lookup(*given: object) -> str:
        asked.append("asked")
        uncertain.reconcile(Run(channels.Session()))  # another one, at the same moment
        return "unknown"

    with clock.at(due):
        begun(message)
    monkeypatch.setattr(channels, "lookup", lookup)
    with clock.at(due + timedelta(seconds=61)):
        dispatch.dispatch_due()
    assert asked == ["asked"]


@pytest.mark.parametrize(("seconds", "later"), [(0, 60), (61, 300), (300, 900), (899, 900), (900, None)])
def test_provider_is_asked_after_one_five_and_fifteen_minutes(due: datetime, seconds: int, later: int | None) -> None:
    wanted = due + timedelta(seconds=later) if later else None
    assert rules.look_again(due, due + timedelta(seconds=seconds)) == wanted


def test_message_that_cannot_be_written_becomes_a_call_and_stops_no_other(
    patient: Patient, sink: Sink, due: datetime
) -> None:
    broken, other = planned(patient, due), planned(patient, due)
    Message.objects.filter(pk=broken.pk).update(values={})
    with clock.at(due):
        counts = dispatch.dispatch_due()
    assert (counts.failed, counts.sent) == (1, 1)
    assert (state_of(broken), state_of(other)) == (State.FAILED, State.SENT)
    assert not broken.tries.exists()
    assert FollowUp.objects.get().subject_id == broken.pk
