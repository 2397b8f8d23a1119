"""What the outcome page shows of one patient, in a number of queries that does not grow with the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q

from clinic import clock
from infusions.models import Infusion, Series
from journey.outcomes import picture, scales
from journey.outcomes.picture import Given, Happened, Picture, Score
from journey.outcomes.scales import Scale
from patients import links
from patients.models import Goal, GoalRating, LifeEvent, MeasureResponse, Medication, Observation, Patient, PatientLink

SPANS = {"series": "Series", "quarter": "3 months", "year": "12 months", "all": "All"}
DAYS = {"quarter": 91, "year": 365}
AFTER_SERIES = timedelta(days=42)
AT_ONCE = timedelta(days=420)  # so much of a record is shown whole; of a longer one the last twelve months
MOST = 2000  # rows of a kind that the page reads; a decade of weekly scores is 520
SHOWN = 30
CURVE = "curve"
"""The purpose of a link by which patients see their own curve."""
CURVE_DAYS = 30
"""So long it opens the curve."""


@dataclass(frozen=True)
class Row:
    """One line of the table beside the picture."""

    at: datetime
    kind: str  # score | infusion | booster | life
    what: str
    words: str
    mark: str = ""


@dataclass(frozen=True)
class GoalStory:
    """A goal with its ratings, oldest first: “2, then 4, now 7”."""

    goal: Goal
    ratings: tuple[GoalRating, ...]

    @property
    def first(self) -> GoalRating | None:
        return self.ratings[0] if self.ratings else None

    @property
    def last(self) -> GoalRating | None:
        return self.ratings[-1] if len(self.ratings) > 1 else None


@dataclass
class Outcome:
    patient: Patient
    scale: Scale
    span: str
    years: list[str] = field(default_factory=list)
    instruments: list[tuple[str, str, int]] = field(default_factory=list)
    baseline: int | None = None
    picture: Picture | None = None
    rows: list[Row] = field(default_factory=list)
    goals: list[GoalStory] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    life_events: list[LifeEvent] = field(default_factory=list)
    latest: Score | None = None
    has_more: bool = False


@dataclass(frozen=True)
class Course:
    """All that was given, and where the last loading series began and ended."""

    given: tuple[Given, ...] = ()
    begins: datetime | None = None
    ends: datetime | None = None


def read(patient: Patient, *, instrument: str = "", span: str = "") -> Outcome:
    """The picture of one instrument over one span, and what stands beside it."""
    outcome, cut = _outcome(patient, instrument, span)
    outcome.picture = picture.draw(
        outcome.scale, cut.scores, cut.given, cut.lived, baseline=outcome.baseline, zone=patient.site.zone
    )
    outcome.goals, outcome.observations = goals_of(patient), observations_of(patient)
    return outcome


def rows_of(patient: Patient, *, instrument: str = "", span: str = "") -> list[Row]:
    """The table alone."""
    return _outcome(patient, instrument, span)[0].rows


@dataclass(frozen=True)
class _Cut:
    """What lies within the span, oldest first."""

    scores: list[Score]
    given: list[Given]
    lived: list[Happened]


def _outcome(patient: Patient, instrument: str, span: str) -> tuple[Outcome, _Cut]:
    """What the table says, and what a picture would draw."""
    measures = scores_of(patient)
    instruments = _instruments(measures)
    key = (
        instrument if instrument in {key for key, *_ in instruments} else (instruments[0][0] if instruments else "phq9")
    )
    mine = [one for one in measures if one.instrument == key]
    label = str(mine[0].get_instrument_display()) if mine else "PHQ-9"
    course = course_of(patient)
    scores = [Score(one.observed_at, one.score or 0) for one in mine]
    years = _years(patient, scores, course)
    outcome = Outcome(
        patient=patient,
        scale=scales.scale_of(key, label, [score.value for score in scores]),
        span=span if span in SPANS or span in years else "year" if years else "all",
        years=years,
        instruments=instruments,
        baseline=baseline_of(mine, course.begins),
        life_events=list(patient.life_events.filter(entered_in_error_at__isnull=True)[:MOST]),
        latest=scores[-1] if scores else None,
    )
    cut = _cut(outcome, scores, course)
    outcome.has_more = len(cut.scores) + len(cut.given) < len(scores) + len(course.given)
    outcome.rows = _rows(outcome, cut)
    return outcome, cut


def _cut(outcome: Outcome, scores: Sequence[Score], course: Course) -> _Cut:
    zone = outcome.patient.site.zone
    since, until = window(outcome.span, scores, course, zone)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    return _Cut(
        [one for one in scores if since <= one.at <= until],
        [one for one in course.given if since <= one.at <= until],
        [one for one in _happened(outcome.patient, outcome.life_events) if first <= one.on <= last],
    )


def _rows(outcome: Outcome, cut: _Cut) -> list[Row]:
    """The same as the picture, newest first."""
    scale, zone = outcome.scale, outcome.patient.site.zone
    rows = [
        Row(one.at, "score", "Score", picture.score_words(scale, one.value, outcome.baseline)) for one in cut.scores
    ]
    rows += [
        Row(one.at, "booster" if one.booster else "infusion", "Booster" if one.booster else "Infusion",
            picture.given_words(one), one.label)
        for one in cut.given
    ]  # fmt: skip
    rows += [
        Row(picture.noon(one.on, zone), "life", "Life", one.words, picture.letter(place))
        for place, one in enumerate(cut.lived)
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def window(span: str, scores: Sequence[Score], course: Course, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when a span shows."""
    now = clock.now()
    if span.isdigit():
        first = datetime(int(span), 1, 1, tzinfo=zone)
        return first, min(now, first.replace(year=first.year + 1) - timedelta(microseconds=1))
    far = datetime.min.replace(tzinfo=now.tzinfo) + timedelta(days=2)
    if span in DAYS:
        return now - timedelta(days=DAYS[span]), now
    if span == "series" and course.begins and course.ends:
        before = [score.at for score in scores if course.begins - AFTER_SERIES <= score.at <= course.begins]
        return min([*before, course.begins]), min(now, course.ends + AFTER_SERIES)
    return far, now


def _years(patient: Patient, scores: Sequence[Score], course: Course) -> list[str]:
    """The calendar years of a record that can't be read at once, each to be looked at by itself; else none."""
    moments = [score.at for score in scores] + [each.at for each in course.given]
    if not moments or max(moments) - min(moments) <= AT_ONCE:
        return []
    first, last = (patient.site.local(at).year for at in (min(moments), max(moments)))
    return [str(year) for year in range(first, last + 1)]


def scores_of(patient: Patient) -> list[MeasureResponse]:
    """All scores that stand, oldest first."""
    kept = patient.measures.filter(entered_in_error_at__isnull=True, score__isnull=False)
    fields = ("instrument", "observed_at", "score", "timepoint", "patient_id")
    return list(reversed(kept.only(*fields).order_by("-observed_at", "-id")[:MOST]))


def _instruments(measures: Sequence[MeasureResponse]) -> list[tuple[str, str, int]]:
    """Every instrument that has values, in the order of the table of scales, with how many."""
    counts: dict[str, tuple[str, int]] = {}
    for one in measures:
        label, count = counts.get(one.instrument, (str(one.get_instrument_display()), 0))
        counts[one.instrument] = (label, count + 1)
    order = [*(key for key in scales.SCALES if key in counts), *(key for key in counts if key not in scales.SCALES)]
    return [(key, *counts[key]) for key in order]


def baseline_of(measures: Sequence[MeasureResponse], begins: datetime | None) -> int | None:
    """The score from which change is counted: the last one marked as baseline before the series, else the first."""
    until = begins or clock.now()
    marked = [one.score for one in measures if one.timepoint == "baseline" and one.observed_at <= until]
    if marked:
        return marked[-1]
    return measures[0].score if measures else None


def course_of(patient: Patient) -> Course:
    """What was given, oldest first. One query."""
    rows = (
        Infusion.objects.filter(series__patient=patient, state__in=Infusion.GIVEN, number__isnull=False)
        .select_related("series", "appointment")
        .order_by("-appointment__starts_at")[:MOST]
    )
    given, loading = [], []
    last = None
    for one in rows:
        booster = one.series.kind == Series.Kind.MAINTENANCE
        at = one.started_at or one.appointment.starts_at
        given.append(Given(at, f"b{one.number}" if booster else str(one.number), one.given_mg, booster))
        if not booster and last in (None, one.series_id):
            last = one.series_id
            loading.append(at)
    return Course(tuple(reversed(given)), min(loading, default=None), max(loading, default=None))


def goals_of(patient: Patient) -> list[GoalStory]:
    ratings = GoalRating.objects.filter(entered_in_error_at__isnull=True).order_by("observed_at", "id")
    goals = patient.goals.filter(entered_in_error_at__isnull=True).prefetch_related(Prefetch("ratings", ratings))
    return [GoalStory(goal, tuple(goal.ratings.all())) for goal in goals[:SHOWN]]


def observations_of(patient: Patient) -> list[Observation]:
    return list(patient.observations.filter(entered_in_error_at__isnull=True).select_related("entered_by")[:SHOWN])


def _happened(patient: Patient, events: Sequence[LifeEvent]) -> list[Happened]:
    """Life events, and medicines that began or ended by the medicine list: nobody writes them twice."""
    happened = [Happened(one.on, one.words) for one in events]
    changed = Medication.objects.filter(
        Q(started__isnull=False) | Q(stopped__isnull=False), patient=patient, entered_in_error_at__isnull=True
    )
    for one in changed[:MOST]:
        for on, word in ((one.started, "started"), (one.stopped, "stopped")):
            if on is not None and on <= patient.site.today():
                happened.append(Happened(on, f"{one.display} {word}"))
    return sorted(happened, key=_day_and_words)


def _day_and_words(one: Happened) -> tuple[date, str]:
    return one.on, one.words


def shared_link(patient: Patient) -> PatientLink | None:
    """The link by which the patient sees the own curve, whatever became of it; None when it was never shared."""
    return links.current(patient.pk, CURVE).select_related("made_by").first()
