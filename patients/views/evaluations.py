"""The evaluation page: written, kept as it is typed, signed; its conditions met, what is new looked at."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic import clock
from clinic.access import acting_user
from clinic.errors import DomainError, Invalid
from clinic.policy import Action, can
from patients import evaluation_conditions, evaluations, reopenings
from patients.access import patient_or_404
from patients.evaluations import StaleVersion
from patients.forms.evaluation import EvaluationForm, typed_answers, typed_conditions
from patients.models import Evaluation, EvaluationCondition
from patients.views.evaluation_page import Difference, Typed, differences, live, page, signed


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
        return _signed(request, evaluation)
    return _page(request, evaluation, EvaluationForm.of(evaluation))


def _signed(request: HttpRequest, evaluation: Evaluation, *, trouble: str = "", status: int = 200) -> HttpResponse:
    reader = acting_user(request)
    may_write = can(reader, Action.EVALUATE, evaluation.patient.site)
    context = signed(evaluation, reader) | {"may_write": may_write, "trouble": trouble}
    return render(request, "patients/evaluation/signed.html", context, status=status)


@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was typed. By htmx while typing; as a plain form when there is no script."""
    form = EvaluationForm(request.POST)
    typed = Typed(typed_answers(request.POST), typed_conditions(request.POST))
    evaluation, conflict = None, None
    try:
        evaluation = _save_what_is_right(request, pk, form, typed)
    except StaleVersion as error:
        evaluation = evaluation_or_404(pk, request)
        conflict = error
    status = 409 if conflict else 422 if form.errors else 200
    parted = differences(evaluation, form, typed) if conflict else []
    if request.htmx:  # type: ignore[attr-defined]
        context = live(evaluation) | {
            "form": form,
            "conflict": conflict,
            "differences": parted,
            "saved_at": None if conflict else clock.now(),
        }
        return render(request, "patients/evaluation/answer.html", context, status=status)
    if status == 200:
        return redirect("patients:evaluation", pk)
    return _page(request, evaluation, form, status=status, refusal=conflict, parted=parted, typed=typed)


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        version = int(request.POST.get("version", ""))
        made = evaluations.sign(
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
    return redirect("patients:evaluation", made.pk)


@require_POST
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lay the draft before whoever signs, or take it back."""
    verb = evaluations.reopen if request.POST.get("to") == Evaluation.State.DRAFT else evaluations.submit
    verb(evaluation_id=pk, by=acting_user(request))
    return redirect("patients:evaluation", pk)


@require_POST
def still_eligible(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A provider has looked at what is new."""
    evaluation = evaluation_or_404(pk, request)
    patient_or_404(request, evaluation.patient_id, what="evaluation")
    try:
        reopenings.review(evaluation_id=pk, note=request.POST.get("note", ""), by=acting_user(request))
    except Invalid as error:
        return _signed(request, evaluation, trouble=error.fields["note"], status=error.status)
    messages.success(request, "Written down. The evaluation holds again.")
    return redirect("patients:evaluation", pk)


@require_POST
def condition_met(request: HttpRequest, pk: UUID) -> HttpResponse:
    condition = (
        EvaluationCondition.objects.filter(pk=pk, evaluation__patient__site__in=acting_user(request).site_ids)
        .values("evaluation", "evaluation__patient")
        .first()
    )
    if condition is None:
        raise Http404
    patient_or_404(request, condition["evaluation__patient"], what="evaluation")
    try:
        evaluation_conditions.met(condition_id=pk, how=request.POST.get("how", ""), by=acting_user(request))
    except Invalid as error:
        evaluation = evaluation_or_404(condition["evaluation"], request)
        return _signed(request, evaluation, trouble=error.fields["how"], status=error.status)
    messages.success(request, "The condition is met.")
    return redirect("patients:evaluation", condition["evaluation"])


def _save_what_is_right(request: HttpRequest, pk: UUID, form: EvaluationForm, typed: Typed) -> Evaluation:
    """Save every field that can be taken; the others stay on the page with their sentence."""
    form.is_valid()
    try:
        version = int(request.POST.get("version", ""))
    except ValueError:
        raise Http404 from None
    conditions = typed.conditions
    while True:
        fields = {name: value for name, value in form.cleaned_data.items() if name not in form.errors}
        try:
            return evaluations.save_draft(
                evaluation_id=pk,
                by=acting_user(request),
                version=version,
                answers=typed.answers,
                conditions=conditions,
                **fields,
            )
        except Invalid as error:
            if "conditions" in error.fields and conditions is not None:
                form.add_error(None, error.fields["conditions"])
                conditions = None
            elif set(error.fields) & set(fields):
                form.refuse(error)
            else:
                raise


def _page(
    request: HttpRequest,
    evaluation: Evaluation,
    form: EvaluationForm,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
    parted: list[Difference] | None = None,
    typed: Typed | None = None,
) -> HttpResponse:
    context = page(evaluation, form, typed or Typed()) | {"refusal": refusal, "differences": parted or []}
    return render(request, "patients/evaluation/write.html", context, status=status)
