"""The watch for a relapse after a series: from scores and from requests, told to those who act (protocol 3.6; J6, J12).

It never changes a visit by itself: it asks for calls, proposes hours, and a person books.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from clinic.wording import listed, quantity
from infusions import boosters, relapse_rules, relapse_states, response, series_tasks
from infusions import series as series_verbs
from infusions.booster_tasks import EVALUATE, INTERVAL, SLOT
from infusions.models import BoosterPlan, RelapseState, Series
from infusions.relapse_rules import Course, Hit
from insurance.rules import add_business_days
from patients import measure_plan
from patients.models import MeasureResponse, Patient
from patients.rows import locked_patient
from patients.rules import Response, remission
from patients.rules import response as response_of
from reminders.models import FollowUp

State = RelapseState.State
Cause = RelapseState.Cause
Instrument, Timepoint = MeasureResponse.Instrument, MeasureResponse.Timepoint
CALL = "relapse_call"
EVENING = time(17)
STEPS = {
    CALL: "call",
    SLOT: "book a booster within 7 days",
    INTERVAL: "decide on the interval",
    EVALUATE: "evaluate again before a third booster",
}

after_change: list[Callable[[RelapseState], None]] = []
"""What else happens in the same transaction when the state of a patient changes; rooms further right add themselves."""


def follow_measure(measure: MeasureResponse) -> None:
    """A PHQ-9 was kept: after an ended series it is compared with the best score since (protocol 3.6)."""
    if measure.instrument != Instrument.PHQ9 or measure.score is None:
        return
    series = watched(measure.patient)
    if series is None or measure.observed_at <= (series.ended_at or measure.observed_at):
        return
    now = _now(series)
    course = course_of(series, before=measure.observed_at)
    found = relapse_rules.hits(course, measure.score)
    if found:
        after = relapse_rules.after_hit(
            now, days_since_hits=_days_since_hits(series, measure.observed_at),
            grave=relapse_rules.is_grave(course, measure.score),
        )  # fmt: skip
        _keep(series, after, Cause.SCORE, _told(found, course, measure.score), hit=True, measure=measure, course=course)
    elif now is not relapse_rules.State.NONE and not _is_overtaken(series, measure):
        _calm(series, now, measure, course)


def _is_overtaken(series: Series, measure: MeasureResponse) -> bool:
    """An older score, typed in late from paper, says nothing of what was seen after it."""
    return RelapseState.objects.filter(series=series, observed_at__gt=measure.observed_at).exists()


def watched(patient: Patient) -> Series | None:
    """The newest loading series, once it has ended: the one whose gain may be lost."""
    series = (
        Series.objects.filter(patient=patient, kind=Series.Kind.LOADING)
        .select_related("site", "patient")
        .order_by("-opened_at")
        .first()
    )
    return series if series and series.state not in series_verbs.OPEN else None


def course_of(series: Series, *, before: datetime) -> Course:
    """The baseline, the best score after the series and before this moment, and whether it was ever a response."""
    assessment = response.assess(series)
    since = boosters.scores_since_the_series(series, before=before)
    after = [score for _, score in since]
    every = [*assessment.known, *after]
    base = assessment.baseline
    responded = any(remission(score) or (base and response_of(base, score) is Response.RESPONSE) for score in every)
    return Course(base, min(after or every, default=None), responded)


def _calm(series: Series, now: relapse_rules.State, measure: MeasureResponse, course: Course) -> None:
    """A score without a hit: the watch ends; a relapse ends once two boosters were given, or asks for an evaluation."""
    score = measure.score or 0
    after = relapse_rules.after_calm(now, boosters=_boosters(series), score=score)
    told = f"PHQ-9 {score}: no sign of relapse."
    _keep(series, after, Cause.SCORE, told, hit=False, measure=measure, course=course)


def _boosters(series: Series) -> int:
    since = relapse_states.confirmed_since(series)
    return boosters.given_since(series, since) if since else 0


@transaction.atomic
def request(*, series_id: UUID, who: str, words: str, by: User) -> RelapseState:
    """The patient, or the therapist, asks for help before the next booster: a sign like any other (protocol 3.6).

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    series = _locked(series_id)
    require(by, Action.BOOK, at=series.site)
    wrong = {}
    if who not in {Cause.PATIENT, Cause.THERAPIST}:
        wrong["who"] = "Say who asked: the patient or the therapist."
    if not words.strip():
        wrong["words"] = "Write in a sentence what was said."
    if len(words.strip()) > 250:
        wrong["words"] = f"Keep it to 250 characters; this has {len(words.strip())}."
    if wrong:
        raise Invalid(wrong)
    sentence = f"{Cause(who).label}: {words.strip()}"
    if said := _said_already(series, sentence):
        return said
    after = relapse_rules.after_hit(_now(series), days_since_hits=_days_since_hits(series, clock.now()), grave=False)
    return _keep(series, after, Cause(who), sentence, hit=True, by=by)


def _said_already(series: Series, sentence: str) -> RelapseState | None:
    """The same words on the same day are a second press, not a second sign."""
    last = relapse_states.newest(series)
    if last is None or last.sentence != sentence:
        return None
    return last if series.site.local(last.entered_at).date() == series.site.today() else None


@transaction.atomic
def settle(*, series_id: UUID, reason: str, by: User) -> RelapseState:
    """A provider ends the watch, or the relapse. Raises NotFound, NotPermitted, Refused, Invalid."""
    series = _locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    if not reason.strip():
        raise Invalid({"reason": "Write in a sentence why the watch ends."})
    if _now(series) is relapse_rules.State.NONE:
        raise Refused("There is no watch to end.")
    return _keep(series, relapse_rules.State.NONE, Cause.PROVIDER, reason.strip()[:300], hit=False, by=by)


def _locked(series_id: UUID) -> Series:
    """The series, and its patient as a score locks them: two signs at once are seen one after the other."""
    series = series_verbs.locked(series_id)
    locked_patient(series.patient_id)
    if series.kind != Series.Kind.LOADING:
        raise NotFound
    if series.state in series_verbs.OPEN:
        raise Refused("The series is still going on. Its checkpoints tell how it helps.")
    return series


def _now(series: Series) -> relapse_rules.State:
    row = relapse_states.newest(series)
    return relapse_rules.State(row.state) if row else relapse_rules.State.NONE


def _days_since_hits(series: Series, moment: datetime) -> list[int]:
    """Days on the site's calendar between each hit and this moment; a score typed in late comes before its hits."""
    day = series.site.local(moment).date()
    near = timedelta(days=relapse_rules.SECOND_HIT_DAYS.stop)
    rows = RelapseState.objects.filter(
        series=series, is_hit=True, observed_at__range=(moment - near, moment + near)
    ).values_list("observed_at", flat=True)
    return [abs(day - series.site.local(row).date()).days for row in rows]


def _told(found: tuple[Hit, ...], course: Course, score: int) -> str:
    rise = quantity(course.rise(score), "points")
    words = {
        Hit.CASE: "10 or more after a response",
        Hit.RISE: f"{rise} above the best score ({course.nadir})",
        Hit.LOSS: "half of the improvement is lost",
    }
    return f"PHQ-9 {score}: {listed([words[each] for each in found])}."


def _keep(
    series: Series,
    after: relapse_rules.State,
    cause: Cause,
    sentence: str,
    *,
    hit: bool,
    measure: MeasureResponse | None = None,
    course: Course | None = None,
    by: User | None = None,
) -> RelapseState:
    """Write what was seen, and have everybody who must act be asked."""
    before = _now(series)
    if after is not before and after not in relapse_rules.TRANSITIONS[before]:
        raise IllegalTransition(
            "The watch", current=before, wanted=after, allowed=sorted(relapse_rules.TRANSITIONS[before])
        )
    row = RelapseState.objects.create(
        patient=series.patient,
        series=series,
        state=State(after.value),
        cause=cause,
        is_hit=hit,
        sentence=sentence[:300],
        measure=measure,
        score=measure.score if measure else None,
        nadir=course.nadir if course else None,
        baseline=course.baseline if course else None,
        observed_at=measure.observed_at if measure else clock.now(),
        entered_at=clock.now(),
        by=by or (measure.entered_by if measure else None),
    )
    if after is relapse_rules.State.NONE:
        _stand_down(series, sentence, by)
    elif after is not before or hit:
        _ask(series, row, before)
    for tell in after_change if after is not before else ():
        tell(row)
    return _ask_for_evaluation(series, row) or row


def _ask_for_evaluation(series: Series, row: RelapseState) -> RelapseState | None:
    """Two boosters were given and the score is still that of a case: the gate waits for an evaluation (J12)."""
    state = relapse_rules.State(row.state)
    if row.measure is None or row.score is None:
        return None
    if not relapse_rules.asks_for_evaluation(state, boosters=_boosters(series), score=row.score):
        return None
    _task(series, EVALUATE, "Evaluate {} again before a third booster", clock.now())
    return RelapseState.objects.create(
        patient=series.patient, series=series, state=row.state, cause=Cause.BOOSTERS, measure=row.measure,
        score=row.score, nadir=row.nadir, baseline=row.baseline, observed_at=row.observed_at, entered_at=clock.now(),
        sentence=f"Two boosters were given, and PHQ-9 is still {row.score}. Evaluate again before a third.",
    )  # fmt: skip


def _stand_down(series: Series, sentence: str, by: User | None) -> None:
    """The watch is over: nothing of it is asked for any more."""
    series_tasks.end(series, (CALL, SLOT, INTERVAL, EVALUATE), sentence, by)
    measure_plan.keep(patient=series.patient, source=_source(series), wanted=[])


def _ask(series: Series, row: RelapseState, before: relapse_rules.State) -> None:
    """WATCH: a call by the next business day, PHQ-9 within 7 days. CONFIRMED: a call today, the earliest booster."""
    site = series.site
    if row.state == State.WATCH:
        due = site.moment(add_business_days(site.today(), relapse_rules.CALL_BUSINESS_DAYS), EVENING)
        _task(series, CALL, "Call {}: scores may be rising", due)
        _ask_again(series)
        return
    if before is relapse_rules.State.CONFIRMED:
        return
    series_tasks.end(series, [CALL], "The relapse is confirmed: call today.")
    today = end_of_day(site)
    _task(series, CALL, "Call {} today: relapse confirmed", today, escalates_at=today)
    if boosters.current(series):
        _task(series, SLOT, "Book the earliest booster for {}, within 7 days", today)
    if rule := boosters.propose(series):
        words = f"Decide on the interval of {{}}: {rule.days} instead of {quantity(rule.now_days, 'days')}"
        if rule.change:
            _task(series, INTERVAL, words, today)
    _ask_again(series)


def still_to_do(series: Series) -> list[str]:
    """What the watch, or the relapse, has asked people for and nobody has ended."""
    rows = FollowUp.objects.filter(
        subject_kind="series", subject_id=series.pk, kind__in=STEPS, state=FollowUp.State.OPEN
    )
    asked = set(rows.values_list("kind", flat=True))
    return [words for kind, words in STEPS.items() if kind in asked]


def _ask_again(series: Series) -> None:
    """PHQ-9 again within 7 days."""
    last = series.site.today() + timedelta(days=relapse_rules.REPEAT_DAYS)
    wanted = measure_plan.Wanted(
        instrument=Instrument.PHQ9,
        timepoint=Timepoint.FOLLOW_UP,
        due_from=series.site.day_bounds(series.site.today())[1],
        due_until=series.site.day_bounds(last)[1],
        key=f"repeat-{last.isoformat()}",
    )
    measure_plan.keep(patient=series.patient, source=_source(series), wanted=[wanted])


def _source(series: Series) -> str:
    return f"relapse:{series.pk}"


def end_of_day(site: Site) -> datetime:
    """Today's evening at the site, or an hour from now where that is later."""
    return max(site.moment(site.today(), EVENING), clock.now() + timedelta(hours=1))


def _task(series: Series, kind: str, title: str, due_at: datetime, *, escalates_at: datetime | None = None) -> None:
    link = reverse("infusions:boosters", args=[series.pk])
    series_tasks.ask(series, kind, title, due_at=due_at, escalates_at=escalates_at, link=link)


def follow_plan(signed: BoosterPlan) -> None:
    """A plan was signed: the interval is decided."""
    series_tasks.end(signed.series, [INTERVAL], "The plan is signed.", signed.signed_by)


def sooner_booked(series: Series, on: date, by: User) -> None:
    """A booster was booked: soon enough for a relapse, that task is done."""
    if on <= series.site.today() + timedelta(days=relapse_rules.SLOT_DAYS):
        series_tasks.end(series, [SLOT], "A booster is booked within 7 days.", by)
