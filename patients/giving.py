"""Questionnaires that patients answer by themselves, at home or on a tablet they were handed: one question at a time.

Each answer is kept as it is given, so that whoever stops goes on where they were, on whatever device. The last one
makes the response. An answer that speaks of suicide calls for somebody at once and waits for no last question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotFound
from patients import alerts, instruments, measure_plan, measures, scoring
from patients.instruments import Item
from patients.models import MeasureDraft, MeasureResponse, PatientLink
from patients.rows import link_for

Instrument = MeasureResponse.Instrument

PURPOSE = "measures"
PURPOSES = (PURPOSE, "visits")
"""Links that ask: the one for questionnaires, and the one of the patient's own page."""
ORDER = (Instrument.PHQ9, Instrument.CSSRS, Instrument.ASQ, Instrument.GAD7, Instrument.PCL5)
SCREENERS = (Instrument.CSSRS, Instrument.ASQ)

FRESH = timedelta(hours=24)
"""Answers of an earlier day are asked for again: the questions are about the time before today (our proposal)."""


@dataclass(frozen=True)
class Part:
    """One questionnaire of this visit."""

    instrument: str
    timepoint: str
    draft: MeasureDraft | None

    @property
    def is_done(self) -> bool:
        return self.draft is not None and self.draft.response is not None and not self.wants_difficulty

    @property
    def wants_difficulty(self) -> bool:
        """The last item of the PHQ-9, which counts for nothing, is asked of whoever marked any problem."""
        given = self.draft.response if self.draft else None
        return bool(given and given.instrument == Instrument.PHQ9 and given.score and given.difficulty is None)

    @property
    def answers(self) -> list[int | None]:
        return list(self.draft.answers) if self.draft else [None] * scoring.LENGTH[self.instrument]

    @property
    def following(self) -> int | None:
        """The number of the next question; None when there is none."""
        if self.draft and self.draft.response:
            return scoring.LENGTH[self.instrument] + 1 if self.wants_difficulty else None
        return next_number(self.instrument, self.answers)

    @property
    def speaks_of_suicide(self) -> bool:
        return scoring.speaks_of_suicide(self.instrument, self.answers)


def next_number(instrument: str, answers: Sequence[int | None]) -> int | None:
    """The first question that these answers call for and that has none."""
    return next((place + 1 for place in sorted(scoring.asked(instrument, answers)) if answers[place] is None), None)


def parts(link: PatientLink, language: str) -> list[Part]:
    """What this link asks for now, in its order: what is due, what was begun, and what was done since yesterday.

    A screener that we don't hold in the patient's language gives way to the other one; staff ask the first later.
    """
    drafts = _drafts(link)
    wanted = {row.instrument: row.timepoint for row in measure_plan.due(link.patient)}
    phq9 = drafts.get(Instrument.PHQ9)
    if phq9 and phq9.response and scoring.item9_positive(phq9.response.items):
        wanted.setdefault(Instrument.CSSRS, phq9.timepoint)  # Table A, item9_threshold: in the same encounter
    if alerts.wait_for_a_screener(link.patient, since=clock.now() - FRESH):
        wanted.setdefault(Instrument.CSSRS, MeasureResponse.Timepoint.FOLLOW_UP)
    if Instrument.CSSRS in wanted and not _speaks(Instrument.CSSRS, wanted[Instrument.CSSRS], language, drafts):
        wanted.setdefault(Instrument.ASQ, wanted.pop(Instrument.CSSRS))
    if any(key in drafts and drafts[key].response for key in SCREENERS):
        wanted = {key: timepoint for key, timepoint in wanted.items() if key not in SCREENERS}
    wanted |= {key: draft.timepoint for key, draft in drafts.items()}
    return [
        Part(key, wanted[key], drafts.get(key)) for key in ORDER if key in wanted and key not in instruments.SCORES_ONLY
    ]


def next_part(every: Sequence[Part]) -> Part | None:
    """Where to go on. A screener that waits comes before the question how difficult things were, which can wait."""
    waits = [part for part in every if not part.is_done]
    if waits and waits[0].wants_difficulty:
        return next((part for part in waits if part.instrument in SCREENERS), waits[0])
    return waits[0] if waits else None


def _speaks(instrument: str, timepoint: str, language: str, drafts: dict[str, MeasureDraft]) -> bool:
    return instrument in drafts or instruments.speaks(instrument, timepoint, language)


def _drafts(link: PatientLink) -> dict[str, MeasureDraft]:
    """The newest of each instrument that is still fresh."""
    rows = MeasureDraft.objects.filter(link=link, saved_at__gte=clock.now() - FRESH).select_related("response")
    return {row.instrument: row for row in rows.order_by("started_at", "id")}


def part_of(link: PatientLink, instrument: str, language: str) -> Part:
    """One of the parts. Raises NotFound for what this link does not ask for."""
    found = next((part for part in parts(link, language) if part.instrument == instrument), None)
    if found is None:
        raise NotFound
    return found


def wording_of(part: Part, language: str) -> instruments.Instrument:
    return instruments.wording(part.instrument, part.timepoint, language)


def item_of(wording: instruments.Instrument, number: int) -> Item:
    """The question of this number, the unscored one included. Raises NotFound."""
    every = (*wording.items, wording.extra) if wording.extra else wording.items
    if not 1 <= number <= len(every):
        raise NotFound
    return every[number - 1]


@dataclass(frozen=True)
class Outcome:
    following: int | None
    """The number of the next question of this questionnaire."""
    is_crisis: bool
    """Whether this very answer calls for help: the page with 988 comes before anything else."""


@transaction.atomic
def answer(*, link: PatientLink, instrument: str, number: int, value: int | None, language: str) -> Outcome:
    """Keep one answer; the last one makes the response. A second press changes nothing.

    Raises NotFound for what this link does not ask for, Invalid for an answer that is none.
    """
    locked = link_for(link.pk)
    part = part_of(locked, instrument, language)
    wording = wording_of(part, language)
    if value not in dict(item_of(wording, number).options):
        raise Invalid({"answer": "Choose an answer. Every question needs one."})
    if part.draft is not None and part.draft.response is not None:
        return _of_the_whole(part, number, value)
    draft = part.draft or _begin(locked, part)
    was_alarming = scoring.speaks_of_suicide(instrument, draft.answers)
    was_high = _is_high(instrument, draft.answers)
    draft.answers = _with(instrument, draft.answers, number, value)
    draft.language, draft.version, draft.saved_at = wording.language, wording.version, clock.now()
    draft.save(update_fields=["answers", "language", "version", "saved_at"])
    is_alarming, is_high = scoring.speaks_of_suicide(instrument, draft.answers), _is_high(instrument, draft.answers)
    is_crisis = (is_alarming and not was_alarming) or (is_high and not was_high)
    following = next_number(instrument, draft.answers)
    if following is None:
        _finish(draft)
        whole = Part(instrument, draft.timepoint, draft)
        following = None if whole.speaks_of_suicide else whole.following  # the screener comes before it
    elif is_crisis:
        alerts.open_early(locked.patient, is_high=is_high)
    return Outcome(following, is_crisis)


def _with(instrument: str, answers: Sequence[int | None], number: int, value: int | None) -> list[int | None]:
    """The answers with this one; what it makes needless is taken away."""
    changed = list(answers)
    changed[number - 1] = value
    wanted = scoring.asked(instrument, changed)
    return [each if place in wanted else None for place, each in enumerate(changed)]


def _is_high(instrument: str, answers: Sequence[int | None]) -> bool:
    so_far = [each or 0 for each in answers]
    if instrument == Instrument.CSSRS:
        return scoring.triage(so_far) is scoring.Risk.HIGH
    return instrument == Instrument.ASQ and scoring.asq_result(so_far) is scoring.Asq.IMMINENT


def _begin(link: PatientLink, part: Part) -> MeasureDraft:
    now = clock.now()
    stale = MeasureDraft.objects.filter(link=link, instrument=part.instrument, finished_at=None)
    length = scoring.LENGTH[part.instrument]
    draft = stale.first() or MeasureDraft(link=link, instrument=part.instrument)
    draft.timepoint, draft.answers, draft.started_at, draft.saved_at = part.timepoint, [None] * length, now, now
    draft.version = instruments.version_for(part.instrument, part.timepoint)
    draft.language = draft.language or "en"
    draft.save()
    return draft


@transaction.atomic
def begin_extra(link: PatientLink) -> Part:
    """A PHQ-9 that nobody asked for: the patient wants to say how they are (J12). Begun once, it is gone on with."""
    locked = link_for(link.pk)
    before = _drafts(locked).get(Instrument.PHQ9)
    if before is not None and before.response is None:
        return Part(Instrument.PHQ9, before.timepoint, before)
    timepoint = measures.occasion(locked.patient, Instrument.PHQ9, clock.now())
    return Part(Instrument.PHQ9, timepoint, _begin(locked, Part(Instrument.PHQ9, timepoint, None)))


def _finish(draft: MeasureDraft) -> None:
    draft.response = measures.record(
        patient_id=draft.link.patient_id,
        instrument=draft.instrument,
        items=draft.answers,
        timepoint=draft.timepoint,
        observed_at=draft.saved_at,
        by=None,
        link=draft.link,
        language=draft.language,
    )
    draft.finished_at = draft.saved_at
    draft.save(update_fields=["response", "finished_at"])


def _of_the_whole(part: Part, number: int, value: int | None) -> Outcome:
    """What is still asked once the response is made: how difficult things were."""
    if part.wants_difficulty and number == part.following and part.draft and part.draft.response and value is not None:
        measures.note_difficulty(part.draft.response, value)
    return Outcome(part.following, is_crisis=False)
