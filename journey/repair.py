"""Repairing a series after a visit was missed or cancelled: one new last infusion, and the sessions in their windows.

The calendar's room finds the smallest set of moves (visits.repair_course); here it is tied to the series, its numbers
and its sessions. What breaks a hard limit waits for a provider (infusions.gaps).
"""

from __future__ import annotations

from datetime import date, time
from hashlib import blake2b
from itertools import pairwise
from uuid import UUID

from django.db import transaction

from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import gaps
from infusions import series as infusion_series
from infusions.models import GapDecision, Infusion, Series
from journey import approvals, extension, first_ever, repair_tasks
from therapy import sessions
from therapy.courses import LOST, of_series
from therapy.models import TherapySession
from visits import repair
from visits.courses import Course
from visits.models import Appointment, Repair, RepairStep
from visits.repair_course import Mending, Search

MIDPOINT, INTEGRATION = TherapySession.Kind.MIDPOINT, TherapySession.Kind.INTEGRATION


def plan(series: Series, *, day: date | None = None, at: time | None = None) -> Mending:
    """The smallest repair of a series as things stand; `day` and `at` are a wish for the new infusion."""
    course = course_of(series)
    ids = [point.visit for point in course.points]
    visits = Appointment.objects.filter(pk__in=ids).select_related("site", "patient")
    visits = visits.prefetch_related("holds__room", "holds__staff")
    search = Search(
        course=course,
        patient=series.patient,
        site=series.site,
        visits={visit.pk: visit for visit in visits},
        lost=lost_sessions(series),
        avoid=_called_off(series),
        day=day,
        at=at,
    )
    first = first_ever.waiting(series)
    return search.run(alone=first.pk if first else None)


def _called_off(series: Series) -> frozenset[date]:
    """The days of infusions that the patient has called off: they can't come then."""
    off = Appointment.objects.filter(infusion__series=series, status="cancelled", cancelled_by_party="patient")
    return frozenset(series.site.local(start).date() for start in off.values_list("starts_at", flat=True))


def course_of(series: Series) -> Course:
    return of_series([series])[0]


def lost_sessions(series: Series) -> dict[str, User]:
    """The kinds of session that were missed and are still wanted, with their therapist."""
    every = TherapySession.objects.filter(series=series).select_related("therapist").order_by("id")
    standing = {session.kind for session in every if session.state not in LOST}
    missed = {session.kind: session.therapist for session in every if session.state in LOST}
    given = series.infusions.filter(state__in=Infusion.GIVEN).count()
    planned = series.planned_count or 0
    wanted = {MIDPOINT: given <= planned // 2 + 1, INTEGRATION: True, TherapySession.Kind.PREPARATION: not given}
    return {kind: missed[kind] for kind in wanted if wanted[kind] and kind in missed and kind not in standing}


def longest(mending: Mending) -> dict[str, int]:
    """The longest gap and the span of the plan, in days: what a provider would agree to."""
    days = [point.start.date() for point in mending.course.infusions]
    gaps = [(after - before).days for before, after in pairwise(days)]
    return {"gap_days": max(gaps, default=1), "span_days": max((days[-1] - days[0]).days, 1) if days else 1}


def fingerprint(mending: Mending) -> str:
    """A short text that is another for another plan."""
    rows = [
        (line.what, line.kind, line.visit and line.visit.pk, line.visit and line.visit.version, line.starts_at,
         line.room and line.room.pk, line.staff and line.staff.pk)
        for line in mending.lines
    ]  # fmt: skip
    return blake2b(repr(rows).encode(), digest_size=9).hexdigest()


@transaction.atomic
def carry_out(*, series: Series, seen: str, by: User, day: date | None = None, at: time | None = None) -> Repair:
    """Do the whole repair in one step, as it was shown (`seen` is its fingerprint), or nothing.

    Raises NotPermitted, Overtaken when the plan is another by now, Refused when a provider has to decide first.
    """
    require(by, Action.BOOK, at=series.site)
    if series.state not in infusion_series.RUNNING:
        raise Refused(f"This series is {series.get_state_display().lower()}; there is nothing to repair.")
    mending = plan(series, day=day, at=at)
    if mending.needs_provider:
        told = " ".join(concern.sentence for concern in mending.concerns if concern.tone == "stop")
        raise Refused(f"{told} A provider decides whether to extend, restart or stop the series.")
    if fingerprint(mending) != seen:
        raise repair.Overtaken("Something was booked or moved meanwhile. Look at the new plan, then carry it out.")
    made = repair.offer(site=series.site, patient=series.patient, lines=mending.lines, by=by, proven=mending.proven)
    done = repair.carry_out(repair_id=made.pk, by=by)
    _tie(series, done, by)
    repair_tasks.refresh(series.pk, by=by)
    return done


def _tie(series: Series, done: Repair, by: User) -> None:
    """Give each new visit its place in the series."""
    new = done.steps.filter(what=RepairStep.What.BOOK).select_related("appointment__site", "new_staff")
    for step in new.order_by("new_start"):
        assert step.appointment
        if step.kind == Appointment.Kind.INFUSION:
            number = series.infusions.filter(number__isnull=False).count() + 1
            infusion_series.add_infusion(series=series, appointment=step.appointment, number=number, by=by)
        elif step.new_staff:
            sessions.plan_session(
                series=series, kind=step.kind, appointment=step.appointment, therapist=step.new_staff, by=by
            )
    infusion_series.renumber_after_miss(series=series, by=by)
    extension.ask_for_estimate(series, by)
    approvals.ask_for_units(series)


@transaction.atomic
def undo(*, repair_id: UUID, by: User) -> Repair:
    """Take a repair back as a whole, of a day or of a series. Raises what `visits.repair.undo` raises."""
    undone = repair.undo(repair_id=repair_id, by=by)
    if undone.patient_id:
        for series in Series.objects.filter(patient=undone.patient, kind=Series.Kind.LOADING):
            repair_tasks.refresh(series.pk, by=by)
    return undone


@transaction.atomic
def decide(
    *, series: Series, kind: str, by: User, reason: str = "", gap_days: int = 0, span_days: int = 0
) -> GapDecision:
    """A provider's word on the gaps: agree to them, extend beyond the limits, restart by a new order, or stop.

    Raises NotPermitted, Invalid, Refused, IllegalTransition.
    """
    if kind not in GapDecision.Kind.values:
        raise Invalid({"kind": "Choose what becomes of the series."})
    if kind in {GapDecision.Kind.ACKNOWLEDGED, GapDecision.Kind.EXTENDED}:
        made = gaps.agree(series_id=series.pk, kind=kind, gap_days=gap_days, span_days=span_days, reason=reason, by=by)
    else:
        made = gaps.end(series_id=series.pk, kind=kind, gap_days=gap_days, span_days=span_days, reason=reason, by=by)
        if kind == GapDecision.Kind.RESTARTED:
            repair_tasks.start_anew(series, by=by)
    repair_tasks.refresh(series.pk, by=by)
    return made
