"""The provider’s judgement whether a patient may be treated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, locked_when, locked_with_parent
from clinic.policy import Role
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

    class Contraception(models.TextChoices):
        RELIABLE = "reliable", "Reliable"
        NONE = "none", "None"
        NOT_NEEDED = "not_needed", "Not needed"

    class Therapy(models.TextChoices):
        THREE = "three", "Preparation, midpoint and integration here"
        MORE = "more", "These three, and further sessions here"
        OWN = "own", "With the patient’s own therapist, in step with us"

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
    systolic_again = models.PositiveSmallIntegerField(null=True, blank=True)
    diastolic_again = models.PositiveSmallIntegerField(null=True, blank=True)
    heart_rate = models.PositiveSmallIntegerField(null=True, blank=True)
    spo2 = models.PositiveSmallIntegerField("SpO2", null=True, blank=True)
    asa_class = models.PositiveSmallIntegerField("ASA class", null=True, blank=True)
    mallampati = models.PositiveSmallIntegerField("airway, Mallampati", null=True, blank=True)
    airway = models.CharField("airway", max_length=160, blank=True)
    contraception = models.CharField(max_length=10, blank=True, choices=Contraception.choices)
    pdmp_on = models.DateField("prescription monitoring looked up on", null=True, blank=True)
    pdmp_found = models.CharField("what it showed", max_length=200, blank=True)
    planned_mg_per_kg = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    planned_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    planned_therapy = models.CharField(max_length=5, blank=True, choices=Therapy.choices)
    rationale = models.TextField(blank=True, help_text="Why, where the answers don’t say it by themselves.")
    conditions_to_meet = models.TextField(blank=True, help_text="Written before conditions became rows.")
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
            together("evaluation_second_pressure_whole", "systolic_again", "diastolic_again"),
            within("evaluation_second_systolic_sane", "systolic_again", 50, 260),
            within("evaluation_second_diastolic_sane", "diastolic_again", 30, 160),
            within("evaluation_heart_rate_sane", "heart_rate", 20, 250),
            within("evaluation_spo2_sane", "spo2", 50, 100),
            within("evaluation_asa_sane", "asa_class", 1, 5),
            within("evaluation_mallampati_sane", "mallampati", 1, 4),
            within("evaluation_planned_dose_sane", "planned_mg_per_kg", Decimal("0.1"), Decimal(2)),
            within("evaluation_planned_minutes_sane", "planned_minutes", 10, 120),
            models.CheckConstraint(
                name="evaluation_deferred_has_day", condition=~Q(state="deferred") | Q(revisit_on__isnull=False)
            ),
            models.CheckConstraint(
                name="evaluation_refusal_has_reason",
                condition=~Q(state__in=["deferred", "ineligible"]) | ~Q(rationale=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            locked_when("evaluation_signed", signed_at__isnull=False),
            pgtrigger.FSM(
                name="evaluation_states",
                field="state",
                transitions=[
                    ("draft", "in_review"),
                    ("in_review", "draft"),
                    ("in_review", "eligible"),
                    ("in_review", "conditional"),
                    ("in_review", "deferred"),
                    ("in_review", "ineligible"),
                ],
            ),
            pgtrigger.Trigger(
                name="evaluation_lawful_signature",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_at__isnull=True, new__state__in=["eligible", "conditional"]),
                func=pgtrigger.Func(
                    """
                    IF EXISTS (SELECT 1 FROM patients_evaluationanswer
                               WHERE evaluation_id = NEW.id AND absolute AND answer = 'yes') THEN
                        RAISE EXCEPTION 'evaluation: an absolute contraindication is answered yes';
                    END IF;
                    IF EXISTS (SELECT 1 FROM patients_evaluationanswer
                               WHERE evaluation_id = NEW.id AND NOT absolute AND answer = 'yes' AND note = '') THEN
                        RAISE EXCEPTION 'evaluation: a relative contraindication has no rationale on its line';
                    END IF;
                    IF NEW.state = 'conditional' AND NOT EXISTS
                        (SELECT 1 FROM patients_evaluationcondition WHERE evaluation_id = NEW.id) THEN
                        RAISE EXCEPTION 'evaluation: eligible with conditions, but there is no condition';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Evaluation, {self.get_state_display().lower()}"


@audited
class EvaluationAnswer(Record):
    """One line of the contraindication checklist. `key` names a row of patients.rules.CONTRAINDICATIONS."""

    class Answer(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        UNKNOWN = "unknown", "Not known"

    class Source(models.TextChoices):
        INTERVIEW = "interview", "Asked at the visit"
        PATIENT = "patient", "Patient, in writing"
        RECORD = "record", "Medical record"
        PHARMACY = "pharmacy", "Pharmacy"
        IMPORT = "import", "Imported record"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=40)
    absolute = models.BooleanField(default=False, help_text="How the line was classed when it was answered.")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=9, blank=True, choices=Source.choices, help_text="Empty: not recorded.")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["evaluation", "key"], name="evaluation_answer_once"),
            models.CheckConstraint(
                name="evaluation_answer_source_whole",
                condition=Q(source="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(source="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
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


@audited
class EvaluationCondition(Record):
    """What has to be met before treatment begins: by whom, until when. Once signed, it can only be met."""

    class OwnerRole(models.TextChoices):
        PROVIDER = Role.PROVIDER.value, "Provider"
        NURSE = Role.NURSE.value, "Nurse"
        THERAPIST = Role.THERAPIST.value, "Therapist"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="conditions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField("what has to be met", max_length=200)
    owner_role = models.CharField(max_length=20, choices=OwnerRole.choices)
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    met_how = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["evaluation", "position"], name="condition_position_once"),
            models.CheckConstraint(name="evaluation_condition_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="evaluation_condition_met_whole",
                condition=Q(met_at__isnull=True, met_by__isnull=True, met_how="")
                | Q(met_at__isnull=False, met_by__isnull=False) & ~Q(met_how=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Trigger(
                name="evaluation_condition_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF EXISTS (SELECT 1 FROM patients_evaluation WHERE signed_at IS NOT NULL
                               AND (TG_OP <> 'DELETE' AND id = NEW.evaluation_id
                                    OR TG_OP <> 'INSERT' AND id = OLD.evaluation_id))
                    AND (TG_OP <> 'UPDATE' OR OLD.met_at IS NOT NULL
                         OR (OLD.evaluation_id, OLD.position, OLD.text, OLD.owner_role, OLD.owner_id, OLD.due_on)
                            IS DISTINCT FROM
                            (NEW.evaluation_id, NEW.position, NEW.text, NEW.owner_role, NEW.owner_id, NEW.due_on))
                    THEN
                        RAISE EXCEPTION 'signed: a condition can only be met, once';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def whose(self) -> str:
        """“Dr Miriam Hale”, or “Nurse” where it is nobody’s own."""
        return self.owner.signs_as if self.owner else str(self.get_owner_role_display())


@audited
class Reopening(Record):
    """Something new since the signature: the evaluation does not hold until a provider looked at it (protocol 1.6)."""

    class Kind(models.TextChoices):
        CARDIAC = "cardiac", "New heart or vessel condition"
        NEURO = "neuro", "New neurological condition"
        PREGNANCY = "pregnancy", "Pregnancy"
        PSYCHOSIS = "psychosis", "New psychosis"
        MANIA = "mania", "New mania"

    class Source(models.TextChoices):
        HISTORY = "history", "History"
        IMPORT = "import", "Imported record"
        ADVERSE_EVENT = "adverse_event", "Adverse event"
        TEST = "test", "Test result"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reopenings")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="reopenings")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    words = models.CharField("what was found", max_length=300)
    source = models.CharField(max_length=13, choices=Source.choices)
    subject_id = models.UUIDField(help_text="The row that tells of it.")
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    opened_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    review_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["opened_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["evaluation", "subject_id"], name="reopening_once_a_subject"),
            models.CheckConstraint(
                name="reopening_review_whole",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, review_note="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(review_note=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("reopening_reviewed", reviewed_at__isnull=False)]

    def __str__(self) -> str:
        return str(self.get_kind_display())
