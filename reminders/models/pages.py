"""Calls for help to staff."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record, together
from patients.models import ContactConsent, SafetyAlert
from reminders.models.handing import HandedOver, claim_whole

USER = settings.AUTH_USER_MODEL


@audited
class StaffPage(Record, HandedOver):
    """One call for help to one member of staff on one channel, because an alert waits (docs/adr/0017).

    The key (alert, due, person, channel) makes each step of an escalation exist once, whoever looks first.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "About to go out"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        VOID = "void", "No longer needed"

    class Tier(models.TextChoices):
        FIRST = "first", "On call"
        BACKUP = "backup", "Backup"
        ALL = "all", "Provider of the site"
        NOBODY_SET = "nobody_set", "Nobody is on call: all of the site"

    alert = models.ForeignKey(SafetyAlert, on_delete=models.PROTECT, related_name="pages")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(help_text="0 at once, then one for each time that nobody answered.")
    recipient = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="pages")
    tier = models.CharField(max_length=10, choices=Tier.choices)
    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices)
    due_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "step", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "due_at", "recipient", "channel"], name="staff_page_once_a_step"),
            claim_whole("staff_page_claim_whole"),
            models.CheckConstraint(
                name="staff_page_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state__in=["planned", "claimed"]), name="staff_page_due"),
        ]

    TONES: ClassVar[dict[str, str]] = {
        "planned": "info",
        "claimed": "info",
        "sent": "ok",
        "failed": "stop",
        "void": "none",
    }

    def __str__(self) -> str:
        return f"Page {self.step} to {self.recipient_id}"

    @property
    def tone(self) -> str:
        return self.TONES[self.state]


@audited
class PageAttempt(Record):
    """One try to hand a page to its provider; written before the call, closed after it."""

    page = models.ForeignKey(StaffPage, on_delete=models.PROTECT, related_name="tries")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["started_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [together("page_attempt_whole", "ended_at", "accepted")]

    def __str__(self) -> str:
        return f"Try at {self.started_at:%Y-%m-%d %H:%M}"
