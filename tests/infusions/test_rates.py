"""What went in when the rate was changed on the way: arithmetic alone, and the same over the verbs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic import clock
from clinic.errors import Invalid, Refused
from infusions import pump, rates, run

D = Decimal
NOON = datetime(2027, 2, 2, 12, 0, tzinfo=UTC)
ML_H = rates.ordered_ml_h(D(50), 40)


def at(minute):
    return NOON + timedelta(minutes=minute)


def test_the_ordered_rate_of_j2():
    assert rates.infused_ml([(at(0), at(30))], ML_H, []) == D("37.5")


def test_each_rate_holds_from_its_own_minute_on():
    slower = [rates.Change(at(20), D("37.5"))]
    assert rates.infused_ml([(at(0), at(40))], ML_H, slower) == D("37.5")
    assert rates.empty_at(D(50), [(at(0), at(20))], ML_H, slower) == at(60)


def test_a_rate_set_in_a_pause_holds_from_the_resume_on():
    runs = [(at(0), at(10)), (at(20), at(30))]
    assert rates.infused_ml(runs, ML_H, [rates.Change(at(15), D(60))]) == D("12.5") + D(10)
    assert rates.empty_at(D(50), runs, ML_H, [rates.Change(at(15), D(60))]) == at(30) + timedelta(minutes=27.5)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.lists(st.integers(10, 200), min_size=6, max_size=6))
def test_cutting_a_run_in_two_changes_nothing(lengths, speeds):
    total = sum(lengths)
    cuts = [at(sum(lengths[:number])) for number in range(len(lengths))]
    changes = [rates.Change(cut, D(speed)) for cut, speed in zip(cuts, speeds, strict=False)]
    whole = rates.infused_ml([(at(0), at(total))], ML_H, changes)
    half = at(total / 2)
    parts = rates.infused_ml([(at(0), half)], ML_H, changes) + rates.infused_ml([(half, at(total))], ML_H, changes)
    assert abs(whole - parts) < D("0.0001")


def test_a_slower_pump_gives_less_and_ends_later(running, day, nurse):
    """09:12 at 75 mL/h; from 09:32 at 37.5: at 09:52 the half hour's 37.5 mL are in, and the bag is empty at 10:12."""
    with day.clock("09:32"):
        run.record_event(infusion_id=running.pk, kind="rate", rate_ml_h=D("37.5"), observed_at=clock.now(), by=nurse)
    running.refresh_from_db()
    assert pump.given_so_far(running, day.at("09:52")) == (D("30.00"), D("37.50"))
    assert pump.planned_end(running) == day.at("10:12")
    with day.clock("09:52"), pytest.raises(Refused, match="until 10:12"):
        run.complete(infusion_id=running.pk, observed_at=clock.now(), by=nurse)
    with day.clock("09:52"):
        stopped = run.stop_early(infusion_id=running.pk, observed_at=clock.now(), by=nurse, reason="Asked to stop")
    assert (stopped.given_mg, stopped.given_ml) == (D("30.00"), D("37.50"))


def test_a_rate_needs_a_number_and_a_running_pump(checked, day, nurse):
    with day.clock("09:10"), pytest.raises(Refused, match="not running"):
        run.record_event(infusion_id=checked.pk, kind="rate", rate_ml_h=D(60), observed_at=clock.now(), by=nurse)
    day.started(checked)
    with day.clock("09:20"), pytest.raises(Invalid):
        run.record_event(infusion_id=checked.pk, kind="rate", observed_at=clock.now(), by=nurse)
