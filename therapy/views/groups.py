"""Groups of a site: those to come, planning one, and one with its members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import clock, settings_versions
from clinic.access import acting_user, current_site, log_reads
from clinic.errors import DomainError, Invalid, Refused
from clinic.policy import Action, Role, can
from patients import search
from patients.access import allow_here
from patients.models import Patient
from therapy import groups as members
from therapy.group_forms import GroupCancelForm, GroupForm, GroupMoveForm, MemberForm
from visits import clashes, groups
from visits.courses import NeedsReason
from visits.models import GroupSession

FOUND = 8


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The groups to come, or with `past=1` those that were, each with its places."""
    site, past = current_site(request), bool(request.GET.get("past"))
    allow_here(request, site)
    rows = groups.at(site)
    now = clock.now()
    rows = rows.filter(ends_at__lte=now).order_by("-starts_at") if past else rows.filter(ends_at__gt=now)
    context = {
        "site": site,
        "past": past,
        "page_obj": Paginator(rows, 25).get_page(request.GET.get("page")),
        "is_on": settings_versions.current(site).group_sessions,
        "may_allow": can(acting_user(request), Action.MANAGE_CLINIC, site),
    }
    return render(request, "therapy/groups.html", context)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    user, site = acting_user(request), current_site(request)
    allow_here(request, site)
    settings = settings_versions.current(site)
    mine = user.pk if Role.THERAPIST in user.roles_at(site) else None
    initial = {"minutes": 90, "capacity": settings.group_largest, "therapist": mine}
    form = GroupForm(request.POST or None, site=site, initial=initial)
    trouble: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = groups.plan(site=site, starts_at=form.starts_at, by=user, **_of(form, "topic minutes capacity"))
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            trouble = error
        else:
            when = clashes.when(site, made.starts_at)
            messages.success(request, f"Planned: {made.topic}, {when}, {made.room.name}. Now add its members.")
            return redirect("therapy:group", pk=made.pk)
    context = {"form": form, "site": site, "trouble": trouble, "is_on": settings.group_sessions}
    return render(request, "therapy/group_plan.html", context, status=422 if request.method == "POST" else 200)


def _of(form: GroupForm | GroupMoveForm, names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in (*names.split(), "room", "therapist")}


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _group_or_404(request, pk))


@require_POST
def join(request: HttpRequest, pk: UUID) -> HttpResponse:
    group = _group_or_404(request, pk)
    form = MemberForm(request.POST, site=group.site)
    if not form.is_valid():
        return _page(request, group, trouble=Refused("Choose a patient of this site from the list."))
    patient = form.cleaned_data["patient"]
    try:
        members.add(group_id=group.pk, by=acting_user(request), **form.cleaned_data)
    except NeedsReason as error:
        return _page(request, group, trouble=error, asked=form, patient=patient)
    except (Refused, Invalid) as error:
        return _page(request, group, trouble=error)
    messages.success(request, f"{patient.name} has a place. The reminders are planned.")
    return redirect("therapy:group", pk=group.pk)


@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    group = _group_or_404(request, pk)
    form = GroupMoveForm(request.POST, site=group.site)
    if form.is_valid():
        said = _of(form, "version reason")
        try:
            moved = groups.move(group_id=group.pk, starts_at=form.starts_at, by=acting_user(request), **said)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            return _page(request, group, move_form=form, trouble=error)
        else:
            messages.success(request, f"The group is now on {clashes.when(group.site, moved.starts_at)}.")
            return redirect("therapy:group", pk=group.pk)
    return _page(request, group, move_form=form, status=422)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    group = _group_or_404(request, pk)
    form = GroupCancelForm(request.POST)
    if not form.is_valid():
        return _page(request, group, trouble=Refused("Write in a few words why the group is called off."))
    try:
        groups.cancel(group_id=group.pk, by=acting_user(request), **form.cleaned_data)
    except (Refused, Invalid) as error:
        return _page(request, group, trouble=error)
    messages.success(request, "The group is called off. Every member’s visit is cancelled.")
    return redirect("therapy:group", pk=group.pk)


def _group_or_404(request: HttpRequest, pk: UUID) -> GroupSession:
    rows = GroupSession.objects.select_related("site", "room", "therapist", "cancelled_by", "planned_by")
    group = rows.filter(pk=pk, site__in=acting_user(request).site_ids).first()
    if group is None:
        raise Http404
    allow_here(request, group.site)
    return group


def _page(
    request: HttpRequest,
    group: GroupSession,
    *,
    move_form: GroupMoveForm | None = None,
    trouble: DomainError | None = None,
    asked: MemberForm | None = None,
    patient: Patient | None = None,
    status: int = 200,
) -> HttpResponse:
    user, site = acting_user(request), group.site
    rows = list(members.sessions(group))
    log_reads(request, patient_ids=[row.patient_id for row in rows], what="group session")
    there = [row for row in rows if row.appointment and row.appointment.status not in groups.GONE]
    text, local = request.GET.get("q", "").strip(), site.local(group.starts_at)
    is_open = group.cancelled_at is None and group.ends_at > clock.now()
    known = {row.patient_id for row in there}
    found = search.find(user=user, text=text, site=site, limit=FOUND) if text and is_open else []
    context = {
        "group": group,
        "site": site,
        "there": there,
        "gone": [row for row in rows if row not in there],
        "is_open": is_open,
        "is_full": len(there) >= group.capacity,
        "query": text,
        "found": [one for one in found if one.pk not in known],
        "may_write": can(user, Action.SEE_THERAPY, site),
        "move_form": move_form
        or GroupMoveForm(site=site, initial={"day": local.date(), "at": local.time(), "version": group.version}),
        "trouble": trouble,
        "asked": asked,
        "patient": patient,
    }
    return render(request, "therapy/group.html", context, status=trouble.status if trouble else status)
