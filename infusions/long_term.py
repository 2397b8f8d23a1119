"""What is asked before every booster: the bladder, and craving or misuse (protocol 2.7; S-LabelPf, S-KIC)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from clinic.wording import listed
from infusions import states
from infusions.models import LongTermCheck, Series
from infusions.states import State

BEFORE = (State.SCHEDULED, State.CHECKED_IN, State.HELD)


@transaction.atomic
def record(*, infusion_id: UUID, urinary: bool, misuse: bool, by: User, note: str = "") -> LongTermCheck:
    """Keep the answers before a booster; asked again, the newer ones count. A symptom is described.

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if infusion.series.kind != Series.Kind.MAINTENANCE:
        raise Refused("This is asked before boosters, not in a loading series.")
    if infusion.state not in BEFORE:
        raise Refused("This booster is past its checks.")
    if (urinary or misuse) and not note.strip():
        raise Invalid({"note": "Write in a sentence what was said: since when, how often."})
    if len(note.strip()) > 500:
        raise Invalid({"note": f"Keep it to 500 characters; this has {len(note.strip())}."})
    return LongTermCheck.objects.create(
        infusion=infusion, urinary=urinary, misuse=misuse, note=note.strip(), observed_at=clock.now(),
        entered_at=clock.now(), entered_by=by,
    )  # fmt: skip


def sentence(check: LongTermCheck) -> str:
    """What was found, in words."""
    asked = (("bladder symptoms", check.urinary), ("craving or misuse", check.misuse))
    found = listed([words for words, there in asked if there])
    return f"{found.capitalize()}: {check.note.rstrip('.')}." if found else "Nothing was found."
