"""Booking as a machine: whatever is done in whatever order, the calendar stays true, and undo undoes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from clinic import clock
from clinic.errors import DomainError
from clinic.models import Closure, ShiftException
from infusions.models import Infusion
from reminders.models import Message
from tests.visits import invariants
from tests.visits.house import House
from visits import booking, changes, extending, repair, repair_finding, undoing
from visits.models import Appointment, Hold

pytestmark = pytest.mark.django_db(transaction=True)

RUNS, STEPS = 500, 6
KINDS = ("infusion", "infusion", "infusion", "preparation", "evaluation")


class Picture(NamedTuple):
    """What an undo has to put back: the visit, what it holds, what will be said, and its infusion."""

    visit: tuple[Any, ...]
    holds: list[tuple[Any, ...]]
    said: list[tuple[Any, ...]]
    infusion: list[str]

    def at(self, now: datetime) -> Picture:
        """Without what it is too late to say."""
        return self._replace(said=[message for message in self.said if message[2] > now])


def picture(visit_id: UUID) -> Picture:
    told = ("status", "starts_at", "ends_at", "recovery_minutes", "reason", "cancelled_late")
    visit = Appointment.objects.values_list(*told)
    holds = Hold.objects.filter(appointment=visit_id, active=True).values_list("resource", "lane", "during", "phase")
    said = Message.objects.filter(subject_id=visit_id, state="planned").values_list("kind", "due_at", "expires_at")
    state = Infusion.objects.filter(appointment=visit_id).values_list("state", flat=True)
    return Picture(visit.get(pk=visit_id), sorted(holds, key=str), sorted(said), list(state))


class Booking(RuleBasedStateMachine):
    """One run: a Monday at seven, some wishes, and a day that may fall away."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.now = self.house.opens
        self.pictures: dict[UUID, list[Picture]] = defaultdict(list)
        self.lost: set[UUID] = set()
        self.cause: dict[str, Any] | None = None
        self.run = transaction.atomic()
        self.run.__enter__()
        self.visits = list(Appointment.objects.order_by("starts_at").values_list("pk", flat=True))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """At the machine's time. A refusal is an answer too; anything else is a fault."""
        with clock.at(self.now):
            try:
                yield
            except DomainError:
                return

    @contextmanager
    def changing(self, place: int) -> Iterator[UUID]:
        """A change of one visit, with a picture of before for its undo."""
        visit_id = self.visits[place % len(self.visits)]
        before = picture(visit_id)
        with self.trying():
            yield visit_id
            self.pictures[visit_id].append(before)

    def moment(self, day: int, quarter: int) -> datetime:
        on = self.house.site.local(self.now).date() + timedelta(days=day)
        return self.house.site.moment(on, time(8)) + timedelta(minutes=15 * quarter)

    days, quarters = st.integers(0, 8), st.integers(-1, 38)
    places = st.integers(0, 9)

    @rule(who=st.integers(0, 3), kind=st.sampled_from(KINDS), day=days, quarter=quarters, first=st.booleans())
    def book(self, who: int, kind: str, day: int, quarter: int, first: bool) -> None:
        with self.trying():
            patient = self.house.patients[who]
            start = self.moment(day, quarter)
            made = booking.book(
                patient=patient, site=self.house.site, kind=kind, starts_at=start, by=self.house.desk, first_ever=first
            )
            self.visits.append(made.pk)

    @rule(who=st.integers(1, 3), place=places)
    def overbook(self, who: int, place: int) -> None:
        with self.trying():
            start = Appointment.objects.get(pk=self.visits[place % len(self.visits)]).starts_at
            made = booking.book(
                patient=self.house.patients[who],
                site=self.house.site,
                kind="infusion",
                starts_at=start,
                by=self.house.desk,
                overbook_reason="Came from far",
            )
            self.visits.append(made.pk)

    @rule(place=places, party=st.sampled_from(("patient", "clinic")))
    def cancel(self, place: int, party: str) -> None:
        with self.changing(place) as visit:
            changes.cancel(appointment_id=visit, party=party, reason="Has a cold", by=self.house.desk)

    @rule(place=places)
    def confirm(self, place: int) -> None:
        with self.changing(place) as visit:
            changes.confirm(appointment_id=visit, by=self.house.desk)

    @rule(place=places, day=days, quarter=quarters, reason=st.sampled_from(("", "As the patient asks")))
    def move(self, place: int, day: int, quarter: int, reason: str) -> None:
        with self.changing(place) as visit:
            start = self.moment(day, quarter)
            changes.move(appointment_id=visit, starts_at=start, by=self.house.desk, reason=reason)

    @rule(place=places, minutes=st.sampled_from((15, 60)))
    def extend(self, place: int, minutes: int) -> None:
        with self.changing(place) as visit:
            extending.extend(appointment_id=visit, minutes=minutes, by=self.house.desk)

    @rule(place=places)
    def miss(self, place: int) -> None:
        visit = Appointment.objects.get(pk=self.visits[place % len(self.visits)])
        self.now = max(self.now, visit.starts_at + timedelta(minutes=15))
        with self.changing(place) as missed:
            changes.no_show(appointment_id=missed, by=self.house.desk)

    @rule(minutes=st.sampled_from((5, 16)))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: any(self.pictures.values()))
    @rule(place=places)
    def undo(self, place: int) -> None:
        changed = [visit_id for visit_id in self.visits if self.pictures[visit_id]]
        visit = changed[place % len(changed)]
        with self.trying():
            undoing.undo(appointment_id=visit, by=self.house.desk)
            assert picture(visit).at(self.now) == self.pictures[visit].pop().at(self.now)
            self.lost.add(visit)  # back in its place, even where that was closed meanwhile

    @precondition(lambda self: self.cause is None)
    @rule(what=st.sampled_from(("nurse", "room", "site")), day=st.integers(1, 3), mend=st.booleans())
    def close_day(self, what: str, day: int, mend: bool) -> None:
        house, on = self.house, self.house.site.local(self.now).date() + timedelta(days=day)
        if what == "nurse":
            ShiftException.objects.create(user=house.nurse, site=house.site, day=on, reason="Ill")
            named: dict[str, Any] = {"person": house.nurse}
        else:
            named = {"room": house.room} if what == "room" else {}
            Closure.objects.create(site=house.site, first_day=on, last_day=on, reason="Flooded", **named)
        self.cause = {"first_day": on, "last_day": on, **named}
        self.lost |= invariants.lost_places()
        if mend:
            self.mend(take_back=False)

    @precondition(lambda self: self.cause is not None and self.lost)
    @rule(take_back=st.booleans())
    def mend(self, take_back: bool) -> None:
        assert self.cause
        with self.trying():
            asked = repair.ask(site=self.house.site, by=self.house.desk, **self.cause)
            ready = repair_finding.find(repair_id=asked.pk)
            steps = list(ready.steps.all())
            before = {step.appointment_id: picture(step.appointment_id) for step in steps}
            repair.carry_out(repair_id=asked.pk, by=self.house.desk)
            moved = {step.appointment_id for step in steps if step.what != "stay"}
            assert not moved & invariants.lost_places()
            for visit_id in moved:
                self.pictures[visit_id].append(before[visit_id])
            if take_back:
                repair.undo(repair_id=asked.pk, by=self.house.desk)
                assert {visit_id: picture(visit_id) for visit_id in before} == before
                for visit_id in moved:
                    self.pictures[visit_id].pop()

    @invariant()
    def every_rule_holds(self) -> None:
        assert invariants.broken(self.now, self.house.lanes) == []

    @invariant()
    def nothing_lies_where_nobody_is(self) -> None:
        lost = invariants.lost_places()
        assert lost <= self.lost
        self.lost &= lost


def test_whatever_is_done_the_calendar_stays_true():
    Booking.house = House()
    invariants.prepare()
    run_state_machine_as_test(
        Booking,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
