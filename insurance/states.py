"""What a check of benefits can become."""

from __future__ import annotations

from insurance.models import Verification

State = Verification.State

TRANSITIONS: dict[str, set[str]] = {
    State.NOT_STARTED: {State.IN_PROGRESS},
    State.IN_PROGRESS: {State.NEEDS_INFO, State.ACTIVE, State.INACTIVE, State.NOT_COVERED, State.ERROR},
    State.NEEDS_INFO: {State.IN_PROGRESS, State.ACTIVE, State.INACTIVE, State.NOT_COVERED, State.ERROR},
    State.ERROR: {State.IN_PROGRESS, State.NEEDS_INFO, State.ACTIVE, State.INACTIVE, State.NOT_COVERED},
    State.ACTIVE: {State.EXPIRED},
    State.INACTIVE: {State.SELF_PAY, State.EXPIRED},
    State.NOT_COVERED: {State.SELF_PAY, State.EXPIRED},
    State.SELF_PAY: {State.EXPIRED},
    State.EXPIRED: set(),
}

# What a payer's answer can say; the rest of the states come by other verbs.
RESULTS: frozenset[str] = frozenset({State.ACTIVE, State.INACTIVE, State.NOT_COVERED, State.NEEDS_INFO, State.ERROR})
