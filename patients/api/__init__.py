"""People, what is known of them, what they agreed to, and who looked."""

from clinic.api.declaring import Collection
from patients.api import audit, following, judging, past, people, safety

COLLECTIONS: tuple[Collection, ...] = (
    *people.COLLECTIONS,
    *past.COLLECTIONS,
    *judging.COLLECTIONS,
    *following.COLLECTIONS,
    *safety.COLLECTIONS,
    *audit.COLLECTIONS,
)
