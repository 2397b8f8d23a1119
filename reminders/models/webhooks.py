"""Other systems that are told of what happens here, and what each was told."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, audited_but
from clinic.models import Site
from clinic.records import Record, together
from reminders.models.handing import HandedOver, claim_whole

USER = settings.AUTH_USER_MODEL


@audited_but("secret", "former_secret")
class Webhook(Record):
    """A system that is told at an address. Its address never changes: another one is another webhook."""

    class Kind(models.TextChoices):
        BOOKED = "appointment.booked", "Visit booked"
        MOVED = "appointment.moved", "Visit moved"
        CANCELLED = "appointment.cancelled", "Visit cancelled"
        DISCHARGED = "infusion.discharged", "Infusion discharged"
        VERIFIED = "verification.verified", "Benefits verified"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    address = models.URLField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=30, choices=Kind.choices))
    # Sealed by clinic.crypto. While a new secret takes over, both sign.
    secret = models.TextField()
    key_id = models.CharField(max_length=12)
    former_secret = models.TextField(blank=True)
    former_key_id = models.CharField(max_length=12, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    failing_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["made_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("webhook_ended_whole", "ended_at", "ended_by"),
            models.CheckConstraint(name="webhook_tells_something", condition=Q(kinds__len__gt=0)),
            models.CheckConstraint(
                name="webhook_former_whole",
                condition=Q(former_until__isnull=True, former_secret="", former_key_id="")
                | (Q(former_until__isnull=False) & ~Q(former_secret="") & ~Q(former_key_id="")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site"], condition=Q(ended_at__isnull=True), name="webhook_active")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.ended_at is None

    @property
    def told_of(self) -> list[str]:
        """What it is told of, in words."""
        return [kind.label for kind in self.Kind if kind in self.kinds]


@audited
class WebhookDelivery(Record, HandedOver):
    """One event that one system is to be told of; written in the transaction of the event. It holds ids alone."""

    class State(models.TextChoices):
        PLANNED = "planned", "Waiting"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Taken"
        FAILED = "failed", "Given up"
        VOID = "void", "Switched off"

    TEST = "webhook.test"
    TONES: ClassVar[dict[str, str]] = {
        "planned": "none", "claimed": "info", "sent": "ok", "failed": "stop", "void": "none",
    }  # fmt: skip

    provider_id = None  # type: ignore[assignment]  # an event has its id from us

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.UUIDField(help_text="The same for every try, and for every system that is told of it.")
    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    occurrence = models.CharField(max_length=60, help_text="Tells two events of one kind and subject apart.")
    occurred_at = models.DateTimeField()
    about = models.JSONField(default=dict, help_text="The ids of what it is about, by collection of the API.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    due_at = models.DateTimeField(default=clock.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-due_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["webhook", "kind", "subject_id", "occurrence"], name="webhook_delivery_once_an_event"
            ),
            claim_whole("webhook_delivery_claim_whole"),
            models.CheckConstraint(
                name="webhook_delivery_sent_has_time",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="webhook_delivery_begun_while_claimed", condition=Q(begun_at__isnull=True) | Q(state="claimed")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="webhook_delivery_due"),
            models.Index(fields=["lease_until"], condition=Q(state="claimed"), name="webhook_delivery_held"),
            models.Index(fields=["webhook", "-due_at"], name="webhook_delivery_by_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_state_display()}"

    @property
    def label(self) -> str:
        return "Test event" if self.kind == self.TEST else Webhook.Kind(self.kind).label

    @property
    def tone(self) -> str:
        return self.TONES[self.state]


@audited
class WebhookAttempt(Record):
    """One try to tell; written before the call, closed after it."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.PROTECT, related_name="tries")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["started_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [together("webhook_attempt_whole", "ended_at", "accepted")]

    def __str__(self) -> str:
        return f"Try at {self.started_at:%Y-%m-%d %H:%M}"
