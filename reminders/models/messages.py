"""What is said to patients."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record, together
from patients.models import ContactConsent, Patient
from reminders.message_kinds import KINDS
from reminders.models.handing import HandedOver, claim_whole

USER = settings.AUTH_USER_MODEL

# What another text took along went out when that one did, and is free again when it did not.
RIDERS_FOLLOW = pgtrigger.Trigger(
    name="riders_follow",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("state"),
    condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")) & pgtrigger.Q(new__merged_into__isnull=True),
    func=pgtrigger.Func(
        """
        IF NEW.state IN ('sent', 'delivered') THEN
            UPDATE reminders_message
            SET state = NEW.state, sent_at = NEW.sent_at, why = '', next_attempt_at = NULL
            WHERE merged_into_id = NEW.id AND state IN ('planned', 'sent');
        ELSIF NEW.state NOT IN ('claimed', 'uncertain') THEN
            UPDATE reminders_message SET state = 'failed', why = NEW.why, merged_into_id = NULL
            WHERE merged_into_id = NEW.id AND state = 'sent';
            UPDATE reminders_message SET merged_into_id = NULL
            WHERE merged_into_id = NEW.id AND state = 'planned';
        END IF;
        RETURN NULL;
        """
    ),
)


@audited
class Message(Record, HandedOver):
    """One planned message on one occasion. The row is the truth; the broker only carries its id."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"
        UNCERTAIN = "uncertain", "Not known whether sent"
        VOID = "void", "Taken back"
        SUPPRESSED = "suppressed", "Held back"
        EXPIRED = "expired", "Too late"
        CALLED = "called", "Called instead"

    kind = models.CharField(max_length=40)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="messages", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices)
    # What it is about, named by the room that planned it: "appointment" and the row's id.
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    occurrence = models.CharField(max_length=60, help_text="Tells two messages of one kind and subject apart.")
    language = models.CharField(max_length=5, default="en", help_text="The language it was planned in.")
    template_version = models.CharField(max_length=20)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="took_along",
        help_text="The text message of the same day that says this too.",
    )
    values = models.JSONField(
        default=dict,
        help_text="What the template’s placeholders stand for; nothing clinical.",
    )
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="Not sent at or after this moment.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    why = models.CharField(
        max_length=200,
        blank=True,
        help_text="Why it was taken back, held back or failed.",
    )
    planned_at = models.DateTimeField(default=clock.now, editable=False)
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="When the try under way was written; it can’t be taken back from then on."
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who called instead."
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "id"]
        triggers: ClassVar[list[Any]] = [RIDERS_FOLLOW]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "kind", "channel", "occurrence"],
                name="message_once_an_occasion",
            ),
            claim_whole("message_claim_whole"),
            models.CheckConstraint(
                name="message_sent_has_time",
                condition=Q(state__in=["sent", "delivered"], sent_at__isnull=False)
                | ~Q(state__in=["sent", "delivered"]),
            ),
            models.CheckConstraint(
                name="message_begun_while_claimed", condition=Q(begun_at__isnull=True) | Q(state="claimed")
            ),
            together("message_settled_whole", "settled_at", "settled_by"),
            models.CheckConstraint(
                name="message_called_by_somebody", condition=~Q(state="called") | Q(settled_by__isnull=False)
            ),
            models.CheckConstraint(
                name="message_merged_not_by_itself",
                condition=Q(merged_into__isnull=True) | (~Q(merged_into=F("id")) & ~Q(state="claimed")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="message_due"),
            models.Index(fields=["patient", "-due_at"], name="message_by_patient"),
            models.Index(fields=["site", "due_at"], name="message_by_day"),
            models.Index(
                fields=["state", "due_at"],
                condition=Q(state__in=["claimed", "failed", "uncertain"]),
                name="message_unsettled",
            ),
        ]

    TONES: ClassVar[dict[str, str]] = {
        "planned": "none",
        "claimed": "info",
        "sent": "ok",
        "delivered": "ok",
        "failed": "stop",
        "uncertain": "warn",
        "void": "none",
        "suppressed": "warn",
        "expired": "warn",
        "called": "ok",
    }

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def label(self) -> str:
        return KINDS[self.kind].label if self.kind in KINDS else self.kind

    @property
    def tone(self) -> str:
        return self.TONES[self.state]


@audited
class MessageAttempt(Record):
    """One try to hand a message to its provider; written before the call, closed after it."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["started_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [together("message_attempt_whole", "ended_at", "accepted")]

    def __str__(self) -> str:
        return f"Try at {self.started_at:%Y-%m-%d %H:%M}"
