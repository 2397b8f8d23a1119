"""J2 of the protocol: blood pressure too high before the infusion, and too high during it."""

from decimal import Decimal

import pytest

from clinic import clock
from clinic.errors import NotReady
from infusions import ledger, readiness, run
from infusions.limits import Kind
from infusions.models import LedgerEntry
from insurance import coding_rules
from tests.infusions.day import Day

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(site, patient, nurse, other_nurse, provider):
    return Day(site, patient, nurse, other_nurse, provider, starts="09:00")


def _arrived(day):
    infusion = day.until("checked in")
    day.asked()
    day.arrival(infusion, last_solids_at=day.at("02:00"), last_clear_at=day.at("06:30"))
    return infusion


def _vitals_light(day, infusion, time):
    infusion.refresh_from_db()
    with day.clock(time):
        return next(light for light in readiness.lights(infusion) if light.key == "vitals")


def test_too_high_on_arrival_and_after_the_rest_nothing_is_given(day, nurse):
    """(a) Arrival 168/102, after 15 minutes 164/100: held, no vial opened, not given, no number used."""
    vial = day.vial()
    infusion = _arrived(day)
    day.vitals(infusion, "08:50", 168, 102)
    assert _vitals_light(day, infusion, "08:51").state == "todo"
    day.vitals(infusion, "09:05", 164, 100)
    assert _vitals_light(day, infusion, "09:05").state == "stop"
    with day.clock("09:06"):
        with pytest.raises(NotReady, match="hold the infusion"):
            run.clear(infusion_id=infusion.pk, by=nurse)
        run.hold(infusion_id=infusion.pk, reason="164/100 after the rest", by=nurse)
    with day.clock("09:20"):
        run.not_given(infusion_id=infusion.pk, reason="Blood pressure", by=nurse)
    infusion.refresh_from_db()
    vial.refresh_from_db()
    assert (infusion.state, infusion.number) == ("not_given", None)
    assert vial.balance_ml == vial.volume_ml


def test_a_rise_during_the_infusion_pauses_stops_and_wastes_the_rest(day, nurse, other_nurse, provider):
    """(b) 152/94, then 146/88 with the provider's word; 184/112 pauses, 186/111 five minutes later stops."""
    infusion = _arrived(day)
    day.vitals(infusion, "09:30", 152, 94)
    day.vitals(infusion, "09:45", 146, 88)
    assert _vitals_light(day, infusion, "09:46").state == "warn"
    with day.clock("09:47"):
        run.override(infusion_id=infusion.pk, light="vitals", reason="Treated hypertension, calm", by=provider)
    day.cleared(infusion, "09:48")
    day.drawn(infusion, "09:52")
    day.checked(infusion, "09:55")
    day.started(infusion, "10:00")

    told = {}
    for time, pressure in (("10:10", (158, 92)), ("10:20", (172, 98)), ("10:30", (184, 112))):
        taken = day.vitals(infusion, time, *pressure)
        told[time] = [crossing.kind for crossing in taken.crossings]
        if taken.crossings:
            day.answers(taken.row, time)
    assert told == {"10:10": [], "10:20": [Kind.NOTIFY], "10:30": [Kind.PAUSE]}
    with day.clock("10:30"):
        run.pause(infusion_id=infusion.pk, observed_at=clock.now(), by=nurse, reason="184/112")
    again = day.vitals(infusion, "10:35", 186, 111)
    assert [crossing.kind for crossing in again.crossings] == [Kind.STOP]
    day.answers(again.row, "10:35", "Stopped")
    with day.clock("10:35"):
        stopped = run.stop_early(infusion_id=infusion.pk, observed_at=clock.now(), by=nurse, reason="186/111 confirmed")
    assert (stopped.given_mg, stopped.given_ml) == (Decimal("30.00"), Decimal("37.50"))
    assert ledger.left_in_bag_mg(stopped) == Decimal("10.00")

    with day.clock("10:50"):
        run.waste_rest(infusion_id=infusion.pk, witness=other_nurse, by=nurse)
    assert LedgerEntry.objects.get(kind="wasted").wasted_mg == Decimal("10.00")
    minutes = run.infused_seconds(stopped, day.at("12:00")) // 60
    assert (minutes, coding_rules.suggest([coding_rules.Infused(minutes)])[0].code) == (30, "96365")
    _goes_home_when_it_is_calm(day, infusion)


def _goes_home_when_it_is_calm(day, infusion):
    """Recovery until below 160/100 twice, and an hour at least."""
    well = {
        "aldrete": 10,
        "oriented": True,
        "steady": True,
        "no_active_si": True,
        "iv_out": True,
        "instructions_given": True,
        "escort_name": "Luis Torres",
        "escort_relation": "brother",
    }
    day.vitals(infusion, "11:05", 158, 98)
    with day.clock("11:36"), pytest.raises(NotReady, match="two readings below 160/100"):
        run.discharge(infusion_id=infusion.pk, observed_at=clock.now(), by=day.nurse, **well)
    day.vitals(infusion, "11:37", 150, 92)
    with day.clock("11:38"):
        run.discharge(infusion_id=infusion.pk, observed_at=clock.now(), by=day.nurse, **well)
    infusion.refresh_from_db()
    assert infusion.state == "discharged"


def test_a_calm_recheck_lets_the_pump_run_on_and_the_pause_does_not_count(day, nurse):
    """(If the recheck were 174/104: resume, 10 minutes left, pause minutes excluded.)"""
    infusion = day.until("checked")
    day.started(infusion, "10:00")
    day.vitals(infusion, "10:30", 184, 112)
    with day.clock("10:30"):
        run.pause(infusion_id=infusion.pk, observed_at=clock.now(), by=nurse)
    assert [crossing.kind for crossing in day.vitals(infusion, "10:35", 174, 104).crossings] == [Kind.NOTIFY]
    with day.clock("10:35"):
        resumed = run.resume(infusion_id=infusion.pk, observed_at=clock.now(), by=nurse)
    assert run.planned_end(resumed) == day.at("10:45")
    with day.clock("10:45"):
        done = run.complete(infusion_id=infusion.pk, observed_at=clock.now(), by=nurse)
    assert (done.given_mg, run.infused_seconds(done, day.at("12:00"))) == (Decimal("40.00"), 40 * 60)
