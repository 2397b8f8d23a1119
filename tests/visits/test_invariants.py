"""The questions that the machine asks can be answered with no: each finds what it is there to find."""

import pytest
from django.db import connection

from clinic import clock
from tests.visits import invariants
from tests.visits.house import House

pytestmark = pytest.mark.django_db

AT_ONCE = "during = '[2027-02-02 17:00+00, 2027-02-02 18:00+00)'"
ONE_NURSE = "(SELECT staff_id FROM visits_hold WHERE staff_id IS NOT NULL ORDER BY id LIMIT 1)"
ONE_PATIENT = "(SELECT id FROM patients_patient ORDER BY id LIMIT 1)"
ALL_OF_ONE_NURSE = (
    f"UPDATE visits_hold SET lane = 1, {AT_ONCE}, staff_id = {ONE_NURSE}, resource = {ONE_NURSE} "
    "WHERE staff_id IS NOT NULL"
)
ALL_OF_ONE_PATIENT = (
    f"UPDATE visits_hold SET {AT_ONCE}, patient_id = {ONE_PATIENT}, resource = {ONE_PATIENT} "
    "WHERE patient_id IS NOT NULL"
)
NOBODY_CAME = "UPDATE visits_appointment SET status = 'no_show'"

BREAKS = {
    "two active holds of one resource and lane overlap": ALL_OF_ONE_NURSE,
    "a patient is in two places": ALL_OF_ONE_PATIENT,
    "a visit that is on does not hold its patient, a room and somebody": "UPDATE visits_hold "
    "SET during = tstzrange(lower(during), upper(during) - interval '5 min')",
    "a visit that is off holds something": NOBODY_CAME,
    "a visit that is off is still spoken of": NOBODY_CAME,
    "a reminder names another hour than the visit’s": "UPDATE reminders_message SET due_at = due_at + interval '1 h'",
    "a reminder that is still ahead is missing, or there twice": "UPDATE reminders_message SET state = 'void'",
    "the numbers of a series are not 1, 2, 3 … in the order of its visits": "UPDATE infusions_infusion "
    "SET number = 5 WHERE number = 2",
    "an infusion counts that is off, or does not that is on": NOBODY_CAME,
    "a nurse has more infusions at a minute than the site allows": ALL_OF_ONE_NURSE,
}

UPROOTS = {
    "no hours": "DELETE FROM clinic_openinghours",
    "shorter hours": "UPDATE clinic_openinghours SET closes = '10:30'",
    "no shifts": "DELETE FROM clinic_shift",
    "shifts that ended": "UPDATE clinic_shift SET valid_until = '2027-01-31'",
    "people away": "INSERT INTO clinic_shiftexception (id, user_id, site_id, day, reason) SELECT gen_random_uuid(), "
    "user_id, site_id, '2027-02-02', 'Ill' FROM clinic_shift WHERE weekday = 1",
    "a closure": "INSERT INTO clinic_closure (id, site_id, first_day, last_day, reason) SELECT gen_random_uuid(), id, "
    "'2027-02-02', '2027-02-02', 'Flooded' FROM clinic_site",
    "a closed room": "INSERT INTO clinic_closure (id, site_id, room_id, first_day, last_day, reason) "
    "SELECT gen_random_uuid(), site_id, id, '2027-02-02', '2027-02-02', 'Flooded' FROM clinic_room",
}


@pytest.fixture
def house():
    made = House()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE visits_hold DROP CONSTRAINT hold_never_twice")
    invariants.prepare()
    with clock.at(made.opens):
        yield made


def test_a_week_as_it_was_booked_breaks_no_rule(house):
    assert invariants.broken(house.opens, house.lanes) == []
    assert invariants.lost_places() == set()


@pytest.mark.parametrize("rule", invariants.RULES)
def test_a_broken_rule_is_found(house, rule):
    with connection.cursor() as cursor:
        cursor.execute(BREAKS[rule])
    assert rule in {name for name, _ in invariants.broken(house.opens, house.lanes)}


@pytest.mark.parametrize("cause", UPROOTS)
def test_a_visit_without_its_place_is_found(house, cause):
    with connection.cursor() as cursor:
        cursor.execute(UPROOTS[cause])
    assert invariants.lost_places() != set()
