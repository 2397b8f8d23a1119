"""What a calendar stands on is read in one statement, and is what the records say."""

from datetime import date, time, timedelta

from clinic import settings_versions
from clinic.models import Closure, Membership, Room, ShiftException, User
from clinic.policy import Role
from tests import build
from visits import premises
from visits.calendar import Calendar

DAY = date(2027, 2, 2)


def test_the_settings_are_the_newest_version(site, provider, clinic_admin):
    assert premises.read(site, DAY, DAY).settings.version == 0
    for minutes in (50, 55):
        settings_versions.new_version(
            site_id=site.pk, changes={"infusion_minutes": minutes}, note="Slower", by=clinic_admin
        )
    read, known = premises.read(site, DAY, DAY).settings, settings_versions.current(site)
    assert (read.pk, read.version, read.site_id) == (known.pk, 2, site.pk)
    assert {name: getattr(read, name) for name in settings_versions.FIELDS} == {
        name: getattr(known, name) for name in settings_versions.FIELDS
    }
    assert {name: type(getattr(read, name)) for name in settings_versions.FIELDS} == {
        name: type(getattr(known, name)) for name in settings_versions.FIELDS
    }


def test_rooms_and_people_are_those_in_use(site, nurse, provider, django_assert_num_queries):
    Room.objects.create(site=site, name="Old room", kind=Room.Kind.INFUSION, is_active=False)
    User.objects.filter(pk=build.user(Role.NURSE, at=site).pk).update(is_active=False)
    build.user(Role.FRONT_DESK, at=site)
    Membership.objects.create(user=provider, site=site, role=Role.NURSE)
    rooms = list(Room.objects.filter(site=site, is_active=True).values_list("pk", "name", "kind"))
    with django_assert_num_queries(1):
        read = premises.read(site, DAY, DAY)
        assert [(room.pk, room.name, room.kind) for room in read.rooms] == rooms
        assert [user.full_name for user in read.people[Role.NURSE]] == [nurse.full_name, provider.full_name]
        assert [user.signs_as for user in read.people[Role.PROVIDER]] == [provider.signs_as]
        assert read.people[Role.THERAPIST] == []


def test_what_is_taken_apart_once_is_never_old_nor_shared(site, nurse):
    first, second = premises.read(site, DAY, DAY), premises.read(site, DAY, DAY + timedelta(days=1))
    (one,), (other,) = first.people[Role.NURSE], second.people[Role.NURSE]
    assert one == other == nurse
    assert one.roles_held  # looked up for whoever asked, and gone with them
    assert "roles_held" not in other.__dict__ | premises.read(site, DAY, DAY).people[Role.NURSE][0].__dict__
    first.rooms[0].name = "Written over"
    assert first.rooms[0].site == site
    assert not second.rooms[0]._state.fields_cache
    User.objects.filter(pk=nurse.pk).update(full_name="Rosa Married")
    Room.objects.create(site=site, name="A new room", kind=Room.Kind.INFUSION)
    third = premises.read(site, DAY, DAY)
    assert [person.full_name for person in third.people[Role.NURSE]] == ["Rosa Married"]
    assert [room.name for room in third.rooms] == ["A new room", *(room.name for room in second.rooms)]


def test_two_weeks_ahead_are_known_without_a_second_look(site, nurse, django_assert_num_queries):
    later = DAY + timedelta(days=7)
    Closure.objects.create(site=site, first_day=later, last_day=later, reason="Holiday")
    ShiftException.objects.create(user=nurse, site=site, day=later + timedelta(days=1), starts=time(9), ends=time(10))
    calendar = Calendar.place(site, DAY, DAY)
    assert calendar.closures == []
    with django_assert_num_queries(0):
        ahead = calendar.over(DAY, DAY + premises.AHEAD)
        assert ahead.closed_because(later) == "Holiday"
        assert ahead.open & ahead.day_block(later) == 0
        assert (ahead.at_work[nurse.pk] & ahead.day_block(later + timedelta(days=1))).bit_count() == 12
        assert (ahead.at_work[nurse.pk] & ahead.day_block(DAY)).bit_count() == 120
    with django_assert_num_queries(1):
        calendar.over(DAY, DAY + premises.AHEAD + timedelta(days=1))
