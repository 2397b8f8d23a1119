"""A plan that ended: every visit it touches, the task of the same day, and the request after the fact (J5).

Nothing is called off here. The tasks follow who pays, and end themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import clock
from clinic.models import User
from clinic.wording import listed
from infusions.models import GateOverride, Infusion
from insurance import authorizations, coming, lapses, rules
from insurance.models import Authorization, Coverage, Lapse, SelfPay
from insurance.standing import Leg, Paper, Standing, judge, papers, shown_day
from patients.models import Consent, Patient
from reminders import followups
from reminders.followups import Key
from reminders.models import FollowUp
from visits.followers import Change
from visits.models import Appointment

ENDED, RETRO = "coverage_ended", "authorization_retro"
EVENING = time(17)
BEFORE = timedelta(days=60)
"""How far back visits are shown that the plan still pays."""
MOST = 60
RETRO_DAYS = 2
SETTLED = "Every visit is paid for, and the patient knows."
APPROVED = "The authorization covers these visits, or they are not billed to the plan."


@dataclass(frozen=True)
class Touched:
    """One visit near the end of a plan: whether the plan still pays it, and what check-in lacks if not."""

    visit: Appointment
    day: date
    number: int | None
    billable: bool
    standing: Standing
    lacking: tuple[str, ...]
    kept_by: str
    infusion_id: UUID | None

    @property
    def title(self) -> str:
        return f"Infusion {self.number}" if self.number else self.visit.get_kind_display()

    @property
    def is_settled(self) -> bool:
        return self.billable or (self.standing.settled and not self.lacking) or bool(self.kept_by)


def touched(lapse: Lapse) -> list[Touched]:
    """The visits around the last day, the earliest first; the number of queries does not grow with them."""
    patient = lapse.coverage.patient
    visits = list(_visits(patient, lapse))
    days = [patient.site.local(visit.starts_at).date() for visit in visits]
    found = {leg: papers([patient.pk], leg)[patient.pk] for leg in Leg}
    lacking = lapses.lacking_for(patient, [day for day in days if lapse.leaves_out(day)])
    infusions = {one.appointment_id: one for one in Infusion.objects.filter(appointment__in=visits)}
    kept = _kept([one.pk for one in infusions.values()])
    return [
        Touched(
            visit=visit,
            day=day,
            number=infusion.number if infusion else None,
            billable=not lapse.leaves_out(day),
            standing=judge(found[_leg(visit)], day, patient),
            lacking=tuple(lacking.get(day, ())) if infusion else (),
            kept_by=kept.get(infusion.pk, "") if infusion else "",
            infusion_id=infusion.pk if infusion else None,
        )
        for visit, day in zip(visits, days, strict=True)
        for infusion in [infusions.get(visit.pk)]
    ]


def given(seen: Sequence[Touched]) -> list[date]:
    """The days on which infusions were given."""
    return [one.day for one in seen if one.infusion_id and one.visit.status == Appointment.Status.DONE]


def _leg(visit: Appointment) -> Leg:
    return Leg.MEDICAL if visit.kind in coming.MEDICAL else Leg.BEHAVIORAL


def _visits(patient: Patient, lapse: Lapse) -> Sequence[Appointment]:
    since, _ = patient.site.day_bounds(lapse.last_day - BEFORE)
    counted = (*Appointment.ALIVE, Appointment.Status.DONE)
    rows = Appointment.objects.filter(patient=patient, status__in=counted, starts_at__gte=since)
    return list(rows.select_related("site").order_by("starts_at", "id")[:MOST])


def _kept(infusion_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The provider who keeps an infusion although nobody pays it, by infusion."""
    rows = GateOverride.objects.filter(infusion__in=infusion_ids, light="coverage").select_related("by")
    return {row.infusion_id: str(row.by) for row in rows}


def follow(patient: Patient, by: User) -> None:
    """Who pays has changed: the tasks that ask for it stand, or end themselves."""
    found = lapses.standing_all(patient)
    for lapse in found:
        _ask(lapse, by)
    _end_others(patient, ENDED, [lapse.pk for lapse in found], by)
    _ask_back(patient, by)


def _end_others(patient: Patient, kind: str, subjects: Collection[UUID], by: User) -> None:
    """A plan that runs after all, or was never this patient's, is asked about no more."""
    rows = FollowUp.objects.filter(kind=kind, patient=patient, state=FollowUp.State.OPEN)
    for subject_kind, subject_id in list(
        rows.exclude(subject_id__in=subjects).values_list("subject_kind", "subject_id")
    ):
        followups.drop(Key(kind, subject_kind, subject_id), because=followups.NO_LONGER, by=by)


def _ask(lapse: Lapse, by: User | None) -> None:
    patient, site = lapse.coverage.patient, lapse.coverage.patient.site
    ahead = [one for one in touched(lapse) if not one.billable and one.visit.is_alive]
    open_ones = [one for one in ahead if not one.is_settled]
    wanted = bool(open_ones) or (bool(ahead) and lapse.told_at is None)
    followups.keep(
        Key(ENDED, "lapse", lapse.pk),
        wanted,
        site=site,
        patient=patient,
        title=_title(lapse, len(open_ones)),
        due_at=max(site.moment(site.local(lapse.found_at).date(), EVENING), lapse.found_at),
        link=reverse("journey:plan-end", args=[lapse.pk]),
        because=SETTLED,
        by=by,
    )


def _title(lapse: Lapse, unpaid: int) -> str:
    name, last = lapse.coverage.patient.name, shown_day(lapse.last_day, lapse.last_day)
    if not unpaid:
        return f"Coverage of {name} ended {last}: tell the patient"
    return f"Coverage of {name} ended {last}: {unpaid} visit{'s' if unpaid > 1 else ''} not paid for"


def _ask_back(patient: Patient, by: User) -> None:
    """A plan that approves beforehand holds on days that the patient pays: it may approve them after the fact."""
    lapse = lapses.of(patient)
    plans = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True).select_related("payer")
    later = [plan for plan in plans if lapse and plan.pk != lapse.coverage_id]
    _end_others(patient, RETRO, [plan.pk for plan in later], by)
    days = authorizations.infusion_days(patient) if later else []
    paper = papers([patient.pk], Leg.MEDICAL)[patient.pk] if later else Paper([], [], [])
    approved = list(authorizations.of_patients([patient.pk])) if later else []
    for plan in later:
        unpaid = _unapproved(plan, days, paper, approved)
        site = patient.site
        followups.keep(
            Key(RETRO, "coverage", plan.pk, occurrence=",".join(map(str, unpaid))[:60]),
            bool(unpaid),
            site=site,
            patient=patient,
            title=f"Ask {plan.payer} to approve {_days(unpaid)} of {patient.name} after the fact",
            due_at=_in_days(patient),
            link=reverse("insurance:patient", args=[patient.pk]),
            because=APPROVED,
            by=by,
        )


def _unapproved(plan: Coverage, days: Sequence[date], paper: Paper, approved: Sequence[Authorization]) -> list[date]:
    """The days of infusions in the plan that the patient pays and no authorization of the plan includes."""
    if not _asks(plan, paper, approved):
        return []
    own = [one for one in approved if one.coverage_id == plan.pk]
    return [
        day
        for day in days
        if plan.holds_on(day) and _self_paid(paper.self_pay, day) and not any(_within(one, day) for one in own)
    ]


def _asks(plan: Coverage, paper: Paper, approved: Sequence[Authorization]) -> bool:
    """Whether the plan wants to approve beforehand: it said so; and until it spoke, where the plan before it did."""
    said = [check.authorization_required for check in paper.checks if check.coverage_id == plan.pk]
    known = [one for one in said if one is not None]
    return known[0] if known else bool(approved)


def _self_paid(rows: Sequence[SelfPay], day: date) -> bool:
    return any(row.agreed_at and row.holds_on(day) for row in rows)


def _within(one: Authorization, day: date) -> bool:
    return one.starts_on <= day <= one.ends_on


def _days(days: Sequence[date]) -> str:
    shown = [shown_day(day, day) for day in days[:3]]
    return f"the infusion{'s' if len(days) > 1 else ''} of {listed(shown)}" if shown else "nothing"


def _in_days(patient: Patient) -> datetime:
    site = patient.site
    return max(site.moment(rules.add_business_days(site.today(), RETRO_DAYS), EVENING), clock.now())


def follow_consent(signed: Consent) -> None:
    """A consent was signed or withdrawn: a visit that waited for it may wait no more."""
    if signed.kind != Consent.Kind.FINANCIAL:
        return
    for lapse in lapses.standing_all(signed.patient):
        _ask(lapse, None)


def follow_authorization(changed: Authorization, by: User) -> None:
    """The payer approved something, or took it back."""
    _ask_back(changed.coverage.patient, by)


def follow_visit(change: Change) -> None:
    """A visit was moved, called off, missed or brought back: a plan that ended may touch others."""
    patient = change.visit.patient
    if Lapse.objects.filter(coverage__patient=patient, over_at__isnull=True).exists():
        follow(patient, change.by)
