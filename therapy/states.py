"""What may follow what in the life of a session."""

from therapy.models import TherapySession

State = TherapySession.State

TRANSITIONS: dict[str, frozenset[str]] = {
    State.PLANNED: frozenset({State.HELD, State.MISSED, State.MOVED}),
    State.HELD: frozenset({State.DOCUMENTED}),
    State.DOCUMENTED: frozenset({State.SIGNED}),
    State.SIGNED: frozenset(),
    # The visit was brought back within its quarter of an hour.
    State.MISSED: frozenset({State.PLANNED}),
    State.MOVED: frozenset(),
}
