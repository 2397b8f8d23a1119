"""A repair: visits that lost their place, or a series that lost a visit, put right in one step."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import audited
from clinic.models import Room, Site
from clinic.records import Record, together
from patients.models import Patient
from visits.models.appointments import Appointment, StatusEvent

USER = settings.AUTH_USER_MODEL


@audited
class Repair(Record):
    """What was asked, how far the search is, and what came of it. `note` says why it ended without a plan."""

    class Cause(models.TextChoices):
        SERIES = "series", "A visit of a series was lost"
        PERSON = "person", "A person is away"
        ROOM = "room", "A room is closed"
        SITE = "site", "The site is closed"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SEARCHING = "searching", "Searching"
        READY = "ready", "Ready"
        DONE = "done", "Carried out"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Not possible"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="repairs")
    cause = models.CharField(max_length=6, choices=Cause.choices)
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="repairs")
    person = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    handled = models.PositiveSmallIntegerField(default=0, help_text="Visits the search has looked at.")
    total = models.PositiveSmallIntegerField(default=0)
    proven = models.BooleanField(default=False, help_text="Whether no smaller plan exists; else the best one found.")
    note = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    UNDER_WAY: ClassVar[tuple[str, ...]] = ("waiting", "searching")

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["site", "-asked_at"], name="repair_by_site")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("repair_done_whole", "done_at", "done_by"),
            together("repair_undone_whole", "undone_at", "undone_by"),
            models.CheckConstraint(
                name="repair_names_its_cause",
                condition=Q(cause="series", patient__isnull=False, person__isnull=True, room__isnull=True)
                | Q(cause="person", patient__isnull=True, person__isnull=False, room__isnull=True)
                | Q(cause="room", patient__isnull=True, person__isnull=True, room__isnull=False)
                | Q(cause="site", patient__isnull=True, person__isnull=True, room__isnull=True),
            ),
            models.CheckConstraint(name="repair_days_in_order", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="repair_state_has_its_time",
                condition=Q(state__in=["waiting", "searching", "ready", "failed"], done_at__isnull=True)
                | Q(state="done", done_at__isnull=False, undone_at__isnull=True)
                | Q(state="undone", done_at__isnull=False, undone_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_cause_display()

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY

    @property
    def is_broken_off(self) -> bool:
        """The search ended without an answer; with one, and nothing to repair, no visit is counted."""
        return self.state == self.State.FAILED and self.total > 0


@audited
class RepairStep(Record):
    """One line of a repair: the visit as it is and as it would be. Who stays without a place is a line too."""

    class What(models.TextChoices):
        PLACE = "place", "Other room or person"
        MOVE = "move", "Other time"
        BOOK = "book", "New visit"
        STAY = "stay", "No place found"

    repair = models.ForeignKey(Repair, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=5, choices=What.choices)
    kind = models.CharField(max_length=12, choices=Appointment.Kind.choices)
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="repair_steps"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="The visit's version as the plan saw it.")
    old_start = models.DateTimeField(null=True, blank=True)
    old_room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    old_staff = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new_start = models.DateTimeField(null=True, blank=True)
    new_room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new_staff = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300, blank=True, help_text="Why no place was found, or what to know of the new.")
    event = models.OneToOneField(
        StatusEvent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="repair_step",
        help_text="The change that this line became.",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["old_start", "new_start", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["repair", "appointment"], name="repair_step_once_a_visit"),
            together("repair_step_new_whole", "new_start", "new_room", "new_staff"),
            models.CheckConstraint(
                name="repair_step_says_what",
                condition=Q(what="stay", appointment__isnull=False, new_start__isnull=True, event__isnull=True)
                & ~Q(why="")
                | Q(what__in=["place", "move"], appointment__isnull=False, new_start__isnull=False)
                | Q(what="book", old_start__isnull=True, new_start__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.get_kind_display()}"
