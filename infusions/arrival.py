"""Arrival and the gate: what is asked and measured before a vial is opened, and who lets a closed light pass."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotReady, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import locking, readiness, series, states, syringe
from infusions import pregnancy as pregnancy_tests
from infusions.models import ArrivalCheck, GateOverride, Infusion
from infusions.states import State, said
from patients.models import Contact
from visits import changes, followers
from visits.models import Appointment


@transaction.atomic
def check_in(*, infusion_id: UUID, by: User, observed_at: datetime) -> Infusion:
    """The patient is here. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = locking.with_visit(infusion_id)
    require(by, Action.CHECK_IN, at=infusion.appointment.site)
    moment = states.move_to(infusion, State.CHECKED_IN, observed_at=observed_at, by=by)
    if infusion.appointment.status in {Appointment.Status.BOOKED, Appointment.Status.CONFIRMED}:
        changes.arrive(appointment_id=infusion.appointment_id, by=by, observed_at=moment)
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
    alcohol_at: datetime | None = None,
    cannabis_at: datetime | None = None,
    benzodiazepine_at: datetime | None = None,
    opioid_at: datetime | None = None,
    benzodiazepine_mg_day: Decimal | None = None,
    interval_history: str = "",
    escort: Contact | None = None,
    escort_confirmed: bool = False,
    fatty_meal: bool = False,
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
    taken = {
        "alcohol_at": alcohol_at,
        "cannabis_at": cannabis_at,
        "benzodiazepine_at": benzodiazepine_at,
        "opioid_at": opioid_at,
    }
    problems |= _substance_problems(substances_clear, taken, benzodiazepine_mg_day)
    for name, time in {"last_solids_at": last_solids_at, "last_clear_at": last_clear_at, **taken}.items():
        if time and time > moment:
            problems[name] = "This time is still to come."
    if problems:
        raise Invalid(problems)
    before = ArrivalCheck.objects.filter(infusion=infusion).first()
    check, _ = ArrivalCheck.objects.update_or_create(
        infusion=infusion,
        defaults={
            **_identity(before, identity_confirmed, moment, by),
            "weight_kg": weight_kg,
            "nothing_new": nothing_new,
            "interval_history": interval_history.strip(),
            "last_solids_at": last_solids_at,
            "fatty_meal": fatty_meal,
            "last_clear_at": last_clear_at,
            "substances_clear": substances_clear,
            **taken,
            "benzodiazepine_mg_day": benzodiazepine_mg_day,
            "pregnancy": pregnancy,
            "emergency_ready": emergency_ready,
            "escort": escort,
            "escort_confirmed": escort_confirmed and escort is not None,
            "observed_at": moment,
            "entered_at": clock.now(),
            "entered_by": by,
        },
    )
    tested = pregnancy != ArrivalCheck.Pregnancy.NOT_APPLICABLE
    if tested and (before is None or before.pregnancy != pregnancy):
        pregnancy_tests.log(infusion, pregnancy, moment, by)
    return check


@transaction.atomic
def confirm_escort(*, infusion_id: UUID, by: User) -> ArrivalCheck:
    """The person who takes the patient home has given their word. Raises NotPermitted, Refused."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    check = ArrivalCheck.objects.filter(infusion=infusion).select_related("escort").first()
    if check is None or check.escort is None:
        raise Refused("Nobody is named yet. Name the person in the checks on arrival.")
    if infusion.state not in {State.CHECKED_IN, State.CLEARED, State.HELD}:
        raise Refused("The checks on arrival are written between check-in and start.")
    check.escort_confirmed = True
    check.save(update_fields=["escort_confirmed"])
    return check


def _identity(before: ArrivalCheck | None, confirmed: bool, moment: datetime, by: User) -> dict[str, Any]:
    """Who heard name and birth date, and when: the first one stays, whoever saves the checks again."""
    if confirmed and before is not None and before.identity_at is not None:
        return {}
    heard = (by, moment) if confirmed else (None, None)
    return {"identity_confirmed": confirmed, "identity_by": heard[0], "identity_at": heard[1]}


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
    states.move_to(infusion, State.HELD, observed_at=moment, by=by, reason=said(reason))
    return infusion


@transaction.atomic
def not_given(
    *, infusion_id: UUID, reason: str, by: User, observed_at: datetime | None = None, witness: User | None = None
) -> Infusion:
    """Nothing is infused today; the visit uses up no number of the series. What was drawn is wasted before a witness.

    Raises NotPermitted, IllegalTransition, Invalid.
    """
    infusion = locking.with_visit(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    moment = observed_at or clock.now()
    states.require_move(infusion, State.NOT_GIVEN)
    if infusion.drawn_ml is not None:
        syringe.waste_drawn(infusion, witness=witness, by=by, note=f"Not given: {said(reason)}")
    states.move_to(
        infusion, State.NOT_GIVEN, observed_at=moment, by=by, reason=said(reason), number=None,
        not_given_reason=said(reason),
    )  # fmt: skip
    series.renumber_after_miss(series=infusion.series, by=by)
    visit = changes.finish(appointment_id=infusion.appointment_id, by=by)
    followers.tell(followers.Change(visit, by))
    return infusion


@transaction.atomic
def no_show(*, infusion_id: UUID, by: User) -> Infusion:
    """The patient did not come; the visit uses up no number. Raises NotPermitted, IllegalTransition, Refused."""
    infusion = locking.with_visit(infusion_id)
    states.require_move(infusion, State.NO_SHOW)
    if infusion.appointment.is_alive:
        changes.no_show(appointment_id=infusion.appointment_id, by=by)
    series.catch_up(appointment_id=infusion.appointment_id, by=by)
    return states.locked(infusion_id)


@transaction.atomic
def cancel(*, infusion_id: UUID, party: str, reason: str, by: User) -> Infusion:
    """The visit is off, by the patient or by the clinic. Raises NotPermitted, IllegalTransition, Invalid."""
    infusion = locking.with_visit(infusion_id)
    states.require_move(infusion, State.CANCELLED)
    if infusion.appointment.is_alive:
        changes.cancel(appointment_id=infusion.appointment_id, party=party, reason=reason, by=by)
    series.catch_up(appointment_id=infusion.appointment_id, by=by)
    return states.locked(infusion_id)


@transaction.atomic
def override(*, infusion_id: UUID, light: str, reason: str, by: User) -> GateOverride:
    """A provider lets pass what one closed light says now, with a reason; what is found later closes it again.

    Raises NotPermitted, Refused, Invalid.
    """
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
    given = GateOverride.objects.create(
        infusion=infusion, light=light, found=found.found, reason=said(reason), by=by, at=clock.now()
    )
    if light == "pregnancy":
        pregnancy_tests.let_pass(infusion, given.reason, by)
    return given


def _substance_problems(clear: bool, taken: dict[str, datetime | None], mg_day: Decimal | None) -> dict[str, str]:
    """Something taken has a time, and no time stands beside “none”."""
    problems: dict[str, str] = {}
    if not clear and not any(taken.values()):
        problems["alcohol_at"] = "Write when it was last taken, at what was taken."
    if clear and any(taken.values()):
        problems["substances_clear"] = "A time is written below: answer “Yes”, or take the time away."
    if mg_day is not None and not 0 <= mg_day <= 200:
        problems["benzodiazepine_mg_day"] = "A daily dose is between 0 and 200 mg, as diazepam."
    return problems


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
