"""Sites, rooms, hours and closures: what the clinic admin may change, and what would break."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.ids import uuid7
from clinic.models import Closure, Membership, OpeningHours, Room
from clinic.place import directory
from clinic.policy import Role
from tests import build
from visits import booking, changes
from visits.models import Appointment

MONDAY = "2027-02-01"


@pytest.fixture(autouse=True)
def on_monday(site):
    with clock.at(build.moment(site, MONDAY, "10:00")):
        yield


@pytest.fixture
def visit(site, patient, provider, front_desk):
    """An evaluation on Wednesday, in the consultation room, with the provider."""
    starts = build.moment(site, "2027-02-03", "10:00")
    return booking.book(patient=patient, site=site, kind="evaluation", starts_at=starts, by=front_desk)


def test_a_site_is_opened_and_its_opener_is_its_first_admin(clinic_admin):
    made = directory.add_site(
        code="harbor", name="Harbor", time_zone="America/Denver", phone="(555) 013-7740", by=clinic_admin
    )
    assert made.zone == ZoneInfo("America/Denver")
    assert made.phone == "+15550137740"
    assert Membership.objects.get(site=made).user == clinic_admin


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"code": "Pine Street!"}, "code"),
        ({"code": "pine-street"}, "code"),
        ({"name": " "}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_a_site_with_a_bad_field_is_refused_by_name(clinic_admin, fields, wrong):
    good = {"code": "harbor", "name": "Harbor", "time_zone": "America/Denver"}
    with pytest.raises(Invalid) as refused:
        directory.add_site(**(good | fields), by=clinic_admin)
    assert list(refused.value.fields) == [wrong]


def test_a_nurse_opens_no_site(nurse):
    with pytest.raises(NotPermitted):
        directory.add_site(code="harbor", name="Harbor", time_zone="America/Denver", by=nurse)


def test_the_time_zone_changes_while_nothing_is_booked(site, clinic_admin):
    directory.edit_site(site_id=site.pk, name="Pine", time_zone="America/Denver", by=clinic_admin)
    site.refresh_from_db()
    assert (site.name, site.time_zone) == ("Pine", "America/Denver")


def test_the_time_zone_stays_while_visits_are_to_come(site, clinic_admin, visit):
    with pytest.raises(Refused, match="1 coming visit needs Pine Street; it is on Wed 3 Feb 2027"):
        directory.edit_site(site_id=site.pk, name="Pine", time_zone="America/Denver", by=clinic_admin)
    directory.edit_site(site_id=site.pk, name="Pine", by=clinic_admin)


def test_an_admin_of_another_site_changes_nothing_here(site, stranger):
    with pytest.raises(NotPermitted):
        directory.edit_site(site_id=site.pk, name="Mine", by=stranger)
    with pytest.raises(NotPermitted):
        directory.add_room(site_id=site.pk, name="Mine", kind="therapy", by=stranger)


def test_what_does_not_exist_is_not_found(clinic_admin):
    with pytest.raises(NotFound):
        directory.close_room(room_id=uuid7(), by=clinic_admin)


def test_a_room_is_added_once_whatever_the_case(site, clinic_admin):
    directory.add_room(site_id=site.pk, name="Harbor", kind="infusion", nickname="by the window", by=clinic_admin)
    with pytest.raises(Invalid, match="a room called HARBOR"):
        directory.add_room(site_id=site.pk, name="HARBOR", kind="therapy", by=clinic_admin)


def test_a_room_with_a_coming_visit_stays_open_and_of_its_kind(site, clinic_admin, visit):
    room = visit.holds.get(room__isnull=False).room
    with pytest.raises(Refused, match=f"needs {room.name}"):
        directory.close_room(room_id=room.pk, by=clinic_admin)
    with pytest.raises(Refused):
        directory.edit_room(room_id=room.pk, name=room.name, kind="infusion", by=clinic_admin)
    assert Room.objects.get(pk=room.pk).is_active


def test_a_room_closes_once_its_visit_is_over_or_cancelled(site, clinic_admin, front_desk, visit):
    room = visit.holds.get(room__isnull=False).room
    changes.cancel(appointment_id=visit.pk, party="patient", reason="Has a cold", by=front_desk)
    assert not directory.close_room(room_id=room.pk, by=clinic_admin).is_active
    assert directory.reopen_room(room_id=room.pk, by=clinic_admin).is_active
    assert Appointment.objects.get().status == "cancelled"


def test_hours_are_added_for_several_days_at_once(site, clinic_admin):
    directory.add_hours(site_id=site.pk, weekdays=[5, 6], opens=time(9), closes=time(13), by=clinic_admin)
    assert OpeningHours.objects.filter(site=site, weekday__gte=5).count() == 2


@pytest.mark.parametrize(
    ("opens", "closes", "field"),
    [(time(12), time(12), "closes"), (time(13), time(9), "closes"), (time(17), time(19), "opens")],
)
def test_hours_that_end_before_they_start_or_overlap_are_refused(site, clinic_admin, opens, closes, field):
    with pytest.raises(Invalid) as refused:
        directory.add_hours(site_id=site.pk, weekdays=[5, 0], opens=opens, closes=closes, by=clinic_admin)
    assert list(refused.value.fields) == [field]
    assert OpeningHours.objects.filter(site=site).count() == 5


def test_hours_that_touch_others_are_fine_and_can_be_moved_and_removed(site, clinic_admin):
    made = directory.add_hours(site_id=site.pk, weekdays=[0], opens=time(18), closes=time(20), by=clinic_admin)[0]
    directory.edit_hours(hours_id=made.pk, opens=time(18, 30), closes=time(20), by=clinic_admin)
    with pytest.raises(Invalid):
        directory.edit_hours(hours_id=made.pk, opens=time(17, 30), closes=time(20), by=clinic_admin)
    directory.remove_hours(hours_id=made.pk, by=clinic_admin)
    assert not OpeningHours.objects.filter(pk=made.pk).exists()


def close(site, by, first, last, **more):
    days = {"first_day": date.fromisoformat(first), "last_day": date.fromisoformat(last)}
    return directory.add_closure(site_id=site.pk, by=by, reason=more.pop("reason", "Repairs"), **days, **more)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2027-01-31", "2027-02-02", "first_day"),
        ("2027-02-05", "2027-02-04", "last_day"),
    ],
)
def test_a_closure_of_past_days_or_backwards_is_refused(site, clinic_admin, first, last, field):
    with pytest.raises(Invalid) as refused:
        close(site, clinic_admin, first, last)
    assert list(refused.value.fields) == [field]


def test_a_closure_needs_a_reason_and_new_days(site, clinic_admin):
    with pytest.raises(Invalid) as refused:
        close(site, clinic_admin, "2027-02-04", "2027-02-04", reason=" ")
    assert list(refused.value.fields) == ["reason"]
    close(site, clinic_admin, "2027-02-04", "2027-02-05")
    with pytest.raises(Invalid, match="Repairs"):
        close(site, clinic_admin, "2027-02-05", "2027-02-08")


def test_one_room_closes_while_the_site_is_open(site, other_site, clinic_admin):
    room = site.rooms.first()
    assert close(site, clinic_admin, "2027-02-04", "2027-02-04", room_id=room.pk).room == room
    with pytest.raises(Invalid, match="not at this site"):
        close(site, clinic_admin, "2027-02-04", "2027-02-04", room_id=other_site.rooms.first().pk)


def test_a_closure_that_has_begun_is_shortened_and_never_removed(site, clinic_admin):
    made = close(site, clinic_admin, "2027-02-01", "2027-02-10")
    with clock.at(build.moment(site, "2027-02-03", "09:00")):
        with pytest.raises(Refused, match="has begun"):
            directory.remove_closure(closure_id=made.pk, by=clinic_admin)
        with pytest.raises(Invalid):
            directory.edit_closure(
                closure_id=made.pk,
                first_day=date(2027, 2, 3),
                last_day=date(2027, 2, 5),
                reason="Repairs",
                by=clinic_admin,
            )
        edited = directory.edit_closure(
            closure_id=made.pk, first_day=made.first_day, last_day=date(2027, 2, 3), reason="Repairs", by=clinic_admin
        )
    assert edited.last_day == date(2027, 2, 3)
    with clock.at(build.moment(site, MONDAY) + timedelta(days=20)), pytest.raises(Refused, match="over"):
        directory.edit_closure(
            closure_id=made.pk, first_day=made.first_day, last_day=date(2027, 3, 3), reason="x", by=clinic_admin
        )


def test_a_closure_to_come_can_be_taken_back(site, clinic_admin):
    made = close(site, clinic_admin, "2027-02-04", "2027-02-04")
    directory.remove_closure(closure_id=made.pk, by=clinic_admin)
    assert not Closure.objects.exists()


def test_who_is_admin_here_and_nurse_there_manages_here_alone(site, other_site, clinic_admin):
    Membership.objects.create(user=clinic_admin, site=other_site, role=Role.NURSE)
    assert directory.managed(clinic_admin) == [site]
    with pytest.raises(NotPermitted):
        directory.add_room(site_id=other_site.pk, name="Mine", kind="therapy", by=clinic_admin)
