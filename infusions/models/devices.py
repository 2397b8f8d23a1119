"""Monitors and pumps beside the chair, and what they sent: a stream that nobody has looked at yet."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, locked_when
from clinic.models import Room
from clinic.records import Record, together
from infusions.models.flowsheet import VitalSigns
from infusions.models.infusion import Infusion

USER = settings.AUTH_USER_MODEL


@audited
class Device(Record):
    """A monitor or pump that may post vitals for one room. Its token is kept as a digest only."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    registered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["room", "name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("device_revoked_whole", "revoked_at", "revoked_by"),
            models.CheckConstraint(name="device_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceReading(Record):
    """What a device measured at one moment, unconfirmed until a nurse takes it over as a row of the flowsheet.

    It is no part of the record before that, so no history is kept of it; what was decided can't be changed again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Unconfirmed"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        PASSED = "passed", "Passed over"

    SIGNS: ClassVar[tuple[str, ...]] = ("systolic", "diastolic", "heart_rate", "spo2", "respiratory_rate")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="readings")
    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="readings")
    said_at = models.DateTimeField(help_text="By the device’s clock, to the second.")
    came_at = models.DateTimeField(default=clock.now, help_text="By the server’s clock.")
    systolic = models.PositiveSmallIntegerField(null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField(null=True, blank=True)
    heart_rate = models.PositiveSmallIntegerField(null=True, blank=True)
    spo2 = models.PositiveSmallIntegerField(null=True, blank=True)
    respiratory_rate = models.PositiveSmallIntegerField(null=True, blank=True)
    out_of_range = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    clock_off = models.BooleanField(default=False, help_text="The device’s clock and the server’s are far apart.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    vitals = models.OneToOneField(VitalSigns, null=True, blank=True, on_delete=models.PROTECT, related_name="reading")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was rejected.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-said_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["infusion", "-said_at"], condition=Q(state="waiting"), name="device_reading_waiting"),
            models.Index(fields=["came_at"], condition=Q(state__in=["waiting", "passed"]), name="device_reading_old"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["device", "said_at"], name="device_reading_once"),
            together("device_reading_decided_whole", "decided_at", "decided_by"),
            together("device_reading_pressure_whole", "systolic", "diastolic"),
            models.CheckConstraint(
                name="device_reading_not_empty",
                condition=Q(systolic__isnull=False)
                | Q(heart_rate__isnull=False)
                | Q(spo2__isnull=False)
                | Q(respiratory_rate__isnull=False),
            ),
            models.CheckConstraint(
                name="device_reading_decided_by_somebody",
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="device_reading_accepted_is_a_row",
                condition=Q(state="accepted", vitals__isnull=False) | ~Q(state="accepted") & Q(vitals__isnull=True),
            ),
            models.CheckConstraint(
                name="device_reading_impossible_is_never_accepted",
                condition=~Q(state="accepted") | Q(out_of_range__len=0),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            locked_when("device_reading_decided_once", state__in=["accepted", "rejected"]),
        ]

    def __str__(self) -> str:
        return f"{self.device}, {self.said_at:%H:%M:%S}"
