"""What other systems are told of infusions."""

import pytest

from reminders.models import Webhook, WebhookDelivery
from tests.infusions.test_discharge import _leave

pytestmark = pytest.mark.django_db


def test_a_discharge_is_told_with_ids_alone(recovering, day, site, clinic_admin):
    Webhook.objects.create(
        site=site, name="Taxi", address="https://example.com/", kinds=["infusion.discharged"], secret="…", key_id="1",
        made_by=clinic_admin,
    )  # fmt: skip
    made = _leave(day, recovering)
    told = WebhookDelivery.objects.get()
    assert (told.subject_id, told.occurred_at) == (recovering.pk, made.observed_at)
    visit = recovering.appointment
    assert told.about == {
        "infusion": str(recovering.pk), "appointment": str(visit.pk), "patient": str(visit.patient_id),
    }  # fmt: skip
