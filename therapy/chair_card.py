"""What the therapist shares with the nurse: the intention card that counts for an infusion, beside the chair."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from clinic.models import User
from infusions.models import Infusion
from infusions.panels import Panel
from therapy import cards


def intention(infusion: Infusion, user: User) -> Panel | None:
    """The card to show at this infusion; None while none was shared."""
    card = cards.for_infusions([infusion]).get(infusion.pk)
    return Panel("therapy/_chair_card.html", {"card": card, "site": infusion.appointment.site}) if card else None


def on_paper(infusions: Sequence[Infusion]) -> dict[UUID, str]:
    """The same in one line for each sheet of the day: the chair has it on paper too when nothing else works."""
    found = cards.for_infusions(infusions)
    return {
        pk: " · ".join([f"“{card.words}”", *(words for _, words in card.helps)]).replace("\n", " ")
        for pk, card in found.items()
    }
