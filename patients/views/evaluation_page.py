"""What the evaluation page shows, gathered for its doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clinic.models import User
from clinic.policy import Action, can
from patients import (
    alerts,
    eligibility,
    evaluation_conditions,
    evaluation_facts,
    evaluations,
    evidence,
    labs,
    measures,
    reopenings,
    validity,
)
from patients.contraindications import BY_KEY, CONTRAINDICATIONS, Contraindication
from patients.eligibility import Finding, Severity
from patients.evaluation_conditions import Wanted
from patients.evaluations import Said
from patients.evidence import Evidence
from patients.forms.evaluation import EvaluationForm, condition_rows
from patients.models import Contact, Evaluation, EvaluationAnswer, EvaluationCondition, Patient

State, Instrument = Evaluation.State, measures.Instrument
ASKED = (Instrument.PHQ9, Instrument.GAD7, Instrument.CSSRS, Instrument.PCL5)
"""What protocol 1.6 asks at an evaluation, one press away."""


@dataclass(frozen=True)
class Line:
    """One row of the checklist as the page shows it."""

    rule: Contraindication
    said: Said
    row: EvaluationAnswer | None = None
    evidence: Sequence[Evidence] = ()


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: object
    mine: object


@dataclass
class Typed:
    """What came with a request and is shown again although it was not kept."""

    answers: Mapping[str, Said] = field(default_factory=dict)
    conditions: Sequence[Wanted] | None = None


def page(evaluation: Evaluation, form: EvaluationForm, typed: Typed) -> dict[str, Any]:
    """The whole page of an unsigned evaluation."""
    site = evaluation.patient.site
    return (
        live(evaluation)
        | _story(evaluation.patient)
        | {
            "form": form,
            "groups": _checklist(evaluation, typed.answers),
            "answer_choices": EvaluationAnswer.Answer.choices,
            "source_choices": EvaluationAnswer.Source.choices,
            "conditions": condition_rows(evaluation, typed.conditions),
            "owners": evaluation_conditions.owners(site),
        }
    )


def live(evaluation: Evaluation) -> dict[str, Any]:
    """What changes with every save: the findings, the tests asked for, and what may be signed."""
    found = evaluations.findings(evaluation)
    answers = evaluations.answers_of(evaluation)
    missing = eligibility.unanswered(answers)
    open_lines = {line.key for line in missing}
    return {
        "evaluation": evaluation,
        "patient": evaluation.patient,
        "site": evaluation.patient.site,
        "missing": missing,
        "answered": len(CONTRAINDICATIONS) - len(missing),
        "lines": len(CONTRAINDICATIONS),
        "findings": _grouped([each for each in found if each.key not in open_lines], evaluation),
        "outcomes": _outcomes(evaluation, found),
        "wanted": evaluation_facts.wanted_tests(evaluation, answers),
    }


def _grouped(found: list[Finding], evaluation: Evaluation) -> list[dict[str, Any]]:
    """The findings under a heading for each kind of them; what has been explained no longer asks for anything."""
    explained = bool(evaluation.rationale.strip())
    headings = (
        ("stop", "Rules it out, or is missing", {Severity.BLOCK}),
        ("warn", "Needs its reason on the line", {Severity.LINE}),
        ("warn", "Not known: only with conditions", {Severity.CONDITION}),
        ("ok", "Explained by your rationale", {Severity.EXPLAIN, Severity.MISSING})
        if explained
        else ("warn", "Needs your rationale", {Severity.EXPLAIN, Severity.MISSING}),
        ("info", "Good to know", {Severity.NOTE}),
    )
    return [
        {"meaning": meaning, "title": title, "found": rows}
        for meaning, title, kinds in headings
        if (rows := [row for row in found if row.severity in kinds])
    ]


def _outcomes(evaluation: Evaluation, found: list[Finding]) -> list[dict[str, Any]]:
    """What may be signed now, with what follows; and why not, where it may not."""
    until = f"{evaluations.would_hold_until(evaluation):%-d %b %Y}"
    words = {
        State.ELIGIBLE: f"A series can be booked, with the first infusion until {until}.",
        State.CONDITIONAL: f"A series can be booked until {until}; no infusion starts before the conditions are met.",
        State.DEFERRED: "Nothing can be booked. You are reminded on the day you named.",
        State.INELIGIBLE: "Nothing can be booked. Only a new evaluation changes that.",
    }
    return [
        {"value": value, "label": value.label, "follows": follows, "why_not": _why_not(evaluation, value, found)}
        for value, follows in words.items()
    ]


_SAID = (
    (Severity.BLOCK, "Something rules it out, or is missing."),
    (Severity.LINE, "A line of the checklist has no reason yet."),
    (Severity.CONDITION, "Something absolute is not known."),
    (Severity.MISSING, "Something is missing: write why, or make it a condition."),
    (Severity.EXPLAIN, "The rationale is missing."),
)


NAMED = 2
"""So many of the things that stop a signature are named; how many more there are is said."""


def _why_not(evaluation: Evaluation, outcome: Evaluation.State, found: Sequence[Finding]) -> str:
    """The first reason why an outcome can't be signed, and what it is about; the verb has the last word."""
    explained = bool(evaluation.rationale.strip())
    if outcome in validity.FAVORABLE:
        stops = evaluation_facts.stopping(outcome, explained=explained) & {finding.severity for finding in found}
        stopped = next((f"{words} {_named(found, severity)}" for severity, words in _SAID if severity in stops), "")
        if not stopped and outcome == State.CONDITIONAL:
            return evaluation_conditions.wrong_with(evaluation, evaluation.patient.site.today())
        return stopped
    if eligibility.unanswered(evaluations.answers_of(evaluation)):
        return "The checklist has open lines."
    if not explained:
        return "Write the reason as rationale."
    return "Write the day to look at it again." if outcome == State.DEFERRED and not evaluation.revisit_on else ""


def _named(found: Sequence[Finding], severity: Severity) -> str:
    facts = [finding.fact for finding in found if finding.severity is severity]
    more = len(facts) - NAMED
    return " ".join([*facts[:NAMED], *([f"And {more} more."] if more > 0 else [])])


def _story(patient: Patient) -> dict[str, Any]:
    """What was recorded elsewhere and is read here."""
    latest = [measures.latest(patient, key) for key in (*ASKED, Instrument.ASQ)]
    standings = evaluation_facts.trial_standings(patient)
    rows = patient.trials.filter(entered_in_error_at__isnull=True)
    return {
        "standings": standings,
        "trials": [
            {"row": row, "trial": judged[0].trial, "judged": judged}
            for row, *judged in zip(rows, *(standing.judgements for standing in standings), strict=True)
        ],
        "instruments": [(key.value, key.label) for key in ASKED],
        "measures": [measures.reading(found) for found in latest if found],
        "alert": alerts.gravest(patient),
        "results": labs.kept(patient)[:12],
        "clinicians": patient.contacts.filter(kind=Contact.Kind.CLINICIAN, is_active=True)[:6],
    }


def _checklist(evaluation: Evaluation, typed: Mapping[str, Said]) -> list[dict[str, Any]]:
    given = {row.key: row for row in evaluation.answers.select_related("answered_by")}
    told = evidence.of(evaluation.patient)
    rows = [_line(rule, given.get(rule.key), typed.get(rule.key), told.get(rule.key, ())) for rule in CONTRAINDICATIONS]
    return [
        {
            "title": "Rules the treatment out",
            "help": "One yes means: deferred or ineligible.",
            "rows": [row for row in rows if row.rule.absolute],
        },
        {
            "title": "Needs a written reason",
            "help": "A yes is no obstacle once the line says why.",
            "rows": [row for row in rows if not row.rule.absolute],
        },
    ]


def _line(rule: Contraindication, row: EvaluationAnswer | None, typed: Said | None, told: Sequence[Evidence]) -> Line:
    stands = Said(row.answer, row.note, row.source) if row else Said("")
    return Line(rule, typed or stands, row, told)


def differences(evaluation: Evaluation, form: EvaluationForm, typed: Typed) -> list[Difference]:
    """Where the record and what was typed part ways: (label, in the record, typed)."""
    found = []
    for name, part in form.fields.items():
        theirs, mine = getattr(evaluation, name), form.cleaned_data.get(name)
        if name not in form.errors and (theirs or "") != (mine or ""):
            found.append(Difference(str(part.label or form[name].label), theirs, mine))
    stands = {row.key: Said(row.answer, row.note, row.source) for row in evaluation.answers.all()}
    for key, mine in typed.answers.items():
        theirs = stands.get(key, Said(""))
        if theirs != mine._replace(note=mine.note.strip()):
            found.append(Difference(BY_KEY[key].label, _words(theirs), _words(mine)))
    kept = [row for row in condition_rows(evaluation) if row.text]
    if typed.conditions is not None and kept != list(typed.conditions):
        found.append(Difference("Conditions", _listed(kept), _listed(typed.conditions)))
    return found


def _words(said: Said) -> str:
    if not said.answer:
        return ""
    answer, source = EvaluationAnswer.Answer(said.answer).label, dict(EvaluationAnswer.Source.choices).get(said.source)
    return ". ".join(str(part) for part in (answer, said.note, source) if part)


def _listed(rows: Sequence[Wanted]) -> str:
    return "; ".join(f"{row.text}, until {row.due_on or 'no day'}" for row in rows)


def signed(evaluation: Evaluation, reader: User) -> dict[str, Any]:
    """The page of a signed evaluation, or of one that the reader may not write."""
    rows = {row.key: row for row in evaluation.answers.select_related("answered_by")}
    lines = [_line(rule, rows[rule.key], None, ()) for rule in CONTRAINDICATIONS if rule.key in rows]
    favorable = evaluation.state in validity.FAVORABLE
    superseded_by = getattr(evaluation, "superseded_by", None)
    stands = evaluation.signed_at is not None and superseded_by is None
    conditions = list(evaluation.conditions.select_related("owner", "met_by"))
    for condition in conditions:
        condition.evaluation = evaluation
    return {
        "evaluation": evaluation,
        "patient": evaluation.patient,
        "site": evaluation.patient.site,
        "notable": [line for line in lines if line.said.answer != "no"],
        "plain": [line for line in lines if line.said.answer == "no"],
        "superseded_by": superseded_by,
        "gate": validity.gate_of(evaluation, evaluation.patient.site.today(), booster=True) if stands else None,
        "booster_until": evaluations.last_day(evaluation, booster=True) if favorable else None,
        "conditions": [(row, row.met_at is None and _may_meet(row, reader, stands)) for row in conditions],
        "reopenings": evaluation.reopenings.select_related("opened_by", "reviewed_by"),
        "still_open": stands and reopenings.waiting_for(evaluation.patient).exists(),
        "tells_all": can(reader, Action.RUN_INFUSION, evaluation.patient.site),
    }


def _may_meet(condition: EvaluationCondition, reader: User, stands: bool) -> bool:
    return stands and evaluation_conditions.may_meet(condition, reader)
