"""What other systems are told of benefits."""

import pytest

from clinic.models import Site, User
from insurance.models import Verification
from reminders.models import Webhook, WebhookDelivery
from tests.insurance.conftest import answer

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("on_20_january")
@pytest.mark.parametrize(("state", "told"), [("active", 1), ("inactive", 1), ("needs_info", 0)])
def test_that_benefits_were_verified_is_told_and_not_what_was_said(
    check: Verification, site: Site, insurance_admin: User, clinic_admin: User, state: str, told: int
) -> None:
    Webhook.objects.create(
        site=site, name="Billing", address="https://example.com/", kinds=["verification.verified"], secret="…",
        key_id="1", made_by=clinic_admin,
    )  # fmt: skip
    answer(check, state, insurance_admin)
    about = {"verification": str(check.pk), "patient": str(check.patient_id)}
    assert list(WebhookDelivery.objects.values_list("about", flat=True)) == [about] * told
