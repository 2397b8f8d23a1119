"""What patients write between sessions, and what somebody close to them writes with their consent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, locked_when, written_once
from clinic.records import Record, together
from infusions.models import Series
from patients.models import Patient, PatientLink, SafetyAlert

USER = settings.AUTH_USER_MODEL
READ = ("read_at", "read_by")


class _Written(Record):
    """Words that came by a link: kept as they were sent, then read by somebody."""

    link = models.ForeignKey(PatientLink, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=6000)
    written_at = models.DateTimeField(default=clock.now)
    form_key = models.UUIDField(unique=True, help_text="Of the form: sent twice, it is kept once.")
    alert = models.ForeignKey(
        SafetyAlert,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What the words opened, where they speak of self-harm.",
    )
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-written_at", "-id"]

    def __str__(self) -> str:
        return f"Written {self.written_at:%Y-%m-%d}"


@audited
class JournalEntry(_Written):
    """The patient's own journal, for the therapist and the provider; never for the front desk."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="journal_entries")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="journal_entries")

    class Meta(_Written.Meta):
        verbose_name_plural = "journal entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="journal_entry_has_words", condition=~Q(text="")),
            together("journal_entry_read_whole", *READ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-written_at"], name="journal_by_patient"),
        ]
        triggers: ClassVar[list[Any]] = [
            *written_once("journal_entry", but=READ),
            locked_when("journal_entry_read", read_at__isnull=False),
        ]


@audited
class CollateralConsent(Record):
    """The patient agrees that somebody close to them writes to the care team; they may take it back at any time."""

    class How(models.TextChoices):
        SPOKEN = "spoken", "Said in the session"
        SIGNED = "signed", "Signed on paper"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="collateral_consents")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="collateral_consents")
    name = models.CharField("who may write", max_length=120)
    relation = models.CharField("who this is to the patient", max_length=60)
    how = models.CharField("how the patient agreed", max_length=6, choices=How.choices)
    agreed_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        USER,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the patient did.",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-agreed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "name"], condition=Q(revoked_at__isnull=True), name="collateral_consent_one_in_force"
            ),
            models.CheckConstraint(name="collateral_consent_names_whom", condition=~Q(name="") & ~Q(relation="")),
            models.CheckConstraint(
                name="collateral_consent_revoked_by_at_a_time",
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            *written_once("collateral_consent", but=["revoked_at", "revoked_by"]),
            locked_when("collateral_consent_revoked", revoked_at__isnull=False),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.relation}"


@audited
class CollateralNote(_Written):
    """What that person noticed: marked as a third party's words wherever it is read."""

    consent = models.ForeignKey(CollateralConsent, on_delete=models.PROTECT, related_name="notes")

    class Meta(_Written.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="collateral_note_has_words", condition=~Q(text="")),
            together("collateral_note_read_whole", *READ),
        ]
        triggers: ClassVar[list[Any]] = [
            *written_once("collateral_note", but=READ),
            locked_when("collateral_note_read", read_at__isnull=False),
        ]
