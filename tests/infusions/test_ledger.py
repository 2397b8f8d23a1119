"""The drug ledger: each movement, each refusal, and two people at one vial at once."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from clinic import clock
from clinic.errors import DomainError, Invalid, NotFound, NotPermitted, Refused
from clinic.models import User
from infusions import ledger, stock
from infusions.models import DrugVial, Infusion, LedgerEntry
from tests import build
from tests.infusions import making

D = Decimal


@pytest.fixture(autouse=True)
def on_the_day(site):
    with clock.at(build.moment(site, "2027-02-02", "09:00")):
        yield


@pytest.fixture
def vial(site, nurse):
    return making.vial(site, nurse)


@pytest.fixture
def infusion(patient, provider, front_desk):
    series = making.loading(patient, front_desk)
    making.order(series, provider)
    return making.infusion(series, 1, "2027-02-02")


@pytest.fixture
def stopped(infusion, vial, nurse, other_nurse, site):
    """J2: 30 of 40 mg given; ended at 09:52."""
    ledger.draw(infusion=infusion, vial_label="V-1", by=nurse)
    return making.give(
        infusion, infusion.series.orders.get(), vial, nurse=nurse, checker=other_nurse, state="recovery", given_mg="30"
    )


def sums_agree(vial):
    vial.refresh_from_db()
    return vial.balance_ml == sum(entry.change_ml for entry in vial.entries.all()) == vial.entries.last().balance_ml


def test_a_vial_comes_in_full(vial):
    assert vial.balance_ml == D("10.00")
    assert vial.entries.get().kind == "received"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", "V-1"),
        ("label", " "),
        ("lot", ""),
        ("strength_mg_per_ml", D("25")),
        ("volume_ml", D("0.4")),
        ("volume_ml", D("51")),
        ("expires_on", date(2027, 2, 1)),
    ],
)
def test_a_vial_that_can_not_be_right_stays_out(vial, site, nurse, field, value):
    wanted = {
        "label": "V-2", "lot": "K1", "strength_mg_per_ml": D(50), "volume_ml": D(10), "expires_on": date(2027, 2, 2),
    } | {field: value}  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        ledger.receive(site=site, by=nurse, **wanted)
    assert list(refusal.value.fields) == [field]
    assert DrugVial.objects.get() == vial


def test_a_dose_is_drawn_and_0_8_ml_leave_the_vial(infusion, vial, nurse):
    entry = ledger.draw(infusion=infusion, vial_label="V-1", by=nurse)
    assert (entry.change_ml, entry.balance_ml, entry.infusion) == (D("-0.80"), D("9.20"), infusion)
    assert sums_agree(vial)


def test_a_vial_of_another_strength_than_shown_stops(infusion, vial, site, nurse):
    strong = making.vial(site, nurse, label="V-100", strength="100", ml="5")
    with pytest.raises(Refused, match="Stop: V-100 holds 100"):
        ledger.draw(infusion=infusion, vial_label="V-100", by=nurse, strength_mg_per_ml=D(50))
    assert strong.entries.count() == 1


def test_an_unknown_label_is_a_sentence(infusion, vial, nurse):
    with pytest.raises(Invalid, match="no vial V-9"):
        ledger.draw(infusion=infusion, vial_label="V-9", by=nurse)


def test_a_vial_of_another_site_is_not_in_stock(infusion, other_site, stranger, nurse):
    making.vial(other_site, stranger, label="L-1")
    with pytest.raises(Invalid, match="no vial L-1"):
        ledger.draw(infusion=infusion, vial_label="L-1", by=nurse)


def test_an_expired_vial_stops(infusion, site, nurse):
    making.vial(site, nurse, label="V-3", expires="2027-02-02")
    with clock.at(build.moment(site, "2027-02-03")), pytest.raises(Refused, match="expired"):
        ledger.draw(infusion=infusion, vial_label="V-3", by=nurse)


def test_a_vial_with_too_little_stops(infusion, site, nurse):
    making.vial(site, nurse, label="V-4", ml="0.79")
    with pytest.raises(Refused, match=r"less than the 0\.8"):
        ledger.draw(infusion=infusion, vial_label="V-4", by=nurse)


def test_a_vial_with_just_enough_is_emptied(infusion, site, nurse):
    small = making.vial(site, nurse, label="V-5", ml="0.8")
    assert ledger.draw(infusion=infusion, vial_label="V-5", by=nurse).balance_ml == 0
    assert sums_agree(small)


def test_nothing_is_drawn_without_an_order(patient, front_desk, vial, nurse):
    bare = making.infusion(making.loading(patient, front_desk), 1, "2027-02-02")
    with pytest.raises(Refused, match="No dose is ordered"):
        ledger.draw(infusion=bare, vial_label="V-1", by=nurse)


def test_nothing_is_drawn_before_the_second_signature(patient, provider, vial, nurse):
    series = making.loading(patient, provider)
    making.order(series, provider, mg_per_kg="1.1", needs_second=True)
    with pytest.raises(Refused, match="second provider"):
        ledger.draw(infusion=making.infusion(series, 1, "2027-02-02"), vial_label="V-1", by=nurse)


def test_front_desk_draws_nothing(infusion, vial, front_desk):
    with pytest.raises(NotPermitted):
        ledger.draw(infusion=infusion, vial_label="V-1", by=front_desk)


# Waste


def test_what_is_left_in_the_bag_is_wasted_before_a_witness(stopped, nurse, other_nurse, vial):
    assert ledger.left_in_bag_mg(stopped) == D("10.00")
    entry = ledger.waste(infusion=stopped, mg=D(10), witness=other_nurse, by=nurse)
    assert (entry.wasted_mg, entry.change_ml, entry.balance_ml) == (D("10.00"), 0, D("9.20"))
    assert ledger.left_in_bag_mg(stopped) == 0
    assert sums_agree(vial)


def test_no_more_is_wasted_than_is_left(stopped, nurse, other_nurse):
    with pytest.raises(Invalid, match="10\u00a0mg of what was drawn is left"):
        ledger.waste(infusion=stopped, mg=D("10.01"), witness=other_nurse, by=nurse)


def test_nobody_witnesses_oneself(stopped, nurse):
    with pytest.raises(Invalid, match="Someone else"):
        ledger.waste(infusion=stopped, mg=D(10), witness=nurse, by=nurse)


@pytest.mark.parametrize("who", ["front_desk", "therapist", "stranger"])
def test_a_witness_keeps_the_ledger_too(request, stopped, nurse, who):
    with pytest.raises(Invalid, match="may not witness"):
        ledger.waste(infusion=stopped, mg=D(10), witness=request.getfixturevalue(who), by=nurse)


@pytest.mark.parametrize(("minute", "late"), [(30, False), (31, True)])
def test_a_witness_signs_within_30_minutes_or_says_why(stopped, nurse, other_nurse, minute, late):
    with clock.at(stopped.ended_at + timedelta(minutes=minute)):
        if not late:
            assert ledger.waste(infusion=stopped, mg=D(10), witness=other_nurse, by=nurse)
            return
        with pytest.raises(Invalid) as refusal:
            ledger.waste(infusion=stopped, mg=D(10), witness=other_nurse, by=nurse)
        assert list(refusal.value.fields) == ["note"]
        assert ledger.waste(infusion=stopped, mg=D(10), witness=other_nurse, by=nurse, note="Emergency next door")


def test_waste_from_the_vial_leaves_it(vial, nurse, other_nurse):
    ledger.waste(vial_id=vial.pk, ml=D("0.5"), witness=other_nurse, by=nurse, note="Dropped")
    assert sums_agree(vial)
    assert vial.balance_ml == D("9.50")


def test_more_than_the_vial_holds_is_not_wasted(vial, nurse, other_nurse):
    with pytest.raises(Refused, match="holds 10"):
        ledger.waste(vial_id=vial.pk, ml=D("10.01"), witness=other_nurse, by=nurse)


@pytest.mark.parametrize("ml", [D("0"), D("-1"), D("0.004")])
def test_nothing_is_no_waste(vial, nurse, other_nurse, ml):
    with pytest.raises(Invalid, match="above zero"):
        ledger.waste(vial_id=vial.pk, ml=ml, witness=other_nurse, by=nurse)


def test_waste_of_nowhere_is_not_found(nurse, other_nurse):
    with pytest.raises(NotFound):
        ledger.waste(ml=D(1), witness=other_nurse, by=nurse)


def test_a_time_to_come_is_refused(vial, nurse, other_nurse):
    with pytest.raises(Invalid, match="still to come"):
        ledger.waste(
            vial_id=vial.pk, ml=D(1), witness=other_nurse, by=nurse, observed_at=clock.now() + timedelta(minutes=3)
        )


# Return, count, close


def test_a_return_says_to_whom(vial, nurse):
    with pytest.raises(Invalid):
        ledger.return_stock(vial_id=vial.pk, ml=D(10), by=nurse, note="")
    assert ledger.return_stock(vial_id=vial.pk, ml=D(10), by=nurse, note="Distributor, 222-17").balance_ml == 0


def test_a_count_that_agrees_moves_nothing(vial, nurse, other_nurse):
    entry = ledger.count(vial_id=vial.pk, counted_ml=D("10"), by=nurse, witness=other_nurse)
    assert (entry.change_ml, entry.counted_ml, entry.balance_ml) == (0, D("10.00"), D("10.00"))


def test_a_count_that_differs_says_what_was_found(vial, nurse, other_nurse):
    with pytest.raises(Invalid, match="mL less than the ledger"):
        ledger.count(vial_id=vial.pk, counted_ml=D("9.8"), by=nurse, witness=other_nurse)
    entry = ledger.count(vial_id=vial.pk, counted_ml=D("9.8"), by=nurse, witness=other_nurse, note="Leak at the cap")
    assert (entry.balance_ml, entry.counted_ml) == (D("10.00"), D("9.80"))


def test_a_vial_with_a_difference_is_not_closed(vial, nurse, other_nurse):
    ledger.count(vial_id=vial.pk, counted_ml=D("9.8"), by=nurse, witness=other_nurse, note="Leak at the cap")
    ledger.waste(vial_id=vial.pk, ml=D(10), witness=other_nurse, by=nurse)
    with pytest.raises(Refused, match="differs"):
        ledger.close(vial_id=vial.pk, by=nurse)
    ledger.count(vial_id=vial.pk, counted_ml=D(0), by=nurse, witness=other_nurse)
    assert ledger.close(vial_id=vial.pk, by=nurse).closed_at


def test_a_vial_that_holds_something_is_not_closed(vial, nurse):
    with pytest.raises(Refused, match="10\u00a0mL is left"):
        ledger.close(vial_id=vial.pk, by=nurse)


def test_nothing_moves_in_a_closed_vial(vial, infusion, nurse, other_nurse):
    ledger.return_stock(vial_id=vial.pk, ml=D(10), by=nurse, note="Distributor")
    ledger.close(vial_id=vial.pk, by=nurse)
    with pytest.raises(Refused, match="closed"):
        ledger.draw(infusion=infusion, vial_label="V-1", by=nurse)


@pytest.mark.parametrize("who", ["front_desk", "therapist", "stranger"])
def test_only_those_who_keep_the_ledger_write_in_it(request, vial, other_nurse, who):
    by = request.getfixturevalue(who)
    for verb in (
        lambda: ledger.receive(
            site=vial.site, label="V-7", lot="K", strength_mg_per_ml=D(50), volume_ml=D(10),
            expires_on=date(2028, 1, 1), by=by,
        ),
        lambda: ledger.waste(vial_id=vial.pk, ml=D(1), witness=other_nurse, by=by),
        lambda: ledger.return_stock(vial_id=vial.pk, ml=D(1), by=by, note="x"),
        lambda: ledger.count(vial_id=vial.pk, counted_ml=D(10), by=by, witness=other_nurse),
        lambda: ledger.close(vial_id=vial.pk, by=by),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            verb()
    assert vial.entries.count() == 1


# What the database refuses, whoever asks


def entry(vial, **fields):
    return LedgerEntry.objects.create(vial=vial, observed_at=clock.now(), **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "wasted", "change_ml": D("-10.01")},
        {"kind": "returned", "change_ml": D("1")},
        {"kind": "received", "change_ml": D("-1")},
        {"kind": "received", "change_ml": D("1")},
        {"kind": "counted", "change_ml": D("0")},
        {"kind": "wasted", "change_ml": D("-1")},
        {"kind": "drawn", "change_ml": D("-1")},
    ],
)
def test_the_database_refuses_a_row_that_can_not_be(vial, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        entry(vial, **fields)
    assert sums_agree(vial)


def test_a_row_is_neither_changed_nor_removed(vial):
    with pytest.raises(DatabaseError), transaction.atomic():
        vial.entries.update(note="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        vial.entries.all().delete()


def test_the_running_balance_is_the_databases_own(vial, nurse, other_nurse):
    row = entry(vial, kind="returned", change_ml=D(-1), balance_ml=D(99))
    row.refresh_from_db()
    assert row.balance_ml == D("9.00")
    assert making.broken() == []


@pytest.mark.django_db(transaction=True)
def test_two_draws_at_once_from_one_vial_with_enough_for_one(site, provider, nurse, other_nurse):
    making.vial(site, nurse, ml="0.8")
    infusions = []
    for given, at in (("Maya", "09:00"), ("Ruth", "09:30")):
        series = making.loading(build.patient(site, given_name=given), provider)
        making.order(series, provider)
        infusions.append(making.infusion(series, 1, "2027-02-02", at=at))
    together, said, now = threading.Barrier(2), [], clock.now()

    def draw(infusion_id, user_id):
        try:
            with clock.at(now):
                infusion = Infusion.objects.select_related("series__site").get(pk=infusion_id)
                user = User.objects.get(pk=user_id)
                together.wait(10)
                ledger.draw(infusion=infusion, vial_label="V-1", by=user)
                said.append("drawn")
        except DomainError as refusal:
            said.append(refusal.sentence)
        finally:
            connection.close()

    people = zip(infusions, (nurse, other_nurse), strict=True)
    threads = [threading.Thread(target=draw, args=(each.pk, person.pk)) for each, person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = next(words for words in said if words != "drawn")
    assert said.count("drawn") == 1
    assert refused.startswith("V-1 holds 0\u00a0mL, less than the 0.8\u00a0mL needed.")
    assert sums_agree(DrugVial.objects.get())


# What the pages ask


def test_stock_by_strength(site, nurse):
    making.vial(site, nurse, label="A", strength="50", expires="2028-01-01")
    making.vial(site, nurse, label="B", strength="50", expires="2027-06-01")
    making.vial(site, nurse, label="C", strength="100", ml="5")
    rows = [(row.strength_mg_per_ml, row.vials, row.balance_ml, row.balance_mg) for row in stock.stock(site)]
    assert rows == [(D(50), 2, D(20), D(1000)), (D(100), 1, D(5), D(500))]
    assert stock.strengths(site) == [D(50), D(100)]
    assert [vial.label for vial in stock.open_vials(site)] == ["B", "A", "C"]


def test_rows_in_words(stopped, vial, nurse, other_nurse):
    ledger.waste(infusion=stopped, mg=D(10), witness=other_nurse, by=nurse)
    ledger.count(vial_id=vial.pk, counted_ml=D("9.2"), by=nurse, witness=other_nurse)
    assert [stock.words(row) for row in stock.history(vial)] == [
        "Counted, agrees",
        "Wasted from the bag of Maya Torres, 10\u00a0mg",
        "Drawn for Maya Torres, 40\u00a0mg",
        "Received",
    ]


# What the database keeps when the verbs are passed by


@pytest.mark.parametrize("fields", [{"balance_ml": D(5)}, {"volume_ml": D(20)}, {"strength_mg_per_ml": D(100)}])
def test_the_balance_moves_by_the_ledger_alone(vial, fields):
    with pytest.raises(DatabaseError), transaction.atomic():
        DrugVial.objects.filter(pk=vial.pk).update(**fields)
    assert sums_agree(vial)


def test_the_database_knows_no_witness_of_oneself(vial, nurse):
    with pytest.raises(IntegrityError, match="ledger_witness_is_another"), transaction.atomic():
        LedgerEntry.objects.create(
            vial=vial, kind="wasted", change_ml=D("-0.5"), observed_at=clock.now(), entered_by=nurse, witness=nurse
        )


def test_no_more_leaves_a_bag_than_was_drawn_into_it(stopped, vial, nurse, other_nurse):
    with pytest.raises(IntegrityError, match="more than the"), transaction.atomic():
        LedgerEntry.objects.create(
            vial=vial, kind="wasted", change_ml=D(0), wasted_mg=D("40.01"), infusion=stopped, observed_at=clock.now(),
            entered_by=nurse, witness=other_nurse,
        )  # fmt: skip


def test_a_vial_that_holds_something_is_not_closed_by_the_database(vial):
    with pytest.raises(IntegrityError, match="vial_closed_is_empty"), transaction.atomic():
        DrugVial.objects.filter(pk=vial.pk).update(closed_at=clock.now())
