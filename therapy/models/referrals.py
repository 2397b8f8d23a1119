"""A letter to other care, with exactly what was chosen to be shared."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, written_once
from clinic.records import Record, together
from patients.models import Patient
from reminders.models import FollowUp

USER = settings.AUTH_USER_MODEL
LATER = ("state", "sent_at", "sent_by", "sent_how", "answered_at", "answered_by", "answer")


@audited
class Referral(Record):
    """To whom, why, what is shared and on whose authority: signed with its paper, then sent, then answered."""

    class Kind(models.TextChoices):
        TMS = "tms", "TMS"
        ECT = "ect", "ECT"
        PSYCHIATRY = "psychiatry", "Psychiatry"
        THERAPY = "therapy", "Therapist in the community"
        OBSTETRICS = "obstetrics", "Obstetrics"
        PRIMARY = "primary", "Primary care"
        OTHER = "other", "Other care"

    class State(models.TextChoices):
        SIGNED = "signed", "To be sent"
        SENT = "sent", "Sent, no answer yet"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Not sent"

    class Part(models.TextChoices):
        """What can be shared. A psychotherapy note is not among them, and can't be (45 CFR 164.508(a)(2))."""

        DIAGNOSIS = "diagnosis", "Diagnosis"
        SCORES = "scores", "Scores"
        COURSE = "course", "Course of infusions"
        MEDICINES = "medicines", "Medicines"
        ALLERGIES = "allergies", "Allergies"
        PLAN = "plan", "Integration plan"

    class Authority(models.TextChoices):
        TREATMENT = "treatment", "For treatment by the recipient (45 CFR 164.506(c))"
        CONSENT = "consent", "With the patient’s written consent"

    class How(models.TextChoices):
        FAX = "fax", "By fax"
        MAIL = "mail", "By mail"
        SECURE = "secure", "By secure message"
        HAND = "hand", "Given to the patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="referrals")
    kind = models.CharField("to what care", max_length=11, choices=Kind.choices)
    recipient = models.CharField("to whom", max_length=160)
    address = models.CharField("address or fax number", max_length=300, blank=True)
    reason = models.TextField("why", max_length=1000)
    words = models.TextField("anything else", max_length=3000, blank=True)
    parts: Any = ArrayField(models.CharField(max_length=10, choices=Part.choices), default=list, blank=True)
    authority = models.CharField("on what ground", max_length=9, choices=Authority.choices, default=Authority.TREATMENT)
    consent_on = models.DateField("day of the consent", null=True, blank=True)
    task = models.ForeignKey(FollowUp, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField(unique=True, help_text="Of the form: sent twice, it is kept once.")
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SIGNED)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_how = models.CharField("how", max_length=6, choices=How.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField("what they answered", max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-signed_at"], name="referral_by_patient")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("referral_sent_whole", "sent_at", "sent_by"),
            together("referral_answer_whole", "answered_at", "answered_by"),
            models.CheckConstraint(
                name="referral_state_follows",
                condition=Q(state__in=["signed", "withdrawn"], sent_at__isnull=True, answered_at__isnull=True)
                | Q(state="sent", sent_at__isnull=False, answered_at__isnull=True)
                | Q(state="answered", sent_at__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="referral_shares_only_what_may_be",
                condition=Q(parts__contained_by=["diagnosis", "scores", "course", "medicines", "allergies", "plan"]),
            ),
            models.CheckConstraint(
                name="referral_consent_has_its_day",
                condition=Q(authority="consent", consent_on__isnull=False)
                | Q(authority="treatment", consent_on__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_says_to_whom_and_why", condition=~Q(recipient="") & ~Q(reason="") & ~Q(pdf_sha256="")
            ),
            models.CheckConstraint(
                name="referral_sent_says_how",
                condition=Q(sent_at__isnull=True, sent_how="") | Q(sent_at__isnull=False) & ~Q(sent_how=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = written_once("referral", but=LATER)

    def __str__(self) -> str:
        return f"Referral: {self.get_kind_display()}"

    @property
    def parts_shown(self) -> list[str]:
        """What was shared, in words, in the order of the list."""
        return [part.label for part in self.Part if part.value in self.parts]

    @property
    def tone(self) -> str:
        return {"signed": "warn", "sent": "info", "answered": "ok"}.get(self.state, "none")
