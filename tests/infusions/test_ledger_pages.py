"""The pages of the stock and of a vial: doors, the witness's password, what was typed is kept."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from infusions import ledger
from infusions.forms.witness import WitnessForm
from infusions.models import DrugVial, LedgerEntry
from tests import build
from tests.infusions import making

D = Decimal
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def on_the_day(site):
    cache.clear()
    with clock.at(build.moment(site, "2027-02-02", "09:00")):
        yield


@pytest.fixture
def vial(site, nurse):
    return making.vial(site, nurse)


def received(**changes):
    return {
        "label": "V-2", "strength_mg_per_ml": "50", "volume_ml": "10", "lot": "K2291", "expires_on": "2028-11-30",
    } | changes  # fmt: skip


def url(name, *args):
    return reverse(f"infusions:{name}", args=args)


def test_a_vial_is_received(client, nurse):
    client.force_login(nurse)
    assert client.post(url("vials"), received()).status_code == 302
    assert DrugVial.objects.get().balance_ml == D("10.00")
    assert f"500{NBSP}mg in 1 vial" in client.get(url("vials")).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("label", "V-1", "V-1 is in stock already"),
        ("expires_on", "2027-02-01", "has expired"),
        ("strength_mg_per_ml", "", "Choose the strength"),
        ("volume_ml", "51", "A vial holds 0.5"),
    ],
)
def test_a_vial_that_can_not_be_right_is_a_sentence(client, nurse, vial, field, value, words):
    client.force_login(nurse)
    answer = client.post(url("vials"), received(**{field: value}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="K2291"' in answer.content.decode()
    assert DrugVial.objects.get() == vial


def test_stock_lists_the_first_to_expire_on_top(client, nurse, site):
    making.vial(site, nurse, label="Later", expires="2028-11-30")
    making.vial(site, nurse, label="Soon", expires="2027-02-20")
    client.force_login(nurse)
    answer = client.get(url("vials"))
    assert [vial.label for vial in answer.context["page_obj"]] == ["Soon", "Later"]
    assert answer.content.decode().count("Soon</span>") == 1


def test_stock_is_paged(client, nurse, site):
    for number in range(26):
        making.vial(site, nurse, label=f"V-{number:02}")
    client.force_login(nurse)
    assert len(client.get(url("vials")).context["page_obj"]) == 25
    assert len(client.get(url("vials") + "?page=2").context["page_obj"]) == 1


def test_stock_costs_the_same_queries_with_one_and_three(client, nurse, site, vial):
    client.force_login(nurse)
    client.get(url("vials"))
    with CaptureQueriesContext(connection) as one:
        client.get(url("vials"))
    for label in ("V-8", "V-9"):
        making.vial(site, nurse, label=label)
    with CaptureQueriesContext(connection) as three:
        client.get(url("vials"))
    assert len(three) == len(one)


def test_a_ledger_shows_in_out_and_left_newest_first(client, nurse, other_nurse, vial):
    ledger.waste(vial_id=vial.pk, ml=D("0.5"), witness=other_nurse, by=nurse, note="Dropped")
    client.force_login(nurse)
    answer = client.get(url("vial", vial.pk))
    assert [row.kind for row in answer.context["page_obj"]] == ["wasted", "received"]
    shown = answer.content.decode()
    assert '<td class="is-num">0.5</td><td class="is-num"><b>9.5</b></td>' in shown
    assert "Adaeze Okafor, Sanna Lindqvist" in shown


def test_a_ledger_costs_the_same_queries_with_one_and_three(client, nurse, other_nurse, vial):
    client.force_login(nurse)
    client.get(url("vial", vial.pk))
    with CaptureQueriesContext(connection) as one:
        client.get(url("vial", vial.pk))
    for _ in range(2):
        ledger.count(vial_id=vial.pk, counted_ml=D(10), by=nurse, witness=other_nurse)
    with CaptureQueriesContext(connection) as three:
        client.get(url("vial", vial.pk))
    assert len(three) == len(one)


def wasted(witness, **changes):
    return {"ml": "0.5", "note": "Dropped", "witness": str(witness.pk), "password": build.PASSWORD} | changes


def test_a_witness_signs_with_their_own_password(client, nurse, other_nurse, vial):
    client.force_login(nurse)
    assert client.post(url("vial-waste", vial.pk), wasted(other_nurse)).status_code == 302
    entry = LedgerEntry.objects.get(kind="wasted")
    assert (entry.entered_by, entry.witness, entry.change_ml) == (nurse, other_nurse, D("-0.50"))


def test_who_sees_many_doses_is_not_taken_for_a_guesser(rf, site, nurse, other_nurse):
    def said(password):
        request = rf.post("/")
        form = WitnessForm({"witness": str(other_nurse.pk), "password": password}, request=request, site=site, by=nurse)
        return form.errors.get("password", [""])[0]

    assert {said(build.PASSWORD) for _ in range(11)} == {""}
    assert [said("something else")[:8] for _ in range(6)] == ["That is "] * 5 + ["Too many"]
    assert "Too many tries" in said(build.PASSWORD)


def test_a_wrong_password_wastes_nothing_and_keeps_the_rest(client, nurse, other_nurse, vial):
    client.force_login(nurse)
    answer = client.post(url("vial-waste", vial.pk), wasted(other_nurse, password="something else"))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "That is not" in shown
    assert 'value="0.5"' in shown
    assert "something else" not in shown
    assert not LedgerEntry.objects.filter(kind="wasted").exists()


@pytest.mark.parametrize("who", ["nurse", "front_desk", "stranger"])
def test_who_can_not_witness_is_not_offered(request, client, nurse, vial, who):
    client.force_login(nurse)
    answer = client.post(url("vial-waste", vial.pk), wasted(request.getfixturevalue(who)))
    assert answer.status_code == 422
    assert not LedgerEntry.objects.filter(kind="wasted").exists()


def test_a_count_that_differs_asks_what_was_found(client, nurse, other_nurse, vial):
    client.force_login(nurse)
    typed = {"counted_ml": "9.8", "note": "", "witness": str(other_nurse.pk), "password": build.PASSWORD}
    answer = client.post(url("vial-count", vial.pk), typed)
    assert answer.status_code == 422
    assert f"0.2{NBSP}mL less than the ledger" in answer.content.decode()
    assert client.post(url("vial-count", vial.pk), typed | {"note": "Leak"}).status_code == 302


def test_an_empty_vial_is_returned_and_closed(client, nurse, vial):
    client.force_login(nurse)
    assert client.post(url("vial-return", vial.pk), {"ml": "10", "note": "Distributor 222"}).status_code == 302
    assert client.post(url("vial-close", vial.pk)).status_code == 302
    vial.refresh_from_db()
    assert vial.closed_at is not None
    assert [each.label for each in client.get(url("vials") + "?show=closed").context["page_obj"]] == ["V-1"]
    assert "Return" not in [sheet["title"] for sheet in client.get(url("vial", vial.pk)).context["sheets"]]


def test_a_full_vial_is_not_closed(client, nurse, vial):
    client.force_login(nurse)
    assert client.post(url("vial-close", vial.pk)).status_code == 409


def test_too_much_returned_is_a_sentence_in_the_form(client, nurse, vial):
    client.force_login(nurse)
    answer = client.post(url("vial-return", vial.pk), {"ml": "10.5", "note": "Distributor"})
    assert answer.status_code == 422
    assert f"V-1 holds 10{NBSP}mL" in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("provider", 200), ("front_desk", 403), ("therapist", 403)])
def test_who_opens_the_stock(request, client, vial, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(url("vials")).status_code == status
    assert client.get(url("vial", vial.pk)).status_code == status


@pytest.mark.parametrize("name", ["vial-waste", "vial-count", "vial-return", "vial-close"])
def test_a_stranger_finds_no_vial(client, stranger, vial, name):
    client.force_login(stranger)
    assert client.get(url("vial", vial.pk)).status_code == 404
    assert client.post(url(name, vial.pk)).status_code == 404
    assert vial.entries.count() == 1
