"""Questionnaires asked by staff at a tablet, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_http_methods

from clinic import clock
from clinic.access import acting_user
from clinic.errors import Invalid
from patients import alerts, instruments, measure_plan, measures, scoring
from patients.access import patient_or_404
from patients.forms.clinical import MeasureForm, ScoreForm
from patients.instruments import SCORES_ONLY
from patients.models import MeasureDue, MeasureResponse, Patient, SafetyAlert

Instrument = MeasureResponse.Instrument
Timepoint = MeasureResponse.Timepoint
TOGETHER = (Instrument.CSSRS, Instrument.GAD7, Instrument.PHQ9)  # what is asked in one sitting, the last first
CLUSTERS = {"B": "Intrusion (B)", "C": "Avoidance (C)", "D": "Thoughts and mood (D)", "E": "Arousal (E)"}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="questionnaire")
    due = measure_plan.due(patient)
    asked = _asked_for(request, patient, due)
    form = _form(request, patient, asked)
    if request.method == "POST" and form.is_valid():
        try:
            response = _record(request, patient, asked, form)
            return redirect(_with_next(reverse("patients:measure", args=[response.pk]), request))
        except Invalid as error:
            form.refuse(error)
    context = _tabs(request, patient, asked, due) | {
        "patient": patient,
        "site": patient.site,
        "form": form,
        "facts": instruments.FACTS[asked.instrument],
        "instrument": getattr(form, "instrument", None),
        "repeat_of": measures.earlier_within_recall(patient, asked.instrument, clock.now()),
    }
    page = "patients/score_new.html" if asked.instrument in instruments.SCORES_ONLY else "patients/measure_new.html"
    return render(request, page, context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Asked:
    instrument: str
    timepoint: str
    language: str


def _form(request: HttpRequest, patient: Patient, asked: Asked) -> MeasureForm | ScoreForm:
    data = request.POST or None
    if asked.instrument in instruments.SCORES_ONLY:
        return ScoreForm(data, site=patient.site, facts=instruments.FACTS[asked.instrument])
    wording = instruments.wording(asked.instrument, asked.timepoint, asked.language)
    return MeasureForm(data, site=patient.site, instrument=wording)


def _record(request: HttpRequest, patient: Patient, asked: Asked, form: MeasureForm | ScoreForm) -> MeasureResponse:
    if isinstance(form, ScoreForm):
        return measures.record_score(
            patient_id=patient.pk,
            instrument=asked.instrument,
            score=form.cleaned_data["score"],
            items=form.answers,
            timepoint=asked.timepoint,
            observed_at=form.observed_at,
            by=acting_user(request),
        )
    return measures.record(
        patient_id=patient.pk,
        instrument=asked.instrument,
        items=form.answers,
        timepoint=asked.timepoint,
        observed_at=form.observed_at,
        by=acting_user(request),
        language=form.instrument.language,
        difficulty=form.difficulty,
    )


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    response = (
        MeasureResponse.objects.select_related("patient__site", "entered_by", "link")
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
        "facts": instruments.FACTS[response.instrument],
        "is_repeat": measures.is_repeat(response),
        "clusters": _clusters(response),
        "difficulty": _difficulty(response),
    }
    return render(request, "patients/measure.html", context)


def _asked_for(request: HttpRequest, patient: Patient, due: list[MeasureDue]) -> Asked:
    """Which questionnaire, occasion and language; unknown names give what the plan asks for, else the PHQ-9."""
    asked = request.POST if request.method == "POST" else request.GET
    key = asked.get("instrument", "")
    if key not in Instrument.values:
        key = due[0].instrument if due else Instrument.PHQ9
    timepoint = asked.get("timepoint", "")
    if timepoint not in Timepoint.values:
        timepoint = measures.occasion(patient, key, clock.now())
    language = asked.get("language", "")
    return Asked(key, timepoint, language if language in instruments.LANGUAGES else "en")


def _tabs(request: HttpRequest, patient: Patient, asked: Asked, due: list[MeasureDue]) -> dict[str, Any]:
    here = reverse("patients:measure-new", args=[patient.pk])
    waiting = {row.instrument for row in due}

    def address(**changes: str) -> str:
        query = {"instrument": asked.instrument, "timepoint": asked.timepoint, "language": asked.language} | changes
        if onward := _next(request):
            query["next"] = onward
        return f"{here}?{urlencode(query)}"

    tabs = [
        (label, address(instrument=key), key == asked.instrument, key in waiting) for key, label in Instrument.choices
    ]
    names = {"en": "English", "es": "Español"}
    return {
        "timepoint": asked.timepoint,
        "language": asked.language,
        "next_url": _next(request),
        "instrument_tabs": [tab for tab, key in zip(tabs, Instrument.values, strict=True) if key not in SCORES_ONLY],
        "score_tabs": [tab for tab, key in zip(tabs, Instrument.values, strict=True) if key in SCORES_ONLY],
        "timepoint_tabs": [(label, address(timepoint=key), key == asked.timepoint) for key, label in Timepoint.choices],
        "language_tabs": [
            (names[key], address(language=key), key == asked.language)
            for key in instruments.LANGUAGES
            if instruments.speaks(asked.instrument, asked.timepoint, key)
        ],
    }


def _answers(response: MeasureResponse) -> list[tuple[int, str, str]]:
    if response.instrument in SCORES_ONLY:
        return [(place, f"Answer {place}", str(value)) for place, value in enumerate(response.items, 1)]
    asked = instruments.stored(response.instrument, response.version, response.language)
    return [
        (item.number, item.text, dict(item.options).get(value, "Not asked"))
        for item, value in zip(asked.items, response.items, strict=True)
    ]


def _clusters(response: MeasureResponse) -> list[tuple[str, int]]:
    if response.instrument != Instrument.PCL5:
        return []
    return [(CLUSTERS[name], points) for name, points in scoring.pcl5_clusters(response.items).items()]


def _difficulty(response: MeasureResponse) -> str:
    """The answer to the unscored item, in its words."""
    if response.difficulty is None:
        return ""
    extra = instruments.stored(response.instrument, response.version, response.language).extra
    return dict(extra.options)[response.difficulty] if extra else ""


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
    asked = [*TOGETHER, *(row.instrument for row in measure_plan.due(response.patient))]
    for value in dict.fromkeys(asked):
        label = Instrument(value).label
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
