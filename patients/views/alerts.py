"""A safety alert: what was answered, what is to be done, who does it, how it ended."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic import clock
from clinic.access import acting_user
from clinic.errors import Invalid, Refused
from clinic.policy import Action, can
from patients import alerts, instruments
from patients.access import patient_or_404
from patients.forms.clinical import ClearanceForm, OutcomeForm
from patients.models import MeasureResponse, SafetyAlert


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _alert_or_404(request, pk))


@require_POST
def acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    alerts.acknowledge(alert_id=pk, by=acting_user(request))
    return redirect("patients:alert", pk)


@require_POST
def clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ClearanceForm(request.POST)
    return _decide(
        request,
        pk,
        form,
        lambda: alerts.clear_for_infusion(alert_id=pk, note=request.POST.get("note", ""), by=acting_user(request)),
    )


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = OutcomeForm(request.POST)
    return _decide(
        request,
        pk,
        form,
        lambda: alerts.close(
            alert_id=pk,
            outcome=request.POST.get("outcome", ""),
            by=acting_user(request),
        ),
    )


def _decide(request: HttpRequest, pk: UUID, form: forms.Form, verb: Callable[[], SafetyAlert]) -> HttpResponse:
    """Call the verb; what it refuses comes back with what was typed."""
    try:
        verb()
    except Invalid as error:
        form.refuse(error)  # type: ignore[attr-defined]
        return _page(request, _alert_or_404(request, pk), form=form, status=422)
    except Refused as error:
        return _page(
            request,
            _alert_or_404(request, pk),
            form=form,
            refusal=error,
            status=error.status,
        )
    return redirect("patients:alert", pk)


def _alert_or_404(request: HttpRequest, pk: UUID) -> SafetyAlert:
    found = (
        SafetyAlert.objects.select_related(
            "patient__site",
            "measure",
            "screen",
            "acknowledged_by",
            "cleared_by",
            "closed_by",
        )
        .filter(pk=pk, patient__site__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    patient_or_404(request, found.patient_id, what="safety alert")
    return found


def _page(
    request: HttpRequest,
    alert: SafetyAlert,
    *,
    form: forms.Form | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    site = alert.patient.site
    grave = alert.grade in {SafetyAlert.Grade.HIGH, SafetyAlert.Grade.UNSCREENED}
    closing = Action.CLEAR_ALERT if grave else Action.CLOSE_ALERT
    context = {
        "alert": alert,
        "patient": alert.patient,
        "site": site,
        "steps": alerts.NEXT_STEPS[alert.grade],
        "said": _said(alert),
        "late": alert.acknowledged_at is None and clock.now() > alert.acknowledge_by,
        "refusal": refusal,
        "clearance": form if isinstance(form, ClearanceForm) else ClearanceForm(),
        "outcome": form if isinstance(form, OutcomeForm) else OutcomeForm(),
        "may_clear": can(request.user, Action.CLEAR_ALERT, site),
        "may_close": can(request.user, closing, site),
        "clearable": alert.grade in {SafetyAlert.Grade.LOW, SafetyAlert.Grade.MODERATE},
    }
    return render(request, "patients/alert.html", context, status=status)


def _said(alert: SafetyAlert) -> list[tuple[MeasureResponse, list[tuple[str, str]]]]:
    """The answers that opened or graded it, in the words of the questionnaire."""
    found: list[tuple[MeasureResponse, list[tuple[str, str]]]] = []
    for response in (alert.measure, alert.screen):
        if response is None or (found and found[-1][0] == response):
            continue
        asked = instruments.stored(response.instrument, response.version)
        pairs = list(zip(asked.items, response.items, strict=True))
        if response.instrument == MeasureResponse.Instrument.PHQ9:
            pairs = pairs[8:]
        found.append(
            (
                response,
                [(item.text, dict(item.options).get(value, "Not asked")) for item, value in pairs],
            )
        )
    return found
