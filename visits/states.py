"""What can follow what: the one table of an appointment's life, as it would hang on the wall."""

from __future__ import annotations

from visits.models import Appointment, Offer, WaitlistEntry

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

WISH_TRANSITIONS: dict[WaitlistEntry.State, frozenset[WaitlistEntry.State]] = {
    WaitlistEntry.State.WAITING: frozenset(
        {WaitlistEntry.State.BOOKED, WaitlistEntry.State.REMOVED, WaitlistEntry.State.LAPSED}
    ),
    # The move to the offered time was taken back within its quarter of an hour.
    WaitlistEntry.State.BOOKED: frozenset({WaitlistEntry.State.WAITING}),
    WaitlistEntry.State.REMOVED: frozenset(),
    WaitlistEntry.State.LAPSED: frozenset(),
}

OFFER_TRANSITIONS: dict[Offer.State, frozenset[Offer.State]] = {
    Offer.State.OPEN: frozenset(
        {Offer.State.ACCEPTED, Offer.State.DECLINED, Offer.State.EXPIRED, Offer.State.WITHDRAWN}
    ),
    Offer.State.ACCEPTED: frozenset({Offer.State.DECLINED}),
    Offer.State.DECLINED: frozenset(),
    Offer.State.EXPIRED: frozenset(),
    Offer.State.WITHDRAWN: frozenset(),
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
