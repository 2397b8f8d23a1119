"""The infusion that a changed visit belongs to, with its series: read once for everybody who follows the change."""

from __future__ import annotations

from dataclasses import dataclass

from infusions.models import Infusion, Series
from visits.followers import Change
from visits.models import Appointment


@dataclass(frozen=True)
class Place:
    """An infusion among all of its series, whatever became of them, each with its visit. All rows are locked."""

    infusion: Infusion
    series: Series
    infusions: list[Infusion]

    @property
    def numbered(self) -> list[Infusion]:
        return [one for one in self.infusions if one.number is not None]


def place(change: Change) -> Place | None:
    return change.once(_read)


def _read(change: Change) -> Place | None:
    """Series before infusions, as everywhere. A session of therapy has none, and asks nothing."""
    if change.visit.kind not in Appointment.INFUSIONS:
        return None
    series = (
        Series.objects.select_for_update(of=("self",), no_key=True)
        .select_related("site", "patient__site")
        .filter(infusions__appointment=change.visit)
        .first()
    )
    if series is None:
        return None
    rows = Infusion.objects.select_for_update(of=("self",)).filter(series=series).select_related("appointment")
    infusions = list(rows.order_by("pk"))
    for one in infusions:
        one.series = series
    mine = next(one for one in infusions if one.appointment_id == change.visit.pk)
    mine.appointment = change.visit
    return Place(mine, series, infusions)
