"""J7 of the protocol: which weight counts, how far a dose may step, who signs, and a vial of the wrong strength."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError

from clinic import clock
from clinic.errors import Invalid, NotReady, Refused
from clinic.policy import Role
from infusions import orders, pump, readiness, run
from infusions.models import Infusion, Order
from tests import build
from tests.infusions import making
from tests.infusions.day import Day
from tests.journeys import courses
from tests.journeys.courses import ready_for

pytestmark = pytest.mark.django_db
D = Decimal
NBSP = "\u00a0"


@pytest.fixture
def day(site, nurse, other_nurse, provider):
    return courses.heavy(site, nurse, other_nurse, provider)


@pytest.fixture
def series(day):
    return courses.two_given(day)


def sign(series, by, **changes):
    wanted = {
        "first_number": 3,
        "mg_per_kg": D("0.6"),
        "dosing_weight_kg": D("96.0"),
        "weight_measured_at": clock.now(),
        "weight_basis": "actual",
        "minutes": 40,
        "bag_ml": D(50),
        "reason": "Calm, little effect",
        "basis_reason": "Actual weight, as in the trials",
    } | changes
    return orders.sign(series_id=series.pk, by=by, **wanted)


def refused(series, by, **changes):
    with pytest.raises(Invalid) as refusal:
        sign(series, by, **changes)
    return refusal.value.fields


def test_the_weight_basis_is_asked_for_with_both_doses(day, series):
    with day.clock("08:20"):
        sentence = refused(series, day.provider, mg_per_kg=D("0.5"), basis_reason="")["basis_reason"]
    assert sentence == (
        f"BMI is 33.2. By actual weight 48{NBSP}mg; by ideal weight, 65.94{NBSP}kg, 33{NBSP}mg. "
        "Choose one, and write why."
    )


def test_ideal_weight_may_be_chosen_with_a_reason(day, series):
    with day.clock("08:20"):
        assert "65.94" in refused(series, day.provider, weight_basis="ideal")["basis_reason"]
        chosen = sign(
            series, day.provider, weight_basis="ideal", dosing_weight_kg=D("65.94"), mg_per_kg=D("0.5"), reason=""
        )
    assert (chosen.dose_mg, chosen.basis_reason) == (D("32.97"), "Actual weight, as in the trials")


def test_0_6_is_ordered_as_57_6_and_stored_as_57_5_drawn_and_given(day, series):
    with day.clock("08:20"):
        order = sign(series, day.provider)
    third = ready_for(day, series, 3, "96")
    day.cleared(third, "08:40")
    day.drawn(third, "08:50")
    day.checked(third, "08:52")
    day.started(third, "09:00")
    day.completed(third, "09:40")
    third.refresh_from_db()
    assert (order.dose_mg, third.drawn_ml, pump.drawn_mg(third)) == (D("57.60"), D("1.15"), D("57.50"))
    assert third.given_mg == D("57.50")


def test_a_step_of_0_3_is_blocked_and_1_3_names_both_reasons(day, series):
    with day.clock("08:20"):
        assert "0.75" in refused(series, day.provider, mg_per_kg=D("0.8"))["mg_per_kg"]
        both = refused(series, day.provider, mg_per_kg=D("1.3"))["mg_per_kg"]
    assert f"above the ceiling of 1.2{NBSP}mg/kg" in both
    assert f"a step may add 0.25{NBSP}mg/kg" in both
    assert series.orders.count() == 1


def test_100_8_mg_waits_for_a_second_provider(day, series):
    """Another patient of 96 kg, who had 0.9 mg/kg: 1.05 is above 1 mg/kg and above 100 mg."""
    had = making.order(series, day.provider, mg_per_kg="0.9", kg="96", day="2027-02-08", first_number=2)
    series.infusions.filter(number=2).update(order=had)
    with day.clock("08:20"):
        order = sign(series, day.provider, mg_per_kg=D("1.05"))
    third = ready_for(day, series, 3, "96")
    with day.clock("08:40"):
        assert order.dose_mg == D("100.80")
        with pytest.raises(NotReady, match="A second provider has to sign"):
            run.clear(infusion_id=third.pk, by=day.nurse)
        with pytest.raises(Refused, match="You signed this order first"):
            orders.countersign(order_id=order.pk, by=day.provider)
        orders.countersign(order_id=order.pk, by=build.user(Role.PROVIDER, at=day.site))
        assert run.clear(infusion_id=third.pk, by=day.nurse).state == "cleared"


def test_a_weight_that_fell_by_6_25_percent_asks_for_a_new_order_that_supersedes(day, series):
    with day.clock("08:20"):
        old = sign(series, day.provider)
    fourth_day = Day(day.site, day.patient, day.nurse, day.other_nurse, day.provider, day=courses.FOURTH)
    Infusion.objects.filter(series=series, number=3).update(state="not_given", number=None, not_given_reason="Ill")
    fourth = ready_for(fourth_day, series, 4, "90")
    with fourth_day.clock("08:40"):
        weight = next(light for light in readiness.lights(fourth) if light.key == "weight")
        assert weight.sentence.startswith(f"90{NBSP}kg is 6.25 % less than the 96{NBSP}kg of the last order.")
        assert f"the dose is 54{NBSP}mg" in weight.sentence
        with pytest.raises(NotReady, match="signed anew"):
            run.clear(infusion_id=fourth.pk, by=day.nurse)
        again = {"first_number": 4, "dosing_weight_kg": D("90.0"), "reason": ""}
        assert "Confirm that this is right" in refused(series, day.provider, **again)["weight_confirmed"]
        new = sign(series, day.provider, weight_confirmed=True, **again)
        assert run.clear(infusion_id=fourth.pk, by=day.nurse).state == "cleared"
    assert (new.dose_mg, new.supersedes) == (D("54.00"), old)
    with pytest.raises(DatabaseError):
        Order.objects.filter(pk=old.pk).update(dosing_weight_kg=D("90"))


def test_a_vial_of_100_taken_for_one_of_50_stops_and_nothing_is_drawn(day, series):
    with day.clock("08:20"):
        sign(series, day.provider)
    third = ready_for(day, series, 3, "96")
    day.cleared(third, "08:40")
    wrong = day.vial("V-0200", strength="100")
    with day.clock("08:50"), pytest.raises(Refused, match=f"V-0200 holds 100{NBSP}mg/mL.*worked out for 50{NBSP}mg/mL"):
        run.draw(infusion_id=third.pk, vial_label="V-0200", strength_mg_per_ml=D(50), by=day.nurse)
    wrong.refresh_from_db()
    third.refresh_from_db()
    assert (wrong.balance_ml, third.drawn_ml, third.vial) == (D("10.00"), None, None)
