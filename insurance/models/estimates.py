"""Cost estimates: what was counted on, written once, and given to the patient."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import audited, written_once
from clinic.models import Site
from clinic.records import Record, together
from patients.models import Patient

USER = settings.AUTH_USER_MODEL

_GIVING = ("given_at", "given_by", "given_how", "language", "pdf")
_COLUMNS = ("given_at", "given_by_id", "given_how", "language", "pdf")


def _given_stays() -> pgtrigger.Trigger:
    """What the patient holds in hand stays as it was given."""
    old, new = (", ".join(f"{row}.{column}" for column in _COLUMNS) for row in ("OLD", "NEW"))
    return pgtrigger.Protect(
        name="estimate_given_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"OLD.given_at IS NOT NULL AND ROW({old}) IS DISTINCT FROM ROW({new})"),
    )


@audited
class Estimate(Record):
    """What a course of treatment is expected to cost one patient. Numbers are kept as they were that day.

    `patient_share` is empty where the plan does not let it be known; then it lies between `share_from` (empty: nobody
    can say) and `share_to`.
    """

    class Kind(models.TextChoices):
        GOOD_FAITH = "good_faith", "Good-faith estimate"
        PLAN = "plan", "Estimate with the plan"

    class How(models.TextChoices):
        PRINTED = "printed", "Printed, handed over"
        POST = "post", "By post"
        LINK = "link", "By a personal link"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="estimates")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    series_id = models.UUIDField("series", null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    lines = models.JSONField(encoder=DjangoJSONEncoder)
    basis = models.JSONField(encoder=DjangoJSONEncoder, help_text="What it was counted from, and who asks for it.")
    total = models.DecimalField(max_digits=10, decimal_places=2)
    patient_share = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    share_from = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    share_to = models.DecimalField(max_digits=10, decimal_places=2)
    first_on = models.DateField()
    last_on = models.DateField()
    asked_on = models.DateField(null=True, blank=True, help_text="When the patient asked what it costs.")
    due_on = models.DateField(null=True, blank=True, help_text="The last day to give it (45 CFR 149.610).")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_how = models.CharField(max_length=8, blank=True, choices=How.choices)
    language = models.CharField(max_length=5, blank=True)
    pdf = models.BinaryField(null=True, blank=True)
    outdated_at = models.DateTimeField(null=True, blank=True)
    outdated_why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-made_at"], name="estimate_by_patient"),
            models.Index(fields=["site", "due_on"], condition=Q(given_at__isnull=True), name="estimate_to_give"),
            models.Index(fields=["site", "last_on"], condition=Q(outdated_at__isnull=True), name="estimate_in_force"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("estimate_giving_whole", "given_at", "given_by", "pdf"),
            models.CheckConstraint(
                name="estimate_given_somehow",
                condition=Q(given_at__isnull=True, given_how="", language="")
                | (Q(given_at__isnull=False) & ~Q(given_how="") & ~Q(language="")),
            ),
            models.CheckConstraint(
                name="estimate_outdated_says_why",
                condition=Q(outdated_at__isnull=True, outdated_why="")
                | (Q(outdated_at__isnull=False) & ~Q(outdated_why="")),
            ),
            models.CheckConstraint(
                name="estimate_shares_in_order",
                condition=Q(total__gte=0)
                & Q(share_to__gte=0, share_to__lte=F("total"))
                & (Q(share_from__isnull=True) | Q(share_from__gte=0, share_from__lte=F("share_to"))),
            ),
            models.CheckConstraint(
                name="estimate_known_share",
                condition=Q(patient_share__isnull=True) | Q(patient_share=F("share_from"), share_from=F("share_to")),
            ),
            models.CheckConstraint(name="estimate_days_in_order", condition=Q(last_on__gte=F("first_on"))),
        ]
        triggers: ClassVar[list[Any]] = [
            *written_once(
                "estimate", but=[*(name.removesuffix("_id") for name in _GIVING), "outdated_at", "outdated_why"]
            ),
            _given_stays(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.made_at:%Y-%m-%d}"
