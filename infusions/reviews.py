"""Which infusions wait for a provider: after an early stop or an adverse event (J2), at the checkpoint (J4), suspended.

Asked for many infusions at once; the number of queries does not grow with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from clinic.models import ProtocolSettings
from infusions import adverse, relapse_states, response
from infusions.models import AdverseEvent, Infusion, Order, RelapseState, ResponseReview, Series, StateEvent
from patients.models import Evaluation

SUSPENDED = "The series is suspended. A provider evaluates again, and decides whether it goes on."
STOPPED = "The last infusion was stopped early. A provider reviews it before the next one."

DOSE = "The review says to change the dose. A provider signs the order of it."


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
    ordered = _newest_orders({one.series_id for one in signed if one.decision == ResponseReview.Decision.DOSE})
    relapsed = _to_evaluate(infusions)
    found = {}
    for infusion in infusions:
        if infusion.series.state == Series.State.SUSPENDED:
            found[infusion.pk] = SUSPENDED
        elif _unreviewed(stops.get(infusion.pk), infusion.series.patient_id, signed):
            found[infusion.pk] = STOPPED
        elif event := _before(infusion, events.get(infusion.series.patient_id, [])):
            found[infusion.pk] = _reported(event)
        elif infusion.series.kind == Series.Kind.MAINTENANCE:
            found[infusion.pk] = relapsed.get(infusion.series.patient_id, "")
        elif _dose_not_ordered(infusion, signed, ordered):
            found[infusion.pk] = DOSE
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


def _newest_orders(series: set[UUID]) -> dict[UUID, datetime]:
    """When the last order of each of these series was signed; most clinics' days ask for none."""
    if not series:
        return {}
    rows = Order.objects.filter(series__in=series).order_by().values("series").annotate(at=Max("signed_at"))
    return {row["series"]: row["at"] for row in rows}


def _dose_not_ordered(infusion: Infusion, signed: Sequence[ResponseReview], ordered: Mapping[UUID, datetime]) -> bool:
    """The newest review of the series asks for another dose, and no order was signed since (J4)."""
    mine = [review for review in signed if review.series_id == infusion.series_id]
    if not mine or infusion.started_at is not None:
        return False
    last = max(mine, key=lambda review: review.signed_at)
    at = ordered.get(infusion.series_id)
    return last.decision == ResponseReview.Decision.DOSE and (at is None or at < last.signed_at)


def _to_evaluate(infusions: Sequence[Infusion]) -> dict[UUID, str]:
    """Patients with two boosters for a relapse and a score still high: no third without an evaluation (J12)."""
    boosted = {each.series.patient_id for each in infusions if each.series.kind == Series.Kind.MAINTENANCE}
    rows = relapse_states.newest_of(boosted) if boosted else {}
    waiting = {patient: row for patient, row in rows.items() if row.cause == RelapseState.Cause.BOOSTERS}
    if not waiting:
        return {}
    signed = Evaluation.objects.filter(patient__in=waiting, signed_at__isnull=False).order_by()
    evaluated = {
        row["patient"]: row["at"] for row in signed.values("patient").annotate(at=Max("signed_at")) if row["at"]
    }
    return {
        patient: row.sentence
        for patient, row in waiting.items()
        if patient not in evaluated or evaluated[patient] < row.entered_at
    }


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
