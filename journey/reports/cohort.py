"""Loading series that began on the days of a report, each judged by `infusions.response`: one definition for the
provider's page and for the clinic's numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from infusions import response
from infusions.models import Infusion, Series
from infusions.response import Assessment
from infusions.series import OPEN
from journey import rules
from journey.reports.criteria import Criteria, group_of
from journey.reports.tally import Key, Tally
from patients import rules as scores_rules
from patients.models import Evaluation, MeasureResponse
from patients.rules import Response

CHUNK = 400
Moments = dict[UUID, list[tuple[datetime, int]]]


def began(criteria: Criteria) -> QuerySet[Infusion]:
    """The first infusion of each series of the cohort."""
    return Infusion.objects.filter(
        criteria.within("series__site", "started_at"),
        number=1,
        series__kind=Series.Kind.LOADING,
        state__in=[*Infusion.GIVEN, *Infusion.RUNNING],
    )


def count(criteria: Criteria, *, told: Callable[[int], None] | None = None) -> dict[Key, Tally]:
    """Every series of the cohort, counted by site and diagnosis group; `told` hears how many are done."""
    keys = list(began(criteria).order_by("series_id").values_list("series_id", flat=True))
    tallies: dict[Key, Tally] = defaultdict(Tally)
    for start in range(0, len(keys), CHUNK):
        _count(keys[start : start + CHUNK], criteria, tallies)
        if told:
            told(min(start + CHUNK, len(keys)))
    return dict(tallies)


def _count(keys: Sequence[UUID], criteria: Criteria, tallies: dict[Key, Tally]) -> None:
    """One part of the cohort, in six queries."""
    many = list(Series.objects.filter(pk__in=keys).select_related("site"))
    codes = _codes(many)
    scores = _scores(many)
    ends, later = _ends(many), _later(many)
    assessments = response.assess_all(many)
    for series in many:
        code = codes.get(series.pk, "")
        if not code.replace(".", "").startswith(criteria.diagnosis):
            continue
        tally = _judge(series, assessments[series.pk])
        if tally.responded and (end := ends.get(series.pk)):
            _follow(tally, series, assessments[series.pk], scores[series.patient_id], end, later.get(series.pk))
        tallies[str(series.site_id), group_of(code)].add(tally)


def _judge(series: Series, assessment: Assessment) -> Tally:
    """One series. A rate needs a baseline and a score after the first infusion; else the series counts as missing."""
    tally = Tally(started=1)
    if series.state in OPEN:
        tally.running = 1
        return tally
    tally.ended = 1
    final = assessment.current if assessment.after(1) is not None else None
    if not assessment.baseline or final is None:
        tally.missing = 1
        return tally
    tally.responded = int(scores_rules.response(assessment.baseline, final) is Response.RESPONSE)
    tally.remitted = int(scores_rules.remission(final))
    if (first := _infusions_to_response(assessment)) is not None:
        tally.first[first] += 1
    return tally


def _infusions_to_response(assessment: Assessment) -> int | None:
    """How many infusions had been given when the score had first halved."""
    if assessment.first_response is not None:
        return assessment.first_response - 1
    reached = assessment.response is Response.RESPONSE
    return assessment.given_count if reached else None


def _follow(
    tally: Tally,
    series: Series,
    assessment: Assessment,
    scores: Sequence[tuple[datetime, int]],
    end: datetime,
    later: datetime | None,
) -> None:
    """How long the response lasted: days on the site's calendar, as the watch counts them, from the last infusion of
    the series to a confirmed relapse, or to the last score; another loading series ends the watch."""
    local = series.site.local
    last = local(end).date()
    after = [
        ((local(at).date() - last).days, score) for at, score in scores if at > end and (later is None or at < later)
    ]
    if not after:
        tally.unseen = 1
        return
    day = rules.relapse_day(assessment.baseline or 0, assessment.current or 0, after)
    if day is None:
        tally.last_seen[after[-1][0]] += 1
    else:
        tally.relapsed[day] += 1


def _codes(many: Sequence[Series]) -> dict[UUID, str]:
    """The diagnosis code of the last evaluation signed before each series began."""
    rows = (
        Evaluation.objects.filter(patient__in={one.patient_id for one in many}, signed_at__isnull=False)
        .order_by("signed_at")
        .values_list("patient_id", "signed_at", "diagnosis_code")
    )
    signed: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    for patient, at, code in rows:
        assert at
        signed[patient].append((at, code))
    found = {}
    for series in many:
        before = [code for at, code in signed[series.patient_id] if at <= series.opened_at]
        found[series.pk] = before[-1] if before else ""
    return found


def _scores(many: Sequence[Series]) -> Moments:
    rows = MeasureResponse.objects.filter(
        patient__in={one.patient_id for one in many},
        instrument="phq9",
        score__isnull=False,
        entered_in_error_at__isnull=True,
    ).order_by("observed_at", "id")
    found: Moments = defaultdict(list)
    for patient, at, score in rows.values_list("patient_id", "observed_at", "score"):
        found[patient].append((at, score or 0))
    return found


def _ends(many: Sequence[Series]) -> dict[UUID, datetime]:
    """When the last infusion of each series began."""
    rows = Infusion.objects.filter(series__in=many, state__in=Infusion.GIVEN, started_at__isnull=False)
    found: dict[UUID, datetime] = {}
    for series, at in rows.order_by("started_at").values_list("series_id", "started_at"):
        assert at
        found[series] = at
    return found


def _later(many: Sequence[Series]) -> dict[UUID, datetime]:
    """When the next loading series of the same patient was opened."""
    rows = Series.objects.filter(patient__in={one.patient_id for one in many}, kind=Series.Kind.LOADING)
    opened: dict[UUID, list[datetime]] = defaultdict(list)
    for patient, at in rows.order_by("opened_at").values_list("patient_id", "opened_at"):
        opened[patient].append(at)
    found = {}
    for series in many:
        after = [at for at in opened[series.patient_id] if at > series.opened_at]
        if after:
            found[series.pk] = after[0]
    return found
