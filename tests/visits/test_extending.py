"""A visit that lasts longer than planned: what it holds then, who may not lose their place, and taking it back."""

import pytest

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotPermitted, Refused
from tests import build
from visits import booking, changes, extending, undoing
from visits.clashes import SlotTaken
from visits.models import Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(site, front_desk, nurse):
    def at(hour, of, **wish):
        starts_at = build.moment(site, "2027-02-02", hour)
        return booking.book(patient=of, site=site, kind="infusion", starts_at=starts_at, by=front_desk, **wish)

    return at


def held(visit, **which):
    holds = visit.holds.filter(active=True, **which)
    return sorted(f"{visit.site.local(hold.during.upper):%H:%M}" for hold in holds)


def state(visit):
    visit.refresh_from_db()
    holds = visit.holds.filter(active=True).order_by("resource", "lane", "during")
    return (
        visit.ends_at,
        visit.recovery_minutes,
        visit.status,
        visit.arrived_at,
        [(hold.resource, hold.lane, hold.during, hold.phase) for hold in holds],
    )


def test_a_longer_visit_holds_room_patient_and_watching_nurse_longer(book, patient, nurse):
    visit = book("09:00", patient)
    extending.extend(appointment_id=visit.pk, minutes=30, by=nurse)
    visit.refresh_from_db()
    assert held(visit, phase="stay") == ["11:30", "11:30"]
    assert held(visit, phase="watching") == ["11:25"]
    assert held(visit, phase="attending") == ["09:25"]
    assert visit.recovery_minutes == 90


def test_a_longer_visit_is_moved_with_its_length(book, patient, nurse, site, front_desk):
    visit = book("09:00", patient)
    extending.extend(appointment_id=visit.pk, minutes=30, by=nurse)
    moved = changes.move(appointment_id=visit.pk, starts_at=build.moment(site, "2027-02-03"), by=front_desk)
    assert (moved.ends_at - moved.starts_at).total_seconds() == 150 * 60


@pytest.mark.parametrize("here", [False, True])
def test_undoing_puts_everything_back(book, patient, nurse, site, here):
    visit = book("09:00", patient)
    with clock.at(build.moment(site, "2027-02-02", "08:58")):
        if here:
            changes.arrive(appointment_id=visit.pk, by=nurse)
        before = state(visit)
        extending.extend(appointment_id=visit.pk, minutes=30, by=nurse)
        undoing.undo(appointment_id=visit.pk, by=nurse)
        assert state(visit) == before


def test_the_room_of_the_next_visit_is_not_taken(book, site, patient, nurse, provider):
    visit = book("09:00", patient)
    room = visit.holds.get(room__isnull=False).room
    book("11:00", build.patient(site, given_name="Next"), room=room)
    before = state(visit)
    with pytest.raises(SlotTaken, match=f"{room.name} is taken from 11:00 to 13:00"):
        extending.extend(appointment_id=visit.pk, minutes=15, by=nurse)
    assert state(visit) == before
    reason = "Dizzy; the next patient can wait in Room 2"
    extending.extend(appointment_id=visit.pk, minutes=15, by=provider, overbook_reason=reason)
    over = visit.holds.get(active=True, lane__gte=Hold.OVERFLOW_LANE)
    assert (over.room, over.overbooked_by, over.overbooked_reason) == (room, provider, reason)


def test_the_nurse_watches_on_in_another_of_her_places(book, site, patient, nurse):
    visit = book("09:00", patient)
    book("11:00", build.patient(site, given_name="Next"))
    extending.extend(appointment_id=visit.pk, minutes=15, by=nurse)
    watched = visit.holds.filter(active=True, phase="watching").order_by("during")
    assert [(hold.lane, hold.staff) for hold in watched] == [(1, nurse), (2, nurse)]


def test_the_patients_own_next_visit_is_named(book, site, patient, nurse, therapist, front_desk):
    visit = book("09:00", patient)
    starts_at = build.moment(site, "2027-02-02", "11:00")
    booking.book(patient=patient, site=site, kind="midpoint", starts_at=starts_at, by=front_desk)
    with pytest.raises(SlotTaken, match=f"{patient.name} has another visit then"):
        extending.extend(appointment_id=visit.pk, minutes=15, by=nurse)


def test_somebody_who_is_here_stays_beyond_closing_time(book, site, patient, nurse):
    visit = book("15:00", patient)
    with pytest.raises(Refused, match=r"Add fewer minutes\."):
        extending.extend(appointment_id=visit.pk, minutes=180, by=nurse)
    with clock.at(build.moment(site, "2027-02-02", "15:00")):
        changes.arrive(appointment_id=visit.pk, by=nurse)
        extending.extend(appointment_id=visit.pk, minutes=180, by=nurse)
    assert held(visit, phase="stay") == ["20:00", "20:00"]


def test_a_visit_lasts_a_day_at_most(book, site, patient, nurse):
    visit = book("15:00", patient)
    with clock.at(build.moment(site, "2027-02-02", "15:00")):
        changes.arrive(appointment_id=visit.pk, by=nurse)
        for _ in range(7):
            extending.extend(appointment_id=visit.pk, minutes=180, by=nurse)
        before = state(visit)
        with pytest.raises(Invalid, match="a day at most"):
            extending.extend(appointment_id=visit.pk, minutes=65, by=nurse)
    assert state(visit) == before


@pytest.mark.parametrize("minutes", [0, 7, 185, -15])
def test_a_wrong_number_of_minutes_is_said(book, patient, nurse, minutes):
    with pytest.raises(Invalid, match="in steps of 5"):
        extending.extend(appointment_id=book("09:00", patient).pk, minutes=minutes, by=nurse)


def test_a_visit_that_is_over_can_not_last_longer(book, patient, front_desk, nurse):
    visit = book("09:00", patient)
    changes.cancel(appointment_id=visit.pk, party="patient", reason="Ill", by=front_desk)
    with pytest.raises(IllegalTransition):
        extending.extend(appointment_id=visit.pk, minutes=15, by=nurse)


def test_only_those_who_book_may_and_only_some_overbook(book, patient, nurse, stranger, insurance_admin):
    visit = book("09:00", patient)
    for somebody, reason in ((stranger, ""), (insurance_admin, ""), (nurse, "Because")):
        with pytest.raises(NotPermitted):
            extending.extend(appointment_id=visit.pk, minutes=15, by=somebody, overbook_reason=reason)


def test_the_page_adds_the_time_and_says_until_when(client, book, patient, nurse):
    visit = book("09:00", patient)
    client.force_login(nurse)
    refused = client.post(f"/visits/{visit.pk}/longer/", {"minutes": "7"})
    assert refused.status_code == 422
    answer = client.post(f"/visits/{visit.pk}/longer/", {"minutes": "15"}, follow=True)
    assert "The visit lasts until 11:15 now." in answer.content.decode()
    assert "15 min longer" in answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
