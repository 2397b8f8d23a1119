"""Staff and their roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.models import Membership, Shift, ShiftException, Site, User
from clinic.place import people
from clinic.place.directory import managed
from clinic.place.forms import ExceptionForm, NewPersonForm, NewShiftForm, PersonForm, RolesForm
from clinic.place.views import done, form_page, here, person_of_mine, site_of_mine
from clinic.policy import Role

GET_OR_POST = require_http_methods(["GET", "POST"])
A_PAGE = 25
EXCEPTIONS_SHOWN = 60


@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    """The people of the present site, active ones or those who left."""
    site = here(request)
    active = request.GET.get("state") != "inactive"
    roles = Prefetch("memberships", Membership.objects.filter(site=site), to_attr="here")
    rows = User.objects.filter(memberships__site=site, is_active=active).distinct().prefetch_related(roles)
    page_obj = Paginator(rows.order_by("full_name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    page = list(page_obj)
    for one in page:
        held = {row.role for row in one.here}  # type: ignore[attr-defined]
        one.role_labels = [role.label for role in Role if role in held]  # type: ignore[attr-defined]
    two_step = set(Authenticator.objects.filter(user__in=page, type="totp").values_list("user_id", flat=True))
    context = {"site": site, "page_obj": page_obj, "active": active, "two_step": two_step}
    return render(request, "clinic/place/staff.html", context)


@GET_OR_POST
def new(request: HttpRequest) -> HttpResponse:
    site = here(request)
    mine = sorted(managed(acting_user(request)), key=lambda one: (one.pk != site.pk, one.name))
    form = NewPersonForm(request.POST or None, sites=mine)
    if request.method == "POST" and form.is_valid():
        made = done(form, people.add_person, by=acting_user(request), **form.typed())
        if made:
            messages.success(request, _welcome(made))
            return redirect("clinic:person", made.pk)
    trail = [("Staff", reverse("clinic:staff"))]
    return form_page(
        request, form, title="New member of staff", button="Add and invite", trail=trail, back=reverse("clinic:staff")
    )


def _welcome(made: User) -> str:
    if made.has_usable_password():
        return f"{made.full_name} had an account with this address already; the roles were added to it."
    return f"{made.full_name} gets a letter at {made.email} with a link to choose a password. Now give them shifts."


@require_GET
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    return person_page(request, person_of_mine(request, pk))


def person_page(request: HttpRequest, one: User, **bound: Any) -> HttpResponse:
    """The person's page; `bound` holds a form that was sent and refused."""
    user = acting_user(request)
    mine = managed(user)
    held = Membership.objects.filter(user=one, site__in=mine)
    roles_at = {site.pk: [row.role for row in held if row.site_id == site.pk] for site in mine}
    theirs = [site for site in mine if roles_at[site.pk]]
    refused = dict([bound["roles_form"]]) if "roles_form" in bound else {}
    context = {
        "person": one,
        "role_forms": [
            (site, refused.get(site.pk) or roles_form(site, initial={"roles": roles_at[site.pk]})) for site in mine
        ],
        "shifts": _shifts(one, mine),
        "exceptions": _exceptions(one, mine),
        "shift_form": bound.get("shift_form") or NewShiftForm(sites=theirs, auto_id="shift_%s"),
        "exception_form": bound.get("exception_form") or ExceptionForm(sites=theirs, auto_id="away_%s"),
        "may_change": people.may_change_account(one, user),
        "is_self": one.pk == user.pk,
        "two_step": Authenticator.objects.filter(user=one, type="totp").exists(),
        "invited": not one.has_usable_password(),
        "several": len(mine) > 1,
    }
    return render(request, "clinic/place/person.html", context, status=422 if bound else 200)


def roles_form(site: Site, *given: Any, **more: Any) -> RolesForm:
    """One for each site stands on the page; each has ids of its own."""
    return RolesForm(*given, auto_id=f"{site.code}_%s", **more)


def _shifts(one: User, sites: list[Site]) -> list[Shift]:
    """Patterns that hold now or later; each site has its own today."""
    rows = Shift.objects.filter(user=one, site__in=sites).select_related("site", "user").order_by("weekday", "starts")
    return [row for row in rows[:200] if row.valid_until is None or row.valid_until >= row.site.today()]


def _exceptions(one: User, sites: list[Site]) -> list[ShiftException]:
    if not sites:
        return []
    rows = ShiftException.objects.filter(user=one, site__in=sites, day__gte=min(site.today() for site in sites))
    return list(rows.select_related("site").order_by("day")[:EXCEPTIONS_SHOWN])


@GET_OR_POST
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    one = person_of_mine(request, pk)
    now = {name: getattr(one, name) for name in PersonForm.base_fields}
    form = PersonForm(request.POST or None, initial=now)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, people.edit_person, user_id=pk, by=acting_user(request), **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect("clinic:person", pk)
    trail = [("Staff", reverse("clinic:staff")), (one.full_name, reverse("clinic:person", args=[pk]))]
    return form_page(request, form, title="Name and license", trail=trail, back=reverse("clinic:person", args=[pk]))


@require_POST
def roles(request: HttpRequest, pk: UUID, site_pk: UUID) -> HttpResponse:
    one, site = person_of_mine(request, pk), site_of_mine(request, site_pk)
    form = roles_form(site, request.POST)
    if form.is_valid():
        given = {"user_id": pk, "site_id": site.pk, "by": acting_user(request)}
        if done(form, people.set_roles, roles=form.cleaned_data["roles"], **given):
            messages.success(request, f"Saved. {one.full_name}’s next click at {site.name} counts with these roles.")
            still = Membership.objects.filter(user=one, site__in=managed(acting_user(request))).exists()
            return redirect("clinic:person", pk) if still else redirect("clinic:staff")
    return person_page(request, one, roles_form=(site.pk, form))


def _act(request: HttpRequest, pk: UUID, verb: Callable[..., User], sentence: str) -> HttpResponse:
    one = verb(user_id=person_of_mine(request, pk).pk, by=acting_user(request))
    messages.success(request, sentence.format(one.full_name))
    return redirect("clinic:person", pk)


@require_POST
def deactivate(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, people.deactivate, "{} is signed out everywhere and can’t sign in any more.")


@require_POST
def reactivate(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, people.reactivate, "{} can sign in again.")


@require_POST
def second_factor(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, people.reset_second_factor, "{} signs in with the password alone until they set it up.")


@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, people.invite_again, "A new link is on its way to {}.")
