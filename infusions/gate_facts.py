"""What the readiness gate reads: for many infusions at once, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clinic import clock, settings_versions
from clinic.models import ProtocolSettings, Site
from infusions import gaps, orders, reviews
from infusions.models import (
    ArrivalCheck,
    GateOverride,
    Infusion,
    LongTermCheck,
    Order,
    PregnancyTest,
    Series,
    VitalSigns,
)
from infusions.rules import MEASURE_VALID
from insurance.standing import Standing, standings
from patients import consents, validity
from patients.models import Consent, MeasureResponse, Patient, SafetyAlert
from patients.validity import Gate
from visits.models import Ride

Instrument = MeasureResponse.Instrument


@dataclass(frozen=True)
class Facts:
    """One infusion and all that decides whether it may start."""

    infusion: Infusion
    settings: ProtocolSettings
    now: datetime
    """The moment the gate is judged at: now, or the start of an infusion that has started."""
    consent: Consent | None
    evaluation: Gate | None
    """What the newest signed evaluation says about this day."""
    standing: Standing
    order: Order | None
    arrival: ArrivalCheck | None
    ride: Ride | None
    """Whom the patient named, before anybody asked on arrival."""
    vitals: tuple[VitalSigns, ...]
    phq9: MeasureResponse | None
    screen: MeasureResponse | None
    """The newest C-SSRS of the last 24 hours."""
    tests: tuple[PregnancyTest, ...]
    long_term: LongTermCheck | None
    """Bladder and misuse, as asked before this booster."""
    to_review: str
    """What a provider has to review before this infusion; empty when nothing."""
    gap_days: int
    """The days since the infusion before, unless a provider has agreed to so many."""
    alerts: tuple[SafetyAlert, ...]
    overrides: dict[tuple[str, str], GateOverride]
    """What a provider let pass, by light and finding."""

    @property
    def patient(self) -> Patient:
        return self.infusion.series.patient

    @property
    def site(self) -> Site:
        return self.infusion.appointment.site

    @property
    def day(self) -> date:
        return day_of(self.infusion)


def day_of(infusion: Infusion) -> date:
    """The day of the visit on the site's wall clock."""
    return infusion.appointment.site.local(infusion.appointment.starts_at).date()


def gather(infusions: Sequence[Infusion]) -> list[Facts]:
    """Everything for these infusions, which come with series, patient, appointment and site selected."""
    if not infusions:
        return []
    ids = [infusion.pk for infusion in infusions]
    visits = [(infusion.series.patient, day_of(infusion)) for infusion in infusions]
    patients = {patient.pk for patient, _ in visits}
    settings = {site.pk: settings_versions.current(site) for site in {i.appointment.site for i in infusions}}
    consent = consents.in_force_for(visits, Consent.Kind.TREATMENT)
    evaluation = validity.gates([(*visit, _begun(i)) for visit, i in zip(visits, infusions, strict=True)])
    standing = _standings(visits)
    order = orders.for_infusions(infusions)
    arrivals = {
        a.infusion_id: a for a in ArrivalCheck.objects.filter(infusion__in=ids).select_related("escort", "identity_by")
    }
    told = Ride.objects.filter(appointment__in=[infusion.appointment_id for infusion in infusions])
    named = {ride.appointment_id: ride for ride in told.select_related("contact")}
    vitals = _grouped(VitalSigns.objects.filter(infusion__in=ids, entered_in_error_at=None), "infusion_id")
    overrides = _grouped(GateOverride.objects.filter(infusion__in=ids).select_related("by"), "infusion_id")
    tests = _grouped(PregnancyTest.objects.filter(infusion__in=ids), "infusion_id")
    long_term = _long_term(infusions)
    asked = _asked(infusions)
    to_review = reviews.missing(infusions, settings)
    gap_days = gaps.unseen(infusions)
    alerts = _grouped(SafetyAlert.objects.filter(patient__in=patients, closed_at=None), "patient_id")
    return [
        Facts(
            infusion=infusion,
            settings=settings[infusion.appointment.site_id],
            now=(moment := infusion.started_at or clock.now()),
            consent=consent.get(visit),
            evaluation=evaluation.get(visit),
            standing=standing[visit],
            order=order.get(infusion.pk),
            arrival=arrivals.get(infusion.pk),
            ride=named.get(infusion.appointment_id),
            vitals=tuple(row for row in vitals[infusion.pk] if row.observed_at <= moment),
            phq9=_latest(asked[infusion.series.patient_id], Instrument.PHQ9, moment),
            screen=_latest(asked[infusion.series.patient_id], Instrument.CSSRS, moment),
            tests=tuple(tests[infusion.pk]),
            long_term=long_term.get(infusion.pk),
            to_review=to_review.get(infusion.pk, ""),
            gap_days=gap_days.get(infusion.pk, 0),
            alerts=tuple(alerts[infusion.series.patient_id]),
            overrides={(given.light, given.found): given for given in overrides[infusion.pk]},
        )
        for infusion in infusions
        for visit in [(infusion.series.patient_id, day_of(infusion))]
    ]


def _begun(infusion: Infusion) -> bool:
    """Whether this is no first infusion: then the evaluation holds longer (protocol 1.6)."""
    return infusion.series.kind == Series.Kind.MAINTENANCE or (infusion.number or 1) > 1


def _standings(visits: Sequence[tuple[Patient, date]]) -> dict[tuple[UUID, date], Standing]:
    """Who pays, asked once for each day among the visits."""
    found: dict[tuple[UUID, date], Standing] = {}
    for day in {day for _, day in visits}:
        there = standings([patient for patient, on in visits if on == day], day)
        found |= {(patient_id, day): standing for patient_id, standing in there.items()}
    return found


def _long_term(infusions: Sequence[Infusion]) -> dict[UUID, LongTermCheck]:
    """The newest answers of each booster; a loading series asks for none (protocol 2.7)."""
    boosters = [one.pk for one in infusions if one.series.kind == Series.Kind.MAINTENANCE]
    if not boosters:
        return {}
    rows = LongTermCheck.objects.filter(infusion__in=boosters).order_by("observed_at", "id")
    return {row.infusion_id: row for row in rows}


def _asked(infusions: Sequence[Infusion]) -> dict[UUID, list[MeasureResponse]]:
    """What each patient was asked of PHQ-9 and C-SSRS in the last day, oldest first."""
    earliest = min(infusion.started_at or clock.now() for infusion in infusions) - MEASURE_VALID
    rows = MeasureResponse.objects.filter(
        patient__in={infusion.series.patient_id for infusion in infusions},
        instrument__in=[Instrument.PHQ9, Instrument.CSSRS],
        entered_in_error_at=None,
        observed_at__gte=earliest,
    ).order_by("observed_at")
    return _grouped(rows, "patient_id")


def _latest(measures: Iterable[MeasureResponse], instrument: str, moment: datetime) -> MeasureResponse | None:
    fresh = [
        each
        for each in measures
        if each.instrument == instrument and moment - MEASURE_VALID <= each.observed_at <= moment
    ]
    return fresh[-1] if fresh else None


def _grouped(rows: Iterable[Any], key: str) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
