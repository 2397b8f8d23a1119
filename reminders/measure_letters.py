"""A letter with a link when questionnaires come due that the patient answers at home (Table A, phq9_cadence_post).

What is asked before an infusion is asked at the visit, and needs no letter. One letter goes out for what comes due
together; a link that was made since, by whom ever, is enough.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from clinic import clock
from clinic.errors import DomainError
from patients import links
from patients.giving import PURPOSE
from patients.instruments import SCORES_ONLY
from patients.models import MeasureDue, MeasureResponse, Patient, PatientLink

AT_HOME = (MeasureResponse.Timepoint.POST_SERIES, MeasureResponse.Timepoint.FOLLOW_UP)
AT_ONCE = 100
LINK_DAYS = 10  # as long as an answer counts: three days to answer, and a week that is late


def write_due() -> int:
    """Send each patient whose questionnaires came due a link, where they agreed to letters. Answers how many."""
    written = 0
    for patient_id in _waiting(clock.now()):
        written += _write(patient_id)
        if written == AT_ONCE:
            break
    return written


def _waiting(now: datetime) -> list[UUID]:
    """Patients with something due at home since the last three days, and no link made since then."""
    made_since = PatientLink.objects.filter(
        patient=OuterRef("patient"), purpose=PURPOSE, made_at__gte=OuterRef("due_from"), revoked_at=None
    )
    rows = MeasureDue.objects.filter(
        ~Exists(made_since),
        state=MeasureDue.State.OPEN,
        timepoint__in=AT_HOME,
        due_from__range=(now - timedelta(days=3), now),
        patient__deceased_on=None,
    ).exclude(instrument__in=SCORES_ONLY)
    return list(dict.fromkeys(rows.order_by("due_from").values_list("patient", flat=True)))


def _write(patient_id: UUID) -> bool:
    patient = Patient.objects.select_related("site").get(pk=patient_id)
    if links.why_not_written(patient):
        return False
    try:
        with transaction.atomic():
            links.make(patient_id=patient.pk, purpose=PURPOSE, by=None, days=LINK_DAYS, send=True)
    except DomainError:  # consent was taken back this very moment
        return False
    return True
