"""From the first call or form to a patient; and the one form that the public may send."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site, log_read
from clinic.errors import Invalid
from clinic.models import Site
from clinic.policy import Action, require
from patients import inquiries, phones, search, throttle
from patients.access import allow_here
from patients.forms.registry import CloseForm, InquiryFilter, InquiryForm, PatientForm, RequestForm
from patients.models import Inquiry, Patient
from patients.views.registry import register_with

A_PAGE = 25
KNOWN = ("given_name", "family_name", "birth_date", "phone", "email")


@require_http_methods(["GET", "POST"])
def request_appointment(request: HttpRequest, code: str) -> HttpResponse:
    """The public form of one site. What was sent is never shown again."""
    site = get_object_or_404(Site, code=code, is_active=True)
    form = RequestForm(request.POST or None)
    status, trouble = 200, None
    if request.method == "POST":
        try:
            if _taken(request, site, form):
                return redirect("patients:request-sent", code)
            status = 422
        except (throttle.TooMany, throttle.NotNow) as error:
            status, trouble = error.status, error
    return render(request, "patients/request.html", {"site": site, "form": form, "trouble": trouble}, status=status)


def _taken(request: HttpRequest, site: Site, form: RequestForm) -> bool:
    """Whether the form may be forgotten: kept as an inquiry, or thrown away because no person sent it."""
    call = phones.shown(site.phone)
    throttle.count(request, throttle.TRIES, within=site.code, call=call)
    if request.POST.get("website"):
        return True
    if not form.is_valid():
        return False
    typed = {name: value for name, value in form.cleaned_data.items() if name != "website"}
    try:
        inquiries.check(site=site, **typed)
        throttle.count(request, throttle.KEPT, within=site.code, call=call)
        inquiries.receive(site=site, source=Inquiry.Source.WEB, **typed)
    except Invalid as error:
        form.refuse(error)
        return False
    return True


@require_GET
def request_sent(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code, is_active=True)
    return render(request, "patients/request_sent.html", {"site": site})


def inquiry_or_404(request: HttpRequest, pk: UUID) -> Inquiry:
    """The inquiry of one of the user's sites. Raises Http404 for a stranger, NotPermitted for a colleague."""
    inquiry = (
        Inquiry.objects.select_related("site", "patient", "taken_by")
        .filter(pk=pk, site__in=acting_user(request).site_ids)
        .first()
    )
    if inquiry is None:
        raise Http404
    allow_here(request, inquiry.site)
    return inquiry


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The inquiries of the present site: those that wait, oldest first; else newest first."""
    site = current_site(request)
    allow_here(request, site)
    chosen = InquiryFilter(request.GET)
    state = (chosen.is_valid() and chosen.cleaned_data["state"]) or "open"
    counts = dict(Inquiry.objects.filter(site=site).order_by().values_list("state").annotate(Count("pk")))
    counts |= {"open": sum(counts.get(one, 0) for one in inquiries.OPEN), "all": sum(counts.values())}
    rows = Inquiry.objects.filter(site=site).select_related("taken_by", "patient")
    if state == "open":
        rows = rows.filter(state__in=inquiries.OPEN).order_by("received_at")
    elif state != "all":
        rows = rows.filter(state=state)
    context = {
        "page_obj": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "filters": [
            {"value": value, "label": label, "n": counts.get(value, 0), "on": value == state}
            for value, label in InquiryFilter.CHOICES
        ],
        "state": state,
        "site": site,
    }
    return render(request, "patients/inquiries.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A call, written down while the person is on the line."""
    site, user = current_site(request), acting_user(request)
    require(user, Action.HANDLE_INQUIRIES, at=site)
    form = InquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = inquiries.receive(site=site, source=Inquiry.Source.PHONE, by=user, **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("patients:inquiry", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "patients/inquiry_new.html", {"form": form, "site": site}, status=status)


def _page(request: HttpRequest, inquiry: Inquiry, form: CloseForm, status: int = 200) -> HttpResponse:
    likely = []
    if inquiry.state in inquiries.OPEN:
        fields: dict[str, Any] = {name: getattr(inquiry, name) for name in KNOWN if name != "email"}
        likely = search.likely(site=inquiry.site, user=acting_user(request), **fields)
        for one in likely:
            log_read(request, patient_id=one.patient.pk, what="likely duplicate")
    context = {
        "inquiry": inquiry,
        "likely": likely,
        "form": form,
        "allowed": inquiries.TRANSITIONS[Inquiry.State(inquiry.state)],
    }
    return render(request, "patients/inquiry.html", context, status=status)


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, inquiry_or_404(request, pk), CloseForm())


@require_POST
def contacted(request: HttpRequest, pk: UUID) -> HttpResponse:
    inquiries.contacted(inquiry_id=pk, by=acting_user(request))
    return redirect("patients:inquiry", pk)


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    inquiry = inquiry_or_404(request, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            inquiries.close(inquiry_id=pk, by=acting_user(request), reason=form.cleaned_data["reason"])
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("patients:inquiry", pk)
    return _page(request, inquiry, form, status=422)


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Turn the inquiry into a patient; the form begins with what is known."""
    inquiry = inquiry_or_404(request, pk)
    if inquiry.patient is not None:  # sent twice, or the back button
        return redirect("journey:chart", inquiry.patient_id)
    context = {"inquiry": inquiry, "site": inquiry.site, "action": request.path}
    if request.method != "POST":
        known = {name: getattr(inquiry, name) for name in KNOWN}
        form = PatientForm(initial=known | {"phone": phones.shown(inquiry.phone) if inquiry.phone else ""})
        return render(request, "patients/new.html", {"form": form, **context})

    def make(**fields: Any) -> Patient:
        return inquiries.register_patient(inquiry_id=pk, by=acting_user(request), **fields)

    return register_with(request, PatientForm(request.POST), make, "patients/new.html", **context)


@require_POST
def link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """This is somebody who has a record already."""
    try:
        patient_id = UUID(request.POST.get("patient", ""))
    except ValueError:
        raise Http404 from None
    patient = inquiries.link(inquiry_id=pk, patient_id=patient_id, by=acting_user(request))
    return redirect("journey:chart", patient.pk)
