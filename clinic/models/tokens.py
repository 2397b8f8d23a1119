"""Keys of other systems, and what they were answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from knox.models import AbstractAuthToken

from clinic import clock
from clinic.history import audited
from clinic.models.people import User
from clinic.models.places import Site
from clinic.policy import Role
from clinic.records import Record, ordered, together


@audited
class ApiToken(Record, AbstractAuthToken):
    """A key with which another system acts as one person, in one role, at one site. Only its digest is kept."""

    digest = models.CharField(max_length=128, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="auth_token_set")
    name = models.CharField(max_length=60, help_text="The system that holds it.")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(default=clock.now, editable=False)
    expiry = models.DateTimeField()
    made_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty for a command."
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[ApiToken]] = models.Manager()  # tokens are made by clinic.api.tokens alone

    class Meta:
        ordering: ClassVar[list[str]] = ["-created"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("api_token_ends_after_it_began", "created", "expiry"),
            together("api_token_revoked_whole", "revoked_at", "revoked_by"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {Role(self.role).label}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expiry > clock.now()


class KeptAnswer(Record):
    """What a request with an Idempotency-Key was answered, kept in the transaction of its effect."""

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="Of method, address and body.")
    at = models.DateTimeField(default=clock.now)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True, help_text="Encrypted: body and headers.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="kept_answer_by_age")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="kept_answer_once_a_key"),
        ]

    def __str__(self) -> str:
        return self.key
