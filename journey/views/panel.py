"""The panel beside the board: one visit, its next step, and moving it to where its card was dropped."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.errors import DomainError, IllegalTransition, Invalid, Refused
from clinic.models import Room, User
from journey import panel as panels
from journey.views import board
from visits import changes, clashes, preview, steps
from visits.access import appointment_or_404
from visits.courses import NeedsReason
from visits.forms import CancelForm, MoveForm
from visits.models import Appointment
from visits.rules import UNDO_MINUTES
from visits.week import places

REASON_LENGTH = 300
REFUSALS = (Refused, IllegalTransition, Invalid)


@require_GET
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The panel; asked for by its address, the whole day with the panel open."""
    return _panel(request, appointment_or_404(request, pk))


def _panel(
    request: HttpRequest, found: Appointment, *, trouble: DomainError | None = None, cancel: CancelForm | None = None
) -> HttpResponse:
    on = found.site.local(found.starts_at).date()
    context = panels.read(found, by=acting_user(request)) | {"trouble": trouble, "cancel_open": cancel is not None}
    if cancel is not None:
        context["cancel_form"] = cancel
    status = trouble.status if trouble else 200
    if request.headers.get("HX-Request"):
        context["links"] = {"here": board.Shown(on).address}
        return render(request, "journey/_panel.html", context, status=status)
    if found.site_id != current_site(request).pk:
        return redirect("visits:appointment", pk=found.pk)  # that page names its own site and zone
    return render(
        request,
        "journey/today.html",
        board.page(acting_user(request), found.site, board.Shown(on)) | context,
        status=status,
    )


@require_POST
def step(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The next step of a visit, taken beside the board."""
    found, key = appointment_or_404(request, pk), request.POST.get("step", "")
    if key not in steps.STEPS:
        return _panel(request, found, trouble=Refused("This is no step of a visit. Reload the page."))
    try:
        said = steps.take(visit=found, key=key, by=acting_user(request), seen=request.POST.get("version"))
    except REFUSALS as error:
        return _panel(request, found, trouble=error)
    return _done(request, found, said)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = appointment_or_404(request, pk), CancelForm(request.POST)
    if not form.is_valid():
        trouble = Invalid("Nothing was cancelled. Look at the marked fields.")
        return _panel(request, found, cancel=form, trouble=trouble)
    try:
        done = changes.cancel(appointment_id=found.pk, by=acting_user(request), **form.cleaned_data)
    except REFUSALS as error:
        return _panel(request, found, trouble=error)
    late = " It counts as late." if done.cancelled_late else ""
    return _done(request, found, f"Cancelled.{late} This can be undone for {UNDO_MINUTES} minutes.")


def _done(request: HttpRequest, found: Appointment, said: str) -> HttpResponse:
    """The panel as it is now; the board beside it refreshes itself."""
    if not request.headers.get("HX-Request"):
        messages.success(request, said)
        return redirect("journey:today-visit", pk=found.pk)
    answer = _panel(request, appointment_or_404(request, found.pk))
    answer["HX-Trigger"] = json.dumps({"toast": said, "board-refresh": {}})
    return answer


class DropForm(forms.Form):
    """Where a card was dropped."""

    starts = forms.DateTimeField()
    room = forms.ModelChoiceField(Room.objects.none(), required=False)
    staff = forms.ModelChoiceField(User.objects.none(), required=False)
    version = forms.IntegerField(required=False)

    def __init__(self, *args, of: Appointment, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(memberships__site=of.site, is_active=True).distinct()
        for name, queryset in {"room": Room.objects.filter(site=of.site), "staff": people}.items():
            cast("forms.ModelChoiceField", self.fields[name]).queryset = queryset


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET says what would follow from a move, or why it can't be; POST makes it."""
    found = appointment_or_404(request, pk)
    if not request.headers.get("HX-Request"):
        return redirect("visits:appointment", pk=found.pk)  # there is a form that needs no script
    try:
        wanted = _wanted(request, found)
        if request.method == "GET":
            return _question(request, found, panels.rehearse(visit=found, by=acting_user(request), **wanted))
        reason = request.POST.get("reason", "").strip()[:REASON_LENGTH]
        moved = changes.move(appointment_id=found.pk, by=acting_user(request), reason=reason, **wanted)
    except NeedsReason as error:
        there = panels.rehearse(visit=found, by=acting_user(request), **wanted)
        return _question(request, found, there, asked=error)
    except REFUSALS as error:
        return _question(request, found, trouble=error)
    said = f"Moved to {clashes.when(moved.site, moved.starts_at)}. This can be undone for {UNDO_MINUTES} minutes."
    here = reverse("journey:today-visit", args=[moved.pk])
    trigger = {"toast": said, "board-refresh": {}, "board-moved": {"visit": str(moved.pk), "panel": here}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})


def _wanted(request: HttpRequest, found: Appointment) -> dict[str, Any]:
    """The new time and place: of a card that was dropped, or of the panel's own form. Raises Invalid."""
    given = request.POST if request.method == "POST" else request.GET
    form: forms.Form = DropForm(given, of=found) if "starts" in given else MoveForm(given, appointment=found)
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        raise Invalid(f"Choose a day and an hour. {words}")
    starts_at: datetime = form.starts_at if isinstance(form, MoveForm) else form.cleaned_data["starts"]
    return {
        "starts_at": starts_at,
        "room": form.cleaned_data["room"],
        "staff": form.cleaned_data["staff"],
        "version": form.cleaned_data.get("version") or _version(given.get("version", "")),
    }


def _version(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _question(
    request: HttpRequest,
    found: Appointment,
    there: panels.Rehearsal | None = None,
    *,
    trouble: DomainError | None = None,
    asked: NeedsReason | None = None,
) -> HttpResponse:
    """The dialog: before and after with what follows, or why not."""
    room, staff, _ = places(found)
    context = {
        "visit": found,
        "site": found.site,
        "room": room,
        "staff": staff,
        "there": there,
        "moving": preview.of_moving(found, there.starts_at) if there else [],
        "trouble": trouble,
        "asked": asked,
    }
    error = trouble or asked
    return render(request, "journey/_move.html", context, status=error.status if error else 200)
