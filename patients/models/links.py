"""The secret links by which patients answer from home, without an account (docs/adr on links)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record, ordered, within
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class PatientLink(Record):
    """One address for one patient and one purpose. Of its token only the hash is kept, here and in the history."""

    TRIES: ClassVar[int] = 5

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=20)
    subject_id = models.UUIDField(null=True, blank=True, help_text="What the answers belong to, where that is one row.")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, help_text="Wrong birth dates, ever.")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When the birth date was first right.")
    locked_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("link_expires_after_made", "made_at", "expires_at"),
            within("link_tries_end", "tries", 0, 5),
            models.CheckConstraint(
                name="link_locked_by_the_last_try",
                condition=Q(tries__lt=5, locked_at__isnull=True) | Q(tries=5, locked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="link_revoked_by_at_a_time",
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["patient", "purpose", "subject_id"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="link_one_for_a_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"Link for {self.purpose}"

    @property
    def is_good(self) -> bool:
        """Whether it still opens: neither revoked nor locked nor run out, and its patient alive."""
        return self.ended_by is None

    @property
    def ended_by(self) -> str | None:
        if self.revoked_at:
            return "revoked"
        if self.locked_at:
            return "locked"
        return "expired" if self.runs_out(clock.now()) or self.patient.deceased_on else None

    def runs_out(self, now: datetime) -> bool:
        return self.expires_at <= now
