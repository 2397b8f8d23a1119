"""Where: sites, their rooms, and when they are open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from clinic import clock
from clinic.history import audited
from clinic.records import Record, ordered


def check_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(f"“{value}” is not a time zone. Use a name like America/Los_Angeles.")


@audited
class Site(Record):
    """One clinic building; all its times are shown and computed in its own zone."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    bills_as = models.CharField(
        max_length=120, blank=True, help_text="The legal name under which payers know the practice, if another one."
    )
    npi = models.CharField("NPI", max_length=10, blank=True, help_text="Of the practice; estimates and bills name it.")
    tax_id = models.CharField("tax number", max_length=9, blank=True)
    time_zone = models.CharField(max_length=64, validators=[check_time_zone])
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """The moment on this site's wall clock."""
        return moment.astimezone(self.zone)

    def moment(self, day: date, at: time) -> datetime:
        """The moment at which this site's wall clock shows `day` and `at`.

        An hour that the clock skips in spring becomes the hour after it; of an hour it shows twice in autumn, the
        first is meant.
        """
        naive = datetime.combine(day, at, tzinfo=self.zone)
        return naive.astimezone(ZoneInfo("UTC")).astimezone(self.zone)

    def today(self) -> date:
        return self.local(clock.now()).date()

    def day_bounds(self, day: date) -> tuple[datetime, datetime]:
        """The first moment of `day` and of the day after it, on this site's clock (23 to 25 hours apart)."""
        return self.moment(day, time()), self.moment(day + timedelta(days=1), time())


@audited
class Room(Record):
    class Kind(models.TextChoices):
        INFUSION = "infusion", "Infusion"
        THERAPY = "therapy", "Therapy"
        CONSULT = "consult", "Consultation"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    nickname = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("site", Lower("name"), name="room_name_once_a_site"),
        ]

    def __str__(self) -> str:
        return self.name


WEEKDAYS = [
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
]


@audited
class OpeningHours(Record):
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "opens"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("opening_hours_close_after_open", "opens", "closes"),
            models.CheckConstraint(name="opening_hours_weekday", condition=Q(weekday__lte=6)),
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="opening_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@audited
class Closure(Record):
    """Days on which a site, or one room of it, is closed."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="closures")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.CASCADE, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar[list[str]] = ["first_day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="closure_ends_after_start",
                condition=Q(last_day__gte=F("first_day")),
            ),
        ]

    def __str__(self) -> str:
        return self.reason
