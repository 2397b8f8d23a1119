"""Booking one visit: what it holds, what it refuses, what it plans."""

from datetime import date, time, timedelta

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Closure, Room, Shift, ShiftException
from clinic.policy import Role
from reminders.models import Message
from tests import build
from visits import booking, places
from visits.clashes import SlotTaken
from visits.models import Appointment, Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(site, patient, front_desk, nurse):
    def booked(day="2027-02-02", at="09:00", **wishes):
        wishes = {
            "patient": patient,
            "site": site,
            "kind": "infusion",
            "by": front_desk,
        } | wishes
        return booking.book(starts_at=build.moment(site, day, at), **wishes)

    return booked


def spans(appointment, **which):
    local = appointment.site.local
    return sorted(
        (
            hold.phase,
            hold.lane,
            f"{local(hold.during.lower):%H:%M}",
            f"{local(hold.during.upper):%H:%M}",
        )
        for hold in appointment.holds.filter(active=True, **which)
    )


def test_an_infusion_holds_room_patient_and_one_lane_of_the_nurse(book, nurse):
    appointment = book()
    assert spans(appointment, room__isnull=False) == [("stay", 1, "09:00", "11:00")]
    assert spans(appointment, patient__isnull=False) == [("stay", 1, "09:00", "11:00")]
    assert spans(appointment, staff=nurse) == [
        ("attending", 50, "09:00", "09:25"),
        ("watching", 1, "09:00", "10:55"),
    ]
    assert appointment.ends_at - appointment.starts_at == timedelta(hours=2)


def test_a_first_ever_infusion_takes_the_whole_nurse(book, nurse):
    assert spans(book(first_ever=True), staff=nurse) == [
        ("attending", 1, "09:00", "09:55"),
        ("attending", 2, "09:00", "09:55"),
        ("attending", 50, "09:00", "09:55"),
        ("watching", 1, "09:55", "10:55"),
    ]


def test_a_therapy_session_holds_room_and_therapist_for_55_minutes(book, therapist):
    appointment = book(kind="preparation", at="13:00")
    assert spans(appointment, staff=therapist) == [("session", 1, "13:00", "13:55")]
    assert spans(appointment, room__name="Quiet A") == [("session", 1, "13:00", "13:55")]


def test_an_evaluation_holds_provider_and_consult_room_for_an_hour(book, provider):
    appointment = book(kind="evaluation", at="13:00")
    assert spans(appointment, staff=provider) == [("session", 1, "13:00", "14:00")]
    assert spans(appointment, room__name="Consult") == [("session", 1, "13:00", "14:00")]


def test_a_taken_room_is_named_with_its_hours(book, site):
    room = Room.objects.get(site=site, name="Room 2")
    book(room=room)
    with pytest.raises(SlotTaken, match=r"^Room 2 is taken from 09:00 to 11:00\. The nearest free time"):
        book(room=room, patient=build.patient(site), at="09:30")


def test_the_patient_can_not_be_in_two_places(book, other_nurse):
    book()
    with pytest.raises(SlotTaken, match=r"^Maya Torres has another visit then, from 09:00 to 11:00\."):
        book(at="10:00")


def test_a_nurse_has_as_many_places_as_the_ratio_says_and_the_minute_is_named(book, site):
    Room.objects.create(site=site, name="Room 3", kind=Room.Kind.INFUSION)
    book(at="09:00")
    book(at="09:30", patient=build.patient(site))
    with pytest.raises(SlotTaken, match=r"^Adaeze Okafor already has 2 of 2 people at 10:00\."):
        book(at="10:00", patient=build.patient(site))


def test_two_iv_starts_by_one_nurse_can_not_coincide(book, site):
    book()
    with pytest.raises(SlotTaken, match=r"Adaeze Okafor is at an IV start from 09:00 to 09:25") as refused:
        book(at="09:15", patient=build.patient(site))
    assert site.local(refused.value.nearest).time() == time(9, 30)


def test_the_nearest_free_time_is_looked_for_when_somebody_asks(book, django_assert_num_queries):
    book()
    with pytest.raises(SlotTaken) as refused:
        book(at="09:15")
    with django_assert_num_queries(1):
        assert str(refused.value) == refused.value.sentence


def test_a_booking_is_a_handful_of_statements(book, front_desk, django_assert_num_queries):
    front_desk.roles_held  # noqa: B018 - read once for each request
    with django_assert_num_queries(7):  # two of them are the savepoint of a test
        book()


def test_a_first_infusion_waits_until_the_nurse_is_free(book, site):
    book()
    with pytest.raises(SlotTaken, match="A first infusion takes the whole of a nurse"):
        book(at="10:00", first_ever=True, patient=build.patient(site))


def test_a_therapist_with_another_person_is_named(book, site, therapist):
    Room.objects.create(site=site, name="Quiet B", kind=Room.Kind.THERAPY)
    book(kind="preparation", at="13:00")
    with pytest.raises(SlotTaken, match="Nadia Amir has another visit then, from 13:00 to 13:55"):
        book(kind="midpoint", at="13:30", patient=build.patient(site))


def test_the_next_visit_may_start_when_the_last_hold_ends(book, site):
    room = Room.objects.get(site=site, name="Room 1")
    book(room=room)
    assert book(at="11:00", room=room, patient=build.patient(site)).is_alive


def test_the_least_taken_room_and_nurse_come_first(book, site, nurse, other_nurse):
    chosen = []
    for hour in ("09:00", "09:00", "11:00"):
        appointment = book(at=hour, patient=build.patient(site))
        holds = appointment.holds.select_related("room", "staff")
        chosen.append(
            (
                next(hold.room.name for hold in holds if hold.room),
                next(hold.staff.full_name for hold in holds if hold.staff),
            )
        )
    assert chosen == [
        ("Room 1", "Adaeze Okafor"),
        ("Room 2", "Sanna Lindqvist"),
        ("Room 1", "Adaeze Okafor"),
    ]


def test_before_opening_is_refused_with_the_hours_and_the_nearest(book):
    with pytest.raises(
        Refused,
        match=r"Pine Street is open from 08:00 to 18:00 on Tue 2 Feb.*nearest free time is Tue 2 Feb, 08:00",
    ):
        book(at="07:00")


def test_a_stay_past_closing_is_refused(book):
    with pytest.raises(Refused, match="would last from 16:30 to 18:30"):
        book(at="16:30")


def test_a_day_without_hours_is_refused(book):
    with pytest.raises(Refused, match="Pine Street is not open on Saturdays"):
        book(day="2027-02-06")


def test_a_closure_is_refused_with_its_reason(book, site):
    Closure.objects.create(
        site=site,
        first_day=date(2027, 2, 15),
        last_day=date(2027, 2, 15),
        reason="Presidents’ Day",
    )
    with pytest.raises(Refused, match="Pine Street is closed on Mon 15 Feb: Presidents’ Day"):
        book(day="2027-02-15")


def test_a_closed_room_is_refused_and_never_chosen(book, site):
    room = Room.objects.get(site=site, name="Room 1")
    Closure.objects.create(
        site=site,
        room=room,
        first_day=date(2027, 2, 2),
        last_day=date(2027, 2, 2),
        reason="Pump service",
    )
    with pytest.raises(Refused, match="Room 1 is closed on Tue 2 Feb: Pump service"):
        book(room=room)
    assert book().holds.get(room__isnull=False).room.name == "Room 2"


def test_a_nurse_off_shift_is_refused(book, nurse):
    Shift.objects.filter(user=nurse, weekday=1).update(starts=time(12))
    with pytest.raises(Refused, match="Adaeze Okafor is not at work on Tue 2 Feb from 09:00 to 10:55"):
        book(staff=nurse)


def test_a_nurse_away_for_the_day_is_not_chosen(book, site, nurse, other_nurse):
    ShiftException.objects.create(user=nurse, site=site, day=date(2027, 2, 2))
    assert book().holds.filter(staff=other_nurse).exists()


def test_an_exception_replaces_the_hours_of_the_day(book, site, nurse):
    ShiftException.objects.create(user=nurse, site=site, day=date(2027, 2, 2), starts=time(14), ends=time(18))
    with pytest.raises(Refused, match="No nurse is at work on Tue 2 Feb"):
        book()
    assert book(at="14:00").is_alive


def test_the_past_is_refused_but_a_walk_in_of_ten_minutes_ago_is_not(book, site):
    with clock.at(build.moment(site, "2027-02-02", "09:16")):
        with pytest.raises(Refused, match="Tue 2 Feb, 09:00 is in the past"):
            book()
        assert book(at="09:05").is_alive


def test_a_start_between_two_steps_is_invalid(book):
    with pytest.raises(Invalid) as refused:
        book(at="09:07")
    assert "starts_at" in refused.value.fields


def test_a_room_for_therapy_is_no_room_for_an_infusion(book, site):
    with pytest.raises(Refused, match="Quiet A is a room for therapy"):
        book(room=Room.objects.get(site=site, name="Quiet A"))


def test_a_therapist_does_not_watch_an_infusion(book, therapist):
    with pytest.raises(Refused, match="Nadia Amir is no nurse at Pine Street"):
        book(staff=therapist)


def test_nobody_books_for_a_person_who_has_died(book, site):
    gone = build.patient(site, deceased_on=date(2027, 1, 1))
    with pytest.raises(Refused, match="has died"):
        book(patient=gone)


def test_a_colleague_without_the_right_is_not_permitted(book, insurance_admin):
    with pytest.raises(NotPermitted):
        book(by=insurance_admin)


def test_a_stranger_is_not_permitted_and_nothing_is_written(book, stranger):
    with pytest.raises(NotPermitted):
        book(by=stranger)
    assert not Appointment.objects.exists()
    assert not Hold.objects.exists()


def test_a_patient_of_a_site_not_mine_is_not_found(book, other_site):
    with pytest.raises(NotFound):
        book(patient=build.patient(other_site))


def test_a_refused_visit_leaves_nothing_of_its_series(book, site, patient, front_desk):
    wanted = [
        places.Wanted("infusion", build.moment(site, "2027-02-02")),
        places.Wanted("infusion", build.moment(site, "2027-02-06")),
    ]
    with pytest.raises(Refused, match="not open on Saturdays"):
        booking.book_all(patient=patient, site=site, wanted=wanted, by=front_desk)
    assert not Appointment.objects.exists()
    assert not Message.objects.exists()


def test_overbooking_needs_the_right(book, site):
    book(room=Room.objects.get(site=site, name="Room 1"))
    with pytest.raises(NotPermitted):
        book(patient=build.patient(site), overbook_reason="Relapse")


def test_a_conscious_overbooking_takes_an_overflow_lane_with_name_and_reason(book, site, provider):
    room = Room.objects.get(site=site, name="Room 1")
    book(room=room)
    over = book(
        patient=build.patient(site),
        room=room,
        by=provider,
        overbook_reason="Relapse, cannot wait",
    )
    holds = over.holds.filter(lane__gte=100)
    assert {hold.phase for hold in holds} == {"stay", "watching"}
    assert {(hold.overbooked_by, hold.overbooked_reason) for hold in holds} == {(provider, "Relapse, cannot wait")}


def test_an_overbooking_does_not_open_a_closed_day(book, provider):
    with pytest.raises(Refused, match="not open on Saturdays"):
        book(day="2027-02-06", by=provider, overbook_reason="Relapse")


def test_two_reminders_at_the_same_hour_across_the_change_of_the_clocks(book, site):
    appointment = book(day="2027-03-15")
    due = [f"{site.local(message.due_at):%m-%d %H:%M}" for message in Message.objects.filter(subject_id=appointment.pk)]
    assert due == ["03-12 09:00", "03-14 09:00"]
    assert {message.expires_at for message in Message.objects.all()} == {appointment.starts_at}


def test_a_reminder_whose_hour_has_passed_is_not_planned(book):
    appointment = book(day="2027-01-22")
    kinds = Message.objects.filter(subject_id=appointment.pk).values_list("kind", flat=True)
    assert list(kinds) == ["appointment_24h"]


def test_staff_with_two_roles_is_never_in_two_places(book, site, patient):
    both = build.user(Role.NURSE, Role.THERAPIST, at=site, name="Jo Reyes")
    book(staff=both)
    with pytest.raises(SlotTaken, match="Jo Reyes has another visit"):
        book(kind="preparation", staff=both, at="10:00", patient=build.patient(site))
