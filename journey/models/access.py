"""Who opens which record: in an emergency, in an unusual way, and which records are kept with more care."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import audited, written_once
from clinic.models import Site
from clinic.records import Record, together
from patients.models import Patient

USER = settings.AUTH_USER_MODEL
EMERGENCY = timedelta(minutes=60)


class Verdict(models.TextChoices):
    """What a review of an access came to."""

    FINE = "fine", "For the work"
    MISTAKE = "mistake", "By mistake, no harm"
    WRONG = "wrong", "Not allowed"


class Reviewed(models.Model):
    """Somebody else looks at it afterwards, says what it was, and why."""

    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    verdict = models.CharField(max_length=8, blank=True, choices=Verdict.choices, editable=False)
    words = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True


_REVIEW = ("reviewed_at", "reviewed_by", "verdict", "words")


def _review_rules(name: str, looked_at: str) -> list[models.BaseConstraint]:
    """A review is whole or not there, and nobody reviews themselves."""
    return [
        together(f"{name}_review_whole", "reviewed_at", "reviewed_by"),
        models.CheckConstraint(
            name=f"{name}_review_says_what",
            condition=Q(reviewed_at__isnull=True, verdict="", words="")
            | Q(reviewed_at__isnull=False) & ~Q(verdict="") & ~Q(words=""),
        ),
        models.CheckConstraint(
            name=f"{name}_review_by_another",
            condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F(looked_at)),
        ),
    ]


@audited
class EmergencyAccess(Record, Reviewed):
    """One record that a person’s role or site does not open, opened for an hour, to read (45 CFR 164.312(a)(2)(ii))."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", help_text="The patient’s, which reviews."
    )
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at", "-id"]
        verbose_name = "access in an emergency"
        verbose_name_plural = "accesses in an emergency"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-opened_at"], name="emergency_access_by_site"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="emergency_access_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="emergency_access_is_short",
                condition=Q(ends_at__gt=F("opened_at"), ends_at__lte=F("opened_at") + EMERGENCY),
            ),
            *_review_rules("emergency_access", "opened_by"),
        ]
        triggers: ClassVar[list[Any]] = written_once("emergency_access", but=["closed_at", *_REVIEW])

    def __str__(self) -> str:
        return "Access in an emergency"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and clock.now() < self.ends_at


@audited
class RecordMark(Record):
    """What holds for a whole record, and why: nothing of it is disposed of, or whoever opens it is looked at."""

    class Kind(models.TextChoices):
        HOLD = "hold", "Legal hold"
        WATCHED = "watched", "Watched"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-set_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "kind"], condition=Q(ended_at__isnull=True), name="record_mark_one_in_force"
            ),
            models.CheckConstraint(name="record_mark_says_why", condition=~Q(reason="")),
            together("record_mark_ended_whole", "ended_at", "ended_by"),
            models.CheckConstraint(
                name="record_mark_end_says_why",
                condition=Q(ended_at__isnull=True, ended_because="") | Q(ended_at__isnull=False) & ~Q(ended_because=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = written_once("record_mark", but=["ended_at", "ended_by", "ended_because"])

    def __str__(self) -> str:
        return self.get_kind_display()


@audited
class UnusualAccess(Record, Reviewed):
    """Somebody opened a record in a way that asks for a look: one row a person, patient, kind and day."""

    class Kind(models.TextChoices):
        OWN_NAME = "own_name", "Same family name"
        WATCHED = "watched", "Watched record"
        NO_VISIT = "no_visit", "No visit near"
        AFTER_HOURS = "after_hours", "After hours"
        BULK = "bulk", "Many records"

    kind = models.CharField(max_length=11, choices=Kind.choices)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: many."
    )
    day = models.DateField(help_text="On the calendar of the site.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    reads = models.PositiveIntegerField(default=1, help_text="Of many records: how many records.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-day", "-last_at", "-id"]
        verbose_name_plural = "unusual accesses"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "patient", "kind", "day"], nulls_distinct=False, name="unusual_access_once_a_day"
            ),
            models.CheckConstraint(
                name="unusual_access_names_whose",
                condition=Q(kind="bulk", patient__isnull=True) | Q(patient__isnull=False),
            ),
            *_review_rules("unusual_access", "user"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-day"], condition=Q(reviewed_at__isnull=True), name="unusual_access_open"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AccessRound(models.Model):
    """How far the search for unusual access has read the log: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_read = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="access_round_is_one", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"Read up to {self.last_read}"
