"""What is said, and what must not be forgotten."""

from reminders.models.handing import HandedOver, claim_whole
from reminders.models.messages import Message, MessageAttempt
from reminders.models.pages import PageAttempt, StaffPage
from reminders.models.preferences import OptOut
from reminders.models.tasks import FollowUp
from reminders.models.wordings import SenderName, Wording

__all__ = [
    "FollowUp",
    "HandedOver",
    "Message",
    "MessageAttempt",
    "OptOut",
    "PageAttempt",
    "SenderName",
    "StaffPage",
    "Wording",
    "claim_whole",
]
