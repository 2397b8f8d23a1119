"""Psychotherapy notes (45 CFR 164.501): a record apart, which nobody but its author opens (ADR 29).

No other record leads here: there is no reverse relation, and nothing of these tables is searched, exported or served.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited, audited_but
from clinic.records import Record, together
from patients.models import Patient
from therapy.models.sessions import TherapySession

USER = settings.AUTH_USER_MODEL


def _never_changes(name: str, *columns: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update, condition=pgtrigger.AnyChange(*columns))


@audited
class PsychotherapyNote(Record):
    """That there is a note, whose it is, and whom it is about. What it says stands in its texts, sealed."""

    class Reason(models.TextChoices):
        """Why an author destroyed a note. A list: words typed here could tell what the note said."""

        NO_LONGER_NEEDED = "no_longer_needed", "It is no longer needed for the treatment"
        PATIENT_ASKED = "patient_asked", "The patient asked for it"
        WRONG_PATIENT = "wrong_patient", "It was begun for the wrong patient"
        IN_THE_RECORD = "in_the_record", "What matters stands in the progress note"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(TherapySession, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    saved_at = models.DateTimeField(default=clock.now)
    edition = models.PositiveIntegerField(default=0, help_text="Counts every save, so that two windows notice.")
    destroyed_at = models.DateTimeField(null=True, blank=True)
    destroyed_because = models.CharField(max_length=20, blank=True, choices=Reason.choices)

    class Meta:
        ordering: ClassVar[list[str]] = ["-saved_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["session", "author"], condition=Q(destroyed_at__isnull=True), name="private_note_one_a_session"
            ),
            models.CheckConstraint(
                name="private_note_destroyed_for_a_reason",
                condition=Q(destroyed_at__isnull=True, destroyed_because="")
                | (Q(destroyed_at__isnull=False) & ~Q(destroyed_because="")),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            _never_changes("private_note_stays_its_authors", "patient_id", "session_id", "author_id", "begun_at"),
            pgtrigger.Protect(name="private_note_row_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="private_note_stays_destroyed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__destroyed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "Psychotherapy note"


@audited_but("sealed")
class PsychotherapyText(Record):
    """One version of a note, sealed with its author's key. The newest is a draft until it is kept."""

    note = models.ForeignKey(PsychotherapyNote, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", help_text="As in the note.")
    number = models.PositiveIntegerField()
    sealed = models.TextField(help_text="Empty once the note is destroyed.")
    saved_at = models.DateTimeField(default=clock.now)
    kept_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["note", "number"], name="private_text_number_once"),
            models.UniqueConstraint(fields=["note"], condition=Q(kept_at__isnull=True), name="private_text_one_draft"),
            # What the column holds is either nothing or `key:base64`, so that a text in the clear can't get in.
            models.CheckConstraint(
                name="private_text_is_sealed",
                condition=Q(sealed="") | Q(sealed__regex=r"^[A-Za-z0-9_.-]{1,40}:[A-Za-z0-9+/]{38,}={0,2}$"),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            _never_changes("private_text_stays_its_authors", "note_id", "author_id", "number"),
            pgtrigger.Protect(name="private_text_row_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="private_text_is_its_authors",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM therapy_psychotherapynote
                        WHERE id = NEW.note_id AND author_id = NEW.author_id AND destroyed_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'private: a text belongs to the author of its note, while that stands';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="private_text_kept_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__kept_at__isnull=False),
                func="""
                    IF NEW.kept_at IS DISTINCT FROM OLD.kept_at OR NEW.saved_at IS DISTINCT FROM OLD.saved_at
                    OR NEW.sealed <> ''
                        AND coalesce(current_setting('evenkeel.rotating', true), '') <> 'private notes' THEN
                        RAISE EXCEPTION 'kept: a kept version can only be sealed anew or destroyed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


@audited
class ReleaseAuthorization(Record):
    """What a patient signed so that one note may be given to one recipient (45 CFR 164.508): nothing less opens it."""

    note = models.ForeignKey(PsychotherapyNote, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(help_text="Which version of the note is given: what was agreed, no more.")
    recipient = models.CharField("to whom", max_length=160)
    purpose = models.CharField("what for", max_length=200)
    signer_name = models.CharField("signed by", max_length=120)
    relation = models.CharField(
        max_length=80, blank=True, help_text="Of one who signs for the patient, and by what authority."
    )
    signed_on = models.DateField()
    expires_on = models.DateField()
    paper = models.CharField("where the signed paper is kept", max_length=120)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-recorded_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("private_release_revoked_whole", "revoked_at", "revoked_by"),
            models.CheckConstraint(
                name="private_release_is_specific",
                condition=~Q(recipient="") & ~Q(purpose="") & ~Q(signer_name="") & ~Q(paper=""),
            ),
            models.CheckConstraint(name="private_release_expires", condition=Q(expires_on__gte=F("signed_on"))),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="private_release_row_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="private_release_as_signed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["revoked_at", "revoked_by"]),
            ),
        ]

    def __str__(self) -> str:
        return "Authorization to release a psychotherapy note"

    def stands(self) -> bool:
        """Neither revoked nor expired, by the day of the patient's clinic."""
        return self.revoked_at is None and self.note.patient.site.today() <= self.expires_on


@audited
class NoteRelease(Record):
    """That a note went out once on an authorization: when, and how many characters; never what."""

    authorization = models.OneToOneField(ReleaseAuthorization, on_delete=models.PROTECT, related_name="release")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    characters = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        triggers: ClassVar[list[Any]] = [append_only("private_release_append_only")]

    def __str__(self) -> str:
        return "A psychotherapy note was released"
