"""Single elements of a segment: codes, money, shares, days. What does not read as one is refused with its place."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from insurance.x12.segments import Segment

CENT = Decimal("0.01")
MOST_MONEY = Decimal(10) ** 12
MOST_NUMBER = Decimal(10) ** 10
HUNDRED = Decimal(100)


def text(value: str, most: int) -> str:
    """A text that fits its column; X12's own limits are below, so only what is no answer is ever shortened."""
    return " ".join(value.split())[:most]


def code(one: Segment, place: int, most: int, *, needed: bool = False) -> str:
    """A code of at most so many letters and digits. Raises Broken."""
    value = one[place]
    if needed and not value:
        raise one.broken(f"{one.tag}{place:02} is missing.")
    if len(value) > most or (value and not (value.isascii() and value.isalnum())):
        raise one.broken(f"{one.tag}{place:02} “{value[:6]}” is no code.")
    return value


def codes(one: Segment, place: int, most: int) -> tuple[str, ...]:
    """An element that may be repeated, each a code, each once. Raises Broken."""
    found = one.repeats(place)
    for value in found:
        if len(value) > most or not (value.isascii() and value.isalnum()):
            raise one.broken(f"{one.tag}{place:02} “{value[:6]}” is no code.")
    return tuple(dict.fromkeys(found))


def _decimal(one: Segment, place: int, most: Decimal) -> Decimal | None:
    value = one[place]
    if not value:
        return None
    if not set(value) <= set("0123456789.-") or len(value) > 18:
        raise one.broken(f"{one.tag}{place:02} “{value[:12]}” is no number.")
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise one.broken(f"{one.tag}{place:02} “{value[:12]}” is no number.") from None
    if not 0 <= found < most:
        raise one.broken(f"{one.tag}{place:02} “{value[:12]}” is no amount that a benefit can have.")
    return found


def money(one: Segment, place: int) -> Decimal | None:
    """Dollars and cents. Raises Broken."""
    found = _decimal(one, place, MOST_MONEY)
    return None if found is None else found.quantize(CENT)


def number(one: Segment, place: int) -> Decimal | None:
    found = _decimal(one, place, MOST_NUMBER)
    return None if found is None else found.quantize(CENT)


def share(one: Segment, place: int) -> Decimal | None:
    """A share in percent. X12 writes .2 for 20 %; some payers write 20. Raises Broken."""
    found = _decimal(one, place, MOST_NUMBER)
    if found is None:
        return None
    percent = found * HUNDRED if found <= 1 else found
    if percent > HUNDRED:
        raise one.broken(f"{one.tag}{place:02} “{one[place][:12]}” is more than the whole.")
    return percent.quantize(CENT)


def day(one: Segment, place: int) -> date:
    """A day as CCYYMMDD. Raises Broken."""
    return _day(one, place, one[place])


def days(one: Segment) -> tuple[date, date | None]:
    """The day of a DTP, or the first and the last of a range. Raises Broken."""
    if one[2] == "RD8":
        first, dash, last = one[3].partition("-")
        if not dash:
            raise one.broken("DTP03 is no range of days, like 20270101-20271231.")
        found = _day(one, 3, first), _day(one, 3, last)
        if found[1] < found[0]:
            raise one.broken("DTP03 ends before it starts.")
        return found
    if one[2] != "D8":
        raise one.broken(f"DTP02 “{one[2][:4]}” is no way to write a day that is known here.")
    return _day(one, 3, one[3]), None


def _day(one: Segment, place: int, value: str) -> date:
    if len(value) == 8 and value.isascii() and value.isdigit():
        try:
            return datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            pass
    raise one.broken(f"{one.tag}{place:02} “{value[:12]}” is no day; days look like 20270212.")
