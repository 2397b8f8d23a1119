"""The intake as staff see it: send the link, hand over a tablet, see how far it is; and what came of it, to confirm."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import DomainError
from clinic.policy import Action, can
from patients import history, intake, intake_rows, links
from patients.access import patient_or_404
from patients.models import Intake, IntakeRow, Patient, PatientLink
from patients.views import linked


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, patient_or_404(request, pk, what="intake"))


def _page(
    request: HttpRequest, patient: Patient, *, address: str = "", trouble: str = "", status: int = 200
) -> HttpResponse:
    """How far it is, for all who may send it; what was answered, for those alone who may read the chart."""
    user = acting_user(request)
    newest = patient.intakes.select_related("begun_by", "patient__site").first()
    is_clinical = can(user, Action.SEE_CHART, patient.site)
    context = {
        "patient": patient,
        "site": patient.site,
        "intake": newest,
        "states": intake.states(newest) if newest and not newest.sent_at else [],
        "link": intake.link_of(newest) if newest else None,
        "address": address,
        "trouble": trouble,
        "not_by_email": links.why_not_written(patient),
        "answers": _answers(newest) if newest and newest.sent_at and is_clinical else [],
        "is_clinical": is_clinical,
        "may_confirm": can(user, Action.RECORD_HISTORY, patient.site),
    }
    return render(request, "patients/intake/staff.html", context, status=status)


def _answers(newest: Intake) -> list[dict[str, Any]]:
    """Each row of the history that came of it, with whether it is confirmed."""
    made = list(newest.rows.select_related("confirmed_by").order_by("id"))
    found: dict[UUID, history.Row] = {}
    for kind in intake_rows.OF_HISTORY:
        ids = [row.row_id for row in made if row.kind == kind]
        found |= history.KINDS[kind].objects.in_bulk(ids) if ids else {}
    return [
        {"from": row, "row": found[row.row_id], "detail": _detail(found[row.row_id])}
        for row in made
        if row.row_id in found
    ]


def _detail(row: Any) -> str:
    """What stands beside the name: dose, reaction, weeks."""
    weeks = getattr(row, "weeks_at_adequate_dose", None)
    parts = [
        getattr(row, "dose", ""),
        getattr(row, "reaction", ""),
        f"{weeks}\u00a0weeks" if weeks is not None else "",
        row.get_outcome_display() if weeks is not None else "",
    ]
    return ", ".join(part for part in parts if part)


@require_POST
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new link: by letter, or its address to copy. The address is shown in this answer and never again."""
    patient = patient_or_404(request, pk, what="intake")
    by_letter = "email" in request.POST
    try:
        path = intake.invite(patient_id=pk, by=acting_user(request), email=by_letter)
    except DomainError as error:
        return _page(request, patient, trouble=error.sentence, status=error.status)
    if by_letter:
        return redirect("patients:intake", pk)
    answer = _page(request, patient, address=urljoin(settings.PUBLIC_URL, path))
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
def tablet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand this very tablet to the patient: from now on it shows the intake alone, until somebody of staff unlocks it.

    A link that the patient has at home stays good.
    """
    patient_or_404(request, pk, what="intake")
    opened = intake.begin(patient_id=pk, by=acting_user(request))
    link = intake.link_of(opened)
    if link is None or not link.is_good:
        intake.invite(patient_id=pk, by=acting_user(request))
        link = intake.link_of(opened)
    if link is None:
        raise Http404
    return linked.hand_over(request, link)


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The link opens nothing any more; what was answered stays."""
    link = PatientLink.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids).first()
    if link is None:
        raise Http404
    patient_or_404(request, link.patient_id, what="intake")
    links.revoke(link_id=pk, by=acting_user(request))
    return redirect("patients:intake", link.patient_id)


@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is so: a member of staff has asked. The page that asked goes on where it was."""
    row = IntakeRow.objects.filter(pk=pk, intake__patient__site__in=acting_user(request).site_ids).first()
    if row is None:
        raise Http404
    patient = patient_or_404(request, row.intake.patient_id, what="intake")
    intake.confirm(row_id=pk, by=acting_user(request))
    if request.POST.get("next") == "history":
        return redirect("patients:history", patient.pk)
    return redirect("patients:intake", patient.pk)
