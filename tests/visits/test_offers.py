"""A time comes free and is held out: to whom, how, and what follows from each answer."""

from datetime import date, time, timedelta

import pytest

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotPermitted, Refused
from clinic.models import Closure, Room
from clinic.place import directory
from clinic.policy import Role
from infusions.models import Infusion, Series
from patients.models import Patient
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from tests.visits.waiting import reachable, visit, wish
from visits import booking, changes, offers, openings, tending, undoing, waitlist
from visits.models import Appointment, Offer, Opening, WaitlistEntry

pytestmark = pytest.mark.django_db
State = Offer.State


@pytest.fixture
def maya(site, provider, front_desk) -> Appointment:
    """The visit that comes free: an evaluation on Tuesday 2 February at 09:00, with the only provider."""
    return visit(build.patient(site), site, "2027-02-02", by=front_desk)


@pytest.fixture
def ana(site) -> Patient:
    return reachable(build.patient(site, given_name="Ána", family_name="Müller-Żak"), "ana@example.com")


@pytest.fixture
def waiting(ana, site, front_desk, maya) -> WaitlistEntry:
    """Ana has an evaluation a week later and would like it earlier."""
    later = visit(ana, site, "2027-02-09", by=front_desk)
    return wish(ana, site, appointment=later, by=front_desk)


def free(of: Appointment, by) -> Opening:
    changes.cancel(appointment_id=of.pk, party="clinic", reason="Moved away", by=by)
    return Opening.objects.get(hold__appointment=of)


def offered(site) -> list[Offer]:
    tending.tend(site=site)
    return list(Offer.objects.filter(state=State.OPEN).order_by("made_at", "pk"))


def test_a_cancelled_visit_is_offered_by_a_letter_without_a_clinical_word(waiting, maya, site, front_desk):
    opening = free(maya, front_desk)
    (offer,) = offered(site)
    assert (offer.entry, offer.opening, offer.starts_at) == (waiting, opening, maya.starts_at)
    assert offer.expires_at == clock.now() + timedelta(hours=4)
    letter = Message.objects.get(kind="slot_offer")
    assert letter.patient == waiting.patient
    assert letter.values["day"] == "Tuesday, February 2"
    assert "evaluation" not in str(letter.values).lower()
    assert "/visits/offer/" not in str(letter.values), "the secret link stands encrypted in the ledger"
    assert offer.token_hash not in str(letter.values)


def test_who_cannot_be_written_to_is_called(waiting, maya, site, front_desk):
    Patient.objects.filter(pk=waiting.patient_id).update(email="")
    free(maya, front_desk)
    (offer,) = offered(site)
    task = FollowUp.objects.get(kind="offer_by_phone")
    assert (task.subject_id, task.state, task.owner_role) == (offer.pk, "open", Role.FRONT_DESK)
    assert not Message.objects.filter(kind="slot_offer").exists()
    offers.decline(offer_id=offer.pk, by=front_desk)
    task.refresh_from_db()
    assert task.state == "done"


def test_three_are_asked_at_once_the_longest_waiting_first_and_the_next_after_a_no(maya, site, front_desk):
    entries = []
    for number in range(4):
        with clock.at(clock.now() - timedelta(days=9 - number)):
            entries.append(wish(reachable(build.patient(site), f"p{number}@example.com"), site, by=front_desk))
    free(maya, front_desk)
    first = offered(site)
    assert [offer.entry for offer in first] == entries[:3]
    assert offered(site) == first, "a second tick asks nobody twice"
    offers.decline(offer_id=first[0].pk, by=front_desk)
    assert [offer.entry for offer in offered(site)] == entries[1:]


def test_one_person_is_asked_once_and_who_gave_the_time_up_is_not(site, maya, ana, front_desk):
    for kind in ("evaluation", "preparation"):
        wish(ana, site, kind=kind, by=front_desk)
        wish(maya.patient, site, kind=kind, by=front_desk)
    build.user(Role.THERAPIST, at=site)
    free(maya, front_desk)
    assert [offer.entry.patient for offer in offered(site)] == [ana]
    again = visit(build.patient(site), site, "2027-02-03", by=front_desk)
    free(again, front_desk)
    assert {offer.entry.patient for offer in offered(site)} == {ana, maya.patient}, "one open question to a person"
    assert Offer.objects.count() == 2


@pytest.mark.parametrize(
    "wished",
    [
        {"weekdays": [2]},
        {"not_before": time(10)},
        {"not_after": time(8)},
        {"until": date(2027, 2, 1)},
        {"notice_hours": 14 * 24},
    ],
)
def test_a_time_that_was_not_wished_for_is_not_offered(maya, ana, site, front_desk, wished):
    wish(ana, site, by=front_desk, **wished)
    free(maya, front_desk)
    assert offered(site) == []


def test_a_later_time_is_not_offered_to_who_wants_an_earlier_one(ana, maya, site, front_desk):
    sooner = visit(ana, site, "2027-02-01", by=front_desk)
    wish(ana, site, appointment=sooner, by=front_desk)
    free(maya, front_desk)
    assert offered(site) == []


def test_the_patients_yes_moves_the_visit_and_tells_them(waiting, maya, site, front_desk):
    free(maya, front_desk)
    (offer,) = offered(site)
    taken = offers.accept(offer_id=offer.pk)
    moved = Appointment.objects.get(pk=waiting.appointment_id)
    assert (moved.starts_at, moved.status) == (maya.starts_at, "booked")
    assert (taken.state, taken.appointment, taken.ended_by) == (State.ACCEPTED, moved, None)
    waiting.refresh_from_db()
    assert waiting.state == "booked"
    assert Message.objects.get(kind="slot_offer").state == "void"
    assert Message.objects.get(kind="slot_yours").values["time"] == "9:00 AM"
    assert Message.objects.filter(kind="appointment_72h", subject_id=moved.pk, state="planned").count() == 1
    assert Opening.objects.filter(hold__appointment=moved).count() == 1, "what they left is free for the next"


def test_a_second_yes_changes_nothing(waiting, maya, site, front_desk):
    free(maya, front_desk)
    (offer,) = offered(site)
    offers.accept(offer_id=offer.pk)
    again = offers.accept(offer_id=offer.pk)
    assert again.state == State.ACCEPTED
    assert Appointment.objects.get(pk=waiting.appointment_id).version == 2


def test_who_has_nothing_booked_gets_a_new_visit(ana, maya, site, front_desk):
    entry = wish(ana, site, by=front_desk)
    free(maya, front_desk)
    (offer,) = offered(site)
    taken = offers.accept(offer_id=offer.pk, by=front_desk)
    assert (taken.appointment.patient, taken.appointment.kind, taken.ended_by) == (ana, entry.kind, front_desk)


def test_the_second_of_two_is_told_that_somebody_was_faster_and_stays_on_the_list(waiting, maya, site, front_desk):
    rival = wish(reachable(build.patient(site), "b@example.com"), site, by=front_desk)
    free(maya, front_desk)
    first, second = offered(site)
    offers.accept(offer_id=first.pk)
    with pytest.raises(offers.Faster, match="Somebody was faster"):
        offers.accept(offer_id=second.pk)
    second.refresh_from_db()
    rival.refresh_from_db()
    assert (second.state, rival.state) == (State.WITHDRAWN, "waiting")


def test_the_desk_may_book_what_is_on_offer_and_who_was_asked_is_told(
    waiting, maya, site, front_desk, django_capture_on_commit_callbacks
):
    free(maya, front_desk)
    (offer,) = offered(site)
    Message.objects.filter(kind="slot_offer").update(state="sent", sent_at=clock.now())
    with django_capture_on_commit_callbacks(execute=True):
        visit(build.patient(site), site, "2027-02-02", by=front_desk)
    offer.refresh_from_db()
    assert offer.state == State.WITHDRAWN
    assert Message.objects.get(kind="slot_gone").state == "planned"
    with pytest.raises(offers.Faster):
        offers.accept(offer_id=offer.pk)


def test_an_offer_nobody_was_told_of_is_withdrawn_without_a_word(waiting, maya, site, front_desk):
    free(maya, front_desk)
    assert len(offered(site)) == 1
    visit(build.patient(site), site, "2027-02-02", by=front_desk)
    assert offered(site) == []
    assert not Message.objects.filter(kind="slot_gone").exists()
    assert Message.objects.get(kind="slot_offer").state == "void"


def test_without_an_answer_it_runs_out_and_the_same_person_is_not_asked_again(waiting, maya, site, front_desk):
    free(maya, front_desk)
    (offer,) = offered(site)
    with clock.at(offer.expires_at):
        assert offered(site) == []
        offer.refresh_from_db()
        assert offer.state == State.EXPIRED
        with pytest.raises(Refused, match="ended"):
            offers.accept(offer_id=offer.pk)


def test_an_undone_cancellation_takes_the_offer_back(waiting, maya, site, front_desk):
    free(maya, front_desk)
    (offer,) = offered(site)
    undoing.undo(appointment_id=maya.pk, by=front_desk)
    assert offered(site) == []
    offer.refresh_from_db()
    assert offer.state == State.WITHDRAWN


def test_a_yes_that_is_undone_puts_the_wish_back_and_does_not_ask_about_that_time_again(
    waiting, maya, site, front_desk
):
    free(maya, front_desk)
    (offer,) = offered(site)
    offers.accept(offer_id=offer.pk)
    undoing.undo(appointment_id=waiting.appointment_id, by=front_desk)
    waiting.refresh_from_db()
    offer.refresh_from_db()
    assert (waiting.state, offer.state) == ("waiting", State.DECLINED)
    assert offered(site) == []


def test_a_lifted_closure_is_offered(ana, maya, site, front_desk, clinic_admin):
    day = date(2027, 2, 3)
    closure = Closure.objects.create(site=site, first_day=day, last_day=day, reason="Painting")
    wish(ana, site, by=front_desk, weekdays=[2])
    assert offered(site) == []
    directory.remove_closure(closure_id=closure.pk, by=clinic_admin)
    (offer,) = offered(site)
    assert offer.starts_at == build.moment(site, "2027-02-03", "08:00")


def test_a_shortened_closure_frees_the_days_it_no_longer_has(site, clinic_admin):
    days = {"first_day": date(2027, 2, 3), "last_day": date(2027, 2, 5)}
    closure = Closure.objects.create(site=site, reason="Painting", **days)
    directory.edit_closure(
        closure_id=closure.pk, first_day=date(2027, 2, 4), last_day=date(2027, 2, 4), reason="Painting", by=clinic_admin
    )
    freed = [site.local(one.starts_at).day for one in Opening.objects.order_by("starts_at")]
    assert freed == [3, 5]


def test_a_move_an_absence_and_an_undone_move_each_free_what_they_leave(maya, site, front_desk):
    changes.move(appointment_id=maya.pk, starts_at=build.moment(site, "2027-02-03"), by=front_desk)
    undoing.undo(appointment_id=maya.pk, by=front_desk)
    assert [site.local(one.starts_at).day for one in Opening.objects.order_by("noticed_at", "pk")] == [2, 3]
    assert [site.local(one.starts_at).day for one in openings.current(site)] == [3], "the second is taken again"
    with clock.at(maya.starts_at + timedelta(minutes=11)):
        changes.no_show(appointment_id=maya.pk, by=front_desk)
    assert Opening.objects.filter(cause="no_show").count() == 1


def test_an_infusion_is_offered_only_where_the_series_keeps_its_gaps_and_its_numbers_follow(
    site, nurse, front_desk, ana
):
    series = making.loading(ana, nurse)
    days = ["2027-02-02", "2027-02-05", "2027-02-09", "2027-02-12", "2027-02-18", "2027-02-22"]
    made = [making.infusion(series, number, day, by=nurse) for number, day in enumerate(days, start=1)]
    wish(ana, site, appointment=made[5].appointment, by=front_desk)
    too_close = visit(build.patient(site), site, "2027-02-11", "13:00", by=front_desk, kind="infusion")
    fits = visit(build.patient(site), site, "2027-02-15", "13:00", by=front_desk, kind="infusion")
    free(too_close, front_desk)
    assert offered(site) == []
    free(fits, front_desk)
    Series.objects.update(state="suspended")
    assert offered(site) == [], "nobody is asked to come earlier whose series rests"
    Series.objects.update(state="active")
    (offer,) = offered(site)
    offers.accept(offer_id=offer.pk)
    assert {one.appointment_id: one.number for one in Infusion.objects.all()} == {
        infusion.appointment_id: number for infusion, number in zip(made, [1, 2, 3, 4, 6, 5], strict=True)
    }


def test_the_keeper_must_still_be_able_to_book(waiting, maya, site, front_desk):
    free(maya, front_desk)
    (offer,) = offered(site)
    front_desk.memberships.all().delete()
    with pytest.raises(Refused, match="call us"):
        offers.accept(offer_id=offer.pk)


def test_a_wish_lapses_with_its_last_day_and_with_its_visit(waiting, ana, site, front_desk):
    changes.cancel(appointment_id=waiting.appointment_id, party="patient", reason="Away", by=front_desk)
    tending.tend(site=site)
    waiting.refresh_from_db()
    assert waiting.state == "waiting", "the cancellation may still be undone"
    with clock.at(clock.now() + timedelta(minutes=16)):
        tending.tend(site=site)
    waiting.refresh_from_db()
    assert waiting.state == "lapsed"
    other = wish(ana, site, by=front_desk, until=date(2027, 1, 21))
    with clock.at(build.moment(site, "2027-01-22", "00:01")):
        tending.tend(site=site)
    other.refresh_from_db()
    assert other.state == "lapsed"


def test_taking_off_the_list_withdraws_what_is_offered(waiting, maya, site, front_desk):
    free(maya, front_desk)
    (offer,) = offered(site)
    with pytest.raises(Invalid):
        tending.take_off(entry_id=waiting.pk, reason=" ", by=front_desk)
    tending.take_off(entry_id=waiting.pk, reason="Found another time", by=front_desk)
    offer.refresh_from_db()
    waiting.refresh_from_db()
    assert (offer.state, waiting.state, waiting.ended_by) == (State.WITHDRAWN, "removed", front_desk)
    with pytest.raises(IllegalTransition):
        tending.take_off(entry_id=waiting.pk, reason="Again", by=front_desk)


def test_the_desk_gives_a_time_on_the_phone_even_with_too_little_notice(waiting, maya, site, front_desk):
    waitlist.change(
        entry_id=waiting.pk, by=front_desk, weekdays=[], not_before=None, not_after=None, until=waiting.until,
        notice_hours=14 * 24,
    )  # fmt: skip
    opening = free(maya, front_desk)
    assert offered(site) == []
    taken = offers.give(opening_id=opening.pk, entry_id=waiting.pk, by=front_desk)
    assert (taken.state, taken.ended_by) == (State.ACCEPTED, front_desk)
    assert not Message.objects.filter(kind="slot_offer", state="planned").exists()


def test_one_wish_for_one_thing_and_only_with_the_right(waiting, ana, site, front_desk, insurance_admin):
    with pytest.raises(Refused, match="already"):
        wish(ana, site, appointment=waiting.appointment, by=front_desk)
    with pytest.raises(NotPermitted):
        wish(ana, site, kind="booster", by=insurance_admin)
    with pytest.raises(Invalid, match="within a year"):
        wish(ana, site, kind="booster", until=date(2027, 1, 19), by=front_desk)


def test_each_site_offers_its_own_hours_in_its_own_zone(site, other_site, front_desk, ana):
    """Adelaide and Los Angeles: half an hour and a day apart; 09:00 means the wall of the site."""
    far = build.site("Harbor", "Australia/Lord_Howe")
    everyone = build.user(*Role, at=far)
    there = reachable(build.patient(far), "far@example.com")
    gone = booking.book(
        patient=build.patient(far), site=far, kind="evaluation", starts_at=build.moment(far, "2027-04-05"), by=everyone
    )
    wish(there, far, by=everyone, until=date(2027, 4, 30), not_before=time(9), not_after=time(9))
    wish(ana, site, by=front_desk)
    free(gone, everyone)
    assert offered(site) == []
    (offer,) = offered(far)
    assert f"{far.local(offer.starts_at):%Y-%m-%d %H:%M}" == "2027-04-05 09:00"
    assert Room.objects.filter(site=other_site).exists()


def test_trouble_with_one_opening_or_one_site_keeps_no_other_waiting(waiting, maya, site, front_desk, monkeypatch):
    build.site("Harbor", "Australia/Adelaide")
    broken, hold_out, run_out = free(maya, front_desk), offers.hold_out, tending._run_out
    next_day = build.moment(site, "2027-02-03", "09:00")
    fine = Opening.objects.create(
        site=site, starts_at=next_day, ends_at=next_day + timedelta(hours=1), cause="reopened"
    )

    def hold_out_but_one(*, opening_id):
        return 1 / 0 if opening_id == broken.pk else hold_out(opening_id=opening_id)

    def run_out_but_elsewhere(where):
        return run_out(where) if where == site else 1 / 0

    monkeypatch.setattr(offers, "hold_out", hold_out_but_one)
    monkeypatch.setattr(tending, "_run_out", run_out_but_elsewhere)
    assert tending.tend_all() == 1
    assert Offer.objects.get().opening == fine


def test_a_yes_on_the_phone_that_cannot_be_carried_out_leaves_no_offer_behind(waiting, maya, site, front_desk):
    opening = free(maya, front_desk)
    Patient.objects.filter(pk=waiting.patient_id).update(deceased_on=date(2027, 1, 18))
    with pytest.raises(Refused, match="has died"):
        offers.give(opening_id=opening.pk, entry_id=waiting.pk, by=front_desk)
    assert Offer.objects.get().state == State.WITHDRAWN


def test_a_time_is_closed_once_its_room_is_held_again_for_all_of_it(maya, site, front_desk, nurse):
    wish(reachable(build.patient(site)), site, by=front_desk, weekdays=[6])
    opening = free(maya, front_desk)
    Opening.objects.filter(pk=opening.pk).update(ends_at=opening.ends_at + timedelta(hours=1))
    assert visit(build.patient(site), site, "2027-02-02", by=front_desk).ends_at == opening.ends_at
    tending.tend(site=site)
    opening.refresh_from_db()
    assert opening.closed_at is None, "an hour of it is left"
    second = visit(build.patient(site), site, "2027-02-02", f"{site.local(maya.ends_at):%H:%M}", by=front_desk)
    tending.tend(site=site)
    opening.refresh_from_db()
    assert opening.closed_at == clock.now()
    assert free(second, front_desk).closed_at is None, "let go once more, it is an opening of its own"
