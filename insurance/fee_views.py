"""The fee schedule of a site: prices, what payers allow, packages. Each change is a new version from a day on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, current_site
from clinic.errors import Invalid
from clinic.models import Site
from insurance import fees
from insurance.estimate_forms import AllowedForm, FeeForm, FileForm, PackageForm
from insurance.models import AllowedAmount, Fee
from patients.access import allow_here

MOST_BYTES, MOST_ROWS = 200_000, 500
COLUMNS = {"code", "label", "billed", "self_pay", "used", "leg", "label_es"}
NEEDED = {"code", "label", "billed"}
LATER = 20


def _here(request: HttpRequest) -> Site:
    """The site at hand, for those who keep its prices."""
    site = current_site(request)
    allow_here(request, site)
    return site


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """What counts today, and what is to come."""
    site = _here(request)
    today = site.today()
    page = Paginator(fees.sheet(site, today), 50).get_page(request.GET.get("page"))
    known = AllowedAmount.objects.filter(site=site, valid_from__lte=today).select_related("payer")
    newest = known.order_by("payer__name", "payer_id", "code", "-valid_from", "-made_at", "-id")
    allowed = [row for row in newest.distinct("payer__name", "payer_id", "code") if row.amount is not None]
    later = Fee.objects.filter(site=site, valid_from__gt=today).select_related("made_by").order_by("valid_from", "code")
    context = {
        "page_obj": page,
        "allowed": Paginator(allowed, 50).get_page(request.GET.get("allowed")),
        "packages": fees.packages(site, today),
        "later": later[:LATER],
        "site": site,
        "today": today,
        "counted": any(fee.used == Fee.Used.INFUSION for fee in page.object_list),
    }
    return render(request, "insurance/fees.html", context)


def _ask(
    request: HttpRequest, form: forms.Form, title: str, text: str, act: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Show the form; when it is sent, write the new version, or say what was wrong and keep what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
        except Invalid as error:
            form.refuse(error)  # type: ignore[attr-defined]
        else:
            return redirect("insurance:fees")
    context = {"form": form, "title": title, "text": text, "site": current_site(request)}
    return render(request, "insurance/fee_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def fee(request: HttpRequest) -> HttpResponse:
    site = _here(request)
    code = request.GET.get("code", "")
    known = next((one for one in fees.sheet(site, site.today()) if one.code == code), None)
    names = ("code", "label", "label_es", "billed", "self_pay", "used", "leg")
    start = {name: getattr(known, name) for name in names} if known else {}

    def act(said: dict[str, Any]) -> str:
        made = fees.set_fee(site=site, by=acting_user(request), **said)
        return f"{made.code} is written down, from {made.valid_from.day} {made.valid_from:%b %Y} on."

    form = FeeForm(request.POST or None, initial=start | {"valid_from": site.today()})
    title = f"New price of {known.code}" if known else "Add a price"
    return _ask(request, form, title, "A new version. What was charged before keeps its price.", act)


@require_http_methods(["GET", "POST"])
def allowed(request: HttpRequest) -> HttpResponse:
    site = _here(request)

    def act(said: dict[str, Any]) -> str:
        made = fees.set_allowed(site=site, by=acting_user(request), **said)
        return f"{made} is written down."

    start = {"valid_from": site.today(), "payer": request.GET.get("payer"), "code": request.GET.get("code")}
    form = AllowedForm(request.POST or None, initial=start)
    text = "Estimates with this payer count with it: without it they can only say “at most our fee”."
    return _ask(request, form, "What a payer allows", text, act)


@require_http_methods(["GET", "POST"])
def package(request: HttpRequest) -> HttpResponse:
    site = _here(request)
    known = next((one for one in fees.packages(site, site.today()) if one.code == request.GET.get("code")), None)
    start = {name: getattr(known, name) for name in PackageForm.base_fields} if known else {}

    def act(said: dict[str, Any]) -> str:
        made = fees.set_package(site=site, by=acting_user(request), **said)
        return f"{made.name} is written down."

    form = PackageForm(request.POST or None, initial=start | {"valid_from": site.today()})
    text = "For whoever pays alone. It is counted where the series is long enough and it saves something."
    return _ask(request, form, "Change a package" if known else "Add a package", text, act)


@require_http_methods(["GET", "POST"])
def take_file(request: HttpRequest) -> HttpResponse:
    site = _here(request)

    def act(said: dict[str, Any]) -> str:
        rows = _rows(said["file"].read(MOST_BYTES + 1))
        taken = fees.take(site=site, rows=rows, valid_from=said["valid_from"], by=acting_user(request))
        return f"{taken.new} new prices; {taken.same} stood so already."

    form = FileForm(request.POST or None, request.FILES or None, initial={"valid_from": site.today()})
    text = "Every row that differs becomes a new version. If one row is wrong, nothing is taken."
    return _ask(request, form, "Prices from a file", text, act)


def _rows(content: bytes) -> list[dict[str, Any]]:
    """The rows of the file. Raises Invalid with what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise Invalid({"file": "The file is larger than 200 kB. Split it."})
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        names = {(name or "").strip().lower() for name in reader.fieldnames or []}
        if lacking := NEEDED - names:
            raise Invalid({"file": f"The first line names no column {', '.join(sorted(lacking))}."})
        if unknown := names - COLUMNS:
            raise Invalid({"file": f"No price has a column {', '.join(sorted(unknown))}. Take it out."})
        found = [_row(number, row) for number, row in enumerate(reader, start=2)]
    except (UnicodeDecodeError, csv.Error):
        raise Invalid({"file": "This is no CSV file in UTF-8. Save it as “CSV UTF-8” and try again."}) from None
    if not 1 <= len(found) <= MOST_ROWS:
        raise Invalid({"file": f"The file has {len(found)} rows; 1 to {MOST_ROWS} can be taken at once."})
    return found


def _row(number: int, row: dict[str | None, Any]) -> dict[str, Any]:
    if None in row or None in row.values():
        raise Invalid({"file": f"Row {number} has another number of columns than the first line."})
    said = {str(name).strip().lower(): str(value).strip() for name, value in row.items()}
    found: dict[str, Any] = {name: value for name, value in said.items() if name not in {"billed", "self_pay"}}
    for name in ("billed", "self_pay"):
        if name not in said:
            continue
        try:
            found[name] = Decimal(said[name].replace("$", "").replace(",", "")) if said[name] else None
        except InvalidOperation:
            raise Invalid({"file": f"Row {number}: “{said[name]}” is no amount of dollars."}) from None
    if not found.get("leg", "x"):
        found.pop("leg")
    return found
