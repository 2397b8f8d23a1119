"""What this room knows of how long a patient's infusions take, for those who book the next one."""

from __future__ import annotations

from infusions.models import Infusion, Order, Series
from patients.models import Patient
from visits.lengths import Known
from visits.rules import RECOVERIES_COUNTED


def known(patient: Patient) -> Known:
    """The minutes of the newest order of an open series, and how long the last recoveries took."""
    open_states = (Series.State.PLANNED, Series.State.ACTIVE)
    order = Order.objects.filter(series__patient=patient, series__state__in=open_states).order_by("-signed_at").first()
    left = (
        Infusion.objects.filter(series__patient=patient, ended_at__isnull=False, discharge__isnull=False)
        .order_by("-ended_at")
        .values_list("ended_at", "discharge__observed_at")[:RECOVERIES_COUNTED]
    )
    minutes = [round((home - ended).total_seconds() / 60) for ended, home in left if ended]
    return Known(order.minutes if order else None, tuple(length for length in minutes if length > 0))
