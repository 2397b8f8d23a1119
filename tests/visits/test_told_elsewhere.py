"""What other systems are told of visits."""

import pytest

from clinic import clock
from reminders.models import Webhook, WebhookDelivery
from tests import build
from visits import booking, changes, undoing

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook(site, clinic_admin):
    kinds = ["appointment.booked", "appointment.moved", "appointment.cancelled"]
    return Webhook.objects.create(
        site=site, name="Door", address="https://example.com/", kinds=kinds, secret="…", key_id="1",
        made_by=clinic_admin,
    )  # fmt: skip


def told():
    return list(WebhookDelivery.objects.order_by("due_at", "id").values_list("kind", flat=True))


def test_booked_moved_cancelled_and_taken_back(webhook, site, patient, front_desk, nurse, other_nurse):
    now = clock.now()
    visit = booking.book(
        patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"), staff=nurse,
        by=front_desk,
    )  # fmt: skip
    changes.confirm(appointment_id=visit.pk, by=front_desk)
    changes.move(appointment_id=visit.pk, starts_at=visit.starts_at, staff=other_nurse, by=front_desk)
    assert told() == ["appointment.booked"]  # neither a word nor another nurse is a move
    changes.move(appointment_id=visit.pk, starts_at=build.moment(site, "2027-02-03"), by=front_desk)
    undoing.undo(appointment_id=visit.pk, by=front_desk)
    changes.cancel(appointment_id=visit.pk, party="patient", reason="A cold", by=front_desk)
    undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert told()[1:] == [
        "appointment.moved",
        "appointment.moved",
        "appointment.cancelled",
        "appointment.booked",
    ]
    first = WebhookDelivery.objects.earliest("due_at", "id")
    assert first.about == {"appointment": str(visit.pk), "patient": str(patient.pk)}
    assert first.occurred_at == now
    assert WebhookDelivery.objects.values("event_id").distinct().count() == 5


def test_what_is_not_booked_after_all_is_told_nobody(webhook, site, patient, front_desk, nurse):
    start = build.moment(site, "2027-02-02")
    booking.book(patient=patient, site=site, kind="infusion", starts_at=start, staff=nurse, by=front_desk)
    with pytest.raises(booking.clashes.SlotTaken):
        booking.book(patient=patient, site=site, kind="infusion", starts_at=start, staff=nurse, by=front_desk)
    assert told() == ["appointment.booked"]
