"""Supervision: whose notes another clinician signs as well, and what came of it."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Record
from therapy.models.notes import SessionNote

USER = settings.AUTH_USER_MODEL


@audited
class Supervision(Record):
    """A therapist under supervision: every progress note waits for the supervisor's signature too."""

    therapist = models.OneToOneField(USER, on_delete=models.PROTECT, related_name="supervision")
    supervisor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="supervises")
    since = models.DateTimeField(default=clock.now)
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="supervision_not_of_oneself", condition=~Q(therapist=F("supervisor")))
        ]

    def __str__(self) -> str:
        return f"{self.therapist} under {self.supervisor}"


@audited
class CoSignature(Record):
    """What the supervisor did with a signed note: signed it too, or sent it back with a remark."""

    class Outcome(models.TextChoices):
        COSIGNED = "cosigned", "Co-signed"
        SENT_BACK = "sent_back", "Sent back"

    note = models.ForeignKey(SessionNote, on_delete=models.PROTECT, related_name="supervisions")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    remark = models.TextField(blank=True, max_length=2000)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["note"], condition=Q(outcome="cosigned"), name="note_cosigned_once"),
            models.CheckConstraint(name="sent_back_says_why", condition=Q(outcome="cosigned") | ~Q(remark="")),
        ]
        triggers: ClassVar[list[Any]] = [
            append_only("co_signature_append_only"),
            pgtrigger.Trigger(
                name="co_signature_by_supervisor",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM therapy_sessionnote WHERE id = NEW.note_id
                                   AND signed_at IS NOT NULL AND supervisor_id = NEW.by_id) THEN
                        RAISE EXCEPTION 'co-signed: only the supervisor of a signed note writes here';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def is_cosigned(self) -> bool:
        return self.outcome == self.Outcome.COSIGNED
