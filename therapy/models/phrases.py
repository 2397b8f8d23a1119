"""A therapist's own sentences, kept to be put into a note."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Record


@audited
class NotePhrase(Record):
    """A few words or a paragraph that one therapist writes often. Private to its author; it names no patient."""

    MOST: ClassVar[int] = 60

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="note_phrases")
    name = models.CharField(max_length=40)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], name="note_phrase_once_an_owner"),
            models.CheckConstraint(name="note_phrase_has_words", condition=~Q(name="") & ~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.name
