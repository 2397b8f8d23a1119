"""The talk: sessions that hold the infusions, and what is written of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from clinic import clock
from clinic.history import append_only, audited, locked_when, locked_with_parent
from clinic.records import Record, ordered, together
from therapy.models.sessions import TherapySession

USER = settings.AUTH_USER_MODEL


@audited
class SessionNote(Record):
    """The plan before a session, or the progress note after it: sections by the template of its kind."""

    class Kind(models.TextChoices):
        PLAN = "plan", "Session plan"
        PROGRESS = "progress", "Progress note"

    session = models.ForeignKey(TherapySession, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    modality = models.CharField(max_length=60, blank=True)
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    saved_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "kind"], name="session_note_one_a_kind"),
            together("session_note_signature_whole", "signed_at", "signed_by"),
            together("session_note_minutes_whole", "started_at", "ended_at"),
            ordered("session_note_ends_after_start", "started_at", "ended_at"),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("session_note_signed", signed_at__isnull=False)]

    def __str__(self) -> str:
        return self.get_kind_display()


@audited
class NoteSection(Record):
    """One heading of a note and what stands under it. `key` names a row of therapy.rules.SECTIONS."""

    note = models.ForeignKey(SessionNote, on_delete=models.PROTECT, related_name="sections")
    key = models.CharField(max_length=30)
    text = models.TextField(blank=True, max_length=20000)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["note", "key"], name="note_section_once")
        ]
        triggers: ClassVar[list[Any]] = [
            locked_with_parent("note_section_signed", parent="therapy_sessionnote", column="note_id")
        ]

    def __str__(self) -> str:
        return self.key


@audited
class Addendum(Record):
    """What is added to a signed note. It is signed as it is written."""

    note = models.ForeignKey(SessionNote, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(max_length=20000)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["at"]
        verbose_name_plural = "addenda"
        triggers: ClassVar[list[Any]] = [append_only("addendum_append_only")]

    def __str__(self) -> str:
        return f"Addendum of {self.at:%Y-%m-%d}"
