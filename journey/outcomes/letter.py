"""What the summary for the referring clinician says: facts from the record, never from a psychotherapy note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import shorten

from clinic.wording import number
from infusions import boosters, response, told
from infusions.models import AdverseEvent, BoosterPlan, ResponseReview, Series
from infusions.response import Assessment
from journey.outcomes import picture, reading, scales
from journey.outcomes.picture import Picture, Score
from patients.models import MeasureResponse, Patient
from patients.rules import Response

MOST_TERMS, MOST_GOALS = 6, 3
MOST_WORDS = 90
MEASURED, LIVED = ("Diagnosis", "Course", "Response"), ("In daily life", "Adverse events")
RESPONSES = {
    Response.NONE: "no response",
    Response.IMPROVEMENT: "improvement, less than a partial response",
    Response.PARTIAL: "partial response",
    Response.RESPONSE: "response",
}


@dataclass(frozen=True)
class Part:
    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass
class Letter:
    """The facts, and what the provider is offered as a beginning of the three fields that are typed."""

    patient: Patient
    parts: list[Part] = field(default_factory=list)
    picture: Picture | None = None
    recipient: str = ""
    reason: str = ""
    plan: str = ""


def read(patient: Patient) -> Letter:
    """The facts of the summary as they stand now."""
    evaluation = patient.evaluations.filter(signed_at__isnull=False).order_by("-signed_at").first()
    many = list(patient.series.select_related("site").order_by("opened_at"))
    measures = reading.scores_of(patient)
    course = reading.course_of(patient)
    letter = Letter(
        patient=patient,
        recipient=_clinician(patient),
        reason=f"Ketamine infusions for {evaluation.diagnosis}." if evaluation and evaluation.diagnosis else "",
        plan=_plan(many),
    )
    phq9 = [one for one in measures if one.instrument == "phq9"]
    scores = [Score(one.observed_at, one.score or 0) for one in phq9]
    baseline = reading.baseline_of(phq9, course.begins)
    if scores:
        given = [one for one in course.given if one.at >= scores[0].at]
        letter.picture = picture.draw(
            scales.SCALES["phq9"], scores, given, (), baseline=baseline, zone=patient.site.zone
        )
    parts = [
        told.diagnosis(evaluation),
        told.courses(patient, many),
        _responses(patient, many, measures),
        _goals(patient),
        _adverse(patient),
    ]
    letter.parts = [
        Part(heading, tuple(rows)) for heading, rows in zip((*MEASURED, *LIVED), parts, strict=True) if rows
    ]
    return letter


def _clinician(patient: Patient) -> str:
    contact = patient.contacts.filter(kind="clinician", is_active=True).first()
    return contact.name if contact else ""


def _responses(patient: Patient, many: Sequence[Series], measures: Sequence[MeasureResponse]) -> list[tuple[str, str]]:
    """The last loading series in exact numbers, and where each instrument stands now."""
    loading = [series for series in many if series.kind == Series.Kind.LOADING]
    rows = []
    if loading:
        rows.append(("PHQ-9", _assessed(response.assess(loading[-1]))))
    newest: dict[str, MeasureResponse] = {one.instrument: one for one in measures}
    oldest: dict[str, MeasureResponse] = {one.instrument: one for one in reversed(measures)}
    for key, last in newest.items():
        scale = scales.scale_of(key, str(last.get_instrument_display()), [last.score or 0])
        band = scale.band(last.score or 0)
        since = f", first {oldest[key].score}" if oldest[key] != last else ""
        at = told.day(patient.site.local(last.observed_at).date())
        rows.append((f"{scale.label}, latest", f"{last.score}{f', {band}' if band else ''}, {at}{since}"))
    return rows


def _assessed(found: Assessment) -> str:
    if found.baseline is None or found.current is None or found.response is None or found.after(1) is None:
        return "not enough scores to judge the response"
    begin = f" ({told.day(found.baseline_on)})" if found.baseline_on else ""
    end = f" ({told.day(found.post_on)})" if found.post_on and found.current == found.post else ""
    if found.current <= found.baseline:
        change = f"{number(found.reduction_percent)}\u00a0% lower"
    else:
        change = f"{found.current - found.baseline} points higher"
    verdict = RESPONSES[found.response] + (", remission" if found.remission else "")
    return f"{found.baseline}{begin} to {found.current}{end}: {change}, {verdict}"


def _goals(patient: Patient) -> list[tuple[str, str]]:
    """What the patient wanted back, as they said it, and how near it is."""
    rated = [story for story in reading.goals_of(patient) if story.first]
    rows = []
    for story in rated[:MOST_GOALS]:
        first, last = story.first, story.last
        assert first
        words = shorten(story.goal.words, MOST_WORDS, placeholder="…")
        rows.append((f"“{words}”", f"{first.value} of 10" + (f", now {last.value}" if last else "")))
    return rows


def _adverse(patient: Patient) -> list[tuple[str, str]]:
    """Each kind of event with how often and how grave at most; near misses are the clinic's own."""
    counts: dict[str, list[int]] = defaultdict(list)
    serious = 0
    for event in AdverseEvent.objects.filter(patient=patient, kind=AdverseEvent.Kind.EVENT).order_by("observed_at"):
        counts[str(event.get_term_display())].append(event.grade or 0)
        serious += bool(event.serious)
    if not counts:
        return [("Recorded", "none")]
    grave = sorted(counts.items(), key=lambda pair: (-max(pair[1]), -len(pair[1]), pair[0]))
    rows = [(term, f"{len(grades)}\u00a0×, at most grade {max(grades)}") for term, grades in grave]
    if len(rows) > MOST_TERMS:
        rest = sum(len(grades) for _, grades in grave[MOST_TERMS:])
        rows = [*rows[:MOST_TERMS], ("Others", f"{rest} more")]
    return [*rows, ("Serious", str(serious) if serious else "none")]


def _plan(many: Sequence[Series]) -> str:
    """What a signed review and booster plan already say."""
    loading = next((one for one in reversed(many) if one.kind == Series.Kind.LOADING), None)
    if loading is None:
        return ""
    signed: BoosterPlan | None = boosters.current(loading)
    if signed:
        due = boosters.next_due(loading)
        repeats = "; the last interval repeats" if signed.intervals_days else ""
        coming = f" Next due {told.day(due)}." if due else ""
        return f"{signed}{repeats}.{coming}"
    review: ResponseReview | None = loading.reviews.first()
    return f"{review.get_decision_display()}." if review else ""
