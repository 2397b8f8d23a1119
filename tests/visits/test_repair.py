"""A nurse is ill, a room is closed: the smallest set of moves, carried out in one step, and taken back in one."""

from datetime import date, time

import pytest
from django.db import connection

from clinic import clock
from clinic.errors import IllegalTransition, NotPermitted, Refused
from clinic.models import Closure, Room, ShiftException
from clinic.policy import Role
from reminders.models import FollowUp, Message
from tests import build
from visits import booking, changes, repair, repair_finding
from visits.models import Appointment
from visits.stranded import place_of

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 2)


@pytest.fixture
def book(site, front_desk):
    def at(hour="09:00", day="2027-02-02", kind="infusion", **fields):
        return booking.book(
            patient=build.patient(site), site=site, kind=kind, starts_at=build.moment(site, day, hour), by=front_desk,
            **fields,
        )  # fmt: skip

    return at


def away(person, site, starts=None, ends=None):
    ShiftException.objects.create(user=person, site=site, day=DAY, starts=starts, ends=ends, reason="Ill")


def found(site, by, **cause):
    asked = repair.ask(site=site, first_day=DAY, last_day=DAY, by=by, **cause)
    return repair_finding.find(repair_id=asked.pk)


def lines(made):
    return [
        (step.what, step.new_start and f"{step.repair.site.local(step.new_start):%m-%d %H:%M}")
        for step in made.steps.all()
    ]


def where(visit):
    visit = Appointment.objects.prefetch_related("holds__room", "holds__staff").get(pk=visit.pk)
    return visit.starts_at, *place_of(visit)


def overlaps():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM visits_hold a JOIN visits_hold b ON a.id < b.id AND a.resource = b.resource "
            "AND a.lane = b.lane AND a.during && b.during WHERE a.active AND b.active"
        )
        return cursor.fetchone()[0]


def test_a_colleague_takes_over_at_the_same_hour_and_nobody_is_told(site, front_desk, nurse, other_nurse, book):
    visit = book(staff=nurse)
    changes.confirm(appointment_id=visit.pk, by=front_desk)
    away(nurse, site)
    made = found(site, front_desk, person=nurse)
    assert (made.state, made.proven, lines(made)) == ("ready", True, [("place", "02-02 09:00")])
    before = list(Message.objects.filter(state="planned").values_list("pk", flat=True))
    repair.carry_out(repair_id=made.pk, by=front_desk)
    start, _, staff = where(visit)
    visit.refresh_from_db()
    assert (start, staff, visit.status) == (visit.starts_at, other_nurse, "confirmed")
    assert list(Message.objects.filter(state="planned").values_list("pk", flat=True)) == before


def test_who_finds_no_colleague_goes_to_the_nearest_time(site, front_desk, nurse, other_nurse, book):
    """Both places of the other nurse are taken at nine; the visit goes where it has to go least far."""
    for number, hour in enumerate(("09:00", "09:30"), start=8):
        book(staff=other_nurse, hour=hour)
        Room.objects.create(site=site, name=f"Room {number}", kind="infusion")
    book(staff=nurse)
    away(nurse, site)
    made = found(site, front_desk, person=nurse)
    ((what, start),) = lines(made)
    assert (what, start) == ("move", "02-02 11:00")
    assert made.proven


def test_who_has_no_place_stays_and_front_desk_calls(site, front_desk, nurse, book):
    visit = book(staff=nurse)
    for number in range(40):
        ShiftException.objects.create(user=nurse, site=site, day=date.fromordinal(DAY.toordinal() + number))
    made = found(site, front_desk, person=nurse)
    step = made.steps.get()
    assert step.what == "stay"
    assert "a nurse free within 14 days" in step.why
    repair.carry_out(repair_id=made.pk, by=front_desk)
    task = FollowUp.objects.get(kind=repair.CALL, subject_id=visit.pk)
    assert task.owner_role == Role.FRONT_DESK
    assert where(visit)[2] == nurse
    repair.undo(repair_id=made.pk, by=front_desk)
    task.refresh_from_db()
    assert task.state == "done"


def test_a_closed_room_is_left_for_another_at_the_same_hour(site, front_desk, nurse, book):
    visit = book()
    room = where(visit)[1]
    Closure.objects.create(site=site, room=room, first_day=DAY, last_day=DAY, reason="A leak")
    made = found(site, front_desk, room=room)
    assert lines(made) == [("place", "02-02 09:00")]
    repair.carry_out(repair_id=made.pk, by=front_desk)
    assert where(visit)[1] != room


def test_undo_puts_everything_back(site, front_desk, nurse, other_nurse, book):
    first, second = book(staff=nurse), book(staff=nurse, hour="13:00")
    before = [where(one) for one in (first, second)]
    planned = set(Message.objects.filter(state="planned").values_list("pk", flat=True))
    away(nurse, site, starts=time(8), ends=time(12))
    away(other_nurse, site, starts=time(8), ends=time(12))
    made = found(site, front_desk)
    assert [what for what, _ in lines(made)] == ["move"]
    repair.carry_out(repair_id=made.pk, by=front_desk)
    assert overlaps() == 0
    assert set(Message.objects.filter(state="planned").values_list("pk", flat=True)) != planned
    undone = repair.undo(repair_id=made.pk, by=front_desk)
    assert undone.state == "undone"
    assert [where(one) for one in (first, second)] == before
    assert set(Message.objects.filter(state="planned").values_list("pk", flat=True)) == planned


def test_after_a_quarter_of_an_hour_a_repair_stays(site, front_desk, nurse, other_nurse, book):
    book(staff=nurse)
    away(nurse, site)
    made = found(site, front_desk, person=nurse)
    repair.carry_out(repair_id=made.pk, by=front_desk)
    with clock.at(build.moment(site, "2027-01-20", "10:56")), pytest.raises(Refused, match="15 minutes"):
        repair.undo(repair_id=made.pk, by=front_desk)


def test_a_plan_that_is_no_longer_true_changes_nothing(site, front_desk, nurse, other_nurse, book):
    first, second = book(staff=nurse), book(staff=nurse, hour="13:00")
    away(nurse, site)
    made = found(site, front_desk, person=nurse)
    changes.cancel(appointment_id=second.pk, party="patient", reason="A cold", by=front_desk)
    with pytest.raises(Refused, match="changed this visit meanwhile"):
        repair.carry_out(repair_id=made.pk, by=front_desk)
    assert where(first)[2] == nurse


def test_a_visit_changed_after_the_plan_was_shown_is_looked_at_again(site, front_desk, nurse, book):
    """Also one that only stays: nobody is called about a visit that is cancelled."""
    visit = book(staff=nurse)
    for number in range(40):
        ShiftException.objects.create(user=nurse, site=site, day=date.fromordinal(DAY.toordinal() + number))
    made = found(site, front_desk, person=nurse)
    seen = repair.fingerprint(made.steps.select_related("appointment"))
    changes.cancel(appointment_id=visit.pk, party="patient", reason="A cold", by=front_desk)
    with pytest.raises(repair.Overtaken, match="once more"):
        repair.carry_out(repair_id=made.pk, seen=seen, by=front_desk)
    assert not FollowUp.objects.filter(kind=repair.CALL).exists()


def test_it_is_carried_out_once(site, front_desk, nurse, other_nurse, book):
    book(staff=nurse)
    away(nurse, site)
    made = found(site, front_desk, person=nurse)
    repair.carry_out(repair_id=made.pk, by=front_desk)
    with pytest.raises(IllegalTransition):
        repair.carry_out(repair_id=made.pk, by=front_desk)


def test_nothing_lost_is_nothing_to_repair(site, front_desk, nurse, book):
    book()
    with pytest.raises(Refused, match="nothing to repair"):
        repair.ask(site=site, first_day=DAY, last_day=DAY, by=front_desk, person=nurse)


@pytest.mark.parametrize("who", ["insurance_admin", "stranger"])
def test_others_repair_nothing(request, site, front_desk, nurse, other_nurse, book, who):
    book(staff=nurse)
    away(nurse, site)
    made = found(site, front_desk, person=nurse)
    other = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        repair.ask(site=site, first_day=DAY, last_day=DAY, by=other, person=nurse)
    with pytest.raises(NotPermitted):
        repair.carry_out(repair_id=made.pk, by=other)
    with pytest.raises(NotPermitted):
        repair.undo(repair_id=made.pk, by=other)
