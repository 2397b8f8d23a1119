"""Arriving, moving, cancelling, and taking it back."""

from datetime import timedelta

import pytest

from clinic import clock
from clinic.errors import (
    IllegalTransition,
    Invalid,
    NotFound,
    NotPermitted,
    Refused,
)
from clinic.ids import uuid7
from clinic.models import Room
from reminders.models import Message
from tests import build
from visits import booking, changes, undoing
from visits.clashes import SlotTaken
from visits.models import Hold

pytestmark = pytest.mark.django_db

STEPS = [changes.confirm, changes.arrive, changes.begin, changes.finish, undoing.undo]


@pytest.fixture
def visit(site, patient, front_desk, nurse):
    return booking.book(
        patient=patient,
        site=site,
        kind="infusion",
        starts_at=build.moment(site, "2027-02-02"),
        by=front_desk,
    )


@pytest.fixture
def on_the_day(site):
    def at(hour, day="2027-02-02"):
        return clock.at(build.moment(site, day, hour))

    return at


def planned(visit):
    return Message.objects.filter(subject_id=visit.pk, state="planned").count()


def active(visit):
    return Hold.objects.filter(appointment=visit, active=True).count()


def test_a_visit_goes_from_booked_to_done(visit, on_the_day, front_desk, nurse):
    changes.confirm(appointment_id=visit.pk, by=front_desk)
    with on_the_day("08:56"):
        changes.arrive(appointment_id=visit.pk, by=front_desk)
        changes.begin(appointment_id=visit.pk, by=nurse)
        done = changes.finish(appointment_id=visit.pk, by=nurse)
    assert done.status == "done"
    assert [event.after for event in visit.status_events.all()] == [
        "booked",
        "confirmed",
        "arrived",
        "in_progress",
        "done",
    ]


def test_arriving_twice_is_no_legal_step(visit, on_the_day, front_desk):
    with on_the_day("08:56"):
        changes.arrive(appointment_id=visit.pk, by=front_desk)
        with pytest.raises(IllegalTransition, match="“Arrived” and can’t become “Arrived”"):
            changes.arrive(appointment_id=visit.pk, by=front_desk)


def test_arriving_on_another_day_is_refused(visit, on_the_day, front_desk):
    with (
        on_the_day("08:56", "2027-02-01"),
        pytest.raises(Refused, match="This visit is on Tue 2 Feb, 09:00, not on Mon 1 Feb"),
    ):
        changes.arrive(appointment_id=visit.pk, by=front_desk)


def test_arriving_in_the_future_is_invalid(visit, on_the_day, front_desk, site):
    with on_the_day("08:50"), pytest.raises(Invalid, match="later than now"):
        changes.arrive(
            appointment_id=visit.pk,
            by=front_desk,
            observed_at=build.moment(site, "2027-02-02", "08:55"),
        )


def test_a_therapist_receives_their_own_people_only(site, patient, front_desk, therapist, on_the_day, visit):
    own = booking.book(
        patient=patient,
        site=site,
        kind="midpoint",
        starts_at=build.moment(site, "2027-02-02", "13:00"),
        by=front_desk,
    )
    with on_the_day("12:58"):
        assert changes.arrive(appointment_id=own.pk, by=therapist).status == "arrived"
        with pytest.raises(NotPermitted):
            changes.arrive(appointment_id=visit.pk, by=therapist)


def test_cancelling_frees_the_holds_and_takes_messages_back(visit, front_desk):
    assert (active(visit), planned(visit)) == (4, 2)
    changes.cancel(appointment_id=visit.pk, party="patient", reason="A cold", by=front_desk)
    assert (active(visit), planned(visit)) == (0, 0)
    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_late) == ("cancelled", False)


@pytest.mark.parametrize(
    ("hour", "party", "late"),
    [
        ("08:59", "patient", False),
        ("09:01", "patient", True),
        ("09:01", "clinic", False),
    ],
)
def test_late_is_decided_by_the_notice_rule(visit, front_desk, on_the_day, hour, party, late):
    with on_the_day(hour, "2027-02-01"):
        done = changes.cancel(appointment_id=visit.pk, party=party, reason="A cold", by=front_desk)
    assert done.cancelled_late is late


def test_cancelling_without_a_reason_changes_nothing(visit, front_desk):
    with pytest.raises(Invalid) as refused:
        changes.cancel(appointment_id=visit.pk, party="patient", reason="  ", by=front_desk)
    assert set(refused.value.fields) == {"reason"}
    assert active(visit) == 4


def test_cancelling_by_nobody_is_invalid(visit, front_desk):
    with pytest.raises(Invalid) as refused:
        changes.cancel(appointment_id=visit.pk, party="weather", reason="Snow", by=front_desk)
    assert set(refused.value.fields) == {"party"}


def test_a_no_show_within_the_grace_is_refused(visit, front_desk, on_the_day):
    with on_the_day("09:09"), pytest.raises(Refused, match="Wait until Tue 2 Feb, 09:10: 10 minutes of grace"):
        changes.no_show(appointment_id=visit.pk, by=front_desk)


def test_a_no_show_after_the_grace_frees_the_room(visit, front_desk, on_the_day):
    with on_the_day("09:10"):
        changes.no_show(appointment_id=visit.pk, by=front_desk)
    assert active(visit) == 0


def test_somebody_who_is_here_is_no_no_show(visit, front_desk, on_the_day):
    with on_the_day("09:00"):
        changes.arrive(appointment_id=visit.pk, by=front_desk)
    with on_the_day("09:20"), pytest.raises(IllegalTransition):
        changes.no_show(appointment_id=visit.pk, by=front_desk)


def test_a_move_keeps_room_and_nurse_and_plans_its_messages_anew(visit, site, front_desk):
    before = visit.holds.get(room__isnull=False).room
    changes.confirm(appointment_id=visit.pk, by=front_desk)
    moved = changes.move(
        appointment_id=visit.pk,
        starts_at=build.moment(site, "2027-02-03", "10:00"),
        by=front_desk,
    )
    assert moved.status == "booked"
    assert moved.holds.get(active=True, room__isnull=False).room == before
    due = Message.objects.filter(subject_id=visit.pk, state="planned")
    assert [f"{site.local(message.due_at):%m-%d %H:%M}" for message in due] == [
        "01-31 10:00",
        "02-02 10:00",
    ]
    assert moved.ends_at - moved.starts_at == timedelta(hours=2)


def test_a_move_by_half_an_hour_is_not_in_its_own_way(visit, site, front_desk):
    moved = changes.move(
        appointment_id=visit.pk,
        starts_at=build.moment(site, "2027-02-02", "09:30"),
        by=front_desk,
    )
    assert f"{site.local(moved.starts_at):%H:%M}" == "09:30"


def test_a_first_infusion_stays_one_when_moved(site, patient, front_desk, nurse):
    first = booking.book(
        patient=patient,
        site=site,
        kind="infusion",
        starts_at=build.moment(site, "2027-02-02"),
        by=front_desk,
        first_ever=True,
        minutes=50,
    )
    moved = changes.move(
        appointment_id=first.pk,
        starts_at=build.moment(site, "2027-02-03"),
        by=front_desk,
    )
    lanes = moved.holds.filter(active=True, phase="attending")
    assert sorted(hold.lane for hold in lanes) == [1, 2, 50]
    assert moved.ends_at - moved.starts_at == timedelta(minutes=130)


def test_a_move_into_a_taken_room_changes_nothing(visit, site, front_desk):
    room = Room.objects.get(site=site, name="Room 2")
    booking.book(
        patient=build.patient(site),
        site=site,
        kind="infusion",
        starts_at=build.moment(site, "2027-02-03"),
        by=front_desk,
        room=room,
    )
    with pytest.raises(SlotTaken, match="Room 2 is taken from 09:00 to 11:00"):
        changes.move(
            appointment_id=visit.pk,
            starts_at=build.moment(site, "2027-02-03"),
            by=front_desk,
            room=room,
        )
    visit.refresh_from_db()
    assert visit.starts_at == build.moment(site, "2027-02-02")
    assert (active(visit), planned(visit)) == (4, 2)


def test_somebody_who_has_arrived_is_not_moved(visit, site, front_desk, on_the_day):
    with on_the_day("09:00"):
        changes.arrive(appointment_id=visit.pk, by=front_desk)
        with pytest.raises(IllegalTransition, match="can’t become “Moved”"):
            changes.move(
                appointment_id=visit.pk,
                starts_at=build.moment(site, "2027-02-03"),
                by=front_desk,
            )


def test_an_undone_cancellation_is_as_if_it_never_was(visit, front_desk):
    changes.confirm(appointment_id=visit.pk, by=front_desk)
    changes.cancel(appointment_id=visit.pk, party="patient", reason="A cold", by=front_desk)
    back = undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert (back.status, back.reason, back.cancelled_late) == ("confirmed", "", None)
    assert (active(visit), planned(visit)) == (4, 2)


def test_an_undone_move_is_back_at_its_time(visit, site, front_desk):
    changes.move(
        appointment_id=visit.pk,
        starts_at=build.moment(site, "2027-02-03", "10:00"),
        by=front_desk,
    )
    back = undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert back.starts_at == build.moment(site, "2027-02-02")
    assert back.ends_at == build.moment(site, "2027-02-02", "11:00")
    assert (active(visit), planned(visit)) == (4, 2)
    holds = visit.holds.filter(active=True)
    assert {hold.during.lower for hold in holds} == {back.starts_at}


def test_an_undone_arrival_waits_again(visit, front_desk, on_the_day):
    with on_the_day("09:00"):
        changes.arrive(appointment_id=visit.pk, by=front_desk)
        back = undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert (back.status, back.arrived_at) == ("booked", None)


def test_after_a_quarter_of_an_hour_nothing_is_undone(visit, front_desk):
    changes.cancel(appointment_id=visit.pk, party="clinic", reason="Storm", by=front_desk)
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(Refused, match="possible for 15 minutes"):
        undoing.undo(appointment_id=visit.pk, by=front_desk)


def test_what_was_given_away_meanwhile_is_not_taken_back(visit, site, front_desk):
    changes.cancel(appointment_id=visit.pk, party="clinic", reason="Storm", by=front_desk)
    booking.book(
        patient=build.patient(site),
        site=site,
        kind="infusion",
        starts_at=visit.starts_at,
        by=front_desk,
    )
    with pytest.raises(SlotTaken, match="given to somebody else"):
        undoing.undo(appointment_id=visit.pk, by=front_desk)
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_a_booking_itself_is_cancelled_not_undone(visit, front_desk):
    with pytest.raises(Refused, match="can’t be taken back"):
        undoing.undo(appointment_id=visit.pk, by=front_desk)


@pytest.mark.parametrize("verb", STEPS, ids=lambda verb: verb.__name__)
def test_a_stranger_changes_nothing(visit, stranger, on_the_day, verb):
    with on_the_day("09:00"), pytest.raises(NotPermitted):
        verb(appointment_id=visit.pk, by=stranger)


@pytest.mark.parametrize("verb", STEPS, ids=lambda verb: verb.__name__)
def test_a_colleague_without_the_right_changes_nothing(visit, insurance_admin, on_the_day, verb):
    with on_the_day("09:00"), pytest.raises(NotPermitted):
        verb(appointment_id=visit.pk, by=insurance_admin)


def test_a_visit_that_does_not_exist_is_not_found(front_desk):
    with pytest.raises(NotFound):
        changes.confirm(appointment_id=uuid7(), by=front_desk)
