"""How the patient is a day after an infusion, in their own words."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Record, ordered, within
from infusions.models.infusion import Infusion
from patients.models import PatientLink, SafetyAlert

USER = settings.AUTH_USER_MODEL


@audited
class CheckIn(Record):
    """The questions of the day after (protocol 7.2). What was answered is kept even while the rest is open."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        ANSWERED = "answered", "Answered"

    class Effect(models.TextChoices):
        NAUSEA = "nausea", "Nausea or vomiting"
        HEADACHE = "headache", "Headache"
        DIZZY = "dizzy", "Dizzy or unsteady"
        UNREAL = "unreal", "Feeling unreal or far away"
        ANXIOUS = "anxious", "Anxious or restless"
        TIRED = "tired", "Very tired"
        OTHER = "other", "Something else"

    class Bother(models.IntegerChoices):
        NONE = 0, "Not at all"
        LITTLE = 1, "A little"
        LOT = 2, "A lot"

    class Sleep(models.IntegerChoices):
        WELL = 0, "Well"
        SO_SO = 1, "So-so"
        BADLY = 2, "Badly"
        NOT = 3, "Hardly at all"

    class Thoughts(models.IntegerChoices):
        NONE = 0, "No"
        YES = 1, "Yes, such thoughts"
        PLAN = 2, "Yes, and might act on them"

    infusion = models.OneToOneField(Infusion, on_delete=models.PROTECT, related_name="checkin")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField(help_text="A day after the infusion ended.")
    silent_at = models.DateTimeField(help_text="From then on a nurse calls.")
    closes_at = models.DateTimeField(help_text="Until then the patient’s page asks.")
    mood = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 is the worst, 10 the best.")
    effects = ArrayField(models.CharField(max_length=8, choices=Effect.choices), null=True, blank=True)
    effects_words = models.CharField(max_length=300, blank=True)
    bother = models.PositiveSmallIntegerField(null=True, blank=True, choices=Bother.choices)
    sleep = models.PositiveSmallIntegerField(null=True, blank=True, choices=Sleep.choices)
    bladder = models.BooleanField(null=True, blank=True, help_text="Burning, blood, or needing to go far more often.")
    thoughts = models.PositiveSmallIntegerField(
        "thoughts of being better off dead or of hurting oneself", null=True, blank=True, choices=Thoughts.choices
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who asked on the phone."
    )
    link = models.ForeignKey(
        PatientLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Answered by it."
    )
    language = models.CharField(max_length=5, default="en")
    alert = models.ForeignKey(SafetyAlert, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["-due_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("checkin_mood", "mood", 0, 10),
            within("checkin_bother", "bother", 0, 2),
            within("checkin_sleep", "sleep", 0, 3),
            within("checkin_thoughts", "thoughts", 0, 2),
            ordered("checkin_silent_after_due", "due_at", "silent_at"),
            ordered("checkin_closes_after_silent", "silent_at", "closes_at"),
            models.CheckConstraint(
                name="checkin_answered_whole",
                condition=Q(
                    state="answered",
                    mood__isnull=False,
                    effects__isnull=False,
                    bother__isnull=False,
                    sleep__isnull=False,
                    bladder__isnull=False,
                    thoughts__isnull=False,
                    answered_at__isnull=False,
                )
                | ~Q(state="answered") & Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="checkin_answered_by_one",
                condition=~Q(state="answered")
                | Q(answered_by__isnull=True, link__isnull=False)
                | Q(answered_by__isnull=False, link__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["silent_at"], condition=Q(state="open"), name="checkin_silent"),
        ]

    def __str__(self) -> str:
        return "Check-in"

    @property
    def given_by(self) -> str:
        """Who gave the answers, as the history says it."""
        return f"on the phone, {self.answered_by.full_name}" if self.answered_by else "the patient, by link"

    @property
    def effects_named(self) -> list[str]:
        return [str(self.Effect(effect).label) for effect in self.effects or ()]
