"""Boosters after a series: the plan and what the rule would change, the watch for a relapse, and the checks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import settings_versions
from clinic.access import acting_user, log_read
from clinic.errors import Invalid, Refused
from clinic.policy import Action, can
from clinic.wording import listed
from infusions import booster_visits, boosters, exposure, intervals, long_term, relapse, relapse_states
from infusions.access import series_or_404
from infusions.forms.boosters import BoosterPlanForm, LongTermForm, RequestForm, SettleForm
from infusions.models import BoosterPlan, RelapseState, Series
from infusions.views.answering import infusion_or_404
from patients import labs

DATES = 4
SEEN = 12


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """When the next booster is due, what stands for another interval, and whether a relapse is watched for."""
    return _page(request, _loading(request, pk))


def _loading(request: HttpRequest, pk: UUID) -> Series:
    """The loading series that the page is about, also where its maintenance is named."""
    series = series_or_404(request, pk, what="boosters")
    if series.follows_id:
        return series_or_404(request, series.follows_id, what="boosters")
    return series


@require_POST
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the days between boosters, and move the one that is booked if asked to."""
    series = series_or_404(request, pk, what="booster plan")
    form = BoosterPlanForm(request.POST, site=series.site, is_booked=bool(boosters.booked(series)))
    if form.is_valid():
        try:
            _, moved = booster_visits.decide(series_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            told = f" {moved.done}" if moved else ""
            messages.success(request, f"The booster plan is signed.{told}")
            return redirect("infusions:boosters", pk)
    return _page(request, series, plan_form=form, status=422)


@require_POST
def dates(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The dates that follow from the days being typed. Writes nothing."""
    series = series_or_404(request, pk, what="booster dates")
    form = BoosterPlanForm(request.POST, site=series.site)
    days = form.cleaned_data.get("intervals_days", []) if form.is_valid() or form.cleaned_data else []
    found = _dates(series, days)
    context = {
        "dates": found,
        "shift": booster_visits.shift(series, found[0] if found else None),
        "as_needed": form.cleaned_data.get("template") == BoosterPlan.Template.AS_NEEDED,
    }
    return render(request, "infusions/_booster_dates.html", context)


def _dates(series: Series, days: list[int]) -> list[Any]:
    last = boosters.last_given_on(series)
    if not days or last is None or max(days) > settings_versions.current(series.site).booster_max_days:
        return []
    return intervals.due_dates(days, last, DATES)


@require_POST
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient, or the therapist, asks for help before the next booster."""
    series = _loading(request, pk)
    form = RequestForm(request.POST)
    if form.is_valid():
        try:
            row = relapse.request(series_id=series.pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            found = f": {row.get_state_display().lower()}" if can(request.user, Action.SEE_CHART, series.site) else ""
            messages.success(request, f"Written down{found}. A nurse is asked to call.")
            return redirect("infusions:boosters", series.pk)
    return _page(request, series, request_form=form, status=422)


@require_POST
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A provider ends the watch."""
    series = _loading(request, pk)
    form = SettleForm(request.POST)
    if form.is_valid():
        try:
            relapse.settle(series_id=series.pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "The watch is ended.")
            return redirect("infusions:boosters", series.pk)
    return _page(request, series, settle_form=form, status=422)


@require_http_methods(["GET", "POST"])
def long_term_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Bladder and misuse, asked before a booster."""
    infusion = infusion_or_404(request, pk)
    form = LongTermForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            long_term.record(infusion_id=pk, by=acting_user(request), **form.answers)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "Bladder and misuse: written down.")
            return redirect("infusions:infusion", pk)
    context = {
        "infusion": infusion,
        "patient": infusion.series.patient,
        "site": infusion.appointment.site,
        "form": form,
    }
    log_read(request, patient_id=infusion.series.patient_id, what="bladder and misuse")
    context["asked"] = list(infusion.long_term_checks.select_related("entered_by")[:SEEN])
    status = 422 if request.method == "POST" else 200
    return render(request, "infusions/long_term.html", context, status=status)


def _page(request: HttpRequest, series: Series, *, status: int = 200, **typed: forms.Form) -> HttpResponse:
    site = series.site
    clinical = can(request.user, Action.SEE_CHART, site)
    decides = can(request.user, Action.REVIEW_RESPONSE, site)
    signed = boosters.current(series)
    due = boosters.next_due(series)
    state = relapse_states.newest(series)
    active = state is not None and state.state != RelapseState.State.NONE
    booked = boosters.booked(series)
    helped = any(state and each.appointment.booked_at >= state.entered_at for each in booked)
    sooner = active and signed is not None and not helped
    context: dict[str, Any] = {
        "series": series,
        "patient": series.patient,
        "site": site,
        "clinical": clinical,
        "state": state if clinical else None,
        "is_sooner": sooner,
        "is_watched": relapse.watched(series.patient) == series,
        "plan": signed,
        "due": due,
        "overdue": (site.today() - due).days if due else 0,
        "plan_dates": boosters.upcoming(series, DATES) if signed else [],
        "booked": booked,
        "sooner": booster_visits.sooner(series) if sooner else [],
        "request_form": typed.get("request_form") or RequestForm(),
    }
    if clinical:
        context |= _clinical(series, active)
    if decides:
        context |= _deciding(series, signed, typed)
    return render(request, "infusions/boosters.html", context, status=status)


def _clinical(series: Series, active: bool) -> dict[str, Any]:
    rule = boosters.propose(series)
    return {
        "rule": rule,
        "evidence": boosters.evidence(rule) if rule else "",
        "scores": boosters.scores_since_the_series(series)[-SEEN:],
        "seen": list(RelapseState.objects.filter(series=series).select_related("by")[:SEEN]),
        "active": active,
        "sign": relapse_states.last_sign(series) if active else None,
        "still": listed(relapse.still_to_do(series)) if active else "",
        "exposure": exposure.of(series),
        "labs_due": listed([row.name for row in labs.due(series.patient, series.site.today())]),
    }


def _deciding(series: Series, signed: BoosterPlan | None, typed: dict[str, forms.Form]) -> dict[str, Any]:
    review = series.reviews.order_by("-signed_at").first()
    settings = settings_versions.current(series.site)
    standard = signed.intervals_days if signed else intervals.standard(settings)
    initial = {
        "template": signed.template if signed else BoosterPlan.Template.STANDARD,
        "intervals_days": standard,
        "move_booked": True,
    }
    booked = bool(boosters.booked(series))
    rule = boosters.propose(series)
    proposed = _dates(series, [rule.days])[:1] if rule and rule.change else []
    return {
        "decides": True,
        "may_plan": review is not None and review.decision == "maintenance",
        "plan_form": typed.get("plan_form") or BoosterPlanForm(site=series.site, is_booked=booked, initial=initial),
        "plan_preview": _dates(series, standard),
        "settle_form": typed.get("settle_form") or SettleForm(),
        "shift": booster_visits.shift(series, proposed[0] if proposed else None),
        "proposed_on": proposed[0] if proposed else None,
        "is_past": bool(proposed) and proposed[0] <= series.site.today(),
    }
