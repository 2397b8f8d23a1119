"""Sites, their rooms, when they are open and when they are closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, partly, site_id
from clinic.api.fields import Day, Known, Words, like, one_of
from clinic.models import Closure, OpeningHours, Room, Site, User
from clinic.place import directory


def sites(user: User) -> QuerySet[Site]:
    return Site.objects.filter(pk__in=user.site_ids)


def of_sites(model: type[Model]) -> Callable[[User], QuerySet[Any]]:
    """The rows of a model that hang on a site of the user's."""
    return lambda user: model._default_manager.filter(site__in=user.site_ids)


def _open(*, site_id: UUID, weekday: int, opens: time, closes: time, by: User) -> OpeningHours:
    """Open the site on a weekday from `opens` to `closes`. Raises NotPermitted, Invalid."""
    return directory.add_hours(site_id=site_id, weekdays=[weekday], opens=opens, closes=closes, by=by)[0]


def _close(
    *, site_id: UUID, first_day: date, last_day: date, reason: str, by: User, room_id: UUID | None = None
) -> Closure:
    """Close the site, or one room of it, for whole days; visits that lose their place wait for their repair.

    Raises NotPermitted, Invalid.
    """
    made = directory.add_closure(
        site_id=site_id, room_id=room_id, first_day=first_day, last_day=last_day, reason=reason, by=by
    )
    directory.lost_places(site=made.site, first_day=first_day, last_day=last_day, by=by)
    return made


EDITABLE = (
    "name", "address", "city", "state", "postal_code", "phone", "bills_as", "npi", "tax_id", "time_zone",
)  # fmt: skip
TYPED = {
    "phone": Words(required=False, max_length=30),
    "npi": Words(required=False, max_length=14),
    "tax_id": Words(required=False, max_length=14),
}  # a person writes them with blanks and hyphens
SITES = Collection(
    name="sites",
    model=Site,
    rows=sites,
    shows=(
        "id", "code", "name", "address", "city", "state", "postal_code", "phone", "npi", "time_zone", "is_active",
    ),
    update=Verb(does=directory.edit_site, record="site_id", fields={**like(Site, EDITABLE), **TYPED}),
)  # fmt: skip
OF_ROOM = ("name", "kind", "nickname")
ROOMS = Collection(
    name="rooms",
    model=Room,
    rows=of_sites(Room),
    shows=("id", "site", "name", "nickname", "kind", "is_active"),
    filters={"kind": one_of(Room.Kind, required=False), "is_active": serializers.BooleanField(required=False)},
    create=Verb(
        does=directory.add_room,
        takes=("name", "nickname"),
        fields={"kind": one_of(Room.Kind)},
        given=site_id,
        sited=True,
    ),
    update=Verb(does=partly(directory.edit_room, "room_id", OF_ROOM), record="record", fields=like(Room, OF_ROOM)),
    verbs={
        "close": Verb(does=directory.close_room, record="room_id"),
        "reopen": Verb(does=directory.reopen_room, record="room_id"),
    },
)
OF_DAY = ("opens", "closes")
HOURS = Collection(
    name="hours",
    model=OpeningHours,
    rows=of_sites(OpeningHours),
    shows=("id", "site", "weekday", *OF_DAY),
    create=Verb(
        does=_open,
        takes=OF_DAY,
        fields=like(OpeningHours, ("weekday",), needs=("weekday",)),
        given=site_id,
        sited=True,
    ),
    update=Verb(
        does=partly(directory.edit_hours, "hours_id", OF_DAY), record="record", fields=like(OpeningHours, OF_DAY)
    ),
    verbs={"remove": Verb(does=directory.remove_hours, record="hours_id", leaves=True)},
)
OF_CLOSURE = ("first_day", "last_day", "reason")
CLOSURES = Collection(
    name="closures",
    model=Closure,
    rows=of_sites(Closure),
    shows=("id", "site", "room", *OF_CLOSURE),
    filters={"since": Day(required=False), "until": Day(required=False)},
    by={"since": "last_day__gte", "until": "first_day__lte"},
    create=Verb(
        does=_close,
        takes=("first_day", "last_day"),
        fields={
            "reason": Words(max_length=120),
            "room": Known(Room, as_id=True, source="room_id", required=False, allow_null=True),
        },
        given=site_id,
        sited=True,
    ),
    update=Verb(
        does=partly(directory.edit_closure, "closure_id", OF_CLOSURE),
        record="record",
        fields=like(Closure, OF_CLOSURE),
    ),
    verbs={"remove": Verb(does=directory.remove_closure, record="closure_id", leaves=True)},
)

COLLECTIONS: tuple[Collection, ...] = (SITES, ROOMS, HOURS, CLOSURES)
