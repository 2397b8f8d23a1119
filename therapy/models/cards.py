"""The talk: sessions that hold the infusions, and what is written of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from clinic import clock
from clinic.history import audited
from clinic.records import Record
from therapy.models.sessions import TherapySession

USER = settings.AUTH_USER_MODEL


@audited
class IntentionCard(Record):
    """What the therapist shares with the nurse at the chair: the patient's words, and what helps."""

    session = models.OneToOneField(TherapySession, on_delete=models.PROTECT, related_name="intention_card")
    words = models.TextField("intention, in the patient’s own words", max_length=500)
    music = models.CharField(max_length=200, blank=True)
    touch = models.CharField("touch and boundaries", max_length=200, blank=True)
    grounding = models.CharField("what grounds", max_length=200, blank=True)
    shared_at = models.DateTimeField(default=clock.now)
    shared_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.words[:60]
