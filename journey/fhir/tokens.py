"""Reading the values of search parameters: tokens, dates with prefixes, references. Pure; no ORM but Q.

A value that can't be read raises BadParameter with the name of the parameter, which becomes the OperationOutcome.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q


class BadParameter(Exception):
    """A parameter is unknown, or its value can't be read."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name, self.why = name, why


@dataclass(frozen=True)
class Token:
    """`system|code`. `system` None: none was said, so any; "": said to be none."""

    system: str | None
    code: str

    def fits(self, system: str, code: str) -> bool:
        return (self.system is None or self.system == system) and (not self.code or self.code == code)


def either(text: str) -> list[str]:
    """The values between commas: any of them will do."""
    parts = [part.strip() for part in re.split(r"(?<!\\),", text)]
    return [part.replace("\\,", ",") for part in parts if part]


def tokens(name: str, text: str) -> list[Token]:
    found = [_token(part) for part in either(text)]
    if not found or any(not (one.code or one.system) for one in found):
        raise BadParameter(name, "Write a code, or a system and a code parted by “|”.")
    return found


def _token(text: str) -> Token:
    system, bar, code = text.partition("|")
    return Token(system, code) if bar else Token(None, system)


def uuids(name: str, text: str, *, kind: str) -> list[UUID]:
    """References or bare ids of one type. What is no id of ours finds nothing, as what is not ours would."""
    found = []
    for part in either(text):
        key = part.rpartition("/")[2]
        if "/" in part and part.rstrip("/").split("/")[-2] != kind:
            raise BadParameter(name, f"This refers to something that is no {kind}.")
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


# Dates

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_WRITTEN = re.compile(
    r"^(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?$"
)


@dataclass(frozen=True)
class When:
    """A date as asked for: its prefix, and the span that its precision covers; `last` is not in it any more."""

    prefix: str
    first: datetime
    last: datetime


def when(name: str, text: str) -> When:
    prefix = text[:2] if text[:2] in PREFIXES else "eq"
    written = text[2:] if text[:2] in PREFIXES else text
    match = _WRITTEN.match(written.replace(" ", "+"))
    try:
        if match is None:
            raise ValueError
        first, last = _span(match)
    except (ValueError, OverflowError):
        raise BadParameter(
            name, f"“{text[:40]}” is not a date. Write it like 2027-02-09 or ge2027-02-09T09:00:00Z."
        ) from None
    return When(prefix, first, last)


def _span(match: re.Match[str]) -> tuple[datetime, datetime]:
    year, month = int(match["year"]), int(match["month"] or 1)
    if match["time"]:
        day = f"{match['year']}-{match['month']}-{match['day']}"
        at = datetime.fromisoformat(f"{day}T{match['time']}{match['zone'] or 'Z'}")
        length = timedelta(minutes=1) if match["time"].count(":") == 1 else timedelta(seconds=1)
        return at, at + length
    first = datetime(year, month, int(match["day"] or 1), tzinfo=UTC)
    if match["day"]:
        return first, first + timedelta(days=1)
    if match["month"]:
        return first, (first + timedelta(days=32)).replace(day=1)
    return first, first.replace(year=year + 1)


def dated(column: str, asked: Sequence[When], *, is_day: bool) -> Q:
    """The condition on a column of days or of moments. Several dates all hold: they are the ends of a span."""
    condition = Q()
    for one in asked:
        first: date | datetime = one.first.date() if is_day else one.first
        last: date | datetime = _day_after(one.last) if is_day else one.last
        inside = Q(**{f"{column}__gte": first, f"{column}__lt": last})
        condition &= {
            "eq": inside,
            "ap": inside,
            "ne": ~inside,
            "gt": Q(**{f"{column}__gte": last}),
            "sa": Q(**{f"{column}__gte": last}),
            "ge": Q(**{f"{column}__gte": first}),
            "lt": Q(**{f"{column}__lt": first}),
            "eb": Q(**{f"{column}__lt": first}),
            "le": Q(**{f"{column}__lt": last}),
        }[one.prefix]
    return condition


def _day_after(moment: datetime) -> date:
    """The first day that does not count any more: a part of a day stands for the whole."""
    return moment.date() if moment.time() == time() else moment.date() + timedelta(days=1)
