"""Payers: their names and numbers, as the cards and the clearing house have them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import advisory
from clinic.errors import Invalid, NotFound
from clinic.models import Site, User
from clinic.policy import Action, require
from insurance.models import Payer
from patients.phones import normal

_FITS = {"name": 120, "payer_id": 40, "claims_address": 300}
LATEST_FILING = 1100


def name_in_turn(name: str) -> None:
    """Two who write down the same new payer come one after the other: the second finds the first one's."""
    advisory.in_turn(f"insurance.payer {name.casefold()}")


@transaction.atomic
def keep(
    *,
    site: Site,
    by: User,
    payer: UUID | None = None,
    name: str,
    payer_id: str = "",
    phone: str = "",
    claims_address: str = "",
    timely_filing_days: int | None = None,
    is_active: bool = True,
) -> Payer:
    """Write down a payer, a new one without `payer`. One that is no longer used is not deleted: plans point at it.

    Raises NotFound, NotPermitted, Invalid.
    """
    require(by, Action.VERIFY_BENEFITS, at=site)
    words = {"name": " ".join(name.split()), "payer_id": payer_id.strip(), "claims_address": claims_address.strip()}
    name_in_turn(words["name"])
    row = Payer.objects.select_for_update().filter(pk=payer).first() if payer else Payer()
    if row is None:
        raise NotFound
    wrong = {key: f"Write this in {most} characters or fewer." for key, most in _FITS.items() if len(words[key]) > most}
    if not words["name"]:
        wrong["name"] = "Write the payer’s name as it stands on the card."
    elif Payer.objects.filter(name__iexact=words["name"], is_active=True).exclude(pk=row.pk).exists() and is_active:
        wrong["name"] = "A payer of this name is on the list already."
    if timely_filing_days is not None and not 1 <= timely_filing_days <= LATEST_FILING:
        wrong["timely_filing_days"] = f"Write 1 to {LATEST_FILING} days."
    try:
        row.phone = normal(phone) if phone.strip() else ""
    except ValueError as error:
        wrong["phone"] = str(error)
    if wrong:
        raise Invalid(wrong)
    row.name, row.payer_id, row.claims_address = words["name"], words["payer_id"], words["claims_address"]
    row.timely_filing_days, row.is_active = timely_filing_days, is_active
    row.save()
    return row
