"""How long records are kept, which may be disposed of, and which are held (protocol 8.1).

HIPAA sets no period for charts; states ask for 4 to 10 years, so a record is kept ten years from the last encounter.
Whoever looked and who changed is kept six years at least (45 CFR 164.316(b)(2)). The house deletes nothing: it says
what may be disposed of, and a legal hold takes a record off that list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from clinic.models import ReadEvent, Site
from journey.models import RecordMark
from patients.models import Patient
from visits.models import Appointment

CHART_YEARS = 10
TRAIL_YEARS = 6


@dataclass(frozen=True)
class Kept:
    """What a site keeps."""

    records: int
    held: int
    past: int
    """Records whose ten years are over and that nothing holds."""
    trail_since: datetime | None
    trail_until: date | None
    """Nothing of the trail may go before this day."""


def years_later(day: date, years: int) -> date:
    """The same day years later; of 29 February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _before(site: Site) -> datetime:
    """Whoever was last seen before this moment has been kept long enough."""
    return site.moment(years_later(site.today(), -CHART_YEARS), datetime.min.time())


def past(site: Site) -> QuerySet[Patient]:
    """Records of the site that may be disposed of, the oldest first, each with `last_seen`."""
    edge = _before(site)
    later = Appointment.objects.filter(patient=OuterRef("pk"), starts_at__gte=edge)
    hold = RecordMark.objects.filter(patient=OuterRef("pk"), kind=RecordMark.Kind.HOLD, ended_at__isnull=True)
    rows = Patient.objects.filter(~Exists(later), ~Exists(hold), site=site, registered_at__lt=edge)
    took_place = Max("appointments__starts_at", filter=Q(appointments__status=Appointment.Status.DONE))
    return rows.annotate(last_seen=Coalesce(took_place, "registered_at", output_field=DateTimeField())).order_by(
        "last_seen", "pk"
    )


def held(site: Site) -> QuerySet[RecordMark]:
    """Legal holds that stand, the oldest first."""
    rows = RecordMark.objects.filter(patient__site=site, kind=RecordMark.Kind.HOLD, ended_at__isnull=True)
    return rows.select_related("patient__site", "set_by").order_by("set_at", "pk")


def kept(site: Site) -> Kept:
    """The numbers of the report."""
    first = ReadEvent.objects.order_by("id").values_list("at", flat=True).first()
    return Kept(
        records=Patient.objects.filter(site=site).count(),
        held=held(site).count(),
        past=past(site).order_by().count(),
        trail_since=first,
        trail_until=years_later(site.local(first).date(), TRAIL_YEARS) if first else None,
    )
