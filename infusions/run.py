"""The day at the chair: arrival, gate, syringe, pump. Each verb locks, checks, moves and writes at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotReady, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import ledger, orders, readiness, rules, series, states, vitals
from infusions.discharge import discharge as discharge
from infusions.models import ArrivalCheck, GateOverride, Infusion, LedgerEntry, RunEvent, Series
from infusions.states import State
from patients.models import Contact
from visits import booking
from visits.models import Appointment

record_vitals = vitals.record
correct_vitals = vitals.correct
answer_crossing = vitals.answer

# The pump's clock and ours may differ by this much when "complete" is pressed.
PUMP_TOLERANCE = timedelta(minutes=1)


# Arrival and the gate


@transaction.atomic
def check_in(*, infusion_id: UUID, by: User, observed_at: datetime) -> Infusion:
    """The patient is here. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.CHECK_IN, at=infusion.appointment.site)
    moment = states.move_to(infusion, State.CHECKED_IN, observed_at=observed_at, by=by)
    if infusion.appointment.status in {Appointment.Status.BOOKED, Appointment.Status.CONFIRMED}:
        booking.arrive(appointment_id=infusion.appointment_id, by=by, observed_at=moment)
    return infusion


@transaction.atomic
def record_arrival(
    *,
    infusion_id: UUID,
    by: User,
    identity_confirmed: bool,
    weight_kg: Decimal,
    nothing_new: bool,
    last_solids_at: datetime,
    last_clear_at: datetime,
    substances_clear: bool,
    pregnancy: str,
    emergency_ready: bool,
    interval_history: str = "",
    escort: Contact | None = None,
    escort_confirmed: bool = False,
    observed_at: datetime | None = None,
) -> ArrivalCheck:
    """Write what was asked and measured on arrival; before the start it may be written again, and history keeps both.

    Raises NotPermitted, Refused, Invalid with a sentence for each field.
    """
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if infusion.state not in {State.CHECKED_IN, State.CLEARED, State.HELD}:
        raise Refused("The checks on arrival are written between check-in and start.")
    moment = states.happened(observed_at or clock.now())
    problems = _arrival_problems(infusion, weight_kg, nothing_new, interval_history, pregnancy, escort)
    for name, time in (("last_solids_at", last_solids_at), ("last_clear_at", last_clear_at)):
        if time > moment:
            problems[name] = "This time is still to come."
    if problems:
        raise Invalid(problems)
    check, _ = ArrivalCheck.objects.update_or_create(
        infusion=infusion,
        defaults={
            "identity_confirmed": identity_confirmed,
            "weight_kg": weight_kg,
            "nothing_new": nothing_new,
            "interval_history": interval_history.strip(),
            "last_solids_at": last_solids_at,
            "last_clear_at": last_clear_at,
            "substances_clear": substances_clear,
            "pregnancy": pregnancy,
            "emergency_ready": emergency_ready,
            "escort": escort,
            "escort_confirmed": escort_confirmed and escort is not None,
            "observed_at": moment,
            "entered_at": clock.now(),
            "entered_by": by,
        },
    )
    return check


@transaction.atomic
def clear(*, infusion_id: UUID, by: User, observed_at: datetime | None = None) -> Infusion:
    """Every light has passed: the dose may be drawn. Raises NotPermitted, IllegalTransition, NotReady."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    states.require_move(infusion, State.CLEARED)
    if unmet := readiness.unmet(infusion):
        raise NotReady(unmet)
    states.move_to(infusion, State.CLEARED, observed_at=observed_at or clock.now(), by=by)
    return infusion


@transaction.atomic
def hold(*, infusion_id: UUID, reason: str, by: User, observed_at: datetime | None = None) -> Infusion:
    """Stop on the way to the dose until somebody has looked. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    moment = observed_at or clock.now()
    states.move_to(infusion, State.HELD, observed_at=moment, by=by, reason=_said(reason))
    return infusion


@transaction.atomic
def not_given(
    *, infusion_id: UUID, reason: str, by: User, observed_at: datetime | None = None, witness: User | None = None
) -> Infusion:
    """Nothing is infused today; the visit uses up no number of the series. What was drawn is wasted before a witness.

    Raises NotPermitted, IllegalTransition, Invalid.
    """
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    moment = observed_at or clock.now()
    states.require_move(infusion, State.NOT_GIVEN)
    if infusion.drawn_ml is not None:
        _waste_drawn(infusion, witness=witness, by=by, note=f"Not given: {_said(reason)}")
    states.move_to(
        infusion, State.NOT_GIVEN, observed_at=moment, by=by, reason=_said(reason), number=None,
        not_given_reason=_said(reason),
    )  # fmt: skip
    series.renumber_after_miss(series=infusion.series, by=by)
    booking.finish(appointment_id=infusion.appointment_id, by=by)
    return infusion


@transaction.atomic
def no_show(*, infusion_id: UUID, by: User) -> Infusion:
    """The patient did not come; the visit uses up no number. Raises NotPermitted, IllegalTransition, Refused."""
    infusion = states.locked(infusion_id)
    states.require_move(infusion, State.NO_SHOW)
    if infusion.appointment.is_alive:
        booking.no_show(appointment_id=infusion.appointment_id, by=by)
    series.follow_visit(appointment_id=infusion.appointment_id, by=by)
    return states.locked(infusion_id)


@transaction.atomic
def cancel(*, infusion_id: UUID, party: str, reason: str, by: User) -> Infusion:
    """The visit is off, by the patient or by the clinic. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = states.locked(infusion_id)
    states.require_move(infusion, State.CANCELLED)
    if infusion.appointment.is_alive:
        booking.cancel(appointment_id=infusion.appointment_id, party=party, reason=reason, by=by)
    series.follow_visit(appointment_id=infusion.appointment_id, by=by)
    return states.locked(infusion_id)


@transaction.atomic
def override(*, infusion_id: UUID, light: str, reason: str, by: User) -> GateOverride:
    """A provider lets one closed light pass, with a reason. Raises NotPermitted, Refused, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.OVERRIDE_GATE, at=infusion.appointment.site)
    if infusion.state not in {State.SCHEDULED, State.CHECKED_IN, State.CLEARED, State.HELD}:
        raise Refused("The gate is behind this infusion; nothing is left to override.")
    found = {each.key: each for each in readiness.lights(infusion)}.get(light)
    if found is None:
        raise Invalid(f"There is no light called {light}.")
    if found.override is not None:
        return found.override
    if found.passed:
        raise Refused(f"“{found.label}” is not closed.")
    if not found.can_be_overridden:
        raise Refused(f"“{found.label}” can’t be overridden. {found.sentence}")
    return GateOverride.objects.create(infusion=infusion, light=light, reason=_said(reason), by=by, at=clock.now())


# Syringe and second pair of eyes


@transaction.atomic
def draw(*, infusion_id: UUID, vial_label: str, by: User, observed_at: datetime | None = None) -> Infusion:
    """Draw the dose from the vial in hand: the strength comes from the stock record, never from a person.

    Raises NotPermitted, Refused for a vial that can't be used, NotReady while the gate is closed.
    """
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if infusion.state != State.CLEARED:
        raise Refused("The dose is drawn once the infusion is cleared. No vial was opened.")
    if infusion.drawn_ml is not None:
        raise Refused("The dose is drawn already.")
    if unmet := readiness.unmet(infusion):
        raise NotReady(unmet)
    moment = states.happened(observed_at or clock.now())
    entry = ledger.draw(infusion=infusion, vial_label=vial_label, by=by, observed_at=moment)
    states.save(
        infusion, vial=entry.vial, order=orders.for_infusion(infusion), drawn_ml=-entry.change_ml, drawn_at=moment,
        drawn_by=by,
    )  # fmt: skip
    return infusion


@transaction.atomic
def double_check(*, infusion_id: UUID, by: User, observed_at: datetime | None = None) -> Infusion:
    """A second person compared order, vial, volume and pump. Raises NotPermitted, Refused."""
    infusion = states.locked(infusion_id)
    require(by, Action.CHECK_DOSE, at=infusion.appointment.site)
    if infusion.state != State.CLEARED or infusion.drawn_ml is None:
        raise Refused("There is nothing to check yet: the dose has not been drawn.")
    if infusion.checked_by_id is not None:
        raise Refused("This dose was checked already.")
    if infusion.drawn_by_id == by.pk:
        raise Refused("The one who drew the dose can’t check it. Ask a second person to sign in and check.")
    _same_order(infusion)
    moment = states.happened(
        observed_at or clock.now(), not_before=infusion.drawn_at, before="the time the dose was drawn"
    )
    states.save(infusion, checked_by=by, checked_at=moment)
    return infusion


@transaction.atomic
def discard(*, infusion_id: UUID, reason: str, witness: User, by: User) -> Infusion:
    """Throw away a drawn syringe before a witness, so that the dose can be drawn anew. Raises NotPermitted, Refused."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if infusion.state not in {State.CLEARED, State.HELD} or infusion.drawn_ml is None:
        raise Refused("There is no drawn dose to discard.")
    _waste_drawn(infusion, witness=witness, by=by, note=_said(reason))
    return infusion


# The pump


@transaction.atomic
def start(*, infusion_id: UUID, observed_at: datetime, by: User) -> Infusion:
    """Start the pump. Raises NotPermitted, IllegalTransition, or NotReady carrying every unmet check."""
    infusion = states.locked(infusion_id)
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
    _same_order(infusion)
    moment = states.happened(observed_at, not_before=infusion.checked_at, before="the double check")
    states.move_to(infusion, State.IN_PROGRESS, observed_at=moment, by=by, started_at=moment, nurse=by)
    if infusion.series.state == Series.State.PLANNED:
        series.begin(series_id=infusion.series_id, by=by)
    booking.begin(appointment_id=infusion.appointment_id, by=by)
    return infusion


@transaction.atomic
def pause(*, infusion_id: UUID, observed_at: datetime, by: User, reason: str = "") -> Infusion:
    """Stop the pump for a while. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    states.move_to(infusion, State.PAUSED, observed_at=observed_at, by=by, reason=reason.strip())
    return infusion


@transaction.atomic
def resume(*, infusion_id: UUID, observed_at: datetime, by: User, reason: str = "") -> Infusion:
    """Let the pump run on; the minutes of the pause don't count. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if infusion.state != State.PAUSED:
        states.require_move(infusion, State.IN_PROGRESS)
        raise Refused("The pump has not run yet. Start it.")
    since = paused_since(infusion)
    moment = states.move_to(infusion, State.IN_PROGRESS, observed_at=observed_at, by=by, reason=reason.strip())
    states.save(infusion, paused_seconds=infusion.paused_seconds + _seconds(since, moment))
    return infusion


@transaction.atomic
def complete(*, infusion_id: UUID, observed_at: datetime, by: User) -> Infusion:
    """All of the bag went in; recovery begins. Raises NotPermitted, IllegalTransition, Refused before the end."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    states.require_move(infusion, State.COMPLETED)
    moment = states.happened(observed_at)
    ends = planned_end(infusion)
    if ends and moment < ends - PUMP_TOLERANCE:
        at = infusion.appointment.site.local(ends)
        raise Refused(f"The bag runs until {at:%H:%M}. If the pump is off now, stop early instead.")
    return _end(infusion, State.COMPLETED, moment, by=by, given_mg=drawn_mg(infusion), given_ml=_bag(infusion))


@transaction.atomic
def stop_early(*, infusion_id: UUID, observed_at: datetime, by: User, reason: str = "") -> Infusion:
    """Stop the pump before the end; what was given follows from the minutes. Raises NotPermitted, IllegalTransition."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    states.require_move(infusion, State.STOPPED_EARLY)
    moment = states.happened(observed_at)
    paused = infusion.paused_seconds
    if infusion.state == State.PAUSED:
        paused += max(0, _seconds(paused_since(infusion), moment))
    mg, ml = given_so_far(infusion, moment)
    return _end(
        infusion, State.STOPPED_EARLY, moment, by=by, reason=reason.strip(), given_mg=mg, given_ml=ml,
        paused_seconds=paused,
    )  # fmt: skip


def _end(infusion: Infusion, after: State, moment: datetime, *, by: User, **fields: Any) -> Infusion:
    moment = states.move_to(infusion, after, observed_at=moment, by=by, ended_at=moment, **fields)
    states.move_to(infusion, State.RECOVERY, observed_at=moment, by=by)
    return infusion


@transaction.atomic
def waste_rest(
    *, infusion_id: UUID, witness: User, by: User, observed_at: datetime | None = None, note: str = ""
) -> LedgerEntry:
    """What is left in the bag after an early stop is wasted before a witness. Raises NotPermitted, Refused, Invalid."""
    infusion = states.locked(infusion_id)
    if infusion.ended_at is None:
        raise Refused("The pump has not ended yet; nothing is left over.")
    left = ledger.left_in_bag_mg(infusion)
    if not left:
        raise Refused("Nothing is left of this dose, or it is wasted already.")
    moment = states.happened(observed_at or clock.now())
    return ledger.waste(infusion=infusion, mg=left, witness=witness, by=by, observed_at=moment, note=note)


@transaction.atomic
def record_event(
    *,
    infusion_id: UUID,
    kind: str,
    observed_at: datetime,
    by: User,
    text: str = "",
    client_key: UUID | None = None,
) -> RunEvent:
    """Write something that happened at the chair. A repeated `client_key` answers the event that is there already.

    Raises NotPermitted, Refused outside the stay, Invalid.
    """
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if client_key and (known := infusion.events.filter(client_key=client_key).first()):
        return known
    if infusion.state not in {*Infusion.IN_HOUSE, State.DISCHARGED}:
        raise Refused("Events are recorded from check-in on.")
    if kind not in RunEvent.Kind.values:
        raise Invalid({"kind": "Choose what happened."})
    if kind in {RunEvent.Kind.NOTE, RunEvent.Kind.MEDICINE, RunEvent.Kind.LIMIT} and not text.strip():
        raise Invalid({"text": "Write what happened."})
    if len(text.strip()) > 4000:
        raise Invalid({"text": "Write this in 4,000 characters or fewer."})
    return RunEvent.objects.create(
        infusion=infusion, kind=kind, observed_at=states.happened(observed_at), entered_by=by, text=text.strip(),
        client_key=client_key,
    )  # fmt: skip


# What follows from the times


def paused_since(infusion: Infusion) -> datetime | None:
    """When the present pause began; None when the pump is not paused."""
    if infusion.state != State.PAUSED:
        return None
    event = infusion.state_events.filter(after=State.PAUSED).order_by("-observed_at", "-id").first()
    return event.observed_at if event else None


def infused_seconds(infusion: Infusion, at: datetime) -> int:
    """Seconds the pump has run until `at`, pauses left out."""
    if infusion.started_at is None:
        return 0
    until = min(at, infusion.ended_at or paused_since(infusion) or at)
    return max(0, _seconds(infusion.started_at, until) - infusion.paused_seconds)


def given_so_far(infusion: Infusion, at: datetime) -> tuple[Decimal, Decimal]:
    """mg and mL of the bag that went in until `at`; 30 of 40 minutes are 30 of 40 mg (J2)."""
    order, seconds = infusion.order, infused_seconds(infusion, at)
    if order is None or not seconds:
        return Decimal(0), Decimal(0)
    return (
        rules.given(drawn_mg(infusion), order.minutes, seconds),
        rules.given(order.bag_ml, order.minutes, seconds),
    )


def planned_end(infusion: Infusion) -> datetime | None:
    """When the bag will be empty if the pump runs from now on; None while it is paused or before the start."""
    if infusion.started_at is None or infusion.order is None or infusion.state == State.PAUSED:
        return None
    return infusion.started_at + timedelta(minutes=infusion.order.minutes, seconds=infusion.paused_seconds)


def drawn_mg(infusion: Infusion) -> Decimal:
    """What the syringe held, after rounding to 0.01 mL: 57.5 mg where 57.6 mg were ordered (J7)."""
    if infusion.vial is None or infusion.drawn_ml is None:
        return Decimal(0)
    return rules.drawn_mg(infusion.drawn_ml, infusion.vial.strength_mg_per_ml)


def _bag(infusion: Infusion) -> Decimal:
    return infusion.order.bag_ml if infusion.order else Decimal(0)


def _seconds(since: datetime | None, until: datetime) -> int:
    return int((until - since).total_seconds()) if since else 0


# Small rules


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid({"reason": "Write the reason in a few words."})
    if len(reason.strip()) > 200:
        raise Invalid({"reason": "Write the reason in 200 characters or fewer."})
    return reason.strip()


def _arrival_problems(
    infusion: Infusion, weight_kg: Decimal, nothing_new: bool, told: str, pregnancy: str, escort: Contact | None
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not 30 <= weight_kg <= 300:
        problems["weight_kg"] = "A weight is between 30 and 300 kg."
    if not nothing_new and not told.strip():
        problems["interval_history"] = "Write what is new since last time."
    if len(told) > 500:
        problems["interval_history"] = "Write this in 500 characters or fewer."
    if pregnancy not in ArrivalCheck.Pregnancy.values:
        problems["pregnancy"] = "Choose one."
    if escort is not None and escort.patient_id != infusion.series.patient_id:
        problems["escort"] = "This is not a contact of this patient."
    return problems


def _same_order(infusion: Infusion) -> None:
    """A syringe drawn for an order that was superseded since must not be given."""
    now = orders.for_number(infusion.number, orders.signed_for(infusion.series))
    if infusion.order_id is None or now is None or now.pk != infusion.order_id:
        raise NotReady(["Dose: The order changed after the dose was drawn. Discard the syringe and draw anew."])


def _waste_drawn(infusion: Infusion, *, witness: User | None, by: User, note: str) -> None:
    """Nothing of the syringe was given: all of it is wasted, and the infusion is as before the draw."""
    if witness is None:
        raise Invalid({"witness": "The dose is drawn. Name the person who sees it wasted."})
    ledger.waste(infusion=infusion, mg=drawn_mg(infusion), witness=witness, by=by, note=note)
    states.save(
        infusion, vial=None, drawn_ml=None, drawn_at=None, drawn_by=None, checked_by=None, checked_at=None, order=None
    )
