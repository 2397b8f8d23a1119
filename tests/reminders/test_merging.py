"""At most one text a day to one person: who goes first, what it takes along, and what becomes of the rest."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic import clock
from patients.models import ContactConsent
from reminders import ledger, merging, wordings
from reminders.models import Message
from tests import build

State = Message.State


@pytest.fixture
def plan(patient, site):
    def _plan(kind, due, *, day="2027-02-06", expires="2027-02-09", of=None, **values):
        made = ledger.plan(
            kind=kind,
            patient=of or patient,
            site=site,
            subject_kind="test",
            subject_id=uuid4(),
            occurrence="1",
            due_at=build.moment(site, day, due),
            expires_at=build.moment(site, expires, "09:00"),
            values=values,
        )
        Message.objects.filter(pk=made.pk).update(channel="text")
        made.refresh_from_db()
        return made

    return _plan


@pytest.fixture
def hand(site):
    """What a dispatcher does with one message, without its provider: claim, board, send or not."""

    def _hand(message, at, *, day="2027-02-06", to=State.SENT):
        now = build.moment(site, day, at)
        with clock.at(now):
            lease = {"state": State.CLAIMED, "lease_until": now + timedelta(minutes=1), "lease_owner": "me"}
            Message.objects.filter(pk=message.pk).update(**lease)
            turn = merging.board(message)
            free = {"lease_until": None, "lease_owner": ""}
            if turn.goes and not turn.channel:
                sent = {"sent_at": now} if to == State.SENT else {}
                Message.objects.filter(pk=message.pk).update(state=to, **sent, **free)
            else:
                Message.objects.filter(pk=message.pk).update(state=State.PLANNED, **free)
        return turn

    return _hand


def state(message):
    message.refresh_from_db()
    return message.state


def visit(site, at="09:00", day="2027-02-09"):
    return {"at": build.moment(site, day, at).isoformat()}


def test_the_first_text_of_a_day_takes_along_what_is_due_until_midnight(plan, hand, site):
    first = plan("appointment_72h", "09:00", **visit(site))
    later = plan("checkin_24h", "10:00")
    turn = hand(first, "09:00")
    assert turn.took_along == [later]
    assert (state(first), state(later)) == (State.SENT, State.SENT)
    assert (later.merged_into, later.sent_at) == (first, first.sent_at)


def test_j0_the_check_in_and_the_reminder_of_6_february_are_one_text(plan, hand, site):
    reminder = plan("appointment_72h", "09:00", **visit(site))
    asked = plan("checkin_24h", "09:52")
    turn = hand(reminder, "09:00")
    said = wordings.letter(reminder, took_along=turn.took_along).text
    assert said.startswith("Pine Street: visit Tue Feb 9 9:00 AM, how are you. See: http")
    assert len(said) <= 160
    assert state(asked) == State.SENT


def test_what_the_clinics_name_and_address_leave_room_for_is_said(plan, hand, site):
    """The longest day and hour, and the question of the day after: “more” would not bring anybody to answer it."""
    reminder = plan("appointment_72h", "09:00", **visit(site, "10:30", "2027-09-29"))
    plan("checkin_24h", "09:52")
    plan("appointment_24h", "10:00", **visit(site, "10:00"))
    turn = hand(reminder, "09:00")
    said = wordings.letter(reminder, took_along=turn.took_along).text
    assert said.startswith("Pine Street: visit Wed Sep 29 10:30 AM, how are you, and more. See: http")
    assert len(said) <= 160


@pytest.mark.parametrize(
    ("kind", "at", "day", "why"),
    [
        ("checkin_24h", "00:05", "2027-02-07", "it is due tomorrow"),
        ("slot_offer", "09:00", "2027-02-06", "it has an address of its own"),
    ],
)
def test_what_is_not_taken_along(plan, hand, site, kind, at, day, why):
    more = {**visit(site), "link": "https://x.example/"} if kind == "slot_offer" else {}
    other = plan(kind, at, day=day, **({**more, "until_at": more["at"]} if more else {}))
    assert hand(plan("appointment_72h", "09:00", **visit(site)), "09:00").took_along == [], why
    assert state(other) == State.PLANNED


def test_a_text_of_somebody_else_is_not_taken_along(plan, hand, site):
    other = plan("checkin_24h", "09:00", of=build.patient(site))
    assert hand(plan("appointment_72h", "09:00", **visit(site)), "09:00").took_along == []
    assert state(other) == State.PLANNED


def test_a_letter_is_not_taken_along(plan, hand, site):
    letter = plan("checkin_24h", "09:00")
    Message.objects.filter(pk=letter.pk).update(channel="email")
    assert hand(plan("appointment_72h", "09:00", **visit(site)), "09:00").took_along == []


def test_a_letter_needs_no_turn(plan, hand, site):
    hand(plan("appointment_72h", "09:00", **visit(site)), "09:00")
    letter = plan("questions_due", "10:00")
    letter.channel = "email"
    assert merging.board(letter) == merging.Turn()


def test_what_is_claimed_elsewhere_and_not_begun_is_taken_from_there(plan, hand, site):
    other = plan("checkin_24h", "09:00")
    Message.objects.filter(pk=other.pk).update(
        state=State.CLAIMED, lease_until=clock.now() + timedelta(days=9), lease_owner="somebody"
    )
    first = plan("appointment_72h", "09:00", **visit(site))
    assert hand(first, "09:00").took_along == [other]
    assert (state(other), other.lease_owner) == (State.SENT, "")


def test_what_is_being_said_this_moment_is_left_alone(plan, hand, site):
    other = plan("instructions", "09:00")
    until = clock.now() + timedelta(days=9)
    Message.objects.filter(pk=other.pk).update(
        state=State.CLAIMED, lease_until=until, lease_owner="somebody", begun_at=build.moment(site, "2027-02-06")
    )
    turn = hand(plan("questions_due", "09:00"), "09:00")
    assert (turn.goes, turn.took_along) == (False, [])
    assert state(other) == State.CLAIMED


def test_a_second_text_goes_by_letter_where_that_is_open(plan, hand, site, patient):
    patient.email = "maya@example.org"
    patient.save()
    ContactConsent.objects.create(patient=patient, channel="email", words="…", version="1", given_at=clock.now())
    hand(plan("appointment_72h", "09:00", **visit(site)), "09:00")
    turn = hand(plan("questions_due", "12:00"), "12:00")
    assert (turn.goes, turn.channel) == (True, "email")


def test_a_second_text_waits_for_the_morning_where_that_is_in_time(plan, hand, site):
    hand(plan("appointment_72h", "09:00", **visit(site)), "09:00")
    turn = hand(plan("questions_due", "12:00"), "12:00")
    assert (turn.goes, turn.wait_until) == (False, build.moment(site, "2027-02-07", "08:00"))


def test_a_second_text_that_can_not_wait_is_too_late(plan, hand, site):
    hand(plan("appointment_72h", "09:00", **visit(site)), "09:00")
    turn = hand(plan("questions_due", "12:00", expires="2027-02-06"), "12:00")
    assert turn.too_late
    assert turn.why == merging.ONE_A_DAY


def test_a_second_text_for_safety_goes_all_the_same_and_leaves_the_day_to_others(plan, hand, site):
    hand(plan("appointment_72h", "09:00", **visit(site)), "09:00")
    assert hand(plan("evening_note", "18:00", expires="2027-02-07"), "18:00").goes


def test_a_text_for_safety_alone_is_not_the_text_of_the_day(plan, hand, site):
    hand(plan("evening_note", "08:30"), "08:30")
    assert hand(plan("appointment_72h", "09:00", **visit(site)), "09:00").goes


def test_the_next_day_has_a_text_of_its_own(plan, hand, site):
    hand(plan("appointment_72h", "09:00", **visit(site)), "09:00")
    assert hand(plan("questions_due", "09:00", day="2027-02-07"), "09:00", day="2027-02-07").goes


@pytest.mark.parametrize("what", [State.PLANNED, State.FAILED, State.SUPPRESSED, State.EXPIRED, State.VOID])
def test_what_rode_with_a_text_that_did_not_go_is_free_again(plan, hand, site, what):
    first, rider = plan("appointment_72h", "09:00", **visit(site)), plan("checkin_24h", "10:00")
    hand(first, "09:00", to=what)
    assert (state(rider), rider.merged_into) == (State.PLANNED, None)


def test_what_rode_with_a_text_that_did_not_arrive_failed_with_it(plan, hand, site):
    first, rider = plan("appointment_72h", "09:00", **visit(site)), plan("checkin_24h", "10:00")
    hand(first, "09:00")
    Message.objects.filter(pk=first.pk).update(state=State.FAILED, why="The number is dead.")
    assert (state(rider), rider.why, rider.merged_into) == (State.FAILED, "The number is dead.", None)


def test_what_rode_with_a_text_that_arrived_arrived(plan, hand, site):
    first, rider = plan("appointment_72h", "09:00", **visit(site)), plan("checkin_24h", "10:00")
    hand(first, "09:00")
    Message.objects.filter(pk=first.pk).update(state=State.DELIVERED)
    assert state(rider) == State.DELIVERED


def test_what_is_taken_back_while_another_says_it_is_not_said_again(plan, hand, site):
    first, rider = plan("appointment_72h", "09:00", **visit(site)), plan("checkin_24h", "10:00")
    hand(first, "09:00", to=State.UNCERTAIN)
    with clock.at(build.moment(site, "2027-02-06", "09:01")):
        assert ledger.void(subject_kind="test", subject_id=rider.subject_id, why="Cancelled.") == 0
    Message.objects.filter(pk=first.pk).update(state=State.PLANNED)
    assert hand(first, "09:02").took_along == []
    assert state(rider) == State.PLANNED
    assert rider.expires_at == build.moment(site, "2027-02-06", "09:01")
