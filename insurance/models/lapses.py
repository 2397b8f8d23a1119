"""Coverage that ended while visits were booked."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record, together
from insurance.models.coverages import Coverage

USER = settings.AUTH_USER_MODEL


@audited
class Lapse(Record):
    """A plan was found to end: which day is its last, who found it, and when the patient was told (J5).

    It stands until the payer says that the plan runs after all (`over_at`); what happens to the visits is written
    where it belongs: another plan, or self-pay.
    """

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="lapses")
    last_day = models.DateField(help_text="The last day that is covered.")
    found_at = models.DateTimeField(default=clock.now, editable=False)
    found_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told_note = models.CharField("what was said", max_length=300, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-found_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["coverage"], condition=Q(over_at__isnull=True), name="lapse_one_open"),
            together("lapse_told_whole", "told_at", "told_by"),
            models.CheckConstraint(name="lapse_told_says_what", condition=Q(told_at__isnull=True) | ~Q(told_note="")),
        ]

    def __str__(self) -> str:
        return f"Coverage ended {self.last_day}"

    def leaves_out(self, day: date) -> bool:
        """Whether the day is after the last one covered."""
        return day > self.last_day
