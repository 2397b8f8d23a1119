"""The rows of a run: vitals and events, corrected only by new rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.history import audited, written_once
from clinic.records import Entered, Record, Retractable, together, within
from infusions.models.infusion import Infusion

IN_ERROR = ("entered_in_error_at", "entered_in_error_by", "entered_in_error_reason")


@audited
class VitalSigns(Record, Entered, Retractable):
    """One row of the flowsheet. A correction is a new row that names the old one, which stays visible."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="vitals", db_index=False)
    systolic = models.PositiveSmallIntegerField("systolic, mmHg", null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField("diastolic, mmHg", null=True, blank=True)
    heart_rate = models.PositiveSmallIntegerField("heart rate, /min", null=True, blank=True)
    spo2 = models.PositiveSmallIntegerField("SpO2, %", null=True, blank=True)
    respiratory_rate = models.PositiveSmallIntegerField("breathing, /min", null=True, blank=True)
    moaas = models.PositiveSmallIntegerField("sedation, MOAA/S 0–5", null=True, blank=True)
    cadss6 = models.PositiveSmallIntegerField("CADSS-6", null=True, blank=True)
    distress = models.PositiveSmallIntegerField("distress 0–10", null=True, blank=True)
    nausea = models.BooleanField(null=True, blank=True)
    symptoms = models.BooleanField(
        null=True, blank=True, help_text="Headache, chest pain, short breath or blurred sight with this reading."
    )
    client_key = models.UUIDField(null=True, blank=True, help_text="Made by the page; a repeated save is one row.")
    corrects = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["observed_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["infusion", "observed_at"], name="vitals_by_infusion")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            together("vitals_pressure_whole", "systolic", "diastolic"),
            within("vitals_systolic_sane", "systolic", 50, 260),
            within("vitals_diastolic_sane", "diastolic", 20, 160),
            models.CheckConstraint(
                name="vitals_systolic_over_diastolic",
                condition=Q(systolic__isnull=True) | Q(systolic__gt=F("diastolic")),
            ),
            within("vitals_heart_rate_sane", "heart_rate", 20, 250),
            within("vitals_spo2_sane", "spo2", 50, 100),
            within("vitals_respiratory_rate_sane", "respiratory_rate", 0, 60),
            within("vitals_moaas_sane", "moaas", 0, 5),
            within("vitals_cadss6_sane", "cadss6", 0, 24),
            within("vitals_distress_sane", "distress", 0, 10),
            models.UniqueConstraint(fields=["infusion", "client_key"], name="vitals_once_a_key"),
            models.CheckConstraint(
                name="vitals_not_empty",
                condition=Q(systolic__isnull=False)
                | Q(heart_rate__isnull=False)
                | Q(spo2__isnull=False)
                | Q(respiratory_rate__isnull=False)
                | Q(moaas__isnull=False)
                | Q(cadss6__isnull=False)
                | Q(distress__isnull=False)
                | Q(nausea__isnull=False)
                | Q(symptoms__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = written_once("vitals", but=IN_ERROR)

    def __str__(self) -> str:
        return f"{self.systolic}/{self.diastolic}"


@audited
class RunEvent(Record, Entered, Retractable):
    """Something that happened at the chair: a needle in, a rate changed, a medicine, a word."""

    class Kind(models.TextChoices):
        IV_IN = "iv_in", "IV in"
        RATE = "rate", "Rate changed"
        NAUSEA = "nausea", "Nausea"
        MEDICINE = "medicine", "Medicine given"
        EFFECT = "effect", "Effect of a medicine"
        LIMIT = "limit", "Limit crossed: what was done"
        IV_OUT = "iv_out", "IV out"
        NOTE = "note", "Note"
        SAID = "said", "Said"
        THERAPIST = "therapist", "For the therapist"

    WORDS: ClassVar[tuple[str, ...]] = ("note", "said", "therapist")
    """What is written down in words, and stands in no figure."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(blank=True, max_length=4000)
    rate_ml_h = models.DecimalField(
        "pump rate from now on, mL/h", max_digits=5, decimal_places=1, null=True, blank=True
    )
    drug = models.CharField(max_length=60, blank=True)
    dose = models.CharField(max_length=40, blank=True)
    route = models.CharField(max_length=20, blank=True)
    about = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="effects", help_text="Whose effect it is."
    )
    client_key = models.UUIDField(null=True, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["observed_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["infusion", "observed_at"], name="run_event_by_infusion")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(fields=["infusion", "client_key"], name="run_event_once_a_key"),
            models.CheckConstraint(
                name="run_event_says_something",
                condition=~Q(kind__in=["note", "said", "therapist", "medicine", "effect", "limit"]) | ~Q(text=""),
            ),
            models.CheckConstraint(
                name="run_event_rate_has_a_rate",
                condition=Q(kind="rate", rate_ml_h__isnull=False) | ~Q(kind="rate") & Q(rate_ml_h__isnull=True),
            ),
            within("run_event_rate_sane", "rate_ml_h", 1, 999),
            models.CheckConstraint(
                name="run_event_medicine_has_drug_and_dose",
                condition=Q(kind="medicine") & ~Q(drug="") & ~Q(dose="")
                | ~Q(kind="medicine") & Q(drug="", dose="", route=""),
            ),
            models.CheckConstraint(
                name="run_event_effect_of_something",
                condition=Q(kind="effect", about__isnull=False) | ~Q(kind="effect") & Q(about__isnull=True),
            ),
        ]
        triggers: ClassVar[list[Any]] = written_once("run_event", but=IN_ERROR)

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def told(self) -> str:
        """What happened, in a line."""
        what = "Limit crossed, then" if self.kind == self.Kind.LIMIT else self.get_kind_display()
        return ": ".join(part for part in (what, self.text) if part)


@audited
class Phrase(Record):
    """A sentence that a nurse writes often, kept to be put into a note with one press. It names no patient."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phrases")
    text = models.CharField(max_length=300)

    MOST: ClassVar[int] = 30

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "text"], name="phrase_once_a_user"),
            models.CheckConstraint(name="phrase_not_empty", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text
