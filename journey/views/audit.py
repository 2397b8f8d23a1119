"""What asks for a second look, and what it came to: emergencies and unusual access."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user, current_site
from clinic.errors import Invalid
from clinic.forms import CalmForm, PickOne
from clinic.models import Site
from journey import access_watch, emergency
from journey.models import EmergencyAccess, UnusualAccess, Verdict
from patients.access import allow_here

A_PAGE = 25
STATES = (("", "To review"), ("done", "Reviewed"))


class VerdictForm(CalmForm, forms.Form):
    """What an access was, and how one knows."""

    picks = ("verdict",)
    required_sentences = {"verdict": "Choose what it was.", "words": "Write how you know."}

    verdict = forms.ChoiceField(label="What was it?", choices=Verdict.choices, widget=PickOne)
    words = forms.CharField(label="How do you know?", max_length=300)


def _here(request: HttpRequest) -> Site:
    site = current_site(request)
    allow_here(request, site)
    return site


@require_GET
def unusual(request: HttpRequest) -> HttpResponse:
    """What the rounds found at this site, the newest first."""
    return _list_unusual(request, VerdictForm())


def _list_unusual(request: HttpRequest, form: VerdictForm, status: int = 200) -> HttpResponse:
    site, state = _here(request), request.GET.get("state", "")
    rows = UnusualAccess.objects.filter(site=site).select_related("user", "patient", "reviewed_by")
    kind = request.GET.get("kind", "")
    if kind in UnusualAccess.Kind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(_by_state(rows, state), A_PAGE).get_page(request.GET.get("page"))
    filters = [{"value": value, "label": label, "on": value == state} for value, label in STATES]
    kinds = [{"value": value, "label": label, "on": value == kind} for value, label in UnusualAccess.Kind.choices]
    context = {"page_obj": page, "filters": filters, "kinds": kinds, "kind": kind, "site": site, "form": form}
    return render(request, "journey/audit/unusual.html", context | {"open": state != "done"}, status=status)


def _by_state(rows: QuerySet[UnusualAccess], state: str) -> QuerySet[UnusualAccess]:
    return rows.filter(reviewed_at__isnull=state != "done")


@require_POST
def unusual_review(request: HttpRequest) -> HttpResponse:
    """One verdict for each row that was ticked."""
    form, ids = VerdictForm(request.POST), _ids(request)
    if form.is_valid():
        try:
            if not ids:
                raise Invalid("Tick at least one line.")
            access_watch.review(access_ids=ids, **form.cleaned_data, by=acting_user(request))
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("journey:audit-unusual")
    return _list_unusual(request, form, 422)


def _ids(request: HttpRequest) -> list[UUID]:
    found = []
    for word in request.POST.getlist("access"):
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found


@require_GET
def emergencies(request: HttpRequest) -> HttpResponse:
    return _list_emergencies(request, VerdictForm())


def _list_emergencies(
    request: HttpRequest, form: VerdictForm, judged: UUID | None = None, status: int = 200
) -> HttpResponse:
    site = _here(request)
    rows = EmergencyAccess.objects.filter(site=site).select_related("opened_by", "patient", "reviewed_by", "site")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "site": site, "form": form, "judged": judged}
    return render(request, "journey/audit/emergencies.html", context, status=status)


@require_POST
def emergency_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = VerdictForm(request.POST)
    words = form.cleaned_data if form.is_valid() else {"verdict": "", "words": ""}
    try:
        emergency.review(access_id=pk, **words, by=acting_user(request))
    except Invalid as error:
        if form.is_valid():
            form.refuse(error)
        return _list_emergencies(request, form, pk, 422)
    return redirect("journey:audit-emergencies")
