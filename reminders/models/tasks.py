"""What must not be forgotten."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.models import Site
from clinic.policy import Role
from clinic.records import Record
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class FollowUp(Record):
    """A task that must not be forgotten: owner (a role or a person), a clock, and an outcome.

    `occurrence` tells two occasions of one kind apart, so that what a person ended is not asked again, and the next
    occasion is. `closed_itself`: the thing was done, or is not wanted; should that be undone, the task opens again.
    """

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
    occurrence = models.CharField(max_length=40, blank=True)
    link = models.CharField(max_length=200, blank=True, help_text="The path of the page where it is done.")
    owner_role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups")
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    escalates_at = models.DateTimeField(null=True, blank=True)
    escalates_to = models.CharField(max_length=20, blank=True, choices=[(role.value, role.label) for role in Role])
    escalated_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Calls in vain.")
    outcomes = ArrayField(
        models.CharField(max_length=80), default=list, blank=True, help_text="Empty: those of its kind."
    )
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)
    result = models.CharField(max_length=80, blank=True, help_text="The outcome that was chosen.")
    outcome = models.CharField(max_length=300, blank=True)
    closed_itself = models.BooleanField(default=False)
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
            models.CheckConstraint(
                name="follow_up_open_is_not_closed", condition=~Q(state="open") | Q(closed_itself=False, result="")
            ),
            models.CheckConstraint(
                name="follow_up_escalated_to_whom", condition=Q(escalated_at__isnull=True) | ~Q(escalates_to="")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["site", "owner_role", "due_at"],
                condition=Q(state="open"),
                name="follow_up_list",
            ),
            models.Index(fields=["site", "due_at", "id"], condition=Q(state="open"), name="follow_up_by_clock"),
            models.Index(
                fields=["site", "owner_role", "kind"],
                include=["due_at"],
                condition=Q(state="open", owner__isnull=True),
                name="follow_up_kinds_free",
            ),
            models.Index(
                fields=["site", "escalates_to", "due_at"],
                condition=Q(state="open", escalated_at__isnull=False),
                name="follow_up_escalated",
            ),
            models.Index(fields=["site", "-ended_at", "id"], condition=~Q(state="open"), name="follow_up_ended"),
            models.Index(fields=["subject_id", "kind"], name="follow_up_of_subject"),
            models.Index(
                fields=["escalates_at"],
                condition=Q(state="open", escalated_at__isnull=True),
                name="follow_up_to_escalate",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def tries_words(self) -> str:
        return f"Called {self.tries}×, not reached"


@audited
class FollowUpStep(Record):
    """What happened to a task between its opening and its end: whose it became, calls in vain, whom it went up to."""

    class What(models.TextChoices):
        TAKEN = "taken", "Taken on"
        HANDED = "handed", "Handed over"
        TRIED = "tried", "Not reached"
        ESCALATED = "escalated", "Escalated"
        REOPENED = "reopened", "Opened again"

    task = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=9, choices=What.choices)
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        triggers: ClassVar[list[Any]] = [append_only("follow_up_step_append_only")]

    def __str__(self) -> str:
        return self.get_what_display()
