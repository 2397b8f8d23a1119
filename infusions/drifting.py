"""Maintenance: who is drifting, and how long since the last. One site and one page, in a constant number of queries.

Whether somebody is due is reckoned in the database, so that a clinic of thousands sorts without reading them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Least, TruncDate

from clinic import clock
from clinic.models import Site
from clinic.wording import listed, quantity
from infusions.boosters import ENDS
from infusions.exposure import WINDOW_DAYS
from infusions.models import BoosterPlan, Infusion, LongTermCheck, RelapseState, ResponseReview, Series
from patients.models import LabResult, MeasureResponse
from patients.workup import LABS_VALID_DAYS

LAST_SCORES = 2
LABS = {"cmp": "blood", "ua": "urine"}
"""Asked for again every 180 days during boosters (Table A: labs)."""


class Wanted(StrEnum):
    """The filters of the list."""

    ALL = ""
    OVERDUE = "overdue"
    WATCH = "watch"
    CONFIRMED = "confirmed"
    UNBOOKED = "unbooked"


class Nth(Func):
    """An element of an array, counted from 1."""

    template = "(%(expressions)s]"
    arg_joiner = ")["
    output_field = IntegerField()


class DaysLater(Func):
    """A date so many days after another."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()


def plans(site: Site) -> QuerySet[BoosterPlan]:
    """The plans in force at a site, each with its last infusion, next day, state and booked booster."""
    given = Infusion.objects.filter(
        Q(series=OuterRef("series")) | Q(series__follows=OuterRef("series")),
        state__in=Infusion.GIVEN,
        started_at__isnull=False,
    ).order_by("-started_at")
    since = (
        Infusion.objects.filter(
            series__follows=OuterRef("series"), state__in=Infusion.GIVEN, started_at__gte=OuterRef("signed_at")
        )
        .order_by()
        .values("series__follows")
        .annotate(n=Count("pk"))
        .values("n")
    )
    coming = (Infusion.State.SCHEDULED, *Infusion.IN_HOUSE)
    booked = Infusion.objects.filter(series__follows=OuterRef("series"), state__in=coming).order_by(
        "appointment__starts_at"
    )
    states = RelapseState.objects.filter(series=OuterRef("series")).order_by("-entered_at", "-id")
    later = Series.objects.filter(
        patient=OuterRef("series__patient"), kind=Series.Kind.LOADING, opened_at__gt=OuterRef("series__opened_at")
    )
    ended = ResponseReview.objects.filter(
        series=OuterRef("series"), decision__in=ENDS, signed_at__gte=OuterRef("signed_at")
    )
    stopped = Series.objects.filter(follows=OuterRef("series"), state=Series.State.STOPPED)
    return (
        BoosterPlan.objects.filter(series__site=site, superseded_by__isnull=True, series__patient__deceased_on=None)
        .exclude(Exists(later))
        .exclude(Exists(ended))
        .exclude(Exists(stopped))
        .annotate(
            last_at=Subquery(given.values("started_at")[:1]),
            given=Coalesce(Subquery(since, output_field=IntegerField()), 0),
            booked_at=Subquery(booked.values("appointment__starts_at")[:1]),
            state=Coalesce(Subquery(states.values("state")[:1]), Value(RelapseState.State.NONE.value)),
        )
        .annotate(last_on=TruncDate("last_at", tzinfo=site.zone))
        .annotate(days=Nth(F("intervals_days"), Least(F("given") + 1, F("intervals_days__len"))))
        .annotate(due_on=DaysLater(F("last_on"), F("days")))
    )


def narrowed(found: QuerySet[BoosterPlan], wanted: Wanted, today: date) -> QuerySet[BoosterPlan]:
    """The plans of one filter, those longest due first."""
    conditions = {
        Wanted.OVERDUE: Q(due_on__lt=today),
        Wanted.WATCH: Q(state=RelapseState.State.WATCH),
        Wanted.CONFIRMED: Q(state=RelapseState.State.CONFIRMED),
        Wanted.UNBOOKED: Q(booked_at=None),
    }
    rows = found.filter(conditions[wanted]) if wanted in conditions else found
    return rows.order_by(F("due_on").asc(nulls_last=True), "series__patient__family_name", "id")


def counts(found: QuerySet[BoosterPlan], today: date) -> dict[str, int]:
    """How many each filter finds, in one query."""
    return found.aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        watch=Count("pk", filter=Q(state=RelapseState.State.WATCH)),
        confirmed=Count("pk", filter=Q(state=RelapseState.State.CONFIRMED)),
        unbooked=Count("pk", filter=Q(booked_at=None)),
    )


@dataclass
class Row:
    """One patient of the list. Scores and amounts are only for those who may read the chart."""

    plan: Any
    since_days: int | None
    late_days: int
    scores: list[tuple[date, int]] = field(default_factory=list)
    lifetime_mg: Decimal | None = None
    in_90_days: int = 0
    asked_on: date | None = None
    labs: str = ""
    """Which of blood and urine are missing or too old."""

    @property
    def late_words(self) -> str:
        return f"{quantity(self.late_days, 'days')} over"

    @property
    def is_asked(self) -> bool:
        """Bladder and misuse were asked at the last booster."""
        return self.asked_on is not None and self.plan.last_on is not None and self.asked_on >= self.plan.last_on


def rows(page: Sequence[Any], site: Site, *, clinical: bool) -> list[Row]:
    """The plans of one page with what is read beside them, in four more queries for those who may."""
    today = site.today()
    made = [
        Row(
            plan,
            since_days=(today - plan.last_on).days if plan.last_on else None,
            late_days=max((today - plan.due_on).days, 0) if plan.due_on else 0,
        )
        for plan in page
    ]
    if not clinical:
        return made
    patients = [row.plan.series.patient_id for row in made]
    scores, amounts, asked = _scores(patients), _amounts(patients), _asked(patients)
    results = _labs(patients)
    for row in made:
        of = row.plan.series.patient_id
        row.scores = [(site.local(moment).date(), score) for moment, score in scores.get(of, [])]
        row.lifetime_mg, row.in_90_days = amounts.get(of, (None, 0))
        row.asked_on = site.local(asked[of]).date() if of in asked else None
        old = [word for test, word in LABS.items() if _is_old(results.get((of, test)), site, today)]
        row.labs = f"Labs: {listed(old)}" if old else ""
    return made


def _scores(patients: Sequence[UUID]) -> dict[UUID, list[tuple[Any, int]]]:
    """The last two PHQ-9 of each, the older first."""
    newest = (
        MeasureResponse.objects.filter(
            patient=OuterRef("patient"), instrument="phq9", score__isnull=False, entered_in_error_at=None
        )
        .order_by("-observed_at")
        .values("pk")[:LAST_SCORES]
    )
    kept = MeasureResponse.objects.filter(patient__in=patients, pk__in=Subquery(newest)).order_by("observed_at")
    found: dict[UUID, list[tuple[Any, int]]] = {}
    for patient, moment, score in kept.values_list("patient_id", "observed_at", "score"):
        found.setdefault(patient, []).append((moment, score or 0))
    return found


def _amounts(patients: Sequence[UUID]) -> dict[UUID, tuple[Decimal | None, int]]:
    since = clock.now() - timedelta(days=WINDOW_DAYS)
    given = Infusion.objects.filter(series__patient__in=patients, state__in=Infusion.GIVEN).order_by()
    sums = given.values("series__patient").annotate(
        mg=Sum("given_mg"), recent=Count("pk", filter=Q(started_at__gte=since))
    )
    return {row["series__patient"]: (row["mg"], row["recent"]) for row in sums}


def _labs(patients: Sequence[UUID]) -> dict[tuple[UUID, str], datetime]:
    """When blood and urine of each were looked at last."""
    kept = LabResult.objects.filter(patient__in=patients, test__in=list(LABS), entered_in_error_at=None).order_by()
    newest = kept.values("patient", "test").annotate(at=Max("observed_at"))
    return {(row["patient"], row["test"]): row["at"] for row in newest}


def _is_old(looked_at: datetime | None, site: Site, today: date) -> bool:
    return looked_at is None or (today - site.local(looked_at).date()).days > LABS_VALID_DAYS


def _asked(patients: Sequence[UUID]) -> dict[UUID, Any]:
    kept = LongTermCheck.objects.filter(infusion__series__patient__in=patients).order_by("observed_at")
    return dict(kept.values_list("infusion__series__patient", "observed_at"))
