"""When people work, and who answers at night."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from clinic.history import audited
from clinic.models.people import User
from clinic.models.places import WEEKDAYS, Site
from clinic.records import Record, ordered, together


@audited
class Shift(Record):
    """A weekly pattern of work at one site, on the site's wall clock."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="shifts")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("shift_ends_after_start", "starts", "ends"),
            models.CheckConstraint(name="shift_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="shift_valid_in_order",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


@audited
class ShiftException(Record):
    """One day on which a person's pattern does not hold: away, or at other hours."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shift_exceptions")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="shift_exceptions")
    day = models.DateField()
    starts = models.TimeField(null=True, blank=True, help_text="Empty when the person is away all day.")
    ends = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("shift_exception_whole", "starts", "ends"),
            ordered("shift_exception_ends_after_start", "starts", "ends"),
            models.UniqueConstraint(fields=["user", "site", "day"], name="shift_exception_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"


@audited
class OnCallTurn(Record):
    """Who answers for a site from one moment to another, also at night: first, or as the backup."""

    class Tier(models.TextChoices):
        FIRST = "first", "On call"
        BACKUP = "backup", "Backup"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="on_call_turns")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="on_call_turns")
    tier = models.CharField(max_length=6, choices=Tier.choices)
    during = DateTimeRangeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["during", "tier"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="on_call_one_a_tier",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="on_call_from_to",
                condition=Q(during__isempty=False, during__startswith__isnull=False, during__endswith__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_tier_display().lower()}"
