"""Other systems: what they are told, how they know that it is us, and what happens when they don't listen."""

import hmac
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import DomainError, Invalid
from reminders import watch
from reminders.models import FollowUp, Webhook, WebhookAttempt, WebhookDelivery
from reminders.webhooks import addresses, dispatch, events, sending, subscriptions
from reminders.webhooks.events import Event
from tests import build
from tests.receiver import Receiver, Told, listening

pytestmark = pytest.mark.django_db

State, Kind = WebhookDelivery.State, Webhook.Kind


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as opened:
        yield opened


@pytest.fixture
def now(site):
    moment = build.moment(site, "2027-02-02", "09:00")
    with clock.at(moment):
        yield moment


@pytest.fixture
def added(now, site, receiver, clinic_admin):
    """A webhook and its secret."""
    return subscriptions.add(
        site=site, name="Billing", address=receiver.address, kinds=[Kind.BOOKED, Kind.CANCELLED], by=clinic_admin
    )


@pytest.fixture
def webhook(added) -> Webhook:
    return added[0]


def happen(site, patient, kind=Kind.BOOKED, occurrence="booked", subject=None) -> Event:
    event = Event(kind, occurrence, clock.now(), {"appointment": subject or uuid4(), "patient": patient.pk})
    events.write(site.pk, [event])
    return event


def is_from_us(told: Told, secret: str) -> bool:
    """What docs/api.md asks a receiver to do."""
    parts = [part.split("=", 1) for part in told.headers["Evenkeel-Signature"].split(",")]
    moment = next(value for name, value in parts if name == "t")
    expected = hmac.new(secret.encode(), moment.encode() + b"." + told.body, "sha256").hexdigest()
    fresh = abs(clock.now().timestamp() - int(moment)) < 300
    return fresh and any(hmac.compare_digest(value, expected) for name, value in parts if name == "v1")


def test_an_event_arrives_signed_and_says_ids_alone(site, patient, added, receiver):
    webhook, secret = added
    visit = uuid4()
    event = happen(site, patient, subject=visit)
    happen(site, patient, subject=visit)  # told twice by whoever: it is one
    assert str(dispatch.work()) == "1 taken, 0 waiting, 0 given_up"
    (told,) = receiver.told
    assert is_from_us(told, secret)
    assert not is_from_us(told._replace(body=told.body + b" "), secret)
    assert told.path == "/events?from=evenkeel"
    assert told.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert told.headers["Evenkeel-Key-Id"] == webhook.key_id
    assert json.loads(told.body) == {
        "id": str(event.id),
        "kind": "appointment.booked",
        "occurred_at": "2027-02-02T17:00:00+00:00",
        "site": {"id": str(site.pk), "code": site.code},
        "about": {
            "appointment": {"id": str(visit), "url": f"http://localhost:8000/api/v1/appointments/{visit}/"},
            "patient": {"id": str(patient.pk), "url": f"http://localhost:8000/api/v1/patients/{patient.pk}/"},
        },
    }
    assert WebhookAttempt.objects.get().answer == "200 Thanks"


def test_only_systems_of_the_site_that_asked_for_it_are_told(site, other_site, patient, webhook, receiver):
    happen(site, patient, kind=Kind.MOVED)
    happen(other_site, patient)
    assert not WebhookDelivery.objects.exists()


def test_what_is_rolled_back_is_told_nobody(site, patient, webhook):
    with transaction.atomic():
        happen(site, patient)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


def test_it_is_tried_again_with_the_same_id_then_given_up_and_the_admin_is_asked(
    site, patient, webhook, receiver, now, clinic_admin
):
    receiver.status, receiver.said = 500, b"out\x00of order " * 50
    happen(site, patient)
    tried = []
    for minutes in (0, 1, 6, 21, 81):
        with clock.at(now + timedelta(minutes=minutes)):
            tried.append(str(dispatch.work()))
            assert str(dispatch.work()) == "0 taken, 0 waiting, 0 given_up"  # not before its time
    assert tried == ["0 taken, 1 waiting, 0 given_up"] * 4 + ["0 taken, 0 waiting, 1 given_up"]
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.FAILED, 5)
    assert {len(one.answer) for one in delivery.tries.all()} == {200}
    assert FollowUp.objects.get().title == "“Billing” is not told what happens here"
    webhook.refresh_from_db()
    assert webhook.failing_since == now

    receiver.status = 204
    subscriptions.try_again(delivery_id=delivery.pk, by=clinic_admin)
    assert dispatch.work().taken == 1
    assert len({told.headers["Evenkeel-Event-Id"] for told in receiver.told}) == 1
    webhook.refresh_from_db()
    assert webhook.failing_since is None
    with pytest.raises(DomainError):
        subscriptions.try_again(delivery_id=delivery.pk, by=clinic_admin)


def test_a_redirect_is_not_followed(site, patient, webhook, receiver):
    receiver.status, receiver.headers = 307, {"Location": receiver.address}
    happen(site, patient)
    assert dispatch.work().waiting == 1
    assert len(receiver.told) == 1
    assert "points elsewhere" in WebhookDelivery.objects.get().why


def test_one_that_is_silent_holds_up_no_other(site, patient, webhook, receiver, clinic_admin):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        deaf, _ = subscriptions.add(
            site=site, name="Deaf", address=f"http://127.0.0.1:{closed.getsockname()[1]}/", kinds=[Kind.BOOKED],
            by=clinic_admin,
        )  # fmt: skip
        for _ in range(3):
            happen(site, patient)
        assert str(dispatch.work()) == "3 taken, 1 waiting, 0 given_up"
    assert WebhookAttempt.objects.filter(delivery__webhook=deaf).count() == 1
    assert set(deaf.deliveries.values_list("state", "lease_owner")) == {(State.PLANNED, "")}


def begun(run: dispatch.Run) -> WebhookAttempt:
    """A dispatcher that has written its try and is about to call."""
    (pk,) = dispatch.claim(run)
    attempt = dispatch.begin(WebhookDelivery.objects.select_related("webhook__site").get(pk=pk), run)
    assert attempt
    return attempt


def test_what_a_dispatcher_left_in_the_middle_is_told_again_with_the_same_id(site, patient, webhook, receiver, now):
    event = happen(site, patient)
    begun(dispatch.Run())
    assert dispatch.work().taken == 0  # somebody has it
    with clock.at(now + timedelta(seconds=61)):
        assert dispatch.work().waiting == 1
    with clock.at(now + timedelta(seconds=122)):
        assert dispatch.work().taken == 1
    assert [told.headers["Evenkeel-Event-Id"] for told in receiver.told] == [str(event.id)]
    assert list(WebhookAttempt.objects.values_list("accepted", flat=True)) == [False, True]


def test_a_dispatcher_that_comes_back_late_writes_nothing_into_the_row(site, patient, webhook, receiver, now):
    happen(site, patient)
    late = dispatch.Run()
    attempt = begun(late)
    with clock.at(now + timedelta(seconds=61)):
        dispatch.settle_lost(dispatch.Run())
        dispatch._taken(attempt, "200", late)
    assert WebhookDelivery.objects.get().state == State.PLANNED
    assert late.counts.taken == 0


def test_a_new_secret_and_the_one_before_it_both_hold_for_a_day(site, patient, added, receiver, now, clinic_admin):
    webhook, old = added
    renewed, new = subscriptions.renew_secret(webhook_id=webhook.pk, by=clinic_admin)
    assert new not in renewed.secret
    assert Webhook.objects.filter(secret__startswith="whsec").count() == 0
    happen(site, patient)
    dispatch.work()
    assert [is_from_us(receiver.told[0], one) for one in (old, new)] == [True, True]
    assert receiver.told[0].headers["Evenkeel-Key-Id"] == f"{renewed.key_id},{webhook.key_id}"
    with clock.at(now + timedelta(hours=24)):
        happen(site, patient)
        dispatch.work()
        assert [is_from_us(receiver.told[1], one) for one in (old, new)] == [False, True]


def test_a_system_that_is_switched_off_is_told_nothing_any_more(site, patient, webhook, receiver, clinic_admin):
    receiver.status = 500
    happen(site, patient)
    run = dispatch.Run()
    attempt = begun(run)
    happen(site, patient)
    subscriptions.switch_off(webhook_id=webhook.pk, by=clinic_admin)
    dispatch._not_taken(attempt, "500", run)
    happen(site, patient)
    assert list(WebhookDelivery.objects.values_list("state", flat=True)) == [State.VOID, State.VOID]
    with pytest.raises(DomainError):
        subscriptions.send_test(webhook_id=webhook.pk, by=clinic_admin)


@pytest.mark.parametrize(
    ("number", "public"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True)]
    + [(one, False) for one in (
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
        "ff02::1",
    )],
)  # fmt: skip
def test_which_numbers_are_public(number, public):
    assert addresses.is_public(number) is public


@pytest.mark.parametrize(
    ("address", "production"),
    [("http://example.com/", False), ("http://localhost/", True), ("https://127.0.0.1/", True),
     ("https://[::1]/", True),
     ("ftp://localhost/", False), ("https://user:word@example.com/", False), ("https://example.com/#part", False),
     ("https:///path", False), ("https://exa mple.com/", False), ("https://example.com:port/", False), ("here", False),
     ("https://0x7f.1/", True), ("https://2130706433/", True)],
)  # fmt: skip
def test_addresses_that_are_refused(settings, address, production):
    settings.PRODUCTION = production
    with pytest.raises(Invalid) as refused:
        addresses.target(address)
    assert "address" in refused.value.fields


def resolving(monkeypatch, *numbers: str) -> list[str]:
    """Names answer these numbers, one after the other; who was asked for."""
    asked: list[str] = []

    def answer(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        number = numbers[min(len(asked), len(numbers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", answer)
    return asked


def test_a_name_that_turns_to_the_inside_is_not_called(site, patient, webhook, receiver, settings, monkeypatch):
    Webhook.objects.update(address=f"https://hooks.example.org:{receiver.port}/")
    settings.PRODUCTION = True
    resolving(monkeypatch, "127.0.0.1")
    happen(site, patient)
    assert dispatch.work().waiting == 1
    assert receiver.told == []
    assert "private network" in WebhookDelivery.objects.get().why


def certified(name: str, folder: Path) -> Path:
    """A certificate for the name that it signed itself, with its key, in one file."""
    key, whose = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(whose).issuer_name(whose).public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, SHA256())
    )  # fmt: skip
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize(("name", "taken"), [("hooks.example.org", True), ("other.example.org", False)])
def test_the_call_goes_to_the_number_and_the_certificate_is_of_the_name(tmp_path, name, taken):
    file = certified("hooks.example.org", tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    with listening(tls) as receiver, requests.Session() as line:
        line.verify = str(file)
        there = addresses.Target(f"https://{name}:{receiver.port}/", "127.0.0.1")
        if taken:
            assert sending._post(line, there, b"{}", {}) == "200 Thanks"
            assert receiver.told[0].headers["Host"] == f"{name}:{receiver.port}"
        else:
            with pytest.raises(requests.exceptions.SSLError):
                sending._post(line, there, b"{}", {})
            assert receiver.told == []


def test_what_waits_for_nobody_to_send_it_is_seen_and_what_waits_for_its_next_try_is_not(added, now, patient):
    assert (watch.check_events(), watch.waiting()["events"]) == ("ok", 0)
    happen(added[0].site, patient)
    delivery = WebhookDelivery.objects.get()
    with clock.at(now + timedelta(minutes=3)):
        assert watch.check_events() == "the oldest event for another system has been waiting for 180 s"
        WebhookDelivery.objects.update(next_attempt_at=now + timedelta(minutes=5))
        assert watch.check_events() == "ok"
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            state="claimed", lease_owner="gone", lease_until=now + timedelta(minutes=1), next_attempt_at=None
        )
        assert watch.waiting()["events"] == 180


def test_the_admin_adds_a_system_and_sees_its_secret_once(client, clinic_admin, site, receiver, patient, now):
    client.force_login(clinic_admin)
    page, typed = (
        reverse("reminders:webhooks"),
        {"name": "Billing", "address": "http://example.com", "kinds": [Kind.MOVED]},
    )
    client.get(page)
    with clock.at(now + timedelta(minutes=6)):
        assert "prove once more" in client.post(page, typed).content.decode()
    proof = {"proof_password": build.PASSWORD}
    assert client.post(page, typed | proof).status_code == 422
    answer = client.post(page, typed | {"address": receiver.address})
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"
    webhook = Webhook.objects.get()
    one = reverse("reminders:webhook", args=[webhook.pk])
    assert not any(secret in client.get(each).content.decode() for each in (page, one))

    client.post(reverse("reminders:webhook-test", args=[webhook.pk]))
    assert dispatch.work().taken == 1
    assert json.loads(receiver.told[0].body)["kind"] == "webhook.test"
    assert is_from_us(receiver.told[0], secret)
    shown = client.get(one).content.decode()
    assert "Test event" in shown
    assert "200 Thanks" in shown

    renewed = client.post(reverse("reminders:webhook-secret", args=[webhook.pk]))
    assert renewed.context["secret"] in renewed.content.decode()
    client.post(reverse("reminders:webhook-off", args=[webhook.pk]))
    assert "Switched off" in client.get(page).content.decode()
