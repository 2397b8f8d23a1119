"""Tablets of the clinic, and how a person opens a locked one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from clinic import clock
from clinic.history import audited
from clinic.models.people import User
from clinic.models.places import Site
from clinic.records import Record, together, within


@audited
class Tablet(Record):
    """A tablet of the clinic, known by a secret in its browser: it locks early, and a PIN opens it again."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="tablets")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    lock_minutes = models.PositiveSmallIntegerField(default=2)
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("tablet_revoked_whole", "revoked_at", "revoked_by"),
            within("tablet_lock_sane", "lock_minutes", 1, 10),
        ]

    def __str__(self) -> str:
        return self.name


@audited
class Pin(Record):
    """A person's PIN, hashed. It opens a locked tablet of the clinic, and nothing else."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="pin")
    secret = models.CharField(max_length=200, editable=False)
    set_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"PIN of {self.user}"


class TabletProof(Record):
    """When a person last gave password (and second factor) on a tablet: a PIN counts for a shift after that."""

    tablet = models.ForeignKey(Tablet, on_delete=models.PROTECT, related_name="proofs")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tablet", "user"], name="tablet_proof_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.tablet}"
