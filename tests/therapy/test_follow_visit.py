"""A session follows its visit: called off, missed, brought back."""

import pytest

from clinic import clock
from clinic.errors import Refused
from tests import build
from therapy import sessions
from visits import booking, changes, undoing


def state(session):
    session.refresh_from_db()
    return session.state


def cancel(session, by):
    changes.cancel(appointment_id=session.appointment_id, party="patient", reason="Flu", by=by)


@pytest.fixture
def the_day_before(site):
    with clock.at(build.moment(site, "2027-01-27", "14:00")):
        yield


def test_a_cancelled_visit_misses_its_session_and_undo_plans_it_again(session, front_desk, the_day_before):
    cancel(session, front_desk)
    assert state(session) == "missed"
    undoing.undo(appointment_id=session.appointment_id, by=front_desk)
    assert state(session) == "planned"


def test_a_no_show_misses_its_session(session, front_desk):
    changes.no_show(appointment_id=session.appointment_id, by=front_desk)
    assert state(session) == "missed"


def test_undo_does_not_bring_back_a_session_that_another_replaced(session, front_desk, therapist, the_day_before):
    cancel(session, front_desk)
    sessions.plan_session(
        series=session.series, kind="preparation", appointment=None, therapist=therapist, by=front_desk
    )
    undoing.undo(appointment_id=session.appointment_id, by=front_desk)
    assert state(session) == "missed"


def test_a_visit_without_a_session_moves_alone(site, patient, front_desk, provider):
    with clock.at(build.moment(site, "2027-01-27", "14:00")):
        visit = booking.book(
            patient=patient, site=site, kind="evaluation", starts_at=build.moment(site, "2027-02-01", "10:00"),
            staff=provider, by=front_desk,
        )  # fmt: skip
        changes.cancel(appointment_id=visit.pk, party="clinic", reason="Storm", by=front_desk)
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_a_session_marked_missed_makes_its_visit_a_no_show(session, therapist):
    sessions.mark_missed(session_id=session.pk, by=therapist)
    session.appointment.refresh_from_db()
    assert (state(session), session.appointment.status) == ("missed", "no_show")
    assert not session.appointment.holds.filter(active=True).exists()


def test_a_session_that_is_still_to_come_can_not_be_missed(session, therapist, the_day_before):
    with pytest.raises(Refused, match="Wait until"):
        sessions.mark_missed(session_id=session.pk, by=therapist)
    assert state(session) == "planned"
