"""The outcome picture of one patient, and what is written down beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.counting import beginning
from clinic.errors import DomainError, Invalid
from clinic.policy import Action, can
from journey.outcomes import reading
from journey.outcomes.forms import GoalForm, LifeForm, NoticedForm, RatingForm, WhyForm
from patients import goals
from patients.access import patient_or_404
from patients.models import Patient

READ = "outcome picture"
ROWS = 200
# What can be added: its form, the verb that keeps it, and what is said then.
ADD: dict[str, tuple[type[forms.Form], Callable[..., object], str]] = {
    "goal": (GoalForm, goals.add_goal, "The goal is written down."),
    "noticed": (NoticedForm, goals.notice, "Kept: what was noticed."),
    "life": (LifeForm, goals.add_life_event, "The day is marked in the picture."),
}


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Scores over time with what was given and what happened; `measure` and `span` choose. The lines of the table from
    `since` on come by themselves when htmx asks.
    """
    patient, since = patient_or_404(request, pk, what=READ), beginning(request.GET.get("since", ""))
    if since and request.headers.get("HX-Request"):
        rows = reading.rows_of(patient, **_asked(request))
        context = {"patient": patient, "site": patient.site, **_part(rows, since)}
        return render(request, "journey/_outcome_rows.html", context)
    return page(request, patient)


@require_POST
def add(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    if kind not in ADD:
        raise Http404
    patient = patient_or_404(request, pk, what=READ)
    make, verb, said = ADD[kind]
    form = make(request.POST, auto_id=f"{kind}_%s")
    return _kept(request, patient, kind, form, lambda typed: verb(patient_id=pk, **typed), said)


@require_POST
def rate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say how near a goal is today."""
    patient = _patient_or_404(request, "goal", pk)
    form = RatingForm(request.POST, auto_id=f"rate_{pk}_%s")
    return _kept(request, patient, str(pk), form, lambda typed: goals.rate(goal_id=pk, **typed), "The rating is kept.")


@require_http_methods(["GET", "POST"])
def in_error(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """Take a row out of the picture, with the reason; it stays in the record."""
    patient = _patient_or_404(request, kind, pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            goals.mark_in_error(kind=kind, pk=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "Marked as an error. It stays in the record, out of the picture.")
            return redirect("journey:outcome", patient.pk)
    row = goals.KINDS[kind]._default_manager.get(pk=pk)
    context = {"patient": patient, "form": form, "row": row}
    return render(request, "journey/outcome_error.html", context, status=422 if form.errors else 200)


def _patient_or_404(request: HttpRequest, kind: str, pk: UUID) -> Patient:
    found = goals.patient_of(kind, pk, acting_user(request))
    if found is None:
        raise Http404
    return patient_or_404(request, found.pk, what=READ)


def _kept(
    request: HttpRequest,
    patient: Patient,
    opened: str,
    form: forms.Form,
    verb: Callable[[dict[str, Any]], object],
    said: str,
) -> HttpResponse:
    """Call the verb with what was typed; what it refuses comes back beside its field, and nothing is lost."""
    if form.is_valid():
        try:
            verb({**form.cleaned_data, "by": acting_user(request)})
        except Invalid as error:
            form.refuse(error)  # type: ignore[attr-defined]
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, said)
            return redirect("journey:outcome", patient.pk)
    return page(request, patient, opened=opened, form=form, status=422)


def page(
    request: HttpRequest,
    patient: Patient,
    *,
    opened: str = "",
    form: forms.Form | None = None,
    address: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page; `address` is that of a link made just now, to be copied."""
    user = acting_user(request)
    outcome = reading.read(patient, **_asked(request))
    sheets: dict[str, Any] = {
        kind: form if opened == kind else make(auto_id=f"{kind}_%s") for kind, (make, _, _) in ADD.items()
    }
    rating = {
        story.goal.pk: form if opened == str(story.goal.pk) else RatingForm(auto_id=f"rate_{story.goal.pk}_%s")
        for story in outcome.goals
    }
    context = {
        "patient": patient,
        "site": patient.site,
        "outcome": outcome,
        **_part(outcome.rows, beginning(request.GET.get("since", ""))),
        "spans": [(key, label, key == outcome.span) for key, label in reading.SPANS.items()],
        "goals": [(story, rating[story.goal.pk], opened == str(story.goal.pk)) for story in outcome.goals],
        "sheets": sheets,
        "opened": opened,
        "may_write": can(user, Action.RECORD_PROGRESS, patient.site),
        "link": reading.shared_link(patient),
        "address": address,
    }
    return render(request, "journey/outcome.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {"instrument": request.GET.get("measure", ""), "span": request.GET.get("span", "")}


def _part(rows: Sequence[reading.Row], since: int) -> dict[str, object]:
    """So many lines as are read at once, and where those after them begin."""
    until = since + ROWS
    return {"rows": rows[since:until], "rest": until if until < len(rows) else None}
