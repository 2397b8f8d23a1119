"""The series planner: the journeys' series, the wishes one by one, and what is said when nothing fits."""

from datetime import date, time, timedelta

import pytest

from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import Closure, OpeningHours, Room, Shift
from clinic.policy import Role
from insurance import authorizations
from insurance.models import Coverage, Payer
from tests import build
from visits import booking, changes, places
from visits.planner import NoPlan, propose
from visits.rules import Gaps, gap_breaches

pytestmark = pytest.mark.django_db
TUE_FRI, MON_WED_FRI = (1, 4), (0, 2, 4)


@pytest.fixture
def holiday(site):
    day = date(2027, 2, 15)
    return Closure.objects.create(site=site, first_day=day, last_day=day, reason="Presidents’ Day")


@pytest.fixture
def nadia(site, therapist):
    """At work on Monday, Wednesday and Thursday afternoons."""
    Shift.objects.filter(user=therapist).delete()
    for weekday in (0, 2, 3):
        Shift.objects.create(
            user=therapist, site=site, weekday=weekday, starts=time(13), ends=time(17), valid_from=date(2020, 1, 1)
        )
    return therapist


@pytest.fixture
def plan(site, patient, front_desk, nurse):
    def proposed(**wishes):
        wishes = {
            "patient": patient,
            "site": site,
            "count": 6,
            "weekdays": TUE_FRI,
            "not_before": date(2027, 2, 2),
            "at": time(9),
            "by": front_desk,
        } | wishes
        return propose(**wishes)

    return proposed


def days(proposal):
    return [f"{slot.starts_at:%m-%d}" for slot in proposal.infusions]


def words(proposal, tone=None):
    return [sentence for kind, sentence in proposal.reasons if tone in (None, kind)]


def test_the_series_of_j0_is_the_best_proposal(plan, nadia, holiday):
    best = plan(therapist=nadia)[0]
    assert days(best) == ["02-02", "02-05", "02-09", "02-12", "02-16", "02-19"]
    assert {f"{slot.starts_at:%H:%M}" for slot in best.infusions} == {"09:00"}
    assert f"{best.preparation.starts_at:%m-%d %H:%M}" == "01-28 13:00"
    assert f"{best.midpoint.starts_at:%m-%d %H:%M}" == "02-10 13:00"
    assert f"{best.integration.starts_at:%m-%d %H:%M}" == "02-22 13:00"
    assert "Midpoint the day after infusion 3, 13:00, Nadia Amir." in words(best, "ok")
    assert "Gaps of 3 or 4 days, none longer." in words(best, "ok")
    assert "Monday 15 Feb is closed (Presidents’ Day); it touches nothing." in words(best, "info")
    assert "Integration 3 hours past the 72 after infusion 6; the grace week covers it." in words(best, "info")


def test_the_eight_of_j11_step_around_the_holiday(plan, therapist, holiday):
    best = plan(count=8, weekdays=MON_WED_FRI, not_before=date(2027, 2, 1))[0]
    assert days(best) == ["02-01", "02-03", "02-05", "02-08", "02-10", "02-12", "02-16", "02-18"]
    assert f"{best.midpoint.starts_at:%m-%d}" == "02-09"
    assert "Infusion 7 on Tue 16 Feb instead of Mon 15 Feb." in words(best, "warn")


def test_proposals_differ_and_the_best_comes_first(plan, therapist):
    found = plan()
    assert [proposal.score for proposal in found] == sorted(proposal.score for proposal in found)
    assert len({tuple(slot.starts_at for slot in proposal.infusions) for proposal in found}) == 3


def test_every_proposal_can_be_booked_as_it_is(plan, therapist, nurse, site, patient, front_desk, holiday):
    for proposal in plan():
        wanted = [places.Wanted(slot.kind, slot.starts_at, slot.room, slot.staff) for slot in proposal.slots]
        booked = booking.book_all(patient=patient, site=site, wanted=wanted, by=front_desk)
        assert [one.ends_at for one in booked] == [slot.ends_at for slot in proposal.slots]
        for one in booked:
            changes.cancel(appointment_id=one.pk, party="clinic", reason="Trial", by=front_desk)


def test_a_taken_hour_is_given_up_before_a_day_is(plan, therapist, site, front_desk):
    Room.objects.filter(site=site, name="Room 2").update(is_active=False)
    booking.book(
        patient=build.patient(site),
        site=site,
        kind="infusion",
        starts_at=build.moment(site, "2027-02-05"),
        by=front_desk,
    )
    best = plan()[0]
    assert days(best) == ["02-02", "02-05", "02-09", "02-12", "02-16", "02-19"]
    assert "09:00 is not free each time: Fri 5 Feb at 11:00." in words(best, "warn")


def test_the_wished_nurse_is_there_where_free(plan, therapist, nurse, other_nurse, site):
    Shift.objects.filter(user=other_nurse, weekday=4).delete()
    best = plan(nurse=other_nurse)[0]
    assert [slot.staff == other_nurse for slot in best.infusions] == [True, False] * 3
    assert "Sanna Lindqvist is there for three of six." in words(best, "info")


def test_the_wished_room_is_taken_where_it_is_free_and_the_days_without_it_are_named(plan, therapist, site, front_desk):
    room = Room.objects.get(site=site, name="Room 2")
    assert {slot.room for slot in plan(room=room)[0].infusions} == {room}
    booking.book(
        patient=build.patient(site), site=site, kind="infusion", room=room,
        starts_at=build.moment(site, "2027-02-05"), by=front_desk,
    )  # fmt: skip
    best = plan(room=room, at=time(9), until=time(9, 30))[0]
    assert [slot.room.name for slot in best.infusions].count("Room 2") == 5
    assert "Room 2 for five of six; it is taken on Fri 5 Feb." in words(best, "warn")


def test_any_hour_of_a_range_is_as_wished(plan, therapist, site, front_desk):
    Room.objects.filter(site=site, name="Room 2").update(is_active=False)
    booking.book(
        patient=build.patient(site), site=site, kind="infusion", starts_at=build.moment(site, "2027-02-05"),
        by=front_desk,
    )  # fmt: skip
    best = plan(until=time(12))[0]
    assert f"{best.infusions[1].starts_at:%m-%d %H:%M}" == "02-05 11:00"
    assert "Every start within the hours wished, 09:00 to 12:00." in words(best, "ok")


def test_days_that_the_payer_leaves_out_are_avoided_where_the_rules_allow(plan, therapist, patient, insurance_admin):
    cover = Coverage.objects.create(patient=patient, payer=Payer.objects.create(name="Harbor Health"))
    authorizations.record(
        coverage_id=cover.pk, number="A-1", codes="96365", units=6, starts_on=date(2027, 2, 4),
        ends_on=date(2027, 2, 28), by=insurance_admin,
    )  # fmt: skip
    best = plan()[0]
    assert days(best)[0] == "02-05"
    assert "The authorization leaves 6 units, enough for these." in words(best, "ok")


def test_a_slot_of_another_visit_of_the_patient_is_not_offered(plan, therapist, site, patient, front_desk):
    booking.book(
        patient=patient, site=site, kind="booster", starts_at=build.moment(site, "2027-02-05", "10:00"), by=front_desk
    )
    friday = [slot for slot in plan()[0].infusions if f"{slot.starts_at:%m-%d}" == "02-05"]
    assert all(
        slot.ends_at <= build.moment(site, "2027-02-05", "10:00") or slot.starts_at.hour >= 12 for slot in friday
    )


def test_another_therapist_takes_over_only_when_the_wished_one_can_not(plan, nadia, site):
    build.user(Role.THERAPIST, at=site, name="Colm Byrne")
    Shift.objects.filter(user=nadia).update(valid_until=date(2027, 2, 5))
    best = plan(therapist=nadia)[0]
    assert best.preparation.staff == nadia
    assert "Nadia Amir can’t hold all three: midpoint with Colm Byrne and integration with Colm Byrne." in words(best)


def test_the_wished_therapist_holds_all_three_where_the_days_can_bend_to_it(plan, nadia, site):
    build.user(Role.THERAPIST, at=site, name="Colm Byrne")
    Shift.objects.filter(user=nadia, weekday__in=(0, 2)).delete()
    for day in (11, 18):
        Closure.objects.create(site=site, first_day=date(2027, 2, day), last_day=date(2027, 2, day), reason="Works")
    best = plan(therapist=nadia)[0]
    assert {slot.staff for slot in (best.preparation, best.midpoint, best.integration)} == {nadia}


def test_a_first_ever_infusion_gets_a_nurse_of_its_own(plan, therapist, nurse, site, front_desk):
    booking.book(
        patient=build.patient(site),
        site=site,
        kind="infusion",
        starts_at=build.moment(site, "2027-02-02", "08:00"),
        by=front_desk,
    )
    assert plan()[0].infusions[0].starts_at == build.moment(site, "2027-02-02")
    assert plan(first_ever=True)[0].infusions[0].starts_at != build.moment(site, "2027-02-02")


def test_the_gaps_hold_across_the_change_of_the_clocks(plan, therapist, nurse, site):
    """Saturday to Monday over the short Sunday is 47 hours of sun and 48 of the wall clock."""
    OpeningHours.objects.create(site=site, weekday=5, opens=time(8), closes=time(18))
    for user in (therapist, nurse):
        Shift.objects.create(
            user=user, site=site, weekday=5, starts=time(8), ends=time(18), valid_from=date(2020, 1, 1)
        )
    best = plan(weekdays=(0, 3, 5), not_before=date(2027, 3, 8))[0]
    assert days(best) == ["03-08", "03-11", "03-13", "03-15", "03-18", "03-20"]
    assert not gap_breaches([slot.starts_at for slot in best.infusions], Gaps())


def test_one_day_a_week_can_not_keep_the_window_and_the_sentence_says_so(plan, therapist):
    with pytest.raises(
        NoPlan, match=r"6 infusions on Tuesdays take 35 days; 28 are the limit.*Tuesdays and Fridays would take 17 days"
    ):
        plan(weekdays=(1,))


def test_without_a_therapist_in_the_window_the_session_is_named_with_the_nearest(plan, therapist, site):
    Shift.objects.filter(user=therapist).update(valid_from=date(2027, 3, 8))
    with pytest.raises(NoPlan, match=r"no therapist is free for preparation.*nearest complete series starts on \w+ \d"):
        plan()


def test_a_site_without_a_therapist_says_so(plan):
    with pytest.raises(NoPlan, match="Pine Street has no therapist"):
        plan()


def test_a_closed_month_moves_the_start_and_says_the_nearest(plan, therapist, site):
    Closure.objects.create(site=site, first_day=date(2027, 2, 1), last_day=date(2027, 2, 28), reason="Rebuilding")
    with pytest.raises(NoPlan, match=r"nearest complete series starts on (Tue 2|Fri 5) Mar"):
        plan()


def test_two_free_days_a_week_need_no_template(plan, therapist):
    best = plan(weekdays=())[0]
    assert not gap_breaches([slot.starts_at for slot in best.infusions], Gaps())
    assert best.infusions[0].starts_at.date() == date(2027, 2, 2)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"count": 5}, "count"),
        ({"count": 9}, "count"),
        ({"at": time(9, 7)}, "at"),
        ({"until": time(8)}, "until"),
        ({"recovery": 2}, "recovery"),
        ({"drug": 900}, "drug"),
    ],
)
def test_a_wish_that_can_not_be_is_invalid(plan, therapist, wish, field):
    with pytest.raises(Invalid) as refused:
        plan(**wish)
    assert set(refused.value.fields) == {field}


def test_a_room_for_talking_is_no_room_for_an_infusion(plan, site):
    with pytest.raises(Refused, match="Quiet A is no infusion room"):
        plan(room=Room.objects.get(site=site, name="Quiet A"))


def test_a_nurse_is_no_therapist(plan, nurse):
    with pytest.raises(Refused, match="Adaeze Okafor is no therapist"):
        plan(therapist=nurse)


def test_a_colleague_without_the_right_gets_no_plan(plan, insurance_admin):
    with pytest.raises(NotPermitted):
        plan(by=insurance_admin)


def test_a_stranger_gets_no_plan(plan, stranger):
    with pytest.raises(NotPermitted):
        plan(by=stranger)


def test_planning_asks_the_database_the_same_few_questions_however_full_it_is(
    plan, therapist, site, front_desk, django_assert_num_queries
):
    front_desk.roles_held  # noqa: B018 - read once for each request
    with django_assert_num_queries(8):
        plan()
    for number in range(3):
        booking.book(
            patient=build.patient(site),
            site=site,
            kind="infusion",
            starts_at=build.moment(site, "2027-02-02") + timedelta(days=number),
            by=front_desk,
        )
    with django_assert_num_queries(8):
        plan()
