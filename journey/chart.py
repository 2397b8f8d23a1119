"""What the chart shows above the fold, read in one statement however long the record is (clinic.gathering)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from clinic import clock, settings_versions
from clinic.access import sites_of
from clinic.models import Site, User
from clinic.policy import Action, can
from clinic.records import beside
from infusions import boosters
from infusions.models import BoosterPlan, Infusion, Series
from infusions.series import RUNNING
from insurance import standing
from insurance.standing import Paper, Standing
from journey import curve, strip
from journey.chart_rows import CHART, DESK, STATIONS, STRIP, Note, Reading, keys_of, notes, readings
from patients import consents, validity
from patients.models import Consent, Evaluation, MeasureDue, MeasureResponse, Patient, SafetyAlert, SafetyPlan
from patients.validity import Gate
from reminders import preferences
from reminders.preferences import Notice
from therapy.models import TherapySession
from visits.models import Appointment


@dataclass
class Chart:
    """A patient's chart as one reader may see it. For a reader without `SEE_CHART` the clinical parts stay empty."""

    patient: Patient
    clinical: bool
    standing: Standing
    blocked: bool = False
    eligible: bool = False
    alerts: list[SafetyAlert] = field(default_factory=list)
    safety_plan: SafetyPlan | None = None
    allergies: list[Any] = field(default_factory=list)
    medications: list[Any] = field(default_factory=list)
    evaluation: Evaluation | None = None
    gate: Gate = field(default_factory=lambda: Gate(None))
    """Whether the evaluation lets the patient be treated today, and why not."""
    consent: Consent | None = None
    contacts: list[Any] = field(default_factory=list)
    unheard: list[Notice] = field(default_factory=list)
    """What does not reach the patient, and why: no texts since a STOP, a number that is none."""
    series: list[Series] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)
    sessions: list[TherapySession] = field(default_factory=list)
    scores: list[MeasureResponse] = field(default_factory=list)
    """Of the PHQ-9, newest first."""
    vitals: list[Reading] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    measures_due: list[MeasureDue] = field(default_factory=list)
    plan: BoosterPlan | None = None
    reviewed: bool = False
    nodes: list[dict[str, object]] = field(default_factory=list)
    picture: curve.Curve | None = None
    exposure: dict[str, Any] = field(default_factory=dict)
    next_visit: Appointment | None = None
    evaluated_until: date | None = None
    """The last day on which the evaluation holds: longer once a series has begun."""

    @property
    def review_due(self) -> bool:
        """The series is complete and no provider has looked at it yet."""
        one = self.loading
        return one is not None and one.state == Series.State.COMPLETED and not self.reviewed

    @property
    def may_plan(self) -> bool:
        """Eligible, and no series yet: the next thing is to plan one. Says whether, never why."""
        return self.eligible and self.loading is None

    @property
    def lacks(self) -> bool:
        """Infusions of the running series have no visit: one was lost, or a provider added some."""
        one = self.loading
        if one is None or one.state not in RUNNING:
            return False
        booked: int = one.booked  # type: ignore[attr-defined]
        return booked < (one.planned_count or 0)

    @property
    def may_boost(self) -> bool:
        """A booster plan stands and no booster is booked."""
        booked = any(one.series.kind == Series.Kind.MAINTENANCE and one.state == "scheduled" for one in self.infusions)
        return self.plan is not None and not booked

    @property
    def loading(self) -> Series | None:
        return next((one for one in self.series if one.kind == Series.Kind.LOADING), None)


def read(patient: Patient, *, by: User) -> Chart:
    """Read the chart as `by` may see it at the patient's site."""
    clinical = can(by, Action.SEE_CHART, patient.site)
    today = patient.site.today()
    found = STRIP.read(patient=patient.pk)
    found |= (CHART if clinical else DESK).read(
        **keys_of(found["infusions"], found["sessions"]),
        patient=patient.pk,
        phone=patient.phone or "",
        email=(patient.email or "").lower(),
        now=clock.now(),
        since=clock.now() - timedelta(days=90),
    )
    paper = Paper(found["coverages"], found["self_pay"], found["checks"])
    chart = Chart(
        patient=patient,
        clinical=clinical,
        standing=standing.judge(paper, today, patient),
        next_visit=next(iter(_placed(found["next_visit"], patient, by)), None),
        contacts=found["contacts"],
        unheard=preferences.notices_from(patient, found["stops"], found["dead_ends"]),
        series=found["series"],
        plan=next(iter(found["plans"]), None),
    )
    _treatment(chart, found, by)
    _judged(chart, found, today)
    chart.blocked = (
        chart.gate.reopened
        or any(not alert.may_infuse for alert in found["alerts"])
        or any(one.state == Series.State.SUSPENDED for one in chart.series)
    )
    if clinical:
        _clinical(chart, found, today)
    chart.nodes = strip.nodes(
        evaluation=chart.evaluation,
        series=chart.series,
        infusions=chart.infusions[:STATIONS],
        sessions=chart.sessions[:STATIONS],
        scores=chart.scores,
        booster_dates=_boosters_to_come(chart),
        clinical=clinical,
    )
    return chart


def _placed(visits: list[Appointment], patient: Patient, by: User) -> list[Appointment]:
    """The visits with patient and site, which nearly always are at hand."""
    sites = {site.pk: site for site in (*sites_of(by), patient.site)}
    if elsewhere := {visit.site_id for visit in visits} - sites.keys():
        sites |= Site.objects.in_bulk(elsewhere)
    for visit in visits:
        visit.patient, visit.site = patient, sites[visit.site_id]
    return visits


def _treatment(chart: Chart, found: dict[str, Any], by: User) -> None:
    """How far the treatment is: what those who book have to know as well."""
    visits = {visit.pk: visit for visit in _placed(found["visits"], chart.patient, by)}
    series = {one.pk: one for one in chart.series}
    chart.infusions = list(_tied(found["infusions"], visits, series))
    chart.sessions = list(_tied(found["sessions"], visits, series))
    chart.reviewed = any(one.reviewed for one in chart.series)  # type: ignore[attr-defined]


def _tied(rows: Iterable[Any], visits: dict[UUID, Appointment], series: dict[UUID, Series]) -> Iterable[Any]:
    """The rows with their visit and series, which were read beside them."""
    for row in rows:
        if row.appointment_id in visits and row.series_id in series:
            beside(row, "appointment", visits[row.appointment_id])
            row.series = series[row.series_id]
            yield row


def _judged(chart: Chart, found: dict[str, Any], today: date) -> None:
    """What the evaluation lets be done today."""
    patient, begun = chart.patient, bool(chart.series)
    longer = settings_versions.current(patient.site).reevaluation_after_days if begun else None
    for one in found["standing_evaluation"]:
        one.patient = patient
        chart.gate = validity.gate_from(one, today, reopenings=found["reopenings"], longer=longer)
    chart.eligible = chart.gate.in_force
    for one in found.get("evaluations", ()):
        one.patient = patient
        chart.evaluation = one
        chart.evaluated_until = validity.until(one, longer) if one.valid_until else None


def _clinical(chart: Chart, found: dict[str, Any], today: date) -> None:
    patient = chart.patient
    chart.alerts, chart.allergies, chart.medications = found["alerts"], found["allergies"], found["medications"]
    chart.safety_plan = next(iter(found["safety_plans"]), None)
    newest = next(iter(found["consents"]), None)
    chart.consent = newest if newest and consents.holds(newest, patient, today) else None
    chart.scores, chart.measures_due = found["scores"], found["measures_due"]
    chart.vitals = readings(found["vitals"], chart.infusions)
    chart.notes = notes(found["infusion_notes"], found["session_notes"], chart.infusions, chart.sessions)
    chart.picture = _picture(chart)
    chart.exposure = _exposure(chart)


def _boosters_to_come(chart: Chart) -> list[Any]:
    """The next booster dates by the plan, beyond those already booked."""
    given = [one for one in chart.infusions if one.state in Infusion.GIVEN]
    if chart.plan is None or not given:
        return []
    booked = [one for one in chart.infusions if one.series.kind == Series.Kind.MAINTENANCE and one.state == "scheduled"]
    last = max((one.appointment for one in given), key=lambda visit: visit.starts_at)
    dates = boosters.due_dates(chart.plan, last.site.local(last.starts_at).date(), 3)
    return dates[len(booked) :]


def _picture(chart: Chart) -> curve.Curve | None:
    scores: list[tuple[datetime, int]] = sorted(
        (one.observed_at, one.score) for one in chart.scores if one.score is not None
    )
    if not scores:
        return None
    stations = [
        (one.appointment.starts_at, "b" if one.series.kind == "maintenance" else str(one.number), "infusion", True)
        for one in chart.infusions
        if one.state in Infusion.GIVEN and one.number
    ]
    stations += [
        (one.appointment.starts_at, strip.MARKS[one.kind], "talk", True)
        for one in chart.sessions
        if one.appointment and one.state in {"held", "documented", "signed"}
    ]
    since = scores[0][0]
    return curve.draw(scores, sorted(row for row in stations if row[0] >= since), scores[0][1])


def _exposure(chart: Chart) -> dict[str, Any]:
    given = [one for one in chart.infusions if one.state in Infusion.GIVEN]
    if not given:
        return {}
    totals = [one.given_mg for one in chart.series if one.given_mg is not None]  # type: ignore[attr-defined]
    return {
        "in_90_days": sum(one.in_90_days for one in chart.series),  # type: ignore[attr-defined]
        "lifetime_mg": sum(totals) if totals else None,
        "last": max(one.appointment.starts_at for one in given),
    }
