"""Which infusions wait for a provider: after an early stop or an adverse event (J2), at the checkpoint (J4), suspended.

Asked for many infusions at once; the number of queries does not grow with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from clinic.models import ProtocolSettings
from infusions import adverse, response
from infusions.models import AdverseEvent, Infusion, ResponseReview, Series, StateEvent

SUSPENDED = "The series is suspended. A provider evaluates again, and decides whether it goes on."
STOPPED = "The last infusion was stopped early. A provider reviews it before the next one."


def missing(infusions: Sequence[Infusion], settings: Mapping[UUID, ProtocolSettings]) -> dict[UUID, str]:
    """A sentence for each infusion that waits for a review; `settings` by site."""
    series = {infusion.series_id: infusion.series for infusion in infusions}
    for infusion in infusions:  # the visit is at the site of its series, and comes with it
        infusion.series.site = infusion.appointment.site
    patients = {each.patient_id for each in series.values()}
    signed = list(ResponseReview.objects.filter(series__patient__in=patients).select_related("series"))
    stops = _stops(infusions, patients)
    events = adverse.unreviewed_of(patients)
    assessments = response.assess_all(list(series.values()))
    found = {}
    for infusion in infusions:
        if infusion.series.state == Series.State.SUSPENDED:
            found[infusion.pk] = SUSPENDED
        elif _unreviewed(stops.get(infusion.pk), infusion.series.patient_id, signed):
            found[infusion.pk] = STOPPED
        elif event := _before(infusion, events.get(infusion.series.patient_id, [])):
            found[infusion.pk] = _reported(event)
        else:
            limits = settings[infusion.appointment.site_id]
            found[infusion.pk] = _checkpoint(infusion, assessments[infusion.series_id], limits, signed)
    return found


def _stops(infusions: Sequence[Infusion], patients: set[UUID]) -> dict[UUID, datetime]:
    """When the infusion before each of these ended, if it was stopped early."""
    early = StateEvent.objects.filter(infusion=OuterRef("pk"), after=Infusion.State.STOPPED_EARLY)
    run = list(
        Infusion.objects.filter(series__patient__in=patients, ended_at__isnull=False)
        .annotate(early=Exists(early))
        .order_by("ended_at")
        .values_list("series__patient_id", "pk", "ended_at", "early")
    )
    found = {}
    for infusion in infusions:
        before = [
            (ended, stopped)
            for patient, pk, ended, stopped in run
            if ended and patient == infusion.series.patient_id and pk != infusion.pk
            if infusion.started_at is None or ended <= infusion.started_at
        ]
        if before and before[-1][1]:
            found[infusion.pk] = before[-1][0]
    return found


def _unreviewed(stopped: datetime | None, patient_id: UUID, signed: Sequence[ResponseReview]) -> bool:
    if stopped is None:
        return False
    return not any(review.series.patient_id == patient_id and review.signed_at >= stopped for review in signed)


def _before(infusion: Infusion, events: Sequence[AdverseEvent]) -> AdverseEvent | None:
    """The first report that no provider has reviewed, of what happened before this infusion began."""
    began = infusion.started_at
    return next((event for event in events if began is None or event.observed_at < began), None)


def _reported(event: AdverseEvent) -> str:
    grade = f", grade {event.grade}" if event.grade else ""
    return f"An adverse event ({event.get_term_display().lower()}{grade}) waits for a provider’s review."


def _checkpoint(
    infusion: Infusion,
    assessment: response.Assessment,
    settings: ProtocolSettings,
    signed: Sequence[ResponseReview],
) -> str:
    """The decision that is due after the fourth infusion, until one is signed at or after it (protocol 3.3)."""
    found = response.checkpoint(assessment, settings)
    if found is None or not found.must_decide or (infusion.number or 0) <= found.after_number:
        return ""
    decided = any(
        review.series_id == infusion.series_id and review.after_number >= found.after_number for review in signed
    )
    return "" if decided else found.sentence
