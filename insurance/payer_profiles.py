"""What payers ask of earlier treatments before they pay (protocol 1.2): kept by insurance, read by the evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock
from clinic.errors import Invalid, NotFound
from clinic.models import Site, User
from clinic.policy import Action, require
from clinic.wording import quantity
from insurance.models import Coverage, Payer, PayerProfile
from patients.models import Patient
from patients.trials import Profile

LIMITS: Mapping[str, tuple[int, int]] = {
    "trials": (0, 8),
    "weeks": (1, 26),
    "classes": (0, 8),
    "augmentations": (0, 4),
    "psychotherapies": (0, 4),
    "within_years": (0, 20),
    "phq9": (0, 27),
}
FITS = 200


@transaction.atomic
def keep(*, payer_id: UUID, site: Site, by: User, policy: str, note: str = "", **asked: int) -> PayerProfile:
    """Write what a payer asks; what it asked before stays in the history. Raises NotFound, NotPermitted, Invalid."""
    require(by, Action.VERIFY_BENEFITS, at=site)
    payer = Payer.objects.select_for_update().filter(pk=payer_id).first()
    if payer is None:
        raise NotFound
    words = {"policy": " ".join(policy.split()), "note": " ".join(note.split())}
    if wrong := _wrong(asked, words):
        raise Invalid(wrong)
    profile, _ = PayerProfile.objects.update_or_create(
        payer=payer, defaults={**asked, **words, "kept_at": clock.now(), "kept_by": by}
    )
    return profile


def _wrong(asked: Mapping[str, int], words: Mapping[str, str]) -> dict[str, str]:
    wrong = {
        name: f"Write a number from {low} to {high}."
        for name, (low, high) in LIMITS.items()
        if name in asked and not low <= asked[name] <= high
    }
    if asked.get("classes", 0) > asked.get("trials", 0):
        wrong["classes"] = "There can’t be more classes than trials."
    if not words["policy"]:
        wrong["policy"] = "Write which policy says so, and the day you read it."
    for name, text in words.items():
        if len(text) > FITS:
            wrong[name] = f"This is {len(text)} characters long; {FITS} fit. Shorten it."
    return wrong


def of_patient(patient: Patient, on: date) -> list[Profile]:
    """What the payers of the plans that hold on a day ask, the primary one first; each payer once."""
    plans = (
        Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True, payer__profile__isnull=False)
        .select_related("payer__profile")
        .order_by("rank", "-starts_on")
    )
    asking = {plan.payer_id: plan.payer for plan in plans if plan.holds_on(on)}
    return [as_rule(payer.profile) for payer in asking.values() if payer.profile.trials or payer.profile.phq9]


def as_rule(profile: PayerProfile) -> Profile:
    return Profile(
        name=profile.payer.name,
        trials=profile.trials,
        weeks=profile.weeks,
        classes=profile.classes,
        augmentations=profile.augmentations,
        psychotherapies=profile.psychotherapies,
        within_years=profile.within_years,
        phq9=profile.phq9,
        note=profile.note,
    )


def listed(name: str = "") -> QuerySet[Payer]:
    """Payers by name, each with what it asks."""
    rows = Payer.objects.filter(is_active=True).select_related("profile__kept_by").order_by("name", "id")
    return rows.filter(name__icontains=name.strip()) if name.strip() else rows


def in_words(payer: Payer) -> str:
    """What the payer asks today, in sentences; nothing where nobody has written it down."""
    profile = PayerProfile.objects.filter(payer=payer).first()
    if profile is None:
        return ""
    asked = (
        (profile.trials, f"At least {quantity(profile.trials, 'failed trials')} of {profile.weeks} weeks"),
        (profile.classes, f"Of {profile.classes} classes"),
        (profile.augmentations, f"Augmentations: {profile.augmentations}"),
        (profile.psychotherapies, f"Psychotherapies: {profile.psychotherapies}"),
        (profile.within_years, f"Within {quantity(profile.within_years, 'years')}"),
        (profile.phq9, f"PHQ-9 of at least {profile.phq9}"),
        (profile.note, profile.note),
        (profile.policy, f"Policy: {profile.policy}"),
    )
    return "\n".join(f"{words.rstrip('.')}." for is_asked, words in asked if is_asked)
