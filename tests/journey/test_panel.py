"""One visit beside the board: what the panel says to whom, its steps, and moving by a drop."""

import json

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import Closure, Room
from infusions.models import Infusion
from patients.models import SafetyAlert
from tests import build
from tests.infusions import making
from visits import booking
from visits.models import StatusEvent

DAY = "2027-02-02"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_work(nurse, other_nurse, therapist, provider):
    """Who is needed for a visit."""


@pytest.fixture
def visit(site, provider):
    """Maya's first infusion, today at eleven in Room 1."""
    patient = build.patient(site)
    made = booking.book(
        patient=patient, site=site, kind="infusion", starts_at=build.moment(site, DAY, "11:00"), by=provider
    )
    Infusion.objects.create(series=making.loading(patient, provider), appointment=made, number=1)
    return made


@pytest.fixture
def asks(client, visit):
    """`asks(user)` opens the panel; with a verb it presses that button and gives the answer."""

    def ask(user, verb="visit", **given):
        client.force_login(user)
        address = reverse(f"journey:today-{verb}", args=[visit.pk])
        send = client.get if verb == "visit" or "look" in given else client.post
        given.pop("look", None)
        return send(address, given, headers=HTMX)

    return ask


def said(answer):
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def drop(visit, at="14:00", room=None, **more):
    starts = build.moment(visit.site, DAY, at)
    return {"starts": starts.isoformat(), "room": room.pk if room else "", "version": visit.version, **more}


def test_the_panel_says_who_and_what_comes_next(asks, nurse):
    page = said(asks(nurse))
    for words in ("Maya Torres", "Born 14 Mar 1984 · 42 y", "Infusion 1 of 6", "11:00–13:00", "Room 1", "Arrived"):
        assert words in page
    assert "Not ready yet" in page
    assert "<html" not in page


def test_the_front_desk_reads_that_it_is_blocked_and_not_why(asks, front_desk, visit):
    SafetyAlert.objects.create(patient=visit.patient, grade="high", acknowledge_by=clock.now())
    page = said(asks(front_desk))
    assert "Clinical hold" in page
    assert not [word for word in ("Not ready yet", "PHQ", "safety", "Safety", "Consent", "Order") if word in page]


def test_a_step_is_taken_beside_the_board_which_then_refreshes(asks, front_desk, visit):
    answer = asks(front_desk, "step", step="confirm")
    visit.refresh_from_db()
    assert visit.status == "confirmed"
    assert json.loads(answer["HX-Trigger"]) == {"toast": "Confirmed.", "board-refresh": {}}
    assert 'value="undo"' in said(answer)


@pytest.mark.parametrize("step", ["begin", "no-show", "sideways", ""])
def test_a_step_that_cannot_be_taken_says_why_and_changes_nothing(asks, front_desk, visit, step):
    answer = asks(front_desk, "step", step=step)
    visit.refresh_from_db()
    assert (answer.status_code, visit.status, visit.version) == (409, "booked", 1)
    assert "Nothing was changed." in said(answer)


def test_cancelling_asks_for_a_reason_and_keeps_the_form_open(asks, front_desk, visit):
    answer = asks(front_desk, "cancel", party="patient", reason="")
    assert answer.status_code == 422
    assert "Write in a few words why." in said(answer)
    assert '<details class="ek-part" id="panel-cancel" open>' in said(answer)
    done = asks(front_desk, "cancel", party="patient", reason="A cold")
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert "board-refresh" in done["HX-Trigger"]
    assert reverse("journey:repair-series", args=[visit.infusion.series_id]) in said(done)


def test_a_drop_asks_with_before_and_after_and_moves_nothing_yet(asks, front_desk, visit, site):
    room = Room.objects.get(site=site, name="Room 2")
    answer = asks(front_desk, "move", look=True, **drop(visit, room=room))
    page = said(answer)
    assert "Tue 2 Feb, 11:00–13:00 · Room 1" in page
    assert "Tue 2 Feb, 14:00–16:00 · Room 2" in page
    visit.refresh_from_db()
    assert (visit.version, StatusEvent.objects.filter(appointment=visit).count()) == (1, 1)


def test_the_confirmed_drop_moves_the_visit_to_the_room_and_the_hour(asks, front_desk, visit, site):
    room = Room.objects.get(site=site, name="Room 2")
    answer = asks(front_desk, "move", **drop(visit, room=room))
    assert answer.status_code == 204
    assert "board-moved" in answer["HX-Trigger"]
    visit.refresh_from_db()
    assert site.local(visit.starts_at).hour == 14
    assert visit.holds.get(active=True, room__isnull=False).room == room


def test_a_drop_on_a_visit_that_somebody_changed_meanwhile_is_refused(asks, front_desk, visit):
    stale = drop(visit)
    asks(front_desk, "step", step="confirm")
    answer = asks(front_desk, "move", **stale)
    assert answer.status_code == 409
    assert "Somebody has changed this visit meanwhile" in said(answer)
    visit.refresh_from_db()
    assert visit.site.local(visit.starts_at).hour == 11


def test_a_drop_where_it_cannot_be_says_why_in_words(asks, front_desk, visit, site):
    room = Room.objects.get(site=site, name="Room 2")
    Closure.objects.create(site=site, room=room, first_day="2027-02-02", last_day="2027-02-02", reason="Pump service")
    answer = asks(front_desk, "move", look=True, **drop(visit, room=room))
    assert answer.status_code == 409
    assert "Room 2 is closed" in said(answer)
    assert "stays where it was" in said(answer)


@pytest.mark.parametrize("starts", ["", "soon", "2027-02-02"])
def test_a_drop_without_a_moment_is_asked_again(asks, front_desk, starts):
    assert asks(front_desk, "move", look=True, starts=starts).status_code == (409 if "-" in starts else 422)


def test_the_form_of_the_panel_asks_the_same_question(asks, front_desk, visit):
    page = said(asks(front_desk, "move", look=True, day="2027-02-03", at="09:00", version=visit.version))
    assert "Wed 3 Feb, 09:00–11:00" in page


def test_the_address_of_a_panel_opens_the_day_with_it(client, visit, nurse):
    client.force_login(nurse)
    answer = client.get(reverse("journey:today-visit", args=[visit.pk]))
    assert (answer.context["on"].isoformat(), answer.context["visit"]) == (DAY, visit)
    assert "<html" in said(answer)
    assert answer.context["board"].cards


def test_who_may_only_look_finds_no_button(asks, site):
    from clinic.policy import Role

    page = said(asks(build.user(Role.INSURANCE_ADMIN, at=site)))
    assert "Maya Torres" in page
    assert "<button" not in page.replace('<button class="btn btn-quiet btn-sm" type="button" hx-get=', "")
