"""Which systems are told of what, and whether they heard it."""

from __future__ import annotations

from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Words, one_of
from reminders.models import Webhook, WebhookDelivery
from reminders.webhooks import subscriptions
from reminders.webhooks.addresses import LONGEST

WEBHOOKS = Collection(
    name="webhooks",
    model=Webhook,
    rows=lambda user: Webhook.objects.filter(site__in=user.site_ids),
    shows=(
        "id", "site", "name", "address", "kinds", "key_id", "made_at", "made_by", "failing_since", "ended_at",
        "ended_by",
    ),
    create=Verb(
        does=subscriptions.add,
        fields={
            "name": Words(max_length=subscriptions.LONGEST_NAME),
            "address": Words(max_length=LONGEST),
            "kinds": serializers.ListField(child=one_of(Webhook.Kind), max_length=len(Webhook.Kind)),
        },
        given=site,
        sited=True,
        secret=True,
        proof="reminders:webhooks",
    ),
    verbs={
        "secret": Verb(
            does=subscriptions.renew_secret, record="webhook_id", secret=True, proof="reminders:webhook-secret"
        ),
        "test": Verb(does=subscriptions.send_test, record="webhook_id"),
        "off": Verb(does=subscriptions.switch_off, record="webhook_id"),
    },
)  # fmt: skip
DELIVERIES = Collection(
    name="deliveries",
    model=WebhookDelivery,
    rows=lambda user: WebhookDelivery.objects.filter(webhook__site__in=user.site_ids),
    within=WEBHOOKS,
    through="webhook",
    shows=("id", "event_id", "kind", "subject_id", "occurred_at", "about", "state", "attempts", "due_at", "why"),
    filters={"state": one_of(WebhookDelivery.State, required=False)},
    verbs={"again": Verb(does=subscriptions.try_again, record="delivery_id")},
)

COLLECTIONS: tuple[Collection, ...] = (WEBHOOKS, DELIVERIES)
