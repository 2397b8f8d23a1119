"""What may follow what in the life of a message."""

from clinic.errors import IllegalTransition
from reminders.models import Message

State = Message.State

TRANSITIONS: dict[State, frozenset[State]] = {
    # At once, where the text of another message says it too.
    State.PLANNED: frozenset({State.CLAIMED, State.VOID, State.SENT, State.DELIVERED}),
    State.CLAIMED: frozenset(
        {
            State.SENT,
            State.PLANNED,
            State.FAILED,
            State.UNCERTAIN,
            State.SUPPRESSED,
            State.EXPIRED,
            State.VOID,
        }
    ),
    State.SENT: frozenset({State.DELIVERED, State.FAILED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset({State.PLANNED, State.VOID, State.CALLED}),
    State.UNCERTAIN: frozenset({State.SENT, State.DELIVERED, State.PLANNED, State.FAILED, State.CALLED}),
    # The change for which it was taken back was itself undone within its quarter of an hour.
    State.VOID: frozenset({State.PLANNED}),
    State.SUPPRESSED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CALLED: frozenset(),
}


def require_move(message: Message, wanted: State) -> None:
    """Raise IllegalTransition, naming what is possible, unless `wanted` may follow."""
    current = State(message.state)
    if wanted not in TRANSITIONS[current]:
        raise IllegalTransition(
            "This message",
            current=current.label,
            wanted=wanted.label,
            allowed=[state.label for state in State if state in TRANSITIONS[current]],
        )
