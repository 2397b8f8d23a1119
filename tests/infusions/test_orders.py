"""Signing a dose: journey J7, each limit alone, and what the database refuses."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.policy import Role
from infusions import orders, rules
from infusions.models import Order
from tests import build
from tests.infusions import making

D = Decimal


@pytest.fixture(autouse=True)
def today(site):
    with clock.at(build.moment(site, "2027-02-09", "08:40")):
        yield


@pytest.fixture
def second_provider(site):
    return build.user(Role.PROVIDER, at=site, name="Dr Ana Sousa")


@pytest.fixture
def man(site, provider):
    """J7: 96 kg, 170 cm, BMI 33.2."""
    person = build.patient(site, given_name="Henrik", family_name="Dahl", sex="male")
    making.evaluation(person, provider, weight_kg=D("96"))
    return person


@pytest.fixture
def series(man, provider):
    made = making.loading(man, provider)
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.infusion(made, number, day)
    return made


def sign(series, by, **changes):
    wanted = {
        "first_number": 3,
        "mg_per_kg": D("0.6"),
        "dosing_weight_kg": D("96"),
        "weight_measured_at": clock.now(),
        "weight_basis": "actual",
        "minutes": 40,
        "bag_ml": D(50),
        "reason": "Calm, little effect.",
        "basis_reason": "Trials dosed by actual weight.",
    } | changes
    return orders.sign(series_id=series.pk, by=by, **wanted)


@pytest.fixture
def at_half(series, provider):
    """The order of the first two infusions."""
    return making.order(series, provider, kg="96")


def refused(series, by, **changes):
    with pytest.raises(Invalid) as refusal:
        sign(series, by, **changes)
    return refusal.value.fields


def test_57_6_mg_is_ordered_and_57_5_drawn(series, provider, at_half):
    order = sign(series, provider)
    assert order.dose_mg == D("57.60")
    ml = rules.draw_ml(order.dose_mg, D(50))
    assert (ml, rules.drawn_mg(ml, D(50))) == (D("1.15"), D("57.50"))
    assert not order.needs_second


def test_a_step_of_0_3_is_refused_and_nothing_is_signed(series, provider, at_half):
    fields = refused(series, provider, mg_per_kg=D("0.8"))
    assert list(fields) == ["mg_per_kg"]
    assert "0.75" in fields["mg_per_kg"]
    assert Order.objects.get() == at_half


def test_1_3_is_refused_with_both_reasons(series, provider, at_half):
    text = refused(series, provider, mg_per_kg=D("1.3"))["mg_per_kg"]
    assert "ceiling of 1.2" in text
    assert "a step may add 0.25" in text


def test_over_both_soft_ceilings_waits_for_a_second_provider(series, provider, second_provider):
    making.order(series, provider, mg_per_kg="0.9", kg="96")
    order = sign(series, provider, mg_per_kg=D("1.05"))
    assert (order.dose_mg, order.needs_second, order.awaits_second) == (D("100.80"), True, True)
    orders.countersign(order_id=order.pk, by=second_provider)
    order.refresh_from_db()
    assert not order.awaits_second


def test_the_first_signer_is_not_the_second(series, provider):
    making.order(series, provider, mg_per_kg="0.9", kg="96")
    order = sign(series, provider, mg_per_kg=D("1.05"))
    with pytest.raises(Refused, match="second provider"):
        orders.countersign(order_id=order.pk, by=provider)


def test_an_order_is_countersigned_once(series, provider, second_provider, site):
    making.order(series, provider, mg_per_kg="0.9", kg="96")
    order = sign(series, provider, mg_per_kg=D("1.05"))
    orders.countersign(order_id=order.pk, by=second_provider)
    with pytest.raises(Refused, match="already"):
        orders.countersign(order_id=order.pk, by=build.user(Role.PROVIDER, at=site))


def test_an_order_with_one_signature_needs_no_second(at_half, second_provider):
    with pytest.raises(Refused, match="one signature"):
        orders.countersign(order_id=at_half.pk, by=second_provider)


def test_a_superseded_order_is_not_countersigned(series, provider, second_provider):
    making.order(series, provider, mg_per_kg="0.9", kg="96")
    high = sign(series, provider, mg_per_kg=D("1.05"))
    sign(series, provider, mg_per_kg=D("0.9"))
    with pytest.raises(Refused, match="newer order"):
        orders.countersign(order_id=high.pk, by=second_provider)


def test_weight_90_after_96_asks_and_names_the_dose(series, provider, at_half):
    text = refused(series, provider, first_number=4, dosing_weight_kg=D("90"))["weight_confirmed"]
    assert "6.25 % less" in text
    assert "54\u00a0mg" in text


def test_weight_90_confirmed_is_54_mg(series, provider, at_half):
    order = sign(series, provider, first_number=4, dosing_weight_kg=D("90"), weight_confirmed=True)
    assert order.dose_mg == D("54.00")


def test_a_weight_of_eight_days_ago_is_too_old(series, provider, site, at_half):
    measured = build.moment(site, "2027-02-01", "23:30")
    assert "8 days old" in refused(series, provider, weight_measured_at=measured)["weight_measured_at"]


def test_a_weight_of_seven_days_ago_will_do(series, provider, site, at_half):
    assert sign(series, provider, weight_measured_at=build.moment(site, "2027-02-02", "00:30"))


def test_bmi_over_30_asks_why(series, provider, at_half):
    assert "33.2" in refused(series, provider, basis_reason=" ")["basis_reason"]


def test_ideal_weight_must_be_the_one_that_is_worked_out(series, provider, at_half):
    text = refused(series, provider, weight_basis="ideal", dosing_weight_kg=D("70"))["basis_reason"]
    assert "65.94" in text


def test_ideal_weight_doses_33_mg(series, provider, at_half):
    order = sign(series, provider, weight_basis="ideal", dosing_weight_kg=D("65.94"), mg_per_kg=D("0.5"), reason="")
    assert order.dose_mg == D("32.97")


def test_ideal_weight_is_not_for_a_bmi_under_30(site, provider):
    slim = build.patient(site, sex="male")
    making.evaluation(slim, provider, weight_kg=D("80"))
    series = making.loading(slim, provider)
    fields = refused(
        series, provider, first_number=1, mg_per_kg=D("0.5"), weight_basis="ideal", dosing_weight_kg=D("65.94")
    )
    assert "for a BMI of 30 or more" in fields["basis_reason"]


def test_a_changed_dose_says_why(series, provider, at_half):
    assert "one sentence" in refused(series, provider, reason="")["reason"]


def test_the_same_dose_needs_no_words(series, provider, at_half):
    assert sign(series, provider, mg_per_kg=D("0.5"), reason="").supersedes == at_half


@pytest.mark.parametrize(("minutes", "fits"), [(29, False), (30, True), (100, True), (101, False)])
def test_minutes_at_the_edges(series, provider, at_half, minutes, fits):
    if fits:
        assert sign(series, provider, minutes=minutes).minutes == minutes
    else:
        assert "minutes" in refused(series, provider, minutes=minutes)


def test_no_order_for_an_infusion_that_has_begun(series, provider, nurse, other_nurse, site, at_half):
    vial = making.vial(site, nurse)
    making.give(series.infusions.get(number=1), at_half, vial, nurse=nurse, checker=other_nurse)
    making.give(series.infusions.get(number=2), at_half, vial, nurse=nurse, checker=other_nurse)
    assert "infusion 3" in refused(series, provider, first_number=2)["first_number"]


def test_no_order_beyond_the_series(series, provider, at_half):
    assert "6 infusions" in refused(series, provider, first_number=7)["first_number"]


def test_one_step_an_infusion_even_when_orders_are_stacked(series, provider, at_half):
    sign(series, provider, mg_per_kg=D("0.75"))
    assert "0.75" in refused(series, provider, mg_per_kg=D("1.0"))["mg_per_kg"]


def test_the_next_infusion_may_take_the_next_step(series, provider, at_half):
    sign(series, provider, mg_per_kg=D("0.75"))
    assert sign(series, provider, first_number=4, mg_per_kg=D("1.0")).dose_mg == D("96.00")


def test_a_later_order_leaves_the_infusions_before_it_as_they_were(series, provider, at_half):
    later = sign(series, provider)
    by_number = {i.number: orders.for_infusion(i) for i in series.infusions.all()}
    assert by_number == {1: at_half, 2: at_half, 3: later, 4: later, 5: later, 6: later}


def test_a_hundred_infusions_ask_for_their_orders_in_two_queries(series, at_half, django_assert_num_queries):
    infusions = list(series.infusions.all())
    with django_assert_num_queries(2):
        orders.for_infusions(infusions[:1])
    with django_assert_num_queries(2):
        orders.for_infusions(infusions[:3])


@pytest.mark.parametrize("change", [{"mg_per_kg": D("0.4")}, {"minutes": 60}, {"reason": "Other"}])
def test_a_signed_order_is_never_edited(at_half, change):
    with pytest.raises(DatabaseError):
        Order.objects.filter(pk=at_half.pk).update(**change)


def test_a_signed_order_is_never_deleted(at_half):
    with pytest.raises(DatabaseError):
        at_half.delete()


def test_two_orders_do_not_supersede_the_same_one(series, provider, at_half):
    sign(series, provider)
    with pytest.raises(DatabaseError):
        making.order(series, provider, first_number=5, kg="96", supersedes=at_half)


def test_nobody_orders_for_a_stopped_series(series, provider):
    series.state, series.ended_at, series.ended_reason = "stopped", clock.now(), "Moved away"
    series.save()
    assert "stopped" in refused(series, provider)[""]


@pytest.mark.parametrize("who", ["nurse", "therapist", "front_desk", "stranger"])
def test_only_a_provider_of_the_site_signs(request, series, at_half, who):
    with pytest.raises(NotPermitted):
        sign(series, request.getfixturevalue(who))
    assert Order.objects.count() == 1


def test_only_a_provider_countersigns(series, provider, nurse):
    making.order(series, provider, mg_per_kg="0.9", kg="96")
    order = sign(series, provider, mg_per_kg=D("1.05"))
    with pytest.raises(NotPermitted):
        orders.countersign(order_id=order.pk, by=nurse)


def test_the_database_refuses_a_dose_that_does_not_follow(patient, provider):
    series = making.loading(patient, provider)
    with pytest.raises(IntegrityError, match="order_dose_follows_from_weight"), transaction.atomic():
        making.order(series, provider, dose_mg=Decimal(400))
