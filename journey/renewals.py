"""Authorizations that run out while a treatment goes on: the insurance desk asks for a new one in time.

At 80 % of the units or 10 days before the end (protocol 6.3; Table A, pa_warn), and for a booster that is booked where
none reaches. A loading series that is short of units asks for itself (journey.approvals).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from django.urls import reverse

from clinic.models import Site, User
from clinic.wording import day_words
from infusions import paper_tasks
from infusions.paper_tasks import Treated
from insurance import runway
from insurance.models import Authorization
from insurance.rules import Approval, business_day_before, renewal_due
from insurance.runway import Road
from journey import approvals
from patients.models import Patient
from reminders.asking import Ask, Watch
from reminders.models import FollowUp
from visits.followers import Change
from visits.models import Appointment

EVENING = time(17)


@dataclass(frozen=True)
class _Running:
    """The authorization that ends last of a patient whose boosters go on, and what it has to reach."""

    one: Authorization
    road: Road
    treated: Treated

    @property
    def last(self) -> date:
        return runway.last_day(self.one)

    def due(self, today: date) -> date | None:
        """From which day it is to be renewed; None where nothing more is needed of it, or its plan has ended (J5)."""
        plan_ends = self.one.coverage.ends_on
        if not self.treated.boosters or (plan_ends is not None and plan_ends < max(today, self.one.ends_on)):
            return None
        approved = Approval(self.one.units, self.one.starts_on, self.last)
        by_rule = renewal_due(approved, self.road.given(self.road.approved.index(self.one)))
        short = [on for on in self.treated.visits if (found := self.road.on(on, today)) and found.is_short]
        if short:
            return min(by_rule, business_day_before(min(short)))
        return by_rule if by_rule <= today else None


def _asks(site: Site, patient: Patient | None) -> Iterator[Ask]:
    everybody = paper_tasks.treated(site, patient)
    roads = runway.for_patients(everybody.keys())
    asked = set(
        FollowUp.objects.filter(kind=approvals.KIND, state=FollowUp.State.OPEN, patient__in=everybody).values_list(
            "patient_id", flat=True
        )
    )
    today = site.today()
    for pk, road in roads.items():
        if not road.approved or pk in asked or any(row.holds_on(today) and row.agreed_at for row in road.self_pay):
            continue
        running = _Running(max(road.approved, key=runway.last_day), road, everybody[pk])
        due = running.due(today)
        if due is not None:
            yield _ask(site, running, due)


def _ask(site: Site, running: _Running, due: date) -> Ask:
    patient, ends = running.treated.patient, day_words(site.local(site.moment(running.last, EVENING)))
    given = len(running.road.given(running.road.approved.index(running.one)))
    return Ask(
        ("authorization", running.one.pk),
        f"Renew the authorization of {patient.name}: {given} of {running.one.units} used, ends {ends}",
        site.moment(due, EVENING),
        reverse("insurance:patient", args=[patient.pk]),
        patient,
        occurrence=due.isoformat(),
    )


WATCH = Watch(("authorization_renewal",), "It is renewed, or no longer needed.", _asks)


def follow_authorization(changed: Authorization, by: User) -> None:
    """An authorization came or went."""
    patient = changed.coverage.patient
    WATCH.look(patient.site, patient=patient, by=by)


def follow_visit(change: Change) -> None:
    """An infusion was called off, moved, missed or brought back."""
    visit = change.visit
    if visit.kind in Appointment.INFUSIONS:
        asks = _asks(visit.site, visit.patient) if change.once(approvals.is_approved) else ()
        WATCH.settle(asks, visit.site, patient=visit.patient, by=change.by)
