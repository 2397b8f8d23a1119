"""Boosters: the plan a provider signs after a series, when the next one is due, and what the rule would change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from clinic.wording import listed, number, quantity
from infusions import intervals, relapse_states
from infusions import series as series_verbs
from infusions.intervals import Proposal
from infusions.models import BoosterPlan, Infusion, ResponseReview, Series
from patients.models import MeasureResponse

Template = BoosterPlan.Template
after_plan: list[Callable[[BoosterPlan], None]] = []
"""What else happens in the same transaction when a plan is signed."""
ENDS = (ResponseReview.Decision.STOP, ResponseReview.Decision.REFER)


@transaction.atomic
def plan(
    *, series_id: UUID, intervals_days: Sequence[int], by: User, reason: str = "", template: str = ""
) -> BoosterPlan:
    """Sign the days between boosters after a loading series; a change supersedes the plan before it.

    Boosters as needed have the template `prn` and no days. Longer than the rules allow is possible with a reason. The
    scores that the rule looked at are kept with the plan. Raises NotFound, NotPermitted, Refused, Invalid.
    """
    series = series_verbs.locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    _require_reviewed(series)
    name, days = _checked(series, intervals_days, template)
    last = newest(series)
    rule = propose(series)
    if last and days and not reason.strip() and (problem := _too_long(rule, days)):
        raise Invalid({"reason": problem})
    signed = BoosterPlan.objects.create(
        series=series,
        template=name,
        intervals_days=days,
        evidence=evidence(rule) if rule else "",
        reason=reason.strip(),
        signed_at=clock.now(),
        signed_by=by,
        supersedes=last,
    )
    for follow in after_plan:
        follow(signed)
    return signed


def _require_reviewed(series: Series) -> None:
    if series.kind != Series.Kind.LOADING:
        raise Refused("The plan of boosters belongs to the loading series before them.")
    review = series.reviews.order_by("-signed_at").first()
    if review is None or review.decision != ResponseReview.Decision.MAINTENANCE:
        raise Refused("Boosters follow a signed review that says so. Review the response first.")


def _checked(series: Series, days: Sequence[int], template: str) -> tuple[str, list[int]]:
    """The template's key and its days; days that are nobody's template are a person's own."""
    settings = settings_versions.current(series.site)
    if template == Template.AS_NEEDED:
        return template, []
    if not days:
        raise Invalid({"intervals_days": "Write at least one number of days."})
    if any(not settings.booster_min_days <= each <= settings.booster_max_days for each in days):
        most = quantity(settings.booster_max_days, "days")
        raise Invalid({"intervals_days": f"An interval is between {settings.booster_min_days} and {most}."})
    known = intervals.templates(settings).items()
    return next((key for key, usual in known if usual == list(days)), Template.OWN), list(days)


def _too_long(rule: Proposal | None, days: Sequence[int]) -> str:
    """The sentence that asks for a reason, when the new interval is longer than the rules allow."""
    if rule is None or days[0] <= rule.longest:
        return ""
    stable = intervals.is_stable([score for _, score in rule.scores])
    because = "" if stable else " The last two PHQ-9 are not both below 5."
    told = f"After {quantity(rule.now_days, 'days')}, {quantity(rule.longest, 'days')} is the longest."
    return f"{told}{because} Write why it is longer."


# What the rule says


def propose(series: Series) -> Proposal | None:
    """What the rule would make of the interval in force, with its evidence; None without a plan in days (J6, J12)."""
    signed = current(series)
    if signed is None or not signed.intervals_days:
        return None
    given = _boosters_since(signed).count()
    return intervals.propose(
        intervals.interval(signed.intervals_days, given),
        scores_since_the_series(series),
        settings_versions.current(series.site),
        relapse=is_relapsing(series),
        may_lengthen=given > 0 and given >= len(signed.intervals_days) - 1,
    )


def is_relapsing(series: Series) -> bool:
    """Whether a relapse is confirmed, and no plan was signed since."""
    since = relapse_states.confirmed_since(series)
    return since is not None and not BoosterPlan.objects.filter(series=series, signed_at__gte=since).exists()


def evidence(rule: Proposal) -> str:
    """The scores that the rule looked at, in words: “PHQ-9 4 on 5 Mar, 4 on 26 Mar”."""
    if not rule.scores:
        return "No PHQ-9 since the series."
    told = listed([f"{score} on {number(day.day)} {day:%b}" for day, score in rule.scores])
    return f"PHQ-9 {told}."


def scores_since_the_series(series: Series, *, before: datetime | None = None) -> list[tuple[date, int]]:
    """PHQ-9 scores since the last infusion of the loading series, and before a moment, in the order of time."""
    last = _given(series).filter(series=series).order_by("-started_at").values_list("started_at", flat=True).first()
    kept = MeasureResponse.objects.filter(
        patient=series.patient, instrument="phq9", entered_in_error_at__isnull=True, score__isnull=False
    )
    rows = kept.filter(observed_at__gt=last) if last else kept.none()
    if before:
        rows = rows.filter(observed_at__lt=before)
    found = rows.order_by("observed_at", "id").values_list("observed_at", "score")
    return [(series.site.local(moment).date(), score) for moment, score in found if score is not None]


# When the next one is due


def newest(series: Series) -> BoosterPlan | None:
    """The plan signed last, in force or not."""
    return BoosterPlan.objects.filter(series=series).select_related("signed_by").order_by("-signed_at", "-id").first()


def current(series: Series) -> BoosterPlan | None:
    """The plan in force after a loading series: none once a review says to stop, its boosters were stopped, or another
    loading series was opened."""
    signed = newest(series)
    if signed is None:
        return None
    ended = Q(decision__in=ENDS, signed_at__gte=signed.signed_at)
    stopped = Q(follows=series, state=Series.State.STOPPED)
    later = Q(patient=series.patient_id, kind=Series.Kind.LOADING, opened_at__gt=series.opened_at)
    over = Series.objects.filter(stopped | later)
    return None if series.reviews.filter(ended).exists() or over.exists() else signed


def due_dates(plan: BoosterPlan, last_given_on: date, n: int) -> list[date]:
    """The first `n` dates of a plan after the last infusion: 19 Feb gives 5 Mar, 26 Mar, 23 Apr."""
    return intervals.due_dates(plan.intervals_days, last_given_on, n)


def upcoming(series: Series, n: int) -> list[date]:
    """The next `n` due dates, counted from the last infusion or booster given; empty without a plan in days."""
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


def booked(loading: Series) -> list[Infusion]:
    """The boosters that are booked, the earliest first."""
    rows = Infusion.objects.filter(series__follows=loading, state=Infusion.State.SCHEDULED)
    return list(
        rows.select_related("series__site", "series__patient", "appointment").order_by("appointment__starts_at")
    )


def given_since(loading: Series, moment: datetime) -> int:
    """How many boosters were given after this moment."""
    return _given(loading).filter(series__kind=Series.Kind.MAINTENANCE, started_at__gt=moment).count()


def _given(loading: Series) -> QuerySet[Infusion]:
    """What was given in a loading series and in the maintenance after it."""
    in_either = Q(series=loading) | Q(series__follows=loading)
    return Infusion.objects.filter(in_either, state__in=Infusion.GIVEN, started_at__isnull=False)


def _boosters_since(signed: BoosterPlan) -> QuerySet[Infusion]:
    return _given(signed.series).filter(series__kind=Series.Kind.MAINTENANCE, started_at__gte=signed.signed_at)
