"""Whether anything changed at a chair, told in one cheap query, so that an open page may ask every few seconds."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from clinic import clock
from clinic.models import Site
from infusions.models import ArrivalCheck, Infusion, RunEvent, VitalSigns
from visits.models import Appointment

# Clocks on the page run by themselves; what else moves with time (minutes left, the line of now) is drawn so often.
GRAIN = timedelta(seconds=30)


def of_infusion(infusion_id: UUID) -> str:
    """A short text that is another one as soon as the page would look different."""
    return _digest(_marks(Infusion.objects.filter(pk=infusion_id)))


def of_site(site: Site) -> str:
    """The same for everybody who is expected or in the house at a site today."""
    start, end = site.day_bounds(site.today())
    here = Infusion.objects.filter(appointment__site=site, appointment__starts_at__gte=start)
    return _digest(_marks(here.filter(appointment__starts_at__lt=end)))


def _marks(infusions: QuerySet[Infusion]) -> QuerySet[Infusion, tuple[Any, ...]]:
    def newest(model: Any, name: str) -> Subquery:
        rows = model.objects.filter(infusion=OuterRef("pk"), **{f"{name}__isnull": False})
        return Subquery(rows.order_by(F(name).desc()).values(name)[:1])

    status = Appointment.objects.filter(pk=OuterRef("appointment")).values("status")[:1]
    return infusions.order_by("pk").values_list(
        "pk",
        "version",
        newest(VitalSigns, "id"),
        newest(VitalSigns, "entered_in_error_at"),
        newest(RunEvent, "id"),
        newest(RunEvent, "entered_in_error_at"),
        newest(ArrivalCheck, "entered_at"),
        Subquery(status),
    )


def _digest(marks: QuerySet[Infusion, tuple[Any, ...]]) -> str:
    grain = int(clock.now().timestamp() // GRAIN.total_seconds())
    text = "|".join(f"{mark}" for row in marks for mark in row)
    return blake2b(f"{grain}|{text}".encode(), digest_size=9).hexdigest()
