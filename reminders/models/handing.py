"""What is claimed by one worker at a time and handed over to a provider."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class HandedOver(models.Model):
    """What one worker at a time claims, tries to hand over, and tries again."""

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def claim_whole(name: str) -> models.CheckConstraint:
    """A constraint: what is claimed says by whom and until when, and nothing else does."""
    claimed = Q(state="claimed", lease_until__isnull=False) & ~Q(lease_owner="")
    return models.CheckConstraint(
        name=name, condition=claimed | (~Q(state="claimed") & Q(lease_until__isnull=True, lease_owner=""))
    )
