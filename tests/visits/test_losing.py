"""A day is closed or a colleague calls in: front desk gets one task, and the page leads to the repair."""

from datetime import date, time

import pytest
from django.db import connections
from django.urls import reverse

from clinic import advisory
from clinic.errors import Invalid, NotPermitted
from clinic.models import Closure, ShiftException
from clinic.place import rota
from reminders.models import FollowUp
from tests import build
from visits import booking, repair, repair_finding, stranded, tasks

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 2)
QUERIES = 11


@pytest.fixture
def visit(site, patient, front_desk, nurse, other_nurse):
    start = build.moment(site, "2027-02-02")
    return booking.book(patient=patient, site=site, kind="infusion", starts_at=start, staff=nurse, by=front_desk)


@pytest.fixture
def unheard(monkeypatch):
    """No broker: a worker would be told of the repair."""
    told = []
    monkeypatch.setattr(tasks.find_repair, "apply_async", lambda args, **_: told.append(args[0]))
    return told


def away(nurse, site, by, **hours):
    return rota.note_away(user_id=nurse.pk, site_id=site.pk, first_day=DAY, last_day=DAY, by=by, **hours)


def test_a_closure_over_booked_visits_leads_to_the_repair(client, clinic_admin, front_desk, site, visit):
    client.force_login(clinic_admin)
    typed = {"room": "", "first_day": "2027-02-02", "last_day": "2027-02-02", "reason": "Storm"}
    answer = client.post(reverse("clinic:closures"), typed, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("journey:repairs")
    page = answer.content.decode()
    assert "1 visit has lost its place" in page
    assert visit.patient.name in page
    assert "Find a repair" not in page  # the clinic admin does not book
    assert FollowUp.objects.get(kind=stranded.LOST).owner_role == "front_desk"


def test_the_task_closes_when_everything_has_its_place(front_desk, site, visit, nurse, other_nurse):
    away(nurse, site, front_desk)
    assert repair.look_after(site=site, first_day=DAY, last_day=DAY, by=front_desk) == 1
    made = repair.ask(site=site, first_day=DAY, last_day=DAY, by=front_desk)
    repair_finding.find(repair_id=made.pk)
    repair.carry_out(repair_id=made.pk, by=front_desk)
    assert FollowUp.objects.get(kind=stranded.LOST).state == "done"


@pytest.mark.django_db(transaction=True)
def test_front_desk_notes_an_ill_nurse_and_comes_to_the_plan(client, front_desk, site, visit, nurse, unheard):
    client.force_login(front_desk)
    typed = {"person": nurse.pk, "first_day": "2027-02-02", "last_day": "2027-02-02", "reason": "Ill"}
    page = client.post(reverse("journey:repairs"), typed, follow=True)
    made = page.context["repair"]
    assert unheard == [str(made.pk)]
    assert "Waiting" in page.content.decode()
    repair_finding.find(repair_id=made.pk)
    assert client.get(reverse("journey:repair-progress", args=[made.pk]))["HX-Refresh"] == "true"
    shown = client.get(reverse("journey:repair", args=[made.pk])).content.decode()
    assert "Not told" in shown
    assert "No smaller set of moves keeps the rules" in shown
    path = reverse("journey:repair-carry-out", args=[made.pk])
    stale = client.post(path, {"seen": "another plan"})
    assert (stale.status_code, "Look at it once more" in stale.content.decode()) == (409, True)
    done = client.post(path, {"seen": stale.context["seen"]}, follow=True).content.decode()
    assert "Undo the repair" in done
    back = client.post(reverse("journey:repair-undo", args=[made.pk]), follow=True).content.decode()
    assert "every visit is where it was" in back


@pytest.mark.parametrize(
    ("hours", "there"),
    [
        ({}, (None, None)),
        ({"gone_from": time(13)}, (time(8), time(13))),
        ({"back_at": time(13)}, (time(13), time(18))),
        ({"gone_from": time(7)}, (None, None)),
    ],
)
def test_who_is_gone_for_a_part_of_the_day_is_there_for_the_rest(site, nurse, front_desk, hours, there):
    (noted,) = away(nurse, site, front_desk, **hours)
    assert (noted.starts, noted.ends) == there


def test_both_hours_are_one_too_many(site, nurse, front_desk):
    with pytest.raises(Invalid, match="one of both"):
        away(nurse, site, front_desk, gone_from=time(10), back_at=time(12))


def test_noting_it_twice_is_noting_it_once(site, nurse, front_desk):
    away(nurse, site, front_desk)
    assert away(nurse, site, front_desk) == []
    assert ShiftException.objects.count() == 1


@pytest.mark.parametrize("who", ["insurance_admin", "stranger"])
def test_others_note_nothing(request, site, nurse, who):
    with pytest.raises(NotPermitted):
        away(nurse, site, request.getfixturevalue(who))


def test_a_strangers_repair_does_not_exist(client, stranger, front_desk, site, visit, nurse):
    away(nurse, site, front_desk)
    made = repair.ask(site=site, first_day=DAY, last_day=DAY, by=front_desk)
    client.force_login(stranger)
    assert client.get(reverse("journey:repair", args=[made.pk])).status_code == 404
    assert client.post(reverse("journey:repair-carry-out", args=[made.pk])).status_code == 404


def test_a_closed_room_is_repaired_alone(client, front_desk, site, visit, unheard):
    room = visit.holds.get(room__isnull=False).room
    Closure.objects.create(site=site, room=room, first_day=DAY, last_day=DAY, reason="A leak")
    client.force_login(front_desk)
    assert f"Only for {room.name}" in client.get(reverse("journey:repairs")).content.decode()
    made = client.post(reverse("journey:repair-ask"), {"room": str(room.pk)}, follow=True).context["repair"]
    assert (made.cause, made.room) == ("room", room)


@pytest.fixture
def asked(front_desk, site, visit, nurse):
    away(nurse, site, front_desk)
    return [repair.ask(site=site, first_day=DAY, last_day=DAY, by=front_desk) for _ in range(2)]


def test_a_search_that_breaks_off_is_named_and_keeps_no_other_waiting(client, front_desk, asked, monkeypatch):
    search, (first, second) = repair_finding._search, asked

    def broken(found):
        if found.pk == first.pk:
            raise RecursionError
        return search(found)

    monkeypatch.setattr(repair_finding, "_search", broken)
    assert repair_finding.find_waiting() == 2
    second.refresh_from_db()
    assert second.state == "ready"
    client.force_login(front_desk)
    page = client.get(reverse("journey:repair", args=[first.pk])).content.decode()
    assert "The search broke off" in page
    assert "Nothing to repair" not in page
    again = client.post(reverse("journey:repair-ask"), {"again": str(first.pk)}, follow=True).context["repair"]
    assert (again.first_day, again.last_day, again.total) == (DAY, DAY, 1)


def test_two_workers_do_not_search_for_the_same_repair(asked):
    other = connections.create_connection("default")
    key = advisory.number(f"repair:{asked[0].pk}")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            assert repair_finding.find_waiting() == 1
            assert repair_finding.find(repair_id=asked[0].pk).state == "waiting"
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
    other.close()
    assert repair_finding.find(repair_id=asked[0].pk).state == "ready"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_three_as_for_one(client, front_desk, site, nurse, count, django_assert_num_queries):
    for number in range(count):
        start = build.moment(site, "2027-02-02", f"{9 + 2 * number:02}:00")
        booking.book(patient=build.patient(site), site=site, kind="infusion", starts_at=start, by=front_desk)
    away(nurse, site, front_desk)
    client.force_login(front_desk)
    client.get(reverse("journey:repairs"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("journey:repairs"))
