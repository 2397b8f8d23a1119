"""The drug: series, orders, the run, recovery, and the ledger that must add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.models import Site
from clinic.protocol import WeightBasis
from clinic.records import Entered, Record, Retractable, ordered, together, within
from patients.models import Contact, Patient
from visits.models import Appointment

USER = settings.AUTH_USER_MODEL


@audited
class Series(Record):
    """A loading series of 6 to 8 infusions, or the maintenance that follows it."""

    class Kind(models.TextChoices):
        LOADING = "loading", "Loading series"
        MAINTENANCE = "maintenance", "Maintenance"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        ACTIVE = "active", "Active"
        COMPLETED = "completed", "Completed"
        STOPPED = "stopped", "Stopped"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="series")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    template = models.CharField(max_length=40, blank=True)
    planned_count = models.PositiveSmallIntegerField(null=True, blank=True)
    goals = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    follows = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="maintenance",
    )
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        verbose_name_plural = "series"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="series_loading_counts_6_to_8",
                condition=Q(kind="loading", planned_count__gte=6, planned_count__lte=8)
                | Q(kind="maintenance", planned_count__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(state__in=["planned", "active"]),
                name="series_one_running",
            ),
            ordered("series_ends_after_start", "opened_at", "ended_at"),
            models.CheckConstraint(name="series_stopped_says_why", condition=~Q(state="stopped") | ~Q(ended_reason="")),
            models.CheckConstraint(
                name="series_ended_has_time",
                condition=Q(state__in=["planned", "active"], ended_at__isnull=True)
                | Q(state__in=["completed", "stopped"], ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@audited
class Order(Record):
    """A provider's order of a dose. Never edited: a new order supersedes it."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="orders")
    first_number = models.PositiveSmallIntegerField(help_text="The first infusion it is for.")
    mg_per_kg = models.DecimalField(max_digits=4, decimal_places=2)
    dosing_weight_kg = models.DecimalField(max_digits=5, decimal_places=2)
    weight_basis = models.CharField(max_length=8, choices=WeightBasis.choices, default=WeightBasis.ACTUAL)
    weight_measured_at = models.DateTimeField()
    basis_reason = models.CharField(max_length=200, blank=True)
    dose_mg = models.DecimalField(max_digits=6, decimal_places=2)
    minutes = models.PositiveSmallIntegerField()
    bag_ml = models.DecimalField(max_digits=5, decimal_places=1)
    reason = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    second_signed_at = models.DateTimeField(null=True, blank=True)
    second_signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    needs_second = models.BooleanField(default=False)
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("order_second_signature_whole", "second_signed_at", "second_signed_by"),
            models.CheckConstraint(
                name="order_two_different_signers",
                condition=Q(second_signed_by__isnull=True) | ~Q(second_signed_by=F("signed_by")),
            ),
            within("order_dose_sane", "mg_per_kg", Decimal("0.05"), Decimal(2)),
            within("order_weight_sane", "dosing_weight_kg", 30, 300),
            within("order_minutes_sane", "minutes", 10, 120),
            within("order_bag_sane", "bag_ml", 10, 500),
            models.CheckConstraint(
                name="order_dose_follows_from_weight",
                condition=Q(dose_mg__gte=F("mg_per_kg") * F("dosing_weight_kg") - Decimal("0.01"))
                & Q(dose_mg__lte=F("mg_per_kg") * F("dosing_weight_kg") + Decimal("0.01")),
            ),
            models.UniqueConstraint(
                fields=["series"],
                condition=Q(supersedes__isnull=True),
                name="order_one_first_a_series",
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            # The one thing that may still come is the second signature.
            pgtrigger.Protect(name="order_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="order_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["second_signed_at", "second_signed_by"]),
            ),
            pgtrigger.Protect(
                name="order_second_signed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__second_signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mg_per_kg} mg/kg"

    @property
    def awaits_second(self) -> bool:
        """Above a soft ceiling, and no second provider has signed yet: nothing may be drawn on it."""
        return self.needs_second and self.second_signed_at is None


@audited
class DrugVial(Record):
    """One vial of stock. Its balance moves only through ledger entries."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="vials")
    label = models.CharField(max_length=40, help_text="The number on our own sticker; what is scanned.")
    drug = models.CharField(max_length=40, default="Ketamine")
    lot = models.CharField(max_length=40)
    strength_mg_per_ml = models.DecimalField(max_digits=5, decimal_places=1)
    volume_ml = models.DecimalField(max_digits=6, decimal_places=2)
    expires_on = models.DateField()
    balance_ml = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["expires_on", "label"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "label"], name="vial_label_once_a_site"),
            models.CheckConstraint(name="vial_never_below_zero", condition=Q(balance_ml__gte=0)),
            models.CheckConstraint(name="vial_never_over_full", condition=Q(balance_ml__lte=F("volume_ml"))),
            models.CheckConstraint(name="vial_strengths", condition=Q(strength_mg_per_ml__in=[10, 50, 100])),
            within("vial_volume_sane", "volume_ml", Decimal("0.5"), Decimal(50)),
        ]

    def __str__(self) -> str:
        return f"{self.label}, lot {self.lot}"


@audited
class Infusion(Record):
    """One infusion, from the booking to the way home."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        CHECKED_IN = "checked_in", "Checked in"
        CLEARED = "cleared", "Cleared"
        HELD = "held", "Held"
        IN_PROGRESS = "in_progress", "Infusing"
        PAUSED = "paused", "Paused"
        COMPLETED = "completed", "Completed"
        STOPPED_EARLY = "stopped_early", "Stopped early"
        RECOVERY = "recovery", "Recovery"
        DISCHARGED = "discharged", "Discharged"
        NOT_GIVEN = "not_given", "Not given"
        NO_SHOW = "no_show", "No-show"
        CANCELLED = "cancelled", "Cancelled"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="infusions")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="infusion")
    number = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Place in the series; a visit that gave nothing has none.",
    )
    state = models.CharField(max_length=13, choices=State.choices, default=State.SCHEDULED)
    nurse = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="infusions")
    vial = models.ForeignKey(
        DrugVial,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="infusions",
    )
    drawn_ml = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    given_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    given_ml = models.DecimalField("given from the bag", max_digits=6, decimal_places=2, null=True, blank=True)
    not_given_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    WITHOUT_NUMBER: ClassVar[tuple[str, ...]] = ("not_given", "no_show", "cancelled")
    RUNNING: ClassVar[tuple[str, ...]] = ("in_progress", "paused")
    IN_HOUSE: ClassVar[tuple[str, ...]] = (
        "checked_in", "cleared", "held", "in_progress", "paused", "completed", "stopped_early", "recovery",
    )  # fmt: skip
    GIVEN: ClassVar[tuple[str, ...]] = (
        "completed",
        "stopped_early",
        "recovery",
        "discharged",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["series", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "number"],
                name="infusion_number_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="infusion_number_unless_nothing_given",
                condition=Q(state__in=["not_given", "no_show", "cancelled"], number__isnull=True)
                | ~Q(state__in=["not_given", "no_show", "cancelled"]) & Q(number__gte=1),
            ),
            together("infusion_drawn_whole", "drawn_ml", "drawn_at", "drawn_by", "vial"),
            together("infusion_check_whole", "checked_at", "checked_by"),
            together("infusion_given_whole", "ended_at", "given_mg", "given_ml"),
            models.CheckConstraint(
                name="infusion_two_people_check",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("drawn_by")),
            ),
            models.CheckConstraint(
                name="infusion_starts_checked",
                condition=Q(started_at__isnull=True)
                | Q(
                    checked_at__isnull=False,
                    drawn_at__isnull=False,
                    order__isnull=False,
                ),
            ),
            ordered("infusion_ends_after_start", "started_at", "ended_at"),
            models.CheckConstraint(
                name="infusion_not_given_says_why",
                condition=~Q(state="not_given") | ~Q(not_given_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Infusion {self.number or '–'}"


@audited
class StateEvent(Record):
    """One step of an infusion: the time it happened, the time it was typed, and by whom."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="state_events")
    before = models.CharField(max_length=13, blank=True)
    after = models.CharField(max_length=13)
    observed_at = models.DateTimeField()
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["observed_at", "id"]
        triggers: ClassVar[list[Any]] = [append_only("state_event_append_only")]

    def __str__(self) -> str:
        return f"{self.before or 'new'} → {self.after}"


@audited
class ArrivalCheck(Record, Entered):
    """What is asked and measured on the day, before anything is drawn."""

    class Pregnancy(models.TextChoices):
        NOT_APPLICABLE = "na", "Does not apply"
        NEGATIVE = "negative", "Negative"
        POSITIVE = "positive", "Positive"

    infusion = models.OneToOneField(Infusion, on_delete=models.PROTECT, related_name="arrival_check")
    identity_confirmed = models.BooleanField("two identifiers confirmed by the patient")
    weight_kg = models.DecimalField(max_digits=5, decimal_places=1)
    nothing_new = models.BooleanField("no new medicines, illness, falls or hospital visits")
    interval_history = models.CharField(max_length=500, blank=True)
    last_solids_at = models.DateTimeField()
    last_clear_at = models.DateTimeField()
    substances_clear = models.BooleanField("no alcohol, cannabis, benzodiazepine or opioid inside its hold time")
    pregnancy = models.CharField(max_length=8, choices=Pregnancy.choices)
    escort = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    escort_confirmed = models.BooleanField(default=False)
    emergency_ready = models.BooleanField("emergency kit, trained person and pump checked")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [within("arrival_weight_sane", "weight_kg", 30, 300)]

    def __str__(self) -> str:
        return "Checks on arrival"


@audited
class GateOverride(Record):
    """A provider let one closed light pass, with a reason."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="overrides")
    light = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["infusion", "light"], name="gate_override_once"),
            models.CheckConstraint(name="gate_override_says_why", condition=~Q(reason="")),
        ]
        triggers: ClassVar[list[Any]] = [append_only("gate_override_append_only")]

    def __str__(self) -> str:
        return self.light


@audited
class VitalSigns(Record, Entered, Retractable):
    """One row of the flowsheet. A correction is a new row that names the old one, which stays visible."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="vitals")
    systolic = models.PositiveSmallIntegerField("systolic, mmHg", null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField("diastolic, mmHg", null=True, blank=True)
    heart_rate = models.PositiveSmallIntegerField("heart rate, /min", null=True, blank=True)
    spo2 = models.PositiveSmallIntegerField("SpO2, %", null=True, blank=True)
    respiratory_rate = models.PositiveSmallIntegerField("breathing, /min", null=True, blank=True)
    moaas = models.PositiveSmallIntegerField("sedation, MOAA/S 0–5", null=True, blank=True)
    cadss6 = models.PositiveSmallIntegerField("CADSS-6", null=True, blank=True)
    distress = models.PositiveSmallIntegerField("distress 0–10", null=True, blank=True)
    nausea = models.BooleanField(null=True, blank=True)
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
                | Q(nausea__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="vitals_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="vitals_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=[
                        "entered_in_error_at",
                        "entered_in_error_by",
                        "entered_in_error_reason",
                    ]
                ),
            ),
        ]

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
        LIMIT = "limit", "Limit crossed: what was done"
        IV_OUT = "iv_out", "IV out"
        NOTE = "note", "Note"

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(blank=True, max_length=4000)
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
                condition=~Q(kind__in=["note", "medicine", "limit"]) | ~Q(text=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="run_event_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="run_event_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=[
                        "entered_in_error_at",
                        "entered_in_error_by",
                        "entered_in_error_reason",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


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


_LEDGER = """
    DECLARE
        before numeric;
    BEGIN
        SELECT balance_ml INTO before FROM infusions_drugvial WHERE id = NEW.vial_id FOR UPDATE;
        NEW.balance_ml := before + NEW.change_ml;
        IF NEW.balance_ml < 0 THEN
            RAISE EXCEPTION 'ledger: vial holds % mL, less than %', before, -NEW.change_ml USING ERRCODE = 'check_violation';
        END IF;
        UPDATE infusions_drugvial SET balance_ml = NEW.balance_ml WHERE id = NEW.vial_id;
        RETURN NEW;
    END;
"""  # noqa: E501 - SQL reads better whole


@audited
class LedgerEntry(Record, Entered):
    """One movement of a vial's content. The trigger writes the running balance, under a lock on the vial."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "Received"
        DRAWN = "drawn", "Drawn"
        WASTED = "wasted", "Wasted"
        RETURNED = "returned", "Returned"
        COUNTED = "counted", "Counted"

    vial = models.ForeignKey(DrugVial, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    change_ml = models.DecimalField(max_digits=6, decimal_places=2)
    balance_ml = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    infusion = models.ForeignKey(Infusion, null=True, blank=True, on_delete=models.PROTECT, related_name="ledger")
    # What was drawn for a patient but not given comes from the bag, not from the vial: it is told, not subtracted.
    wasted_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    counted_ml = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    witness = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name_plural = "ledger entries"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["vial", "id"], name="ledger_by_vial")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="ledger_never_below_zero", condition=Q(balance_ml__gte=0)),
            models.CheckConstraint(
                name="ledger_signs",
                condition=Q(kind="received", change_ml__gt=0)
                | Q(kind__in=["drawn", "returned"], change_ml__lt=0)
                | Q(kind="wasted", change_ml__lte=0)
                | Q(kind="counted", change_ml=0),
            ),
            models.CheckConstraint(
                name="ledger_waste_has_witness",
                condition=~Q(kind="wasted") | Q(witness__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_witness_is_another",
                condition=Q(witness__isnull=True) | ~Q(witness=F("entered_by")),
            ),
            models.CheckConstraint(
                name="ledger_count_says_what_was_there",
                condition=Q(kind="counted", counted_ml__isnull=False, counted_ml__gte=0)
                | ~Q(kind="counted") & Q(counted_ml__isnull=True),
            ),
            models.CheckConstraint(
                name="ledger_difference_says_why",
                condition=Q(counted_ml__isnull=True) | Q(counted_ml=F("balance_ml")) | ~Q(note=""),
            ),
            models.CheckConstraint(
                name="ledger_drawn_for_a_patient",
                condition=~Q(kind="drawn") | Q(infusion__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            append_only("ledger_append_only"),
            pgtrigger.Trigger(
                name="ledger_running_balance",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(_LEDGER),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.change_ml} mL"


@audited
class ResponseReview(Record):
    """The provider's judgement after a series (or at its checkpoint), beside the exact numbers."""

    class Decision(models.TextChoices):
        CONTINUE = "continue", "Continue the series"
        MAINTENANCE = "maintenance", "Go on to boosters"
        STOP = "stop", "Stop"
        REFER = "refer", "Stop and refer"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="reviews")
    after_number = models.PositiveSmallIntegerField()
    baseline_score = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=11, choices=Decision.choices)
    rationale = models.TextField()
    signed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("review_baseline_sane", "baseline_score", 0, 27),
            within("review_score_sane", "score", 0, 27),
        ]
        triggers: ClassVar[list[Any]] = [append_only("response_review_signed")]

    def __str__(self) -> str:
        return self.get_decision_display()


@audited
class BoosterPlan(Record):
    """When boosters are due after a series: days from one to the next. A change is a new plan."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="booster_plans")
    intervals_days = ArrayField(models.PositiveSmallIntegerField(), help_text="The last one repeats.")
    reason = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="booster_plan_not_empty", condition=Q(intervals_days__len__gte=1)),
            models.UniqueConstraint(
                fields=["series"],
                condition=Q(supersedes__isnull=True),
                name="booster_plan_one_first_a_series",
            ),
        ]
        triggers: ClassVar[list[Any]] = [append_only("booster_plan_signed")]

    def __str__(self) -> str:
        return f"Boosters after {', '.join(str(days) for days in self.intervals_days)} days"
