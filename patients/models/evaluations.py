"""The provider’s judgement whether a patient may be treated."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import audited, locked_when, locked_with_parent
from clinic.records import Entered, Record, together, within
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Evaluation(Record, Entered):
    """A provider's judgement whether the patient may be treated. Signed once; superseded by a new one."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        ELIGIBLE = "eligible", "Eligible"
        CONDITIONAL = "conditional", "Eligible with conditions"
        DEFERRED = "deferred", "Deferred"
        INELIGIBLE = "ineligible", "Ineligible"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="evaluations")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    diagnosis = models.CharField(max_length=160, blank=True)
    diagnosis_code = models.CharField("ICD-10-CM code", max_length=10, blank=True)
    history = models.TextField("history of the illness", blank=True)
    goals = models.TextField("goals, in the patient’s own words", blank=True)
    plan = models.TextField(blank=True)
    planned_count = models.PositiveSmallIntegerField(default=6)
    height_cm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    weight_kg = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    systolic = models.PositiveSmallIntegerField(null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField(null=True, blank=True)
    rationale = models.TextField(blank=True, help_text="Why, where the answers don’t say it by themselves.")
    conditions_to_meet = models.TextField(blank=True)
    revisit_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    SIGNED: ClassVar[frozenset[str]] = frozenset({"eligible", "conditional", "deferred", "ineligible"})

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("evaluation_signature_whole", "signed_at", "signed_by"),
            together("evaluation_pressure_whole", "systolic", "diastolic"),
            models.CheckConstraint(
                name="evaluation_signed_states",
                condition=Q(signed_at__isnull=True, state__in=["draft", "in_review"])
                | Q(
                    signed_at__isnull=False,
                    state__in=["eligible", "conditional", "deferred", "ineligible"],
                ),
            ),
            models.CheckConstraint(
                name="evaluation_eligible_has_end",
                condition=~Q(state__in=["eligible", "conditional"]) | Q(valid_until__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(signed_at__isnull=True),
                name="evaluation_one_open_a_patient",
            ),
            within("evaluation_count_sane", "planned_count", 6, 8),
            within("evaluation_weight_sane", "weight_kg", 30, 300),
            within("evaluation_height_sane", "height_cm", 100, 250),
            within("evaluation_systolic_sane", "systolic", 50, 260),
            within("evaluation_diastolic_sane", "diastolic", 30, 160),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("evaluation_signed", signed_at__isnull=False)]

    def __str__(self) -> str:
        return f"Evaluation, {self.get_state_display().lower()}"


@audited
class EvaluationAnswer(Record):
    """One line of the contraindication checklist. `key` names a row of patients.rules.CONTRAINDICATIONS."""

    class Answer(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        UNKNOWN = "unknown", "Not known"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=40)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["evaluation", "key"], name="evaluation_answer_once")
        ]
        triggers: ClassVar[list[Any]] = [
            locked_with_parent(
                "evaluation_answer_signed",
                parent="patients_evaluation",
                column="evaluation_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.answer}"
