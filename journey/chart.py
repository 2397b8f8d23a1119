"""What the chart shows, read in a number of queries that does not grow with the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Sum

from clinic import clock
from clinic.models import User
from clinic.policy import Action, can
from infusions import boosters, checkins
from infusions.models import BoosterPlan, Infusion, ResponseReview, Series
from infusions.series import RUNNING
from insurance.standing import Standing, standing
from journey import curve, strip, timeline
from patients import consents, evaluations, measure_plan, safety_plans, validity
from patients.models import Consent, Evaluation, MeasureDue, MeasureResponse, Patient, SafetyAlert, SafetyPlan
from patients.validity import Gate
from reminders import preferences
from reminders.models import Message
from reminders.preferences import Notice
from therapy.models import TherapySession
from visits.models import Appointment

RECENT = 60  # rows of a kind that the page reads; older ones come with "older"


@dataclass
class Chart:
    """A patient's chart as one reader may see it. For a reader without `SEE_CHART` the clinical parts stay empty."""

    patient: Patient
    clinical: bool
    standing: Standing
    visits: list[Appointment]
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
    measures: list[MeasureResponse] = field(default_factory=list)
    measures_due: list[MeasureDue] = field(default_factory=list)
    plan: BoosterPlan | None = None
    reviewed: bool = False
    nodes: list[dict[str, object]] = field(default_factory=list)
    picture: curve.Curve | None = None
    exposure: dict[str, Any] = field(default_factory=dict)
    entries: list[timeline.Entry] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    more: bool = False

    @property
    def next_visit(self) -> Appointment | None:
        now = clock.now()
        coming = [visit for visit in self.visits if visit.is_alive and visit.ends_at > now]
        return min(coming, key=lambda visit: visit.starts_at, default=None)

    @property
    def evaluated_until(self) -> date | None:
        """The last day on which the evaluation holds: longer once a series has begun."""
        if self.evaluation is None or self.evaluation.valid_until is None:
            return None
        return evaluations.last_day(self.evaluation, booster=bool(self.series))

    @property
    def review_due(self) -> bool:
        """The series is complete and no provider has looked at it yet."""
        return self.loading is not None and self.loading.state == Series.State.COMPLETED and not self.reviewed

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
        booked = sum(each.series_id == one.pk and each.number is not None for each in self.infusions)
        return booked < (one.planned_count or 0)

    @property
    def may_boost(self) -> bool:
        """A booster plan stands and no booster is booked."""
        booked = any(one.series.kind == Series.Kind.MAINTENANCE and one.state == "scheduled" for one in self.infusions)
        return self.plan is not None and not booked

    @property
    def loading(self) -> Series | None:
        return next((one for one in self.series if one.kind == Series.Kind.LOADING), None)


def read(patient: Patient, *, by: User, group: str = "") -> Chart:
    """Read the chart as `by` may see it at the patient's site."""
    clinical = can(by, Action.SEE_CHART, patient.site)
    visits = list(patient.appointments.select_related("site", "patient").order_by("-starts_at")[:RECENT])
    alerts = list(patient.alerts.filter(closed_at__isnull=True))
    chart = Chart(
        patient=patient,
        clinical=clinical,
        standing=standing(patient, patient.site.today()),
        visits=visits,
        blocked=any(not alert.may_infuse for alert in alerts)
        or patient.series.filter(state=Series.State.SUSPENDED).exists(),
        contacts=list(patient.contacts.filter(is_active=True)),
        unheard=preferences.notices(patient),
    )
    messages = list(
        patient.messages.exclude(state=Message.State.VOID).select_related("site").order_by("-due_at")[:RECENT]
    )
    entries = [timeline.of_message(message) for message in messages if message.state != Message.State.PLANNED]
    _treatment(chart)
    if clinical:
        chart.alerts, chart.safety_plan = alerts, safety_plans.in_force(patient)
        entries += _clinical(chart)
    else:
        entries += [timeline.of_visit(visit) for visit in visits]
    chart.nodes = strip.nodes(
        evaluation=chart.evaluation,
        series=chart.series,
        infusions=chart.infusions,
        sessions=chart.sessions,
        scores=[one for one in chart.measures if not one.entered_in_error_at],
        booster_dates=_boosters_to_come(chart),
        clinical=clinical,
    )
    chart.entries, chart.counts, chart.more = timeline.feed(entries, group=group)
    return chart


def _treatment(chart: Chart) -> None:
    """How far the treatment is: what those who book have to know as well."""
    patient = chart.patient
    chart.series = list(patient.series.order_by("-opened_at")[:10])
    today = patient.site.today()
    chart.gate = validity.gates([(patient, today, bool(chart.series))]).get((patient.pk, today), Gate(None))
    chart.eligible = chart.gate.in_force
    chart.blocked |= chart.gate.reopened
    chart.reviewed = ResponseReview.objects.filter(
        series__patient=patient, signed_at__gte=F("series__ended_at")
    ).exists()
    chart.infusions = list(
        Infusion.objects.filter(series__patient=patient)
        .select_related("series", "appointment__site", "order", "discharge")
        .order_by("-appointment__starts_at")[:RECENT]
    )
    chart.sessions = list(
        patient.therapy_sessions.select_related("appointment__site", "therapist", "series").order_by(
            "-appointment__starts_at"
        )[:RECENT]
    )
    chart.plan = (
        BoosterPlan.objects.filter(series__patient=patient, superseded_by__isnull=True).order_by("-signed_at").first()
    )


def _clinical(chart: Chart) -> list[timeline.Entry]:
    patient = chart.patient
    chart.allergies = list(patient.allergies.filter(entered_in_error_at__isnull=True)[:20])
    chart.medications = list(patient.medications.filter(entered_in_error_at__isnull=True, stopped__isnull=True)[:20])
    judged = list(patient.evaluations.select_related("signed_by", "patient__site").order_by("-observed_at")[:10])
    signed = [one for one in judged if one.signed_at]
    chart.evaluation = next(iter(signed), None)
    papers = list(patient.consents.order_by("-observed_at", "-id")[:10])
    newest = next((one for one in papers if one.kind == Consent.Kind.TREATMENT), None)
    chart.consent = newest if newest and consents.holds(newest, patient, patient.site.today()) else None
    chart.measures = list(patient.measures.order_by("-observed_at")[:RECENT])
    chart.measures_due = list(measure_plan.coming(patient, limit=4))
    kept = [one for one in chart.measures if not one.entered_in_error_at]
    chart.picture = _picture(chart, kept)
    chart.exposure = _exposure(chart)
    return [
        *(timeline.of_infusion(one) for one in chart.infusions if one.state not in {"scheduled", "cancelled"}),
        *(
            timeline.of_session(one)
            for one in chart.sessions
            if one.appointment and one.appointment.starts_at <= clock.now()
        ),
        *timeline.of_measures(chart.measures),
        *(timeline.of_checkin(one) for one in checkins.told(patient)[:RECENT]),
        *(timeline.of_evaluation(one) for one in signed),
        *(timeline.of_consent(one) for one in papers),
        *(timeline.of_missed(one) for one in chart.visits if one.status in {"cancelled", "no_show"}),
    ]


def _boosters_to_come(chart: Chart) -> list[Any]:
    """The next booster dates by the plan, beyond those already booked."""
    given = [one for one in chart.infusions if one.state in Infusion.GIVEN]
    if chart.plan is None or not given:
        return []
    booked = [one for one in chart.infusions if one.series.kind == Series.Kind.MAINTENANCE and one.state == "scheduled"]
    last = max((one.appointment for one in given), key=lambda visit: visit.starts_at)
    dates = boosters.due_dates(chart.plan, last.site.local(last.starts_at).date(), 3)
    return dates[len(booked) :]


def _picture(chart: Chart, kept: list[MeasureResponse]) -> curve.Curve | None:
    scores = [(one.observed_at, one.score) for one in kept if one.instrument == "phq9" and one.score is not None]
    scores.sort()
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
    since = clock.now() - timedelta(days=90)
    total = Infusion.objects.filter(series__patient=chart.patient, given_mg__isnull=False).aggregate(
        mg=Sum("given_mg")
    )["mg"]
    return {
        "in_90_days": sum(1 for one in given if (one.started_at or one.appointment.starts_at) >= since),
        "lifetime_mg": total,
        "last": max(one.appointment.starts_at for one in given),
    }
