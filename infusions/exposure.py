"""How much a patient has had: for a look beside every decision to go on (protocol 2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from clinic import clock
from infusions.models import Infusion, LongTermCheck, Series

WINDOW_DAYS = 90


@dataclass(frozen=True)
class Exposure:
    """All that was given here, how many infusions in 90 days, and when bladder and misuse were asked."""

    lifetime_mg: Decimal | None
    in_90_days: int
    asked_on: date | None
    asked: LongTermCheck | None


def of(series: Series) -> Exposure:
    """What the patient of this series has had, in every series."""
    since = clock.now() - timedelta(days=WINDOW_DAYS)
    given = Infusion.objects.filter(series__patient=series.patient_id, state__in=Infusion.GIVEN)
    found = given.aggregate(mg=Sum("given_mg"), recent=Count("pk", filter=Q(started_at__gte=since)))
    asked = LongTermCheck.objects.filter(infusion__series__patient=series.patient_id).first()
    return Exposure(found["mg"], found["recent"], series.site.local(asked.observed_at).date() if asked else None, asked)
