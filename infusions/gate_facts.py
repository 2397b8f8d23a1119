"""What the readiness gate reads: for many infusions at once, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from clinic import clock, settings_versions
from clinic.gathering import Among, Gathering, Given
from clinic.models import ProtocolSettings, Site, User
from infusions import gaps, orders, reviews
from infusions.models import (
    ArrivalCheck,
    GapDecision,
    GateOverride,
    Infusion,
    LongTermCheck,
    Order,
    PlanExtension,
    PregnancyTest,
    Series,
    VitalSigns,
)
from infusions.rules import MEASURE_VALID
from insurance import standing
from insurance.models import Coverage, SelfPay, Verification
from insurance.standing import Standing
from patients import consents, validity
from patients.models import Consent, Contact, MeasureResponse, Patient, SafetyAlert
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


_STAFF = (
    Q(pk__in=Order.objects.filter(Among("series", "series")).values("signed_by"))
    | Q(pk__in=ArrivalCheck.objects.filter(Among("infusion", "infusions")).values("identity_by"))
    | Q(pk__in=GateOverride.objects.filter(Among("infusion", "infusions")).values("by"))
    | Q(pk__in=validity.open_conditions().filter(Among("evaluation__patient", "patients")).values("owner"))
)

GATE = Gathering(
    Site.objects.filter(pk=Given("site")),
    **reviews.ASKED,
    settings=settings_versions.newest().filter(Among("site", "sites")),
    consents=Consent.objects.filter(Among("patient", "patients"), kind=Consent.Kind.TREATMENT)
    .order_by("-observed_at", "-id")
    .only("observed_at", "patient", "kind", "version", "language", "valid_until", "withdrawn_at"),
    evaluations=validity.standing().filter(Among("patient", "patients")).only(*validity.READ),
    conditions=validity.open_conditions().filter(Among("evaluation__patient", "patients")),
    coverages=Coverage.objects.filter(Among("patient", "patients"), entered_in_error_at__isnull=True),
    self_pay=SelfPay.objects.filter(Among("patient", "patients")),
    checks=Verification.objects.filter(Among("patient", "patients"), leg=Verification.Leg.MEDICAL).order_by(
        "-opened_at", "-id"
    ),
    extensions=PlanExtension.objects.filter(Among("series", "series")),
    words_on_gaps=GapDecision.objects.filter(Among("series", "series"), kind__in=gaps.AGREED),
    arrivals=ArrivalCheck.objects.filter(Among("infusion", "infusions")),
    rides=Ride.objects.filter(Among("appointment", "visits")),
    vitals=VitalSigns.objects.filter(Among("infusion", "infusions"), entered_in_error_at__isnull=True),
    overrides=GateOverride.objects.filter(Among("infusion", "infusions")),
    tests=PregnancyTest.objects.filter(Among("infusion", "infusions")),
    long_term=LongTermCheck.objects.filter(Among("infusion", "infusions")).order_by("observed_at", "id"),
    asked=MeasureResponse.objects.filter(
        Among("patient", "patients"),
        instrument__in=[Instrument.PHQ9, Instrument.CSSRS],
        entered_in_error_at__isnull=True,
        observed_at__gte=Given("asked_since"),
    ).order_by("observed_at"),
    alerts=SafetyAlert.objects.filter(Among("patient", "patients"), closed_at__isnull=True),
    contacts=Contact.objects.filter(Among("patient", "patients")).only("name"),
    staff=User.objects.filter(_STAFF).only("full_name", "signature_name"),
)
"""All that gates are judged by, of many infusions, in one statement."""


def gather(infusions: Sequence[Infusion]) -> list[Facts]:
    """Everything for these infusions, which come with series, patient, appointment and site selected."""
    if not infusions:
        return []
    found = GATE.read(
        site=infusions[0].appointment.site_id,
        sites=_sites(infusions),
        patients={infusion.series.patient_id for infusion in infusions},
        series={infusion.series_id for infusion in infusions},
        infusions=[infusion.pk for infusion in infusions],
        visits=[infusion.appointment_id for infusion in infusions],
        asked_since=min(infusion.started_at or clock.now() for infusion in infusions) - MEASURE_VALID,
    )
    _join(infusions, found)
    visits = [(infusion.series.patient, day_of(infusion)) for infusion in infusions]
    settings = _settings(infusions, found["settings"])
    consent = consents.in_force_of(found["consents"], visits)
    evaluation = validity.gates_from(
        [(*visit, _begun(i)) for visit, i in zip(visits, infusions, strict=True)],
        signed=found["evaluations"],
        conditions=found["conditions"],
        longer={pk: one.reevaluation_after_days for pk, one in settings.items()},
    )
    papers = standing.sorted_out(
        {patient.pk for patient, _ in visits},
        coverages=found["coverages"],
        self_pay=found["self_pay"],
        checks=found["checks"],
    )
    order = orders.reaching(infusions, found["orders"], found["extensions"])
    arrivals = {arrival.infusion_id: arrival for arrival in found["arrivals"]}
    rides = {ride.appointment_id: ride for ride in found["rides"]}
    vitals, overrides, tests = (_grouped(found[name], "infusion_id") for name in ("vitals", "overrides", "tests"))
    long_term = {row.infusion_id: row for row in found["long_term"]}
    asked, alerts = (_grouped(found[name], "patient_id") for name in ("asked", "alerts"))
    to_review = reviews.missing_of(infusions, settings, found)
    gap_days = gaps.unseen(infusions, found["words_on_gaps"], found["course"])
    return [
        Facts(
            infusion=infusion,
            settings=settings[infusion.appointment.site_id],
            now=(moment := infusion.started_at or clock.now()),
            consent=consent.get((patient.pk, day)),
            evaluation=evaluation.get((patient.pk, day)),
            standing=standing.judge(papers[patient.pk], day, patient),
            order=order.get(infusion.pk),
            arrival=arrivals.get(infusion.pk),
            ride=rides.get(infusion.appointment_id),
            vitals=tuple(row for row in vitals[infusion.pk] if row.observed_at <= moment),
            phq9=_latest(asked[patient.pk], Instrument.PHQ9, moment),
            screen=_latest(asked[patient.pk], Instrument.CSSRS, moment),
            tests=tuple(tests[infusion.pk]),
            long_term=long_term.get(infusion.pk) if infusion.series.kind == Series.Kind.MAINTENANCE else None,
            to_review=to_review.get(infusion.pk, ""),
            gap_days=gap_days.get(infusion.pk, 0),
            alerts=tuple(alerts[patient.pk]),
            overrides={(given.light, given.found): given for given in overrides[infusion.pk]},
        )
        for infusion, (patient, day) in zip(infusions, visits, strict=True)
    ]


def _join(infusions: Sequence[Infusion], found: Mapping[str, list[Any]]) -> None:
    """Give each row the others that belong to it."""
    reviews.with_visits(infusions, found)
    staff = {one.pk: one for one in found["staff"]}
    contacts = {one.pk: one for one in found["contacts"]}
    for order in found["orders"]:
        order.signed_by = staff[order.signed_by_id]
    for arrival in found["arrivals"]:
        arrival.identity_by = staff.get(arrival.identity_by_id)
        arrival.escort = contacts.get(arrival.escort_id)
    for ride in found["rides"]:
        ride.contact = contacts.get(ride.contact_id)
    for override in found["overrides"]:
        override.by = staff[override.by_id]
    for condition in found["conditions"]:
        condition.owner = staff.get(condition.owner_id)


def _sites(infusions: Sequence[Infusion]) -> dict[UUID, Site]:
    """Where the infusions are given, and where their patients belong: how long an evaluation holds is for those."""
    patients = {infusion.series.patient.site_id: infusion.series.patient.site for infusion in infusions}
    return patients | {infusion.appointment.site_id: infusion.appointment.site for infusion in infusions}


def _settings(infusions: Sequence[Infusion], newest: Iterable[ProtocolSettings]) -> dict[UUID, ProtocolSettings]:
    """The settings of each site; the defaults of Table A where a site has none."""
    made = {one.site_id: one for one in newest}
    return {pk: made.get(pk) or settings_versions.unset(site) for pk, site in _sites(infusions).items()}


def _begun(infusion: Infusion) -> bool:
    """Whether this is no first infusion: then the evaluation holds longer (protocol 1.6)."""
    return infusion.series.kind == Series.Kind.MAINTENANCE or (infusion.number or 1) > 1


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
