"""What was overbooked on purpose: by whom and why, over a range of days."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import current_site, log_reads
from clinic.forms import CalmForm
from clinic.models import Site
from patients.access import allow_here
from visits.forms import near
from visits.models import Hold

BACK, AHEAD, LONGEST = timedelta(days=28), timedelta(days=14), timedelta(days=366)
A_PAGE = 25


class RangeForm(CalmForm, forms.Form):
    """From one day to another, at most a year."""

    first = forms.DateField(label="From", validators=[near])
    last = forms.DateField(label="To", validators=[near])

    def clean(self) -> dict[str, date]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first. Check both.")
        elif first and last and last - first > LONGEST:
            self.add_error("last", "Choose at most a year.")
        return typed


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Every room and person that was overbooked on these days, the newest first."""
    site = current_site(request)
    allow_here(request, site)
    today = site.today()
    usual = {"first": (today - BACK).isoformat(), "last": (today + AHEAD).isoformat()}
    form = RangeForm({name: request.GET.get(name) or value for name, value in usual.items()})
    valid = form.is_valid()
    found = _overbooked(site, form.cleaned_data["first"], form.cleaned_data["last"]) if valid else Hold.objects.none()
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = [hold.appointment.patient_id for hold in page if hold.appointment]
    log_reads(request, patient_ids=shown, what="overbookings")
    context = {"form": form, "page_obj": page, "site": site}
    return render(request, "journey/overbookings.html", context, status=200 if valid else 422)


def _overbooked(site: Site, first: date, last: date) -> QuerySet[Hold]:
    begins, ends = site.day_bounds(first)[0], site.day_bounds(last)[1]
    return (
        Hold.objects.filter(
            lane__gte=Hold.OVERFLOW_LANE,
            appointment__site=site,
            appointment__starts_at__gte=begins,
            appointment__starts_at__lt=ends,
        )
        .select_related("appointment__patient", "room", "staff", "overbooked_by")
        .order_by("-appointment__starts_at", "appointment_id", "resource", "-active")
        .distinct("appointment__starts_at", "appointment_id", "resource")
    )
