"""A patient's own curve, shown to them by a link."""

from __future__ import annotations

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from clinic.api.declaring import Collection, Verb
from clinic.models import User
from journey.outcomes import reading
from patients import links
from patients.api.people import PATIENTS
from patients.models import PatientLink


def shared(user: User) -> QuerySet[PatientLink]:
    return PatientLink.objects.filter(purpose=reading.CURVE, patient__site__in=user.site_ids)


def _share(*, patient_id: UUID, by: User) -> tuple[PatientLink, str]:
    """Release the curve: a link that works for a month. The `secret` is its address; the former one ends.

    Raises NotFound, NotPermitted, Refused for a patient who has died.
    """
    path = links.make(patient_id=patient_id, purpose=reading.CURVE, by=by, days=reading.CURVE_DAYS)
    return links.current(patient_id, reading.CURVE).get(), urljoin(settings.PUBLIC_URL, path)


CURVES = Collection(
    name="curve-links",
    model=PatientLink,
    rows=shared,
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "made_at", "made_by", "expires_at", "opened_at", "locked_at", "revoked_at", "revoked_by"),
    create=Verb(does=_share, record="patient_id", secret=True),
    verbs={"revoke": Verb(does=links.revoke, record="link_id")},
)
