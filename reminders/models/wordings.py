"""What the clinic itself says in its messages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.models import Site
from clinic.records import Record
from reminders.rules import SENDER_LIMIT

USER = settings.AUTH_USER_MODEL
OWN = "own "  # begins the version of words that are a site's own
LANGUAGES = (("en", "English"), ("es", "Spanish"))


@audited
class Wording(Record):
    """One version of a site's own words for one kind of message, which win over the house's. Never changed: a change
    is the next version, and what was planned in this one is still sent in it."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="wordings")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5, choices=LANGUAGES)
    version = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=120)
    body = models.TextField(max_length=3000, help_text="The letter, without its foot.")
    text = models.CharField(max_length=300, help_text="The text message: 160 characters once it is filled.")
    note = models.CharField(max_length=200, blank=True, help_text="Why it was changed, or what it restores.")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-version"]
        triggers: ClassVar[list[Any]] = [append_only("wording_kept")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "kind", "language", "version"], name="wording_version_once"),
            models.CheckConstraint(name="wording_counts_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(name="wording_says_something", condition=~Q(subject="") & ~Q(body="") & ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language}), version {self.version}"

    @property
    def key(self) -> str:
        """How a message names the words it was planned in; those of the house are plain numbers."""
        return f"{OWN}{self.version}"


@audited
class SenderName(Record):
    """How a site calls itself in messages: short, and a name that tells nobody what it treats. The newest counts."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sender_names")
    name = models.CharField(max_length=SENDER_LIMIT)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        triggers: ClassVar[list[Any]] = [append_only("sender_name_kept")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="sender_name_given", condition=Q(name__gt="")),
        ]

    def __str__(self) -> str:
        return self.name
