"""The integration plan: what became clear, and what is done with it (protocol 5)."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited, locked_when, locked_with_parent
from clinic.ids import uuid7
from clinic.records import Record, together, within
from infusions.models import Series
from patients.models import Patient, PatientLink
from therapy.models.sessions import TherapySession

USER = settings.AUTH_USER_MODEL


@audited
class IntegrationPlan(Record):
    """One version of a plan. It is signed as it is given to the patient; a change after that is the next version."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="integration_plans")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="integration_plans")
    session = models.ForeignKey(
        TherapySession, null=True, blank=True, on_delete=models.PROTECT, related_name="integration_plans"
    )
    number = models.PositiveSmallIntegerField("version", default=1)
    insights = models.TextField("what became clear, in the patient’s own words", max_length=2000, blank=True)
    warning_signs = models.TextField("warning signs", max_length=1000, blank=True, help_text="One on each line.")
    supports = models.TextField(
        "who helps", max_length=1000, blank=True, help_text="One on each line, with the phone number."
    )
    booster_preference = models.CharField("wishes about boosters", max_length=300, blank=True)
    homework = models.TextField("homework", max_length=2000, blank=True)
    wants_reminders = models.BooleanField("the patient wants a word on the day of a step", default=True)
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    signed_at = models.DateTimeField("given to the patient", null=True, blank=True)
    signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["series", "number"], name="integration_plan_number_once"),
            models.UniqueConstraint(
                fields=["series"], condition=Q(signed_at__isnull=True), name="integration_plan_one_draft"
            ),
            within("integration_plan_number_sane", "number", 1, 999),
            together("integration_plan_signature_whole", "signed_at", "signed_by"),
            models.CheckConstraint(
                name="integration_plan_given_says_what", condition=Q(signed_at__isnull=True) | ~Q(insights="")
            ),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("integration_plan_signed", signed_at__isnull=False)]

    def __str__(self) -> str:
        return f"Integration plan, version {self.number}"

    @property
    def signs(self) -> list[str]:
        return _lines(self.warning_signs)

    @property
    def helpers(self) -> list[str]:
        return _lines(self.supports)


@audited
class PlanStep(Record):
    """One thing to do: from which insight it follows, by when, and with whom. `key` is the same in every version."""

    plan = models.ForeignKey(IntegrationPlan, on_delete=models.PROTECT, related_name="steps")
    key: models.Field[UUID, UUID] = models.UUIDField(default=uuid7)
    position = models.PositiveSmallIntegerField(default=0)
    insight = models.CharField("insight", max_length=300, blank=True)
    action = models.CharField("what to do", max_length=300)
    due_on = models.DateField("by", null=True, blank=True)
    with_whom = models.CharField("with whom", max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "key"], name="plan_step_once"),
            models.CheckConstraint(name="plan_step_says_what", condition=~Q(action="")),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due_on"], name="plan_step_due")]
        triggers: ClassVar[list[Any]] = [
            locked_with_parent("plan_step_signed", parent="therapy_integrationplan", column="plan_id")
        ]

    def __str__(self) -> str:
        return self.action


@audited
class StepTick(Record):
    """The patient ticked a step, or took the tick back: the last one counts."""

    step = models.ForeignKey(PlanStep, on_delete=models.PROTECT, related_name="ticks")
    is_done = models.BooleanField()
    at = models.DateTimeField(default=clock.now)
    link = models.ForeignKey(PatientLink, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        triggers: ClassVar[list[Any]] = [append_only("step_tick_append_only")]

    def __str__(self) -> str:
        return "Done" if self.is_done else "Not done"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
