"""Response: what the questionnaires say beside each infusion, exactly, and the provider's review of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.models import ProtocolSettings, User
from clinic.policy import Action, require
from infusions import series as series_verbs
from infusions import series_tasks, stopping
from infusions.models import Infusion, ResponseReview, Series
from infusions.rules import TENTH, rounded
from patients import rules as scores_rules
from patients.models import MeasureResponse
from patients.rules import Response

Timepoint = MeasureResponse.Timepoint
Decision = ResponseReview.Decision
ENDS = frozenset({Decision.STOP, Decision.REFER})
CHECKPOINT, WARNING, ORDER = "response_decision", "response_warning", "order_due"
SLOW = "Look at the slow response of {}"
CHECK_WITHIN = timedelta(hours=72)
"""A score counts as the check after an infusion for so long (protocol 3.6: 24 to 72 hours after)."""


@dataclass(frozen=True)
class Score:
    """The PHQ-9 taken before one infusion, and a check on a later day before the next; None where none was taken."""

    number: int
    on: date
    value: int | None
    given: bool
    check: int | None = None
    check_on: date | None = None


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

    @property
    def is_worse(self) -> bool:
        """5 points or more above the baseline."""
        known = self.baseline is not None and self.current is not None
        return known and scores_rules.worsening(self.baseline or 0, self.current or 0)

    def after(self, number: int) -> int | None:
        """The score that judges infusion `number`: before the next visit, or else of a check on a day between."""
        for score in self.scores:
            if score.number > number and score.value is not None:
                return score.value
            if score.number >= number and score.check is not None and not self._before(score.number + 1):
                return score.check
        return self.post if number <= self.given_count else None

    def _before(self, number: int) -> bool:
        return any(score.number == number and score.value is not None for score in self.scores)


def assess(series: Series) -> Assessment:
    """Read the PHQ-9 beside each infusion. Two queries, however long the series."""
    return assess_all([series])[series.pk]


def assess_all(many: Sequence[Series]) -> dict[UUID, Assessment]:
    """`assess` for many series, which come with their site, in the same two queries."""
    rows = Infusion.objects.filter(series__in=many, number__isnull=False).select_related("appointment")
    asked = scored().filter(patient__in={series.patient_id for series in many})
    return assess_from(many, rows.order_by("number"), asked)


def scored() -> QuerySet[MeasureResponse]:
    """Every PHQ-9 with a score, the oldest first."""
    phq9 = MeasureResponse.objects.filter(instrument="phq9", entered_in_error_at__isnull=True, score__isnull=False)
    return phq9.order_by("observed_at", "id")


def assess_from(
    many: Sequence[Series], course: Iterable[Infusion], scores: Iterable[MeasureResponse]
) -> dict[UUID, Assessment]:
    """The same of their infusions, by number and with their visits, and of the patients' scores, read already."""
    infusions: dict[UUID, list[Infusion]] = defaultdict(list)
    for infusion in course:
        infusions[infusion.series_id].append(infusion)
    measures: dict[UUID, list[MeasureResponse]] = defaultdict(list)
    for measure in scores:
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
        known=_known(
            [*(value for score in scores for value in (score.value, score.check)), post.score if post else None]
        ),
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
    starts = [each.started_at for each in infusions]
    for place, infusion in enumerate(infusions):
        until = infusion.started_at or infusion.appointment.ends_at
        measure = _newest(measures, Timepoint.PRE_INFUSION, since=since, until=until)
        day = series.site.local(infusion.started_at or infusion.appointment.starts_at).date()
        given = infusion.state in Infusion.GIVEN
        following = next((start for start in starts[place + 1 :] if start), None)
        check = _check_after(series, infusion, following, measures) if given else None
        found.append(
            Score(
                infusion.number or 0,
                day,
                measure.score if measure else None,
                given,
                check.score if check else None,
                _day(series, check),
            )
        )
        since = infusion.started_at or since
    return found


def _check_after(
    series: Series, infusion: Infusion, until: datetime | None, measures: Sequence[MeasureResponse]
) -> MeasureResponse | None:
    """The newest score on a later day than the infusion, such as the check 24 hours after it (protocol 3.3)."""
    if infusion.started_at is None:
        return None
    _, day_over = series.site.day_bounds(series.site.local(infusion.started_at).date())
    latest = infusion.started_at + CHECK_WITHIN
    return _newest(measures, Timepoint.FOLLOW_UP, since=day_over, until=min(until or latest, latest))


def _day(series: Series, measure: MeasureResponse | None) -> date | None:
    return series.site.local(measure.observed_at).date() if measure else None


# The checkpoints on the way (protocol 3.3; J4)


@dataclass(frozen=True)
class Checkpoint:
    """The series moves too little: a warning after #3, a decision that must be signed after #4."""

    after_number: int
    must_decide: bool
    fact: str

    @property
    def sentence(self) -> str:
        what = "A provider decides before the next infusion." if self.must_decide else "Think about dose and course."
        return f"{self.fact} {what}"


def checkpoint(assessment: Assessment, settings: ProtocolSettings) -> Checkpoint | None:
    """The gravest checkpoint that the scores have reached; never a cancellation by itself."""
    for number, must in ((settings.review_required_at, True), (settings.review_warn_at, False)):
        score = assessment.after(number)
        if score is None or not assessment.baseline or assessment.given_count < number:
            continue
        if scores_rules.improved_by(assessment.baseline, score, settings.nonimprovement_percent):
            return None
        told = (
            f"After infusion {number} PHQ-9 is {score} of {assessment.baseline}: "
            f"less than {settings.nonimprovement_percent} % better."
        )
        return Checkpoint(number, must, told)
    return None


# The review


@transaction.atomic
def review(*, series_id: UUID, decision: str, rationale: str, by: User, referral: str = "") -> ResponseReview:
    """The provider's judgement beside the numbers. To stop or to refer ends a running series, or its boosters.

    To change the dose has the next infusion wait for the order. The same words sent twice are signed once.

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    series_verbs.lock_visits(series_id)
    series = series_verbs.locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    assessment = assess(series)
    if same := _signed_before(series, assessment, decision, rationale.strip()):
        return same
    baseline, score = _check(series, assessment, decision, rationale, referral)
    signed = ResponseReview.objects.create(
        series=series,
        after_number=assessment.given_count,
        baseline_score=baseline,
        score=score,
        decision=decision,
        rationale=rationale.strip(),
        referral=referral if decision in ENDS else "",
        signed_at=clock.now(),
        signed_by=by,
    )
    outcome = signed.get_decision_display()
    series_tasks.end(series, ("review_due", CHECKPOINT, WARNING), outcome, by)
    if decision in ENDS:
        stopping.carry_out(signed, by)
    elif decision == Decision.DOSE:
        _ask_for_order(signed)
    return signed


def _signed_before(series: Series, found: Assessment, decision: str, rationale: str) -> ResponseReview | None:
    """The newest review, where it says just this of the same score: a second press, or a page sent again."""
    newest = series.reviews.order_by("-signed_at", "-id").first()
    said = newest and (newest.after_number, newest.score, newest.decision, newest.rationale)
    return newest if said == (found.given_count, found.current, decision, rationale) else None


def _ask_for_order(signed: ResponseReview) -> None:
    series = signed.series
    title = f"Order the new dose of {{}}: infusion {signed.after_number + 1}"
    link = reverse("infusions:orders", args=[series.pk])
    series_tasks.ask(series, ORDER, title, due_at=clock.now(), link=link, owner=signed.signed_by)


def follow_stop(series: Series, by: User) -> None:
    """A series was stopped, by a review or for its gaps: nobody decides on its course any more."""
    series_tasks.end(series, (CHECKPOINT, WARNING, ORDER), "The series was stopped.", by)


def ask_for_decision(series: Series) -> None:
    """After a new score: put the decision that is due on the provider's list, once (protocol 3.3; J4)."""
    found = checkpoint(assess(series), settings_versions.current(series.site))
    if found is None or series.reviews.filter(after_number__gte=found.after_number).exists():
        return
    kind, words = (CHECKPOINT, "Decide on the course of {}") if found.must_decide else (WARNING, SLOW)
    series_tasks.ask(series, kind, words, due_at=clock.now(), link=reverse("infusions:review", args=[series.pk]))
    if found.must_decide:
        series_tasks.end(series, [WARNING], "The next score asks for a decision.")


def follow_measure(measure: MeasureResponse) -> None:
    """A PHQ-9 was kept: look at the checkpoints of the running series."""
    if measure.instrument != MeasureResponse.Instrument.PHQ9:
        return
    running = Series.objects.filter(
        patient=measure.patient_id, kind=Series.Kind.LOADING, state__in=series_verbs.RUNNING
    ).select_related("site", "patient")
    for series in running:
        ask_for_decision(series)


def _check(series: Series, assessment: Assessment, decision: str, rationale: str, referral: str) -> tuple[int, int]:
    """The two scores that are compared, once nothing speaks against the review."""
    problems = {}
    if decision not in Decision.values:
        problems["decision"] = "Choose what follows."
    if not rationale.strip():
        problems["rationale"] = "Write in a sentence or two why."
    if (decision == Decision.REFER and not referral) or (referral and referral not in ResponseReview.Referral.values):
        problems["referral"] = "Say what the patient is referred for."
    if problems:
        raise Invalid(problems)
    if not assessment.given_count:
        raise Refused("Nothing has been given yet, so there is no response to review.")
    if assessment.baseline is None or assessment.current is None:
        raise Refused("There is no PHQ-9 to compare. Record one, then review.")
    running = series.state in series_verbs.OPEN
    if decision == Decision.MAINTENANCE and running:
        raise Refused("Infusions of this series are still to come. Boosters follow when it has ended.")
    if decision in {Decision.CONTINUE, Decision.DOSE} and not running:
        raise Refused("This series has ended: there is nothing to continue. Choose boosters, or stop.")
    return assessment.baseline, assessment.current
