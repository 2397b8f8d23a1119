"""Sites, rooms and staff, as other systems read them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import like, one_of
from clinic.models import Membership, Room, Site, User
from clinic.place import directory
from clinic.policy import Action, Role


def sites(user: User) -> QuerySet[Site]:
    return Site.objects.filter(pk__in=user.site_ids)


def rooms(user: User) -> QuerySet[Room]:
    return Room.objects.filter(site__in=user.site_ids)


def staff(user: User) -> QuerySet[User]:
    """Who works at the user's sites, each once."""
    at_work = Membership.objects.filter(site__in=user.site_ids).values("user")
    here = Prefetch("memberships", Membership.objects.filter(site__in=user.site_ids), to_attr="held_here")
    return User.objects.filter(pk__in=at_work).prefetch_related(here)


def of_role(rows: QuerySet[Any], role: str, user: User) -> QuerySet[Any]:
    return rows.filter(memberships__role=role).distinct()


class RolesField(serializers.ListField):
    """The roles of a person at the token's site."""

    child = serializers.ChoiceField(choices=[(role.value, role.label) for role in Role])

    def get_attribute(self, instance: Any) -> list[str]:
        return sorted({held.role for held in instance.held_here})


def _edit(*, room: Room, by: User, **typed: str) -> Room:
    """Change a room: what is not named stays. Raises what the page's change raises."""
    values = {name: typed.get(name, getattr(room, name)) for name in ("name", "kind", "nickname")}
    return directory.edit_room(room_id=room.pk, by=by, **values)


SITES = Collection(
    name="sites",
    model=Site,
    rows=sites,
    shows=(
        "id", "code", "name", "address", "city", "state", "postal_code", "phone", "npi", "time_zone", "is_active",
    ),
)  # fmt: skip
ROOMS = Collection(
    name="rooms",
    model=Room,
    rows=rooms,
    shows=("id", "site", "name", "nickname", "kind", "is_active"),
    filters={"kind": one_of(Room.Kind, required=False), "is_active": serializers.BooleanField(required=False)},
    create=Verb(
        does=directory.add_room,
        takes=("name", "nickname"),
        fields={"kind": one_of(Room.Kind)},
        given=lambda request, record, typed: {"site_id": request.auth.site_id},  # type: ignore[union-attr]
        sited=True,
    ),
    update=Verb(does=_edit, record="room", fields=like(Room, ("name", "kind", "nickname"))),
    verbs={
        "close": Verb(does=directory.close_room, record="room_id"),
        "reopen": Verb(does=directory.reopen_room, record="room_id"),
    },
)
STAFF = Collection(
    name="staff",
    model=User,
    rows=staff,
    shows=("id", "full_name", "signature_name", "roles", "is_active"),
    also={Action.MANAGE_CLINIC: ("email", "licence", "npi", "mobile", "date_joined")},
    fields={"roles": RolesField(read_only=True)},
    filters={"role": one_of(Role, required=False), "is_active": serializers.BooleanField(required=False)},
    by={"role": of_role},
)

COLLECTIONS: tuple[Collection, ...] = (SITES, ROOMS, STAFF)
