"""Devices of the rooms: their list, what they post, and what a nurse makes of it beside the chair."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.api import problems
from clinic.errors import DomainError, Invalid, NotFound
from clinic.forms import CalmForm
from clinic.models import Room, Site, User
from infusions import devices
from infusions.chair import Chair
from infusions.models import Device, DeviceReading, Infusion
from infusions.views.answering import SLIM, answer, infusion_or_404

MOST_BYTES = 16_384


class DeviceForm(CalmForm, forms.Form):
    required_sentences = {"room": "Choose the room in which it stands."}

    name = forms.CharField(label="Name", max_length=60, help_text="Monitor, or pump.")
    room = forms.ModelChoiceField(Room.objects.none(), label="Room", empty_label="Choose the room")

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = site.rooms.filter(kind=Room.Kind.INFUSION, is_active=True)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The site's devices; a new one's token is shown in the answer to its making, and never again."""
    site, token = current_site(request), ""
    form = DeviceForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        try:
            made, token = devices.register(by=acting_user(request), **form.cleaned_data)
            messages.success(request, f"“{made.name}” may post for {made.room}.")
            form = DeviceForm(site=site)
        except Invalid as error:
            form.refuse(error)
    context = {"site": site, "form": form, "devices": devices.listed(site.pk), "token": token}
    answered = render(request, "infusions/devices.html", context, status=422 if form.errors else 200)
    answered["Cache-Control"] = "no-store, private"
    return answered


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    if not Device.objects.filter(pk=pk, room__site__in=acting_user(request).site_ids).exists():
        raise Http404
    gone = devices.revoke(device_id=pk, by=acting_user(request))
    messages.success(request, f"“{gone.name}” is known no more: what it posts is refused.")
    return redirect("infusions:devices")


# What they post


@csrf_exempt  # a device has no session that another page could ride on
@require_POST
def vitals(request: HttpRequest) -> HttpResponse:
    """Plain JSON of a device: `measured_at` and the signs. Kept, unconfirmed, or refused with a sentence."""
    try:
        device = devices.known(request.headers.get("Authorization", ""))
        said_at, values = _read(request)
        row = devices.take(device=device, said_at=said_at, values=values)
    except DomainError as refused:
        return problems.refused(refused)
    told = {"id": str(row.pk), "state": row.state, "clock_off": row.clock_off, "out_of_range": row.out_of_range}
    return JsonResponse(told, status=202)


def _read(request: HttpRequest) -> tuple[datetime, dict[str, Any]]:
    """Raises Invalid."""
    if len(request.body) > MOST_BYTES:
        raise Invalid("This is too long for one reading.")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Invalid("This is not JSON.") from None
    if not isinstance(body, dict):
        raise Invalid("Send one object: measured_at, and the signs.")
    return moment(body.pop("measured_at", None), "measured_at"), body


def moment(text: object, name: str) -> datetime:
    """A moment with its offset from UTC. Raises Invalid."""
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid({name: "Write when it was measured, with its zone: 2027-02-02T09:32:10-08:00."})
    return found


# Beside the chair


@require_GET
def waiting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What has come since, for a page that is open."""
    infusion = infusion_or_404(request, pk, SLIM)
    context = {"chair": Chair(infusion, acting_user(request), slim=True), "infusion": infusion}
    return render(request, "infusions/chair/_devices.html", context | {"site": infusion.appointment.site})


@require_POST
def accept(request: HttpRequest, pk: UUID, reading: UUID) -> HttpResponse:
    when_it_came = "came" in request.POST

    def do(one: Infusion, by: User) -> None:
        _of(one, reading)
        devices.accept(reading_id=reading, by=by, when_it_came=when_it_came)

    return answer(request, pk, do)


@require_POST
def reject(request: HttpRequest, pk: UUID, reading: UUID) -> HttpResponse:
    def do(one: Infusion, by: User) -> None:
        _of(one, reading)
        devices.reject(reading_id=reading, by=by, reason=request.POST.get("reason", ""))

    return answer(request, pk, do)


def _of(infusion: Infusion, reading: UUID) -> None:
    if not DeviceReading.objects.filter(pk=reading, infusion=infusion).exists():
        raise NotFound
