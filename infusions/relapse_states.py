"""In which state of relapse a patient is: read, never written here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from infusions.models import RelapseState, Series

CONFIRMED = RelapseState.State.CONFIRMED


def newest(series: Series) -> RelapseState | None:
    return RelapseState.objects.filter(series=series).select_related("by").order_by("-entered_at", "-id").first()


def last_sign(series: Series) -> RelapseState | None:
    """The newest sign of relapse: what a watch, or a relapse, rests on."""
    return RelapseState.objects.filter(series=series, is_hit=True).order_by("-entered_at", "-id").first()


def newest_of_each() -> QuerySet[RelapseState]:
    """The newest state of every patient."""
    return RelapseState.objects.order_by("patient_id", "-entered_at", "-id").distinct("patient_id")


def confirmed_since(series: Series) -> datetime | None:
    """When the relapse of now was confirmed; None in no confirmed relapse."""
    since = None
    for state, observed_at in (
        RelapseState.objects.filter(series=series).order_by("-entered_at", "-id").values_list("state", "observed_at")
    ):
        if state != CONFIRMED:
            break
        since = observed_at
    return since
