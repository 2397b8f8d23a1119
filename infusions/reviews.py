"""Which infusions wait for a provider: after an early stop or an adverse event (J2), at the checkpoint (J4), suspended.

Asked for many infusions at once; the number of queries does not grow with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from clinic.gathering import Among, Gathering, Given
from clinic.models import ProtocolSettings, Site
from clinic.records import beside
from infusions import adverse, relapse_states, response
from infusions.models import AdverseEvent, Infusion, Order, RelapseState, ResponseReview, Series, StateEvent
from patients.models import Evaluation
from visits.models import Appointment

SUSPENDED = "The series is suspended. A provider evaluates again, and decides whether it goes on."
STOPPED = "The last infusion was stopped early. A provider reviews it before the next one."

DOSE = "The review says to change the dose. A provider signs the order of it."


# What is read of the patients and series that wait, alone or with more (infusions/gate_facts.py).
ASKED: dict[str, QuerySet[Any]] = {
    "reviews": ResponseReview.objects.filter(Among("series__patient", "patients")).annotate(of=F("series__patient_id")),
    "runs": Infusion.objects.filter(Among("series__patient", "patients"), ended_at__isnull=False)
    .annotate(
        of=F("series__patient_id"),
        early=Exists(StateEvent.objects.filter(infusion=OuterRef("pk"), after=Infusion.State.STOPPED_EARLY)),
    )
    .order_by("ended_at")
    .only("ended_at"),
    "events": adverse.unreviewed().filter(Among("patient", "patients")),
    "scores": response.scored().filter(Among("patient", "patients")),
    "course": Infusion.objects.filter(Among("series", "series"), number__isnull=False).order_by("number"),
    "course_visits": Appointment.objects.filter(Among("infusion__series", "series")).only("starts_at", "ends_at"),
    "orders": Order.objects.filter(Among("series", "series")).order_by("-signed_at", "-id"),
    "relapses": relapse_states.newest_of_each().filter(Among("patient", "patients")),
    "evaluated": Evaluation.objects.filter(Among("patient", "patients"), signed_at__isnull=False)
    .order_by("signed_at")
    .only("patient", "signed_at"),
}
REVIEWS = Gathering(Site.objects.filter(pk=Given("site")), **ASKED)


def missing(infusions: Sequence[Infusion], settings: Mapping[UUID, ProtocolSettings]) -> dict[UUID, str]:
    """A sentence for each infusion that waits for a review; `settings` by site."""
    if not infusions:
        return {}
    found = REVIEWS.read(
        site=infusions[0].appointment.site_id,
        patients={infusion.series.patient_id for infusion in infusions},
        series={infusion.series_id for infusion in infusions},
    )
    with_visits(infusions, found)
    return missing_of(infusions, settings, found)


def with_visits(infusions: Sequence[Infusion], found: Mapping[str, list[Any]]) -> None:
    """Give the infusions of the courses their visits, which are at the site of the series."""
    visits = {visit.pk: visit for visit in found["course_visits"]}
    sites = {infusion.series_id: infusion.appointment.site for infusion in infusions}
    for one in found["course"]:
        beside(one, "appointment", visits[one.appointment_id])
        one.appointment.site = sites[one.series_id]


def missing_of(
    infusions: Sequence[Infusion], settings: Mapping[UUID, ProtocolSettings], found: Mapping[str, list[Any]]
) -> dict[UUID, str]:
    """The same of what was read already."""
    series = {infusion.series_id: infusion.series for infusion in infusions}
    for infusion in infusions:  # the visit is at the site of its series, and comes with it
        infusion.series.site = infusion.appointment.site
    reviews, runs, events = _by(found["reviews"], "of"), _by(found["runs"], "of"), _by(found["events"], "patient_id")
    assessments = response.assess_from(list(series.values()), found["course"], found["scores"])
    ordered = {order.series_id: order.signed_at for order in reversed(found["orders"])}
    relapsed = _to_evaluate(found)
    said = {}
    for infusion in infusions:
        patient = infusion.series.patient_id
        if infusion.series.state == Series.State.SUSPENDED:
            said[infusion.pk] = SUSPENDED
        elif _unreviewed(_stop(infusion, runs[patient]), reviews[patient]):
            said[infusion.pk] = STOPPED
        elif event := _before(infusion, events[patient]):
            said[infusion.pk] = _reported(event)
        elif infusion.series.kind == Series.Kind.MAINTENANCE:
            said[infusion.pk] = relapsed.get(patient, "")
        elif _dose_not_ordered(infusion, reviews[patient], ordered):
            said[infusion.pk] = DOSE
        else:
            limits = settings[infusion.appointment.site_id]
            said[infusion.pk] = _checkpoint(infusion, assessments[infusion.series_id], limits, reviews[patient])
    return said


def _by(rows: Iterable[Any], key: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _stop(infusion: Infusion, runs: Sequence[Any]) -> datetime | None:
    """When the infusion before this one ended, if it was stopped early."""
    before = [
        run
        for run in runs
        if run.pk != infusion.pk and (infusion.started_at is None or run.ended_at <= infusion.started_at)
    ]
    ended: datetime | None = before[-1].ended_at if before and before[-1].early else None
    return ended


def _unreviewed(stopped: datetime | None, signed: Sequence[ResponseReview]) -> bool:
    return stopped is not None and not any(review.signed_at >= stopped for review in signed)


def _before(infusion: Infusion, events: Sequence[AdverseEvent]) -> AdverseEvent | None:
    """The first report that no provider has reviewed, of what happened before this infusion began."""
    began = infusion.started_at
    return next((event for event in events if began is None or event.observed_at < began), None)


def _reported(event: AdverseEvent) -> str:
    grade = f", grade {event.grade}" if event.grade else ""
    return f"An adverse event ({event.get_term_display().lower()}{grade}) waits for a provider’s review."


def _dose_not_ordered(infusion: Infusion, signed: Sequence[ResponseReview], ordered: Mapping[UUID, datetime]) -> bool:
    """The newest review of the series asks for another dose, and no order was signed since (J4)."""
    mine = [review for review in signed if review.series_id == infusion.series_id]
    if not mine or infusion.started_at is not None:
        return False
    last = max(mine, key=lambda review: review.signed_at)
    at = ordered.get(infusion.series_id)
    return last.decision == ResponseReview.Decision.DOSE and (at is None or at < last.signed_at)


def _to_evaluate(found: Mapping[str, list[Any]]) -> dict[UUID, str]:
    """Patients with two boosters for a relapse and a score still high: no third without an evaluation (J12)."""
    evaluated: dict[UUID, datetime] = {one.patient_id: one.signed_at for one in found["evaluated"]}
    return {
        row.patient_id: row.sentence
        for row in found["relapses"]
        if row.cause == RelapseState.Cause.BOOSTERS
        and (row.patient_id not in evaluated or evaluated[row.patient_id] < row.entered_at)
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
