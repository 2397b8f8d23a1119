"""Shifts and their exceptions, on the page of the person they belong to."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user
from clinic.models import Shift, ShiftException, Site, User
from clinic.place import rota
from clinic.place.directory import managed
from clinic.place.forms import ExceptionForm, NewShiftForm, ShiftForm
from clinic.place.views import after_losing, done, form_page, of_mine, person_of_mine
from clinic.place.views.people import person_page


def _sites_of(request: HttpRequest, one: User) -> list[Site]:
    """The admin's sites at which the person holds a role."""
    theirs = set(one.memberships.values_list("site_id", flat=True))
    return [site for site in managed(acting_user(request)) if site.pk in theirs]


@require_POST
def shift_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    one = person_of_mine(request, pk)
    form = NewShiftForm(request.POST, sites=_sites_of(request, one), auto_id="shift_%s")
    if form.is_valid():
        typed = dict(form.cleaned_data)
        site = typed.pop("site")
        if done(form, rota.add_shifts, user_id=pk, site_id=site.pk, by=acting_user(request), **typed):
            messages.success(request, "Saved.")
            return redirect("clinic:person", pk)
    return person_page(request, one, shift_form=form)


@require_http_methods(["GET", "POST"])
def shift_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    shift = of_mine(request, Shift, pk)
    back = reverse("clinic:person", args=[shift.user_id])
    form = ShiftForm(request.POST or None, initial={name: getattr(shift, name) for name in ShiftForm.base_fields})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, rota.edit_shift, shift_id=pk, by=acting_user(request), **form.cleaned_data)
    ):
        messages.success(request, "Saved. Visits that are booked stay booked.")
        return redirect(back)
    trail = [("Staff", reverse("clinic:staff")), (shift.user.full_name, back)]
    title = f"{shift.get_weekday_display()} shift"
    return form_page(request, form, title=title, sub=shift.site.name, trail=trail, back=back)


@require_POST
def shift_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    shift = of_mine(request, Shift, pk)
    rota.end_shift(shift_id=pk, by=acting_user(request))
    messages.success(request, "The shift no longer holds from today on. Visits that are booked stay booked.")
    return redirect("clinic:person", shift.user_id)


@require_POST
def exception_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    one = person_of_mine(request, pk)
    form = ExceptionForm(request.POST, sites=_sites_of(request, one), auto_id="away_%s")
    if form.is_valid():
        typed = dict(form.cleaned_data)
        site = typed.pop("site")
        if done(form, rota.add_exception, user_id=pk, site_id=site.pk, by=acting_user(request), **typed):
            messages.success(request, "Saved.")
            first, last = typed["first_day"], typed["last_day"] or typed["first_day"]
            return after_losing(request, site, first, last) or redirect("clinic:person", pk)
    return person_page(request, one, exception_form=form)


@require_POST
def exception_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    exception = of_mine(request, ShiftException, pk)
    rota.remove_exception(exception_id=pk, by=acting_user(request))
    messages.success(request, "Removed; the weekly pattern holds on that day.")
    return redirect("clinic:person", exception.user_id)
