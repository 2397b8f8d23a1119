"""The pages of orders: owner, colleague, stranger; what was typed is kept; the preview writes nothing."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.models import ReadEvent
from clinic.policy import Role
from infusions.models import ArrivalCheck, Order
from tests import build
from tests.infusions import making

D = Decimal
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def today(site):
    with clock.at(build.moment(site, "2027-02-09", "08:40")):
        yield


@pytest.fixture
def series(patient, provider, nurse):
    made = making.loading(patient, provider)
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.infusion(made, number, day)
    making.vial(patient.site, nurse)
    return made


def typed(**changes):
    return {
        "first_number": "3", "mg_per_kg": "0.5", "dosing_weight_kg": "80", "weight_on": "2027-02-09",
        "weight_basis": "actual", "minutes": "40", "bag_ml": "50", "reason": "", "basis_reason": "",
    } | changes  # fmt: skip


def page(client, who, series, name="orders"):
    client.force_login(who)
    return client.get(reverse(f"infusions:{name}", args=[series.pk]))


def post(client, who, series, name="orders", **changes):
    client.force_login(who)
    return client.post(reverse(f"infusions:{name}", args=[series.pk]), typed(**changes))


def test_a_provider_signs_and_sees_the_dose_together(client, provider, series):
    answer = post(client, provider, series, first_number="1")
    assert answer.status_code == 302
    assert Order.objects.get().dose_mg == D("40.00")
    shown = page(client, provider, series).content.decode()
    for words in ('<span class="n">40</span>', f"0.8{NBSP}mL", f"50{NBSP}mg/mL", "75&nbsp;<span>mL/h"):
        assert words in shown


def test_a_refused_order_keeps_what_was_typed_and_changes_nothing(client, provider, series):
    making.order(series, provider)
    answer = post(client, provider, series, mg_per_kg="1.3", reason="No effect at all")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1.3"' in shown
    assert "No effect at all" in shown
    assert "nobody can order it" in shown
    assert f"a step may add 0.25{NBSP}mg/kg" in shown
    assert Order.objects.count() == 1


def test_a_number_that_is_none_is_a_sentence(client, provider, series):
    answer = post(client, provider, series, dosing_weight_kg="eighty")
    assert answer.status_code == 422
    assert "This is not a number" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_changed_weight_asks_and_is_confirmed(client, provider, series):
    making.order(series, provider, kg="96")
    asked = post(client, provider, series, dosing_weight_kg="90")
    assert "The changed weight is right" in asked.content.decode()
    assert post(client, provider, series, dosing_weight_kg="90", weight_confirmed="on").status_code == 302
    assert Order.objects.latest("signed_at").dose_mg == D("45.00")


def test_the_confirmation_is_not_offered_before_it_is_asked(client, provider, series):
    assert "The changed weight is right" not in page(client, provider, series).content.decode()


def test_the_weight_is_never_prefilled(client, provider, series):
    making.order(series, provider)
    form = page(client, provider, series).context["form"]
    assert form["dosing_weight_kg"].value() is None


def test_what_the_scale_said_on_arrival_stands_beside_the_weight(client, provider, nurse, series):
    ArrivalCheck.objects.create(
        infusion=series.infusions.get(number=3), identity_confirmed=True, weight_kg=D("84.5"), nothing_new=True,
        last_solids_at=clock.now(), last_clear_at=clock.now(), substances_clear=True, pregnancy="na",
        emergency_ready=True, observed_at=clock.now(), entered_by=nurse,
    )  # fmt: skip
    shown = page(client, provider, series).content.decode()
    assert f"84.5{NBSP}kg on arrival, Tue 9 Feb, 08:40" in shown


def test_the_preview_shows_the_dose_and_writes_nothing(client, provider, series):
    answer = post(client, provider, series, name="order-preview", mg_per_kg="0.55", dosing_weight_kg="91")
    shown = answer.content.decode()
    assert f"1{NBSP}mL" in shown
    assert '<span class="n">50.05</span>' in shown
    assert "<html" not in shown
    assert not Order.objects.exists()


def test_the_preview_names_what_forbids_it(client, provider, series):
    shown = post(client, provider, series, name="order-preview", mg_per_kg="1.3").content.decode()
    assert "nobody can order it" in shown


@pytest.mark.parametrize("field", ["mg_per_kg", "dosing_weight_kg", "minutes", "bag_ml"])
@pytest.mark.parametrize("value", ["", "0", "-1", "x"])
def test_the_preview_of_half_an_order_waits(client, provider, series, field, value):
    answer = post(client, provider, series, name="order-preview", **{field: value})
    assert answer.status_code == 200
    assert "appear here as you type" in answer.content.decode()


def test_two_providers_sign_a_high_dose(client, provider, series, site):
    order = making.order(series, provider, mg_per_kg="1.1", needs_second=True)
    assert "You signed it first" in page(client, provider, series).content.decode()
    second = build.user(Role.PROVIDER, at=site)
    assert "You signed it first" not in page(client, second, series).content.decode()
    answer = client.post(reverse("infusions:order-countersign", args=[order.pk]))
    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.second_signed_by == second


def test_the_card_shows_the_next_infusion_not_a_later_order(client, provider, series):
    making.order(series, provider)
    making.order(series, provider, mg_per_kg="0.6", first_number=3, day="2027-02-03")
    shown = page(client, provider, series)
    assert shown.context["card"].dose_mg == D("40.00")
    assert "For infusion 1, the next one" in shown.content.decode()
    assert "Later</span>" in shown.content.decode()


def test_a_nurse_reads_orders_but_finds_no_form(client, nurse, series):
    shown = page(client, nurse, series).content.decode()
    assert "A provider signs orders" in shown
    assert "Sign the order" not in shown


@pytest.mark.parametrize(("who", "status"), [("nurse", 403), ("front_desk", 403), ("stranger", 404)])
def test_nobody_else_signs_through_the_door(request, client, series, who, status):
    assert post(client, request.getfixturevalue(who), series).status_code == status
    assert not Order.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("therapist", 200), ("front_desk", 403), ("stranger", 404)])
@pytest.mark.parametrize("name", ["orders", "review"])
def test_who_opens_the_pages_of_a_series(request, client, series, name, who, status):
    assert page(client, request.getfixturevalue(who), series, name).status_code == status


def test_a_stranger_countersigns_nothing(client, series, provider, stranger):
    order = making.order(series, provider, mg_per_kg="1.1", needs_second=True)
    client.force_login(stranger)
    assert client.post(reverse("infusions:order-countersign", args=[order.pk])).status_code == 404


def test_a_nurse_here_who_is_provider_elsewhere_signs_nothing_here(client, site, other_site, series):
    both = build.user(Role.NURSE, at=site)
    build.Membership.objects.create(user=both, site=other_site, role=Role.PROVIDER)
    assert post(client, both, series).status_code == 403


def test_opening_orders_is_written_down(client, provider, series):
    page(client, provider, series)
    read = ReadEvent.objects.get()
    assert (read.user, read.patient_id, read.what) == (provider, series.patient_id, "dose orders")


def test_orders_cost_the_same_queries_with_one_and_three(client, provider, series):
    making.order(series, provider)
    page(client, provider, series)
    with CaptureQueriesContext(connection) as one:
        page(client, provider, series)
    for number in (2, 3):
        making.order(series, provider, first_number=number, day=f"2027-02-0{number + 2}")
    with CaptureQueriesContext(connection) as three:
        page(client, provider, series)
    assert len(three) == len(one)
