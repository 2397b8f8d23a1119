"""What is said, and what must not be forgotten."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.policy import Role
from clinic.records import Record, together
from patients.models import ContactConsent, Patient, SafetyAlert

USER = settings.AUTH_USER_MODEL


class HandedOver(models.Model):
    """What one worker at a time claims, tries to hand over, and tries again."""

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def claim_whole(name: str) -> models.CheckConstraint:
    """A constraint: what is claimed says by whom and until when, and nothing else does."""
    claimed = Q(state="claimed", lease_until__isnull=False) & ~Q(lease_owner="")
    return models.CheckConstraint(
        name=name, condition=claimed | (~Q(state="claimed") & Q(lease_until__isnull=True, lease_owner=""))
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

    kind = models.CharField(max_length=40)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="messages")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices)
    # What it is about, named by the room that planned it: "appointment" and the row's id.
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    occurrence = models.CharField(max_length=60, help_text="Tells two messages of one kind and subject apart.")
    template_version = models.CharField(max_length=20)
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

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "id"]
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
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="message_due"),
            models.Index(fields=["patient", "-due_at"], name="message_by_patient"),
            models.Index(fields=["subject_kind", "subject_id"], name="message_by_subject"),
        ]

    LABELS: ClassVar[dict[str, str]] = {
        "appointment_72h": "Reminder, three days before",
        "appointment_24h": "Reminder, the day before",
        "visits_booked": "All dates of the visits",
        "slot_offer": "Offer of an earlier time",
        "slot_gone": "An offered time was taken",
        "slot_yours": "The offered time is theirs",
        "patient_link": "Link to questions",
    }
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
    }

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def label(self) -> str:
        return self.LABELS.get(self.kind, self.kind)

    @property
    def tone(self) -> str:
        return self.TONES[self.state]


@audited
class MessageAttempt(Record):
    """One try to hand a message to its provider; written before the call, closed after it."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["started_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [together("message_attempt_whole", "ended_at", "accepted")]

    def __str__(self) -> str:
        return f"Try at {self.started_at:%Y-%m-%d %H:%M}"


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


@audited
class OptOut(Record):
    """The patient said stop. All automated messages of the channel are held back while it is in force."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="opt_outs")
    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices)
    words = models.CharField(max_length=160)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "channel"],
                condition=Q(until__isnull=True),
                name="opt_out_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.words}"


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
