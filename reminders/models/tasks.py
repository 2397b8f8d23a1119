"""What must not be forgotten."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.policy import Role
from clinic.records import Record
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class FollowUp(Record):
    """A task that must not be forgotten: owner (a role or a person), a clock, and an outcome."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        VOID = "void", "No longer needed"

    kind = models.CharField(max_length=40)
    patient = models.ForeignKey(
        Patient,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_ups",
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="follow_ups")
    title = models.CharField(max_length=160)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    link = models.CharField(max_length=200, blank=True, help_text="The path of the page where it is done.")
    owner_role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups")
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    escalates_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(state="open"),
                name="follow_up_one_open",
            ),
            models.CheckConstraint(
                name="follow_up_end_whole",
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="follow_up_done_says_what",
                condition=~Q(state="done") | ~Q(outcome=""),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["site", "owner_role", "due_at"],
                condition=Q(state="open"),
                name="follow_up_list",
            ),
        ]

    def __str__(self) -> str:
        return self.title
