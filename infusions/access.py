"""What of this room a person may open: only at one's own sites, and never without a line in the read log."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest

from clinic.access import acting_user
from clinic.errors import Refused
from infusions.models import DrugVial, Infusion, Order, Series
from patients.access import allow_here, patient_or_404


def series_or_404(request: HttpRequest, pk: UUID, *, what: str) -> Series:
    """The series with its patient and site. Raises Http404 for a stranger, NotPermitted for a colleague."""
    series = (
        Series.objects.select_related("patient__site", "site", "follows")
        .filter(pk=pk, site_id__in=acting_user(request).site_ids)
        .first()
    )
    if series is None:
        raise Http404
    patient_or_404(request, series.patient_id, what=what)
    allow_here(request, series.site)
    return series


def order_or_404(request: HttpRequest, pk: UUID) -> Order:
    order = (
        Order.objects.select_related("series__site")
        .filter(pk=pk, series__site_id__in=acting_user(request).site_ids)
        .first()
    )
    if order is None:
        raise Http404
    patient_or_404(request, order.series.patient_id, what="dose order")
    return order


def vial_or_404(request: HttpRequest, pk: UUID) -> DrugVial:
    vial = DrugVial.objects.select_related("site").filter(pk=pk, site_id__in=acting_user(request).site_ids).first()
    if vial is None:
        raise Http404
    allow_here(request, vial.site)
    return vial


def require_same_patient(request: HttpRequest, infusion: Infusion) -> None:
    """What is posted says whose page it was typed on: another tab, or a page that is wrong, writes nothing here.

    Raises Refused unless the patient that the page showed is the patient of the infusion in the address.
    """
    whose = request.POST.get("patient") or request.headers.get("X-Patient", "")
    if whose == str(infusion.series.patient_id):
        return
    name = infusion.series.patient.name
    raise Refused(f"Stop: this was typed on the page of another patient, not of {name}. Nothing was saved. Reload.")
