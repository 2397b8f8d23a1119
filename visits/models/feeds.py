"""The secret addresses of calendars."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record

USER = settings.AUTH_USER_MODEL


@audited
class CalendarLink(Record):
    """A secret address under which a member of staff reads their own visits in a calendar program."""

    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="calendar_links")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in the address.")
    made_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at__isnull=True), name="calendar_link_one"),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.user}"
