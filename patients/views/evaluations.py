"""The evaluation page: written, kept as it is typed, signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic import clock, settings_versions
from clinic.access import acting_user
from clinic.errors import DomainError, Invalid
from clinic.policy import Action, can
from patients import alerts, evaluations, measures, rules
from patients.access import patient_or_404
from patients.evaluations import StaleVersion
from patients.forms.clinical import EvaluationForm, typed_answers
from patients.models import Evaluation, EvaluationAnswer, Patient
from patients.rules import Severity


@dataclass(frozen=True)
class Line:
    """One row of the checklist as the page shows it."""

    rule: rules.Contraindication
    answer: str
    note: str


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: object
    mine: object


def evaluation_or_404(pk: UUID, request: HttpRequest) -> Evaluation:
    found = (
        Evaluation.objects.select_related("patient__site", "signed_by", "entered_by", "supersedes", "superseded_by")
        .filter(pk=pk, patient__site__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    evaluation = evaluations.begin(patient_id=pk, observed_at=clock.now(), by=acting_user(request))
    return redirect("patients:evaluation", evaluation.pk)


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    evaluation = evaluation_or_404(pk, request)
    patient = patient_or_404(request, evaluation.patient_id, what="evaluation")
    may_write = can(request.user, Action.EVALUATE, patient.site)
    if evaluation.signed_at is not None or not may_write:
        context = _read_only(evaluation) | {"may_write": may_write}
        return render(request, "patients/evaluation/signed.html", context)
    return _page(request, evaluation, EvaluationForm.of(evaluation))


@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was typed. By htmx while typing; as a plain form when there is no script."""
    form = EvaluationForm(request.POST)
    evaluation, conflict = None, None
    try:
        evaluation = _save_what_is_right(request, pk, form)
    except StaleVersion as error:
        evaluation = evaluation_or_404(pk, request)
        conflict = error
    status = 409 if conflict else 422 if form.errors else 200
    if request.htmx:  # type: ignore[attr-defined]
        context = _live(evaluation) | {
            "form": form,
            "conflict": conflict,
            "differences": _differences(evaluation, form) if conflict else [],
            "saved_at": None if conflict else clock.now(),
        }
        return render(request, "patients/evaluation/answer.html", context, status=status)
    if status == 200:
        return redirect("patients:evaluation", pk)
    return _page(
        request,
        evaluation,
        form,
        status=status,
        refusal=conflict,
        differences=_differences(evaluation, form) if conflict else [],
        answers=typed_answers(request.POST),
    )


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        version = int(request.POST.get("version", ""))
        signed = evaluations.sign(
            evaluation_id=pk,
            outcome=request.POST.get("outcome", ""),
            by=acting_user(request),
            version=version,
        )
    except ValueError:
        raise Http404 from None
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        evaluation = evaluation_or_404(pk, request)
        if evaluation.signed_at is not None:
            raise
        form = EvaluationForm.of(evaluation)
        return _page(request, evaluation, form, status=error.status, refusal=error)
    return redirect("patients:evaluation", signed.pk)


@require_POST
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lay the draft before whoever signs, or take it back."""
    verb = evaluations.reopen if request.POST.get("to") == Evaluation.State.DRAFT else evaluations.submit
    verb(evaluation_id=pk, by=acting_user(request))
    return redirect("patients:evaluation", pk)


def _save_what_is_right(request: HttpRequest, pk: UUID, form: EvaluationForm) -> Evaluation:
    """Save every field that can be taken; the others stay on the page with their sentence."""
    form.is_valid()
    answers = typed_answers(request.POST)
    try:
        version = int(request.POST.get("version", ""))
    except ValueError:
        raise Http404 from None
    while True:
        fields = {name: value for name, value in form.cleaned_data.items() if name not in form.errors}
        try:
            return evaluations.save_draft(
                evaluation_id=pk,
                by=acting_user(request),
                version=version,
                answers=answers,
                **fields,
            )
        except Invalid as error:
            if not set(error.fields) & set(fields):
                raise
            form.refuse(error)


def _page(
    request: HttpRequest,
    evaluation: Evaluation,
    form: EvaluationForm,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
    differences: list[Difference] | None = None,
    answers: dict[str, tuple[str, str]] | None = None,
) -> HttpResponse:
    context = (
        _live(evaluation)
        | _story(evaluation.patient)
        | {
            "form": form,
            "refusal": refusal,
            "differences": differences or [],
            "groups": _checklist(evaluation, answers),
            "answer_choices": EvaluationAnswer.Answer.choices,
            "instruments": measures.Instrument.choices,
        }
    )
    return render(request, "patients/evaluation/write.html", context, status=status)


def _live(evaluation: Evaluation) -> dict[str, Any]:
    """What changes with every save: the findings and what may be signed."""
    found = evaluations.findings(evaluation)
    answers = evaluations.answers_of(evaluation)
    missing = rules.unanswered(answers)
    open_lines = {line.key for line in missing}
    shown = [finding for finding in found if finding.key not in open_lines]
    return {
        "evaluation": evaluation,
        "patient": evaluation.patient,
        "site": evaluation.patient.site,
        "missing": missing,
        "answered": len(rules.CONTRAINDICATIONS) - len(missing),
        "lines": len(rules.CONTRAINDICATIONS),
        "findings": _grouped(shown, explained=bool(evaluation.rationale.strip())),
        "outcomes": _outcomes(evaluation, found),
    }


def _grouped(found: list[rules.Finding], *, explained: bool) -> list[dict[str, Any]]:
    """The findings under a heading for each kind of them; what has been explained no longer asks for anything."""
    headings = (
        ("stop", "Rules it out, or is missing", Severity.BLOCK),
        ("warn", "Not known: only with conditions", Severity.CONDITION),
        ("ok", "Explained by your rationale", Severity.EXPLAIN)
        if explained
        else ("warn", "Needs your rationale", Severity.EXPLAIN),
        ("info", "Good to know", Severity.NOTE),
    )
    return [
        {"meaning": meaning, "title": title, "found": rows}
        for meaning, title, kind in headings
        if (rows := [row for row in found if row.severity is kind])
    ]


def _outcomes(evaluation: Evaluation, found: list[rules.Finding]) -> list[dict[str, Any]]:
    """What may be signed now, with what follows; and why not, where it may not."""
    state = Evaluation.State
    until = f"{evaluations.would_hold_until(evaluation):%-d %b %Y}"
    words = {
        state.ELIGIBLE: f"A series can be booked, with the first infusion until {until}.",
        state.CONDITIONAL: f"A series can be booked until {until}; the conditions stand in the chart.",
        state.DEFERRED: "Nothing can be booked. You look at it again on the day you named.",
        state.INELIGIBLE: "Nothing can be booked. Only a new evaluation changes that.",
    }
    why_not = _why_not(evaluation, {finding.severity for finding in found})
    return [
        {"value": value, "label": value.label, "follows": follows, "why_not": why_not[value]}
        for value, follows in words.items()
    ]


def _why_not(evaluation: Evaluation, kinds: set[Severity]) -> dict[str, str]:
    """The first reason why each outcome can't be signed; the verb has the last word."""
    state = Evaluation.State
    explained = bool(evaluation.rationale.strip())
    stopped = "Something rules it out, or is missing." if Severity.BLOCK in kinds else ""
    if not stopped and Severity.EXPLAIN in kinds and not explained:
        stopped = "The rationale is missing."
    unknown = "Something absolute is not known." if Severity.CONDITION in kinds else ""
    refusing = "The checklist has open lines." if rules.unanswered(evaluations.answers_of(evaluation)) else ""
    if not refusing and not explained:
        refusing = "Write the reason as rationale."
    return {
        state.ELIGIBLE: stopped or unknown,
        state.CONDITIONAL: stopped or ("" if evaluation.conditions_to_meet.strip() else "Write the conditions."),
        state.DEFERRED: refusing or ("" if evaluation.revisit_on else "Write the day to look at it again."),
        state.INELIGIBLE: refusing,
    }


def _story(patient: Patient) -> dict[str, Any]:
    """What was recorded elsewhere and is read here."""
    latest = {key: measures.latest(patient, key) for key in ("phq9", "gad7", "cssrs")}
    return {
        "trials": evaluations.trial_judgements(patient),
        "min_weeks": settings_versions.current(patient.site).trd_min_weeks,
        "measures": [measures.reading(found) for found in latest.values() if found],
        "alert": alerts.gravest(patient),
    }


def _checklist(evaluation: Evaluation, typed: dict[str, tuple[str, str]] | None = None) -> list[dict[str, Any]]:
    given = evaluations.answers_of(evaluation) | (typed or {})
    rows = [Line(rule, *given.get(rule.key, ("", ""))) for rule in rules.CONTRAINDICATIONS]
    return [
        {
            "title": "Rules the treatment out",
            "help": "One yes means: deferred or ineligible.",
            "rows": [row for row in rows if row.rule.absolute],
        },
        {
            "title": "Needs a written reason",
            "help": "A yes is no obstacle once you have written why.",
            "rows": [row for row in rows if not row.rule.absolute],
        },
    ]


def _differences(evaluation: Evaluation, form: EvaluationForm) -> list[Difference]:
    """Where the record and what was typed part ways: (label, in the record, typed)."""
    found = []
    for name, field in form.fields.items():
        theirs, mine = getattr(evaluation, name), form.cleaned_data.get(name)
        if name not in form.errors and (theirs or "") != (mine or ""):
            found.append(Difference(str(field.label or form[name].label), theirs, mine))
    theirs_lines = evaluations.answers_of(evaluation)
    for key, (answer, note) in typed_answers(form.data).items():
        if theirs_lines.get(key, ("", "")) != (answer, note.strip()):
            before = " ".join(theirs_lines.get(key, ("", ""))).strip()
            found.append(Difference(rules.BY_KEY[key].label, before, f"{answer} {note}".strip()))
    return found


def _read_only(evaluation: Evaluation) -> dict[str, Any]:
    answers = evaluations.answers_of(evaluation)
    rows = [Line(rule, *answers[rule.key]) for rule in rules.CONTRAINDICATIONS if rule.key in answers]
    favorable = evaluation.state in evaluations.FAVORABLE
    return {
        "evaluation": evaluation,
        "patient": evaluation.patient,
        "site": evaluation.patient.site,
        "notable": [row for row in rows if row.answer != "no"],
        "plain": sum(row.answer == "no" for row in rows),
        "superseded_by": getattr(evaluation, "superseded_by", None),
        "in_force": evaluations.in_force(evaluation.patient, evaluation.patient.site.today()) == evaluation,
        "booster_until": evaluations.last_day(evaluation, booster=True) if favorable else None,
    }
