"""What an infusion may become from what it is, and the one place where it becomes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from clinic import clock
from clinic.composed import Composed
from clinic.errors import IllegalTransition, Invalid, NotFound
from clinic.gathering import Among, Given
from clinic.models import User
from infusions.models import Infusion, StateEvent

State = Infusion.State

TRANSITIONS: dict[State, frozenset[State]] = {
    State.SCHEDULED: frozenset({State.CHECKED_IN, State.CANCELLED, State.NO_SHOW}),
    State.CHECKED_IN: frozenset({State.CLEARED, State.HELD, State.NOT_GIVEN}),
    State.HELD: frozenset({State.CLEARED, State.NOT_GIVEN}),
    State.CLEARED: frozenset({State.IN_PROGRESS, State.HELD, State.NOT_GIVEN}),
    State.IN_PROGRESS: frozenset({State.PAUSED, State.COMPLETED, State.STOPPED_EARLY}),
    State.PAUSED: frozenset({State.IN_PROGRESS, State.STOPPED_EARLY}),
    State.COMPLETED: frozenset({State.RECOVERY}),
    State.STOPPED_EARLY: frozenset({State.RECOVERY}),
    State.RECOVERY: frozenset({State.DISCHARGED}),
    State.DISCHARGED: frozenset(),
    State.NOT_GIVEN: frozenset(),
    State.NO_SHOW: frozenset(),
    State.CANCELLED: frozenset(),
}

# A tablet's clock may run ahead of the server's by this much; such a time is taken as now.
AHEAD = timedelta(minutes=2)


def _locking(*join: str, where: Among | None = None) -> Composed[Infusion]:
    """What locks the row of an infusion and reads along what it needs. Its usual order would join its series."""
    one = Infusion.objects.filter(*[where] if where else [], pk=Given("infusion")).order_by()
    return Composed(one.select_for_update(of=("self",)).select_related(*join), prepared=True)


WHOLE = _locking("series__patient__site", "appointment__site", "order", "vial")
WITH_ITS_VISIT = _locking("appointment")
WITH_ITS_VISIT_AT = _locking("appointment", where=Among("appointment__site", "sites"))
FOR_A_ROW = _locking("appointment__site")
"""What is enough for a verb that adds a row: the join of all would cost more than the row."""


def locked(infusion_id: UUID, how: Composed[Infusion] = WHOLE, **values: object) -> Infusion:
    """The infusion with its row locked until the transaction ends. Raises NotFound."""
    infusion = how.first(infusion=infusion_id, **values)
    if infusion is None:
        raise NotFound
    return infusion


def require_move(infusion: Infusion, after: State) -> None:
    """Raise IllegalTransition, naming what is possible, unless `after` may follow."""
    allowed = TRANSITIONS[State(infusion.state)]
    if after not in allowed:
        raise IllegalTransition(
            "This infusion",
            current=State(infusion.state).label,
            wanted=after.label,
            allowed=[state.label for state in State if state in allowed],
        )


def happened(observed_at: datetime, *, not_before: datetime | None = None, before: str = "") -> datetime:
    """The time something happened, checked against the server's clock. Raises Invalid."""
    now = clock.now()
    if observed_at > now + AHEAD:
        raise Invalid({"observed_at": "This time is still to come. Write when it happened."})
    if not_before and observed_at < not_before:
        raise Invalid({"observed_at": f"This is earlier than {before}. Look at the time again."})
    return min(observed_at, now)


def move_to(
    infusion: Infusion,
    after: State,
    *,
    observed_at: datetime,
    by: User,
    reason: str = "",
    client_key: UUID | None = None,
    **fields: Any,
) -> datetime:
    """Write the next state and its event; `infusion` comes from `locked`. Answers the time it happened.

    Raises IllegalTransition, and Invalid for a time in the future or before the step before.
    """
    require_move(infusion, after)
    latest = infusion.state_events.aggregate(at=Max("observed_at"))["at"]
    step = f"the step before (“{State(infusion.state).label}”, {_at(infusion, latest)})" if latest else ""
    moment = happened(observed_at, not_before=latest, before=step)
    StateEvent.objects.create(
        infusion=infusion, before=infusion.state, after=after, observed_at=moment, by=by, reason=reason,
        client_key=client_key,
    )  # fmt: skip
    save(infusion, state=after, **fields)
    return moment


def is_repeated(infusion: Infusion, client_key: UUID | None) -> bool:
    """Whether the step of this key was taken already: a page that lost the answer asks again."""
    return client_key is not None and infusion.state_events.filter(client_key=client_key).exists()


def save(infusion: Infusion, **fields: Any) -> None:
    """Write fields of a locked infusion and count its version up, so that a stale page can tell."""
    infusion.version += 1
    for name, value in fields.items():
        setattr(infusion, name, value)
    infusion.save(update_fields=[*fields, "version"])


def said(reason: str) -> str:
    """The reason as it is kept. Raises Invalid when there is none, or too much of it."""
    if not reason.strip():
        raise Invalid({"reason": "Write the reason in a few words."})
    if len(reason.strip()) > 200:
        raise Invalid({"reason": "Write the reason in 200 characters or fewer."})
    return reason.strip()


def _at(infusion: Infusion, moment: datetime) -> str:
    return f"{infusion.appointment.site.local(moment):%H:%M}"
