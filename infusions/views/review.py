"""The response of a series in numbers, the provider's review of it, and the boosters that follow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic import settings_versions
from clinic.access import acting_user
from clinic.errors import Invalid, Refused
from clinic.policy import Action, can
from infusions import boosters, intervals, response
from infusions import series as series_verbs
from infusions.access import series_or_404
from infusions.forms.review import BoosterPlanForm, ReviewForm
from infusions.models import Series
from patients.rules import Response

DATES = 4
WORDS = {
    Response.NONE: ("none", "No improvement yet"),
    Response.IMPROVEMENT: ("info", "Improvement"),
    Response.PARTIAL: ("info", "Partial response"),
    Response.RESPONSE: ("ok", "Response"),
}


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The numbers and what was decided; a POST signs a review."""
    series = series_or_404(request, pk, what="response review")
    if request.method == "GET":
        return _page(request, series)
    form = ReviewForm(request.POST, series=series)
    if form.is_valid():
        try:
            signed = response.review(series_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"The review is signed: {signed.get_decision_display().lower()}.")
            return redirect("infusions:review", pk)
    return _page(request, series, form=form, status=422)


@require_POST
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the days between boosters."""
    series = series_or_404(request, pk, what="booster plan")
    form = BoosterPlanForm(request.POST)
    if form.is_valid():
        try:
            boosters.plan(series_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "The booster plan is signed.")
            return redirect("infusions:review", pk)
    return _page(request, series, plan_form=form, status=422)


@require_POST
def dates(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The dates that follow from the days being typed. Writes nothing."""
    series = series_or_404(request, pk, what="booster dates")
    form = BoosterPlanForm(request.POST)
    days = form.cleaned_data.get("intervals_days", []) if form.is_valid() or form.cleaned_data else []
    return render(request, "infusions/_booster_dates.html", {"dates": _dates(series, days)})


def _dates(series: Series, days: list[int]) -> list[Any]:
    last = boosters.last_given_on(series)
    if not days or last is None or max(days) > settings_versions.current(series.site).booster_max_days:
        return []
    return intervals.due_dates(days, last, DATES)


def _page(
    request: HttpRequest,
    series: Series,
    *,
    form: forms.Form | None = None,
    plan_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    assessment = response.assess(series)
    settings = settings_versions.current(series.site)
    reviews = list(series.reviews.select_related("signed_by"))
    signed = boosters.current(series)
    standard = signed.intervals_days if signed else intervals.standard(settings)
    context = {
        "series": series,
        "patient": series.patient,
        "site": series.site,
        "assessment": assessment,
        "word": WORDS[assessment.response] if assessment.response else ("none", "Nothing to compare yet"),
        "checkpoint": response.checkpoint(assessment, settings),
        "reviews": reviews,
        "running": series.state in series_verbs.OPEN,
        "may_review": can(request.user, Action.REVIEW_RESPONSE, series.site),
        "form": form or ReviewForm(series=series),
        "plan": signed,
        "plan_dates": boosters.upcoming(series, DATES) if signed else [],
        "plan_form": plan_form or BoosterPlanForm(initial={"intervals_days": standard}),
        "plan_preview": _dates(series, standard),
        "may_plan": bool(reviews) and reviews[0].decision == "maintenance",
    }
    return render(request, "infusions/review.html", context, status=status)
