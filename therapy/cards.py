"""What the therapist shares with the nurse at the chair: versions, the newest of which counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock
from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, can
from infusions.models import Infusion, Series
from therapy import sessions
from therapy.models import IntentionCard, TherapySession

FIELDS = ("words", "music", "touch", "grounding")
MOST_OLDER = 10


@transaction.atomic
def share_intentions(
    *,
    session_id: UUID,
    words: str,
    by: User,
    music: str = "",
    touch: str = "",
    grounding: str = "",
    from_number: int | None = None,
) -> IntentionCard:
    """Give the nurse at the chair the patient’s words and what helps, from an infusion on (the next, if none is said).

    Earlier cards stay as they were shared. The same card again is no new one. Raises NotFound, NotPermitted, Invalid.
    """
    session = sessions.own(session_id, by)
    if not words.strip():
        raise Invalid({"words": "Write the intention in the patient’s own words."})
    numbers = coming(session.series)
    if from_number is not None and from_number not in numbers:
        raise Invalid({"from_number": "Choose an infusion that is still to come."})
    said = dict(zip(FIELDS, (words.strip(), music.strip(), touch.strip(), grounding.strip()), strict=True))
    said_from = {"from_number": from_number or numbers[0]}
    before = of_series(session.series_id).first()
    if before and all(getattr(before, name) == value for name, value in (said | said_from).items()):
        return before
    return IntentionCard.objects.create(session=session, shared_at=clock.now(), shared_by=by, **said, **said_from)


def coming(series: Series) -> list[int]:
    """The numbers of the infusions that have not begun; where none is booked, the one that would be next."""
    rows = Infusion.objects.filter(series=series, number__isnull=False).order_by("number")
    numbered = list(rows.values_list("number", "started_at"))
    waiting = [number for number, started in numbered if number and started is None]
    return waiting or [max((number or 0 for number, _ in numbered), default=0) + 1]


def of_series(series_id: UUID) -> QuerySet[IntentionCard]:
    """Every version that was shared, the newest first."""
    rows = IntentionCard.objects.filter(session__series=series_id).select_related("shared_by")
    return rows.order_by("-shared_at", "-id")


def _of_treatment(series: Series) -> QuerySet[IntentionCard]:
    """Also those of the series that boosters follow: they count at the chair until a new one is shared."""
    both = {series.pk, series.follows_id} - {None}
    rows = IntentionCard.objects.filter(session__series__in=both).select_related("shared_by", "session")
    return rows.order_by("-shared_at", "-id")


def for_infusions(infusions: Sequence[Infusion]) -> dict[UUID, IntentionCard]:
    """The card of each infusion, in one query: the last that was shared and counts for it by then.

    What was said last wins over what was once meant for a later infusion: a boundary taken back stays taken back. A
    card of a series counts for the boosters after it too.
    """
    series = {one.series_id for one in infusions} | {one.series.follows_id for one in infusions}
    cards = list(
        IntentionCard.objects.filter(session__series__in=series - {None})
        .select_related("shared_by", "session")
        .order_by("-shared_at", "-id")
    )
    found = ((one.pk, next((card for card in cards if _counts(card, one)), None)) for one in infusions)
    return {pk: card for pk, card in found if card}


def _counts(card: IntentionCard, infusion: Infusion) -> bool:
    if card.session.series_id == infusion.series.follows_id:
        return True
    mine = card.session.series_id == infusion.series_id
    return mine and (infusion.number is None or card.from_number <= infusion.number)


def panel(session: TherapySession, user: User) -> dict[str, Any]:
    """The card on the page of a session: the newest, those before it, and whether this user may change it."""
    versions = list(_of_treatment(session.series)[: MOST_OLDER + 1])
    mine = session.therapist_id == user.pk and can(user, Action.WRITE_THERAPY, session.series.site)
    return {
        "card": versions[0] if versions else None,
        "older": versions[1:],
        "coming": coming(session.series) if mine else [],
        "may_change": mine,
    }
