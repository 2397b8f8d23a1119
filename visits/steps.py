"""The next steps of a visit: which of them a person can take now, and taking one. Pages of several rooms ask here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clinic import clock
from clinic.errors import Refused
from clinic.models import User
from clinic.policy import Action, can
from visits import changes, undoing
from visits.models import Appointment, Hold
from visits.rules import HANDS_LANE, INFUSIONS, UNDO_MINUTES
from visits.states import may_become

Status = Appointment.Status
NO_VERSION = -1  # of a page that does not say what it showed
AT_THE_CHAIR = frozenset({"begin", "finish"})  # of an infusion these are taken on its own page


@dataclass(frozen=True)
class Step:
    """A verb with the words of its button, and what is said when it is done."""

    key: str
    words: str
    said: str
    verb: Callable[..., Appointment]


STEPS = {
    step.key: step
    for step in (
        Step("arrive", "Arrived", "{name} is here.", changes.arrive),
        Step("confirm", "Confirmed by the patient", "Confirmed.", changes.confirm),
        Step("begin", "Begin", "Begun.", changes.begin),
        Step("finish", "Done", "Done.", changes.finish),
        Step(
            "no-show",
            "Did not come",
            f"Marked as not come. This can be undone for {UNDO_MINUTES} minutes.",
            changes.no_show,
        ),
        Step("undo", "Undo", "The last change is taken back.", undoing.undo),
    )
}


def possible(visit: Appointment, user: User) -> list[Step]:
    """What this person can press now to bring the visit on, the next one first.

    Infusions begin and end at the chair; elsewhere they are only confirmed and received.
    """
    if not can(user, Action.BOOK, visit.site):
        return []
    today = visit.site.local(visit.starts_at).date() == visit.site.today()
    talk = visit.kind not in INFUSIONS
    wanted = {
        "arrive": today and may_become(visit.status, Status.ARRIVED) and may_receive(visit, user),
        "confirm": may_become(visit.status, Status.CONFIRMED),
        "begin": talk and may_become(visit.status, Status.IN_PROGRESS),
        "finish": talk and visit.status == Status.IN_PROGRESS,
    }
    return [STEPS[key] for key, holds in wanted.items() if holds]


def may_receive(visit: Appointment, user: User) -> bool:
    """Front desk and nurses receive everybody; others their own people."""
    own = Hold.objects.filter(appointment=visit, active=True, staff=user).exclude(lane=HANDS_LANE)
    return can(user, Action.CHECK_IN, visit.site) or own.exists() or changes.is_of_group(visit, user)


def may_be_missed(visit: Appointment, user: User) -> bool:
    begun = clock.now() >= visit.starts_at
    return begun and may_become(visit.status, Status.NO_SHOW) and may_receive(visit, user)


def take(*, visit: Appointment, key: str, by: User, seen: str | None) -> str:
    """Take one step and answer what to say of it. Raises what its verb raises.

    `seen` is the version that the page showed, as it was posted: only what stood there can be undone.
    """
    step = STEPS[key]
    if key in AT_THE_CHAIR and visit.kind in INFUSIONS:
        raise Refused("An infusion begins and ends at the chair. Open its own page.")
    known = {"version": int(seen) if seen and seen.isdecimal() else NO_VERSION} if key == "undo" else {}
    step.verb(appointment_id=visit.pk, by=by, **known)
    return step.said.format(name=visit.patient.name)
