"""Doors of the gate: a pregnancy test, a series that waits and goes on, and the word of the escort."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clinic.access import acting_user
from infusions import arrival, pregnancy, series, suspension
from infusions.access import series_or_404
from infusions.views.answering import answer


@require_POST
def test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Log one pregnancy test, the repeated one too."""
    result = request.POST.get("result", "")
    return answer(request, pk, lambda one, by: pregnancy.record_test(infusion_id=one.pk, result=result, by=by))


@require_POST
def suspend(request: HttpRequest, pk: UUID) -> HttpResponse:
    return answer(request, pk, lambda one, by: suspension.suspend(infusion_id=one.pk, by=by))


@require_POST
def escort(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person who was named has confirmed to come."""
    return answer(request, pk, lambda one, by: arrival.confirm_escort(infusion_id=one.pk, by=by))


@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a suspended series go on."""
    found = series_or_404(request, pk, what="response review")
    series.resume(series_id=found.pk, by=acting_user(request))
    messages.success(request, "The series goes on. Book its next infusion.")
    return redirect("infusions:review", found.pk)
