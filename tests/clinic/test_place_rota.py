"""Shifts and the days on which they do not hold."""

from datetime import date, time

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Shift, ShiftException
from clinic.place import people, rota
from clinic.policy import Role
from tests import build


@pytest.fixture(autouse=True)
def on_monday(site):
    with clock.at(build.moment(site, "2027-02-01", "10:00")):
        yield


@pytest.fixture
def newcomer(site):
    return build.user(Role.NURSE, at=site, name="Jo Reyes", shift=False)


def add(person, site, by, *weekdays, starts=time(8), ends=time(16), **more):
    more.setdefault("valid_from", date(2027, 2, 1))
    return rota.add_shifts(
        user_id=person.pk, site_id=site.pk, weekdays=weekdays, starts=starts, ends=ends, by=by, **more
    )


def test_a_pattern_is_added_for_several_days(site, newcomer, clinic_admin):
    assert [shift.weekday for shift in add(newcomer, site, clinic_admin, 4, 0)] == [0, 4]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"starts": time(16), "ends": time(8)}, "ends"),
        ({"valid_until": date(2027, 1, 1)}, "valid_until"),
    ],
)
def test_a_shift_that_ends_before_it_starts_is_refused(site, newcomer, clinic_admin, fields, wrong):
    with pytest.raises(Invalid) as refused:
        add(newcomer, site, clinic_admin, 0, **fields)
    assert list(refused.value.fields) == [wrong]


def test_two_shifts_of_one_person_never_overlap(site, newcomer, clinic_admin):
    add(newcomer, site, clinic_admin, 0, valid_until=date(2027, 3, 1))
    with pytest.raises(Invalid, match="is a shift already"):
        add(newcomer, site, clinic_admin, 1, 0, starts=time(15), ends=time(18))
    assert Shift.objects.filter(user=newcomer).count() == 1
    add(newcomer, site, clinic_admin, 0, starts=time(16), ends=time(18))
    add(newcomer, site, clinic_admin, 0, valid_from=date(2027, 3, 2))


def test_a_shift_is_moved_but_not_onto_another(site, newcomer, clinic_admin):
    early, late = (
        add(newcomer, site, clinic_admin, 0, starts=time(a), ends=time(b))[0] for a, b in ((8, 12), (13, 17))
    )
    moved = {"valid_from": early.valid_from, "by": clinic_admin}
    rota.edit_shift(shift_id=early.pk, starts=time(9), ends=time(13), **moved)
    with pytest.raises(Invalid):
        rota.edit_shift(shift_id=early.pk, starts=time(9), ends=time(14), **moved)
    assert Shift.objects.get(pk=late.pk).starts == time(13)


def test_a_shift_ends_yesterday_and_one_to_come_goes_away(site, nurse, clinic_admin):
    old = nurse.shifts.get(weekday=0)
    rota.end_shift(shift_id=old.pk, by=clinic_admin)
    old.refresh_from_db()
    assert old.valid_until == date(2027, 1, 31)
    with pytest.raises(Refused, match="ended already"):
        rota.end_shift(shift_id=old.pk, by=clinic_admin)
    (coming,) = add(nurse, site, clinic_admin, 0, valid_from=date(2027, 3, 1))
    rota.end_shift(shift_id=coming.pk, by=clinic_admin)
    assert not Shift.objects.filter(pk=coming.pk).exists()


def test_only_people_of_the_site_who_are_active_get_shifts(site, stranger, nurse, clinic_admin):
    with pytest.raises(NotFound):
        add(stranger, site, clinic_admin, 0)
    people.deactivate(user_id=nurse.pk, by=clinic_admin)
    with pytest.raises(Refused, match="deactivated"):
        add(nurse, site, clinic_admin, 5)


def test_the_front_desk_changes_no_shift(site, nurse, front_desk):
    with pytest.raises(NotPermitted):
        add(nurse, site, front_desk, 5)
    with pytest.raises(NotPermitted):
        rota.end_shift(shift_id=nurse.shifts.first().pk, by=front_desk)


def away(person, site, by, first, last=None, **more):
    days = {"first_day": date.fromisoformat(first), "last_day": date.fromisoformat(last) if last else None}
    return rota.add_exception(user_id=person.pk, site_id=site.pk, by=by, **days, **more)


def test_a_holiday_is_one_exception_a_day(site, nurse, clinic_admin):
    assert len(away(nurse, site, clinic_admin, "2027-02-08", "2027-02-12", reason="Holiday")) == 5
    with pytest.raises(Invalid, match="8 Feb 2027 has an exception"):
        away(nurse, site, clinic_admin, "2027-02-06", "2027-02-08")
    assert ShiftException.objects.count() == 5


@pytest.mark.parametrize(
    ("first", "last", "more", "field"),
    [
        ("2027-01-31", None, {}, "first_day"),
        ("2027-02-05", "2027-02-04", {}, "last_day"),
        ("2027-02-05", "2028-02-04", {}, "last_day"),
        ("2027-02-05", None, {"starts": time(9)}, "ends"),
        ("2027-02-05", None, {"starts": time(9), "ends": time(9)}, "ends"),
    ],
)
def test_an_exception_with_a_bad_field_is_refused_by_name(site, nurse, clinic_admin, first, last, more, field):
    with pytest.raises(Invalid) as refused:
        away(nurse, site, clinic_admin, first, last, **more)
    assert list(refused.value.fields) == [field]


def test_an_exception_is_taken_back_until_its_day_is_past(site, nurse, clinic_admin):
    first, second = away(nurse, site, clinic_admin, "2027-02-08", "2027-02-09", starts=time(10), ends=time(12))
    rota.remove_exception(exception_id=first.pk, by=clinic_admin)
    with clock.at(build.moment(site, "2027-02-10")), pytest.raises(Refused, match="past"):
        rota.remove_exception(exception_id=second.pk, by=clinic_admin)
