"""The signed account of an infusion, and the paper for a day without power."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited, locked_when
from clinic.models import Site
from clinic.records import Record
from infusions.models.infusion import Infusion

USER = settings.AUTH_USER_MODEL


@audited
class InfusionNote(Record):
    """The nurse's note. Its figures follow from the rows until it is signed; then they are kept as they were signed."""

    infusion = models.OneToOneField(Infusion, on_delete=models.PROTECT, related_name="note")
    text = models.TextField(blank=True, max_length=8000)
    figures = models.JSONField(null=True, blank=True, help_text="Heading, name and value of each, as signed.")
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="infusion_note_signed_whole",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, figures__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False, figures__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("infusion_note_signed", signed_at__isnull=False)]

    def __str__(self) -> str:
        return f"Note of {self.infusion}"


@audited
class NoteAddendum(Record):
    """What was added to a signed note, by whom and when."""

    note = models.ForeignKey(InfusionNote, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(max_length=4000)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["written_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="note_addendum_says_something", condition=~Q(text="")),
        ]
        triggers: ClassVar[list[Any]] = [append_only("note_addendum_append_only")]

    def __str__(self) -> str:
        return f"Addendum to {self.note}"


class FlowsheetPack(Record):
    """The day's empty flowsheets as one PDF: what the clinic writes on when nothing else works.

    It repeats what other rows say and is thrown away after some days, so it leaves no history.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    sheets = models.PositiveSmallIntegerField()
    patients = ArrayField(models.UUIDField(), default=list, help_text="Whom it names, for the read log.")
    pdf = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "on"], name="flowsheet_pack_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"Flowsheets of {self.on:%Y-%m-%d}"
