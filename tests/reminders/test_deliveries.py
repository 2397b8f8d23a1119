"""How far messages came: reports that come twice, too late, in any order, or before we knew that we had sent."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from clinic import clock
from clinic.models import Site, User
from patients.models import Patient
from reminders import calls, deliveries, dispatch, mending, preferences
from reminders.models import Delivery, FollowUp, Message, MessageAttempt, OptOut, Unreachable
from tests import build
from tests.reminders.reaching import PHONE, agree, plan
from tests.sink import Sink
from tests.twilio import Twilio

pytestmark = pytest.mark.django_db
State = Message.State


@pytest.fixture
def maya(patient: Patient, twilio: Twilio) -> Patient:
    return agree(patient, "text", "email")


@pytest.fixture
def due(site: Site) -> datetime:
    return build.moment(site, "2027-02-02", "09:01")


def sent(to: Patient, twilio: Twilio, at: datetime) -> tuple[Message, dict[str, str]]:
    """A text that Twilio took, as its sender leaves it."""
    message = plan(to)
    callback = f"http://localhost:8000/reminders/texts/{message.pk}/status/"
    _, taken = twilio.take({"To": to.phone, "Body": "Hello", "StatusCallback": callback})
    Message.objects.filter(pk=message.pk).update(
        channel="text", state=State.SENT, sent_at=at, provider_id=taken["sid"], attempts=1
    )
    message.refresh_from_db()
    return message, twilio.texts[-1]


def test_statuses_in_any_order_and_twice_never_go_backwards(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    message, text = sent(maya, twilio, due)
    for status in ("sent", "delivered", "delivered", "sent", "queued", "undelivered"):
        assert twilio.report(client, text, status, code="30005").status_code == 204
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert Delivery.objects.get().status == "delivered"
    assert not Unreachable.objects.exists()
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize("code", ["30005", "30006", "21211"])
def test_a_number_that_is_none_is_mended_and_the_message_goes_by_email(
    client: Client, maya: Patient, twilio: Twilio, due: datetime, code: str
) -> None:
    message, text = sent(maya, twilio, due)
    with clock.at(due):
        twilio.report(client, text, "undelivered", code=code)
        twilio.report(client, text, "failed", code=code)
    message.refresh_from_db()
    assert (message.state, message.channel, message.next_attempt_at) == (State.PLANNED, "email", due)
    assert preferences.channel_for(maya) == "email"
    [task] = FollowUp.objects.all()
    assert (task.kind, task.title) == ("mend_phone", "Ask Maya Torres for the right phone number: texts don’t arrive")


def test_a_phone_that_is_switched_off_is_no_wrong_number(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    maya.contact_consents.filter(channel="email").delete()
    message, text = sent(maya, twilio, due)
    with clock.at(due):
        twilio.report(client, text, "undelivered", code="30003")
    message.refresh_from_db()
    assert (message.state, message.why) == (State.FAILED, "The phone is switched off or out of reach. (30003)")
    assert FollowUp.objects.get().kind == "call_instead"
    assert preferences.channel_for(maya) == "text"


def test_what_is_too_late_for_another_way_is_called(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    message, text = sent(maya, twilio, due)
    with clock.at(message.expires_at):
        twilio.report(client, text, "undelivered", code="30003")
    message.refresh_from_db()
    assert message.state == State.FAILED
    assert FollowUp.objects.get().kind == "call_instead"


def test_a_fault_of_the_clinics_own_account_is_for_its_admin(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    for _ in range(2):
        _, text = sent(maya, twilio, due)
        twilio.report(client, text, "undelivered", code="30034")
    broken = FollowUp.objects.get(kind="texts_broken")
    assert broken.owner_role == "clinic_admin"


def test_who_told_the_carrier_to_stop_has_said_stop(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    _, text = sent(maya, twilio, due)
    twilio.report(client, text, "failed", code="21610")
    assert OptOut.objects.get().source == "provider"
    assert preferences.channel_for(maya) == "email"


def test_a_number_refused_at_once_sends_the_letter_in_the_same_run(
    maya: Patient, twilio: Twilio, sink: Sink, due: datetime
) -> None:
    message = plan(maya)
    twilio.refuse = {PHONE: 21614}
    with clock.at(due):
        counts = dispatch.dispatch_due()
    message.refresh_from_db()
    assert (counts.waiting, counts.sent, message.state, message.channel) == (1, 1, State.SENT, "email")
    assert [letter["To"] for letter in sink.letters] == ["maya@example.org"]
    assert FollowUp.objects.get().kind == "mend_phone"


def test_a_text_stopped_between_plan_and_hour_goes_by_email(
    client: Client, maya: Patient, twilio: Twilio, sink: Sink, due: datetime
) -> None:
    message = plan(maya)
    assert message.channel == "text"
    twilio.write(client, "STOP", PHONE, "SM9")
    with clock.at(due):
        dispatch.dispatch_due()
    assert (len(twilio.texts), len(sink.letters)) == (0, 1)


def test_a_report_settles_what_nobody_knew(client: Client, maya: Patient, twilio: Twilio, due: datetime) -> None:
    message, text = sent(maya, twilio, due)
    Message.objects.filter(pk=message.pk).update(state=State.UNCERTAIN, sent_at=None, provider_id="")
    MessageAttempt.objects.create(message=message, started_at=due, channel="text")
    calls.ask(message, "It is not known whether a message arrived")
    twilio.report(client, text, "sent")
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (State.SENT, text["sid"])
    assert MessageAttempt.objects.get().accepted
    assert FollowUp.objects.get().state == "done"


def test_what_went_along_with_a_text_that_did_not_arrive_goes_another_way_with_it(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    message, text = sent(maya, twilio, due)
    along = plan(maya, kind="appointment_72h")
    Message.objects.filter(pk=along.pk).update(channel="text", state=State.SENT, sent_at=due, merged_into=message)
    with clock.at(due):
        twilio.report(client, text, "undelivered", code="30005")
    assert set(Message.objects.values_list("state", "channel")) == {("planned", "email")}


def test_a_report_that_comes_before_its_sender_is_done_is_followed_then(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    message, text = sent(maya, twilio, due)
    claimed = {"state": State.CLAIMED, "lease_owner": "me", "lease_until": due, "sent_at": None, "provider_id": ""}
    Message.objects.filter(pk=message.pk).update(**claimed)
    twilio.report(client, text, "delivered")
    message.refresh_from_db()
    assert message.state == State.CLAIMED
    free = {"state": State.SENT, "lease_owner": "", "lease_until": None, "sent_at": due, "provider_id": text["sid"]}
    Message.objects.filter(pk=message.pk).update(**free)
    message.refresh_from_db()
    deliveries.catch_up(message)
    assert message.state == State.DELIVERED


def test_a_forged_report_is_refused_and_changes_nothing(
    client: Client, maya: Patient, twilio: Twilio, due: datetime
) -> None:
    message, text = sent(maya, twilio, due)
    form = {"MessageSid": text["sid"], "MessageStatus": "delivered", "To": PHONE}
    assert twilio.post(client, text["StatusCallback"], form, token="guessed").status_code == 403
    for_another = text["StatusCallback"].replace(str(message.pk), str(uuid4()))
    assert twilio.post(client, for_another, form).status_code == 204
    message.refresh_from_db()
    assert message.state == State.SENT
    assert not Delivery.objects.exists()


def test_a_number_that_somebody_called_works_again(maya: Patient, front_desk: User, twilio: Twilio) -> None:
    mending.dead_end(channel=preferences.Channel.TEXT, address=PHONE, why="This number is not in use.")
    assert [one.sentence for one in preferences.notices(maya)] == ["No texts: This number is not in use."]
    mending.works_again(patient_id=maya.pk, channel="text", by=front_desk)
    assert preferences.channel_for(maya) == "text"
    assert FollowUp.objects.get().state == "done"


MAIL = "/reminders/letters/events/"


@pytest.fixture
def postmark(settings: Settings) -> dict[str, str]:
    settings.EMAIL_EVENTS = "anymail.webhooks.postmark.PostmarkTrackingWebhookView"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "clinic:secret"}
    return {"Authorization": f"Basic {b64encode(b'clinic:secret').decode()}"}


def tell(client: Client, headers: dict[str, str], key: object, **event: str) -> int:
    body = {"Metadata": {"key": str(key)}, "MessageID": "PM1", "Email": "Maya@Example.org", **event}
    return client.post(MAIL, json.dumps(body), content_type="application/json", headers=headers).status_code


def test_a_letter_that_comes_back_is_mended(
    client: Client, maya: Patient, postmark: dict[str, str], due: datetime
) -> None:
    message = plan(maya)
    Message.objects.filter(pk=message.pk).update(
        channel="email", state=State.SENT, sent_at=due, provider_id="PM1", expires_at=due + timedelta(hours=1)
    )
    with clock.at(due):
        status = tell(client, postmark, message.pk, RecordType="Bounce", Type="HardBounce")
    message.refresh_from_db()
    assert (status, message.state, message.channel) == (200, State.PLANNED, "text")
    assert FollowUp.objects.get().kind == "mend_email"
    assert preferences.ways(maya).shut["email"] == "Letters to this address come back."


def test_who_calls_a_letter_spam_gets_none_any_more(client: Client, maya: Patient, postmark: dict[str, str]) -> None:
    tell(client, postmark, "", RecordType="SpamComplaint", Type="SpamComplaint")
    assert preferences.ways(maya).shut["email"] == "The patient asked for no more messages."


def test_a_report_of_mail_without_the_secret_changes_nothing(
    client: Client, maya: Patient, postmark: dict[str, str], settings: Settings
) -> None:
    assert tell(client, {}, uuid4(), RecordType="SpamComplaint", Type="SpamComplaint") == 400
    settings.EMAIL_EVENTS = ""
    assert tell(client, postmark, uuid4(), RecordType="SpamComplaint", Type="SpamComplaint") == 404
    assert not OptOut.objects.exists()
