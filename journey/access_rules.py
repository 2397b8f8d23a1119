"""When opening a record asks for a second look. Not an accusation: most of it turns out to be somebody's work.

What is looked for follows what HHS and privacy officers name as signs of snooping (45 CFR 164.308(a)(1)(ii)(D),
information system activity review): one's own family, well-known patients, nights, many records in a short time, and
people whom nothing brings to the clinic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from patients import names

MANY_RECORDS = 40  # different records, one by one, within one hour of the clock
MARGIN = timedelta(minutes=90)  # before opening and after closing
NEAR = timedelta(days=180)  # a visit this far away still explains an interest
NEW = timedelta(days=30)  # a record this young is still being filled
SHORTEST = 3  # letters; shorter parts of names are shared by too many


def same_family(full_name: str, family_name: str) -> bool:
    """Whether the last part of a person's name is a part of the patient's family name: “Okafor”, “Okafor-Reyes”."""
    mine, theirs = _parts(full_name)[-1:], _parts(family_name)
    return bool(mine) and mine[0] in theirs


def _parts(name: str) -> list[str]:
    words = names.fold(name.replace("-", " ")).split()
    return [word for word in words if len(word) >= SHORTEST and word not in names.PARTICLES]


def after_hours(at: datetime, hours: Sequence[tuple[int, time, time]]) -> bool:
    """Whether a local moment lies outside the opening hours (weekday, opens, closes) and their margin."""
    for weekday, opens, closes in hours:
        day = at.date()
        begin = datetime.combine(day, opens, at.tzinfo) - MARGIN
        end = datetime.combine(day, closes, at.tzinfo) + MARGIN
        if at.weekday() == weekday and begin <= at <= end:
            return False
    return True
