"""Groups: room and therapist once, a visit, a session and a note for each member, and no member told of another."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotFound, Refused
from clinic.integrity import all_checks
from clinic.policy import Role
from insurance.coding_rules import USUAL, Talked, suggest
from patients.models import Patient
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from tests.therapy.test_sign import tables_locked
from therapy import groups as members
from therapy.models import TherapySession
from visits import booking, changes, extending, feeds, groups, stranded, undoing
from visits.clashes import SlotTaken
from visits.courses import NeedsReason
from visits.models import Appointment, GroupSession, Hold

DAY, LATER = "2027-02-08", "2027-02-09"


def allow(site):
    settings_versions.ProtocolSettings.objects.create(site=site, version=1, group_sessions=True, group_largest=3)


@pytest.fixture
def group(site, therapist, front_desk):
    allow(site)
    return groups.plan(
        site=site,
        topic="Coming home",
        starts_at=build.moment(site, DAY, "13:00"),
        minutes=90,
        capacity=2,
        by=front_desk,
    )


@pytest.fixture
def person(site, provider):
    def make(name="Maya"):
        patient = build.patient(site, given_name=name, family_name=f"{name}son")
        making.loading(patient, provider)
        return patient

    return make


def alive(group):
    return groups.members(group).count()


def test_a_site_holds_groups_only_when_it_says_so(site, therapist, front_desk):
    with pytest.raises(Refused, match="holds no groups"):
        groups.plan(site=site, topic="x", starts_at=build.moment(site, DAY, "13:00"), capacity=2, by=front_desk)


def test_a_group_is_no_larger_than_the_site_says(site, group, front_desk):
    with pytest.raises(Invalid, match="2 to 3"):
        groups.plan(site=site, topic="x", starts_at=build.moment(site, LATER), capacity=4, by=front_desk)


def test_room_and_therapist_are_held_once_and_each_patient_once(group, person, therapist, front_desk):
    one, two = (members.add(group_id=group.pk, patient=person(name), by=front_desk) for name in ("Ada", "Ben"))
    held = Hold.objects.filter(active=True).values_list("resource", flat=True)
    assert sorted(held) == sorted([group.room_id, therapist.pk, one.patient_id, two.patient_id])
    assert {one.kind, two.kind} == {"group"}
    assert one.therapist == therapist
    assert Message.objects.filter(subject_id=one.appointment_id, state="planned").count() == 2
    with pytest.raises(SlotTaken, match="taken"):
        booking.book(
            patient=person(), site=group.site, kind="preparation", starts_at=group.starts_at, room=group.room,
            by=front_desk,
        )  # fmt: skip
    assert [check.name for check in all_checks() if check.broken()] == []


def test_who_may_not_join_a_group(site, group, person, front_desk):
    ada, elsewhere = person("Ada"), build.patient(build.site("Lakeside"))
    members.add(group_id=group.pk, patient=ada, by=front_desk)
    with pytest.raises(Refused, match="already"):
        members.add(group_id=group.pk, patient=ada, by=front_desk)
    with pytest.raises(Refused, match="no series"):
        members.add(group_id=group.pk, patient=build.patient(site), by=front_desk)
    with pytest.raises(NotFound):
        members.add(group_id=group.pk, patient=elsewhere, by=front_desk)
    busy = person("Cleo")
    booking.book(patient=busy, site=site, kind="evaluation", starts_at=group.starts_at, by=front_desk)
    with pytest.raises(SlotTaken, match="another visit then"):
        members.add(group_id=group.pk, patient=busy, by=front_desk)
    members.add(group_id=group.pk, patient=person("Ben"), by=front_desk)
    with pytest.raises(Refused, match="All 2 places"):
        members.add(group_id=group.pk, patient=person("Dora"), by=front_desk)
    assert alive(group) == 2


def test_after_an_infusion_of_that_day_only_with_a_reason(group, person, provider, front_desk):
    patient = person()
    making.infusion(patient.series.get(), 1, DAY, at="08:00")
    with pytest.raises(NeedsReason):
        members.add(group_id=group.pk, patient=patient, by=front_desk)
    assert alive(group) == 0
    made = members.add(group_id=group.pk, patient=patient, by=front_desk, reason="She asked for it")
    assert made.same_day_reason == "She asked for it"


def test_the_database_itself_refuses_one_too_many_twice_and_another_hour(group, person, front_desk):
    ada = members.add(group_id=group.pk, patient=person("Ada"), by=front_desk).patient

    def taken(match, patient, later=0):
        at = {name: getattr(group, name) + timedelta(hours=later) for name in ("starts_at", "ends_at")}
        visit = Appointment(patient=patient, site=group.site, kind="group", group=group, booked_by=front_desk, **at)
        with pytest.raises(IntegrityError, match=match), transaction.atomic():
            visit.save()

    taken("once_in_a_group", ada)
    taken("not then and there", person("Ben"), later=1)
    members.add(group_id=group.pk, patient=person("Cleo"), by=front_desk)
    taken("its group is full", person("Dora"))
    GroupSession.objects.filter(pk=group.pk).update(capacity=3)
    groups.cancel(group_id=group.pk, reason="Too few", by=front_desk)
    taken("not then and there", person("Eli"))


@pytest.mark.django_db(transaction=True)
def test_two_desks_give_away_the_last_place_once(site, therapist, front_desk, provider):
    allow(site)
    made = groups.plan(site=site, topic="x", starts_at=build.moment(site, DAY, "13:00"), capacity=2, by=front_desk)
    people: list[Patient] = []
    for name in ("Ada", "Ben", "Cleo"):
        people.append(build.patient(site, given_name=name))
        making.loading(people[-1], provider)
    members.add(group_id=made.pk, patient=people[0], by=front_desk)
    at_once, said = Barrier(2), []

    def join(patient):
        try:
            at_once.wait(5)
            with clock.at(build.moment(site, "2027-01-28", "14:05")):
                said.append(members.add(group_id=made.pk, patient=patient, by=front_desk).state)
        except Refused as error:
            said.append(error.sentence[:12])
        finally:
            connection.close()

    desks = [Thread(target=join, args=[patient]) for patient in people[1:]]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join(10)
    assert sorted(said) == ["All 2 places", "planned"]
    assert alive(made) == 2


def test_the_whole_group_moves_with_everybody(site, group, person, other_therapist, front_desk):
    one, two = (members.add(group_id=group.pk, patient=person(name), by=front_desk) for name in ("Ada", "Ben"))
    changes.confirm(appointment_id=one.appointment_id, by=front_desk)
    starts = build.moment(site, LATER, "10:00")
    with pytest.raises(Refused, match="Move the whole group"):
        changes.move(appointment_id=one.appointment_id, starts_at=starts, by=front_desk)
    with pytest.raises(Refused, match="for all at once"):
        extending.extend(appointment_id=one.appointment_id, minutes=30, by=front_desk)
    groups.move(group_id=group.pk, starts_at=starts, therapist=other_therapist, by=front_desk, version=1)
    visits = Appointment.objects.filter(group=group)
    assert {(visit.starts_at, visit.status) for visit in visits} == {(starts, "booked")}
    assert {row.therapist for row in TherapySession.objects.all()} == {other_therapist}
    assert set(Message.objects.filter(state="planned").values_list("expires_at", flat=True)) == {starts}
    assert Hold.objects.filter(active=True, during__startswith=starts).count() == 4
    with pytest.raises(Refused, match="changed this group meanwhile"):
        groups.cancel(group_id=group.pk, reason="x", by=front_desk, version=1)
    with pytest.raises(Refused, match="moved with its group"):
        undoing.undo(appointment_id=one.appointment_id, by=front_desk)
    assert [check.name for check in all_checks() if check.broken()] == []
    assert two.appointment_id in {visit.pk for visit in visits}


def test_a_group_does_not_move_onto_another_visit_of_a_member(site, group, person, front_desk):
    ada = person("Ada")
    members.add(group_id=group.pk, patient=ada, by=front_desk)
    starts = build.moment(site, LATER, "10:00")
    booking.book(patient=ada, site=site, kind="evaluation", starts_at=starts, by=front_desk)
    with pytest.raises(SlotTaken, match="Ada"):
        groups.move(group_id=group.pk, starts_at=starts, by=front_desk)
    group.refresh_from_db()
    assert group.starts_at == build.moment(site, DAY, "13:00")


def test_a_called_off_group_cancels_each_visit_and_frees_the_room(group, person, front_desk):
    made = members.add(group_id=group.pk, patient=person(), by=front_desk)
    groups.cancel(group_id=group.pk, reason="The therapist is ill", by=front_desk)
    made.refresh_from_db()
    assert (made.state, made.appointment.status, made.appointment.cancelled_by_party) == (
        "missed",
        "cancelled",
        "clinic",
    )
    assert not Hold.objects.filter(active=True).exists()
    assert not Message.objects.filter(state="planned").exists()
    with pytest.raises(Refused, match="moved or called off"):
        undoing.undo(appointment_id=made.appointment_id, by=front_desk)


def test_a_place_that_was_given_on_does_not_come_back(group, person, front_desk):
    one, _ = (members.add(group_id=group.pk, patient=person(name), by=front_desk) for name in ("Ada", "Ben"))
    changes.cancel(appointment_id=one.appointment_id, party="patient", reason="Ill", by=front_desk)
    with CaptureQueriesContext(connection) as asked:
        undoing.undo(appointment_id=one.appointment_id, by=front_desk)
    locked = tables_locked(asked)  # as whoever moves the group does
    assert locked.index("visits_groupsession") < locked.index("visits_appointment")
    assert alive(group) == 2
    changes.cancel(appointment_id=one.appointment_id, party="patient", reason="Ill", by=front_desk)
    members.add(group_id=group.pk, patient=person("Cleo"), by=front_desk)
    with pytest.raises(Refused, match="given to somebody else"):
        undoing.undo(appointment_id=one.appointment_id, by=front_desk)


def test_the_calendar_of_the_therapist_has_the_group_once_and_tells_nothing(group, person, therapist, front_desk):
    members.add(group_id=group.pk, patient=person("Ada"), by=front_desk)
    body = feeds.of(therapist).body.decode()
    assert body.count("BEGIN:VEVENT") == body.count(f"Group\\, {group.room.name}") == 1
    assert "Adason" not in body
    assert group.topic not in body


def test_each_member_is_received_and_noted_alone(site, group, person, therapist, front_desk):
    one, two = (members.add(group_id=group.pk, patient=person(name), by=front_desk) for name in ("Ada", "Ben"))
    with clock.at(build.moment(site, DAY, "13:20")):
        changes.arrive(appointment_id=one.appointment_id, by=therapist)
        changes.no_show(appointment_id=two.appointment_id, by=front_desk)
        with pytest.raises(Refused, match="has arrived"):
            groups.cancel(group_id=group.pk, reason="x", by=front_desk)
    assert dict(TherapySession.objects.values_list("pk", "state")) == {one.pk: "planned", two.pk: "missed"}


def test_the_pages_show_the_group_once_and_no_patient_another(client, site, group, person, therapist, front_desk):
    one, two = (members.add(group_id=group.pk, patient=person(name), by=front_desk) for name in ("Ada", "Ben"))
    everyone = build.user(Role.THERAPIST, Role.FRONT_DESK, at=site)
    client.force_login(everyone)
    page = client.get(reverse("therapy:group", args=[group.pk])).content.decode()
    assert "Adason" in page
    assert "2 of 2 places" in page
    assert "2 of 2" in client.get(reverse("therapy:groups")).content.decode()
    with clock.at(build.moment(site, DAY, "09:00")):
        client.logout()  # that session was begun days before
        client.force_login(everyone)
        board = client.get(reverse("journey:today")).content.decode()
        listed = client.get(reverse("journey:today") + "?view=list").content.decode()
        client.force_login(therapist)
        mine = client.get(reverse("therapy:mine")).content.decode()
    assert board.count(f'id="group-{group.pk}"') == 1
    assert "Adason" not in board
    assert "Adason" in listed
    assert "Benson" in listed
    assert mine.count("2 of 2 places") == 1
    own = client.get(reverse("therapy:session", args=[one.pk])).content.decode()
    assert "Benson" not in own
    texts = " ".join(map(str, Message.objects.filter(patient=one.patient).values()))
    assert two.patient.family_name not in texts
    assert "Coming home" not in texts


def test_a_member_is_added_moved_and_called_off_on_the_page(client, site, group, person, front_desk):
    ada, address = person("Ada"), reverse("therapy:group", args=[group.pk])
    client.force_login(front_desk)
    assert b"Adason" in client.get(f"{address}?q=Adason").content
    client.post(reverse("therapy:group-join", args=[group.pk]), {"patient": ada.pk})
    moved = {"day": LATER, "at": "10:00", "version": 1}
    client.post(reverse("therapy:group-move", args=[group.pk]), moved)
    assert Appointment.objects.get(patient=ada).starts_at == build.moment(site, LATER, "10:00")
    client.post(reverse("therapy:group-cancel", args=[group.pk]), {"reason": "Too few", "version": 2})
    assert Appointment.objects.get(patient=ada).status == "cancelled"
    planned = {"topic": "Grief", "day": LATER, "at": "10:00", "minutes": 60, "capacity": 3}
    answer = client.post(reverse("therapy:group-plan"), planned)
    assert answer.status_code == 302
    assert GroupSession.objects.filter(topic="Grief").exists()


@pytest.mark.parametrize(("minutes", "signed", "warns"), [(80, True, False), (20, False, True), (None, True, True)])
def test_a_group_is_coded_once_a_member_whatever_the_minutes(minutes, signed, warns):
    (line,) = suggest([Talked(minutes, signed, "group")])
    assert (line.code, line.units, bool(line.warning)) == ("90853", 1, warns)


def test_a_table_without_groups_says_what_to_choose():
    (line,) = suggest([Talked(80, True, "group")], [rule for rule in USUAL if rule.what != "group"])
    assert "90853" in line.warning


def test_who_is_away_leaves_a_group_to_be_moved_and_page_and_task_say_so(group, client, therapist, front_desk):
    day = group.starts_at.date()
    client.force_login(front_desk)
    assert stranded.groups(group.site, day, day) == []
    sent = {"person": therapist.pk, "first_day": day, "last_day": day, "reason": "Ill"}
    page = client.post(reverse("journey:repairs"), sent, follow=True).content.decode()
    assert "Move their groups below" in page
    assert group.topic in page
    task = FollowUp.objects.get(kind="places_lost")
    groups.cancel(group_id=group.pk, reason="The therapist is ill", by=front_desk)
    task.refresh_from_db()
    assert (task.state, stranded.groups(group.site, day, day)) == (FollowUp.State.DONE, [])
