"""Sites, rooms, opening hours and closures: the verbs of the clinic admin.

Rooms to the right know of things that would break when something here ends: they append a function to
`before_retiring`, which answers a sentence while it may not end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import available_timezones

import phonenumbers
from django.db import transaction

from clinic import identifiers
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Closure, Membership, OpeningHours, Room, Site, User
from clinic.policy import Action, Role, can, require


@dataclass(frozen=True)
class Retiring:
    """Something that is about to end: a room, a person, or the wall clock of a site.

    A person who only leaves a site, or only lays down a role there, has `site` and `role` set.
    """

    what: Site | Room | User
    site: Site | None = None
    role: Role | None = None


before_retiring: list[Callable[[Retiring], str]] = []


class Lifted(Protocol):
    def __call__(self, *, site: Site, room: Room | None, first_day: date, last_day: date) -> None: ...


# Rooms to the right add themselves here to hear of days that are open again.
after_lifting: list[Lifted] = []


class Losing(Protocol):
    def __call__(self, *, site: Site, first_day: date, last_day: date, by: User) -> int: ...


# Rooms to the right add themselves here to look after what was booked on days that are closed, or with somebody who is
# away. Each answers how many visits have lost their place.
after_losing: list[Losing] = []


def lost_places(*, site: Site, first_day: date, last_day: date, by: User) -> int:
    """Have everybody look after what these days no longer hold. Answers how many visits have lost their place."""
    return sum(look(site=site, first_day=first_day, last_day=last_day, by=by) for look in after_losing)


def _tell_lifted(closure: Closure, first_day: date, last_day: date) -> None:
    for tell in after_lifting if first_day <= last_day else ():
        tell(site=closure.site, room=closure.room, first_day=first_day, last_day=last_day)


def check_retiring(retiring: Retiring) -> None:
    """Raise Refused with the first sentence that a room of the house says against it."""
    for ask in before_retiring:
        if sentence := ask(retiring):
            raise Refused(sentence)


def managed(user: User) -> list[Site]:
    """The sites of which the user is clinic admin, by name."""
    return [held.site for held in user.roles_held if held.role == Role.CLINIC_ADMIN]


def locked_site(site_id: UUID, by: User) -> Site:
    """The site, locked until the transaction ends. Raises NotFound, NotPermitted."""
    site = Site.objects.select_for_update().filter(pk=site_id).first()
    if site is None:
        raise NotFound
    require(by, Action.MANAGE_CLINIC, at=site)
    return site


# Sites


@transaction.atomic
def add_site(*, code: str, by: User, **fields: str) -> Site:
    """Open a site; who opens it is its first clinic admin. Raises NotPermitted, Invalid."""
    if not can(by, Action.MANAGE_CLINIC):
        raise NotPermitted(f"Your role does not let you {Action.MANAGE_CLINIC.value}. Ask a colleague who may.")
    code = code.strip().lower()
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) or len(code) > 20:
        raise Invalid({"code": "Write a short name of letters, digits and hyphens, like pine-street."})
    if Site.objects.filter(code=code).exists():
        raise Invalid({"code": "Another site has this short name. Choose a different one."})
    site = Site.objects.create(code=code, **_site_fields(fields))
    Membership.objects.create(user=by, site=site, role=Role.CLINIC_ADMIN)
    return site


@transaction.atomic
def edit_site(*, site_id: UUID, by: User, **fields: str) -> Site:
    """Change name, address, phone or time zone. Raises NotPermitted, Invalid, Refused."""
    site = locked_site(site_id, by)
    values = _site_fields({"name": site.name, "time_zone": site.time_zone} | fields)
    if values["time_zone"] != site.time_zone:
        check_retiring(Retiring(site))
    for name, value in values.items():
        setattr(site, name, value)
    site.save()
    return site


_SITE_WORDS = {"name", "address", "city", "state", "postal_code", "phone", "bills_as", "npi", "tax_id", "time_zone"}


def _site_fields(fields: dict[str, str]) -> dict[str, str]:
    if unknown := set(fields) - _SITE_WORDS:
        raise Invalid(f"A site has no {', '.join(sorted(unknown))}.")
    values = {name: value.strip() for name, value in fields.items()}
    wrong: dict[str, str] = {}
    if not values.get("name"):
        wrong["name"] = "Write the name by which staff call this site."
    if values.get("time_zone") not in available_timezones():
        wrong["time_zone"] = "Choose a time zone from the list, like America/Los_Angeles."
    if values.get("phone"):
        try:
            values["phone"] = _phone(values["phone"])
        except ValueError as error:
            wrong["phone"] = str(error)
    for name, read in (("npi", identifiers.npi), ("tax_id", identifiers.tax_id)):
        try:
            values |= {name: read(values[name])} if name in values else {}
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Invalid(wrong)
    return values


def _phone(typed: str) -> str:
    sentence = "This is not a whole phone number. Write it with its area code, like (555) 013-7740."
    try:
        number = phonenumbers.parse(typed, "US")
    except phonenumbers.NumberParseException as error:
        raise ValueError(sentence) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError(sentence)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


# Rooms


@transaction.atomic
def add_room(*, site_id: UUID, name: str, kind: str, by: User, nickname: str = "") -> Room:
    """Raises NotPermitted, Invalid."""
    site = locked_site(site_id, by)
    values = _room_fields(site, name=name, kind=kind, nickname=nickname)
    return Room.objects.create(site=site, **values)


@transaction.atomic
def edit_room(*, room_id: UUID, name: str, kind: str, by: User, nickname: str = "") -> Room:
    """Raises NotPermitted, Invalid; Refused when its kind would change under coming visits."""
    room = _locked_room(room_id, by)
    values = _room_fields(room.site, name=name, kind=kind, nickname=nickname, other_than=room)
    if values["kind"] != room.kind:
        check_retiring(Retiring(room))
    room.name, room.kind, room.nickname = values["name"], values["kind"], values["nickname"]
    room.save()
    return room


@transaction.atomic
def close_room(*, room_id: UUID, by: User) -> Room:
    """Take a room out of use for good. Raises NotPermitted; Refused while visits are booked in it."""
    room = _locked_room(room_id, by)
    check_retiring(Retiring(room))
    room.is_active = False
    room.save(update_fields=["is_active"])
    return room


@transaction.atomic
def reopen_room(*, room_id: UUID, by: User) -> Room:
    room = _locked_room(room_id, by)
    room.is_active = True
    room.save(update_fields=["is_active"])
    return room


def _locked_room(room_id: UUID, by: User) -> Room:
    found = Room.objects.filter(pk=room_id).first()
    if found is None:
        raise NotFound
    site = locked_site(found.site_id, by)
    room = Room.objects.select_for_update().get(pk=room_id)
    room.site = site
    return room


def _room_fields(site: Site, *, name: str, kind: str, nickname: str, other_than: Room | None = None) -> dict[str, str]:
    name, nickname = name.strip(), nickname.strip()
    same = Room.objects.filter(site=site, name__iexact=name)
    if other_than:
        same = same.exclude(pk=other_than.pk)
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = "Write the name on the door."
    elif len(name) > 40:
        wrong["name"] = "This is longer than 40 characters. Shorten it."
    elif same.exists():
        wrong["name"] = f"There is a room called {name} at {site.name} already. Choose another name."
    if kind not in Room.Kind.values:
        wrong["kind"] = "Choose what the room is for."
    if wrong:
        raise Invalid(wrong)
    return {"name": name, "kind": kind, "nickname": nickname}


# Opening hours


@transaction.atomic
def add_hours(*, site_id: UUID, weekdays: Collection[int], opens: time, closes: time, by: User) -> list[OpeningHours]:
    """Open the site on these weekdays from `opens` to `closes`. Raises NotPermitted, Invalid."""
    site = locked_site(site_id, by)
    if not weekdays or any(day not in range(7) for day in weekdays):
        raise Invalid({"weekdays": "Choose at least one day of the week."})
    made = []
    for weekday in sorted(set(weekdays)):
        _check_hours(site, weekday, opens, closes)
        made.append(OpeningHours.objects.create(site=site, weekday=weekday, opens=opens, closes=closes))
    return made


@transaction.atomic
def edit_hours(*, hours_id: UUID, opens: time, closes: time, by: User) -> OpeningHours:
    """Raises NotPermitted, Invalid."""
    hours = _locked_hours(hours_id, by)
    _check_hours(hours.site, hours.weekday, opens, closes, other_than=hours)
    hours.opens, hours.closes = opens, closes
    hours.save(update_fields=["opens", "closes"])
    return hours


@transaction.atomic
def remove_hours(*, hours_id: UUID, by: User) -> None:
    """Visits that are booked stay booked; new ones find the site closed then."""
    _locked_hours(hours_id, by).delete()


def _locked_hours(hours_id: UUID, by: User) -> OpeningHours:
    found = OpeningHours.objects.filter(pk=hours_id).first()
    if found is None:
        raise NotFound
    locked_site(found.site_id, by)
    return OpeningHours.objects.select_for_update(of=("self",)).select_related("site").get(pk=hours_id)


def _check_hours(site: Site, weekday: int, opens: time, closes: time, other_than: OpeningHours | None = None) -> None:
    if closes <= opens:
        raise Invalid({"closes": "The site must close after it opens. Check both times."})
    others = OpeningHours.objects.filter(site=site, weekday=weekday, opens__lt=closes, closes__gt=opens)
    if other_than:
        others = others.exclude(pk=other_than.pk)
    if other := others.first():
        raise Invalid({"opens": f"The site is open {other} already. Change that line, or choose other hours."})


# Closures


@transaction.atomic
def add_closure(
    *, site_id: UUID, first_day: date, last_day: date, reason: str, by: User, room_id: UUID | None = None
) -> Closure:
    """Close the site, or one room of it, for whole days. Raises NotPermitted, Invalid."""
    site = locked_site(site_id, by)
    room = _room_of(site, room_id)
    _check_closure(site, room, first_day, last_day, reason)
    return Closure.objects.create(site=site, room=room, first_day=first_day, last_day=last_day, reason=reason.strip())


@transaction.atomic
def edit_closure(*, closure_id: UUID, first_day: date, last_day: date, reason: str, by: User) -> Closure:
    """Raises NotPermitted, Invalid, Refused. Days that are past stay as they were."""
    closure = _locked_closure(closure_id, by)
    site = closure.site
    begun = closure.first_day < site.today()
    if begun and first_day != closure.first_day:
        raise Invalid({"first_day": "This closure has begun; only its last day can change."})
    _check_closure(site, closure.room, first_day, last_day, reason, other_than=closure)
    was_first, was_last = closure.first_day, closure.last_day
    closure.first_day, closure.last_day, closure.reason = first_day, last_day, reason.strip()
    closure.save(update_fields=["first_day", "last_day", "reason"])
    _tell_lifted(closure, was_first, min(first_day - timedelta(days=1), was_last))
    _tell_lifted(closure, max(last_day + timedelta(days=1), was_first), was_last)
    return closure


@transaction.atomic
def remove_closure(*, closure_id: UUID, by: User) -> None:
    """Open again. Raises Refused for a closure that has begun: it is part of the past; shorten it instead."""
    closure = _locked_closure(closure_id, by)
    if closure.first_day < closure.site.today():
        raise Refused("This closure has begun, so its past days stay. Change its last day instead.")
    closure.delete()
    _tell_lifted(closure, closure.first_day, closure.last_day)


def _room_of(site: Site, room_id: UUID | None) -> Room | None:
    if room_id is None:
        return None
    room = Room.objects.filter(pk=room_id, site=site).first()
    if room is None:
        raise Invalid({"room": "This room is not at this site. Choose again."})
    return room


def _locked_closure(closure_id: UUID, by: User) -> Closure:
    found = Closure.objects.filter(pk=closure_id).first()
    if found is None:
        raise NotFound
    locked_site(found.site_id, by)
    closure = Closure.objects.select_for_update(of=("self",)).select_related("site", "room").get(pk=closure_id)
    if closure.last_day < closure.site.today():
        raise Refused("This closure is over; the past is not changed.")
    return closure


def _check_closure(
    site: Site, room: Room | None, first_day: date, last_day: date, reason: str, other_than: Closure | None = None
) -> None:
    wrong: dict[str, str] = {}
    today = site.today()
    earliest = min(today, other_than.first_day) if other_than else today
    if first_day < earliest:
        wrong["first_day"] = "This day is past. A closure starts today or later."
    if last_day < first_day:
        wrong["last_day"] = "The last day is before the first. Check both."
    elif last_day < today:
        wrong["last_day"] = "This day is past. Choose today or later."
    if not reason.strip():
        wrong["reason"] = "Write why, as staff will read it: “Independence Day”."
    if wrong:
        raise Invalid(wrong)
    others: Any = Closure.objects.filter(site=site, room=room, first_day__lte=last_day, last_day__gte=first_day)
    if other_than:
        others = others.exclude(pk=other_than.pk)
    if other := others.first():
        raise Invalid({"first_day": f"Some of these days are closed already: {other.reason}. Change that closure."})
