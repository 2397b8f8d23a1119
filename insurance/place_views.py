"""What a site says of payers and plans: their numbers, and which plans it takes. And the papers of a patient."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.errors import Invalid
from insurance import accepted, forms, papers, payers
from insurance.asking import Page, ask
from insurance.models import AcceptedPlan, InsurancePaper, Payer
from insurance.queue_views import check_or_404
from patients.access import allow_here, patient_or_404


@require_http_methods(["GET", "POST"])
def payer_details(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """A payer's name and numbers; without an id a new one."""
    site = current_site(request)
    allow_here(request, site)
    payer = Payer.objects.filter(pk=pk).first() if pk else None
    if pk and payer is None:
        raise Http404
    form = forms.PayerForm.of(payer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = payers.keep(site=site, payer=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"{kept} is written down.")
            return redirect("insurance:payers")
    context = {"payer": payer, "form": form}
    return render(request, "insurance/payer_details.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def accepted_plans(request: HttpRequest) -> HttpResponse:
    """The plans this site takes; a POST keeps one line."""
    site = current_site(request)
    allow_here(request, site)
    form = forms.AcceptedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = accepted.keep(site=site, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"{kept}: {kept.get_standing_display().lower()}.")
            return redirect("insurance:accepted")
    page = Paginator(accepted.on_list(site), 50).get_page(request.GET.get("page"))
    context = {"page_obj": page, "form": form, "site": site}
    return render(request, "insurance/accepted.html", context, status=422 if form.errors else 200)


@require_POST
def accepted_drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = AcceptedPlan.objects.filter(pk=pk, site__in=acting_user(request).site_ids).first()
    if row is None:
        raise Http404
    accepted.drop(accepted_id=pk, by=acting_user(request))
    messages.success(request, "Taken off the list.")
    return redirect("insurance:accepted")


@require_POST
def paper_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """File a paper with a check."""
    check = check_or_404(request, pk)
    form = forms.PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            papers.keep(
                patient_id=check.patient_id,
                verification_id=pk,
                title=form.cleaned_data["title"],
                upload=form.cleaned_data["paper"].read(papers.LARGEST + 1),
                by=acting_user(request),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "Filed.")
            return redirect(f"{reverse('insurance:verification', args=[pk])}#papers")
    said = " ".join(str(text) for sentences in form.errors.values() for text in sentences)
    messages.error(request, f"Nothing was filed. {said}")
    return redirect(f"{reverse('insurance:verification', args=[pk])}#papers")


def _paper_or_404(request: HttpRequest, pk: UUID) -> InsurancePaper:
    rows = InsurancePaper.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids)
    paper = rows.select_related("patient").first()
    if paper is None:
        raise Http404
    patient_or_404(request, paper.patient_id, what="insurance paper")
    return paper


@require_GET
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file itself: a photo is shown, a PDF is handed out to be saved; a browser keeps no copy."""
    found = _paper_or_404(request, pk)
    if found.entered_in_error_at:  # it may be another patient's
        raise Http404
    answer = HttpResponse(bytes(found.content), content_type=found.type)
    how, name = ("attachment", "paper.pdf") if found.type == InsurancePaper.Type.PDF else ("inline", "paper.jpg")
    answer["Content-Disposition"] = f'{how}; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_http_methods(["GET", "POST"])
def paper_error(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _paper_or_404(request, pk)

    def act(said: dict[str, Any]) -> str:
        papers.mark_in_error(paper_id=pk, by=acting_user(request), **said)
        return "Taken back. It stays on file, marked as an error."

    text = "For a paper that was filed with the wrong patient. It is shown no more, and stays on file with your reason."
    page = Page(found.patient, f"Take back “{found.title}”", "Take it back", text, stop=True)
    return ask(request, page, forms.ErrorForm(request.POST or None), act)
