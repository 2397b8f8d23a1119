"""What a booking stands on: a site's settings, rooms, people, hours and closures, in one statement.

Every booking reads all of it, so that it is never older than its transaction; through the ORM that took longer than
all the rest of the booking. It comes as one JSON text, in the shapes that the calendar counts with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection

from clinic.models import ProtocolSettings, Room, Site, User
from clinic.policy import Role
from clinic.prepared import Statement
from clinic.settings_versions import FIELDS

WORKERS = (Role.NURSE, Role.THERAPIST, Role.PROVIDER)
AHEAD = timedelta(days=14)  # read beyond the days asked for, so that the nearest free time needs no second look

_SETTINGS = ("id", "site_id", "version", *FIELDS)

_READ = Statement("""
SELECT json_build_object(
    'settings', (
        SELECT to_json(newest) FROM (
            SELECT * FROM clinic_protocolsettings WHERE site_id = %(site)s ORDER BY version DESC LIMIT 1
        ) newest
    ),
    'rooms', (
        SELECT json_agg(json_build_array(id, name, nickname, kind) ORDER BY name)
        FROM clinic_room WHERE site_id = %(site)s AND is_active
    ),
    'hours', (
        SELECT json_agg(json_build_array(weekday, opens, closes))
        FROM clinic_openinghours WHERE site_id = %(site)s
    ),
    'people', (
        SELECT json_agg(
            json_build_array(role, person.id, email, full_name, signature_name, licence) ORDER BY full_name, person.id
        )
        FROM clinic_membership member JOIN clinic_user person ON person.id = member.user_id
        WHERE member.site_id = %(site)s AND member.role = ANY(%(workers)s) AND person.is_active
    ),
    'shifts', (
        SELECT json_agg(json_build_array(weekday, starts, ends, valid_from, valid_until, people)) FROM (
            SELECT weekday, starts, ends, valid_from, valid_until, array_agg(user_id) AS people
            FROM clinic_shift
            WHERE site_id = %(site)s AND valid_from <= %(last)s
                AND (valid_until IS NULL OR valid_until >= %(first)s)
            GROUP BY weekday, starts, ends, valid_from, valid_until
        ) pattern
    )
)::text, json_build_object(
    'closures', (
        SELECT json_agg(json_build_array(room_id, first_day, last_day, reason) ORDER BY first_day)
        FROM clinic_closure WHERE site_id = %(site)s AND first_day <= %(last)s AND last_day >= %(first)s
    ),
    'exceptions', (
        SELECT json_agg(json_build_array(user_id, day, starts, ends))
        FROM clinic_shiftexception WHERE site_id = %(site)s AND day BETWEEN %(first)s AND %(last)s
    ),
    'own_words', EXISTS (SELECT 1 FROM reminders_wording WHERE site_id = %(site)s),
    'listeners', EXISTS (SELECT 1 FROM reminders_webhook WHERE site_id = %(site)s AND ended_at IS NULL)
)::text
""")


class Opening(NamedTuple):
    """Hours of one weekday."""

    weekday: int
    opens: time
    closes: time


class Closed(NamedTuple):
    """Days on which the site, or one room of it, is closed."""

    room_id: UUID | None
    first_day: date
    last_day: date
    reason: str


class Pattern(NamedTuple):
    """Weekly hours of work, and everybody who has them."""

    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date | None
    people: tuple[UUID, ...]


class Changed(NamedTuple):
    """One day of one person at other hours, or away."""

    user_id: UUID
    day: date
    starts: time | None
    ends: time | None


@dataclass(frozen=True)
class Premises:
    """A site as it was read, with the closures and shifts of the days from `first` to `last`."""

    first: date
    last: date
    settings: ProtocolSettings
    rooms: list[Room] = field(default_factory=list)
    people: dict[Role, list[User]] = field(default_factory=dict)
    hours: Sequence[Opening] = ()
    closures: list[Closed] = field(default_factory=list)
    patterns: Sequence[Pattern] = ()
    changed: list[Changed] = field(default_factory=list)
    own_words: bool = False  # the site writes some of its messages in words of its own
    listeners: bool = False  # other systems are told what happens here

    @cached_property
    def everyone(self) -> tuple[UUID, ...]:
        """Each person once, whatever the number of roles."""
        return tuple(dict.fromkeys(user.pk for users in self.people.values() for user in users))

    @cached_property
    def nurses(self) -> frozenset[UUID]:
        return frozenset(user.pk for user in self.people.get(Role.NURSE, ()))

    def covers(self, first: date, last: date) -> bool:
        return self.first <= first and last <= self.last


def read(site: Site, first: date, last: date) -> Premises:
    """The site's rooms, people and hours now; closures and shifts of these days and two weeks more."""
    last += AHEAD
    asked: dict[str, Any] = {"site": site.pk, "first": first, "last": last, "workers": [role.value for role in WORKERS]}
    with connection.cursor() as cursor:
        cursor.execute(_READ.text, _READ.values(**asked))
        house, days = cursor.fetchone()
    kept, found = _house(site.pk, house), json.loads(days)
    # Copies: what a record looks up later, its site or its roles, is for whoever asked and not for the next.
    people = {pk: copy(person) for pk, person in kept.people.items()}
    return Premises(
        first,
        last,
        settings=copy(kept.settings),
        rooms=[copy(room) for room in kept.rooms],
        people={role: [people[pk] for pk in of_role] for role, of_role in kept.roles.items()},
        hours=kept.hours,
        closures=[
            Closed(UUID(room) if room else None, _date(begins), _date(ends), reason)
            for room, begins, ends, reason in found["closures"] or ()
        ],
        patterns=kept.patterns,
        changed=[
            Changed(UUID(person), _date(day), _time(starts) if starts else None, _time(ends) if ends else None)
            for person, day, starts, ends in found["exceptions"] or ()
        ],
        own_words=found["own_words"],
        listeners=found["listeners"],
    )


_date, _time = date.fromisoformat, time.fromisoformat


@dataclass(frozen=True)
class _House:
    """What is the same for weeks, until somebody changes it; people by their key, as the database writes it."""

    settings: ProtocolSettings
    rooms: list[Room]
    people: dict[str, User]
    roles: dict[Role, list[str]]
    hours: tuple[Opening, ...]
    patterns: tuple[Pattern, ...]


@lru_cache(maxsize=16)
def _house(site_id: UUID, written: str) -> _House:
    """What the database has written, taken apart once: it is asked each time, and kept is what the same words mean."""
    found = json.loads(written, parse_float=Decimal)
    staff = found["people"] or ()
    keys = {pk: UUID(pk) for _, pk, *_ in staff}
    return _House(
        settings=_settings(site_id, found["settings"]),
        rooms=[_room(site_id, *row) for row in found["rooms"] or ()],
        people={pk: _person(keys[pk], *known) for _, pk, *known in staff},
        roles={role: [pk for held, pk, *_ in staff if held == role] for role in WORKERS},
        hours=tuple(Opening(day, _time(opens), _time(closes)) for day, opens, closes in found["hours"] or ()),
        patterns=tuple(_pattern(keys, *row) for row in found["shifts"] or ()),
    )


Row = TypeVar("Row", ProtocolSettings, Room, User)


def _stored(model: type[Row], values: dict[str, Any]) -> Row:
    """A record as if the ORM had read it, with these columns; another one is read when it is asked for."""
    names = [column.attname for column in model._meta.concrete_fields if column.attname in values]
    return model.from_db(DEFAULT_DB_ALIAS, names, [values[name] for name in names])


def _settings(site_id: UUID, row: dict[str, Any] | None) -> ProtocolSettings:
    """As `settings_versions.current` answers, without who made and signed the version."""
    if row is None:
        return ProtocolSettings(site_id=site_id, version=0)
    row["id"], row["site_id"] = UUID(row["id"]), site_id
    return _stored(ProtocolSettings, {name: row[name] for name in _SETTINGS})


def _room(site_id: UUID, pk: str, name: str, nickname: str, kind: str) -> Room:
    known = {"name": name, "nickname": nickname, "kind": kind}
    return _stored(Room, known | {"id": UUID(pk), "site_id": site_id, "is_active": True})


def _person(pk: UUID, email: str, full_name: str, signature_name: str, licence: str) -> User:
    """Without the password, which stays where it is."""
    known = {"email": email, "full_name": full_name, "signature_name": signature_name, "licence": licence}
    return _stored(User, known | {"id": pk, "is_active": True})


def _pattern(
    keys: dict[str, UUID],
    weekday: int,
    starts: str,
    ends: str,
    valid_from: str,
    valid_until: str | None,
    working: list[str],
) -> Pattern:
    """Those who work these hours; shifts of people without a role that is booked are left out."""
    until = _date(valid_until) if valid_until else None
    ids = tuple(keys[pk] for pk in working if pk in keys)
    return Pattern(weekday, _time(starts), _time(ends), _date(valid_from), until, ids)
