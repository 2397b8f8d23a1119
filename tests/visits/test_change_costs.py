"""What follows a change asks for it; the day of a clinic is made of such changes, and so are most of its tests."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import clock
from tests import build
from tests.visits.house import House
from visits import booking, changes, courses, undoing

# Cancelling the first infusion of a life also has the next one take the whole of a nurse, and its undo gives it back.
LIMITS = {"cancel": 72, "undo": 71, "move": 60, "confirm": 6}


def statements(change: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        change()
    return len(asked)


@pytest.mark.django_db
def test_a_change_in_a_series_costs_a_bounded_number_of_statements() -> None:
    house = House()
    visit, next_one = house.patients[0].appointments.order_by("starts_at")[:2]
    cancel = partial(changes.cancel, appointment_id=visit.pk, party="patient", reason="Has a cold", by=house.desk)
    undo = partial(undoing.undo, appointment_id=visit.pk, by=house.desk)
    later = build.moment(house.site, "2027-02-05", "13:00")
    with clock.at(house.opens):
        costs = {
            "cancel": statements(cancel),
            "undo": statements(undo),
            "move": statements(partial(changes.move, appointment_id=next_one.pk, starts_at=later, by=house.desk)),
            "confirm": statements(partial(changes.confirm, appointment_id=visit.pk, by=house.desk)),
        }
    assert {name: cost for name, cost in costs.items() if cost > LIMITS[name]} == {}


@pytest.mark.django_db
def test_a_visit_of_no_series_is_looked_for_where_visits_are_named_alone(site, patient, front_desk, nurse):
    """Not among all series: whether one of them holds the visit took half a second, for each who lost a place."""
    visit = booking.book(
        patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-05"), by=front_desk
    )
    with CaptureQueriesContext(connection) as asked:
        assert courses.of([visit.pk]) == {}
    assert len(asked) == 2
    assert not [query["sql"] for query in asked if "infusions_series" in query["sql"]]
