"""When and where: appointments, and what each of them holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from clinic import clock
from clinic.history import audited
from clinic.models import Room, Site
from clinic.records import Record, ordered, together, within
from patients.models import Patient

USER = settings.AUTH_USER_MODEL
LONGEST_HOLD = timedelta(hours=24)
"""What overlaps a span begins no earlier than this before it: so holds are found by where they begin."""

# The row of the group is locked, so that two desks which give away the last place wait for each other here.
PLACE_IN_GROUP = """
    IF NEW.group_id IS NULL OR NEW.status NOT IN ('booked', 'confirmed', 'arrived', 'in_progress', 'done') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.group_id IS NOT DISTINCT FROM OLD.group_id AND NEW.starts_at = OLD.starts_at
        AND NEW.ends_at = OLD.ends_at AND OLD.status NOT IN ('cancelled', 'no_show') THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM visits_groupsession WHERE id = NEW.group_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT 1 FROM visits_groupsession g WHERE g.id = NEW.group_id AND g.cancelled_at IS NULL
            AND g.site_id = NEW.site_id AND g.starts_at = NEW.starts_at AND g.ends_at = NEW.ends_at) THEN
        RAISE EXCEPTION 'visits_appointment: its group is not then and there' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT capacity FROM visits_groupsession WHERE id = NEW.group_id) <= (
        SELECT count(*) FROM visits_appointment WHERE group_id = NEW.group_id AND id <> NEW.id
            AND status NOT IN ('cancelled', 'no_show')) THEN
        RAISE EXCEPTION 'visits_appointment: its group is full' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@audited
class Appointment(Record):
    """One visit of one patient, with all the holds it needs."""

    class Kind(models.TextChoices):
        EVALUATION = "evaluation", "Evaluation"
        INFUSION = "infusion", "Infusion"
        BOOSTER = "booster", "Booster"
        PREPARATION = "preparation", "Preparation"
        MIDPOINT = "midpoint", "Midpoint"
        INTEGRATION = "integration", "Integration"
        FURTHER = "further", "Further session"
        GROUP = "group", "Group session"

    class Status(models.TextChoices):
        BOOKED = "booked", "Booked"
        CONFIRMED = "confirmed", "Confirmed"
        ARRIVED = "arrived", "Arrived"
        IN_PROGRESS = "in_progress", "In progress"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"
        NO_SHOW = "no_show", "No-show"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="appointments", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_at = models.DateTimeField(help_text="When the patient is asked to be there.")
    ends_at = models.DateTimeField(help_text="When room and patient are free again.")
    recovery_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Where it was set for this visit; else as the protocol settings say."
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.BOOKED)
    arrived_at = models.DateTimeField(null=True, blank=True)
    cancelled_by_party = models.CharField(
        max_length=7, blank=True, choices=[("patient", "Patient"), ("clinic", "Clinic")]
    )
    cancelled_late = models.BooleanField(null=True, blank=True, help_text="By the notice rule, not by judgement.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was cancelled.")
    booked_at = models.DateTimeField(default=clock.now, editable=False)
    booked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    group = models.ForeignKey(
        "GroupSession",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
        help_text="Whose room and therapist it shares; such a visit holds its patient alone.",
    )

    ALIVE: ClassVar[tuple[str, ...]] = ("booked", "confirmed", "arrived", "in_progress")
    INFUSIONS: ClassVar[tuple[str, ...]] = ("infusion", "booster")
    THERAPY: ClassVar[tuple[str, ...]] = ("preparation", "midpoint", "integration", "further", "group")

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "starts_at"], name="appointment_day"),
            models.Index(fields=["patient", "-starts_at"], name="appointment_by_patient"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("appointment_ends_after_start", "starts_at", "ends_at"),
            within("appointment_recovery", "recovery_minutes", 5, 1440),
            models.CheckConstraint(
                name="appointment_cancelled_whole",
                condition=Q(status="cancelled", cancelled_late__isnull=False)
                & ~Q(cancelled_by_party="")
                & ~Q(reason="")
                | ~Q(status="cancelled") & Q(cancelled_by_party="", cancelled_late__isnull=True),
            ),
            models.CheckConstraint(
                name="appointment_there_has_arrival",
                condition=~Q(status__in=["arrived", "in_progress", "done"]) | Q(arrived_at__isnull=False),
            ),
            models.CheckConstraint(
                name="appointment_group_is_of_its_kind", condition=Q(group__isnull=True) | Q(kind="group")
            ),
            models.UniqueConstraint(
                fields=["group", "patient"],
                condition=Q(group__isnull=False) & ~Q(status__in=["cancelled", "no_show"]),
                name="appointment_once_in_a_group",
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Trigger(
                name="appointment_has_a_place_in_its_group",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=PLACE_IN_GROUP,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_alive(self) -> bool:
        return self.status in self.ALIVE


@audited
class Hold(Record):
    """A room, a lane of a member of staff, or the patient, taken for a time.

    No two active holds of one resource and lane overlap: the database refuses it. A nurse has lanes 1 to the site's
    ratio; lanes from 100 on are conscious overbookings, which carry a name and a reason.
    """

    class Phase(models.TextChoices):
        STAY = "stay", "Whole stay"
        ATTENDING = "attending", "With the patient"
        WATCHING = "watching", "Watching"
        SESSION = "session", "Session"

    OVERFLOW_LANE: ClassVar[int] = 100

    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    group = models.ForeignKey(
        "GroupSession",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="holds",
        help_text="Held once for all who come, instead of by each visit.",
    )
    resource = models.UUIDField(editable=False)
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    staff = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    lane = models.PositiveSmallIntegerField(default=1)
    during = DateTimeRangeField()
    phase = models.CharField(max_length=10, choices=Phase.choices)
    active = models.BooleanField(default=True)
    released_in = models.ForeignKey(
        "StatusEvent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="released",
        help_text="The change that gave it free; what an undo takes again.",
    )
    overbooked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    overbooked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["appointment"], name="hold_by_appointment"),
            models.Index("resource", "during__startswith", condition=Q(active=True), name="hold_by_start"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="hold_never_twice",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    ("lane", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(active=True),
            ),
            models.CheckConstraint(
                name="hold_one_resource",
                condition=(
                    Q(room__isnull=False, staff__isnull=True, patient__isnull=True)
                    | Q(room__isnull=True, staff__isnull=False, patient__isnull=True)
                    | Q(room__isnull=True, staff__isnull=True, patient__isnull=False)
                )
                & Q(resource=Coalesce(F("room"), F("staff"), F("patient"))),
            ),
            models.CheckConstraint(
                name="hold_has_a_length",
                condition=Q(
                    during__isempty=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                ),
            ),
            models.CheckConstraint(
                name="hold_within_a_day",
                condition=Q(active=False) | Q(during__endswith__lte=F("during__startswith") + LONGEST_HOLD),
            ),
            models.CheckConstraint(
                name="hold_overflow_has_name_and_reason",
                condition=Q(lane__lt=100, overbooked_by__isnull=True, overbooked_reason="")
                | Q(lane__gte=100, overbooked_by__isnull=False) & ~Q(overbooked_reason=""),
            ),
            models.CheckConstraint(name="hold_lane_from_one", condition=Q(lane__gte=1)),
            models.CheckConstraint(
                name="hold_released_by_a_change",
                condition=Q(active=True, released_in__isnull=True)
                | Q(active=False) & (Q(released_in__isnull=False) | Q(group__isnull=False)),
            ),
            models.CheckConstraint(
                name="hold_of_a_visit_or_a_group",
                condition=Q(appointment__isnull=False, group__isnull=True)
                | Q(appointment__isnull=True, group__isnull=False, patient__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} lane {self.lane}"


@audited
class StatusEvent(Record):
    """A change of an appointment's status: the history that a person reads."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="status_events")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_from = models.DateTimeField(null=True, blank=True, help_text="The start before a move.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why a rule was overridden, in the mover's words.")
    longer_by = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Minutes added to the end.")
    recovery_before = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The recovery that was set for the visit before it was made longer."
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("status_event_undone_whole", "undone_at", "undone_by"),
        ]

    def __str__(self) -> str:
        return f"{self.before or 'new'} → {self.after}"
