"""More infusions than were planned: a provider extends a loading series to seven or eight (journey J11)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic.errors import IllegalTransition, Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import questionnaires
from infusions import series as infusion_series
from infusions.models import PlanExtension, Series
from reminders import followups

MOST = 8
EXTENDABLE = (*infusion_series.RUNNING, Series.State.COMPLETED)


@transaction.atomic
def extend(*, series_id: UUID, planned_count: int, reason: str, by: User) -> PlanExtension:
    """Have a loading series count `planned_count` infusions, up to eight. The new ones wait for an order of their own.

    A series whose last planned infusion was discharged goes on, unless boosters or another series have followed it.
    Raises NotPermitted, Invalid, Refused, IllegalTransition for a series that is stopped or suspended.
    """
    series = infusion_series.locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    _require_extendable(series)
    before = series.planned_count or 0
    wrong = {}
    if not before < planned_count <= MOST:
        wrong["planned_count"] = (
            f"This series has {before} infusions, and none can be added."
            if before == MOST
            else f"This series has {before} infusions. Extend it to {before + 1} to {MOST}."
        )
    if not reason.strip():
        wrong["reason"] = "Write why the series needs more infusions."
    if len(reason.strip()) > 300:
        wrong["reason"] = f"Keep it to 300 characters; this has {len(reason.strip())}."
    if wrong:
        raise Invalid(wrong)
    series.planned_count = planned_count
    if series.state == Series.State.COMPLETED:
        series.state, series.ended_at = Series.State.ACTIVE, None
        outcome = f"The series goes on to {planned_count} infusions."
        followups.close_for(subject_kind="series", subject_id=series.pk, kind="review_due", outcome=outcome, by=by)
    series.save(update_fields=["planned_count", "state", "ended_at"])
    questionnaires.after(series.patient)
    return PlanExtension.objects.create(series=series, before=before, after=planned_count, reason=reason.strip(), by=by)


def choices(series: Series) -> list[int]:
    """The counts to which a series can be extended; none when it can't be."""
    try:
        _require_extendable(series)
    except (IllegalTransition, Refused):
        return []
    return list(range((series.planned_count or 0) + 1, MOST + 1))


def _require_extendable(series: Series) -> None:
    if series.kind != Series.Kind.LOADING:
        raise Refused("Boosters follow their own plan. Only a loading series is extended.")
    if series.state not in EXTENDABLE:
        raise IllegalTransition("This series", current=series.get_state_display(), wanted="Extended", allowed=[])
    if series.state != Series.State.COMPLETED:
        return
    later = Series.objects.filter(patient=series.patient_id, opened_at__gt=series.opened_at)
    if later.exists():
        raise Refused("Boosters or another series have followed this one. Plan a new series instead.")
