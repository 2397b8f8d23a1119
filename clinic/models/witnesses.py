"""What bears witness: who read which chart, that the history is whole, and that the house is alive."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic.history import append_only


class ReadEvent(models.Model):
    """A patient's record was opened. Append-only; written before the page is shown."""

    at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient_id = models.UUIDField()
    what = models.CharField(max_length=80)
    route = models.CharField(max_length=120, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True, help_text="From where; empty for our own tasks.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient_id", "-at"], name="read_by_patient"),
            models.Index(fields=["user", "-at"], name="read_by_user"),
        ]
        triggers: ClassVar[list[Any]] = [append_only("read_event_append_only")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"


class HistorySeal(models.Model):
    """A link of the chain that proves the history whole: the digest of the rows of one table up to `last_id`.

    Sealing happens after the fact, so that the chain costs no writer a lock.
    """

    table = models.CharField(max_length=80)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    columns = ArrayField(
        models.CharField(max_length=63), default=list, help_text="Those that the digest covers: later ones are not its."
    )
    sealed_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["table", "last_id"], name="history_seal_once"),
            models.CheckConstraint(name="history_seal_in_order", condition=Q(last_id__gte=F("first_id"))),
        ]
        triggers: ClassVar[list[Any]] = [append_only("history_seal_append_only")]

    def __str__(self) -> str:
        return f"{self.table} up to {self.last_id}"


class Heartbeat(models.Model):
    """When a part of the running house last showed that it works."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
