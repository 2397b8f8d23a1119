"""The response of a series in numbers, and the provider's review of it."""

from __future__ import annotations

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
from infusions import boosters, evidence, response, stopping
from infusions import series as series_verbs
from infusions.access import series_or_404
from infusions.forms.review import ReviewForm
from infusions.models import ResponseReview, Series
from infusions.response import ENDS
from patients.rules import Response

DATES = 4
Decision = ResponseReview.Decision
WORDS = {
    Response.NONE: ("none", "No improvement yet"),
    Response.IMPROVEMENT: ("info", "Improvement"),
    Response.PARTIAL: ("info", "Partial response"),
    Response.RESPONSE: ("ok", "Response"),
}
GOES_ON = {
    Decision.CONTINUE: "Nothing is changed: what is booked stays, and the gate opens for the next infusion.",
    Decision.DOSE: "The next infusion waits until you have signed the order of the new dose; its page comes next.",
    Decision.MAINTENANCE: "You plan the boosters next.",
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
            return redirect(_next(signed), pk)
    return _page(request, series, form=form, status=422)


def _next(signed: ResponseReview) -> str:
    """Where the decision leads: to the order of the new dose, to the plan of boosters."""
    pages = {Decision.DOSE: "infusions:orders", Decision.MAINTENANCE: "infusions:boosters"}
    return pages.get(Decision(signed.decision), "infusions:review")


@require_POST
def consequences(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the decision being chosen would do. Writes nothing."""
    series = series_or_404(request, pk, what="response review")
    items = _consequences(series, request.POST.get("decision", ""))
    return render(request, "infusions/_review_consequences.html", {"items": items})


def _consequences(series: Series, decision: str) -> list[tuple[str, str]]:
    if decision in ENDS:
        return stopping.foresee(series)
    return [("info", GOES_ON[Decision(decision)])] if decision in GOES_ON else []


def _word(assessment: response.Assessment) -> tuple[str, str]:
    if assessment.is_worse:
        return "warn", "Worse, by 5 points or more"
    return WORDS[assessment.response] if assessment.response else ("none", "Nothing to compare yet")


def _page(request: HttpRequest, series: Series, *, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    assessment = response.assess(series)
    settings = settings_versions.current(series.site)
    reviews = list(series.reviews.select_related("signed_by"))
    signed = boosters.current(series)
    found = response.checkpoint(assessment, settings)
    context = {
        "series": series,
        "patient": series.patient,
        "site": series.site,
        "assessment": assessment,
        "word": _word(assessment),
        "checkpoint": found,
        "facts": evidence.SLOW_RESPONSE if found else (),
        "is_decided": found is not None and any(each.after_number >= found.after_number for each in reviews),
        "is_settled": bool(reviews) and reviews[0].after_number == assessment.given_count,
        "reviews": reviews,
        "running": series.state in series_verbs.OPEN,
        "may_review": can(request.user, Action.REVIEW_RESPONSE, series.site),
        "form": form or ReviewForm(series=series),
        "items": _consequences(series, form.data.get("decision", "") if form else ""),
        "plan": signed,
        "plan_dates": boosters.upcoming(series, DATES) if signed else [],
        "may_plan": bool(reviews) and reviews[0].decision == Decision.MAINTENANCE,
    }
    return render(request, "infusions/review.html", context, status=status)
