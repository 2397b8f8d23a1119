"""Repairing a day: what lost its place, who is away, the plan with its consequences, and one button."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site, log_reads
from clinic.errors import DomainError, Invalid
from clinic.models import Closure, Room, Site, User
from clinic.policy import Action, can, require
from journey import absences
from journey import repair as series_repair
from journey.repair_forms import AwayForm
from patients.access import allow_here
from visits import preview, repair, stranded, tasks
from visits.access import uuid_or_none
from visits.models import Repair
from visits.rules import UNDO_MINUTES
from visits.stranded import place_of

AHEAD_DAYS = 14
BEFORE = 10


@require_http_methods(["GET", "POST"])
def repairs(request: HttpRequest) -> HttpResponse:
    """What has no place in the next two weeks, and a form for somebody who has called in. The repairs before below."""
    site = current_site(request)
    allow_here(request, site)
    form = AwayForm(request.POST or None, site=site, initial=_away(request, site))
    if request.method == "POST" and form.is_valid():
        try:
            return _note_away(request, site, form)
        except Invalid as error:
            form.refuse(error)
    lost = stranded.find(site, site.today(), site.today() + timedelta(days=AHEAD_DAYS))
    log_reads(request, patient_ids=[visit.patient_id for visit in lost], what="visits without a place")
    places = [(visit, *place_of(visit)) for visit in lost]
    before = Repair.objects.filter(site=site).select_related("person", "room", "patient", "asked_by")
    context = {
        "site": site,
        "form": form,
        "lost": places,
        "groups": stranded.groups(site, site.today(), site.today() + timedelta(days=AHEAD_DAYS)),
        "closed_rooms": _closed(site, {room.pk for _, room, _ in places if room}),
        "last_day": site.today() + timedelta(days=AHEAD_DAYS),
        "page_obj": Paginator(before, BEFORE).get_page(request.GET.get("page")),
        "may_repair": can(acting_user(request), Action.BOOK, site),
    }
    return render(request, "journey/repairs.html", context, status=422 if form.errors else 200)


def _closed(site: Site, rooms: Collection[UUID]) -> QuerySet[Room]:
    """Those of these rooms that are closed within the days that are looked at: each can be repaired alone."""
    until = site.today() + timedelta(days=AHEAD_DAYS)
    closures = Closure.objects.filter(room__in=rooms, first_day__lte=until, last_day__gte=site.today())
    return Room.objects.filter(pk__in=closures.values("room")).order_by("name")


def _away(request: HttpRequest, site: Site) -> dict[str, object]:
    """Who is meant, when the page was reached from the board or from a person."""
    today = site.today()
    return {"person": request.GET.get("person", ""), "first_day": today, "last_day": today}


def _note_away(request: HttpRequest, site: Site, form: AwayForm) -> HttpResponse:
    person: User = form.cleaned_data["person"]
    noted = absences.note(site=site, by=acting_user(request), **form.cleaned_data)
    if noted.repair:
        return redirect("journey:repair", pk=noted.repair.pk)
    if noted.has_groups:
        messages.warning(request, f"Noted: {person.full_name} is away. Move their groups below, or call them off.")
    else:
        messages.success(request, f"Noted: {person.full_name} is away. No visit is booked with them then.")
    return redirect("journey:repairs")


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Search for a repair of everything that has no place now, or of one room; or once more for what was asked."""
    if again := uuid_or_none(request.POST.get("again", "")):
        return _ask_again(request, _repair_or_404(request, again))
    site = current_site(request)
    allow_here(request, site)
    asked = request.POST.get("room", "")
    wanted = uuid_or_none(asked)
    room = Room.objects.filter(site=site, pk=wanted).first() if wanted else None
    if asked and room is None:
        raise Http404
    made = repair.ask(
        site=site,
        room=room,
        first_day=site.today(),
        last_day=site.today() + timedelta(days=AHEAD_DAYS),
        by=acting_user(request),
        on_commit=tasks.hand_over_repair,
    )
    return redirect("journey:repair", pk=made.pk)


def _ask_again(request: HttpRequest, before: Repair) -> HttpResponse:
    made = repair.ask(
        site=before.site,
        person=before.person,
        room=before.room,
        first_day=before.first_day,
        last_day=before.last_day,
        by=acting_user(request),
        on_commit=tasks.hand_over_repair,
    )
    return redirect("journey:repair", pk=made.pk)


def _repair_or_404(request: HttpRequest, pk: UUID) -> Repair:
    found = (
        Repair.objects.filter(pk=pk, site__in=acting_user(request).site_ids)
        .select_related("site", "person", "room", "patient", "asked_by", "done_by", "undone_by")
        .first()
    )
    if found is None:
        raise Http404
    allow_here(request, found.site)
    return found


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A repair: how far the search is, then before and after, what follows, and the button."""
    return _page(request, _repair_or_404(request, pk))


def _page(request: HttpRequest, found: Repair, trouble: DomainError | None = None) -> HttpResponse:
    related = ("patient", "appointment", "old_room", "old_staff", "new_room", "new_staff")
    steps = list(found.steps.select_related(*related))
    log_reads(request, patient_ids=[step.patient_id for step in steps], what="repair")
    context = {
        "repair": found,
        "site": found.site,
        "steps": steps,
        "seen": repair.fingerprint(steps),
        "consequences": preview.of_repair(steps) if found.state == Repair.State.READY else [],
        "may_repair": can(acting_user(request), Action.BOOK, found.site),
        "undo_until": repair.undo_until(found),
        "trouble": trouble,
    }
    return render(request, "journey/repair.html", context, status=trouble.status if trouble else 200)


@require_GET
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar alone, asked for once a second; when the search has ended, the page is loaded anew with its plan."""
    found = _repair_or_404(request, pk)
    response = render(request, "journey/_repair_progress.html", {"repair": found})
    if not found.is_under_way:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def carry_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _repair_or_404(request, pk)
    try:
        repair.carry_out(repair_id=found.pk, seen=request.POST.get("seen", ""), by=acting_user(request))
    except DomainError as error:
        return _page(request, found, error)
    messages.success(request, f"The repair is carried out. It can be undone as a whole for {UNDO_MINUTES} minutes.")
    return redirect("journey:repair", pk=found.pk)


@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _repair_or_404(request, pk)
    require(acting_user(request), Action.BOOK, at=found.site)
    try:
        series_repair.undo(repair_id=found.pk, by=acting_user(request))
    except DomainError as error:
        return _page(request, found, error)
    messages.success(request, "The repair is taken back: every visit is where it was.")
    return redirect(reverse("journey:repair", args=[found.pk]))
