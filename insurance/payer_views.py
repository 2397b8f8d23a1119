"""Payers, and what each asks of earlier treatments before it pays."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, current_site
from clinic.errors import Invalid
from insurance import payer_profiles
from insurance.forms import PayerProfileForm
from insurance.models import Payer
from patients.access import allow_here


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    allow_here(request, current_site(request))
    name = request.GET.get("name", "")
    page = Paginator(payer_profiles.listed(name), 25).get_page(request.GET.get("page"))
    return render(request, "insurance/payers.html", {"page_obj": page, "name": name})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    site = current_site(request)
    allow_here(request, site)
    payer = Payer.objects.select_related("profile__kept_by").filter(pk=pk).first()
    if payer is None:
        raise Http404
    form = PayerProfileForm.of(payer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            payer_profiles.keep(payer_id=pk, site=site, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"Written down what {payer.name} asks.")
            return redirect("insurance:payers")
    context = {"payer": payer, "profile": getattr(payer, "profile", None), "form": form, "site": site}
    return render(request, "insurance/payer.html", context, status=422 if form.errors else 200)
