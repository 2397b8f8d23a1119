"""What is known of a person's past, for those who treat them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import DomainError, Invalid
from clinic.policy import Action, can
from patients import history, intake
from patients.access import patient_or_404
from patients.forms.history import FORMS
from patients.models import Condition, Medication, Patient

ADD: dict[str, Callable[..., history.Row]] = {
    "condition": history.add_condition,
    "medication": history.add_medication,
    "allergy": history.add_allergy,
    "trial": history.add_trial,
}
TITLES = {
    "allergy": ("Allergies", "No allergy is recorded", "Add an allergy"),
    "medication": ("Medicines", "No medicine is recorded", "Add a medicine"),
    "condition": ("Conditions", "No condition is recorded", "Add a condition"),
    "trial": ("Treatments tried", "No treatment is recorded", "Add a treatment"),
}
MOST = 200


def _page(
    request: HttpRequest, patient: Patient, *, form: Any = None, kind: str = "", trouble: str = "", status: int = 200
) -> HttpResponse:
    rows: dict[str, Any] = {
        "allergy": patient.allergies,
        "medication": patient.medications,
        "condition": patient.conditions,
        "trial": patient.trials,
    }
    parts: list[dict[str, Any]] = [
        {
            "kind": key,
            "title": title,
            "empty": empty,
            "add": add,
            "template": f"patients/history/{key}.html",
            "rows": sorted(
                rows[key].select_related("entered_in_error_by")[:MOST],
                key=lambda row: row.entered_in_error_at is not None,
            ),
            "form": form if key == kind else FORMS[key](auto_id=f"{key}_%s"),
            "open": key == kind,
        }
        for key, (title, empty, add) in TITLES.items()
    ]
    told = intake.unconfirmed(patient)
    for part in parts:
        for row in part["rows"]:
            row.to_confirm = told.get(row.pk)
        part["count"] = sum(1 for row in part["rows"] if row.entered_in_error_at is None)
    context = {
        "patient": patient,
        "parts": parts,
        "past": patient.past_observations.filter(entered_in_error_at=None)[:MOST],
        "trouble": trouble,
        "may_write": can(acting_user(request), Action.RECORD_HISTORY, patient.site),
        "today": patient.site.today(),
    }
    return render(request, "patients/history.html", context, status=status)


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, patient_or_404(request, pk, what="history"))


@require_POST
def add(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise Http404
    patient = patient_or_404(request, pk, what="history")
    form: Any = FORMS[kind](request.POST, auto_id=f"{kind}_%s")
    if form.is_valid():
        values = form.values() if hasattr(form, "values") else form.cleaned_data
        try:
            ADD[kind](patient_id=pk, by=acting_user(request), **values)
        except Invalid as error:
            form.refuse(error)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("patients:history", pk)
    return _page(request, patient, form=form, kind=kind, status=422)


def _row_or_404(request: HttpRequest, kind: str, pk: UUID) -> history.Row:
    row = history.row_or_none(kind, pk, acting_user(request))
    if row is None:
        raise Http404
    return row


@require_POST
def in_error(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    row = _row_or_404(request, kind, pk)
    patient = patient_or_404(request, row.patient_id, what="history")
    try:
        history.mark_in_error(record=row, reason=request.POST.get("reason", ""), by=acting_user(request))
    except DomainError as error:
        return _page(request, patient, trouble=error.sentence, status=error.status)
    return redirect("patients:history", patient.pk)


@require_POST
def take_back(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    row = _row_or_404(request, kind, pk)
    history.take_back_error(record=row, by=acting_user(request))
    return redirect("patients:history", row.patient_id)


@require_POST
def end(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    row = _row_or_404(request, kind, pk)
    if not isinstance(row, Condition | Medication):
        raise Http404
    patient = patient_or_404(request, row.patient_id, what="history")
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        return _page(request, patient, trouble="This is not a date. Write it like 2026-02-09.", status=422)
    try:
        history.end(record=row, on=on, by=acting_user(request))
    except DomainError as error:
        return _page(request, patient, trouble=error.sentence, status=error.status)
    return redirect("patients:history", patient.pk)
