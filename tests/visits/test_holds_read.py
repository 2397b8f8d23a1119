"""What a calendar reads of what is held: by where a hold begins, so also what began before the first day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from psycopg2.extras import DateTimeTZRange

from tests import build
from visits.calendar import Calendar
from visits.models import Appointment, Hold
from visits.ruler import DAY_CELLS, block

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 2)
FIVE = timedelta(minutes=5)


def held(site, begins: timedelta, ends: timedelta) -> Hold:
    """The first room of the site, from so long after midnight to so long after it."""
    midnight = build.moment(site, DAY.isoformat(), "00:00")
    visit = Appointment.objects.create(
        patient=build.patient(site), site=site, kind="evaluation", starts_at=midnight, ends_at=midnight + FIVE,
        booked_by=build.user("front_desk", at=site),
    )  # fmt: skip
    room = site.rooms.order_by("name").first()
    return Hold.objects.create(
        appointment=visit, resource=room.pk, room=room, phase="stay",
        during=DateTimeTZRange(midnight + begins, midnight + ends),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("begins", "ends", "cells"),
    [
        (timedelta(hours=-24), timedelta(0), 0),
        (timedelta(hours=-24) + FIVE, FIVE, block(0, 1)),
        (-FIVE, timedelta(hours=1), block(0, 12)),
        (timedelta(hours=23), timedelta(hours=30), block(DAY_CELLS - 12, DAY_CELLS)),
        (timedelta(hours=24), timedelta(hours=25), 0),
    ],
)
def test_what_reaches_into_the_day_is_taken(site, begins, ends, cells):
    hold = held(site, begins, ends)
    calendar = Calendar.load(site, DAY, DAY)
    assert calendar.busy.get((hold.resource, 1), 0) == cells


def test_nothing_is_held_longer_than_a_day(site):
    with pytest.raises(IntegrityError, match="hold_within_a_day"):
        held(site, timedelta(0), timedelta(hours=24) + FIVE)
