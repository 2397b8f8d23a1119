"""What is written of a session: the draft while it is typed, the note once it is signed, and what is added later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from clinic import clock
from clinic.history import append_only, audited, locked_when, locked_with_parent
from clinic.records import Record, ordered, together
from patients.models import MeasureResponse
from therapy.models.sessions import TherapySession

USER = settings.AUTH_USER_MODEL


class Modality(models.TextChoices):
    INDIVIDUAL = "individual", "Individual"
    COUPLE_FAMILY = "couple_family", "Couple or family"
    GROUP = "group", "Group"


class Reached(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"


class NoteKind(models.TextChoices):
    PLAN = "plan", "Session plan"
    PROGRESS = "progress", "Progress note"


class _Held(models.Model):
    """When and how a session was held, as its therapist writes it."""

    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    modality = models.CharField(max_length=60, blank=True)
    reached = models.CharField(max_length=10, blank=True, choices=Reached.choices)
    risk_unasked = models.CharField(max_length=300, blank=True, help_text="Why nobody asked about suicide that day.")

    class Meta:
        abstract = True

    @property
    def minutes(self) -> int | None:
        return (
            int((self.ended_at - self.started_at).total_seconds() // 60) if self.started_at and self.ended_at else None
        )

    @property
    def how(self) -> str:
        """Individual, by video."""
        words = [dict(Modality.choices).get(self.modality, self.modality), self.get_reached_display().lower()]
        return ", ".join(word for word in words if word)


class NoteDraft(_Held, Record):
    """What one therapist types for one session until it is signed; its id becomes the note's.

    Nobody else reads it, and no history is kept of it: it is saved every few seconds. `texts` holds each heading as it
    was typed. `copied` names the note that a heading was copied from, `looked_at` those headings that were read since.
    `page` is the browser page that saved last, and `page_since` the version it began from: what that page did not hear
    of (a server that died after saving) is still its own.
    """

    Kind = NoteKind

    session = models.ForeignKey(TherapySession, on_delete=models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=8, choices=NoteKind.choices)
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    texts = models.JSONField(default=dict)
    copied = models.JSONField(default=dict)
    looked_at = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    page = models.CharField(max_length=36, blank=True)
    page_since = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "kind", "author"], name="note_draft_one_a_writer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, draft"


@audited
class SessionNote(_Held, Record):
    """The plan before a session, or the progress note after it: sections by the template of its kind."""

    Kind = NoteKind
    LATE: ClassVar[timedelta] = timedelta(hours=24)

    session = models.ForeignKey(TherapySession, on_delete=models.PROTECT, related_name="notes", db_index=False)
    kind = models.CharField(max_length=8, choices=NoteKind.choices)
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    saved_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    risk_screen = models.ForeignKey(MeasureResponse, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "kind"], name="session_note_one_a_kind"),
            together("session_note_signature_whole", "signed_at", "signed_by"),
            together("session_note_minutes_whole", "started_at", "ended_at"),
            ordered("session_note_ends_after_start", "started_at", "ended_at"),
        ]
        triggers: ClassVar[list[Any]] = [
            locked_when("session_note_signed", signed_at__isnull=False),
            # Its sections are locked with the signature: a note that is signed as it is made would say nothing.
            pgtrigger.Protect(
                name="session_note_written_first",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__signed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="session_note_signed_whole",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_at__isnull=True, new__signed_at__isnull=False)
                & (
                    pgtrigger.Q(new__sha256="")
                    | pgtrigger.Q(new__kind="progress", new__started_at__isnull=True)
                    | pgtrigger.Q(new__kind="progress", new__risk_screen__isnull=True, new__risk_unasked="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_late(self) -> bool:
        """Signed more than a day after the session."""
        return bool(self.signed_at and self.ended_at and self.signed_at - self.ended_at > self.LATE)

    @property
    def waits_for_supervisor(self) -> bool:
        """Signed by a therapist under supervision, and not co-signed yet."""
        return self.supervisor_id is not None and not any(row.is_cosigned for row in self.supervisions.all())


@audited
class NoteSection(Record):
    """One heading of a note and what stands under it. `key` names a row of therapy.headings."""

    note = models.ForeignKey(SessionNote, on_delete=models.PROTECT, related_name="sections", db_index=False)
    key = models.CharField(max_length=30)
    text = models.TextField(blank=True, max_length=20000)
    copied_from = models.ForeignKey(SessionNote, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

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
