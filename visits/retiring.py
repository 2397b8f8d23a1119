"""What the clinic admin may not end while visits are booked on it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from clinic import clock
from clinic.models import Room, User
from clinic.place.directory import Retiring
from clinic.policy import Role
from visits.models import Appointment

KINDS: dict[Role, tuple[str, ...]] = {
    Role.NURSE: Appointment.INFUSIONS,
    Role.THERAPIST: Appointment.THERAPY,
    Role.PROVIDER: (Appointment.Kind.EVALUATION,),
}


def objection(retiring: Retiring) -> str:
    """A sentence while visits that are to come need the thing; else an empty one."""
    visits = _needing(retiring)
    count = visits.count()
    if not count:
        return ""
    first = visits.order_by("starts_at").select_related("site").first()
    assert first is not None
    day = f"{first.site.local(first.starts_at):%a %-d %b %Y}"
    said = "1 coming visit needs" if count == 1 else f"{count} coming visits need"
    which = "it is" if count == 1 else "the first is"
    name = retiring.what.full_name if isinstance(retiring.what, User) else retiring.what.name
    return f"{said} {name}; {which} on {day}. Move or cancel what is booked first."


def _needing(retiring: Retiring) -> QuerySet[Appointment]:
    coming = Appointment.objects.filter(status__in=Appointment.ALIVE, ends_at__gt=clock.now())
    if isinstance(retiring.what, Room):
        holding = coming.filter(Q(holds__room=retiring.what, holds__active=True) | Q(group__room=retiring.what))
    elif isinstance(retiring.what, User):
        here = Q(holds__staff=retiring.what, holds__active=True) | Q(group__therapist=retiring.what)
        if retiring.site:
            here &= Q(site=retiring.site)
        if retiring.role:
            here &= Q(kind__in=KINDS.get(retiring.role, ()))
        holding = coming.filter(here)
    else:
        holding = coming.filter(site=retiring.what)
    return holding.distinct()
