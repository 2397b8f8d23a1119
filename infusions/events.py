"""What happens at the chair besides the numbers: a needle in, a rate, a medicine and its effect, a word."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from clinic.wording import quantity
from infusions import states
from infusions.models import Infusion, RunEvent
from infusions.states import State

Kind = RunEvent.Kind

# Names to pick from (protocol 2.5); any other may be written.
DRUGS = (
    "Ondansetron", "Metoclopramide", "Promethazine", "Labetalol", "Metoprolol", "Hydralazine", "Clonidine",
    "Diltiazem", "Lorazepam", "Midazolam", "Glycopyrrolate", "Naloxone", "Flumazenil", "Oxygen", "IV fluid",
    "Epinephrine", "Diphenhydramine",
)  # fmt: skip
ROUTES = ("IV", "by mouth", "under the tongue", "IM", "nasal", "inhaled")


@transaction.atomic
def record(
    *,
    infusion_id: UUID,
    kind: str,
    observed_at: datetime,
    by: User,
    text: str = "",
    rate_ml_h: Decimal | None = None,
    drug: str = "",
    dose: str = "",
    route: str = "",
    about_id: UUID | None = None,
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
    if kind == Kind.RATE:
        told = f"Pump at {quantity(_rate(infusion, rate_ml_h), 'mL/h')}"
        text = text.strip() or told
    if kind == Kind.MEDICINE:
        given = " ".join(part.strip() for part in (drug, dose, route) if part.strip())
        text = f"{given}. {text.strip()}" if text.strip() else given
    _check(infusion, kind, text.strip(), drug.strip(), dose.strip(), about_id)
    return RunEvent.objects.create(
        infusion=infusion,
        kind=kind,
        observed_at=states.happened(observed_at, not_before=_start_of(infusion, kind), before="the start of the pump"),
        entered_by=by,
        text=text.strip(),
        rate_ml_h=rate_ml_h if kind == Kind.RATE else None,
        drug=drug.strip() if kind == Kind.MEDICINE else "",
        dose=dose.strip() if kind == Kind.MEDICINE else "",
        route=route.strip() if kind == Kind.MEDICINE else "",
        about_id=about_id if kind == Kind.EFFECT else None,
        client_key=client_key,
    )


@transaction.atomic
def retract(*, event_id: UUID, reason: str, by: User) -> RunEvent:
    """Mark an event as entered in error; it stays visible, struck through. Raises NotFound, Refused, Invalid."""
    event = RunEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    infusion = states.locked(event.infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    event = RunEvent.objects.get(pk=event_id)
    if event.entered_in_error_at:
        return event
    if event.kind == Kind.LIMIT:
        raise Refused("This answers a reading that crossed a line. Correct the reading instead.")
    if event.kind == Kind.RATE and infusion.ended_at:
        raise Refused("The pump has ended, and what was given is settled. Write a note instead.")
    RunEvent.objects.filter(pk=event.pk).update(
        entered_in_error_at=clock.now(), entered_in_error_by=by, entered_in_error_reason=states.said(reason)
    )
    event.refresh_from_db()
    return event


def _start_of(infusion: Infusion, kind: str) -> datetime | None:
    return infusion.started_at if kind == Kind.RATE else None


def _rate(infusion: Infusion, rate: Decimal | None) -> Decimal:
    """The new rate, for a pump that is on. Raises Refused, Invalid."""
    if infusion.state not in Infusion.RUNNING:
        raise Refused("The pump is not running, so its rate can’t change. Write a note instead.")
    if rate is None or not 1 <= rate <= 999:
        raise Invalid({"rate_ml_h": "Write the new rate: 1 to 999\u00a0mL/h."})
    return rate


def _check(infusion: Infusion, kind: str, text: str, drug: str, dose: str, about_id: UUID | None) -> None:
    problems = {}
    if kind not in Kind.values or kind == Kind.LIMIT:
        problems["kind"] = "Choose what happened."
    if kind == Kind.MEDICINE and not drug:
        problems["drug"] = "Write which medicine."
    if kind == Kind.MEDICINE and not dose:
        problems["dose"] = "Write how much, with its unit."
    if kind in {*RunEvent.WORDS, Kind.EFFECT} and not text:
        problems["text"] = "Write what happened."
    medicines = infusion.events.filter(kind=Kind.MEDICINE)
    if kind == Kind.EFFECT and not (about_id and medicines.filter(pk=about_id).exists()):
        problems["about"] = "Choose the medicine whose effect this is."
    if len(text) > 4000:
        problems["text"] = "Write this in 4,000 characters or fewer."
    if problems:
        raise Invalid(problems)
