"""What the grade of an alert requires: each contact has an owner, a clock, and an outcome in words (protocol 4.2, 7.3).

Whoever was not reached is tried again; a person who was called twice in vain is looked for through their emergency
contact. Nothing here ends by itself: software opens tries, people end them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, Role, require
from patients.models import AlertContact, Patient, SafetyAlert
from patients.rows import row_for

Grade, Kind, State = SafetyAlert.Grade, AlertContact.Kind, AlertContact.State
Clock = Callable[[Site, datetime], datetime]

after_change: list[Callable[[AlertContact], None]] = []
"""Called in the transaction in which a contact is asked for or ended; rooms further right keep their tasks by it."""

SAME_STEP = timedelta(minutes=1)  # a call is asked for in the step that marks the miss
SAME_DAY_AT_LEAST = timedelta(hours=1)  # of a day that is almost over


def _at_once(site: Site, at: datetime) -> datetime:
    return at + timedelta(minutes=settings_versions.current(site).alert_acknowledge_minutes)


def _same_day(site: Site, at: datetime) -> datetime:
    last_minute = site.day_bounds(site.local(at).date())[1] - timedelta(minutes=1)
    return max(last_minute, at + SAME_DAY_AT_LEAST)


def _after(hours: int, weeks: int = 0) -> Clock:
    """So many hours, and then so many weeks on the wall clock of the site."""

    def due(site: Site, at: datetime) -> datetime:
        first = site.local(at + timedelta(hours=hours))
        return site.moment(first.date() + timedelta(weeks=weeks), first.time()) if weeks else first

    return due


REQUIRED: dict[str, tuple[tuple[AlertContact.Kind, Role, Clock], ...]] = {
    Grade.HIGH: (
        (Kind.PROVIDER_NOW, Role.PROVIDER, _at_once),
        (Kind.AFTER_LEAVING, Role.NURSE, _after(24)),
    ),
    Grade.MODERATE: (
        (Kind.ASSESSMENT, Role.PROVIDER, _same_day),
        (Kind.PLAN, Role.NURSE, _same_day),
        (Kind.CALL_72H, Role.NURSE, _after(72)),
        (Kind.WEEK_1, Role.NURSE, _after(72, weeks=1)),
        (Kind.WEEK_2, Role.NURSE, _after(72, weeks=2)),
    ),
    Grade.LOW: (
        (Kind.PLAN_OFFER, Role.NURSE, _after(0, weeks=1)),
        (Kind.THERAPIST, Role.THERAPIST, _after(0, weeks=1)),
        (Kind.CHECK, Role.NURSE, _after(0, weeks=1)),
    ),
    Grade.UNSCREENED: ((Kind.SCREEN, Role.NURSE, _at_once),),
}

FOR_PROVIDERS = frozenset({Kind.PROVIDER_NOW, Kind.ASSESSMENT})
PLANS = frozenset({Kind.PLAN, Kind.PLAN_OFFER})
NOT_CALLS = PLANS | {Kind.THERAPIST, Kind.ASSESSMENT, Kind.EMERGENCY}  # no call in vain leads from these to the family
CALLS_BEFORE_FAMILY = 2  # protocol 7.3


def begin(alert: SafetyAlert, *, by: User | None) -> None:
    """Ask for what the present grade requires, and no longer for what a former one did."""
    _replace(alert.contacts.filter(state=State.OPEN).exclude(kind__in=[Kind.MISSED, Kind.EMERGENCY]), alert, by)
    now = clock.now()
    for kind, role, due in REQUIRED[alert.grade]:
        _ask(alert, kind, role, due(alert.patient.site, now))


def still_open(alert: SafetyAlert) -> list[AlertContact]:
    return list(alert.contacts.filter(state=State.OPEN).order_by("due_at", "id"))


@transaction.atomic
def record(*, contact_id: UUID, reached: bool, words: str, by: User) -> AlertContact:
    """Write what came of one try; one in vain opens the next. Raises NotFound, NotPermitted, Refused, Invalid."""
    known = AlertContact.objects.filter(pk=contact_id).values_list("alert_id", flat=True).first()
    if known is None:
        raise NotFound
    alert = row_for(SafetyAlert, known, by)
    contact = AlertContact.objects.select_for_update().get(pk=contact_id)
    action = Action.CLEAR_ALERT if contact.kind in FOR_PROVIDERS else Action.HANDLE_ALERT
    require(by, action, at=alert.patient.site)
    if contact.state != State.OPEN:
        raise Refused(f"This was written down already: {contact.outcome}")
    if not words.strip():
        raise Invalid({"words": "Write what was said or done: one sentence is enough."})
    contact.alert = alert
    _end(contact, State.REACHED if reached else State.NOT_REACHED, words.strip(), by)
    if not reached:
        _try_again(alert, contact)
    return contact


def did_not_come(patient: Patient) -> bool:
    """A person with an open alert did not come: a call today (protocol 7.3). Answers whether there was such an alert.

    Should they come after all, whoever calls writes so; only who takes the no-show itself back takes the call back.
    """
    alert = _gravest(patient)
    if alert is None:
        return False
    if not alert.contacts.filter(kind__in=[Kind.MISSED, Kind.EMERGENCY], state=State.OPEN).exists():
        _ask(alert, Kind.MISSED, Role.NURSE, _same_day(patient.site, clock.now()))
    return True


def came_after_all(patient: Patient, *, missed_at: datetime, by: User) -> None:
    """The no-show of this moment was taken back: its call is no longer asked for, unless somebody has tried already."""
    asked = AlertContact.objects.filter(
        alert__patient=patient, alert__closed_at=None, kind=Kind.MISSED, attempt=1, state=State.OPEN,
        opened_at__range=(missed_at, missed_at + SAME_STEP),
    )  # fmt: skip
    for contact in asked.select_for_update(of=("self",)).select_related("alert__patient__site"):
        _end(contact, State.REPLACED, "The no-show was taken back.", by)


def done_by(alerts: Iterable[SafetyAlert], kinds: Iterable[AlertContact.Kind], *, words: str, by: User) -> None:
    """Something else that was signed is what these contacts of alerts, locked by the caller, asked for."""
    asked = AlertContact.objects.filter(alert__in=list(alerts), kind__in=list(kinds), state=State.OPEN)
    for contact in asked.select_related("alert__patient__site"):
        _end(contact, State.REACHED, words, by)


def end_all(alert: SafetyAlert, *, words: str, by: User) -> None:
    for contact in still_open(alert):
        _end(contact, State.REPLACED, words, by)


def _gravest(patient: Patient) -> SafetyAlert | None:
    order = (Grade.HIGH, Grade.UNSCREENED, Grade.MODERATE, Grade.LOW)
    found = SafetyAlert.objects.select_for_update(of=("self",)).select_related("patient__site")
    known = sorted(found.filter(patient=patient, closed_at=None), key=lambda one: order.index(Grade(one.grade)))
    return known[0] if known else None


def _try_again(alert: SafetyAlert, contact: AlertContact) -> None:
    """The same once more today; after two calls in vain, the emergency contact (protocol 7.3)."""
    due = _same_day(alert.patient.site, clock.now())
    family = contact.kind not in NOT_CALLS and contact.attempt >= CALLS_BEFORE_FAMILY
    if not family:
        _ask(alert, Kind(contact.kind), Role(contact.owner_role), due, attempt=contact.attempt + 1)
    elif not alert.contacts.filter(kind=Kind.EMERGENCY, state=State.OPEN).exists():
        _ask(alert, Kind.EMERGENCY, Role(contact.owner_role), due)


def _replace(contacts: Iterable[AlertContact], alert: SafetyAlert, by: User | None) -> None:
    words = f"Graded {alert.get_grade_display().lower()}."
    for contact in contacts:
        contact.alert = alert
        asked = contact.kind == Kind.SCREEN and alert.screen_id is not None and by is not None
        _end(contact, State.REACHED if asked else State.REPLACED, words, by)


def _ask(alert: SafetyAlert, kind: AlertContact.Kind, role: Role, due_at: datetime, *, attempt: int = 1) -> None:
    made = AlertContact.objects.create(
        alert=alert, kind=kind, owner_role=role, due_at=due_at, attempt=attempt, opened_at=clock.now()
    )
    _tell(made)


def _end(contact: AlertContact, state: AlertContact.State, words: str, by: User | None) -> None:
    contact.state, contact.outcome, contact.ended_at, contact.ended_by = state, words, clock.now(), by
    contact.save()
    _tell(contact)


def _tell(contact: AlertContact) -> None:
    for tell in after_change:
        tell(contact)
