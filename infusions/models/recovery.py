"""The way home."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import append_only, audited
from clinic.records import Entered, Record, within
from infusions.models.infusion import Infusion

USER = settings.AUTH_USER_MODEL


@audited
class Discharge(Record, Entered):
    """The way home: each criterion as it was found, and who took the patient."""

    infusion = models.OneToOneField(Infusion, on_delete=models.PROTECT, related_name="discharge")
    aldrete = models.PositiveSmallIntegerField("modified Aldrete score, 0–10")
    oriented = models.BooleanField("oriented to person, place, time and situation")
    steady = models.BooleanField("walks steadily")
    no_active_si = models.BooleanField("no active suicidal thoughts")
    iv_out = models.BooleanField("IV out")
    instructions_given = models.BooleanField("written instructions given and understood")
    escort_name = models.CharField(max_length=120, blank=True)
    escort_relation = models.CharField(max_length=60, blank=True)
    released_by = models.ForeignKey(
        USER,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Provider, when not all is met.",
    )
    released_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("discharge_aldrete_sane", "aldrete", 0, 10),
            models.CheckConstraint(
                name="discharge_release_whole",
                condition=Q(released_by__isnull=True, released_reason="")
                | Q(released_by__isnull=False) & ~Q(released_reason=""),
            ),
            models.CheckConstraint(
                name="discharge_met_or_released",
                condition=Q(
                    oriented=True,
                    steady=True,
                    no_active_si=True,
                    iv_out=True,
                    instructions_given=True,
                )
                & ~Q(escort_name="")
                | Q(released_by__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [append_only("discharge_append_only")]

    def __str__(self) -> str:
        return "Discharge"
