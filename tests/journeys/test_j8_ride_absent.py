"""J8 of the protocol: the ride that does not come."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotPermitted, NotReady, Refused
from infusions import arrival, discharge, readiness, run
from infusions.models import Discharge
from reminders.models import FollowUp
from tests.infusions.day import Day
from tests.journey import paper_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(site, patient, nurse, other_nurse, provider):
    return Day(site, patient, nurse, other_nurse, provider)


def test_an_escort_who_can_not_be_reached_keeps_the_gate_closed_until_the_word_comes(day, nurse):
    """Arrives 08:50, the escort out of reach: not cleared; half an hour of grace; a word at 09:20: cleared."""
    infusion = day.until("booked")
    day.checked_in(infusion, "08:50")
    day.asked("08:52")
    day.arrival(infusion, "08:54", escort_confirmed=False)
    day.vitals(infusion, "08:56")

    def light(time):
        with day.clock(time):
            return next(light for light in readiness.lights(infusion) if light.key == "escort")

    assert light("09:00").sentence == (
        "Luis Torres has not confirmed yet. Call, and confirm here; the chair waits until 09:20."
    )
    assert light("09:21").sentence.startswith("Luis Torres has not confirmed yet. The 30 minutes of grace are over")
    with day.clock("09:05"), pytest.raises(NotReady, match="Way home: Luis Torres has not confirmed yet"):
        run.clear(infusion_id=infusion.pk, by=nurse)
    with day.clock("09:20"):
        arrival.confirm_escort(infusion_id=infusion.pk, by=nurse)
        assert run.clear(infusion_id=infusion.pk, by=nurse).state == "cleared"


# The driver cancels after the dose, which ran from 10:00 to 10:40.

WELL = {
    "aldrete": 10, "oriented": True, "steady": True, "no_active_si": True, "iv_out": True, "instructions_given": True,
}  # fmt: skip


@pytest.fixture
def dosed(day):
    infusion = day.until("checked")
    day.started(infusion, "10:00")
    day.completed(infusion, "10:40")
    infusion.refresh_from_db()
    return infusion


def leave(day, infusion, time, by, **words):
    with day.clock(time):
        return discharge.discharge(infusion_id=infusion.pk, observed_at=clock.now(), by=by, **WELL | words)


def test_with_an_adult_the_earliest_release_is_an_hour_after_the_pump(day, dosed, nurse):
    with pytest.raises(NotReady, match="until 11:40"):
        leave(day, dosed, "11:39", nurse, escort_name="Luis Torres", escort_relation="brother")
    assert leave(day, dosed, "11:40", nurse, escort_name="Luis Torres", escort_relation="brother")


def test_without_an_adult_the_patient_is_held_and_each_reason_is_named(day, dosed, nurse):
    with pytest.raises(NotReady) as gate:
        leave(day, dosed, "11:40", nurse, way_home="taxi")
    assert gate.value.unmet == (
        "No adult is named who takes the patient home: write name and relation.",
        "Recovery takes 120\u00a0minutes without an escort: until 12:40.",
    )
    dosed.refresh_from_db()
    assert dosed.state == "recovery"


def test_a_providers_release_into_a_taxi_still_waits_until_12_40(day, dosed, nurse, provider):
    taxi = {"way_home": "taxi", "released_reason": "Taxi ordered, sister waits at home"}
    with pytest.raises(NotReady, match="until 12:40") as gate:
        leave(day, dosed, "12:39", provider, **taxi)
    assert len(gate.value.unmet) == 1
    with pytest.raises(NotPermitted):
        leave(day, dosed, "12:40", nurse, **taxi)
    made = leave(day, dosed, "12:40", nurse, released_by=provider, **taxi)
    assert (made.released_by, made.entered_by, made.way_home) == (provider, nurse, "taxi")


@pytest.mark.parametrize("farewell", [None, discharge.Farewell("All risks", signed_name="Maya Torres")])
def test_nobody_drives_themself_not_even_against_advice(day, dosed, provider, farewell):
    with pytest.raises(Refused, match="may not drive"):
        leave(day, dosed, "13:00", provider, way_home="self", released_reason="Insists", farewell=farewell)


def test_the_database_lets_nobody_drive_themself(day, dosed, provider):
    with pytest.raises(IntegrityError, match="discharge_nobody_drives_themself"), transaction.atomic():
        Discharge.objects.create(
            infusion=dosed, observed_at=day.at("13:00"), way_home="self", released_by=provider, released_reason="No",
            **WELL,
        )  # fmt: skip


def test_who_leaves_against_advice_signs_or_refuses_before_a_provider_and_is_called(day, dosed, nurse, provider):
    words = {"way_home": "taxi", "released_reason": "Will not wait", "released_by": provider}
    told = discharge.Farewell("Falls, sedation, no driving; a bed until 12:40", refusal="“I sign nothing”")
    for wrong in (discharge.Farewell(""), discharge.Farewell("Falls"), discharge.Farewell("Falls", "Maya", "Never")):
        with pytest.raises(Invalid):
            leave(day, dosed, "11:00", nurse, farewell=wrong, **words)
    with pytest.raises(NotPermitted):
        leave(day, dosed, "11:00", nurse, farewell=told, **words | {"released_by": None})
    made = leave(day, dosed, "11:00", nurse, farewell=told, **words)
    assert (made.against_advice.provider, made.against_advice.refusal) == (provider, "“I sign nothing”")
    task = FollowUp.objects.get(kind=discharge.CALL_BACK)
    assert (task.owner_role, task.due_at) == ("nurse", day.at("13:00"))


def test_what_was_drawn_by_one_who_leaves_stands_in_the_note_and_on_paper(client, day, dosed, nurse, provider):
    drawn = [[[100, 300], [500, 100], [900, 300]], [[200, 350], [800, 350]]]
    told = discharge.Farewell("Falls, sedation, no driving", signed_name="Maya Torres", strokes=drawn)
    words = {"way_home": "taxi", "released_reason": "Will not wait", "released_by": provider, "farewell": told}
    leave(day, dosed, "11:00", nurse, **words)
    client.force_login(nurse)
    with day.clock("11:05"):
        page = client.get(reverse("infusions:note", args=[dosed.pk])).content.decode()
        paper = client.get(reverse("infusions:note-pdf", args=[dosed.pk])).content
    assert page.count("<polyline points=") >= 2
    assert "Signature of one who left against advice" in paper_text.words(paper)
    assert paper_text.strokes(paper) == [3, 2]


def test_the_form_against_advice_is_not_for_one_who_may_go(day, dosed, provider):
    told = discharge.Farewell("Falls", signed_name="Maya Torres")
    with pytest.raises(Refused, match="as usual"):
        leave(day, dosed, "11:40", provider, escort_name="Luis Torres", escort_relation="brother", farewell=told)
