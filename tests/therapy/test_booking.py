"""Booking a session ties it: to its series, to a booster, also when it was lost or the series is over."""

import pytest
from django.db import InternalError, transaction

from clinic import clock
from clinic.errors import Invalid
from infusions.models import Infusion, Series
from reminders.models import FollowUp
from tests import build
from tests.infusions import making
from therapy import booking, windows
from therapy.models import TherapySession
from therapy.windows import Place
from visits import booking as visit_booking
from visits import changes
from visits.courses import NeedsReason


@pytest.fixture(autouse=True)
def on_the_day(site, therapist):
    with clock.at(build.moment(site, "2027-02-01", "08:00")):
        yield


@pytest.fixture
def course(series):
    """Six infusions, 02-02 to 02-19 at nine; nothing given yet."""
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.infusion(series, number, day)
    return series


def later(course, day, **given):
    """The series as it is on a later day, after these many were given."""
    for number in range(1, given.get("given", 6) + 1):
        course.infusions.filter(number=number).update(state=Infusion.State.DISCHARGED)
    Series.objects.filter(pk=course.pk).update(
        state=given.get("state", "completed"),
        ended_at=build.moment(course.site, "2027-02-19", "11:00"),
        ended_reason="No response" if given.get("state") == "stopped" else "",
    )
    course.refresh_from_db()
    return clock.at(build.moment(course.site, day, "08:00"))


def book(place, day, at, by, **more):
    return booking.book(place=place, starts_at=build.moment(place.series.site, day, at), by=by, **more)


@pytest.fixture
def booster(course, provider):
    with later(course, "2027-03-01"):
        made = Series.objects.create(
            patient=course.patient, site=course.site, kind="maintenance", state="active", follows=course,
            opened_by=provider,
        )  # fmt: skip
        return making.infusion(made, 1, "2027-03-05")


def test_inside_its_window_a_session_is_booked_without_a_word(course, therapist, front_desk):
    made = book(Place(course, "midpoint"), "2027-02-10", "13:00", front_desk, therapist=therapist)
    assert (made.therapist, made.series, made.out_of_window_reason) == (therapist, course, "")
    with pytest.raises(Invalid, match="has its midpoint session already"):
        book(Place(course, "midpoint"), "2027-02-11", "13:00", front_desk)


@pytest.mark.parametrize(
    ("day", "at", "words", "kept"),
    [
        ("2027-02-18", "13:00", "outside its window", ("out_of_window_reason",)),
        ("2027-02-12", "11:30", "memory and consent are impaired", ("same_day_reason",)),
    ],
)
def test_against_a_rule_a_reason_is_asked_for_and_kept_and_a_task_opens(course, front_desk, day, at, words, kept):
    with pytest.raises(NeedsReason, match=words):
        book(Place(course, "midpoint"), day, at, front_desk)
    assert not TherapySession.objects.exists()
    made = book(Place(course, "midpoint"), day, at, front_desk, reason="Only then is she in town")
    fields = ("out_of_window_reason", "same_day_reason")
    assert tuple(field for field in fields if getattr(made, field)) == kept
    assert FollowUp.objects.get(kind="session_window").state == "open"
    # Back inside, the reason is gone and the task is closed
    start = build.moment(course.site, "2027-02-10", "13:00")
    changes.move(appointment_id=made.appointment_id, starts_at=start, by=front_desk)
    made.refresh_from_db()
    assert (made.out_of_window_reason, made.same_day_reason) == ("", "")
    assert FollowUp.objects.get(kind="session_window").state == "done"


def test_a_lost_session_booked_again_as_a_visit_is_tied_to_its_series(course, therapist, front_desk):
    lost = book(Place(course, "integration"), "2027-02-22", "13:00", front_desk, therapist=therapist)
    with later(course, "2027-02-20"):
        changes.cancel(appointment_id=lost.appointment_id, party="patient", reason="Flu", by=front_desk)
        visit = visit_booking.book(
            patient=course.patient, site=course.site, kind="integration", by=front_desk,
            starts_at=build.moment(course.site, "2027-02-23", "13:00"),
        )  # fmt: skip
    assert TherapySession.objects.get(appointment=visit).series == course
    lost.refresh_from_db()
    assert lost.state == "missed"


def test_after_its_grace_an_integration_is_tied_with_a_reason(course, front_desk):
    asked = {"patient": course.patient, "site": course.site, "kind": "integration", "by": front_desk}
    asked["starts_at"] = build.moment(course.site, "2027-03-08", "13:00")
    with later(course, "2027-03-05"):
        with pytest.raises(NeedsReason, match="later than 72 hours and 7 days"):
            visit_booking.book(**asked)
        visit = visit_booking.book(**asked, reason="Away until now")
    assert visit.therapy_session.out_of_window_reason == "Away until now"


@pytest.mark.parametrize(("given", "wanted"), [(4, True), (0, False)])
def test_after_an_early_stop_the_integration_hangs_on_the_last_given(course, given, wanted):
    for number in range(given + 1, 7):
        course.infusions.filter(number=number).update(state="cancelled", number=None)
    with later(course, "2027-02-13", state="stopped", given=given):
        window = windows.of(course, "integration")
    assert bool(window and window.wanted) is wanted
    if window:
        assert window.sentence == "by Mon 15 Feb, until Mon 22 Feb at most"


def test_a_booster_has_its_own_preparation_and_integration(booster, front_desk):
    place = Place(booster.series, "integration", booster)
    with clock.at(build.moment(booster.series.site, "2027-03-01", "08:00")):
        assert {"preparation of booster 1", "integration of booster 1"} <= {
            place.label.lower() for place in booking.places(booster.series.patient)
        }
        with pytest.raises(NeedsReason, match="impaired"):
            book(place, "2027-03-05", "13:00", front_desk)
        made = book(place, "2027-03-08", "10:00", front_desk)
        assert made.infusion == booster
        # When the booster moves, the window moves with it
        with pytest.raises(NeedsReason, match="has to come after the booster"):
            changes.move(
                appointment_id=booster.appointment_id, by=front_desk,
                starts_at=build.moment(booster.series.site, "2027-03-12", "09:00"),
            )  # fmt: skip


def test_further_sessions_may_be_booked_as_often_as_wanted_and_never_after_a_drug_of_the_day(course, front_desk):
    place = Place(course, "further")
    book(place, "2027-02-10", "13:00", front_desk)
    book(place, "2027-02-11", "13:00", front_desk)
    with pytest.raises(NeedsReason, match="infusion 4 on the same day"):
        book(place, "2027-02-12", "13:00", front_desk)
    assert TherapySession.objects.filter(kind="further", series=course).count() == 2


def test_the_database_takes_no_session_after_a_drug_of_the_day_without_a_reason(course, front_desk):
    made = book(Place(course, "further"), "2027-02-12", "13:00", front_desk, reason="Only then is she in town")
    with pytest.raises(InternalError, match="only with a reason"), transaction.atomic():
        TherapySession.objects.filter(pk=made.pk).update(same_day_reason="")


def test_a_session_belongs_to_one_patient_alone(course, site, provider, front_desk):
    made = book(Place(course, "further"), "2027-02-10", "13:00", front_desk)
    other = making.loading(build.patient(site), provider)
    with pytest.raises(InternalError, match="series is of another patient"), transaction.atomic():
        TherapySession.objects.filter(pk=made.pk).update(series=other)
