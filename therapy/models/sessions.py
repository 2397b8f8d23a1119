"""The talk: sessions that hold the infusions, and what is written of them."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Record
from infusions.models import Infusion, Series
from patients.models import Patient
from visits.models import Appointment

USER = settings.AUTH_USER_MODEL


WITHIN_SERIES = """
    IF NOT EXISTS (SELECT 1 FROM infusions_series
                   WHERE id = NEW.series_id AND patient_id = NEW.patient_id) THEN
        RAISE EXCEPTION 'therapy_session: the series is of another patient';
    END IF;
    IF NEW.infusion_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM infusions_infusion WHERE id = NEW.infusion_id AND series_id = NEW.series_id) THEN
        RAISE EXCEPTION 'therapy_session: the infusion is of another series';
    END IF;
    IF NEW.appointment_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM visits_appointment WHERE id = NEW.appointment_id AND patient_id = NEW.patient_id) THEN
        RAISE EXCEPTION 'therapy_session: the visit is of another patient';
    END IF;
    IF NEW.same_day_reason = '' AND (
        TG_OP = 'INSERT' OR NEW.appointment_id IS DISTINCT FROM OLD.appointment_id OR OLD.same_day_reason <> ''
    ) AND EXISTS (
        SELECT 1 FROM visits_appointment talk
        JOIN clinic_site site ON site.id = talk.site_id
        JOIN visits_appointment drug ON drug.patient_id = talk.patient_id
        WHERE talk.id = NEW.appointment_id
            AND talk.status IN ('booked', 'confirmed')
            AND drug.kind IN ('infusion', 'booster')
            AND drug.status IN ('booked', 'confirmed', 'arrived', 'in_progress', 'done')
            AND drug.starts_at < talk.ends_at
            AND (drug.starts_at AT TIME ZONE site.time_zone)::date = (talk.starts_at AT TIME ZONE site.time_zone)::date
    ) THEN
        RAISE EXCEPTION 'therapy_session: after an infusion on the same day only with a reason';
    END IF;
    RETURN NEW;
"""


@audited
class TherapySession(Record):
    """One talk: tied to its series and, where it belongs to one infusion or booster, to that."""

    class Kind(models.TextChoices):
        PREPARATION = "preparation", "Preparation"
        MIDPOINT = "midpoint", "Midpoint"
        INTEGRATION = "integration", "Integration"
        FURTHER = "further", "Further"
        GROUP = "group", "Group"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        DOCUMENTED = "documented", "Documented"
        SIGNED = "signed", "Signed"
        MISSED = "missed", "Missed"
        MOVED = "moved", "Moved"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="therapy_sessions")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="therapy_sessions")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    appointment = models.OneToOneField(
        Appointment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="therapy_session",
    )
    therapist = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="therapy_sessions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    infusion = models.ForeignKey(
        Infusion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="therapy_sessions",
        help_text="The booster, or the one infusion, that it prepares or integrates; empty for the series as a whole.",
    )
    out_of_window_reason = models.CharField(
        max_length=300,
        blank=True,
        help_text="Why it stands outside its window, as who booked or moved it says.",
    )
    same_day_reason = models.CharField(
        max_length=300, blank=True, help_text="Why it follows an infusion on the same day (memory and consent)."
    )

    ONCE: ClassVar[tuple[str, ...]] = ("preparation", "midpoint", "integration")
    LOST: ClassVar[tuple[str, ...]] = ("missed", "moved")

    class Meta:
        ordering: ClassVar[list[str]] = ["appointment__starts_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "kind"],
                condition=~Q(state__in=["missed", "moved"])
                & Q(kind__in=["preparation", "midpoint", "integration"], infusion__isnull=True),
                name="therapy_session_one_a_kind",
            ),
            models.UniqueConstraint(
                fields=["infusion", "kind"],
                condition=~Q(state__in=["missed", "moved"]) & Q(kind__in=["preparation", "integration"]),
                name="therapy_session_one_an_infusion",
            ),
            models.CheckConstraint(
                name="therapy_session_midpoint_of_series",
                condition=~Q(kind="midpoint") | Q(infusion__isnull=True),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Trigger(
                name="therapy_session_within_its_series",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=WITHIN_SERIES,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} session"

    @property
    def tone(self) -> str:
        return {"planned": "none", "held": "warn", "documented": "warn", "signed": "ok"}.get(self.state, "info")
