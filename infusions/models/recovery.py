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

    class Scale(models.TextChoices):
        ALDRETE = "aldrete", "Modified Aldrete"
        MPADSS = "mpadss", "MPADSS"

    class WayHome(models.TextChoices):
        ESCORT = "escort", "The adult named here drives"
        TAXI = "taxi", "Taxi or ride service"
        TRANSIT = "transit", "Bus or train"
        WALK = "walk", "On foot"

    scale = models.CharField(max_length=7, choices=Scale.choices, default=Scale.ALDRETE)
    aldrete = models.PositiveSmallIntegerField("score on the scale, 0–10")
    way_home = models.CharField(max_length=7, choices=WayHome.choices, default=WayHome.ESCORT)
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
                name="discharge_nobody_drives_themself",
                condition=Q(way_home__in=["escort", "taxi", "transit", "walk"]),
            ),
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


@audited
class AgainstAdvice(Record, Entered):
    """A patient leaves although the clinic advises to stay: what was explained, and the patient's own word."""

    discharge = models.OneToOneField(Discharge, on_delete=models.PROTECT, related_name="against_advice")
    explained = models.TextField(max_length=1000, help_text="Which risks were explained, and what was offered.")
    signed_name = models.CharField(max_length=120, blank=True, help_text="The patient's signature.")
    strokes = models.JSONField(null=True, blank=True, help_text="Of the signature, on a pad of 1,000 by 400.")
    refusal = models.CharField(max_length=300, blank=True, help_text="What the patient said instead of signing.")
    provider = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="against_advice_says_what", condition=~Q(explained="")),
            models.CheckConstraint(
                name="against_advice_strokes_have_a_name", condition=Q(strokes__isnull=True) | ~Q(signed_name="")
            ),
            models.CheckConstraint(
                name="against_advice_signed_or_refused",
                condition=Q(signed_name="") & ~Q(refusal="") | ~Q(signed_name="") & Q(refusal=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = [append_only("against_advice_append_only")]

    def __str__(self) -> str:
        return "Left against advice"

    @property
    def lines(self) -> list[str]:
        """The strokes as the points of an SVG's polylines."""
        return [" ".join(f"{x},{y}" for x, y in stroke) for stroke in self.strokes or ()]
