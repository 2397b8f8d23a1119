"""Which questionnaires are due, what was answered, and the link or the tablet by which the patient answers."""

from __future__ import annotations

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import DomainError
from patients import links, measure_plan, measures
from patients.access import patient_or_404
from patients.giving import PURPOSE
from patients.models import Patient, PatientLink
from patients.views import linked

A_PAGE = 25


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, patient_or_404(request, pk, what="questionnaires"))


def _page(
    request: HttpRequest, patient: Patient, *, address: str = "", trouble: str = "", status: int = 200
) -> HttpResponse:
    given = patient.measures.select_related("entered_by", "patient__site").order_by("-observed_at", "-id")
    page_obj = Paginator(given, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "patient": patient,
        "site": patient.site,
        "rows": measure_plan.coming(patient),
        "missed": measure_plan.missed(patient),
        "page_obj": page_obj,
        "readings": [measures.reading(response) for response in page_obj],
        "link": links.current(patient.pk, PURPOSE).select_related("made_by").first(),
        "address": address,
        "trouble": trouble,
        "not_by_email": links.why_not_written(patient),
    }
    return render(request, "patients/measures.html", context, status=status)


@require_POST
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new link: by letter, or its address to copy. The address is shown in this answer and never again."""
    patient = patient_or_404(request, pk, what="questionnaires")
    by_letter = "email" in request.POST
    try:
        path = links.make(patient_id=pk, purpose=PURPOSE, by=acting_user(request), send=by_letter)
    except DomainError as error:
        return _page(request, patient, trouble=error.sentence, status=error.status)
    if by_letter:
        return redirect("patients:measures", pk)
    answer = _page(request, patient, address=urljoin(settings.PUBLIC_URL, path))
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
def tablet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand this very tablet to the patient; a link that they have at home stays good."""
    patient_or_404(request, pk, what="questionnaires")
    link = _good_link(pk)
    if link is None:
        links.make(patient_id=pk, purpose=PURPOSE, by=acting_user(request))
        link = _good_link(pk)
    if link is None:
        raise Http404
    return linked.hand_over(request, link)


def _good_link(patient_id: UUID) -> PatientLink | None:
    link = links.current(patient_id, PURPOSE).select_related("patient__site").first()
    return link if link is not None and link.is_good else None


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    link = links.revoke(link_id=pk, by=acting_user(request))
    return redirect("patients:measures", link.patient_id)
