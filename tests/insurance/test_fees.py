"""The fee schedule: a price counts from its day, and the past never changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from clinic.errors import Invalid, NotPermitted
from clinic.models import Site, User
from insurance import fees
from insurance.models import Fee, Payer
from tests.insurance.pricing import schedule

pytestmark = pytest.mark.usefixtures("on_20_january")
TODAY, MARCH = date(2027, 1, 20), date(2027, 3, 1)
D = Decimal


def set_fee(site: Site, by: User, billed: str | None = "500", valid_from: date = TODAY, **more: Any) -> Fee:
    said = {"code": "96365", "label": "Infusion", "billed": D(billed) if billed else None} | more
    return fees.set_fee(site=site, valid_from=valid_from, by=by, **said)


def test_a_price_counts_from_its_day_until_the_next(site: Site, insurance_admin: User) -> None:
    set_fee(site, insurance_admin, valid_from=date(2026, 1, 1))
    set_fee(site, insurance_admin, "550", MARCH)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2027, 2, 28), MARCH]
    assert [fees.price(site, "96365", day) for day in days] == [None, D(500), D(500), D(550)]
    assert [fee.billed for fee in fees.sheet(site, MARCH)] == [D(550)]
    assert [fee.billed for fee in fees.book(site, MARCH)(TODAY)] == [D(500)]


def test_only_the_first_version_reaches_back(site: Site, insurance_admin: User) -> None:
    set_fee(site, insurance_admin, valid_from=date(2026, 1, 1))
    with pytest.raises(Invalid, match="in the past stays"):
        set_fee(site, insurance_admin, "550", date(2027, 1, 19))
    assert Fee.objects.count() == 1


def test_of_two_versions_from_one_day_the_later_written_counts(site: Site, insurance_admin: User) -> None:
    for billed in ("500", "5000", "505"):
        set_fee(site, insurance_admin, billed, MARCH)
    assert fees.price(site, "96365", MARCH) == D(505)


def test_a_code_without_a_price_is_no_longer_offered(site: Site, insurance_admin: User) -> None:
    set_fee(site, insurance_admin)
    set_fee(site, insurance_admin, None, MARCH)
    assert [fees.price(site, "96365", day) for day in (TODAY, MARCH)] == [D(500), None]
    assert fees.sheet(site, MARCH) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"code": "96 365"}, "code"),
        ({"label": " "}, "label"),
        ({"billed": "0.001"}, "billed"),
        ({"billed": "-1"}, "billed"),
        ({"billed": "NaN"}, "billed"),
        ({"billed": None, "self_pay": D(1)}, "self_pay"),
        ({"self_pay": D(501)}, "self_pay"),
        ({"used": "always"}, "used"),
        ({"leg": "dental"}, "leg"),
    ],
)
def test_a_bad_price_changes_nothing(site: Site, insurance_admin: User, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_fee(site, insurance_admin, **said)
    assert field in refused.value.fields
    assert not Fee.objects.exists()


def test_the_database_keeps_the_past(site: Site, insurance_admin: User) -> None:
    fee = set_fee(site, insurance_admin)
    fee.billed = D(1)
    with pytest.raises(InternalError), transaction.atomic():
        fee.save()
    with pytest.raises(InternalError), transaction.atomic():
        fee.delete()
    later = {"site": site, "code": "96365", "label": "x", "billed": 1, "made_by": insurance_admin}
    with pytest.raises(IntegrityError), transaction.atomic():
        Fee.objects.create(**later, made_on=TODAY, valid_from=date(2027, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Fee.objects.create(**later, made_on=TODAY, valid_from=date(2027, 1, 1), is_first=True)


def test_colleagues_and_strangers_set_no_price(site: Site, front_desk: User, stranger: User) -> None:
    for who in (front_desk, stranger):
        with pytest.raises(NotPermitted):
            set_fee(site, who)


def test_what_a_payer_allows_is_its_own(site: Site, insurance_admin: User, payer: Payer) -> None:
    said: dict[str, Any] = {"site": site, "code": "96365", "source": "Contract", "by": insurance_admin}
    fees.set_allowed(payer=payer, amount=D(310), valid_from=date(2026, 1, 1), **said)
    fees.set_allowed(payer=payer, amount=None, valid_from=MARCH, **said)
    other = Payer.objects.create(name="Harbor Health")
    assert fees.allowed(site, [payer.pk, other.pk], TODAY) == {payer.pk: {"96365": D(310)}, other.pk: {}}
    assert fees.allowed(site, [payer.pk], MARCH) == {payer.pk: {}}


def test_a_package_says_what_happens_when_fewer_are_given(site: Site, insurance_admin: User) -> None:
    said: dict[str, Any] = {"site": site, "code": "six", "name": "Series of six", "valid_from": TODAY}
    said |= {"by": insurance_admin, "price": D(2900), "infusions": 6, "sessions": 3}
    with pytest.raises(Invalid, match="fewer are given"):
        fees.set_package(**said, terms=" ")
    made = fees.set_package(**said, terms="Each one not given is paid back at $400.")
    assert [one.code for one in fees.packages(site, TODAY)] == ["SIX"] == [made.code]
    fees.set_package(**said | {"price": None, "valid_from": MARCH}, terms="It ends.")
    assert fees.packages(site, MARCH) == []


def test_a_file_takes_what_is_new_or_nothing(site: Site, insurance_admin: User) -> None:
    schedule(site, insurance_admin)
    rows: list[dict[str, Any]] = [
        {"code": "96365", "label": "Infusion, first hour", "billed": D(500), "self_pay": D(420)},
        {"code": "96366", "label": "Each further hour", "billed": D(120)},
    ]
    taken = fees.take(site=site, rows=rows, valid_from=TODAY, by=insurance_admin)
    assert (taken.new, taken.same) == (1, 1)
    with pytest.raises(Invalid, match="Row 3"), transaction.atomic():
        fees.take(
            site=site,
            rows=[{"code": "99213", "label": "Visit", "billed": D(90)}, {"code": "", "label": "?", "billed": D(1)}],
            valid_from=TODAY,
            by=insurance_admin,
        )
    assert fees.price(site, "99213", TODAY) is None
