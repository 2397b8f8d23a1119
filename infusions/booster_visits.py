"""Where a booster could go: to the day of a new plan, or, in a relapse, to the earliest hour. A person presses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.errors import Refused
from clinic.models import User
from clinic.policy import Role
from infusions import boosters, relapse_rules, relapse_states
from infusions import series as series_verbs
from infusions.models import BoosterPlan, Infusion, Series
from reminders import followups
from visits import changes, clashes, lengths, slots
from visits.models import Appointment
from visits.rules import Timing, gap_hours
from visits.slots import FreeSlot

MOVE = "booster_move"
MOVABLE = (Appointment.Status.BOOKED, Appointment.Status.CONFIRMED)
LOOK_DAYS = 5
"""A new day that is closed or full gives way to one of the next days."""


@dataclass(frozen=True)
class Shift:
    """A booked booster, and the hour to which a plan would move it; None when nothing is free about that day."""

    booster: Infusion
    due: date
    starts_at: datetime | None

    @property
    def done(self) -> str:
        """What became of it, once the plan is signed."""
        if self.starts_at is None:
            return "The booked booster stays: front desk is asked to move it."
        return f"The booster moved to {_words(self.booster.series, self.starts_at)}."

    @property
    def sentence(self) -> str:
        site = self.booster.series.site
        was = _words(self.booster.series, self.booster.appointment.starts_at)
        if self.starts_at is None:
            due = clashes.day(site, site.moment(self.due, time(12)))
            return f"The booster of {was} stays: nothing is free from {due} on. Front desk is asked to move it."
        return f"The booster of {was} moves to {_words(self.booster.series, self.starts_at)}."


def _words(series: Series, moment: datetime) -> str:
    return clashes.when(series.site, moment)


def shift(loading: Series, due: date | None) -> Shift | None:
    """What a due date would do to the booster that is booked: nothing in a relapse, where it is kept as the second."""
    booked = boosters.booked(loading)
    if due is None or not booked or due <= loading.site.today() or relapse_states.confirmed_since(loading):
        return None
    first = booked[0]
    if first.appointment.status not in MOVABLE:  # the patient has come
        return None
    at = loading.site.local(first.appointment.starts_at)
    if at.date() == due:
        return None
    return Shift(first, due, _hour(loading, due, at.time()))


def _hour(loading: Series, due: date, at: time) -> datetime | None:
    """The same hour on that day, or the nearest to it on that day or one of the next."""
    keeps_gap = _gap(loading, due, LOOK_DAYS, without_booked=True)
    days = _by_day(loading, [slot for slot in _free(loading, due, LOOK_DAYS) if keeps_gap(slot.starts_at)])
    if not days:
        return None
    return slots.nearest_first(days[min(days)], loading.site, at)[0].starts_at


def _by_day(loading: Series, free: Sequence[FreeSlot]) -> dict[date, list[FreeSlot]]:
    days: dict[date, list[FreeSlot]] = {}
    for slot in free:
        days.setdefault(loading.site.local(slot.starts_at).date(), []).append(slot)
    return days


def _free(loading: Series, first: date, days: int) -> list[FreeSlot]:
    usual = lengths.usual(loading.patient, Timing.of(settings_versions.current(loading.site)))
    return slots.next_free(
        site=loading.site,
        kind=Appointment.Kind.BOOSTER,
        first=first,
        days=days,
        patient=loading.patient,
        minutes=usual.drug,
        recovery=usual.recovery if usual.reasons else None,
    )


def _gap(loading: Series, first: date, days: int, *, without_booked: bool = False) -> Callable[[datetime], bool]:
    """Whether an hour on these days is 48 hours from every other infusion (Table A, min_gap): asked once for all."""
    site = loading.site
    least = settings_versions.current(site).gap_min_hours
    near, last = timedelta(hours=least), first + timedelta(days=days - 1)
    alive = (Appointment.Status.DONE, *(() if without_booked else Appointment.ALIVE))
    others = Appointment.objects.filter(
        patient=loading.patient,
        kind__in=Appointment.INFUSIONS,
        status__in=alive,
        starts_at__range=(site.day_bounds(first)[0] - near, site.day_bounds(last)[1] + near),
    )
    moments = [site.local(other) for other in others.values_list("starts_at", flat=True)]
    return lambda at: all(gap_hours(*sorted((other, site.local(at)))) >= least for other in moments)


MOST_DAYS = 7
"""A patient moves a booster by a week at most; more is for the care team to decide (our proposal)."""


def kept_by_patient(visit: Appointment) -> Callable[[datetime], bool] | None:
    """What else a patient's own move of a booster must keep: the gaps to other infusions, and about its day."""
    if visit.kind != Appointment.Kind.BOOSTER:
        return None
    site, day = visit.site, visit.site.local(visit.starts_at).date()
    settings = settings_versions.current(site)
    others = Appointment.objects.filter(
        patient=visit.patient_id,
        kind__in=Appointment.INFUSIONS,
        status__in=(*Appointment.ALIVE, Appointment.Status.DONE),
    ).exclude(pk=visit.pk)
    near = timedelta(days=settings.booster_min_days + MOST_DAYS)
    moments = [
        site.local(other)
        for other in others.filter(starts_at__range=(visit.starts_at - near, visit.starts_at + near)).values_list(
            "starts_at", flat=True
        )
    ]

    def keeps(at: datetime) -> bool:
        local = site.local(at)
        if abs((local.date() - day).days) > MOST_DAYS:
            return False
        return all(abs((local.date() - other.date()).days) >= settings.booster_min_days for other in moments)

    return keeps


@transaction.atomic
def decide(
    *,
    series_id: UUID,
    intervals_days: list[int],
    by: User,
    reason: str = "",
    template: str = "",
    move_booked: bool = False,
) -> tuple[BoosterPlan, Shift | None]:
    """Sign a plan and move the booster that is booked to its new day: both, or neither.

    Where nothing is free about that day the booster stays, and front desk is asked to move it. Raises what
    `boosters.plan` raises.
    """
    series_verbs.lock_visits(series_id)
    signed = boosters.plan(series_id=series_id, intervals_days=intervals_days, by=by, reason=reason, template=template)
    loading = series_verbs.locked(series_id)
    moving = shift(loading, boosters.next_due(loading)) if move_booked else None
    if moving is None:
        return signed, None
    try:
        with transaction.atomic():
            _move(moving, by)
    except Refused:
        moving = Shift(moving.booster, moving.due, None)
        _ask_to_move(moving)
    return signed, moving


def _move(moving: Shift, by: User) -> None:
    if moving.starts_at is None:
        raise Refused("Nothing is free about that day.")
    changes.move(appointment_id=moving.booster.appointment_id, starts_at=moving.starts_at, by=by)


def _ask_to_move(moving: Shift) -> None:
    series = moving.booster.series
    day = clashes.day(series.site, series.site.moment(moving.due, time(12)))
    followups.open_task(
        kind=MOVE,
        site=series.site,
        patient=series.patient,
        title=f"Move the booster of {series.patient.name} to about {day}",
        subject_kind="appointment",
        subject_id=moving.booster.appointment_id,
        owner_role=Role.FRONT_DESK,
        due_at=clock.now() + timedelta(days=1),
        link=reverse("visits:appointment", args=[moving.booster.appointment_id]),
    )


@dataclass(frozen=True)
class Sooner:
    """A free hour within 7 days, and how many days it leaves before the booster that is kept as the second."""

    starts_at: datetime
    before_next_days: int | None


def sooner(loading: Series) -> list[Sooner]:
    """One hour a day within the next 7 days, at least 48 hours from every other infusion (protocol 3.6; J12)."""
    booked = boosters.booked(loading)
    usual = booked[0].appointment if booked else _last(loading)
    at = loading.site.local(usual.starts_at).time() if usual else time(9)
    first = loading.site.today() + timedelta(days=1)  # who comes has fasted, and somebody to go home with
    keeps_gap = _gap(loading, first, relapse_rules.SLOT_DAYS)
    free = [slot for slot in _free(loading, first, relapse_rules.SLOT_DAYS) if keeps_gap(slot.starts_at)]
    nearest = [slots.nearest_first(each, loading.site, at)[0].starts_at for each in _by_day(loading, free).values()]
    return [Sooner(one, _days_before(loading, one, booked)) for one in nearest]


def _last(loading: Series) -> Appointment | None:
    done = Appointment.objects.filter(
        patient=loading.patient, kind__in=Appointment.INFUSIONS, status=Appointment.Status.DONE
    )
    return done.order_by("-starts_at").first()


def _days_before(loading: Series, moment: datetime, booked: list[Infusion]) -> int | None:
    day = loading.site.local(moment).date()
    after = [loading.site.local(each.appointment.starts_at).date() for each in booked]
    return next(((each - day).days for each in after if each > day), None)
