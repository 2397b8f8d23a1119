"""An infusion under the locks of all that a verb changes with it, taken in the order of the house.

Visits, series, infusion, patient: whoever cancels or moves a visit comes down the same way, and asks for every infusion
of the series on it. What is the patient’s, as a check of benefits or a questionnaire that is due, comes under them all.
Which visit and which series an infusion has never changes; all else is read under the locks.
"""

from __future__ import annotations

from uuid import UUID

from clinic.errors import NotFound
from infusions import series, states
from infusions.models import Infusion
from patients.rows import locked_patient
from visits import changes


def with_visit(infusion_id: UUID) -> Infusion:
    """The infusion for a verb that changes its visit or its series too. Raises NotFound."""
    visit_id, series_id = _around(infusion_id)
    changes.locked(visit_id)
    return _down_from(series_id, infusion_id)


def with_all_visits(infusion_id: UUID) -> Infusion:
    """The same for a verb that calls off what is to come of its series. Raises NotFound."""
    _, series_id = _around(infusion_id)
    series.lock_visits(series_id, infusion_id=infusion_id)
    return _down_from(series_id, infusion_id)


def _down_from(series_id: UUID, infusion_id: UUID) -> Infusion:
    series.locked(series_id)
    infusion = states.locked(infusion_id)
    locked_patient(infusion.series.patient_id)
    return infusion


def _around(infusion_id: UUID) -> tuple[UUID, UUID]:
    found = Infusion.objects.filter(pk=infusion_id).values_list("appointment", "series").first()
    if found is None:
        raise NotFound
    return found
