"""Orders of one series: the one in force as a card, what came before, and a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user
from clinic.errors import Invalid
from clinic.policy import Action, can
from infusions import dose_card, orders, stock
from infusions import series as series_verbs
from infusions.access import order_or_404, series_or_404
from infusions.forms.orders import OrderForm, open_numbers
from infusions.models import Series

SHOWN = 30
"""A series has few orders; what is older than these is in the history."""


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The orders of a series; a POST signs a new one."""
    series = series_or_404(request, pk, what="dose orders")
    if request.method == "GET":
        return _page(request, series, OrderForm(series=series))
    form = OrderForm(request.POST, series=series)
    if form.is_valid():
        try:
            order = orders.sign(series_id=pk, by=acting_user(request), **asdict(form.wanted()))
        except Invalid as error:
            form.refuse(error)
        else:
            waits = " It waits for a second provider’s signature." if order.awaits_second else ""
            messages.success(request, f"The order is signed.{waits}")
            return redirect("infusions:orders", pk)
    return _page(request, series, form, status=422)


def _page(request: HttpRequest, series: Series, form: OrderForm, *, status: int = 200) -> HttpResponse:
    history = list(orders.signed_for(series)[:SHOWN])
    strengths = stock.strengths(series.site)
    following = next(iter(open_numbers(series)), None)
    newest = history[0] if history else None
    current = orders.for_number(following, history) if following else newest
    user = acting_user(request)
    may_order = can(user, Action.ORDER_DOSE, series.site)
    context = {
        "series": series,
        "patient": series.patient,
        "site": series.site,
        "history": history,
        "current": current,
        "card": dose_card.of_order(current, strengths) if current else None,
        "form": form if may_order and series.state in series_verbs.RUNNING else None,
        "may_order": may_order,
        "following": following,
        "waiting": newest if newest and newest.awaits_second else None,
        "may_countersign": may_order and newest is not None and newest.signed_by_id != user.pk,
        **_preview(series, form.data),
    }
    return render(request, "infusions/orders.html", context, status=status)


@require_POST
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is being typed, worked out: mg, mL, rate, and everything that would forbid it. Writes nothing."""
    series = series_or_404(request, pk, what="dose order preview")
    return render(request, "infusions/_order_preview.html", {"series": series, **_preview(series, request.POST)})


def _preview(series: Series, data: Mapping[str, Any]) -> dict[str, Any]:
    """The card of what is typed, once dose, weight, minutes and bag are numbers above zero."""
    if not data:
        return {}
    form = OrderForm(data, series=series)
    form.is_valid()
    typed = form.cleaned_data
    needed = ("first_number", "mg_per_kg", "dosing_weight_kg", "minutes", "bag_ml", "weight_basis")
    if any(not typed.get(name) or (name != "weight_basis" and typed[name] <= 0) for name in needed):
        return {}
    typed.setdefault("weight_on", series.site.today())
    considered = orders.consider(series=series, wanted=form.wanted())
    return {
        "preview": dose_card.of_considered(considered, stock.strengths(series.site)),
        "problems": list(considered.problems.values()),
        "second": considered.verdict.second,
        "basis": None if "basis_reason" in considered.problems else considered.basis,
    }


@require_POST
def countersign(request: HttpRequest, pk: UUID) -> HttpResponse:
    order = order_or_404(request, pk)
    orders.countersign(order_id=pk, by=acting_user(request))
    messages.success(request, "Both providers have signed this order.")
    return redirect("infusions:orders", order.series_id)
