"""What the therapist shares with the nurse at the chair."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Record, within
from therapy.models.sessions import TherapySession

USER = settings.AUTH_USER_MODEL


@audited
class IntentionCard(Record):
    """The patient's words, and what helps, as they were shared: a change is a new row, and the last word counts."""

    session = models.ForeignKey(TherapySession, on_delete=models.PROTECT, related_name="intention_cards")
    from_number = models.PositiveSmallIntegerField(
        "from infusion", default=1, help_text="From which infusion of the series it counts."
    )
    words = models.TextField("intention, in the patient’s own words", max_length=500)
    music = models.CharField(max_length=200, blank=True)
    touch = models.CharField("touch and boundaries", max_length=200, blank=True)
    grounding = models.CharField("what grounds", max_length=200, blank=True)
    shared_at = models.DateTimeField(default=clock.now)
    shared_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-shared_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("intention_card_from_sane", "from_number", 1, 99),
            models.CheckConstraint(name="intention_card_has_words", condition=~Q(words="")),
        ]
        triggers: ClassVar[list[Any]] = [append_only("intention_card_append_only")]

    def __str__(self) -> str:
        return self.words[:60]

    @property
    def helps(self) -> tuple[tuple[str, str], ...]:
        """What helps, each with its mark; only what was said."""
        rows = (("music", self.music), ("touch", self.touch), ("eye", self.grounding))
        return tuple(row for row in rows if row[1])
