"""Who works here, in which roles, and when."""

from __future__ import annotations

from collections.abc import Collection as Some
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, partly, site_id
from clinic.api.fields import Day, Known, Moment, Words, like, one_of
from clinic.models import Membership, OnCallTurn, Shift, ShiftException, User
from clinic.place import directory, on_call, people, rota
from clinic.place.api.places import of_sites
from clinic.policy import Action, Role


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


def _add(*, email: str, full_name: str, roles: Some[str], site_id: UUID, by: User, **details: str) -> User:
    """Make an account with its roles at the site, and send the link with which the person chooses a password.

    The address of an account that exists gives that person the roles; nothing else of the account changes.
    Raises NotPermitted, Invalid, Refused.
    """
    held = {site_id: [Role(role) for role in roles]}
    return people.add_person(email=email, full_name=full_name, roles=held, by=by, **details)


def _roles(*, user_id: UUID, roles: Some[str], site_id: UUID, by: User) -> User:
    """Let the person hold exactly these roles at the site; it counts from the next click.

    Raises NotPermitted, NotFound; Refused when the site would lose its last admin, or visits their nurse.
    """
    return people.set_roles(user_id=user_id, site_id=site_id, roles=[Role(role) for role in roles], by=by)


def _shift(*, weekday: int, by: User, **typed: Any) -> Shift:
    """Let a person work on this weekday. Raises NotPermitted, NotFound, Invalid, Refused."""
    return rota.add_shifts(weekdays=[weekday], by=by, **typed)[0]


def _away(
    *,
    user_id: UUID,
    site_id: UUID,
    day: date,
    by: User,
    starts: time | None = None,
    ends: time | None = None,
    reason: str = "",
) -> ShiftException:
    """On this day the person is away, or works other hours than the pattern says; visits wait for their repair.

    Raises NotPermitted, NotFound, Invalid, Refused.
    """
    (made,) = rota.add_exception(
        user_id=user_id, site_id=site_id, first_day=day, starts=starts, ends=ends, reason=reason, by=by
    )
    directory.lost_places(site=made.site, first_day=day, last_day=day, by=by)
    return made


def _turn(
    *,
    site_id: UUID,
    user_id: UUID,
    tier: str,
    first_day: date,
    starts: time,
    last_day: date,
    ends: time,
    by: User,
) -> OnCallTurn:
    """Put a person on call from one hour on the site's clock to another. Raises NotFound, NotPermitted, Invalid."""
    (made,) = on_call.add_turns(
        site_id=site_id,
        user_id=user_id,
        tier=tier,
        first_day=first_day,
        starts=starts,
        last_day=last_day,
        ends=ends,
        weeks=1,
        by=by,
    )
    return made


ROLES = serializers.ListField(child=one_of(Role), max_length=len(Role))
OF_PERSON = ("full_name", "signature_name", "licence", "npi")
STAFF = Collection(
    name="staff",
    model=User,
    rows=staff,
    shows=("id", "full_name", "signature_name", "roles", "is_active"),
    also={Action.MANAGE_CLINIC: ("email", "licence", "npi", "mobile", "date_joined")},
    fields={"roles": RolesField(read_only=True)},
    filters={"role": one_of(Role, required=False), "is_active": serializers.BooleanField(required=False)},
    by={"role": of_role},
    create=Verb(
        does=_add,
        fields={
            **like(User, OF_PERSON, needs=("full_name",)),
            "npi": Words(required=False, max_length=14),
            "email": Words(max_length=254),
            "roles": ROLES,
        },
        given=site_id,
        sited=True,
        proof="clinic:person-new",
    ),
    update=Verb(
        does=partly(people.edit_person, "user_id", OF_PERSON),
        record="record",
        fields={**like(User, OF_PERSON), "npi": Words(required=False, max_length=14)},
        proof="clinic:person-edit",
    ),
    verbs={
        "roles": Verb(
            does=_roles,
            record="user_id",
            fields={"roles": ROLES},
            given=site_id,
            sited=True,
            leaves=True,
            proof="clinic:person-roles",
        ),
        "deactivate": Verb(does=people.deactivate, record="user_id", proof="clinic:person-deactivate"),
        "reactivate": Verb(does=people.reactivate, record="user_id", proof="clinic:person-reactivate"),
        "invite": Verb(does=people.invite_again, record="user_id", proof="clinic:person-invite"),
    },
)
WHO = Known(User, as_id=True, source="user_id")
OF, BY = {"user": serializers.UUIDField(required=False)}, {"user": "user_id"}
OF_SHIFT = ("starts", "ends", "valid_from", "valid_until")
SHIFTS = Collection(
    name="shifts",
    model=Shift,
    rows=of_sites(Shift),
    shows=("id", "site", "user", "weekday", *OF_SHIFT),
    filters=OF,
    by=BY,
    create=Verb(
        does=_shift,
        fields={"user": WHO, **like(Shift, ("weekday", *OF_SHIFT), needs=("weekday", *OF_SHIFT[:3]))},
        given=site_id,
        sited=True,
    ),
    update=Verb(does=partly(rota.edit_shift, "shift_id", OF_SHIFT), record="record", fields=like(Shift, OF_SHIFT)),
    verbs={"end": Verb(does=rota.end_shift, record="shift_id", leaves=True)},
)
EXCEPTIONS = Collection(
    name="shift-exceptions",
    model=ShiftException,
    rows=of_sites(ShiftException),
    shows=("id", "site", "user", "day", "starts", "ends", "reason"),
    filters={**OF, "since": Day(required=False), "until": Day(required=False)},
    by={**BY, "since": "day__gte", "until": "day__lte"},
    create=Verb(
        does=_away,
        takes=("day", "starts", "ends"),
        fields={"user": WHO, "reason": Words(required=False, max_length=120)},
        given=site_id,
        sited=True,
    ),
    verbs={"remove": Verb(does=rota.remove_exception, record="exception_id", leaves=True)},
)
TURNS = Collection(
    name="on-call",
    model=OnCallTurn,
    rows=of_sites(OnCallTurn),
    shows=("id", "site", "user", "tier", "starts_at", "ends_at"),
    fields={
        "starts_at": serializers.DateTimeField(source="during.lower", read_only=True),
        "ends_at": serializers.DateTimeField(source="during.upper", read_only=True),
    },
    filters={**OF, "since": Moment(required=False), "until": Moment(required=False)},
    by={**BY, "since": "during__endswith__gt", "until": "during__startswith__lt"},
    create=Verb(
        does=_turn,
        takes=("first_day", "starts", "last_day", "ends"),
        fields={"user": WHO, "tier": one_of(OnCallTurn.Tier)},
        given=site_id,
        sited=True,
    ),
    verbs={"end": Verb(does=on_call.end_turn, record="turn_id", leaves=True)},
)

COLLECTIONS: tuple[Collection, ...] = (STAFF, SHIFTS, EXCEPTIONS, TURNS)
