"""Writing down what other systems are to be told, in the transaction of what happened: neither is without the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from clinic.models import User
from insurance.models import Verification
from reminders.models import Webhook, WebhookDelivery

SPACE = UUID("7f5c1a52-3f0b-5c0e-9a3d-0d4f6f1b9e41")
"""The namespace in which an event's id follows from what happened."""
VERIFIED = (Verification.State.ACTIVE, Verification.State.INACTIVE)


@dataclass(frozen=True)
class Event:
    """Something that happened; `about` are the ids of what it concerns, its subject first."""

    kind: str
    occurrence: str
    occurred_at: datetime
    about: Mapping[str, UUID]

    @property
    def subject_id(self) -> UUID:
        return next(iter(self.about.values()))

    @property
    def id(self) -> UUID:
        """The same however often it is told, and by whomever."""
        return uuid5(SPACE, f"{self.kind} {self.subject_id} {self.occurrence}")

    def to(self, webhook: Webhook) -> WebhookDelivery:
        return WebhookDelivery(
            webhook=webhook, event_id=self.id, kind=self.kind, subject_id=self.subject_id, occurrence=self.occurrence,
            occurred_at=self.occurred_at, about={what: str(pk) for what, pk in self.about.items()},
        )  # fmt: skip


def write(site_id: UUID, happened: Sequence[Event]) -> None:
    """A row for each event and each system of the site that is told of such events. Twice is once."""
    kinds = sorted({event.kind for event in happened})
    told = Webhook.objects.filter(site=site_id, ended_at__isnull=True, kinds__overlap=kinds)
    rows = [event.to(webhook) for webhook in told for event in happened if event.kind in webhook.kinds]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def after_answer(check: Verification, by: User) -> None:
    """A payer said whether the plan is active. What it said stands in the API, for whom it is."""
    if check.state not in VERIFIED or check.checked_at is None:
        return
    about = {"verification": check.pk, "patient": check.patient_id}
    write(
        check.patient.site_id,
        [Event(Webhook.Kind.VERIFIED, check.checked_at.isoformat(), check.checked_at, about)],
    )
