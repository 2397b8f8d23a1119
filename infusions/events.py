"""What happens at the chair besides the numbers: a needle in, a medicine, a word."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import states
from infusions.models import Infusion, RunEvent
from infusions.states import State


@transaction.atomic
def record(
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
