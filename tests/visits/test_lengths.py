"""How long an infusion is kept: the protocol, the order, and what a patient's recoveries have taken before."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from clinic.errors import Invalid
from infusions.lengths import known
from infusions.models import Discharge
from tests import build
from tests.infusions import making
from visits import board, booking, changes, lengths
from visits.clashes import SlotTaken
from visits.lengths import Known, Length, usual
from visits.models import Appointment, Hold
from visits.planner import propose
from visits.rules import Timing, shape, stages, usual_recovery


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [
        ([], None),
        ([75, 50], None),  # too few to say
        ([50, 60, 72], 75),
        ([50, 55, 60, 70, 75], 70),  # four of five were shorter or as long
        ([90, 51, 52, 53, 54, 55], 55),  # one long one does not count
        ([60, 60, 60, 60, 60, 60, 120, 120, 120], 60),  # only the last six
        ([400, 400, 400], 300),
    ],
)
def test_the_recovery_that_four_of_five_kept(minutes, kept):
    assert usual_recovery(minutes) == kept


@pytest.mark.parametrize(
    ("said", "length"),
    [
        (Known(), Length(40, 60)),
        (Known(60, (75, 50)), Length(60, 60, ("The order says 60\u00a0min.",))),
        (Known(40, (75, 50, 55)), Length(40, 75, ("The last 3 recoveries took 50 to 75\u00a0min.",))),
    ],
)
def test_what_is_known_becomes_minutes_with_their_reason(monkeypatch, said, length):
    monkeypatch.setattr(lengths, "_sources", [lambda patient: said])
    assert usual(None, Timing()) == length


def test_a_longer_recovery_is_held_by_room_and_nurse_and_shown_on_the_board():
    form = shape("infusion", Timing(), minutes=60, recovery=90)
    assert form.minutes == 15 + 60 + 90 + 5
    assert form.staff_minutes == 165
    assert [(stage.name, stage.start) for stage in stages("infusion", Timing(), form.minutes, 90)] == [
        ("preparation", 0),
        ("infusion", 15),
        ("recovery", 75),
    ]


@pytest.fixture
def long_visit(site, patient, front_desk, nurse):
    return booking.book(
        patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"), minutes=60,
        recovery=90, by=front_desk,
    )  # fmt: skip


pytestmark = pytest.mark.django_db


def test_a_visit_keeps_its_own_recovery_through_a_move(long_visit, site, front_desk):
    moved = changes.move(
        appointment_id=long_visit.pk, starts_at=build.moment(site, "2027-02-03", "10:00"), by=front_desk
    )
    assert (moved.recovery_minutes, moved.ends_at - moved.starts_at) == (90, timedelta(minutes=170))
    (shown,) = board.day(site, date(2027, 2, 3)).visits
    assert [f"{stage.starts_at:%H:%M}" for stage in shown.stages] == ["10:00", "10:15", "11:15"]


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": 500}, {"recovery": 3}, {"recovery": 999}])
def test_minutes_that_make_no_sense_are_refused(site, patient, front_desk, nurse, wrong):
    with pytest.raises(Invalid):
        booking.book(
            patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"), by=front_desk,
            **wrong,
        )  # fmt: skip
    assert Appointment.objects.count() == Hold.objects.count() == 0


def test_the_refusal_names_the_minute_at_which_the_last_nurse_is_taken(site, front_desk, nurse, other_nurse):
    """Two nurses watch two people each; from 09:45 on that is all."""
    for number, clock in enumerate(("09:00", "09:15", "09:30", "09:45"), 1):
        build.Room.objects.get_or_create(site=site, name=f"Room {number}", defaults={"kind": "infusion"})
        booking.book(
            patient=build.patient(site), site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02", clock),
            recovery=90, by=front_desk,
        )  # fmt: skip
    build.Room.objects.create(site=site, name="Room 5", kind="infusion")
    early = build.moment(site, "2027-02-02", "08:30")
    with pytest.raises(SlotTaken, match="No nurse has a place free on Tue 2 Feb at 09:45"):
        booking.book(
            patient=build.patient(site), site=site, kind="infusion", starts_at=early, by=front_desk
        )  # fmt: skip


def test_a_plan_and_its_booking_keep_the_minutes_asked_for(site, patient, front_desk, nurse, therapist):
    best = propose(
        patient=patient, site=site, count=6, weekdays=(1, 4), not_before=date(2027, 2, 2), at=time(9), drug=60,
        recovery=90, by=front_desk,
    )[0]  # fmt: skip
    assert {slot.ends_at - slot.starts_at for slot in best.infusions} == {timedelta(minutes=170)}
    assert (best.drug, best.recovery) == (60, 90)


def test_the_order_and_the_way_home_are_known_from_the_infusion_room(patient, provider, nurse, other_nurse):
    series = making.loading(patient, provider)
    order, vial = making.order(series, provider), making.vial(patient.site, nurse)
    for number, day in enumerate(("2027-01-05", "2027-01-08", "2027-01-12"), 1):
        given = making.infusion(series, number, day)
        making.give(given, order, vial, nurse=nurse, checker=other_nurse)
        given.refresh_from_db()
        Discharge.objects.create(
            infusion=given, observed_at=given.ended_at + timedelta(minutes=50 + number), aldrete=10, oriented=True,
            steady=True, no_active_si=True, iv_out=True, instructions_given=True, escort_name="Luis Torres",
        )  # fmt: skip
    assert known(patient) == Known(order.minutes, (53, 52, 51))


def test_the_booking_page_proposes_them_and_books_what_was_changed(
    client, site, patient, front_desk, nurse, monkeypatch
):
    monkeypatch.setattr(lengths, "_sources", [lambda of: Known(None, (75, 50, 55))])
    client.force_login(front_desk)
    address = reverse("visits:book", args=[patient.pk])
    page = client.get(address, {"kind": "infusion", "day": "2027-02-02", "at": "09:00"})
    assert "The last 3 recoveries took 50 to 75" in page.content.decode()
    assert page.context["form"]["recovery"].value() == "75"
    slot = {"kind": "infusion", "starts_at": build.moment(site, "2027-02-02").isoformat(), "recovery": "80"}
    assert client.post(address, slot).status_code == 302
    assert Appointment.objects.get().recovery_minutes == 80
    assert client.post(address, slot | {"starts_at": "9999-12-31T23:00:00Z"}).status_code == 422
