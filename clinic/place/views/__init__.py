"""Pages of the clinic admin: each fetches, calls one verb, answers. Another admin's site does not exist here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from clinic.access import acting_user, current_site
from clinic.errors import Invalid, Refused
from clinic.models import Site, User
from clinic.place import directory
from clinic.place.directory import managed
from clinic.policy import Action, require

M = TypeVar("M", bound=Model)


def here(request: HttpRequest) -> Site:
    """The present site. Raises NotPermitted for someone who is its admin nowhere but elsewhere."""
    site = current_site(request)
    require(acting_user(request), Action.MANAGE_CLINIC, at=site)
    return site


def site_of_mine(request: HttpRequest, pk: UUID) -> Site:
    """A site of which the user is admin. Raises Http404 otherwise."""
    site = next((one for one in managed(acting_user(request)) if one.pk == pk), None)
    if site is None:
        raise Http404
    return site


def of_mine(request: HttpRequest, model: type[M], pk: UUID) -> M:
    """A row that belongs to a site of which the user is admin. Raises Http404 otherwise."""
    rows = model._default_manager.select_related("site")
    return get_object_or_404(rows, pk=pk, site__in=managed(acting_user(request)))


def person_of_mine(request: HttpRequest, pk: UUID) -> User:
    """A person with a role at one of the user's sites. Raises Http404 otherwise."""
    person = User.objects.filter(pk=pk, memberships__site__in=managed(acting_user(request))).distinct().first()
    if person is None:
        raise Http404
    return person


def done(form: Any, verb: Callable[..., Any], **given: Any) -> Any | None:
    """What the verb made; None, with its sentences in the form, when it said no."""
    try:
        return verb(**given)
    except Invalid as error:
        form.refuse(error)
    except Refused as error:
        form.refuse(Invalid(error.sentence))
    return None


def form_page(
    request: HttpRequest, form: Any, *, title: str, trail: Sequence[tuple[str, str]] = (), **words: Any
) -> HttpResponse:
    """One form on a page of its own; `trail` are the pages between the hub and this one. Also: sub, back, button."""
    steps = [("Clinic", reverse("clinic:settings")), *trail, (title, "")]
    context = {"form": form, "title": title, "trail": steps, **words}
    return render(request, "clinic/place/form.html", context, status=422 if form.errors else 200)


def after_losing(request: HttpRequest, site: Site, first_day: date, last_day: date) -> HttpResponse | None:
    """Lead to the repairs when visits have lost their place on these days; None when none has."""
    count = directory.lost_places(site=site, first_day=first_day, last_day=last_day, by=acting_user(request))
    if not count:
        return None
    words = "1 visit has lost its place" if count == 1 else f"{count} visits have lost their place"
    messages.warning(request, f"{words}. They stay booked until they are repaired; front desk has a task.")
    return redirect("journey:repairs")
