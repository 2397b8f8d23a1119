"""Writing an integration plan: kept by itself while its therapist types, saved, given to the patient."""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from clinic.access import acting_user
from clinic.errors import DomainError, Invalid
from infusions.models import Series
from therapy import integration_plans
from therapy.integration_plans import Overtaken
from therapy.models import IntegrationPlan
from therapy.plan_forms import PlanForm, StepForm, Steps, differences, drafted
from therapy.views.plans import page, series_or_404

Typed: TypeAlias = "tuple[PlanForm, BaseFormSet[StepForm]]"


@require_POST
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the draft; with the button “Give”, give it too. A half-typed row holds nothing else up while one types."""
    series = series_or_404(request, pk)
    form, steps = typed = PlanForm(request.POST), Steps(request.POST, prefix="steps")
    may_keep = form.is_valid() & steps.management_form.is_valid()
    is_whole = may_keep and steps.is_valid()
    if not (is_whole or (may_keep and _by_itself(request))):
        return _refused(request, series, typed, 422)
    where = {name: form.cleaned_data[name] for name in ("version", "number")}
    try:
        plan = integration_plans.write(series_id=pk, draft=drafted(form, steps), by=acting_user(request), **where)
    except Overtaken as error:
        return _overtaken(request, series, typed, error)
    except DomainError as error:
        form.refuse(error if isinstance(error, Invalid) else Invalid(error.sentence))
        return _refused(request, series, typed, error.status)
    if _by_itself(request):
        return _kept(request, series, typed, plan, status=200 if is_whole else 422)
    if "give" in request.POST:
        return _give(request, series, typed, plan)
    messages.success(request, f"Saved {series.site.local(plan.written_at):%H:%M}, draft. The patient sees nothing yet.")
    return redirect("therapy:plan", pk)


def _by_itself(request: HttpRequest) -> bool:
    """The page saved while its writer went on typing."""
    return "HX-Request" in request.headers


def _give(request: HttpRequest, series: Series, typed: Typed, plan: IntegrationPlan) -> HttpResponse:
    try:
        given = integration_plans.give(plan_id=plan.pk, by=acting_user(request), version=plan.version)
    except DomainError as error:
        form = _anew(request, plan.number, plan.version)
        form.refuse(error if isinstance(error, Invalid) else Invalid(error.sentence))
        return page(request, series, forms=(form, typed[1]), status=error.status)
    if given.path:
        return page(request, series, address=urljoin(settings.PUBLIC_URL, given.path), why=given.why)
    messages.success(request, "Given: the patient gets a message with the link.")
    return redirect("therapy:plan", series.pk)


def _anew(request: HttpRequest, number: int, version: int | None) -> PlanForm:
    """What was typed, as the next save of the plan that stands now."""
    typed = request.POST.copy()
    typed["version"], typed["number"] = str(version or ""), str(number)
    form = PlanForm(typed)
    form.is_valid()
    return form


def _refused(request: HttpRequest, series: Series, typed: Typed, status: int) -> HttpResponse:
    if _by_itself(request):
        return _kept(request, series, typed, None, status=status)
    return page(request, series, forms=typed, status=status)


def _kept(
    request: HttpRequest, series: Series, typed: Typed, plan: IntegrationPlan | None, *, status: int
) -> HttpResponse:
    """What changes on the page when it was saved, or what of it was not."""
    context = {"series": series, "site": series.site, "draft": plan, "form": typed[0], "steps": typed[1]}
    return render(request, "therapy/_plan_kept.html", context, status=status)


def _overtaken(request: HttpRequest, series: Series, typed: Typed, error: Overtaken) -> HttpResponse:
    """Another window saved or gave it: what stands there is shown, and nothing is written until one chooses.

    The same press sent twice, by a double click or the way back, finds what it gave, and nothing to choose.
    """
    stands = integration_plans.draft_of(series.pk) or integration_plans.given(series.pk)
    differs = differences(*typed, stands)
    number = integration_plans.next_number(series.pk)
    version = stands.version if stands and not stands.signed_at else None
    if _by_itself(request):
        context = {"series": series, "site": series.site, "error": error, "differs": differs}
        context |= {"number": number, "version": version or ""}
        return render(request, "therapy/_plan_overtaken.html", context, status=error.status)
    if "give" in request.POST and not differs and stands and stands.signed_at:
        messages.info(request, "This plan was given already; nothing was sent again.")
        return redirect("therapy:plan", series.pk)
    form = _anew(request, number, version)
    form.refuse(Invalid(error.sentence))
    return page(request, series, forms=(form, typed[1]), differs=differs, status=error.status)
