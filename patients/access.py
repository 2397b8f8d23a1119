"""Which patients a person may open. Whoever opens one leaves a line in the read log."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import BaseExpression
from django.http import Http404, HttpRequest

from clinic.access import acting_user, log_read
from clinic.composed import Composed
from clinic.gathering import Among, Given
from clinic.models import Site, User
from clinic.policy import Action, require
from clinic.routes import ROUTES
from patients.models import Patient


def scoped(user: User) -> QuerySet[Patient]:
    """The patients of the user's sites; nobody else exists for this user."""
    return Patient.objects.filter(site__in=user.site_ids).select_related("site")


def allow_here(request: HttpRequest, site: Site) -> None:
    """Hold the user to the route's right at this very site.

    The policy middleware asks whether the right is held anywhere; a nurse of one site may be front desk at another.
    """
    rule = ROUTES.get(request.resolver_match.view_name) if request.resolver_match else None
    if isinstance(rule, Action):
        require(acting_user(request), rule, at=site)


def knowing(**also: BaseExpression) -> Composed[Patient]:
    """A patient of some sites, and what a page needs to know besides: attributes of the patient then."""
    rows = Patient.objects.select_related("site").annotate(**also)
    return Composed(rows.filter(Among("site", "sites"), pk=Given("patient")), prepared=True)


PLAIN = knowing()


def patient_or_404(request: HttpRequest, pk: UUID, *, what: str, how: Composed[Patient] = PLAIN) -> Patient:
    """The patient, once the read is written. Raises Http404 for a stranger, NotPermitted for a colleague."""
    patient = unread_patient_or_404(request, pk, how=how)
    log_read(request, patient_id=patient.pk, what=what)
    return patient


def unread_patient_or_404(request: HttpRequest, pk: UUID, *, how: Composed[Patient] = PLAIN) -> Patient:
    """The same for who writes the read along with what is done to the patient, and shows nothing before that."""
    patient = how.first(patient=pk, sites=acting_user(request).site_ids)
    if patient is None:
        raise Http404
    allow_here(request, patient.site)
    return patient
