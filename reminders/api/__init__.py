"""What patients and other systems are told, and what must not be forgotten."""

from clinic.api.declaring import Collection
from reminders.api import letters, reaching, tasks, webhooks

COLLECTIONS: tuple[Collection, ...] = (
    *letters.COLLECTIONS,
    *reaching.COLLECTIONS,
    *tasks.COLLECTIONS,
    *webhooks.COLLECTIONS,
)
