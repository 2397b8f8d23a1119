"""Groups: one room and one therapist, held once, and several patients with a visit each."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.models import Room, Site
from clinic.records import Record, ordered, together, within

USER = settings.AUTH_USER_MODEL
SMALLEST, LARGEST = 2, 20


@audited
class GroupSession(Record):
    """One session for several. Its members are visits; what they have in common, and its holds, stand here."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="groups")
    topic = models.CharField(max_length=120, help_text="For staff; no patient reads it.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="groups")
    therapist = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="groups")
    planned_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["site", "starts_at"], name="group_day")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("group_ends_after_start", "starts_at", "ends_at"),
            within("group_capacity", "capacity", SMALLEST, LARGEST),
            together("group_cancelled_whole", "cancelled_at", "cancelled_by"),
            models.CheckConstraint(
                name="group_cancelled_with_a_reason",
                condition=Q(cancelled_at__isnull=True, cancelled_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.topic
