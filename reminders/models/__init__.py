"""What is said, and what must not be forgotten."""

from reminders.models.handing import HandedOver, claim_whole
from reminders.models.messages import Message, MessageAttempt
from reminders.models.pages import PageAttempt, StaffPage
from reminders.models.preferences import ContactPreference, OptOut, Unreachable
from reminders.models.tasks import FollowUp, FollowUpStep
from reminders.models.texts import Delivery, InboundText
from reminders.models.webhooks import Webhook, WebhookAttempt, WebhookDelivery
from reminders.models.wordings import SenderName, Wording

__all__ = [
    "ContactPreference",
    "Delivery",
    "FollowUp",
    "FollowUpStep",
    "HandedOver",
    "InboundText",
    "Message",
    "MessageAttempt",
    "OptOut",
    "PageAttempt",
    "SenderName",
    "StaffPage",
    "Unreachable",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "Wording",
    "claim_whole",
]
