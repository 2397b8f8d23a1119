"""Repairing one series: the plan as it would be, what it breaks, a provider's word where one is needed, one button."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user
from clinic.errors import DomainError, Invalid
from clinic.policy import Action, can
from infusions import extending
from infusions.models import GapDecision, Series
from infusions.series import RUNNING
from journey import approvals, extension, repair
from journey.repair_forms import DecisionForm, ExtendForm, WishForm
from patients.access import patient_or_404
from visits import preview
from visits import repair as visit_repair
from visits.models import RepairStep
from visits.repair_course import Mending
from visits.rules import UNDO_MINUTES


def series_or_404(request: HttpRequest, pk: UUID) -> Series:
    found = Series.objects.filter(pk=pk, kind=Series.Kind.LOADING).select_related("site", "patient").first()
    if found is None:
        raise Http404
    patient_or_404(request, found.patient_id, what="series repair")
    return found


@require_http_methods(["GET", "POST"])
def series(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The smallest repair of a series; POST carries out the plan that was shown."""
    found = series_or_404(request, pk)
    if request.method != "POST":
        return _page(request, found)
    wish = _wish(request.POST)
    try:
        done = repair.carry_out(series=found, seen=request.POST.get("seen", ""), by=acting_user(request), **wish)
    except DomainError as error:
        return _page(request, found, trouble=error)
    messages.success(request, f"The series is repaired. This can be undone as a whole for {UNDO_MINUTES} minutes.")
    return redirect("journey:repair", pk=done.pk)


def _wish(typed: Any) -> dict[str, Any]:
    form = WishForm({name: typed.get(name, "") for name in ("day", "at")})
    return dict(form.cleaned_data) if form.is_valid() else {}


def _page(
    request: HttpRequest,
    found: Series,
    *,
    trouble: DomainError | None = None,
    decision: DecisionForm | None = None,
    extend_form: ExtendForm | None = None,
) -> HttpResponse:
    user, running = acting_user(request), found.state in RUNNING
    typed = request.GET if request.method == "GET" else request.POST
    wish = _wish(typed)
    mending = repair.plan(found, **wish) if running else Mending([], repair.course_of(found), [], [], proven=True)
    steps = [visit_repair.as_step(line) for line in mending.lines]
    decides = can(user, Action.REVIEW_RESPONSE, found.site)
    counts = extending.choices(found) if decides else []
    soft = [one for one in mending.concerns if one.tone == "warn" and one.code[0] in {"gap", "span"}]
    context = {
        "series": found,
        "site": found.site,
        "patient": found.patient,
        "patient_url": reverse("journey:chart", args=[found.patient_id]),
        "running": running,
        "mending": mending,
        "steps": steps,
        "days": [(number, point) for number, point in enumerate(mending.course.infusions, start=1)],
        "seen": repair.fingerprint(mending),
        "consequences": _consequences(found, mending, steps),
        "wish_form": WishForm(initial=wish),
        "wish": {name: value.isoformat() for name, value in wish.items() if value},
        "may_repair": can(user, Action.BOOK, found.site) and running,
        "decision_form": decision or DecisionForm(initial=repair.longest(mending)) if decides and running else None,
        "soft": soft if decides else [],
        "longest": repair.longest(mending),
        "extend_form": extend_form or (ExtendForm(counts=counts) if counts else None),
        "extensions": found.extensions.select_related("by"),
        "decisions": found.gap_decisions.select_related("by").order_by("-at")[:5],
        "trouble": trouble,
    }
    return render(request, "journey/repair_series.html", context, status=trouble.status if trouble else 200)


def _consequences(found: Series, mending: Mending, steps: list[RepairStep]) -> list[preview.Consequence]:
    """What follows, and what the payer's papers lack for the infusions that are new."""
    if not steps:
        return []
    told = preview.of_repair(steps)
    if any(step.what == RepairStep.What.BOOK and step.kind == "infusion" for step in steps):
        told = [*approvals.warnings(found, [point.start.date() for point in mending.course.infusions]), *told]
    return told


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A provider agrees to the gaps of the plan, extends the series, restarts or stops it."""
    found = series_or_404(request, pk)
    typed = request.POST.copy()
    if typed.get("kind") == GapDecision.Kind.ACKNOWLEDGED:
        longest = repair.longest(repair.plan(found, **_wish(typed)))  # the plan that was on the page
        made = repair.decide(
            series=found,
            kind=GapDecision.Kind.ACKNOWLEDGED,
            gap_days=longest["gap_days"],
            span_days=longest["span_days"],
            by=acting_user(request),
        )
        messages.success(request, f"Agreed to a gap of {made.gap_days} days and a span of {made.span_days} days.")
        return redirect("journey:repair-series", pk=found.pk)
    form = DecisionForm(typed)
    if not form.is_valid():
        trouble = Invalid("Nothing was decided. Look at the marked fields.")
        return _page(request, found, decision=form, trouble=trouble)
    try:
        made = repair.decide(series=found, by=acting_user(request), **form.cleaned_data)
    except Invalid as error:
        form.refuse(error)
        return _page(request, found, decision=form, trouble=error)
    except DomainError as error:
        return _page(request, found, trouble=error)
    messages.success(request, f"{made.get_kind_display()}.")
    return redirect("journey:repair-series", pk=found.pk)


@require_POST
def extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A provider adds infusions to a series; the page then shows where they would be booked."""
    found = series_or_404(request, pk)
    form = ExtendForm(request.POST, counts=extending.choices(found))
    trouble: DomainError = Invalid("Nothing was extended. Look at the marked fields.")
    if form.is_valid():
        try:
            made = extension.extend(series_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        except DomainError as error:
            trouble = error
        else:
            words = f"The series has {made.after} infusions now. Front desk books the new ones; they need an order."
            messages.success(request, words)
            return redirect("journey:repair-series", pk=pk)
    return _page(request, found, extend_form=form, trouble=trouble)
