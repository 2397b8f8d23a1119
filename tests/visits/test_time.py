"""Calendars where time is not plain: both changes of the clock, a change of half an hour, midnight, a leap day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic import clock
from clinic.errors import Refused
from clinic.models import OpeningHours, Shift, Site
from clinic.policy import Role
from reminders.models import Message
from tests import build
from visits import board, booking, clashes
from visits.calendar import Calendar
from visits.places import Wanted
from visits.planner import propose
from visits.ruler import block, runs
from visits.rules import Gaps, gap_breaches, wall_clock_before
from visits.slots import next_free

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_january():
    """These tests stand at their own moments."""


@pytest.fixture
def around_the_clock():
    """A site that is open every day from midnight on, with a nurse who is there as long."""

    def made(zone, closes=time(23, 59)):
        site = build.site("Night", zone)
        site.opening_hours.all().delete()
        nurse = build.user(Role.NURSE, at=site, shift=False)
        for weekday in range(7):
            OpeningHours.objects.create(site=site, weekday=weekday, opens=time(), closes=closes)
            Shift.objects.create(
                user=nurse, site=site, weekday=weekday, starts=time(), ends=closes, valid_from=date(2020, 1, 1)
            )
        return site, build.user(Role.FRONT_DESK, at=site)

    return made


def hours(site: Site, on: date) -> list[str]:
    return [f"{slot.starts_at:%H:%M}" for slot in next_free(site=site, kind="infusion", first=on, days=1)]


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("America/Los_Angeles", date(2027, 3, 14), 23 * 12),
        ("America/Los_Angeles", date(2027, 11, 7), 25 * 12),
        ("Australia/Lord_Howe", date(2027, 4, 4), 24 * 12 + 6),
        ("Australia/Lord_Howe", date(2027, 10, 3), 24 * 12 - 6),
        ("America/Los_Angeles", date(2028, 2, 29), 24 * 12),
    ],
)
def test_a_day_has_as_many_cells_as_its_clock_shows(zone, day, length):
    site = build.site(zone=zone)
    calendar = Calendar.load(site, day, day)
    assert calendar.size == length
    assert calendar.day_block(day) == (1 << length) - 1


@pytest.mark.parametrize("day", ["2027-03-12", "2027-03-15", "2027-11-05", "2027-11-08"])
def test_the_same_hour_before_and_after_a_change(day):
    site = build.site()
    build.user(Role.NURSE, at=site)
    with clock.at(build.moment(site, "2027-02-01")):
        shown = hours(site, date.fromisoformat(day))
    assert (shown[0], shown[-1]) == ("08:00", "16:00")


def test_an_hour_that_the_clock_skips_is_not_offered(around_the_clock):
    site, _ = around_the_clock("America/Los_Angeles")
    with clock.at(build.moment(site, "2027-03-01")):
        shown = hours(site, date(2027, 3, 14))
    assert "01:45" in shown
    assert "02:00" not in shown
    assert "03:00" in shown


def test_a_visit_across_the_change_holds_its_real_minutes(around_the_clock):
    site, desk = around_the_clock("America/Los_Angeles")
    with clock.at(build.moment(site, "2027-03-01")):
        booked = booking.book(
            patient=build.patient(site),
            site=site,
            kind="infusion",
            starts_at=build.moment(site, "2027-03-14", "01:00"),
            by=desk,
        )
    assert booked.ends_at - booked.starts_at == timedelta(hours=2)
    assert f"{site.local(booked.ends_at):%H:%M}" == "04:00"


def test_the_hour_that_comes_twice_can_be_booked_twice(around_the_clock):
    site, desk = around_the_clock("America/Los_Angeles")
    room = site.rooms.get(name="Room 1")
    zone = ZoneInfo("America/Los_Angeles")
    first = datetime(2027, 11, 7, 0, 0, tzinfo=zone)
    second = first.astimezone(ZoneInfo("UTC")) + timedelta(hours=2)
    with clock.at(build.moment(site, "2027-11-01")):
        for start in (first, second):
            booking.book(patient=build.patient(site), site=site, kind="infusion", starts_at=start, by=desk, room=room)
    shown = board.day(site, date(2027, 11, 7)).visits
    assert [f"{site.local(visit.appointment.starts_at):%H:%M}" for visit in shown] == ["00:00", "01:00"]
    assert [visit.row for visit in shown] == [1, 25]


def test_a_change_of_half_an_hour_keeps_hours_and_reminders():
    site = build.site(zone="Australia/Lord_Howe")
    build.user(Role.NURSE, at=site)
    desk = build.user(Role.FRONT_DESK, at=site)
    with clock.at(build.moment(site, "2027-03-20")):
        booking.book(
            patient=build.patient(site),
            site=site,
            kind="infusion",
            starts_at=build.moment(site, "2027-04-05"),
            by=desk,
        )
    due = [f"{site.local(message.due_at):%m-%d %H:%M}" for message in Message.objects.all()]
    assert due == ["04-02 09:00", "04-04 09:00"]


def test_no_visit_runs_over_midnight(around_the_clock):
    site, desk = around_the_clock("America/Chicago")
    with clock.at(build.moment(site, "2027-02-01")):
        shown = hours(site, date(2027, 2, 2))
        assert (shown[0], shown[-1]) == ("00:00", "21:45")
        with pytest.raises(Refused, match="would last from 22:00 to 00:00"):
            booking.book(
                patient=build.patient(site),
                site=site,
                kind="infusion",
                starts_at=build.moment(site, "2027-02-02", "22:00"),
                by=desk,
            )


def test_a_visit_belongs_to_the_day_of_its_site_not_of_greenwich(around_the_clock):
    site, desk = around_the_clock("America/Los_Angeles")
    with clock.at(build.moment(site, "2027-02-01")):
        booking.book(
            patient=build.patient(site),
            site=site,
            kind="infusion",
            starts_at=build.moment(site, "2027-02-02", "20:00"),
            by=desk,
        )
    assert len(board.day(site, date(2027, 2, 2)).visits) == 1
    assert board.day(site, date(2027, 2, 3)).visits == []


def test_the_leap_day_can_be_booked():
    site = build.site()
    build.user(Role.NURSE, at=site)
    desk = build.user(Role.FRONT_DESK, at=site)
    with clock.at(build.moment(site, "2028-02-20")):
        booked = booking.book(
            patient=build.patient(site),
            site=site,
            kind="infusion",
            starts_at=build.moment(site, "2028-02-29"),
            by=desk,
        )
    assert site.local(booked.starts_at).date() == date(2028, 2, 29)


def test_a_nurse_of_two_sites_in_two_zones_is_in_one_place():
    here, there = build.site(), build.site("Lakeside", "America/Chicago")
    nurse, desk = build.user(Role.NURSE, at=here), build.user(Role.FRONT_DESK, at=here)
    for role, user in ((Role.NURSE, nurse), (Role.FRONT_DESK, desk)):
        user.memberships.create(site=there, role=role)
    Shift.objects.bulk_create(
        Shift(user=nurse, site=there, weekday=day, starts=time(8), ends=time(18), valid_from=date(2020, 1, 1))
        for day in range(5)
    )
    with clock.at(build.moment(here, "2027-02-01")):
        start = build.moment(here, "2027-02-02", "09:00")
        booking.book(patient=build.patient(here), site=here, kind="infusion", starts_at=start, by=desk)
        with pytest.raises(clashes.SlotTaken, match="is at an IV start from 11:00 to 11:25"):
            booking.book(patient=build.patient(there), site=there, kind="infusion", starts_at=start, by=desk)


@pytest.mark.parametrize(("free", "length", "starts"), [(0b111011, 2, 0b011001), (0b1111, 4, 1), (0b1111, 5, 0)])
def test_runs_are_the_starts_of_enough_free_cells(free, length, starts):
    assert runs(free, length) == starts


def test_a_block_that_ends_before_it_starts_is_empty():
    assert block(5, 3) == 0


# Reminders keep the hour of the wall


@pytest.mark.parametrize(
    ("zone", "start", "hours", "due"),
    [
        ("America/Los_Angeles", "2027-03-15T09:00", 24, "2027-03-14T16:00"),  # on summer time already
        ("America/Los_Angeles", "2027-03-15T09:00", 72, "2027-03-12T17:00"),  # on winter time still
        ("America/Los_Angeles", "2027-11-08T09:00", 72, "2027-11-05T16:00"),
        ("America/Los_Angeles", "2027-03-15T02:30", 24, "2027-03-14T10:30"),  # an hour that is skipped: the one after
        ("America/Los_Angeles", "2027-11-08T01:30", 24, "2027-11-07T08:30"),  # an hour that comes twice: the first
        ("Australia/Lord_Howe", "2027-04-05T09:00", 72, "2027-04-01T22:00"),
        ("Australia/Lord_Howe", "2027-04-05T09:00", 24, "2027-04-03T22:30"),
        ("Australia/Lord_Howe", "2027-10-04T09:00", 72, "2027-09-30T22:30"),
        ("America/Chicago", "2028-03-01T09:00", 24, "2028-02-29T15:00"),
        ("America/Chicago", "2028-03-01T00:15", 48, "2028-02-28T06:15"),
    ],
)
def test_a_reminder_is_due_at_the_same_hour_of_the_wall(zone, start, hours, due):
    starts_at = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
    assert wall_clock_before(starts_at, hours, ZoneInfo(zone)) == datetime.fromisoformat(due).replace(tzinfo=UTC)


# Series


@pytest.mark.parametrize(
    ("zone", "first", "inside"),
    [
        ("America/Los_Angeles", date(2027, 3, 2), date(2027, 3, 14)),
        ("America/Los_Angeles", date(2027, 10, 26), date(2027, 11, 7)),
        ("Australia/Lord_Howe", date(2027, 3, 23), date(2027, 4, 4)),
        ("Australia/Lord_Howe", date(2027, 9, 21), date(2027, 10, 3)),
        ("America/Chicago", date(2028, 2, 15), date(2028, 2, 29)),
    ],
    ids=["spring", "autumn", "half an hour back", "half an hour on", "leap day"],
)
def test_a_series_keeps_its_hour_whatever_the_calendar_does(zone, first, inside):
    site = build.site(zone=zone)
    for role in (Role.NURSE, Role.THERAPIST):
        build.user(role, at=site)
    desk, patient = build.user(Role.FRONT_DESK, at=site), build.patient(site)
    with clock.at(site.moment(first, time(9)) - timedelta(days=14)):
        best = propose(patient=patient, site=site, count=6, weekdays=(1, 4), not_before=first, at=time(9), by=desk)[0]
        days = [site.local(slot.starts_at).date() for slot in best.infusions]
        assert days[0] < inside <= days[-1]
        assert {site.local(slot.starts_at).time() for slot in best.infusions} == {time(9)}
        assert {day.weekday() for day in days} == {1, 4}
        assert not gap_breaches([slot.starts_at for slot in best.infusions], Gaps())
        wanted = [Wanted(slot.kind, slot.starts_at, slot.room, slot.staff) for slot in best.infusions]
        visits = booking.book_all(patient=patient, site=site, wanted=wanted, by=desk)
    assert {visit.ends_at - visit.starts_at for visit in visits} == {timedelta(hours=2)}
    due = [site.local(message.due_at) for message in Message.objects.filter(kind__startswith="appointment")]
    assert len(due) == 12
    assert {moment.time() for moment in due} == {time(9)}


# The board


@pytest.mark.parametrize(
    ("zone", "day", "row"),
    [
        ("America/Los_Angeles", "2027-03-14", 12 * 8 + 1),
        ("America/Los_Angeles", "2027-11-07", 12 * 10 + 1),
        ("Australia/Lord_Howe", "2027-04-04", 12 * 9 + 6 + 1),
        ("Australia/Lord_Howe", "2027-10-03", 12 * 9 - 6 + 1),
        ("America/Chicago", "2028-02-29", 12 * 9 + 1),
    ],
)
def test_nine_in_the_morning_stands_as_many_rows_down_as_time_has_passed(around_the_clock, zone, day, row):
    site, desk = around_the_clock(zone)
    start = build.moment(site, day)
    with clock.at(start - timedelta(days=7)):
        booking.book(patient=build.patient(site), site=site, kind="infusion", starts_at=start, by=desk)
        shown = board.day(site, date.fromisoformat(day))
    assert f"{site.local(shown.opens_at):%H:%M}" == "00:00"
    assert [(visit.row, visit.rows) for visit in shown.visits] == [(row, 24)]


def test_two_sites_in_two_zones_each_show_their_own_hours():
    here, there = build.site(), build.site("Lakeside", "America/Chicago")
    desk = build.user(Role.FRONT_DESK, at=here)
    desk.memberships.create(site=there, role=Role.FRONT_DESK)
    for site in (here, there):
        build.user(Role.NURSE, at=site)
    with clock.at(build.moment(here, "2027-03-08")):
        for site in (here, there):
            start = build.moment(site, "2027-03-15")
            booking.book(patient=build.patient(site), site=site, kind="infusion", starts_at=start, by=desk)
        boards = [board.day(site, date(2027, 3, 15)) for site in (here, there)]
    assert [visit.row for shown in boards for visit in shown.visits] == [13, 13]
    first, second = (shown.visits[0].appointment.starts_at for shown in boards)
    assert first - second == timedelta(hours=2)
    for site in (here, there):
        due = [site.local(message.due_at) for message in Message.objects.filter(site=site)]
        assert [f"{moment:%m-%d %H:%M}" for moment in due] == ["03-12 09:00", "03-14 09:00"]


def test_an_evening_here_is_the_next_day_there(around_the_clock):
    """22:00 in Los Angeles is midnight in Chicago: each site's day has its own bounds."""
    here, desk = around_the_clock("America/Los_Angeles")
    there = build.site("Lakeside", "America/Chicago")
    with clock.at(build.moment(here, "2027-02-01")):
        late = build.moment(here, "2027-02-02", "21:30")
        booking.book(patient=build.patient(here), site=here, kind="infusion", starts_at=late, by=desk)
    assert f"{there.local(late):%m-%d %H:%M}" == "02-02 23:30"
    assert len(board.day(here, date(2027, 2, 2)).visits) == 1
    assert here.day_bounds(date(2027, 2, 2))[1] - there.day_bounds(date(2027, 2, 2))[1] == timedelta(hours=2)
