"""What the providers of texts and letters tell us: how far a message came, and what was written back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record
from patients.models import Patient, SafetyAlert


@audited
class Delivery(Record):
    """How far one handed-over message or page came, as its provider told. It only ever goes forwards."""

    class Status(models.TextChoices):
        QUEUED = "queued", "With the provider"
        SENT = "sent", "Handed to the carrier"
        FAILED = "failed", "Did not arrive"
        DELIVERED = "delivered", "Arrived"

    key = models.UUIDField(help_text="The row that was sent: a message’s or a page’s.")
    provider_id = models.CharField(max_length=200)
    status = models.CharField(max_length=9, choices=Status.choices)
    code = models.CharField(max_length=20, blank=True)
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "provider_id"], name="delivery_once"),
            models.CheckConstraint(name="delivery_names_its_id", condition=~Q(provider_id="")),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["provider_id"], name="delivery_by_provider_id")]

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.status}"


@audited
class InboundText(Record):
    """A text that somebody sent us, how it was read, and what it was answered. The provider's id makes it one."""

    class Reading(models.TextChoices):
        STOP = "stop", "Wants no more texts"
        START = "start", "Wants texts again"
        HELP = "help", "Asked for help"
        URGENT = "urgent", "Speaks of self-harm"
        FREE = "free", "For somebody to read"

    provider_id = models.CharField(max_length=200, unique=True)
    sender = models.CharField(max_length=20)
    number = models.CharField(max_length=20, help_text="Our own number, to which it was sent.")
    words = models.TextField(blank=True)
    received_at = models.DateTimeField(default=clock.now)
    reading = models.CharField(max_length=6, choices=Reading.choices)
    answer = models.CharField(max_length=320, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inbound_texts",
        help_text="Only where one patient alone has the number.",
    )
    alerts = models.ManyToManyField(
        SafetyAlert, blank=True, related_name="texts", help_text="Those for whom it called somebody."
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sender", "-received_at"], name="inbound_text_by_sender"),
        ]

    def __str__(self) -> str:
        return f"Text of {self.received_at:%Y-%m-%d %H:%M}"
