"""Counts of the safe, differences and their settling, and what keeps a day open."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotPermitted, NotReady, Refused
from infusions import counts, ledger, run, stock, watch
from infusions.counts import Found
from infusions.models import DrugVial, StockCount
from reminders.models import FollowUp
from tests import build
from tests.infusions import making

D = Decimal


@pytest.fixture(autouse=True)
def at_the_end_of_the_day(site):
    with clock.at(build.moment(site, "2027-02-02", "18:30")):
        yield


@pytest.fixture
def vial(site, nurse):
    return making.vial(site, nurse)


def take(site, nurse, other_nurse, *found, kind="daily"):
    return counts.take(site=site, kind=kind, found=dict(found), by=nurse, witness=other_nurse)


def short(vial, nurse, other_nurse):
    """A count that finds half a milliliter less."""
    return ledger.count(vial_id=vial.pk, counted_ml=D("9.5"), note="Stopper leaks", by=nurse, witness=other_nurse)


def settle(vial, nurse, other_nurse, **changes):
    words = {"cause": "spill", "note": "Stopper leaked", "by": nurse, "witness": other_nurse} | changes
    return ledger.settle(vial_id=vial.pk, **words)


def test_a_count_in_which_all_agrees_closes_itself(site, vial, nurse, other_nurse):
    taken = take(site, nurse, other_nurse, (vial.pk, Found(D(10))))
    assert (taken.closed_by, taken.witness) == (nurse, other_nurse)
    assert counts.of_day(site, "daily", site.today()) == taken


def test_a_count_without_one_of_the_vials_stays_open_and_names_it(site, vial, nurse, other_nurse):
    making.vial(site, nurse, label="V-2")
    taken = take(site, nurse, other_nurse, (vial.pk, Found(D(10))))
    assert (taken.closed_at, counts.open_points(taken)) == (None, ["V-2 is not counted yet."])


def test_a_difference_needs_words_and_nothing_is_written_without(site, vial, nurse, other_nurse):
    with pytest.raises(Invalid) as refusal:
        take(site, nurse, other_nurse, (vial.pk, Found(D("9.5"))))
    assert list(refusal.value.fields) == [str(vial.pk)]
    assert not StockCount.objects.exists()


def test_a_day_with_a_difference_does_not_close_until_it_is_settled(site, vial, nurse, other_nurse):
    taken = take(site, nurse, other_nurse, (vial.pk, Found(D("9.5"), "Stopper leaks")))
    with pytest.raises(NotReady, match="V-1 differs"):
        counts.close(count_id=taken.pk, by=nurse, witness=other_nurse)
    settle(vial, nurse, other_nurse)
    assert counts.close(count_id=taken.pk, by=nurse, witness=other_nurse).closed_at
    vial.refresh_from_db()
    assert vial.balance_ml == D("9.50")


def test_the_database_closes_no_day_with_a_difference(site, vial, nurse, other_nurse):
    taken = take(site, nurse, other_nurse, (vial.pk, Found(D("9.5"), "Stopper leaks")))
    with pytest.raises(IntegrityError, match="differs"), transaction.atomic():
        StockCount.objects.filter(pk=taken.pk).update(closed_at=clock.now(), closed_by=nurse, witness=other_nurse)


def test_the_database_closes_no_day_with_a_vial_nobody_counted(site, vial, nurse, other_nurse):
    with pytest.raises(IntegrityError, match="not counted"), transaction.atomic():
        StockCount.objects.create(
            site=site, kind="daily", on=site.today(), opened_by=nurse, closed_at=clock.now(), closed_by=nurse,
            witness=other_nurse,
        )  # fmt: skip


def test_a_closed_count_is_locked(site, vial, nurse, other_nurse):
    taken = take(site, nurse, other_nurse, (vial.pk, Found(D(10))))
    with pytest.raises(DatabaseError, match="stock_count_closed"), transaction.atomic():
        StockCount.objects.filter(pk=taken.pk).update(closed_at=None, closed_by=None, witness=None)
    with pytest.raises(Refused, match="closed"):
        take(site, nurse, other_nurse, (vial.pk, Found(D(10))))


def test_a_rest_of_a_stopped_infusion_keeps_the_day_open_and_is_asked_for(running, day, site, nurse, other_nurse):
    with day.clock("09:42"):
        run.stop_early(infusion_id=running.pk, observed_at=clock.now(), by=nurse, reason="184/112")
    with day.clock("10:11"):
        assert watch.look() == 1  # the biennial inventory; the rest is not late yet
    with day.clock("10:13"):
        watch.look()
        task = FollowUp.objects.get(kind=ledger.UNWITNESSED)
    assert (task.subject_id, task.escalates_at) == (running.pk, day.at("10:43"))
    vial = DrugVial.objects.get()
    taken = take(site, nurse, other_nurse, (vial.pk, Found(vial.balance_ml)))
    assert "10\u00a0mg drawn for" in counts.open_points(taken)[0]
    run.waste_rest(infusion_id=running.pk, witness=other_nurse, by=nurse, note="Emergency next door")
    task.refresh_from_db()
    assert (task.state, counts.open_points(taken)) == ("done", [])


def test_a_rest_keeps_days_open_until_it_is_accounted_for_however_old_it_is(running, day, site, nurse, other_nurse):
    with day.clock("09:42"):
        run.stop_early(infusion_id=running.pk, observed_at=clock.now(), by=nurse, reason="184/112")
    with clock.at(build.moment(site, "2027-06-30", "18:30")):
        vial = DrugVial.objects.get()
        taken = take(site, nurse, other_nurse, (vial.pk, Found(vial.balance_ml)))
        assert [point for point in counts.open_points(taken) if "neither given nor wasted" in point]
        assert taken.closed_at is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cause": ""}, "cause"),
        ({"note": " "}, "note"),
        ({"cause": "loss"}, "loss_report"),
    ],
)
def test_a_difference_is_settled_with_cause_words_and_for_a_loss_the_report(vial, nurse, other_nurse, changes, field):
    short(vial, nurse, other_nurse)
    with pytest.raises(Invalid) as refusal:
        settle(vial, nurse, other_nurse, **changes)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    ("on", "due"),
    [("2027-02-02", "2027-02-03"), ("2027-02-05", "2027-02-08"), ("2027-02-12", "2027-02-16")],
    ids=["a Tuesday", "a Friday", "the Friday before Presidents’ Day"],
)
def test_a_loss_opens_the_task_of_the_form_to_the_dea(vial, nurse, other_nurse, on, due):
    with clock.at(build.moment(vial.site, on, "14:00")):
        short(vial, nurse, other_nurse)
        settle(vial, nurse, other_nurse, cause="loss", loss_report="Letter to the field office")
    task = FollowUp.objects.get(kind=ledger.DEA_REPORT)
    assert (task.owner_role, task.due_at) == ("provider", build.moment(vial.site, due, "17:00"))


def test_a_surplus_is_no_loss(vial, nurse, other_nurse):
    ledger.return_stock(vial_id=vial.pk, ml=D(5), note="To the supplier", by=nurse)
    ledger.count(vial_id=vial.pk, counted_ml=D(6), note="One left over", by=nurse, witness=other_nurse)
    with pytest.raises(Invalid, match="nothing is lost"):
        settle(vial, nurse, other_nurse, cause="loss", loss_report="Letter")


def test_nobody_settles_alone(vial, nurse, other_nurse):
    short(vial, nurse, other_nurse)
    with pytest.raises(Invalid, match="Someone else"):
        settle(vial, nurse, other_nurse, witness=nurse)


def test_there_is_nothing_to_settle_without_a_difference(vial, nurse, other_nurse):
    with pytest.raises(Refused, match="agrees"):
        settle(vial, nurse, other_nurse)


def test_a_count_that_agrees_settles_an_earlier_one(vial, nurse, other_nurse):
    short(vial, nurse, other_nurse)
    ledger.count(vial_id=vial.pk, counted_ml=D(10), by=nurse, witness=other_nurse)
    assert stock.difference(vial) is None


def test_front_desk_counts_nothing(site, vial, front_desk, nurse):
    with pytest.raises(NotPermitted):
        counts.take(site=site, kind="daily", found={vial.pk: Found(D(10))}, by=front_desk, witness=nurse)


def test_the_count_of_the_day_is_asked_for_in_the_evening_and_once(site, vial):
    watch.look()
    watch.look()
    assert FollowUp.objects.filter(kind=counts.DAILY_COUNT, state="open").count() == 1


def test_the_inventory_of_the_law_is_due_two_years_after_the_last(site, vial, nurse, other_nurse):
    take(site, nurse, other_nurse, (vial.pk, Found(D(10))), kind="biennial")
    assert (counts.biennial_due_on(site) - site.today()).days == 730


# The pages


def url(name, *args):
    return reverse(f"infusions:{name}", args=args)


def test_the_page_of_the_count_does_not_show_what_the_ledger_says(client, nurse, vial, other_nurse):
    ledger.waste(vial_id=vial.pk, ml=D("3.37"), note="Dropped", by=nurse, witness=other_nurse)
    client.force_login(nurse)
    assert "6.63" not in client.get(url("count")).content.decode()


def test_a_sealed_vial_is_a_tick_and_the_witness_signs(client, nurse, other_nurse, vial):
    client.force_login(nurse)
    typed = {f"sealed_{vial.pk}": "on", "witness": str(other_nurse.pk), "password": build.PASSWORD}
    assert client.post(url("count"), typed).status_code == 302
    assert StockCount.objects.get().closed_at


def test_a_count_that_differs_comes_back_with_its_words_beside_the_vial(client, nurse, other_nurse, vial):
    client.force_login(nurse)
    typed = {f"ml_{vial.pk}": "9.5", "witness": str(other_nurse.pk), "password": build.PASSWORD}
    answer = client.post(url("count"), typed)
    assert answer.status_code == 422
    assert "less than the ledger" in answer.content.decode()
    assert 'value="9.5"' in answer.content.decode()


def test_what_nobody_has_counted_yet_stands_on_top(site, vial, nurse, other_nurse):
    """A safe of more vials than fit a page is counted to its end: each save brings the next ones."""
    later = making.vial(site, nurse, label="V-2")
    before = list(counts.to_count(site, "daily"))
    take(site, nurse, other_nurse, (before[0].pk, Found(D(10))))
    assert set(before) == {vial, later}
    assert list(counts.to_count(site, "daily")) == before[::-1]
