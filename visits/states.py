"""What can follow what: the one table of an appointment's life, as it would hang on the wall."""

from __future__ import annotations

from visits.models import Appointment

Status = Appointment.Status

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.BOOKED: frozenset({Status.CONFIRMED, Status.ARRIVED, Status.CANCELLED, Status.NO_SHOW}),
    # A move asks for a new confirmation, so a confirmed visit becomes a booked one again.
    Status.CONFIRMED: frozenset({Status.BOOKED, Status.ARRIVED, Status.CANCELLED, Status.NO_SHOW}),
    # "Done" without "in progress": the person came, and nothing was begun (an infusion not given).
    Status.ARRIVED: frozenset({Status.IN_PROGRESS, Status.DONE, Status.CANCELLED}),
    Status.IN_PROGRESS: frozenset({Status.DONE}),
    Status.DONE: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.NO_SHOW: frozenset(),
}

# What a person may take back for a while. What happens in the chair is taken back there, or not at all.
UNDOABLE: frozenset[Status] = frozenset(
    {
        Status.BOOKED,
        Status.CONFIRMED,
        Status.ARRIVED,
        Status.CANCELLED,
        Status.NO_SHOW,
    }
)


def allowed(status: str) -> list[str]:
    """The words of what can follow, in the order of the table of states."""
    following = TRANSITIONS[Status(status)]
    return [str(state.label) for state in Status if state in following]


def may_become(status: str, wanted: Status) -> bool:
    return wanted in TRANSITIONS[Status(status)]
