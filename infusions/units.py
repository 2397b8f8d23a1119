"""The days that use up an authorization, as the insurance room asks for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from clinic.composed import Composed
from clinic.gathering import Among
from infusions.models import Infusion
from insurance.authorizations import Used
from visits.models import Appointment

COUNTED = (*Appointment.ALIVE, Appointment.Status.DONE)


_TAKEN = Composed(
    Appointment.objects.filter(Among("patient", "patients"), kind__in=Appointment.INFUSIONS, status__in=COUNTED)
    .exclude(infusion__state__in=Infusion.WITHOUT_NUMBER)
    .select_related("site", "infusion")
    .order_by("starts_at")
)


def used(patient_ids: Collection[UUID]) -> Iterator[tuple[UUID, Used]]:
    """Every infusion that is booked or was given, by patient, on the clock of its site; what was not given is free."""
    for visit in _TAKEN.read(patients=patient_ids) if patient_ids else ():
        yield visit.patient_id, Used(visit.site.local(visit.starts_at).date(), given=_is_given(visit))


def _is_given(visit: Appointment) -> bool:
    infusion = getattr(visit, "infusion", None)
    return infusion.state in Infusion.GIVEN if infusion else visit.status == Appointment.Status.DONE
