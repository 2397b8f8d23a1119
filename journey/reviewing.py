"""Looking at an access afterwards: what all reviews have in common."""

from __future__ import annotations

from uuid import UUID

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from journey.models import EmergencyAccess, UnusualAccess, Verdict

MOST = 300


def judge(found: EmergencyAccess | UnusualAccess, *, whose: UUID, verdict: str, words: str, by: User) -> None:
    """Write the verdict on a row that the caller has locked. Raises NotFound, NotPermitted, Refused, Invalid."""
    if found.site_id not in by.site_ids:
        raise NotFound
    require(by, Action.SEE_AUDIT, at=found.site)
    if whose == by.pk:
        raise Refused("This is your own access. A colleague with your role reviews it.")
    if found.reviewed_at is not None:
        raise Refused("This was reviewed already.")
    said, problems = " ".join(words.split()), {}
    if verdict not in Verdict.values:
        problems["verdict"] = "Choose what it was."
    if not said or len(said) > MOST:
        problems["words"] = f"Write how you know, in at most {MOST} characters."
    if problems:
        raise Invalid(problems)
    found.reviewed_at, found.reviewed_by, found.verdict, found.words = clock.now(), by, verdict, said
    found.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "words"])


def waiting() -> dict[str, float]:
    """How many of each nobody has judged yet, for the figures."""
    return {
        "emergency": float(EmergencyAccess.objects.filter(reviewed_at__isnull=True).count()),
        "unusual": float(UnusualAccess.objects.filter(reviewed_at__isnull=True).count()),
    }
