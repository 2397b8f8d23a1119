"""What the patient wants back, what others notice of it, and what else happens in a life meanwhile."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Entered, Record, Retractable, within
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Goal(Record, Entered, Retractable):
    """A change in daily life that the patient hopes for, in their own words (protocol 0.1: not scores only)."""

    class SetBy(models.TextChoices):
        PATIENT = "patient", "The patient"
        THERAPIST = "therapist", "The therapist, with the patient"
        STAFF = "staff", "The care team, with the patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="goals")
    words = models.CharField("in their own words", max_length=300)
    set_by = models.CharField("said by", max_length=9, choices=SetBy.choices, default=SetBy.PATIENT)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["observed_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(name="goal_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return self.words


@audited
class GoalRating(Record, Entered, Retractable):
    """How near a goal is: 0, not at all, to 10, as the patient wishes it."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")
    value = models.PositiveSmallIntegerField("how near, 0–10")
    note = models.CharField(max_length=200, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["observed_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            within("goal_rating_0_to_10", "value", 0, 10),
        ]

    def __str__(self) -> str:
        return f"{self.value} of 10"


@audited
class Observation(Record, Entered, Retractable):
    """What somebody else noticed. Often it is a partner or a therapist who sees a change first (Seed A)."""

    class Source(models.TextChoices):
        PARTNER = "partner", "Partner"
        FAMILY = "family", "Family"
        FRIEND = "friend", "Friend"
        THERAPIST = "therapist", "Therapist"
        NURSE = "nurse", "Nurse"
        PROVIDER = "provider", "Provider"
        OTHER = "other", "Somebody else"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="observations")
    words = models.CharField("what they noticed", max_length=600)
    source = models.CharField("who noticed", max_length=9, choices=Source.choices)
    said_by = models.CharField("name", max_length=120, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-observed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(name="observation_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def who(self) -> str:
        """“Luis Torres, partner”."""
        source = str(self.get_source_display())
        return f"{self.said_by}, {source.lower()}" if self.said_by else source


@audited
class LifeEvent(Record, Retractable):
    """A day outside the clinic that may move a score: a loss, a new job, a medicine changed elsewhere."""

    class Kind(models.TextChoices):
        LOSS = "loss", "Loss or bereavement"
        WORK = "work", "Work or money"
        HOME = "home", "Home or relationship"
        HEALTH = "health", "Illness or injury"
        MEDICINE = "medicine", "Medicine changed"
        GOOD = "good", "Something good"
        OTHER = "other", "Something else"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="life_events")
    on = models.DateField("day")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField("in a few words", max_length=160)
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(name="life_event_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return self.words
