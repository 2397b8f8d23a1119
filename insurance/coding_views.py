"""The table of codes, and what belongs to a coded visit: its bill, payments, and taking it back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from clinic import wording
from clinic.access import acting_user, current_site, log_read
from clinic.documents.answer import attachment
from clinic.errors import Invalid
from clinic.forms import CalmForm
from clinic.models import Site
from insurance import charges, code_tables, superbill_pdf, superbills
from insurance.asking import Page, ask
from insurance.coding_rules import Rule, What
from insurance.forms import ErrorForm
from insurance.models import CodedVisit, CodeTable, Payment
from patients.access import allow_here, patient_or_404

SPARE = 3
SHOWN = 12


class RuleForm(CalmForm, forms.Form):
    """One line of the table; a line without a code is left out."""

    what = forms.ChoiceField(choices=[("", "Choose"), *((what.value, what.label) for what in What)], required=False)
    code = forms.CharField(max_length=5, required=False)
    modifier = forms.CharField(max_length=2, required=False)
    label = forms.CharField(max_length=60, required=False)
    least = forms.IntegerField(min_value=0, max_value=1440, required=False)
    most = forms.IntegerField(min_value=0, max_value=1440, required=False)
    step = forms.IntegerField(min_value=1, max_value=1440, required=False)

    def rule(self) -> Rule | None:
        said = self.cleaned_data
        if not said.get("code"):
            return None
        return Rule(
            said["what"], said["code"].strip().upper(), said["label"].strip(), said["least"], said["most"],
            said["step"], said["modifier"].strip().upper(),
        )  # fmt: skip


class TableForm(CalmForm, forms.Form):
    required_sentences = {"starts_on": "Choose the first day on which it counts.", "note": "Write why it changes."}

    starts_on = forms.DateField(label="Counts from")
    note = forms.CharField(label="Why it changes", max_length=300)


class PaymentForm(CalmForm, forms.Form):
    picks = ("method",)
    required_sentences = {
        "amount": "Write what was paid, in dollars.",
        "method": "Choose how it was paid.",
        "paid_on": "Choose the day.",
    }

    amount = forms.DecimalField(label="Paid, $", max_digits=9, decimal_places=2)
    method = forms.ChoiceField(label="How", choices=Payment.Method.choices)
    paid_on = forms.DateField(label="On")


RuleForms = formset_factory(RuleForm, extra=SPARE, max_num=code_tables.MOST_RULES, absolute_max=code_tables.MOST_RULES)


@require_http_methods(["GET", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    """The codes that count now, and a new table from a day on."""
    today = current_site(request).today()
    now = code_tables.in_force(today)
    lines = [rule._asdict() for rule in code_tables.rules_of(now)]
    form = TableForm(request.POST or None)
    rows = RuleForms(request.POST or None, initial=lines, prefix="rule")
    if request.method == "POST" and form.is_valid() and rows.is_valid() and _make(request, form, rows):
        return redirect("insurance:codes")
    later = CodeTable.objects.select_related("made_by")[:SHOWN]
    context = {"form": form, "rows": rows, "now": now, "tables": later, "today": today}
    return render(request, "insurance/codes.html", context, status=422 if request.method == "POST" else 200)


def _make(request: HttpRequest, form: TableForm, rows: BaseFormSet[RuleForm]) -> bool:
    rules = [rule for rule in (row.rule() for row in rows) if rule]
    try:
        code_tables.make(rules=rules, by=acting_user(request), **form.cleaned_data)
    except Invalid as error:
        form.refuse(error)
        return False
    messages.success(request, "The new table is kept. What was coded before stays as it is.")
    return True


def _coded_or_404(request: HttpRequest, pk: UUID) -> CodedVisit:
    found = superbills.coded().filter(pk=pk, site_id__in=acting_user(request).site_ids).first()
    if found is None:
        raise Http404
    allow_here(request, found.site)
    log_read(request, patient_id=found.patient_id, what="bill")
    return found


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _coded_or_404(request, pk)
    back = reverse("journey:coding-visit", args=[found.visit_id])

    def act(said: dict[str, Any]) -> str:
        charges.take_back(coded_id=pk, reason=said["reason"], by=acting_user(request))
        return "Taken back. Code the visit anew."

    text = "The lines stay on file with your reason, and the visit is to be coded again."
    page = Page(found.patient, "Code this visit anew", "Take it back", text, stop=True, back=back)
    return ask(request, page, ErrorForm(request.POST or None), act)


@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _coded_or_404(request, pk)
    back = reverse("journey:coding-visit", args=[found.visit_id])

    def act(said: dict[str, Any]) -> str:
        charges.record_payment(coded_id=pk, by=acting_user(request), **said)
        return f"{wording.dollars(said['amount'])} recorded."

    left = wording.dollars(superbills.sums([found]).balance)
    page = Page(found.patient, "Record a payment", "Record it", f"{left} is open for this visit.", back=back)
    form = PaymentForm(request.POST or None, initial={"paid_on": found.site.today()})
    return ask(request, page, form, act)


@require_http_methods(["GET", "POST"])
def payment_error(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = Payment.objects.filter(pk=pk, visit__site_id__in=acting_user(request).site_ids)
    found = rows.values_list("visit_id", flat=True).first()
    if found is None:
        raise Http404
    coded = _coded_or_404(request, found)
    back = reverse("journey:coding-visit", args=[coded.visit_id])

    def act(said: dict[str, Any]) -> str:
        charges.payment_in_error(payment_id=pk, reason=said["reason"], by=acting_user(request))
        return "Marked as an error."

    page = Page(coded.patient, "This payment was never made", "Mark as an error", stop=True, back=back)
    return ask(request, page, ErrorForm(request.POST or None), act)


@require_GET
def superbill(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The bill of one visit, on paper or for a spreadsheet."""
    found = _coded_or_404(request, pk)
    return _file([found], form, f"superbill-{found.service_on}")


@require_GET
def superbill_month(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The bill of a patient's month at this site."""
    patient = patient_or_404(request, pk, what="bills")
    first = month_of(request, patient.site)
    found = superbills.of_month(first, site=patient.site, patient=patient)
    if not found:
        messages.info(request, f"No visit of {first:%B %Y} is on a bill yet.")
        return redirect("insurance:patient", pk)
    return _file(found, form, f"superbill-{first:%Y-%m}")


def month_of(request: HttpRequest, site: Site) -> date:
    """The first day of the month that the address names as `month=2027-02`, else of this month."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return site.today().replace(day=1)


def _file(visits: list[CodedVisit], form: str, name: str) -> HttpResponse:
    if form == "csv":
        return attachment(superbills.as_csv(visits), f"{name}.csv", "text/csv; charset=utf-8")
    one = visits[0]
    return attachment(superbill_pdf.make(visits, patient=one.patient, site=one.site), f"{name}.pdf", "application/pdf")
