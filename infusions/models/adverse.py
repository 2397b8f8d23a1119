"""What went wrong, or nearly."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import audited, locked_when, written_once
from clinic.models import Site
from clinic.records import Entered, Record, together, within
from infusions.models.infusion import Infusion
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class AdverseEvent(Record, Entered):
    """An adverse event or a near miss: reported beside the chair, reviewed and signed by a provider."""

    class Kind(models.TextChoices):
        EVENT = "event", "Adverse event"
        NEAR_MISS = "near_miss", "Near miss"

    class Term(models.TextChoices):
        HYPERTENSION = "hypertension", "High blood pressure"
        HYPOTENSION = "hypotension", "Low blood pressure"
        TACHYCARDIA = "tachycardia", "Fast heart rate"
        BRADYCARDIA = "bradycardia", "Slow heart rate"
        DESATURATION = "desaturation", "Low oxygen"
        BREATHING = "breathing", "Slow or obstructed breathing"
        SEDATION = "sedation", "Deep sedation"
        DISSOCIATION = "dissociation", "Severe dissociation"
        ANXIETY = "anxiety", "Anxiety or panic"
        EMERGENCE = "emergence", "Emergence reaction"
        PSYCHOSIS = "psychosis", "Psychosis or mania"
        NAUSEA = "nausea", "Nausea"
        VOMITING = "vomiting", "Vomiting"
        HEADACHE = "headache", "Headache"
        DIZZINESS = "dizziness", "Dizziness"
        FALL = "fall", "Fall"
        ALLERGY = "allergy", "Allergic reaction"
        EXTRAVASATION = "extravasation", "Extravasation"
        SEIZURE = "seizure", "Seizure"
        CHEST_PAIN = "chest_pain", "Chest pain"
        MOOD = "mood", "Mood worse"
        SUICIDAL = "suicidal", "Suicidal thoughts worse"
        URINARY = "urinary", "Urinary symptoms"
        WRONG_DOSE = "wrong_dose", "Wrong dose"
        WRONG_VIAL = "wrong_vial", "Wrong vial or strength"
        WRONG_PATIENT = "wrong_patient", "Wrong patient"
        PUMP = "pump", "Pump or line"
        MISSED_CHECK = "missed_check", "Missed check"
        OTHER = "other", "Something else"

    class Grade(models.IntegerChoices):
        MILD = 1, "1, mild"
        MODERATE = 2, "2, moderate"
        SEVERE = 3, "3, severe"
        LIFE_THREATENING = 4, "4, life-threatening"
        DEATH = 5, "5, death"

    class Serious(models.TextChoices):
        DEATH = "death", "Death"
        LIFE = "life", "Life-threatening"
        HOSPITAL = "hospital", "Hospital stay"
        DISABILITY = "disability", "Lasting disability"
        CONGENITAL = "congenital", "Congenital anomaly"
        IMPORTANT = "important", "Another important medical event"

    class Causality(models.TextChoices):
        UNRELATED = "unrelated", "Not related"
        POSSIBLE = "possible", "Possibly"
        PROBABLE = "probable", "Probably"
        CERTAIN = "certain", "Certainly"

    class Outcome(models.TextChoices):
        RECOVERED = "recovered", "Recovered"
        RECOVERING = "recovering", "Recovering"
        NOT_RECOVERED = "not_recovered", "Not recovered"
        LASTING = "lasting", "Recovered with lasting effects"
        FATAL = "fatal", "Fatal"
        UNKNOWN = "unknown", "Not known yet"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="adverse_events")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    infusion = models.ForeignKey(
        Infusion, null=True, blank=True, on_delete=models.PROTECT, related_name="adverse_events"
    )
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.EVENT)
    term = models.CharField(max_length=14, choices=Term.choices)
    detail = models.CharField(max_length=300, blank=True)
    grade = models.PositiveSmallIntegerField(choices=Grade.choices, null=True, blank=True)
    serious = models.CharField(max_length=10, choices=Serious.choices, blank=True)
    expected = models.BooleanField(default=True)
    causality = models.CharField(max_length=9, choices=Causality.choices, default=Causality.POSSIBLE)
    action = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=13, choices=Outcome.choices, default=Outcome.UNKNOWN)
    ended_at = models.DateTimeField(null=True, blank=True)
    client_key = models.UUIDField(null=True, blank=True, unique=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    review_note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-observed_at"], name="adverse_by_site"),
            models.Index(fields=["patient"], condition=Q(reviewed_at__isnull=True), name="adverse_unreviewed"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("adverse_grade_sane", "grade", 1, 5),
            models.CheckConstraint(
                name="adverse_event_has_grade",
                condition=Q(kind="event", grade__isnull=False) | Q(kind="near_miss", grade__isnull=True, serious=""),
            ),
            models.CheckConstraint(name="adverse_other_says_what", condition=~Q(term="other") | ~Q(detail="")),
            models.CheckConstraint(
                name="adverse_grave_is_serious", condition=Q(grade__isnull=True) | Q(grade__lte=3) | ~Q(serious="")
            ),
            together("adverse_review_whole", "reviewed_at", "reviewed_by"),
            models.CheckConstraint(
                name="adverse_review_says_what", condition=Q(reviewed_at__isnull=True) | ~Q(review_note="")
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            locked_when("adverse_reviewed", reviewed_at__isnull=False),
            *written_once("adverse", but=["reviewed_at", "reviewed_by", "review_note", "outcome", "ended_at"]),
        ]

    def __str__(self) -> str:
        return self.get_term_display()

    @property
    def minute(self) -> int | None:
        """Whole minutes after the pump started; None when it did not happen after a start."""
        if self.infusion is None or self.infusion.started_at is None or self.observed_at < self.infusion.started_at:
            return None
        return int((self.observed_at - self.infusion.started_at).total_seconds() // 60)
