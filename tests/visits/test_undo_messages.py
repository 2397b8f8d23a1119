"""An undo brings back the very messages that were taken back: none twice, none lost."""

from datetime import timedelta

import pytest

from clinic import clock
from reminders.models import Message
from tests import build
from visits import booking, changes, undoing
from visits.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(site, patient, front_desk, nurse, other_nurse):
    start = build.moment(site, "2027-02-02")
    return booking.book(patient=patient, site=site, kind="infusion", starts_at=start, staff=nurse, by=front_desk)


def planned(visit):
    return set(Message.objects.filter(subject_id=visit.pk, state="planned").values_list("pk", flat=True))


def cancel(visit, by):
    changes.cancel(appointment_id=visit.pk, party="patient", reason="A cold", by=by)


def move(visit, by):
    changes.move(appointment_id=visit.pk, starts_at=visit.starts_at + timedelta(days=1), by=by)


@pytest.mark.parametrize("change", [cancel, move])
def test_the_same_rows_are_planned_again(visit, front_desk, change):
    before = planned(visit)
    change(visit, front_desk)
    assert not planned(visit) & before
    undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert planned(visit) == before


def test_what_fell_due_meanwhile_goes_out_late_rather_than_never(visit, site, front_desk):
    before = planned(visit)
    with clock.at(build.moment(site, "2027-02-01", "08:55")):
        cancel(visit, front_desk)
    with clock.at(build.moment(site, "2027-02-01", "09:05")):
        undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert planned(visit) == before


def test_what_was_sent_before_is_not_sent_again(visit, front_desk):
    sent = Message.objects.filter(subject_id=visit.pk).order_by("due_at").first()
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=clock.now())
    rest = planned(visit)
    cancel(visit, front_desk)
    undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert planned(visit) == rest
    assert Message.objects.filter(subject_id=visit.pk).count() == 2


def test_back_and_forth_leaves_one_set(visit, front_desk):
    before = planned(visit)
    for _ in range(2):
        move(Appointment.objects.get(pk=visit.pk), front_desk)
        undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert planned(visit) == before


def test_another_nurse_at_the_same_hour_is_told_to_nobody(visit, front_desk, other_nurse):
    before = planned(visit)
    changes.confirm(appointment_id=visit.pk, by=front_desk)
    changes.move(appointment_id=visit.pk, starts_at=visit.starts_at, staff=other_nurse, by=front_desk)
    visit.refresh_from_db()
    assert (planned(visit), visit.status) == (before, "confirmed")
    undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert (planned(visit), visit.holds.filter(active=True, staff=other_nurse).count()) == (before, 0)
