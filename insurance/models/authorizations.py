"""What payers allow beforehand."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record, Retractable, within
from insurance.models.coverages import Coverage

USER = settings.AUTH_USER_MODEL


@audited
class Authorization(Record, Retractable):
    """A payer's leave for so many infusions between two days, both of them included."""

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField("authorization number", max_length=40)
    codes = ArrayField(models.CharField(max_length=5), help_text="The procedure codes it names.")
    units = models.PositiveSmallIntegerField(help_text="Infusions approved.")
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    note = models.CharField(max_length=300, blank=True)
    criteria = models.TextField(
        "what the payer asked for", max_length=4000, blank=True, help_text="As it was when this was approved."
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["starts_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            within("authorization_units", "units", 1, 99),
            models.CheckConstraint(name="authorization_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="authorization_has_number", condition=~Q(number="")),
            models.CheckConstraint(name="authorization_has_codes", condition=Q(codes__len__gte=1)),
            models.UniqueConstraint(
                fields=["coverage", "number"],
                condition=Q(entered_in_error_at__isnull=True),
                name="authorization_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Authorization {self.number}"
