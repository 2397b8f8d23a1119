"""The waiting list: who would like an earlier time, or any at all, and what would suit them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, can, require
from patients.models import Patient
from patients.rows import locked_patient
from visits.models import Appointment, WaitlistEntry
from visits.rules import UNDO_MINUTES
from visits.states import WISH_TRANSITIONS
from visits.wish_rules import Wish

State = WaitlistEntry.State
MOVABLE = (Appointment.Status.BOOKED, Appointment.Status.CONFIRMED)
FARTHEST = timedelta(days=365)
MOST_NOTICE_HOURS = 14 * 24
# What a patient may read of any refusal.
CALL_US = gettext_noop("This can’t be booked from here at the moment. Please call us.")


@transaction.atomic
def add(
    *,
    patient: Patient,
    site: Site,
    kind: str,
    until: date,
    notice_hours: int,
    by: User,
    weekdays: Collection[int] = (),
    not_before: time | None = None,
    not_after: time | None = None,
    appointment: Appointment | None = None,
) -> WaitlistEntry:
    """Put a patient on the list: for an earlier time of a visit, or for a visit that is not booked yet.

    Raises NotPermitted, Invalid, and Refused when they wait for the same already.
    """
    require(by, Action.BOOK, at=site)
    if not can(by, Action.SEE_PATIENTS, patient.site):
        raise NotFound
    if patient.deceased_on:
        raise Refused(f"{patient.name} has died and can’t be put on the waiting list.")
    if appointment:
        kind = _earlier_than(appointment, patient, site)
    wished = {
        "weekdays": sorted(set(weekdays)),
        "not_before": not_before,
        "not_after": not_after,
        "until": until,
        "notice_hours": notice_hours,
    }
    _check(site, kind, wished)
    locked_patient(patient.pk)
    same = Q(appointment=appointment) if appointment else Q(patient=patient, kind=kind, appointment__isnull=True)
    if WaitlistEntry.objects.filter(same, state=State.WAITING).exists():
        raise Refused(f"{patient.name} is on the waiting list for this already. Change what is written there.")
    return WaitlistEntry.objects.create(
        patient=patient, site=site, kind=kind, appointment=appointment, kept_by=by, **wished
    )


def _earlier_than(appointment: Appointment, patient: Patient, site: Site) -> str:
    if appointment.patient_id != patient.pk or appointment.site_id != site.pk:
        raise NotFound
    if appointment.status not in MOVABLE:
        raise Refused(f"This visit is {appointment.get_status_display().lower()}; it can’t come earlier.")
    if appointment.group_id:
        raise Refused("A group comes earlier for all or for nobody: move the whole group.")
    return appointment.kind


def _check(site: Site, kind: str, wished: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    if kind not in Appointment.Kind.values or kind == Appointment.Kind.GROUP:
        wrong["kind"] = "Choose a kind of visit."
    if not set(wished["weekdays"]) <= set(range(7)):
        wrong["weekdays"] = "Choose days of the week."
    begins, ends = wished["not_before"], wished["not_after"]
    if begins and ends and ends < begins:
        wrong["not_after"] = "The latest hour lies before the earliest one."
    if not 0 <= wished["notice_hours"] <= MOST_NOTICE_HOURS:
        wrong["notice_hours"] = f"Choose between 0 and {MOST_NOTICE_HOURS} hours."
    today = site.today()
    if not today <= wished["until"] <= today + FARTHEST:
        wrong["until"] = "Choose a day from today on, within a year."
    if wrong:
        raise Invalid(wrong)


@transaction.atomic
def change(*, entry_id: UUID, by: User, **wished: Any) -> WaitlistEntry:
    """Write anew what would suit; whoever does so keeps the wish from now on. Raises NotPermitted, Invalid."""
    entry = locked(entry_id)
    require(by, Action.BOOK, at=entry.site)
    require_state(entry, State.WAITING, "changed")
    wished["weekdays"] = sorted(set(wished["weekdays"]))
    _check(entry.site, entry.kind, wished)
    for name, value in wished.items():
        setattr(entry, name, value)
    entry.kept_by = by
    entry.save(update_fields=[*wished, "kept_by"])
    return entry


def locked(entry_id: UUID) -> WaitlistEntry:
    """The entry with its row locked until the transaction ends. Raises NotFound."""
    entry = (
        WaitlistEntry.objects.select_for_update(of=("self",))
        .select_related("site", "patient", "appointment", "kept_by")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFound
    return entry


def require_state(entry: WaitlistEntry, state: WaitlistEntry.State, wanted: str) -> None:
    if entry.state != state:
        raise IllegalTransition("This wish", current=entry.get_state_display(), wanted=wanted, allowed=())


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": "Write in a few words why."})
    if len(reason.strip()) > 200:
        raise Invalid({"reason": "Keep it to 200 characters."})


def end(entry: WaitlistEntry, state: WaitlistEntry.State, reason: str, by: User | None) -> None:
    """End a locked entry. Raises IllegalTransition when it has ended already."""
    if state not in WISH_TRANSITIONS[State(entry.state)]:
        raise IllegalTransition("This wish", current=entry.get_state_display(), wanted=str(state.label), allowed=())
    entry.state, entry.ended_at, entry.ended_by, entry.ended_reason = state, clock.now(), by, reason[:200]
    entry.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])


def wait_again(entry: WaitlistEntry) -> bool:
    """Put a booked entry back on the list, unless the patient waits for the same by another entry meanwhile."""
    rival = Q(appointment=entry.appointment) if entry.appointment_id else Q(patient=entry.patient_id, kind=entry.kind)
    if WaitlistEntry.objects.filter(rival, state=State.WAITING).exists():
        return False
    entry.state, entry.ended_at, entry.ended_by, entry.ended_reason = State.WAITING, None, None, ""
    entry.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])
    return True


def over(site: Site) -> QuerySet[WaitlistEntry]:
    """The entries that wait for nothing any more: past their last day, or the visit itself is over."""
    now = clock.now()
    settled = Q(appointment__isnull=False) & (
        Q(appointment__starts_at__lte=now)
        | ~Q(appointment__status__in=MOVABLE)
        # What was called off may come back for a quarter of an hour.
        & ~Q(appointment__status_events__at__gt=now - timedelta(minutes=UNDO_MINUTES))
    )
    late = Q(until__lt=site.today()) | Q(patient__deceased_on__isnull=False) | settled
    return WaitlistEntry.objects.filter(late, site=site, state=State.WAITING).distinct()


def waiting(site: Site) -> QuerySet[WaitlistEntry]:
    """Who waits at a site, the longest first."""
    return (
        WaitlistEntry.objects.filter(site=site, state=State.WAITING)
        .select_related("patient", "appointment", "kept_by")
        .order_by("since", "id")
    )


def wish_of(entry: WaitlistEntry) -> Wish:
    return Wish(frozenset(entry.weekdays), entry.not_before, entry.not_after, entry.until, entry.notice_hours)


def keeper(entry: WaitlistEntry) -> User:
    """In whose name the patient’s answer is carried out: whoever keeps the wish, while they may book here."""
    if not has_keeper(entry):
        raise Refused(CALL_US)
    return entry.kept_by


def has_keeper(entry: WaitlistEntry) -> bool:
    """Whether whoever keeps the wish may still book here; otherwise the patient’s own answer can’t be carried out."""
    return can(entry.kept_by, Action.BOOK, entry.site)
