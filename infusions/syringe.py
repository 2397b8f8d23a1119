"""The syringe: drawn from a scanned vial, looked at by a second person, and what is left of it wasted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotReady, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import ledger, orders, pump, readiness, states
from infusions.models import Infusion, LedgerEntry
from infusions.states import State, said


@transaction.atomic
def draw(
    *,
    infusion_id: UUID,
    vial_label: str,
    by: User,
    strength_mg_per_ml: Decimal | None = None,
    observed_at: datetime | None = None,
) -> Infusion:
    """Draw the dose from the vial in hand: the strength comes from the stock record, never from a person.

    `strength_mg_per_ml` is the one the volume on the dose card was worked out for: a vial of another strength stops.
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
    entry = ledger.draw(
        infusion=infusion, vial_label=vial_label, strength_mg_per_ml=strength_mg_per_ml, by=by, observed_at=moment
    )
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
    same_order(infusion)
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
    waste_drawn(infusion, witness=witness, by=by, note=said(reason))
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


def same_order(infusion: Infusion) -> None:
    """A syringe drawn for an order that was superseded since must not be given."""
    now = orders.for_number(infusion.number, orders.signed_for(infusion.series))
    if infusion.order_id is None or now is None or now.pk != infusion.order_id:
        raise NotReady(["Dose: The order changed after the dose was drawn. Discard the syringe and draw anew."])


def waste_drawn(infusion: Infusion, *, witness: User | None, by: User, note: str) -> None:
    """Nothing of the syringe was given: all of it is wasted, and the infusion is as before the draw."""
    if witness is None:
        raise Invalid({"witness": "The dose is drawn. Name the person who sees it wasted."})
    ledger.waste(infusion=infusion, mg=pump.drawn_mg(infusion), witness=witness, by=by, note=note)
    states.save(
        infusion, vial=None, drawn_ml=None, drawn_at=None, drawn_by=None, checked_by=None, checked_at=None, order=None
    )
