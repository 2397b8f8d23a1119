"""Response: what the questionnaires say beside each infusion, exactly, and the provider's review of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, Refused
from clinic.models import ProtocolSettings, User
from clinic.policy import Action, require
from infusions import series as series_verbs
from infusions.models import Infusion, ResponseReview, Series
from infusions.rules import TENTH, rounded
from patients import rules as scores_rules
from patients.models import MeasureResponse
from patients.rules import Response
from reminders import followups

Timepoint = MeasureResponse.Timepoint
Decision = ResponseReview.Decision


@dataclass(frozen=True)
class Score:
    """The PHQ-9 taken before one infusion; `value` is None where none was taken."""

    number: int
    on: date
    value: int | None
    given: bool


@dataclass(frozen=True)
class Assessment:
    """A series in numbers. Thresholds are compared in whole numbers; only the percentage shown is rounded."""

    baseline: int | None
    baseline_on: date | None
    scores: tuple[Score, ...] = ()
    post: int | None = None
    post_on: date | None = None
    known: tuple[int, ...] = field(default=(), repr=False)

    @property
    def given_count(self) -> int:
        return sum(score.given for score in self.scores)

    @property
    def current(self) -> int | None:
        """The newest score: after the series, else before the latest infusion."""
        return self.known[-1] if self.known else None

    @property
    def nadir(self) -> int | None:
        return min(self.known, default=None)

    @property
    def response(self) -> Response | None:
        if self.baseline is None or self.current is None:
            return None
        return scores_rules.response(self.baseline, self.current)

    @property
    def remission(self) -> bool:
        return self.current is not None and scores_rules.remission(self.current)

    @property
    def first_response(self) -> int | None:
        """The infusion before which the score had first halved."""
        if self.baseline is None:
            return None
        reached = (
            score.number
            for score in self.scores
            if score.value is not None and scores_rules.response(self.baseline, score.value) is Response.RESPONSE
        )
        return next(reached, None)

    @property
    def response_at(self) -> int | None:
        """The highest score that is half of the baseline or less."""
        return None if self.baseline is None else self.baseline // 2

    @property
    def reduction_percent(self) -> Decimal | None:
        """How much the score fell, to 0.1 %, for people to read."""
        if not self.baseline or self.current is None:
            return None
        return rounded(Decimal(self.baseline - self.current) * 100 / self.baseline, TENTH)

    def after(self, number: int) -> int | None:
        """The first score known after infusion `number`: of the next visit, or after the series."""
        later = (score.value for score in self.scores if score.number > number and score.value is not None)
        return next(later, self.post if number <= self.given_count else None)


def assess(series: Series) -> Assessment:
    """Read the PHQ-9 beside each infusion. Two queries, however long the series."""
    return assess_all([series])[series.pk]


def assess_all(many: Sequence[Series]) -> dict[UUID, Assessment]:
    """`assess` for many series, which come with their site, in the same two queries."""
    infusions: dict[UUID, list[Infusion]] = defaultdict(list)
    rows = Infusion.objects.filter(series__in=many, number__isnull=False).select_related("appointment")
    for infusion in rows.order_by("number"):
        infusions[infusion.series_id].append(infusion)
    measures: dict[UUID, list[MeasureResponse]] = defaultdict(list)
    asked = MeasureResponse.objects.filter(
        patient__in={series.patient_id for series in many},
        instrument="phq9",
        entered_in_error_at__isnull=True,
        score__isnull=False,
    )
    for measure in asked.order_by("observed_at", "id"):
        measures[measure.patient_id].append(measure)
    return {series.pk: _assess(series, infusions[series.pk], measures[series.patient_id]) for series in many}


def _assess(series: Series, infusions: Sequence[Infusion], measures: Sequence[MeasureResponse]) -> Assessment:
    begin = infusions[0].started_at or infusions[0].appointment.starts_at if infusions else clock.now()
    baseline = _newest(measures, Timepoint.BASELINE, until=begin)
    scores = _beside(series, infusions, measures)
    ends = max((each.started_at for each in infusions if each.started_at), default=None)
    post = _newest(measures, Timepoint.POST_SERIES, since=ends) if ends else None
    first = next((score.value for score in scores if score.value is not None), None)
    return Assessment(
        baseline=baseline.score if baseline else first,
        baseline_on=_day(series, baseline),
        scores=tuple(scores),
        post=post.score if post else None,
        post_on=_day(series, post),
        known=_known([*(score.value for score in scores), post.score if post else None]),
    )


def _known(values: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(value for value in values if value is not None)


def _newest(
    measures: Sequence[MeasureResponse], timepoint: str, *, since: datetime | None = None, until: datetime | None = None
) -> MeasureResponse | None:
    fitting = [
        each
        for each in measures
        if each.timepoint == timepoint
        and (since is None or each.observed_at > since)
        and (until is None or each.observed_at <= until)
    ]
    return fitting[-1] if fitting else None


def _beside(series: Series, infusions: Sequence[Infusion], measures: Sequence[MeasureResponse]) -> list[Score]:
    """Each infusion with the last pre-infusion score between the infusion before it and its own start."""
    found, since = [], None
    for infusion in infusions:
        until = infusion.started_at or infusion.appointment.ends_at
        measure = _newest(measures, Timepoint.PRE_INFUSION, since=since, until=until)
        day = series.site.local(infusion.started_at or infusion.appointment.starts_at).date()
        given = infusion.state in Infusion.GIVEN
        found.append(Score(infusion.number or 0, day, measure.score if measure else None, given))
        since = infusion.started_at or since
    return found


def _day(series: Series, measure: MeasureResponse | None) -> date | None:
    return series.site.local(measure.observed_at).date() if measure else None


# The checkpoints on the way (protocol 3.3; J4)


@dataclass(frozen=True)
class Checkpoint:
    """The series moves too little: a warning after #3, a decision that must be signed after #4."""

    after_number: int
    must_decide: bool
    sentence: str


def checkpoint(assessment: Assessment, settings: ProtocolSettings) -> Checkpoint | None:
    """The gravest checkpoint that the scores have reached; never a cancellation by itself."""
    for number, must in ((settings.review_required_at, True), (settings.review_warn_at, False)):
        score = assessment.after(number)
        if score is None or not assessment.baseline or assessment.given_count < number:
            continue
        if scores_rules.improved_by(assessment.baseline, score, settings.nonimprovement_percent):
            return None
        what = "A provider decides before the next infusion." if must else "Think about dose and course."
        told = (
            f"After infusion {number} PHQ-9 is {score} of {assessment.baseline}: "
            f"less than {settings.nonimprovement_percent} % better. {what}"
        )
        return Checkpoint(number, must, told)
    return None


# The review


@transaction.atomic
def review(*, series_id: UUID, decision: str, rationale: str, by: User) -> ResponseReview:
    """The provider's judgement beside the numbers. To stop or to refer ends a running series.

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    series = series_verbs.locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    assessment = assess(series)
    baseline, score = _check(series, assessment, decision, rationale)
    signed = ResponseReview.objects.create(
        series=series,
        after_number=assessment.given_count,
        baseline_score=baseline,
        score=score,
        decision=decision,
        rationale=rationale.strip(),
        signed_at=clock.now(),
        signed_by=by,
    )
    if decision in {Decision.STOP, Decision.REFER} and series.state in series_verbs.OPEN:
        series_verbs.stop(series_id=series.pk, reason=rationale.strip()[:300], by=by)
    followups.close_for(
        subject_kind="series", subject_id=series.pk, kind="review_due", outcome=signed.get_decision_display(), by=by
    )
    return signed


def _check(series: Series, assessment: Assessment, decision: str, rationale: str) -> tuple[int, int]:
    """The two scores that are compared, once nothing speaks against the review."""
    problems = {}
    if decision not in Decision.values:
        problems["decision"] = "Choose what follows."
    if not rationale.strip():
        problems["rationale"] = "Write in a sentence or two why."
    if problems:
        raise Invalid(problems)
    if not assessment.given_count:
        raise Refused("Nothing has been given yet, so there is no response to review.")
    if assessment.baseline is None or assessment.current is None:
        raise Refused("There is no PHQ-9 to compare. Record one, then review.")
    running = series.state in series_verbs.OPEN
    if decision == Decision.MAINTENANCE and running:
        raise Refused("Infusions of this series are still to come. Boosters follow when it has ended.")
    if decision == Decision.CONTINUE and not running:
        raise Refused("This series has ended: there is nothing to continue. Choose boosters, or stop.")
    return assessment.baseline, assessment.current
