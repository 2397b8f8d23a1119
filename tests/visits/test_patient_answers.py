"""What patients do with their visits by link: the desk's verbs, in their words, and twice is once."""

from datetime import datetime, timedelta

import pytest

from clinic import clock
from clinic.errors import NotFound
from clinic.models import User
from journey import own_page
from patients import acting, links
from patients.links import Told
from patients.models import Contact, PatientLink
from reminders import followups
from reminders.models import FollowUp, Message
from tests import build
from tests.visits.house import House
from visits import changes, patient_answers, patient_tasks, patient_times, rides, undoing
from visits.models import Appointment, Hold, StatusEvent


@pytest.fixture
def house(db) -> House:
    return House()


@pytest.fixture
def link(house) -> PatientLink:
    return link_of(house.patients[0])


def link_of(patient) -> PatientLink:
    links.make(patient_id=patient.pk, purpose="visits", by=None)
    return PatientLink.objects.select_related("patient__site").get(patient=patient, purpose="visits")


def visits_of(patient) -> list[Appointment]:
    return list(Appointment.objects.filter(patient=patient).order_by("starts_at"))


@pytest.fixture(autouse=True)
def in_january(request):
    """A Wednesday two weeks before the first visit, unless a test stands elsewhere."""
    if "house" not in request.fixturenames:
        yield
        return
    with clock.at(build.moment(request.getfixturevalue("house").site, "2027-01-27", "10:40")):
        yield


def test_a_yes_twice_is_one_event_in_the_patients_name(house, link):
    visit = visits_of(house.patients[0])[0]
    for _ in range(2):
        assert patient_answers.confirm(link=link, appointment_id=visit.pk).status == "confirmed"
    event = StatusEvent.objects.get(appointment=visit, after="confirmed")
    assert event.by.full_name == "Patient, by link"


def test_nobody_can_sign_in_as_the_patient_and_the_row_has_no_rights(house):
    acting.by_link(house.site)
    stored = User.objects.get(pk=acting.ID)
    assert (stored.is_active, stored.has_usable_password(), stored.memberships.count()) == (False, False, 0)
    assert stored.roles_at(house.site) == set()


def test_another_patients_visit_does_not_exist_for_this_link(house, link):
    visit = visits_of(house.patients[1])[0]
    for verb in (patient_answers.confirm, patient_answers.cancel, patient_answers.has_no_ride):
        with pytest.raises(NotFound):
            verb(link=link, appointment_id=visit.pk)
    assert not StatusEvent.objects.filter(appointment=visit).exclude(after="booked").exists()


def test_a_link_that_was_ended_meanwhile_changes_nothing(house, link):
    visit = visits_of(house.patients[0])[0]
    links.revoke(link_id=link.pk, by=house.desk)
    with pytest.raises(Told):
        patient_answers.confirm(link=link, appointment_id=visit.pk)
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_hours_offered_are_free_near_and_within_the_gaps(house, link):
    visit = visits_of(house.patients[0])[1]  # of 2, 4, 8 and 10 February: between the first and the third
    days = patient_times.offered(visit)
    starts = [start for day in days for start in day.starts]
    assert 0 < len(starts) <= patient_times.MOST
    assert all(len(day.starts) <= patient_times.A_DAY for day in days)
    local = [house.site.local(start) for start in starts]
    least = timedelta(hours=48)
    for other in (one for one in visits_of(house.patients[0]) if one.pk != visit.pk):
        assert all(abs(start - other.starts_at) >= least for start in starts)
    assert all(at.weekday() < 5 and at.minute in (0, 30) for at in local)
    moved = patient_answers.move(link=link, appointment_id=visit.pk, starts_at=starts[0], seen=visit.starts_at)
    assert moved.starts_at == starts[0]


def test_moving_twice_moves_once_and_plans_the_letters_anew(house, link):
    visit = visits_of(house.patients[0])[0]
    at = patient_times.offered(visit)[0].starts[0]
    for _ in range(2):
        patient_answers.move(link=link, appointment_id=visit.pk, starts_at=at, seen=visit.starts_at)
    events = StatusEvent.objects.filter(appointment=visit, moved_from__isnull=False)
    assert [event.by.full_name for event in events] == ["Patient, by link"]
    letters = Message.objects.filter(subject_kind="appointment", subject_id=visit.pk)
    assert {letter.occurrence[:10] for letter in letters.filter(state="planned")} == {f"{at:%Y-%m-%d}"}


def test_an_hour_that_breaks_the_series_is_refused_and_nothing_changes(house, link):
    first, second = visits_of(house.patients[0])[:2]
    with pytest.raises(Told):
        patient_answers.move(
            link=link,
            appointment_id=first.pk,
            starts_at=second.starts_at - timedelta(hours=24),
            seen=first.starts_at,
        )
    assert Appointment.objects.get(pk=first.pk).starts_at == first.starts_at


@pytest.mark.parametrize("typed", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_hour_beyond_every_calendar_is_refused_like_any_other(house, link, typed):
    visit = visits_of(house.patients[0])[0]
    with pytest.raises(Told):
        patient_answers.move(
            link=link, appointment_id=visit.pk, starts_at=datetime.fromisoformat(typed), seen=visit.starts_at
        )


def test_an_hour_taken_meanwhile_is_said_calmly_and_the_visit_stays(house, link):
    visit = visits_of(house.patients[0])[0]
    at = patient_times.offered(visit)[0].starts[0]
    taking = {"appointment": visits_of(house.patients[1])[0], "phase": "stay", "during": (at, at + timedelta(hours=1))}
    for room in house.site.rooms.filter(kind="infusion"):
        Hold.objects.create(room=room, resource=room.pk, **taking)
    with pytest.raises(Told, match="just taken"):
        patient_answers.move(link=link, appointment_id=visit.pk, starts_at=at, seen=visit.starts_at)
    visit.refresh_from_db()
    assert (visit.version, visit.holds.filter(active=True).exists()) == (1, True)


def test_the_desk_moved_it_first_so_the_patient_looks_again(house, link):
    visit = visits_of(house.patients[0])[0]
    one, other = patient_times.offered(visit)[0].starts[:2]
    changes.move(appointment_id=visit.pk, starts_at=one, by=house.desk, reason="asked by phone")
    with pytest.raises(Told, match="changed meanwhile"):
        patient_answers.move(link=link, appointment_id=visit.pk, starts_at=other, seen=visit.starts_at)
    assert Appointment.objects.get(pk=visit.pk).starts_at == one


def test_less_than_a_day_before_only_the_desk_moves_it(house, link):
    visit = visits_of(house.patients[0])[0]
    with clock.at(visit.starts_at - timedelta(hours=23)):
        assert not patient_times.may_still_move(visit)
        with pytest.raises(Told, match="too late"):
            patient_answers.move(
                link=link,
                appointment_id=visit.pk,
                starts_at=visit.starts_at + timedelta(days=1),
                seen=visit.starts_at,
            )
        for _ in range(2):
            patient_answers.ask_to_move(link=link, appointment_id=visit.pk)
    assert FollowUp.objects.get(kind=patient_tasks.TIME).state == "open"
    changes.move(
        appointment_id=visit.pk, starts_at=visit.starts_at + timedelta(hours=2), by=house.desk, reason="asked by phone"
    )
    assert FollowUp.objects.get(kind=patient_tasks.TIME).state == "done"


@pytest.mark.parametrize(("hours", "late"), [(25, False), (23, True)])
def test_calling_off_is_late_by_the_rule_and_twice_is_once(house, link, hours, late):
    visit = visits_of(house.patients[0])[0]
    with clock.at(visit.starts_at - timedelta(hours=hours)):
        assert patient_answers.is_late(visit) is late
        for _ in range(2):
            done = patient_answers.cancel(link=link, appointment_id=visit.pk, reason="")
    assert (done.status, done.cancelled_by_party, done.cancelled_late) == ("cancelled", "patient", late)
    assert done.reason == patient_answers.UNSAID
    assert not Message.objects.filter(subject_id=visit.pk, state="planned").exists()
    assert (
        FollowUp.objects.filter(kind="series_repair", state="open").exists()
        or FollowUp.objects.filter(state="open").exists()
    )


def test_a_visit_outside_a_series_that_is_called_off_becomes_a_call(house):
    patient = house.patients[1]
    visit = visits_of(patient)[0]
    patient_answers.cancel(link=link_of(patient), appointment_id=visit.pk, reason="  I  moved ")
    call = FollowUp.objects.get(kind=patient_tasks.AGAIN)
    assert (call.state, call.patient, Appointment.objects.get(pk=visit.pk).reason) == ("open", patient, "I moved")
    undoing.undo(appointment_id=visit.pk, by=house.desk)
    call.refresh_from_db()
    assert call.state == "done"


# The ride


def test_my_ride_is_a_new_person_then_one_known_and_the_last_word_counts(house, link):
    visit = visits_of(house.patients[0])[0]
    tell = {"link": link, "appointment_id": visit.pk}
    for _ in range(2):
        ride = patient_answers.tell_ride(**tell, name="Luis Torres", phone="(555) 013-7742", relation="brother")
    assert (ride.contact.phone, ride.told_by.full_name, ride.link) == ("+15550137742", "Patient, by link", link)
    assert Contact.objects.filter(patient=link.patient, kind="escort").count() == 1
    assert patient_answers.tell_ride(**tell, name="luis torres", phone="555 013 7742").contact == ride.contact
    patient_answers.has_no_ride(**tell)
    assert rides.of(visit).contact is None
    assert FollowUp.objects.get(kind=patient_tasks.RIDE).state == "open"
    again = patient_answers.tell_ride(**tell, contact_id=ride.contact_id)
    assert again.contact == ride.contact
    assert FollowUp.objects.get(kind=patient_tasks.RIDE).state == "done"


def test_a_stranger_among_the_contacts_can_not_be_named(house, link):
    visit = visits_of(house.patients[0])[0]
    other = Contact.objects.create(patient=house.patients[1], kind="escort", name="Ana", phone="+15550137743")
    with pytest.raises(NotFound):
        patient_answers.tell_ride(link=link, appointment_id=visit.pk, contact_id=other.pk)


def test_a_ride_that_was_named_for_another_hour_is_asked_for_again(house, link):
    def is_old():
        return own_page.shown([patient_answers.visit_of(link, visit.pk)])[0].ride_is_old

    visit = visits_of(house.patients[0])[0]
    patient_answers.tell_ride(link=link, appointment_id=visit.pk, name="Luis", phone="(555) 013-7742")
    assert not is_old()
    at = patient_times.offered(visit)[0].starts[0]
    with clock.at(clock.now() + timedelta(minutes=1)):
        patient_answers.move(link=link, appointment_id=visit.pk, starts_at=at, seen=visit.starts_at)
    assert is_old()


# Unconfirmed 20 hours before


def test_unconfirmed_at_20_hours_asks_for_a_call_that_a_yes_closes(house, link):
    visit = visits_of(house.patients[0])[0]
    with clock.at(visit.starts_at - timedelta(hours=20, minutes=1)):
        assert patient_tasks.look() == 0
    with clock.at(visit.starts_at - timedelta(hours=19, minutes=59)):
        assert patient_tasks.look() == 1
        assert patient_tasks.look() == 0
        call = FollowUp.objects.get(kind=patient_tasks.CONFIRM, subject_id=visit.pk)
        assert call.due_at == visit.starts_at - timedelta(hours=16)
        patient_answers.confirm(link=link, appointment_id=visit.pk)
        call.refresh_from_db()
        assert call.state == "done"
        undoing.undo(appointment_id=visit.pk, by=house.desk)
        assert patient_tasks.look() == 1  # taken back: it is asked for again


def test_a_call_that_somebody_ended_is_not_asked_for_again(house):
    visit = visits_of(house.patients[1])[0]
    with clock.at(visit.starts_at - timedelta(hours=19)):
        patient_tasks.look()
        call = FollowUp.objects.get(kind=patient_tasks.CONFIRM, subject_id=visit.pk)
        followups.done(task_id=call.pk, outcome="No longer needed", note="Came by and said so.", by=house.desk)
        assert not FollowUp.objects.filter(kind=patient_tasks.CONFIRM, subject_id=visit.pk, state="open").exists()
        patient_tasks.look()
        assert not FollowUp.objects.filter(kind=patient_tasks.CONFIRM, subject_id=visit.pk, state="open").exists()


def test_the_call_shows_the_number_and_one_press_confirms_the_visit_and_ends_it(house, client):
    """A word that they come would leave the visit unconfirmed; what was heard is written where it belongs."""
    visit = visits_of(house.patients[1])[0]
    with clock.at(visit.starts_at - timedelta(hours=19)):
        patient_tasks.look()
        call = FollowUp.objects.get(kind=patient_tasks.CONFIRM, subject_id=visit.pk)
        client.force_login(house.desk)
        page = client.get(f"/reminders/tasks/{call.pk}/").content.decode()
        assert (f'action="/visits/{visit.pk}/confirm/"' in page, "Reached, all is well" in page) == (True, False)
        client.post(f"/visits/{visit.pk}/confirm/")
    visit.refresh_from_db()
    call.refresh_from_db()
    assert (visit.status, call.state, call.closed_itself) == ("confirmed", "done", True)


def test_a_visit_agreed_on_within_its_last_day_needs_no_second_word(house, link):
    visit = visits_of(house.patients[1])[0]
    with clock.at(visit.starts_at - timedelta(hours=22)):
        changes.move(appointment_id=visit.pk, starts_at=visit.starts_at + timedelta(hours=1), by=house.desk)
    with clock.at(visit.starts_at - timedelta(hours=10)):
        patient_tasks.look()
    assert not FollowUp.objects.filter(kind=patient_tasks.CONFIRM, subject_id=visit.pk).exists()
