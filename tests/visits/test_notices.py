"""The words of a reminder's day and hour, and its moment."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinic import clock, settings_versions
from clinic.models import ProtocolSettings
from reminders.moments import day_words, short_day
from reminders.rules import end_of_quiet, is_quiet
from tests import build
from visits import booking, notices
from visits.models import Appointment

TUESDAY = datetime(2027, 2, 2, 9)


@pytest.mark.parametrize(("language", "words"), [("en", "Tuesday, February 2"), ("es", "martes 2 de febrero")])
def test_the_day_is_said_in_the_language_of_the_patient(language, words):
    assert day_words(TUESDAY, language) == words


@pytest.mark.django_db
def test_a_reminder_says_site_day_and_hour_and_nothing_clinical(site, front_desk, nurse):
    patient = build.patient(site, language="es")
    booking.book(patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"), by=front_desk)
    values = patient.messages.first().values
    assert (values["day"], values["time"], values["site"]) == ("martes 2 de febrero", "9:00 AM", "Pine Street")
    assert "nfusion" not in str(values)


@pytest.mark.parametrize(("language", "words"), [("en", "Tue Feb 2"), ("es", "mar 2 feb")])
def test_a_text_says_the_day_in_short(language, words):
    assert short_day(TUESDAY, language) == words


# The three reminders, over the change of the clock

HOURS = {"reminder_first_hours": 72, "reminder_second_hours": 24, "reminder_last_hours": 2}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("America/Los_Angeles", "2027-03-15", ("03-12 17:00", "03-14 16:00", "03-15 15:00")),  # clocks go on, 14 March
        ("America/Los_Angeles", "2027-03-14", ("03-11 17:00", "03-13 17:00", "03-14 15:00")),  # 07:00 is quiet
        ("America/Los_Angeles", "2027-11-08", ("11-05 16:00", "11-07 17:00", "11-08 16:00")),  # and back, 7 November
        ("America/St_Johns", "2027-03-15", ("03-12 12:30", "03-14 11:30", "03-15 10:30")),
        ("America/St_Johns", "2027-11-08", ("11-05 11:30", "11-07 12:30", "11-08 11:30")),
        ("Australia/Lord_Howe", "2027-04-05", ("04-01 22:00", "04-03 22:30", "04-04 21:30")),  # half an hour back
        ("Australia/Lord_Howe", "2027-10-04", ("09-30 22:30", "10-02 22:00", "10-03 21:00")),  # and half an hour on
    ],
)
def test_reminders_keep_the_hour_of_the_wall_and_the_last_one_the_quiet(zone, day, due):
    site = build.site(zone=zone)
    visit = Appointment(site=site, starts_at=build.moment(site, day, "09:00"))
    moments = notices.moments(visit, ProtocolSettings(**HOURS))
    assert tuple(f"{moment.astimezone(UTC):%m-%d %H:%M}" for moment in moments.values()) == due
    assert [site.local(moment).time() for moment in moments.values()] == [time(9), time(9), time(8)]


@pytest.mark.django_db
@pytest.mark.parametrize(("starts", "planned"), [("08:25", False), ("08:30", True), ("13:00", True)])
def test_a_last_reminder_that_would_come_too_late_is_not_planned(site, starts, planned):
    visit = Appointment(site=site, starts_at=build.moment(site, "2027-02-02", starts))
    assert ("appointment_2h" in notices.moments(visit, ProtocolSettings(**HOURS))) is planned


@pytest.mark.django_db
def test_a_last_reminder_is_planned_where_the_site_wants_it(site, patient, front_desk, nurse, clinic_admin):
    settings_versions.new_version(site_id=site.pk, changes={"reminder_last_hours": 2}, note="Asked", by=clinic_admin)
    start = build.moment(site, "2027-02-02", "13:00")
    visit = booking.book(patient=patient, site=site, kind="infusion", starts_at=start, by=front_desk)
    last = patient.messages.get(kind="appointment_2h")
    assert last.due_at == build.moment(site, "2027-02-02", "11:00")
    notices.take_back(visit, "Cancelled.")
    assert not patient.messages.filter(state="planned").exists()


@pytest.mark.parametrize(
    ("zone", "night", "morning"),
    [
        ("America/Los_Angeles", "2027-03-13T21:00", "2027-03-14T15:00"),
        ("America/Los_Angeles", "2027-11-07T00:30", "2027-11-07T16:00"),
        ("America/St_Johns", "2027-03-13T23:59", "2027-03-14T10:30"),
        ("America/St_Johns", "2027-11-07T07:59", "2027-11-07T11:30"),
        ("Australia/Lord_Howe", "2027-04-03T22:00", "2027-04-03T21:30"),
        ("Australia/Lord_Howe", "2027-10-02T22:00", "2027-10-02T21:00"),
    ],
)
def test_quiet_ends_at_eight_of_the_wall_whatever_the_clock_does_at_night(zone, night, morning):
    local = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone))
    assert is_quiet(local)
    assert end_of_quiet(local).astimezone(UTC) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


@pytest.mark.parametrize(("at", "quiet"), [("08:00", False), ("20:59", False), ("21:00", True), ("07:59", True)])
def test_quiet_begins_at_nine_in_the_evening(at, quiet):
    assert is_quiet(datetime.fromisoformat(f"2027-02-02T{at}")) is quiet


@pytest.mark.django_db
def test_the_reminders_of_a_booster_around_the_change_of_the_clock_stand_as_j0_has_them(
    site, patient, front_desk, nurse
):
    for day in ("2027-03-05", "2027-03-15"):
        start = build.moment(site, day, "09:00")
        with clock.at(build.moment(site, "2027-02-22", "09:00")):
            booking.book(patient=patient, site=site, kind="booster", starts_at=start, by=front_desk)
    due = [f"{site.local(message.due_at):%m-%d %H:%M}" for message in patient.messages.order_by("due_at")]
    assert due == ["03-02 09:00", "03-04 09:00", "03-12 09:00", "03-14 09:00"]
