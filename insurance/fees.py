"""What the clinic asks for, from which day: its fees, what payers allow, its packages. A change is a new version.

Of two versions from the same day the later written counts. A version never begins before the day it is written,
except the first of its code, which fills what was empty: so no price of the past ever changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic.errors import Invalid
from clinic.models import Site, User
from clinic.policy import Action, require
from insurance.models import AllowedAmount, Fee, Package, Payer

MOST = Decimal(99_999)
CENT = Decimal("0.01")
LONGEST_CODE = 12
NAMED = 80

after_change: list[Callable[[Site], None]] = []
"""Called in the transaction of every new price: estimates that counted on the old one are to be looked at again."""

V = TypeVar("V", Fee, AllowedAmount, Package)


def price(site: Site, code: str, on: date) -> Decimal | None:
    """The billed fee of one unit on the day; None where the clinic has none for this code."""
    found = _newest(Fee.objects.filter(site=site, code=code, valid_from__lte=on)).first()
    return found.billed if found else None


def sheet(site: Site, on: date) -> list[Fee]:
    """Every code that is offered on the day, with the price that counts then."""
    rows = _newest(Fee.objects.filter(site=site, valid_from__lte=on))
    return [fee for fee in rows.distinct("code") if fee.billed is not None]


def book(site: Site, until: date) -> Callable[[date], list[Fee]]:
    """The prices of every day up to this one, read once."""
    rows = list(_newest(Fee.objects.filter(site=site, valid_from__lte=until)))

    def on(day: date) -> list[Fee]:
        newest: dict[str, Fee] = {}
        for fee in rows:
            if fee.valid_from <= day:
                newest.setdefault(fee.code, fee)
        return [fee for fee in newest.values() if fee.billed is not None]

    return on


def allowed(site: Site, payers: Iterable[UUID], on: date) -> dict[UUID, dict[str, Decimal]]:
    """What each payer allows for each code, as far as the clinic knows on the day."""
    keys = list(payers)
    rows = AllowedAmount.objects.filter(site=site, payer__in=keys, valid_from__lte=on)
    found: dict[UUID, dict[str, Decimal]] = {key: {} for key in keys}
    for row in rows.order_by("payer_id", "code", "-valid_from", "-made_at", "-id").distinct("payer_id", "code"):
        if row.amount is not None:
            found[row.payer_id][row.code] = row.amount
    return found


def packages(site: Site, on: date) -> list[Package]:
    """Every package that is offered on the day."""
    rows = _newest(Package.objects.filter(site=site, valid_from__lte=on))
    return [one for one in rows.distinct("code") if one.price is not None]


def _newest(rows: QuerySet[V]) -> QuerySet[V]:
    return rows.order_by("code", "-valid_from", "-made_at", "-id")


@transaction.atomic
def set_fee(
    *,
    site: Site,
    code: str,
    label: str,
    billed: Decimal | None,
    valid_from: date,
    by: User,
    self_pay: Decimal | None = None,
    used: str = "",
    leg: str = Fee.Leg.MEDICAL,
    label_es: str = "",
) -> Fee:
    """A new price from a day on; without `billed`, the code is no longer offered. Raises NotPermitted, Invalid."""
    require(by, Action.KEEP_FEES, at=site)
    made = _fee(site, code, label, billed, valid_from, by, self_pay, used, leg, label_es)
    _tell(site)
    return made


def _fee(
    site: Site,
    code: str,
    label: str,
    billed: Decimal | None,
    valid_from: date,
    by: User,
    self_pay: Decimal | None = None,
    used: str = "",
    leg: str = Fee.Leg.MEDICAL,
    label_es: str = "",
) -> Fee:
    code, label = code.strip().upper(), label.strip()
    wrong = _wrong_code(code) | _wrong_words("label", label) | _wrong_money(billed=billed, self_pay=self_pay)
    if self_pay is not None and billed is None:
        wrong["self_pay"] = "Without a billed fee the code is not offered; leave this empty too."
    elif self_pay is not None and billed is not None and self_pay > billed:
        wrong["self_pay"] = "The self-pay price is more than the billed fee. Check both."
    if used not in Fee.Used.values:
        wrong["used"] = "Choose what it belongs to."
    if leg not in Fee.Leg.values:
        wrong["leg"] = "Choose medical or behavioral health."
    said = {"label": label, "label_es": label_es.strip()[:NAMED], "billed": billed, "self_pay": self_pay}
    return _write(Fee, {"site": site, "code": code}, valid_from, by, wrong, **said, used=used, leg=leg)


@transaction.atomic
def set_allowed(
    *, site: Site, payer: Payer, code: str, amount: Decimal | None, source: str, valid_from: date, by: User
) -> AllowedAmount:
    """What a payer allows from a day on; without an amount the clinic no longer knows. Raises NotPermitted, Invalid."""
    require(by, Action.KEEP_FEES, at=site)
    code = code.strip().upper()
    wrong = _wrong_code(code) | _wrong_words("source", source.strip(), 120) | _wrong_money(amount=amount)
    key = {"site": site, "payer": payer, "code": code}
    made = _write(AllowedAmount, key, valid_from, by, wrong, amount=amount, source=source.strip())
    _tell(site)
    return made


@transaction.atomic
def set_package(
    *,
    site: Site,
    code: str,
    name: str,
    price: Decimal | None,
    infusions: int,
    terms: str,
    valid_from: date,
    by: User,
    sessions: int = 0,
    evaluations: int = 0,
    name_es: str = "",
    terms_es: str = "",
) -> Package:
    """Several visits for one price, from a day on; without a price it ends. Raises NotPermitted, Invalid."""
    require(by, Action.KEEP_FEES, at=site)
    code, name, terms = code.strip().upper(), name.strip(), terms.strip()
    wrong = _wrong_code(code) | _wrong_words("name", name) | _wrong_money(price=price)
    if not 1 <= len(terms) <= 400:
        wrong["terms"] = "Say what happens when fewer are given, in 400 characters or fewer."
    if not 1 <= infusions <= 8:
        wrong["infusions"] = "A package holds 1 to 8 infusions."
    if not 0 <= sessions <= 12:
        wrong["sessions"] = "A package holds 0 to 12 therapy sessions."
    if evaluations not in {0, 1}:
        wrong["evaluations"] = "A package holds one evaluation or none."
    holds = {"infusions": infusions, "sessions": sessions, "evaluations": evaluations}
    said = {"name": name, "name_es": name_es.strip()[:NAMED], "terms": terms, "terms_es": terms_es.strip()[:400]}
    made = _write(Package, {"site": site, "code": code}, valid_from, by, wrong, price=price, **holds, **said)
    _tell(site)
    return made


def _write(model: type[V], key: dict[str, Any], valid_from: date, by: User, wrong: dict[str, str], **said: Any) -> V:
    site: Site = key["site"]
    today = site.today()
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)  # two first versions at once
    is_first = not wrong and not model.objects.filter(**key).exists()
    if not wrong and not is_first and valid_from < today:
        wrong["valid_from"] = "What it cost in the past stays as it was. Write today or a later day."
    if wrong:
        raise Invalid(wrong)
    return model.objects.create(**key, **said, valid_from=valid_from, is_first=is_first, made_on=today, made_by=by)


def _tell(site: Site) -> None:
    for follow in after_change:
        follow(site)


def _wrong_code(code: str) -> dict[str, str]:
    good = 1 <= len(code) <= LONGEST_CODE and code.replace("-", "").isalnum() and code.isascii()
    return {} if good else {"code": "Write the code, or a short name of your own, in 12 letters, digits or dashes."}


def _wrong_words(field: str, words: str, most: int = NAMED) -> dict[str, str]:
    return {} if 1 <= len(words) <= most else {field: f"Write this in 1 to {most} characters."}


def _wrong_money(**amounts: Decimal | None) -> dict[str, str]:
    wrong = {}
    for name, amount in amounts.items():
        if amount is not None and not (amount.is_finite() and 0 <= amount <= MOST and amount == amount.quantize(CENT)):
            wrong[name] = "Write an amount from 0 to 99,999 dollars, with no more than two digits for cents."
    return wrong


@dataclass(frozen=True)
class Imported:
    """How many prices of a file are new, and how many stood so already."""

    new: int
    same: int


@transaction.atomic
def take(*, site: Site, rows: Iterable[dict[str, Any]], valid_from: date, by: User) -> Imported:
    """New versions for the rows of a file that differ from what counts on the day; all of them or none.

    Raises NotPermitted, Invalid with the row it stumbled over.
    """
    require(by, Action.KEEP_FEES, at=site)
    now = {fee.code: fee for fee in sheet(site, valid_from)}
    new = same = 0
    for number, row in enumerate(rows, start=2):
        known = now.get(row["code"].strip().upper())
        if known and all(getattr(known, name) == value for name, value in row.items() if name != "code"):
            same += 1
            continue
        try:
            _fee(site, valid_from=valid_from, by=by, **row)
        except Invalid as error:
            raise Invalid({"file": f"Row {number}: {error.sentence} Nothing was taken."}) from None
        new += 1
    if new:
        _tell(site)
    return Imported(new, same)
