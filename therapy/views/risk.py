"""The risk questions, asked on the page of the session and kept with the patient’s questionnaires."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic import clock
from clinic.access import acting_user
from clinic.errors import Invalid
from patients import instruments, measures
from patients.forms.clinical import MeasureForm
from patients.models import MeasureResponse
from therapy import drafts
from therapy.models import SessionNote, TherapySession
from therapy.note_forms import NoteForm
from therapy.views import parts
from therapy.views.sessions import session_or_404

SCREENER = MeasureResponse.Instrument.CSSRS


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET asks them in their place (`?close=1` puts the place back); POST keeps the answers."""
    found = session_or_404(request, pk)
    if "close" in request.GET:
        return _place(request, found)
    timepoint = request.POST.get("timepoint", "")
    if timepoint not in measures.Timepoint.values:
        timepoint = measures.occasion(found.patient, SCREENER, clock.now())
    wording = instruments.wording(SCREENER, timepoint, "en")
    asked = _asked(found)
    form = MeasureForm(request.POST or None, site=found.patient.site, instrument=wording, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            measures.record(
                patient_id=found.patient_id,
                instrument=SCREENER,
                items=form.answers,
                timepoint=timepoint,
                observed_at=form.observed_at,
                by=acting_user(request),
                language=wording.language,
            )
            return _place(request, found)
        except Invalid as error:
            form.refuse(error)
    context = {"session": found, "instrument": wording, "form": form, "timepoint": timepoint, "later": bool(asked)}
    return render(request, "therapy/note/ask.html", context, status=422 if form.errors else 200)


def _asked(found: TherapySession) -> dict[str, Any]:
    """Of a session of an earlier day the answers are written down later: they count for the day of the session."""
    site, visit = found.series.site, found.appointment
    if visit is None or visit.ends_at >= site.day_bounds(site.today())[0]:
        return {}
    began = site.local(visit.starts_at)
    return {"day": began.date(), "at": began.time().replace(second=0, microsecond=0)}


def _place(request: HttpRequest, found: TherapySession) -> HttpResponse:
    kind = SessionNote.Kind.PROGRESS
    user = acting_user(request)
    draft = drafts.of(found, kind, user)
    form = NoteForm(session=found, kind=kind, draft=draft)
    context: dict[str, Any] = parts.kept(found, form, draft)
    return render(request, "therapy/note/risk_kept.html", context)
