"""The page on which the clinic admin says who is on call."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic import clock, on_call
from clinic.access import acting_user
from clinic.models import OnCallTurn
from clinic.place import on_call as turns
from clinic.place.forms import OnCallForm
from clinic.place.views import done, here, of_mine

TURNS_SHOWN = 120


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    site = here(request)
    people = turns.may_be_called(site)
    form = OnCallForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        person = typed.pop("user")
        made = done(form, turns.add_turns, site_id=site.pk, user_id=person.pk, by=acting_user(request), **typed)
        if made:
            messages.success(request, f"Saved: {person}, {len(made)} turn{'s' if len(made) > 1 else ''}.")
            return redirect("clinic:on-call")
    now = clock.now()
    rows = OnCallTurn.objects.filter(site=site, during__endswith__gt=now).select_related("user")
    context = {
        "site": site,
        "form": form,
        "people": people,
        "turns": rows.order_by("during", "-tier")[:TURNS_SHOWN],
        "rota": on_call.at(site, now),
        "everybody": on_call.everybody(site),
        "now": now,
    }
    return render(request, "clinic/place/on_call.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    turn = of_mine(request, OnCallTurn, pk)
    turns.end_turn(turn_id=pk, by=acting_user(request))
    messages.success(request, f"{turn.user} is no longer on call in this turn.")
    return redirect("clinic:on-call")
