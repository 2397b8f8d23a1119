"""Sessions for several, and who has a place in them."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Moment
from clinic.models import User
from therapy import groups as members
from therapy.api.sessions import own_site
from therapy.models import TherapySession
from visits import groups
from visits.models import GroupSession

GROUP = "group_id"


def at_the_sites(user: User) -> QuerySet[GroupSession]:
    return GroupSession.objects.filter(site__in=user.site_ids)


def places(user: User) -> QuerySet[TherapySession]:
    return own_site(user).filter(appointment__group__isnull=False).select_related("appointment")


GROUPS = Collection(
    name="groups",
    model=GroupSession,
    rows=at_the_sites,
    shows=(
        "id", "site", "topic", "starts_at", "ends_at", "capacity", "room", "therapist", "planned_by", "cancelled_at",
        "cancelled_by", "cancelled_reason", "version",
    ),
    filters={
        "therapist": serializers.UUIDField(required=False),
        "since": Moment(required=False),
        "until": Moment(required=False),
    },
    by={"therapist": "therapist_id", "since": "starts_at__gte", "until": "starts_at__lt"},
    create=Verb(
        does=groups.plan,
        takes=("topic", "starts_at", "capacity", "minutes", "room", "therapist"),
        given=site,
        sited=True,
    ),
    verbs={
        "move": Verb(
            does=groups.move, record=GROUP, takes=("starts_at", "room", "therapist", "version", "reason")
        ),
        "cancel": Verb(does=groups.cancel, record=GROUP, takes=("reason", "version")),
    },
)  # fmt: skip
MEMBERS = Collection(
    name="members",
    model=TherapySession,
    rows=places,
    within=GROUPS,
    through="appointment__group",
    patient="patient_id",
    shows=("id", "patient", "appointment", "state"),
    create=Verb(does=members.add, record=GROUP, takes=("patient", "reason")),
)
