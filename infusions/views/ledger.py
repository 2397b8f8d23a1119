"""The stock of vials, and the ledger of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.errors import Invalid, Refused
from clinic.policy import Action, require
from infusions import counts, ledger, stock
from infusions.access import vial_or_404
from infusions.forms.ledger import CountForm, ReceiveForm, ReturnForm, SettleForm, WasteForm
from infusions.models import DrugVial, LedgerEntry, StockCount

VIALS_A_PAGE = 25
ROWS_A_PAGE = 50
SOON_DAYS = 30


@require_http_methods(["GET", "POST"])
def vials(request: HttpRequest) -> HttpResponse:
    """The stock of the site, expiring first; a POST receives a vial."""
    site = current_site(request)
    require(acting_user(request), Action.KEEP_LEDGER, at=site)
    form = ReceiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            vial = ledger.receive(site=site, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"{vial.label} is in stock.")
            return redirect("infusions:vials")
    closed = request.GET.get("show") == "closed"
    wanted = stock.closed_vials(site) if closed else stock.open_vials(site)
    context = {
        "site": site,
        "form": form,
        "closed": closed,
        "stock": stock.stock(site),
        "page_obj": Paginator(wanted, VIALS_A_PAGE).get_page(request.GET.get("page")),
        "today": site.today(),
        "soon": stock.expiring_before(site, SOON_DAYS),
        "counted": counts.of_day(site, StockCount.Kind.DAILY, site.today()),
        "unaccounted": stock.unaccounted(site),
    }
    return render(request, "infusions/vials.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET"])
def vial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, vial_or_404(request, pk))


@require_POST
def waste(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = vial_or_404(request, pk)
    form = WasteForm(request.POST, request=request, site=found.site)
    return _write(request, found, "waste", form, lambda typed: ledger.waste(vial_id=pk, **typed))


@require_POST
def count(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = vial_or_404(request, pk)
    form = CountForm(request.POST, request=request, site=found.site)
    return _write(request, found, "count", form, lambda typed: ledger.count(vial_id=pk, **typed))


@require_POST
def return_stock(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = vial_or_404(request, pk)
    form = ReturnForm(request.POST)
    return _write(request, found, "return", form, lambda typed: ledger.return_stock(vial_id=pk, **typed))


@require_POST
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = vial_or_404(request, pk)
    form = SettleForm(request.POST, request=request, site=found.site)
    return _write(request, found, "settle", form, lambda typed: ledger.settle(vial_id=pk, **typed))


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = vial_or_404(request, pk)
    ledger.close(vial_id=pk, by=acting_user(request))
    messages.success(request, f"{found.label} is closed.")
    return redirect("infusions:vials")


def _write(
    request: HttpRequest,
    found: DrugVial,
    name: str,
    form: forms.Form,
    verb: Callable[[dict[str, Any]], LedgerEntry],
) -> HttpResponse:
    """Call the verb with what was typed; what it refuses comes back beside its field."""
    if form.is_valid():
        typed = {key: value for key, value in form.cleaned_data.items() if key != "password"}
        try:
            entry = verb({**typed, "by": acting_user(request)})
        except Invalid as error:
            form.refuse(error)  # type: ignore[attr-defined]
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"{stock.words(entry)}.")
            return redirect("infusions:vial", found.pk)
    return _page(request, found, opened=name, form=form, status=422)


def _page(
    request: HttpRequest, found: DrugVial, *, opened: str = "", form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    site = found.site
    sheets: list[dict[str, Any]] = []
    difference = stock.difference(found)
    if not found.closed_at:
        settle = _sheet(
            "settle", "Settle the difference", "With its cause and two names.", SettleForm, request=request, site=site
        )
        sheets = [
            *([settle] if difference else []),
            _sheet("count", "Count", "Two people look at what is in the vial.", CountForm, request=request, site=site),
            _sheet("waste", "Waste", "What leaves the vial and goes to nobody.", WasteForm, request=request, site=site),
            _sheet("return", "Return", "To the supplier or a reverse distributor.", ReturnForm),
        ]
    for sheet in sheets:
        if sheet["name"] == opened:
            sheet.update(form=form, open=True)
    context = {
        "vial": found,
        "site": site,
        "today": site.today(),
        "page_obj": Paginator(stock.history(found), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "sheets": sheets,
        "last_count": stock.last_count(found),
        "difference": difference,
    }
    return render(request, "infusions/vial.html", context, status=status)


def _sheet(name: str, title: str, text: str, form: type[forms.Form], **more: Any) -> dict[str, Any]:
    made = form(prefix=None, auto_id=f"id_{name}_%s", **more)
    return {"name": name, "title": title, "text": text, "url": f"infusions:vial-{name}", "form": made, "open": False}
