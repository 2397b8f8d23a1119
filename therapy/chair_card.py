"""What the therapist shares with the nurse: the newest intention card of the series, beside the chair."""

from __future__ import annotations

from clinic.models import User
from infusions.models import Infusion
from infusions.panels import Panel
from therapy.models import IntentionCard


def intention(infusion: Infusion, user: User) -> Panel | None:
    """The card to show at this infusion; None while none was shared."""
    card = (
        IntentionCard.objects.filter(session__series=infusion.series_id)
        .select_related("shared_by")
        .order_by("-shared_at")
        .first()
    )
    return Panel("therapy/_chair_card.html", {"card": card, "site": infusion.appointment.site}) if card else None
