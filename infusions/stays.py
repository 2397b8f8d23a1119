"""One stay as a new row finds it: the infusion under its lock, and all that stands on its sheet. It writes nothing.

Two statements: the lock, and then everything else at once, so that what a colleague wrote while the lock was waited for
is seen. A join of all this takes the database longer to plan than the row takes to write.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from clinic import settings_versions
from clinic.gathering import Gathering, Given
from clinic.models import ProtocolSettings, Site
from infusions import states
from infusions.models import Infusion, RunEvent, Series, StateEvent, VitalSigns

# Each list is as long as one stay.
BESIDE = Gathering.prepared(
    Infusion.objects.filter(pk=Given("infusion")),
    sites=Site.objects.filter(pk=Given("site")),
    series=Series.objects.filter(pk=Given("series")),
    vitals=VitalSigns.objects.filter(infusion=Given("infusion")),
    events=RunEvent.objects.filter(infusion=Given("infusion")),
    steps=StateEvent.objects.filter(infusion=Given("infusion")),
    settings=settings_versions.newest().filter(site=Given("site")),
)


@dataclass
class Stay:
    """An infusion with the rows of its sheet, as they are behind its lock."""

    infusion: Infusion
    vitals: list[VitalSigns]
    events: list[RunEvent]
    steps: list[StateEvent]
    settings: ProtocolSettings


def locked(infusion_id: UUID, *, at: Collection[UUID] | None = None) -> Stay:
    """The stay, with the row of its infusion locked until the transaction ends. Raises NotFound.

    Of an infusion that is not at one of the sites `at`, when they are named, nothing is locked either.
    """
    if at is None:
        infusion = states.locked(infusion_id, states.WITH_ITS_VISIT)
    else:
        infusion = states.locked(infusion_id, states.WITH_ITS_VISIT_AT, sites=at)
    visit = infusion.appointment
    found = BESIDE.read(infusion=infusion.pk, site=visit.site_id, series=infusion.series_id)
    (visit.site,), (infusion.series,) = found["sites"], found["series"]
    settings = next(iter(found["settings"]), None) or settings_versions.unset(visit.site)
    return Stay(infusion, found["vitals"], found["events"], found["steps"], settings)
