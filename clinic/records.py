"""What every record of the house has in common."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.ids import uuid7


class Record(models.Model):
    """A row with an opaque id that is safe in a URL."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Entered(models.Model):
    """A row that tells of an event: when it happened, when it was typed, by whom."""

    observed_at = models.DateTimeField(help_text="When it happened.")
    entered_at = models.DateTimeField(default=clock.now, editable=False, help_text="When it was typed.")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    LATE_MINUTES: ClassVar[int] = 15

    class Meta:
        abstract = True

    @property
    def is_late_entry(self) -> bool:
        """Typed more than a quarter of an hour after it happened."""
        return (self.entered_at - self.observed_at).total_seconds() > self.LATE_MINUTES * 60


class Retractable(models.Model):
    """A clinical row is never deleted; it is marked as entered in error, with a reason, and stays visible."""

    entered_in_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    entered_in_error_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    entered_in_error_reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_error_whole",
                condition=Q(
                    entered_in_error_at__isnull=True,
                    entered_in_error_by__isnull=True,
                    entered_in_error_reason="",
                )
                | (
                    Q(
                        entered_in_error_at__isnull=False,
                        entered_in_error_by__isnull=False,
                    )
                    & ~Q(entered_in_error_reason="")
                ),
            )
        ]


def beside(row: models.Model, name: str, found: models.Model) -> None:
    """Lay what was read beside a row where its foreign key finds it.

    To assign a one-to-one lets the other row know this one as well, and two rows that know each other stay in memory
    until garbage is collected: of a board those of all its visits.
    """
    row._meta.get_field(name).set_cached_value(row, found)  # type: ignore[union-attr]


def together(name: str, *fields: str) -> models.CheckConstraint:
    """A constraint: these nullable columns are all set or all empty."""
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(name=name, condition=none | every)


def ordered(name: str, first: str, second: str) -> models.CheckConstraint:
    """A constraint: `second` is empty or after `first`."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{second}__isnull": True}) | Q(**{f"{second}__gt": models.F(first)}),
    )


def within(name: str, field: str, low: object, high: object) -> models.CheckConstraint:
    """A constraint: `field` is empty or between `low` and `high`, both included."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": low, f"{field}__lte": high}),
    )
