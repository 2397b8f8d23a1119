"""How a check is shown in a list: the shape of its state, and whether it is late."""

from __future__ import annotations

from datetime import date

from clinic.models import Site
from insurance.models import Verification
from insurance.standing import shown_day

State = Verification.State
MEANINGS: dict[str, str] = {
    State.NOT_STARTED: "none",
    State.IN_PROGRESS: "warn",
    State.NEEDS_INFO: "warn",
    State.ERROR: "warn",
    State.ACTIVE: "ok",
    State.INACTIVE: "stop",
    State.NOT_COVERED: "stop",
    State.SELF_PAY: "info",
    State.EXPIRED: "none",
}


def dress(check: Verification, site: Site) -> Verification:
    """Give the check what its row shows."""
    today = site.today()
    late = check.state in Verification.OPEN and check.due_on is not None and check.due_on < today
    check.meaning = _meaning(check, site, today)  # type: ignore[attr-defined]
    check.is_late = late  # type: ignore[attr-defined]
    check.says = says(check, today)  # type: ignore[attr-defined]
    return check


def _meaning(check: Verification, site: Site, today: date) -> str:
    """The shape of the chip; an answer that does not reach the next visit is no reason for calm."""
    if _is_over(check, today):
        return "stop"
    visit = site.local(check.next_visit_at).date() if check.next_visit_at else today
    return "warn" if ran_out(check, max(visit, today)) else MEANINGS[check.state]


def ran_out(check: Verification, on: date) -> bool:
    """Whether an answer that was good holds no longer on the day."""
    return check.state == State.ACTIVE and check.valid_until is not None and check.valid_until < on


def says(check: Verification, today: date) -> str:
    """The state in a chip, with the day that matters."""
    ended = check.coverage.ends_on if check.coverage else None
    if ended and (check.state == State.INACTIVE or _is_over(check, today)):
        return f"Coverage ended {shown_day(ended, today)}"
    if check.state == State.ACTIVE and check.valid_until:
        word = "Ran out" if ran_out(check, today) else "Verified until"
        return f"{word} {shown_day(check.valid_until, today)}"
    return str(check.get_state_display())


def _is_over(check: Verification, today: date) -> bool:
    """Whether an answer that was good speaks of a plan that has ended since."""
    ended = check.coverage.ends_on if check.coverage else None
    return check.state == State.ACTIVE and ended is not None and ended < today
