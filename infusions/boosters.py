"""Boosters: the plan a provider signs after a series, and when the next one is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from clinic.wording import quantity
from infusions import intervals
from infusions import series as series_verbs
from infusions.models import BoosterPlan, Infusion, ResponseReview, Series
from patients.models import MeasureResponse


@transaction.atomic
def plan(*, series_id: UUID, intervals_days: Sequence[int], by: User, reason: str = "") -> BoosterPlan:
    """Sign the days between boosters after a loading series; a change supersedes the plan before it.

    Longer than the rules allow is possible with a reason. Raises NotFound, NotPermitted, Refused, Invalid.
    """
    series = series_verbs.locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    _require_reviewed(series)
    days = _checked(series, intervals_days)
    last = current(series)
    if last and not reason.strip() and (problem := _too_long(series, last, days)):
        raise Invalid({"reason": problem})
    return BoosterPlan.objects.create(
        series=series,
        intervals_days=days,
        reason=reason.strip(),
        signed_at=clock.now(),
        signed_by=by,
        supersedes=last,
    )


def _require_reviewed(series: Series) -> None:
    if series.kind != Series.Kind.LOADING:
        raise Refused("The plan of boosters belongs to the loading series before them.")
    review = series.reviews.order_by("-signed_at").first()
    if review is None or review.decision != ResponseReview.Decision.MAINTENANCE:
        raise Refused("Boosters follow a signed review that says so. Review the response first.")


def _checked(series: Series, days: Sequence[int]) -> list[int]:
    settings = settings_versions.current(series.site)
    if not days:
        raise Invalid({"intervals_days": "Write at least one number of days."})
    if any(not settings.booster_min_days <= each <= settings.booster_max_days for each in days):
        most = quantity(settings.booster_max_days, "days")
        raise Invalid({"intervals_days": f"An interval is between {settings.booster_min_days} and {most}."})
    return list(days)


def _too_long(series: Series, last: BoosterPlan, days: Sequence[int]) -> str:
    """The sentence that asks for a reason, when the new interval is longer than the rules allow."""
    settings = settings_versions.current(series.site)
    now_days = intervals.interval(last.intervals_days, _boosters_since(last).count())
    scores = _scores_since_the_series(series)
    most = intervals.longest(now_days, scores, settings)
    if days[0] <= most:
        return ""
    because = "" if intervals.is_stable(scores) else " The last two PHQ-9 are not both below 5."
    told = f"After {quantity(now_days, 'days')}, {quantity(most, 'days')} is the longest."
    return f"{told}{because} Write why it is longer."


def _scores_since_the_series(series: Series) -> list[int]:
    """PHQ-9 scores since the last infusion of the loading series, in the order of time."""
    last = _given(series).filter(series=series).order_by("-started_at").values_list("started_at", flat=True).first()
    kept = MeasureResponse.objects.filter(
        patient=series.patient, instrument="phq9", entered_in_error_at__isnull=True, score__isnull=False
    )
    rows = kept.filter(observed_at__gt=last) if last else kept.none()
    return [score for score in rows.order_by("observed_at").values_list("score", flat=True) if score is not None]


def current(series: Series) -> BoosterPlan | None:
    """The plan in force after a loading series."""
    return BoosterPlan.objects.filter(series=series).select_related("signed_by").order_by("-signed_at", "-id").first()


def due_dates(plan: BoosterPlan, last_given_on: date, n: int) -> list[date]:
    """The first `n` dates of a plan after the last infusion: 19 Feb gives 5 Mar, 26 Mar, 23 Apr."""
    return intervals.due_dates(plan.intervals_days, last_given_on, n)


def upcoming(series: Series, n: int) -> list[date]:
    """The next `n` due dates, counted from the last infusion or booster given; empty without a plan."""
    loading = series.follows or series
    signed, last = current(loading), last_given_on(loading)
    if signed is None or last is None:
        return []
    return intervals.due_dates(signed.intervals_days, last, n, given=_boosters_since(signed).count())


def last_given_on(loading: Series) -> date | None:
    """The day of the last infusion of a series, or of the last booster after it."""
    started = _given(loading).order_by("-started_at").values_list("started_at", flat=True).first()
    return loading.site.local(started).date() if started else None


def next_due(series: Series) -> date | None:
    """When the next booster is due, on the site's calendar."""
    return next(iter(upcoming(series, 1)), None)


def _given(loading: Series) -> QuerySet[Infusion]:
    """What was given in a loading series and in the maintenance after it."""
    in_either = Q(series=loading) | Q(series__follows=loading)
    return Infusion.objects.filter(in_either, state__in=Infusion.GIVEN, started_at__isnull=False)


def _boosters_since(signed: BoosterPlan) -> QuerySet[Infusion]:
    return _given(signed.series).filter(series__kind=Series.Kind.MAINTENANCE, started_at__gte=signed.signed_at)
