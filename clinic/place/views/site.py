"""The hub, sites, rooms, opening hours and closures."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import clock, on_call, settings_versions
from clinic.access import acting_user
from clinic.models import WEEKDAYS, Closure, OpeningHours, Room, Site, User
from clinic.place import directory
from clinic.place.forms import (
    ClosureForm,
    HoursForm,
    NewClosureForm,
    NewHoursForm,
    NewSiteForm,
    RoomForm,
    SiteForm,
)
from clinic.place.views import after_losing, done, form_page, here, of_mine, site_of_mine
from clinic.policy import Role

GET_OR_POST = require_http_methods(["GET", "POST"])
CLOSURES_SHOWN = 50


@require_GET
def hub(request: HttpRequest) -> HttpResponse:
    """Everything about the present site, and the way to each of its pages."""
    site = here(request)
    people = User.objects.filter(memberships__site=site, is_active=True)
    by_role = people.values("memberships__role").annotate(n=Count("pk", filter=Q(memberships__site=site)))
    numbers = {row["memberships__role"]: row["n"] for row in by_role}
    context = {
        "site": site,
        "mine": directory.managed(acting_user(request)),
        "rooms": site.rooms.order_by("-is_active", "name"),
        "week": week(site),
        "closures": Closure.objects.filter(site=site, last_day__gte=site.today()).select_related("room")[:5],
        "staff": [(role.label, numbers.get(role.value, 0)) for role in Role],
        "people": people.distinct().count(),
        "protocol": settings_versions.current(site),
        "rota": on_call.at(site, clock.now()),
    }
    return render(request, "clinic/place/hub.html", context)


def week(site: Site) -> list[tuple[str, list[OpeningHours]]]:
    """Each day of the week with its hours."""
    rows = list(OpeningHours.objects.filter(site=site))
    return [(name, [row for row in rows if row.weekday == day]) for day, name in WEEKDAYS]


@GET_OR_POST
def site_new(request: HttpRequest) -> HttpResponse:
    form = NewSiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = done(form, directory.add_site, by=acting_user(request), **form.cleaned_data)
        if made:
            messages.success(request, f"{made.name} is open. Change to it above, and give it rooms, hours and staff.")
            return redirect("clinic:settings")
    return form_page(request, form, title="New site", button="Open the site", back=reverse("clinic:settings"))


@GET_OR_POST
def site_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    site = site_of_mine(request, pk)
    form = SiteForm(request.POST or None, initial={name: getattr(site, name) for name in SiteForm.base_fields})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, directory.edit_site, site_id=pk, by=acting_user(request), **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect("clinic:settings")
    sub = "The time zone can change only while no visit is booked."
    return form_page(request, form, title=site.name, sub=sub, back=reverse("clinic:settings"))


@GET_OR_POST
def room_new(request: HttpRequest) -> HttpResponse:
    site = here(request)
    form = RoomForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and (made := done(form, directory.add_room, site_id=site.pk, by=acting_user(request), **form.cleaned_data))
    ):
        messages.success(request, f"{made.name} can be booked.")
        return redirect("clinic:settings")
    return form_page(
        request, form, title="New room", sub=site.name, button="Add the room", back=reverse("clinic:settings")
    )


@GET_OR_POST
def room_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    room = of_mine(request, Room, pk)
    form = RoomForm(request.POST or None, initial={"name": room.name, "nickname": room.nickname, "kind": room.kind})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, directory.edit_room, room_id=pk, by=acting_user(request), **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect("clinic:settings")
    context = {"form": form, "room": room, "site": room.site}
    return render(request, "clinic/place/room.html", context, status=422 if form.errors else 200)


@require_POST
def room_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    room = directory.close_room(room_id=of_mine(request, Room, pk).pk, by=acting_user(request))
    messages.success(request, f"{room.name} is out of use.")
    return redirect("clinic:settings")


@require_POST
def room_reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    room = directory.reopen_room(room_id=of_mine(request, Room, pk).pk, by=acting_user(request))
    messages.success(request, f"{room.name} can be booked again.")
    return redirect("clinic:settings")


@GET_OR_POST
def hours(request: HttpRequest) -> HttpResponse:
    site = here(request)
    form = NewHoursForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, directory.add_hours, site_id=site.pk, by=acting_user(request), **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect("clinic:hours")
    context = {"site": site, "week": week(site), "form": form}
    return render(request, "clinic/place/hours.html", context, status=422 if form.errors else 200)


@GET_OR_POST
def hours_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = of_mine(request, OpeningHours, pk)
    form = HoursForm(request.POST or None, initial={"opens": row.opens, "closes": row.closes})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, directory.edit_hours, hours_id=pk, by=acting_user(request), **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect("clinic:hours")
    title = f"Opening hours on {row.get_weekday_display()}"
    trail = [("Opening hours", reverse("clinic:hours"))]
    return form_page(request, form, title=title, sub=row.site.name, trail=trail, back=reverse("clinic:hours"))


@require_POST
def hours_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    directory.remove_hours(hours_id=of_mine(request, OpeningHours, pk).pk, by=acting_user(request))
    messages.success(request, "Removed. Visits that are booked stay booked.")
    return redirect("clinic:hours")


@GET_OR_POST
def closures(request: HttpRequest) -> HttpResponse:
    site = here(request)
    form = NewClosureForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        room = typed.pop("room")
        given = {"site_id": site.pk, "room_id": room.pk if room else None, "by": acting_user(request)}
        if made := done(form, directory.add_closure, **given, **typed):
            messages.success(request, f"Closed: {made.reason}.")
            return after_losing(request, site, made.first_day, made.last_day) or redirect("clinic:closures")
    rows = Closure.objects.filter(site=site, last_day__gte=site.today()).select_related("room")[:CLOSURES_SHOWN]
    context = {"site": site, "closures": rows, "form": form, "today": site.today()}
    return render(request, "clinic/place/closures.html", context, status=422 if form.errors else 200)


@GET_OR_POST
def closure_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    closure = of_mine(request, Closure, pk)
    now = {"first_day": closure.first_day, "last_day": closure.last_day, "reason": closure.reason}
    form = ClosureForm(request.POST or None, initial=now)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, directory.edit_closure, closure_id=pk, by=acting_user(request), **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect("clinic:closures")
    trail = [("Closures", reverse("clinic:closures"))]
    return form_page(request, form, title=closure.reason, trail=trail, back=reverse("clinic:closures"))


@require_POST
def closure_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    directory.remove_closure(closure_id=of_mine(request, Closure, pk).pk, by=acting_user(request))
    messages.success(request, "Open again.")
    return redirect("clinic:closures")
