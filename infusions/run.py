"""The pump, and under one roof all that is done on the day of an infusion. Each verb locks, checks, writes at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.errors import NotReady, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import arrival, events, ledger, locking, pump, readiness, series, states, syringe, vitals
from infusions.discharge import discharge as discharge
from infusions.models import Infusion, RunEvent, Series
from infusions.states import State
from visits import changes

check_in, record_arrival = arrival.check_in, arrival.record_arrival
clear, hold, override = arrival.clear, arrival.hold, arrival.override
not_given, no_show, cancel = arrival.not_given, arrival.no_show, arrival.cancel
draw, double_check = syringe.draw, syringe.double_check
discard, waste_rest = syringe.discard, syringe.waste_rest
record_vitals, correct_vitals, answer_crossing = vitals.record, vitals.correct, vitals.answer
record_event, retract_event = events.record, events.retract
infused_seconds, given_so_far, planned_end = pump.infused_seconds, pump.given_so_far, pump.planned_end
drawn_mg = pump.drawn_mg

# The pump's clock and ours may differ by this much when "complete" is pressed.
PUMP_TOLERANCE = timedelta(minutes=1)


@transaction.atomic
def start(*, infusion_id: UUID, observed_at: datetime, by: User) -> Infusion:
    """Start the pump. Raises NotPermitted, IllegalTransition, or NotReady carrying every unmet check."""
    infusion = locking.with_visit(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    states.require_move(infusion, State.IN_PROGRESS)
    if infusion.state == State.PAUSED:
        raise Refused("The pump is paused. Resume it.")
    unmet = readiness.unmet(infusion)
    if infusion.drawn_ml is None:
        unmet.append("Dose: It has not been drawn yet.")
    elif infusion.checked_by_id is None:
        unmet.append("Double check: A second person has not checked the dose yet.")
    if unmet:
        raise NotReady(unmet)
    syringe.same_order(infusion)
    moment = states.happened(observed_at, not_before=infusion.checked_at, before="the double check")
    states.move_to(infusion, State.IN_PROGRESS, observed_at=moment, by=by, started_at=moment, nurse=by)
    if infusion.series.state == Series.State.PLANNED:
        series.begin(series_id=infusion.series_id, by=by)
    changes.begin(appointment_id=infusion.appointment_id, by=by)
    return infusion


@transaction.atomic
def pause(
    *, infusion_id: UUID, observed_at: datetime, by: User, reason: str = "", client_key: UUID | None = None
) -> Infusion:
    """Stop the pump for a while. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if states.is_repeated(infusion, client_key):
        return infusion
    states.move_to(infusion, State.PAUSED, observed_at=observed_at, by=by, reason=reason.strip(), client_key=client_key)
    return infusion


@transaction.atomic
def answer_by_pausing(*, infusion_id: UUID, vitals_id: UUID, observed_at: datetime, by: User) -> RunEvent:
    """Pause the pump, unless it stands already, and write that this was done about a crossed line."""
    infusion = states.locked(infusion_id)
    if infusion.state == State.IN_PROGRESS:
        pause(infusion_id=infusion_id, observed_at=observed_at, by=by, reason="A line was crossed")
    return vitals.answer(vitals_id=vitals_id, what="Paused the pump", by=by, observed_at=observed_at)


@transaction.atomic
def resume(
    *, infusion_id: UUID, observed_at: datetime, by: User, reason: str = "", client_key: UUID | None = None
) -> Infusion:
    """Let the pump run on; the minutes of the pause don't count. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if states.is_repeated(infusion, client_key):
        return infusion
    if infusion.state != State.PAUSED:
        states.require_move(infusion, State.IN_PROGRESS)
        raise Refused("The pump has not run yet. Start it.")
    since = pump.paused_since(infusion)
    moment = states.move_to(
        infusion, State.IN_PROGRESS, observed_at=observed_at, by=by, reason=reason.strip(), client_key=client_key
    )
    states.save(infusion, paused_seconds=infusion.paused_seconds + pump.seconds(since, moment))
    return infusion


@transaction.atomic
def complete(*, infusion_id: UUID, observed_at: datetime, by: User, client_key: UUID | None = None) -> Infusion:
    """All of the bag went in; recovery begins. Raises NotPermitted, IllegalTransition, Refused before the end."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if states.is_repeated(infusion, client_key):
        return infusion
    states.require_move(infusion, State.COMPLETED)
    moment = states.happened(observed_at)
    ends = pump.planned_end(infusion)
    if ends and moment < ends - PUMP_TOLERANCE:
        at = infusion.appointment.site.local(ends)
        raise Refused(f"The bag runs until {at:%H:%M}. If the pump is off now, stop early instead.")
    return _end(
        infusion, State.COMPLETED, moment, by=by, client_key=client_key, given_mg=pump.drawn_mg(infusion),
        given_ml=pump.bag(infusion),
    )  # fmt: skip


@transaction.atomic
def stop_early(
    *, infusion_id: UUID, observed_at: datetime, by: User, reason: str = "", client_key: UUID | None = None
) -> Infusion:
    """Stop the pump before the end; what was given follows from the minutes. Raises NotPermitted, IllegalTransition."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if states.is_repeated(infusion, client_key):
        return infusion
    states.require_move(infusion, State.STOPPED_EARLY)
    moment = states.happened(observed_at)
    paused = infusion.paused_seconds
    if infusion.state == State.PAUSED:
        paused += max(0, pump.seconds(pump.paused_since(infusion), moment))
    mg, ml = pump.given_so_far(infusion, moment)
    return _end(
        infusion, State.STOPPED_EARLY, moment, by=by, reason=reason.strip(), client_key=client_key, given_mg=mg,
        given_ml=ml, paused_seconds=paused,
    )  # fmt: skip


def _end(infusion: Infusion, after: State, moment: datetime, *, by: User, **fields: Any) -> Infusion:
    moment = states.move_to(infusion, after, observed_at=moment, by=by, ended_at=moment, **fields)
    ledger.give(infusion=infusion, by=by, observed_at=moment)
    states.move_to(infusion, State.RECOVERY, observed_at=moment, by=by)
    return infusion
