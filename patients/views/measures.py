"""Questionnaires asked by staff at a tablet, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user
from clinic.errors import Invalid
from patients import alerts, instruments, measures
from patients.access import patient_or_404
from patients.forms.clinical import MeasureForm
from patients.models import MeasureResponse, Patient, SafetyAlert

Instrument = MeasureResponse.Instrument
Timepoint = MeasureResponse.Timepoint
RECALL = timedelta(days=14)  # the PHQ-9 asks about two weeks


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="questionnaire")
    key, timepoint = _asked_for(request, patient)
    form = MeasureForm(
        request.POST or None,
        site=patient.site,
        instrument=instruments.wording(key, timepoint),
    )
    if request.method == "POST" and form.is_valid():
        try:
            response = measures.record(
                patient_id=patient.pk,
                instrument=key,
                items=form.answers,
                timepoint=timepoint,
                observed_at=form.observed_at,
                by=acting_user(request),
            )
            return redirect(_with_next(reverse("patients:measure", args=[response.pk]), request))
        except Invalid as error:
            form.refuse(error)
    context = _tabs(request, patient, key, timepoint) | {
        "patient": patient,
        "site": patient.site,
        "form": form,
        "instrument": form.instrument,
        "repeat_of": _recent(patient, key),
    }
    return render(
        request,
        "patients/measure_new.html",
        context,
        status=422 if form.errors else 200,
    )


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    response = (
        MeasureResponse.objects.select_related("patient__site", "entered_by")
        .filter(pk=pk, patient__site__in=acting_user(request).site_ids)
        .first()
    )
    if response is None:
        raise Http404
    patient = patient_or_404(request, response.patient_id, what="questionnaire")
    alert = SafetyAlert.objects.filter(measure=response).first() or response.graded_alerts.first()  # fmt: skip
    context = {
        "patient": patient,
        "site": patient.site,
        "response": response,
        "reading": measures.reading(response),
        "answers": _answers(response),
        "alert": alert,
        "steps": alerts.NEXT_STEPS[alert.grade] if alert else (),
        "next_url": _next(request),
        "others": _others(request, response),
    }
    return render(request, "patients/measure.html", context)


def _asked_for(request: HttpRequest, patient: Patient) -> tuple[str, str]:
    """Which questionnaire and which occasion; unknown names give the first."""
    asked = request.POST if request.method == "POST" else request.GET
    key = asked.get("instrument", "")
    timepoint = asked.get("timepoint", "")
    if key not in Instrument.values:
        key = Instrument.PHQ9
    if timepoint not in Timepoint.values:
        timepoint = Timepoint.FOLLOW_UP if measures.baseline(patient) else Timepoint.BASELINE
    return key, timepoint


def _tabs(request: HttpRequest, patient: Patient, key: str, timepoint: str) -> dict[str, Any]:
    here = reverse("patients:measure-new", args=[patient.pk])

    def address(instrument: str, when: str) -> str:
        query = {"instrument": instrument, "timepoint": when}
        if onward := _next(request):
            query["next"] = onward
        return f"{here}?{urlencode(query)}"

    return {
        "timepoint": timepoint,
        "next_url": _next(request),
        "instrument_tabs": [(label, address(value, timepoint), value == key) for value, label in Instrument.choices],
        "timepoint_tabs": [(label, address(key, value), value == timepoint) for value, label in Timepoint.choices],
    }


def _recent(patient: Patient, key: str) -> MeasureResponse | None:
    """An earlier one within the recall window, of which the page speaks; the wording never changes."""
    last = measures.latest(patient, key)
    if key == Instrument.CSSRS or last is None:
        return None
    return last if patient.site.today() - patient.site.local(last.observed_at).date() < RECALL else None


def _answers(response: MeasureResponse) -> list[tuple[int, str, str]]:
    asked = instruments.stored(response.instrument, response.version)
    return [
        (item.number, item.text, dict(item.options).get(value, "Not asked"))
        for item, value in zip(asked.items, response.items, strict=True)
    ]


def _others(request: HttpRequest, response: MeasureResponse) -> list[tuple[str, str, bool]]:
    """The other questionnaires of the same occasion; the screener first where an alert waits for it."""
    done = set(
        measures.kept(response.patient)
        .filter(
            observed_at__gte=response.observed_at - measures.SAME_VISIT,
            timepoint=response.timepoint,
        )
        .values_list("instrument", flat=True)
    )
    here = reverse("patients:measure-new", args=[response.patient_id])
    found = []
    for value, label in reversed(Instrument.choices):
        if value not in done:
            address = f"{here}?instrument={value}&timepoint={response.timepoint}"
            urgent = (
                value == Instrument.CSSRS
                and alerts.open_alerts(response.patient).filter(grade=SafetyAlert.Grade.UNSCREENED).exists()
            )
            found.append((label, _with_next(address, request), urgent))
    return found


def _next(request: HttpRequest) -> str:
    """Where the person came from, if it is a page of this house."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""


def _with_next(address: str, request: HttpRequest) -> str:
    onward = _next(request)
    if not onward:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'next': onward})}"
