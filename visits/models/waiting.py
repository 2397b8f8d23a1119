"""Who waits for an earlier time, what came free, and what was held out to whom."""

from __future__ import annotations

from calendar import day_abbr
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import audited
from clinic.models import Room, Site
from clinic.records import Record, ordered, together
from patients.models import Patient
from visits.models.appointments import Appointment, Hold, StatusEvent

USER = settings.AUTH_USER_MODEL


@audited
class WaitlistEntry(Record):
    """What a patient is waiting for: an earlier time for a visit that is booked, or any time for one that is not."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        BOOKED = "booked", "Booked"
        REMOVED = "removed", "Taken off"
        LAPSED = "lapsed", "Lapsed"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="wishes")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Appointment.Kind.choices)
    appointment = models.ForeignKey(
        Appointment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="wishes",
        help_text="The visit that should come earlier; empty when none is booked.",
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, help_text="Empty means any.")
    not_before = models.TimeField(null=True, blank=True, help_text="The earliest hour at which the visit may start.")
    not_after = models.TimeField(null=True, blank=True, help_text="The latest hour at which the visit may start.")
    notice_hours = models.PositiveSmallIntegerField(help_text="How long before the patient must know.")
    until = models.DateField(help_text="The last day on which a place helps.")
    since = models.DateTimeField(default=clock.now)
    kept_by = models.ForeignKey(
        USER,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="In whose name the patient’s own answer is carried out.",
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["since", "id"]
        verbose_name_plural = "waitlist entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "since"], condition=Q(state="waiting"), name="waitlist_of_site"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state="waiting"), name="waitlist_once_for_a_visit"
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(state="waiting", appointment__isnull=True),
                name="waitlist_once_for_a_kind",
            ),
            models.CheckConstraint(name="waitlist_weekdays", condition=Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6])),
            models.CheckConstraint(
                name="waitlist_hours_in_order",
                condition=Q(not_before__isnull=True) | Q(not_after__isnull=True) | Q(not_after__gte=F("not_before")),
            ),
            models.CheckConstraint(
                name="waitlist_end_whole",
                condition=Q(state="waiting", ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | ~Q(state="waiting") & Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, waiting since {self.since:%Y-%m-%d}"

    @property
    def day_words(self) -> str:
        """`Tue, Fri`, or `Any day`."""
        return ", ".join(day_abbr[day] for day in self.weekdays) or "Any day"

    @property
    def hour_words(self) -> str:
        """`from 09:00`, `up to 12:00`, `09:00 to 12:00`, or nothing."""
        if self.not_before and self.not_after:
            return f"{self.not_before:%H:%M} to {self.not_after:%H:%M}"
        if self.not_before:
            return f"from {self.not_before:%H:%M}"
        return f"up to {self.not_after:%H:%M}" if self.not_after else ""


@audited
class Opening(Record):
    """A time that came free, written in the transaction that freed it; it is offered until nobody is left to ask."""

    class Cause(models.TextChoices):
        CANCELLED = "cancelled", "A visit was cancelled"
        NO_SHOW = "no_show", "Somebody did not come"
        MOVED = "moved", "A visit was moved"
        REOPENED = "reopened", "A closure was lifted"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cause = models.CharField(max_length=9, choices=Cause.choices)
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_in = models.ForeignKey(StatusEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When it was over, or taken.")

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "starts_at"], condition=Q(closed_at__isnull=True), name="opening_open"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("opening_ends_after_start", "starts_at", "ends_at"),
            together("opening_release_whole", "hold", "released_in"),
            models.UniqueConstraint(fields=["hold", "released_in"], name="opening_once_a_release"),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()}, {self.starts_at:%Y-%m-%d %H:%M}"


@audited
class Offer(Record):
    """A time that is held out to one person on the waiting list. Whoever accepts first has it."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        EXPIRED = "expired", "Not answered in time"
        WITHDRAWN = "withdrawn", "Withdrawn"

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="offers")
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="offers")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in the patient’s link.")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty for the house itself."
    )
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty for the patient."
    )
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="What came of it."
    )
    event = models.ForeignKey(
        StatusEvent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The move that followed; taken back, the wish waits again.",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["starts_at", "ends_at"], condition=Q(state="open"), name="offer_open"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("offer_ends_after_start", "starts_at", "ends_at"),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="open"), name="offer_one_open_a_person"),
            models.CheckConstraint(
                name="offer_end_whole",
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="offer_accepted_has_visit",
                condition=Q(state="accepted", appointment__isnull=False)
                | ~Q(state="accepted") & Q(appointment__isnull=True, event__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.starts_at:%Y-%m-%d %H:%M}"
