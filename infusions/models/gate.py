"""What stands before the start: the checks on arrival, the pregnancy tests, and a provider's override."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Entered, Record, together, within
from infusions.models.infusion import Infusion
from patients.models import Contact

USER = settings.AUTH_USER_MODEL


@audited
class ArrivalCheck(Record, Entered):
    """What is asked and measured on the day, before anything is drawn."""

    class Pregnancy(models.TextChoices):
        NOT_APPLICABLE = "na", "Does not apply"
        NEGATIVE = "negative", "Negative"
        POSITIVE = "positive", "Positive"

    infusion = models.OneToOneField(Infusion, on_delete=models.PROTECT, related_name="arrival_check")
    identity_confirmed = models.BooleanField("two identifiers confirmed by the patient")
    identity_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    identity_at = models.DateTimeField(null=True, blank=True)
    weight_kg = models.DecimalField(max_digits=5, decimal_places=1)
    nothing_new = models.BooleanField("no new medicines, illness, falls or hospital visits")
    interval_history = models.CharField(max_length=500, blank=True)
    last_solids_at = models.DateTimeField()
    fatty_meal = models.BooleanField("the last meal was a fatty one", default=False)
    last_clear_at = models.DateTimeField()
    substances_clear = models.BooleanField("no alcohol, cannabis, benzodiazepine or opioid inside its hold time")
    alcohol_at = models.DateTimeField("last alcohol", null=True, blank=True)
    cannabis_at = models.DateTimeField("last cannabis", null=True, blank=True)
    benzodiazepine_at = models.DateTimeField("last benzodiazepine", null=True, blank=True)
    opioid_at = models.DateTimeField("last opioid", null=True, blank=True)
    benzodiazepine_mg_day = models.DecimalField(
        "benzodiazepine a day, as diazepam, mg", max_digits=5, decimal_places=1, null=True, blank=True
    )
    pregnancy = models.CharField(max_length=8, choices=Pregnancy.choices)
    escort = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    escort_confirmed = models.BooleanField(default=False)
    emergency_ready = models.BooleanField("emergency kit, trained person and pump checked")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("arrival_weight_sane", "weight_kg", 30, 300),
            within("arrival_benzodiazepine_sane", "benzodiazepine_mg_day", 0, 200),
            together("arrival_identity_whole", "identity_by", "identity_at"),
            models.CheckConstraint(
                name="arrival_substance_says_when",
                condition=Q(substances_clear=True)
                | Q(alcohol_at__isnull=False)
                | Q(cannabis_at__isnull=False)
                | Q(benzodiazepine_at__isnull=False)
                | Q(opioid_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "Checks on arrival"


@audited
class PregnancyTest(Record, Entered):
    """One test on the day of an infusion; a repeated test is a row of its own."""

    class Result(models.TextChoices):
        NEGATIVE = "negative", "Negative"
        POSITIVE = "positive", "Positive"

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="pregnancy_tests")
    result = models.CharField(max_length=8, choices=Result.choices)

    class Meta:
        ordering: ClassVar[list[str]] = ["observed_at", "id"]
        triggers: ClassVar[list[Any]] = [append_only("pregnancy_test_append_only")]

    def __str__(self) -> str:
        return "Test"


@audited
class GateOverride(Record):
    """A provider let pass what one closed light said, with a reason; another finding asks for another word."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="overrides")
    light = models.CharField(max_length=20)
    found = models.TextField("what was found", default="", blank=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="gate_override_says_why", condition=~Q(reason="")),
        ]
        triggers: ClassVar[list[Any]] = [append_only("gate_override_append_only")]

    def __str__(self) -> str:
        return self.light
