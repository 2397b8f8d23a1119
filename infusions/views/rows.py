"""What is written while somebody sits in the chair: steps of the pump, vitals, events, answers, corrections.

Each of these may have waited on the tablet for the network, so each takes a key that makes a repeated send harmless,
and the moment of the press.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user, log_read
from clinic.errors import Invalid, NotFound
from clinic.models import User
from infusions import events, run, stays
from infusions import vitals as vitals_verbs
from infusions.forms.chair import ReasonForm, require_valid
from infusions.forms.rows import AnswerForm, CorrectionForm, EventForm, StepForm, VitalsForm
from infusions.models import Infusion, VitalSigns
from infusions.views.answering import answer as answer_with
from infusions.views.answering import answer_behind_lock, infusion_or_404

# The pump


def _step(request: HttpRequest, pk: UUID, step: Callable[..., object], *, says_why: bool = True) -> HttpResponse:
    form = StepForm(request.POST)

    def do(one: Infusion, by: User) -> None:
        require_valid(form)
        why = {"reason": form.cleaned_data["reason"]} if says_why else {}
        at, key = form.happened_at(one.appointment.site), form.cleaned_data["client_key"]
        step(infusion_id=one.pk, observed_at=at, by=by, client_key=key, **why)

    return answer_with(request, pk, do)


@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, run.pause)


@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, run.resume)


@require_POST
def complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, run.complete, says_why=False)


@require_POST
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, run.stop_early)


# Rows


@require_POST
def vitals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save one row. What can't be is answered with a sentence for each field, and the page keeps what was typed."""
    form = VitalsForm(request.POST)

    def do(stay: stays.Stay, by: User) -> vitals_verbs.Taken:
        require_valid(form)
        return vitals_verbs.add(
            stay, observed_at=form.happened_at(stay.infusion.appointment.site), by=by,
            client_key=form.cleaned_data["client_key"], **form.values(),
        )  # fmt: skip

    return answer_behind_lock(request, pk, do, typed={name: request.POST.get(name, "") for name in form.fields})


@require_POST
def event(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = EventForm(request.POST)

    def do(one: Infusion, by: User) -> None:
        require_valid(form)
        run.record_event(infusion_id=one.pk, observed_at=form.happened_at(one.appointment.site), by=by, **form.values())

    return answer_with(request, pk, do, slim=True)


@require_POST
def event_error(request: HttpRequest, pk: UUID, event: UUID) -> HttpResponse:
    """An event that was wrong stays visible, struck through, with the reason."""
    form = ReasonForm(request.POST)

    def do(one: Infusion, by: User) -> None:
        if not one.events.filter(pk=event).exists():
            raise NotFound
        require_valid(form)
        events.retract(event_id=event, reason=form.cleaned_data["reason"], by=by)

    return answer_with(request, pk, do)


@require_POST
def answer(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    """What was done about a reading that crossed a line: words, or the pump paused with the same press."""
    form, pausing = AnswerForm(request.POST), "pause" in request.POST

    def do(one: Infusion, by: User) -> None:
        if not one.vitals.filter(pk=row).exists():
            raise NotFound
        require_valid(form)
        moment = form.happened_at(one.appointment.site)
        if pausing:
            run.answer_by_pausing(infusion_id=one.pk, vitals_id=row, observed_at=moment, by=by)
        else:
            run.answer_crossing(vitals_id=row, what=form.said(), by=by, observed_at=moment)

    return answer_with(request, pk, do, slim=not pausing)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    """A page of its own: the old row, the right values, and why."""
    infusion = infusion_or_404(request, pk)
    old = VitalSigns.objects.filter(infusion=infusion, pk=row, entered_in_error_at=None).first()
    if old is None:
        raise Http404
    form = CorrectionForm(request.POST or None, row=old)
    if request.method == "GET":
        log_read(request, patient_id=infusion.series.patient_id, what="infusion, a row to correct")
    elif form.is_valid():
        try:
            run.correct_vitals(
                vitals_id=old.pk, reason=form.cleaned_data["reason"], by=acting_user(request), **form.values()
            )
            return redirect("infusions:infusion", pk=pk)
        except Invalid as error:
            form.refuse(error)
    context = {"infusion": infusion, "row": old, "form": form, "site": infusion.appointment.site}
    return render(request, "infusions/correct.html", context, status=422 if form.errors else 200)
