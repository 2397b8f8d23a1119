"""What a therapist’s day looks like: talks of today, one that fell out, and a booster with its own session."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic import clock
from clinic.policy import Role
from infusions.models import Series
from journey.demo.cast import House
from therapy import booking, openings, windows
from therapy.models import TherapySession
from therapy.windows import Place
from visits import changes
from visits.slots import next_free

TODAY, LOST = 3, 2


def fill(house: House, now: datetime) -> None:
    """Book talks for later today, and call two off that have to be booked again."""
    with clock.at(now):
        _today(house)
        _fallen_out(house)
        _of_a_booster(house)


def _today(house: House) -> None:
    """People between boosters, or in the middle of their series, who have no drug today."""
    site, therapist = house.site, house.one(Role.THERAPIST)
    start, end = site.day_bounds(site.today())
    running = Series.objects.filter(site=site, state=Series.State.ACTIVE).select_related("patient__site", "site")
    rows = running.exclude(patient__appointments__starts_at__range=(start, end)).order_by("-kind", "opened_at")
    for series in rows[:TODAY]:
        free = next_free(site=site, kind="further", first=site.today(), days=1, patient=series.patient, staff=therapist)
        if free:
            place = Place(series, TherapySession.Kind.FURTHER)
            booking.book(place=place, starts_at=free[0].starts_at, therapist=therapist, by=therapist)


def _fallen_out(house: House) -> None:
    desk, therapist = house.one(Role.FRONT_DESK), house.one(Role.THERAPIST)
    coming = TherapySession.objects.filter(
        series__site=house.site, therapist=therapist, state=TherapySession.State.PLANNED,
        kind__in=TherapySession.ONCE, appointment__starts_at__gt=clock.now() + timedelta(days=2),
    ).order_by("appointment__starts_at")  # fmt: skip
    for session in list(coming[:LOST]):
        assert session.appointment_id
        changes.cancel(appointment_id=session.appointment_id, party="patient", reason="Has the flu", by=desk)


def _of_a_booster(house: House) -> None:
    """One booster that is to come has its preparation."""
    therapist = house.one(Role.THERAPIST)
    series = Series.objects.filter(site=house.site, kind=Series.Kind.MAINTENANCE, state=Series.State.ACTIVE)
    found = [
        one
        for one in windows.of_series(series.select_related("patient__site", "site"))
        if one.infusion and one.kind == TherapySession.Kind.PREPARATION and one.opens > clock.now()
    ]
    for window in found[:1]:
        slot = openings.nearest(house.site, therapist, [window]).get(window.place.key)
        if slot:
            booking.book(place=window.place, starts_at=slot.starts_at, therapist=therapist, by=therapist)
