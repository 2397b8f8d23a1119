"""The patient's own page behind a link: coming visits, and what can be done about each, in a few taps.

Every change is followed by a redirect to a page that shows how things stand, so the way back and a second tap find
the result. What could not be done is said on the same page, and nothing is changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from clinic.errors import Invalid
from journey import own_page
from journey.own_forms import CancelForm, RideForm
from patients.links import Told
from patients.models import PatientLink
from patients.views.linked import by_link
from reminders.links_in_words import PURPOSE
from visits import patient_answers, patient_calendar, patient_times, patient_words, preparing, rides
from visits.models import Appointment

DONE = frozenset({"confirmed", "moved", "cancelled", "ride", "call"})


@by_link(PURPOSE)
def home(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """All that is open, the most pressing first."""
    context = {"home": own_page.read(link, (get_language() or "en")[:2])}
    return show(request, link, "journey/own/home.html", context)


@by_link(PURPOSE)
def visit(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    done = request.GET.get("done", "")
    return _visit(request, link, patient_answers.visit_of(link, pk), done=done if done in DONE else "")


def _visit(
    request: HttpRequest, link: PatientLink, found: Appointment, *, done: str = "", told: Told | None = None
) -> HttpResponse:
    [shown] = own_page.shown([found])
    context = {"shown": shown, "visit": found, "done": done, "trouble": told}
    return show(request, link, "journey/own/visit.html", context, status=told.status if told else 200)


@by_link(PURPOSE)
def confirm(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """“Yes, I will be there.” Opened by the way back, it leads to the visit."""
    if request.method == "POST":
        try:
            patient_answers.confirm(link=link, appointment_id=pk)
        except Told as told:
            return _visit(request, link, patient_answers.visit_of(link, pk), told=told)
    return _to(request, pk, "confirmed")


@by_link(PURPOSE)
def move(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """Other hours that are free; or a call, where none suits."""
    found = patient_answers.visit_of(link, pk)
    if request.method != "POST":
        return _times(request, link, found)
    try:
        if "call" in request.POST:
            patient_answers.ask_to_move(link=link, appointment_id=pk)
            return _to(request, pk, "call")
        starts_at, seen = _moment(request.POST.get("starts", "")), _moment(request.POST.get("seen", ""))
        if starts_at is None:
            return _times(request, link, found, is_missing=True)
        patient_answers.move(link=link, appointment_id=pk, starts_at=starts_at, seen=seen)
    except Told as told:
        return _times(request, link, patient_answers.visit_of(link, pk), told=told)
    return _to(request, pk, "moved")


def _times(
    request: HttpRequest, link: PatientLink, found: Appointment, *, told: Told | None = None, is_missing: bool = False
) -> HttpResponse:
    if not patient_answers.may_answer(found):
        return _visit(request, link, found, told=told)
    may_move = patient_times.may_still_move(found)
    context = {
        "visit": found,
        "now_at": patient_words.when(found.site, found.starts_at),
        "seen": found.starts_at.isoformat(),
        "may_move": may_move,
        "days": own_page.days_to_move(found) if may_move else [],
        "hours": patient_answers.notice_hours(found),
        "trouble": told,
        "is_missing": is_missing,
    }
    status = told.status if told else 422 if is_missing else 200
    return show(request, link, "journey/own/move.html", context, status=status)


def _moment(typed: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@by_link(PURPOSE)
def cancel(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """What it means comes first; then the visit is called off."""
    found = patient_answers.visit_of(link, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    told = None
    if request.method == "POST" and form.is_valid():
        try:
            patient_answers.cancel(link=link, appointment_id=pk, reason=form.cleaned_data["reason"])
        except Told as refusal:
            told, found = refusal, patient_answers.visit_of(link, pk)
        else:
            return _to(request, pk, "cancelled")
    if not patient_answers.may_answer(found):
        return _visit(request, link, found, told=told)
    context = {
        "visit": found,
        "when": patient_words.when(found.site, found.starts_at),
        "form": form,
        "is_late": patient_answers.is_late(found),
        "hours": patient_answers.notice_hours(found),
        "in_series": patient_answers.belongs_to_series(found),
        "trouble": told,
    }
    status = told.status if told else 422 if form.is_bound else 200
    return show(request, link, "journey/own/cancel.html", context, status=status)


@by_link(PURPOSE)
def ride(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """“My ride is …”: somebody named before, somebody else, or nobody yet."""
    found = patient_answers.visit_of(link, pk)
    known = rides.last_escorts(found)
    typed = request.POST if request.method == "POST" else None
    form = RideForm(typed, known=known, ride=getattr(found, "ride", None))
    told = None
    if request.method == "POST" and form.is_valid():
        try:
            _tell(link, pk, form)
            return _to(request, pk, "ride")
        except Invalid as error:
            form.refuse(error)
        except Told as refusal:
            told, found = refusal, patient_answers.visit_of(link, pk)
    if not patient_answers.may_answer(found):
        return _visit(request, link, found, told=told)
    context = {"visit": found, "form": form, "known": known, "when": patient_words.when(found.site, found.starts_at)}
    return show(request, link, "journey/own/ride.html", context, status=422 if form.is_bound else 200)


def _tell(link: PatientLink, pk: UUID, form: RideForm) -> None:
    if form.is_nobody:
        patient_answers.has_no_ride(link=link, appointment_id=pk)
    else:
        patient_answers.tell_ride(link=link, appointment_id=pk, **form.person)


@by_link(PURPOSE)
def prepare(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """How to prepare: on the phone, and on paper."""
    found = patient_answers.visit_of(link, pk)
    [shown] = own_page.shown([found])
    before, words = preparing.before(found), {}
    if shown.is_treatment:
        names = ("solids_until", "fatty_until", "clear_until", "sober_from")
        words = {name: patient_words.when(found.site, getattr(before, name)) for name in names}
    context = {"shown": shown, "visit": found, "before": before, "words": words}
    return show(request, link, "journey/own/prepare.html", context)


@by_link(PURPOSE)
def calendar(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """The visit for the phone's own calendar."""
    found = patient_answers.visit_of(link, pk)
    response = HttpResponse(patient_calendar.of(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response


def _to(request: HttpRequest, pk: UUID, done: str) -> HttpResponse:
    answer = redirect("own:visit", request.link_token, pk)  # type: ignore[attr-defined]
    answer["Location"] += f"?done={done}"
    return answer


def show(
    request: HttpRequest, link: PatientLink, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    site = context["visit"].site if "visit" in context else link.patient.site
    token = request.link_token  # type: ignore[attr-defined]
    crisis = context["home"].is_crisis if "home" in context else own_page.is_crisis(link.patient)
    return render(
        request,
        template,
        {"link": link, "site": site, "token": token, "is_crisis": crisis} | context,
        status=status,
    )
