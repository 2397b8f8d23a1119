"""One visit in the panel beside the board: who, where and with whom, what holds it up, and what can follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.models import Room, User
from clinic.policy import Action, can
from infusions import readiness
from infusions.models import Infusion
from journey.cards import GATE_OPEN
from therapy import cards
from visits import changes, courses, preview, runways, steps
from visits.courses import Course, NeedsReason
from visits.forms import CancelForm, MoveForm
from visits.models import Appointment
from visits.rules import INFUSIONS
from visits.states import may_become
from visits.undoing import undo_until
from visits.week import places

Status = Appointment.Status


def read(visit: Appointment, *, by: User) -> dict[str, object]:
    """What the panel shows this reader. Who may not see infusions learns that one is held, not why; of money, all."""
    site = visit.site
    room, staff, held = places(visit)
    infusion = _infusion(visit)
    gate = readiness.summary([infusion])[infusion.pk] if infusion and infusion.state in GATE_OPEN else None
    if gate and not can(by, Action.RUN_INFUSION, site):
        gate = gate.veiled
    clinical, may_book = can(by, Action.SEE_INFUSION, site), can(by, Action.BOOK, site)
    may_move = may_book and not visit.group_id and visit.status in (Status.BOOKED, Status.CONFIRMED)
    may_cancel = may_book and may_become(visit.status, Status.CANCELLED)
    unmet = gate.unmet if clinical and gate else ()
    local = site.local(visit.starts_at)
    return {
        "visit": visit,
        "site": site,
        "room": room,
        "staff": staff,
        "overbooked": next((hold for hold in held if hold.overbooked_reason), None),
        "infusion": infusion,
        "runway": runways.of_visit(visit),
        "clinical": clinical,
        "card": cards.for_infusions([infusion]).get(infusion.pk) if clinical and infusion else None,
        "unmet": [light for light in unmet if not light.asks_arrival],
        "on_arrival": sum(light.asks_arrival for light in unmet),
        "is_ready": clinical and gate is not None and gate.ready,
        "is_held": not clinical and gate is not None and gate.held,
        "unpaid": gate.unpaid if gate and not clinical else None,
        "may_book": may_book,
        "steps": steps.possible(visit, by),
        "move_form": MoveForm(appointment=visit, initial={"day": local.date(), "at": local.time()})
        if may_move
        else None,
        "cancel_form": CancelForm() if may_cancel else None,
        "cancelling": preview.of_cancelling(visit) if may_cancel else [],
        "missing": preview.of_no_show(visit) if steps.may_be_missed(visit, by) else [],
        "undo_until": undo_until(visit) if may_book else None,
        "lost_from": _course(visit) if may_book else None,
    }


def _infusion(visit: Appointment) -> Infusion | None:
    if visit.kind not in INFUSIONS:
        return None
    chosen = Infusion.objects.select_related("series__patient__site", "appointment__site", "order")
    return chosen.filter(appointment=visit).first()


def _course(visit: Appointment) -> Course | None:
    """The series that has lost this visit and may want another."""
    lost = visit.status in (Status.CANCELLED, Status.NO_SHOW)
    course = courses.of([visit.pk]).get(visit.pk) if lost else None
    return course if course and not course.single else None


@dataclass(frozen=True)
class Rehearsal:
    """Where a visit would stand after a move, and whether a rule of its series asks for a reason."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None
    staff: User | None
    needs_reason: bool


def rehearse(*, visit: Appointment, by: User, **wanted: Any) -> Rehearsal:
    """Make a move and take it back at once, so that what is shown is what will be.

    Raises what `move` raises, but for the reason that it may ask for.
    """
    try:
        return _rehearsed(visit, by, wanted, needs_reason=False)
    except NeedsReason:
        return _rehearsed(visit, by, wanted | {"reason": "asked for"}, needs_reason=True)


def _rehearsed(visit: Appointment, by: User, wanted: dict[str, Any], *, needs_reason: bool) -> Rehearsal:
    with transaction.atomic():
        moved = changes.move(appointment_id=visit.pk, by=by, **wanted)
        there, person, _ = places(moved)
        found = Rehearsal(moved.starts_at, moved.ends_at, there, person, needs_reason)
        transaction.set_rollback(True)
    return found
