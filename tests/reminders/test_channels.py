"""What leaves the house, against a real HTTP server that plays Twilio and a real mail server."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.http import QueryDict
from pytest_django.fixtures import Settings

from clinic import checks, clock
from clinic.models import User
from patients.models import Patient
from reminders import channels
from reminders.channels import faults
from reminders.channels import twilio as port
from reminders.channels.faults import Fault
from reminders.models import Delivery, MessageAttempt
from reminders.templates import Letter
from tests.reminders.reaching import PHONE, agree, plan
from tests.sink import Sink
from tests.twilio import NUMBER, Twilio

pytestmark = pytest.mark.django_db
LETTER = Letter(subject="Your visit", body="Hello", text="Pine Street: see you on sábado. STOP to opt out")


@pytest.fixture
def maya(patient: Patient) -> Patient:
    return agree(patient, "text", "email")


def text(to: Patient, key: object = None) -> str:
    with channels.Session() as session:
        return channels.send(channel="text", key=key or uuid4(), letter=LETTER, to=to, session=session)


def test_a_text_is_handed_over_with_our_key_in_the_address_to_report_to(maya: Patient, twilio: Twilio) -> None:
    key = uuid4()
    sid = text(maya, key)
    [taken] = twilio.texts
    assert (sid, taken["To"], taken["From"]) == (taken["sid"], PHONE, NUMBER)
    assert taken["Body"] == "Pine Street: see you on sabado. STOP to opt out"
    assert taken["StatusCallback"] == f"http://localhost:8000/reminders/texts/{key}/status/"


def test_a_messaging_service_takes_the_place_of_the_number(maya: Patient, twilio: Twilio, settings: Settings) -> None:
    settings.TWILIO_FROM = "MG0001"
    text(maya)
    assert twilio.texts[0]["MessagingServiceSid"] == "MG0001"
    assert "From" not in twilio.texts[0]


def test_one_line_carries_all_texts_of_a_run(maya: Patient, twilio: Twilio) -> None:
    with channels.Session() as session:
        for _ in range(3):
            channels.send(channel="text", key=uuid4(), letter=LETTER, to=maya, session=session)
    assert (len(twilio.texts), twilio.lines) == (3, 1)


@pytest.mark.parametrize(
    ("code", "fault", "for_good"),
    [
        (21211, Fault.ADDRESS, True),
        (21614, Fault.ADDRESS, True),
        (21610, Fault.STOPPED, True),
        (21611, Fault.AWAY, False),
        (20003, Fault.HOUSE, False),
        (99999, Fault.AWAY, False),
    ],
)
def test_a_refusal_says_whose_fault_it_is(
    maya: Patient, twilio: Twilio, code: int, fault: Fault, for_good: bool
) -> None:
    twilio.refuse = {PHONE: code}
    with pytest.raises(channels.Refused) as refused:
        text(maya)
    assert (refused.value.fault, refused.value.for_good, refused.value.code) == (fault, for_good, str(code))


def test_too_many_at_once_is_tried_again(maya: Patient, twilio: Twilio) -> None:
    twilio.status = 429
    with pytest.raises(channels.Refused) as refused:
        text(maya)
    assert not refused.value.for_good


@pytest.mark.parametrize("trouble", ["broken off", "500"])
def test_a_line_that_breaks_after_the_text_was_taken_leaves_it_open(
    maya: Patient, twilio: Twilio, trouble: str
) -> None:
    if trouble == "500":
        twilio.status = 500
    else:
        twilio.break_off = 1
    with pytest.raises(channels.NotKnown):
        text(maya)


def test_a_provider_that_is_away_surely_has_nothing(maya: Patient, twilio: Twilio, settings: Settings) -> None:
    settings.TWILIO_URL = "http://127.0.0.1:9"
    with pytest.raises(channels.Refused) as refused:
        text(maya)
    assert not refused.value.for_good


def test_a_site_without_texts_sends_none(maya: Patient, settings: Settings) -> None:
    settings.TEXTS_BY = ""
    with pytest.raises(channels.Refused, match="sends no texts"):
        text(maya)


def test_a_text_into_the_file_is_one_line(maya: Patient, settings: Settings, tmp_path: Path) -> None:
    settings.TEXTS_BY, settings.TEXTS_FILE = "file", str(tmp_path / "deep" / "texts.jsonl")
    text(maya)
    text(maya)
    lines = [json.loads(line) for line in Path(settings.TEXTS_FILE).read_text().splitlines()]
    assert [line["to"] for line in lines] == [PHONE, PHONE]


def test_a_text_on_the_console_is_read_there(
    maya: Patient, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TEXTS_BY = "console"
    text(maya)
    assert f"Text to {PHONE}" in capsys.readouterr().out


def test_what_broke_off_is_found_among_what_they_lately_sent_to_the_number(maya: Patient, twilio: Twilio) -> None:
    """Twilio's list names no key: it is what went to the number since the try and belongs to no other row of ours."""
    twilio.now = clock.now().astimezone(UTC)
    message = plan(maya)
    other = plan(maya)
    MessageAttempt.objects.create(message=message, started_at=clock.now(), channel="text")
    assert channels.lookup("text", message.pk, "") == "failed"
    other.provider_id = text(maya, other.pk)
    other.save()
    assert channels.lookup("text", message.pk, "") == "failed"
    twilio.break_off = 1
    with pytest.raises(channels.NotKnown):
        text(maya, message.pk)
    assert channels.lookup("text", message.pk, "") == "sent"
    twilio.texts[-1]["status"] = "delivered"
    assert channels.lookup("text", message.pk, "") == "delivered"


def test_what_went_to_the_number_long_before_the_try_is_not_it(maya: Patient, twilio: Twilio) -> None:
    message = plan(maya)
    twilio.now = datetime.now(UTC) - timedelta(hours=1)
    text(maya)
    MessageAttempt.objects.create(message=message, started_at=clock.now(), channel="text")
    assert channels.lookup("text", message.pk, "") == "failed"


def test_their_own_report_is_the_surest_word(maya: Patient, twilio: Twilio) -> None:
    key = uuid4()
    Delivery.objects.create(key=key, provider_id="SM1", status="delivered")
    assert channels.lookup("text", key, "") == "delivered"


def test_a_provider_that_does_not_answer_leaves_it_open(maya: Patient, twilio: Twilio, settings: Settings) -> None:
    message = plan(maya)
    MessageAttempt.objects.create(message=message, started_at=clock.now(), channel="text")
    settings.TWILIO_URL = "http://127.0.0.1:9"
    assert channels.lookup("text", message.pk, "") == "unknown"
    assert channels.lookup("email", message.pk, "") == "unknown"


@pytest.mark.parametrize(
    ("caller", "expected"),
    [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
)
def test_the_signature_is_the_one_that_twilio_documents(caller: str, expected: str) -> None:
    form = QueryDict(mutable=True)
    form.update({"CallSid": "CA1234567890ABCDE", "Caller": caller, "Digits": "1234", "From": caller})
    form.update({"To": "+18005551212"})
    assert port.signature("https://mycompany.com/myapp.php?foo=1&bar=2", form, "12345") == expected


def test_a_mail_server_that_breaks_off_after_the_letter_leaves_it_open(maya: Patient, sink: Sink) -> None:
    sink.hang_up = 1
    with channels.Session() as session:
        with pytest.raises(channels.NotKnown):
            channels.send(channel="email", key=uuid4(), letter=LETTER, to=maya, session=session)
        assert channels.send(channel="email", key=uuid4(), letter=LETTER, to=maya, session=session)
    assert len(sink.letters) == 2


@pytest.mark.parametrize(
    ("code", "said", "fault"),
    [
        (550, "no such person", Fault.ADDRESS),
        (550, "5.1.1 user unknown", Fault.ADDRESS),
        (550, "5.7.1 rejected as spam", Fault.BLOCKED),
        (552, "5.2.2 mailbox full", Fault.AWAY),
        (554, "transaction failed", Fault.BLOCKED),
    ],
)
def test_a_mail_server_says_whose_fault_it_is(code: int, said: str, fault: Fault) -> None:
    assert faults.of_mail(code, said).fault == fault


def test_an_address_refused_for_good_is_a_fault_of_the_address(maya: Patient, sink: Sink) -> None:
    sink.refuse = {"maya@example.org"}
    with channels.Session() as session, pytest.raises(channels.Refused) as refused:
        channels.send(channel="email", key=uuid4(), letter=LETTER, to=maya, session=session)
    assert (refused.value.fault, refused.value.for_good) == (Fault.ADDRESS, True)


def test_staff_are_paged_on_every_channel_that_leads_to_them(nurse: User, twilio: Twilio, settings: Settings) -> None:
    assert channels.ways_to_staff(nurse) == ("email",)
    nurse.mobile = "+13105550177"
    assert channels.ways_to_staff(nurse) == ("email", "text")
    with channels.Session() as session:
        channels.to_staff("text", key=uuid4(), letter=LETTER, to=nurse, session=session)
    assert twilio.texts[0]["To"] == "+13105550177"
    settings.TEXTS_BY = ""
    assert channels.ways_to_staff(nurse) == ("email",)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, set()),
        ({"TEXTS_BY": ""}, set()),
        ({"TEXTS_BY": "file"}, {"evenkeel.E005"}),
        ({"TWILIO_AUTH_TOKEN": ""}, {"evenkeel.E006"}),
        ({"PUBLIC_URL": "http://clinic.example"}, {"evenkeel.E007"}),
    ],
)
def test_a_half_set_carrier_fails_the_check_before_it_goes_live(
    twilio: Twilio, settings: Settings, changes: dict[str, str], found: set[str]
) -> None:
    for name, value in ({"PUBLIC_URL": "https://clinic.example"} | changes).items():
        setattr(settings, name, value)
    ours = {"evenkeel.E005", "evenkeel.E006", "evenkeel.E007"}
    assert {str(problem.id) for problem in checks.strong_enough(None)} & ours == found


@pytest.mark.parametrize(
    ("address", "subject"),
    [("maya@example.org", "Your visit\rBcc: all@example.org"), ("a@example.org, b@example.org", "Your visit")],
)
def test_a_letter_that_no_header_can_bear_is_refused_by_itself(
    patient: Patient, sink: Sink, address: str, subject: str
) -> None:
    patient.email = address
    letter = Letter(subject=subject, body="Hello", text="")
    with channels.Session() as session, pytest.raises(channels.Refused) as refusal:
        channels.send(channel="email", key=uuid4(), letter=letter, to=patient, session=session)
    assert refusal.value.for_good
    assert not sink.letters
