"""The secrets with which events are signed: sealed in the database, shown once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.views.decorators.debug import sensitive_variables

from clinic import clock, crypto
from reminders.models import Webhook

BOTH_FOR = timedelta(hours=24)


def context(webhook: Webhook) -> str:
    """What a secret is bound to; the same in both columns, as it moves from one to the other."""
    return f"webhook.{webhook.pk}"


@sensitive_variables()
def give(webhook: Webhook) -> str:
    """A new secret; the one before it signs as well for a day. Saves nothing, answers the secret."""
    if webhook.secret:
        webhook.former_secret, webhook.former_key_id = webhook.secret, webhook.key_id
        webhook.former_until = clock.now() + BOTH_FOR
    made = f"whsec_{secrets.token_urlsafe(32)}"
    webhook.secret, webhook.key_id = crypto.encrypt(made, context=context(webhook)), secrets.token_hex(4)
    return made


@sensitive_variables()
def signing(webhook: Webhook) -> dict[str, bytes]:
    """By key id what signs now, the newest first. Raises Undecryptable."""
    held = {webhook.key_id: webhook.secret}
    if webhook.former_until and clock.now() < webhook.former_until:
        held[webhook.former_key_id] = webhook.former_secret
    return {key: crypto.decrypt(sealed, context=context(webhook)).encode() for key, sealed in held.items()}
