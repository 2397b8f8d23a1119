"""Where cards stand: side by side, in rooms that are gone, on odd days; and what a full day costs."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Closure, OpeningHours, Room
from journey import board as boards
from tests import build
from tests.journey.full_day import FullDay
from visits import booking
from visits.board import BoardVisit
from visits.models import Appointment, Hold

DAY = date(2027, 2, 2)


def visit(row, rows, *, over=False):
    appointment = Appointment(id=uuid4())
    return BoardVisit(appointment, None, None, 1, (), row, rows, over, "")


@pytest.mark.parametrize(
    ("spans", "tracks"),
    [
        ([(1, 24), (25, 24)], [0, 0]),
        ([(1, 24), (13, 24)], [0, 1]),
        ([(1, 24), (1, 24), (25, 24)], [0, 1, 0]),
        ([(1, 12), (6, 12), (12, 12), (13, 12)], [0, 1, 2, 0]),
        ([(1, 9)] * 6, [0, 1, 2, 3, 3, 3]),
    ],
)
def test_who_shares_a_room_and_a_time_stands_side_by_side(spans, tracks):
    shown = [visit(*span) for span in spans]
    found = boards.side_by_side(shown)
    assert [found[one.appointment.pk] for one in shown] == tracks


def test_the_overbooked_one_stands_right_of_the_other():
    over, first = visit(1, 24, over=True), visit(1, 24)
    assert boards.side_by_side([over, first]) == {first.appointment.pk: 0, over.appointment.pk: 1}


@pytest.fixture
def booked(site, provider, nurse, other_nurse):
    def make(at="11:00", **wishes):
        start = build.moment(site, DAY.isoformat(), at)
        return booking.book(
            patient=build.patient(site), site=site, kind="infusion", starts_at=start, by=provider, **wishes
        )

    return make


def test_two_cards_in_one_room_take_two_columns_and_the_third_both(site, provider, booked):
    room = Room.objects.get(site=site, name="Room 1")
    booked(room=room)
    booked("12:00", room=room, overbook_reason="Drove five hours")
    booked("15:00", room=room)
    shown = boards.read(site, DAY, by=provider)
    assert [(card.spot.column, card.spot.width) for card in shown.cards] == [(2, 1), (3, 1), (2, 2)]
    assert [(head.name, head.column, head.width) for head in shown.rooms[:2]] == [("Room 1", 2, 2), ("Room 2", 4, 1)]
    assert shown.cards[1].visit.is_overbooked


def test_a_room_that_is_no_longer_in_use_keeps_its_column_while_it_is_booked(site, provider, booked):
    made = booked()
    Room.objects.filter(pk=made.holds.get(room__isnull=False).room_id).update(is_active=False)
    shown = boards.read(site, DAY, by=provider)
    gone = shown.rooms[-1]
    assert (gone.name, gone.under, shown.cards[0].spot.column) == ("Room 1", "no longer in use", gone.column)


@pytest.mark.parametrize(("day", "hours"), [("2027-03-14", 23), ("2027-11-07", 25)])
def test_every_hour_of_a_day_on_which_the_clocks_change_stands_in_its_row(site, provider, day, hours):
    on = date.fromisoformat(day)
    OpeningHours.objects.create(site=site, weekday=on.weekday(), opens="00:00", closes="23:55")
    shown = boards.read(site, on, by=provider)
    assert [row for _, row in shown.hours] == [f"bs-{2 + 12 * number}" for number in range(1, hours)]
    names = [hour for hour, _ in shown.hours]
    assert (names.count("02:00"), names.count("01:00")) == ((0, 1) if hours == 23 else (1, 2))
    assert names[-1] == "23:00"


def test_a_visit_over_midnight_is_drawn_whole_on_both_days(site, provider, booked):
    made = booked()
    late = build.moment(site, "2027-02-02", "23:00")
    Appointment.objects.filter(pk=made.pk).update(starts_at=late, ends_at=late + timedelta(hours=2))
    for hold in Hold.objects.filter(appointment=made):
        hold.during = type(hold.during)(late, late + timedelta(hours=2))
        hold.save(update_fields=["during"])
    for on in (DAY, DAY + timedelta(days=1)):
        shown = boards.read(site, on, by=provider)
        (card,) = shown.cards
        assert (card.span, card.rows, card.row + card.rows <= shown.row_count + 2) == ("23:00–01:00", 24, True)


@pytest.mark.parametrize(
    ("day", "words", "link"),
    [("2027-02-02", "Closed: Staff day", "Go to Wednesday"), ("2027-02-06", "Not open on Saturdays", "Go to Monday")],
)
def test_a_day_on_which_nobody_can_come_says_why_and_where_to_go(client, site, nurse, day, words, link):
    Closure.objects.create(site=site, first_day=DAY, last_day=DAY, reason="Staff day")
    client.force_login(nurse)
    page = client.get(reverse("journey:today"), {"day": day}).content.decode()
    assert words in page
    assert link in page


@pytest.mark.parametrize(("query", "shown"), [("late", 1), ("here", 0), ("nobody", 2)])
def test_a_tile_dims_all_whom_it_does_not_count(client, site, nurse, provider, booked, query, shown):
    booked("09:00")
    booked("15:00")
    from clinic import clock

    with clock.at(build.moment(site, DAY.isoformat(), "09:20")):
        client.force_login(nurse)
        cards = client.get(reverse("journey:today"), {"only": query}).context["board"].cards
    assert sum("is-dim" not in card.css for card in cards) == shown


@pytest.mark.django_db
def test_a_full_day_costs_the_same_queries_as_a_thin_one(client):
    counts = []
    for turns in ((8,), (8, 10, 12, 14, 16)):
        full = FullDay(DAY, turns=turns)
        client.force_login(full.nurse)
        client.get(reverse("journey:today"), {"day": DAY})
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("journey:today"), {"day": DAY})
        counts.append((len(answer.context["board"].cards), len(queries)))
    assert [cards for cards, _ in counts] == [12, 60]
    assert counts[0][1] == counts[1][1] <= 8
