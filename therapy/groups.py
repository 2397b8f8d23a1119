"""Groups in therapy: each member's visit is a session of their own series, with a note of its own.

A member needs a series at the site. Nothing that a member's session, note or message says comes from another member.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic.errors import Refused
from clinic.models import User
from infusions.models import Series
from patients.models import Patient
from therapy import booking
from therapy.models import TherapySession
from therapy.windows import Place
from visits import groups
from visits.models import GroupSession


@transaction.atomic
def add(*, group_id: UUID, patient: Patient, by: User, reason: str = "") -> TherapySession:
    """Give a patient a place in the group, and a session in their newest series there.

    Raises Refused without a series at the site, NeedsReason after an infusion of the same day while `reason` is empty,
    and what `visits.groups.join` raises.
    """
    visit = groups.join(group_id=group_id, patient=patient, by=by)
    mine = Series.objects.filter(patient=patient, site=visit.site, kind=Series.Kind.LOADING)
    series = mine.select_related("site", "patient").order_by("-opened_at").first()
    if series is None:
        raise Refused(f"{patient.name} has no series at {visit.site.name}. Sessions belong to a series: plan it first.")
    return booking.tie(visit, Place(series, TherapySession.Kind.GROUP), by=by, reason=reason)


def sessions(group: GroupSession) -> QuerySet[TherapySession]:
    """The sessions of all who were ever added, by name: also of those who cancelled or did not come."""
    rows = TherapySession.objects.filter(appointment__group=group)
    return rows.select_related("patient__site", "appointment").order_by(
        "patient__family_name", "patient__given_name", "id"
    )
