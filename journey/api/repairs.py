"""Repairs of a day or of a series: what is proposed, carried out at once, and taken back as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic.api.declaring import Collection, Question, Verb, site
from clinic.api.fields import Day, Known, Typed, Words, one_of
from clinic.errors import Refused
from clinic.models import Room, ShiftException, Site, User
from infusions.models import Series
from infusions.series import RUNNING
from journey import absences, repair
from visits import repair as of_day
from visits import tasks
from visits.models import Repair, RepairStep

REPAIR = "repair_id"


def repairs(user: User) -> QuerySet[Repair]:
    lines = RepairStep.objects.select_related("appointment")
    return Repair.objects.filter(site__in=user.site_ids).prefetch_related(Prefetch("steps", lines))


def steps(user: User) -> QuerySet[RepairStep]:
    return RepairStep.objects.filter(repair__site__in=user.site_ids)


def away(user: User) -> QuerySet[ShiftException]:
    return ShiftException.objects.filter(site__in=user.site_ids, starts__isnull=True)


class Fingerprint(serializers.CharField):
    """Another text for another plan: whoever carries it out sends back what they have seen."""

    def __init__(self, **words: Any) -> None:
        super().__init__(source="*", read_only=True, **words)

    def to_representation(self, value: Any) -> str:
        return of_day.fingerprint(list(value.steps.all()))


class AskSeries(Typed):
    """Which series, and a wish for the day and hour of the new infusion."""

    series = Known(Series)
    day = Day(required=False)
    at = serializers.TimeField(required=False)


class PlannedLine(serializers.Serializer[Any]):
    """One visit as it would be."""

    what = serializers.CharField()
    kind = serializers.CharField()
    appointment = serializers.UUIDField(source="visit.pk", default=None, allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    room = serializers.UUIDField(source="room.pk", default=None, allow_null=True)
    staff = serializers.UUIDField(source="staff.pk", default=None, allow_null=True)
    why = serializers.CharField()


class Mended(serializers.Serializer[Any]):
    """The smallest repair of a series as things stand. Nothing is held by it: send `seen` back to carry it out."""

    seen = serializers.CharField()
    lines = PlannedLine(many=True)
    concerns = serializers.ListField(child=serializers.CharField())
    unmet = serializers.ListField(child=serializers.CharField())
    needs_provider = serializers.BooleanField()
    gap_days = serializers.IntegerField()
    span_days = serializers.IntegerField()


def propose(request: Request, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Refused for a series that has ended."""
    wish = dict(asked)
    series: Series = wish.pop("series")
    if series.kind != Series.Kind.LOADING or series.state not in RUNNING:
        raise Refused("Only a loading series that goes on can be repaired.")
    mending = repair.plan(series, **wish)
    return {
        "seen": repair.fingerprint(mending),
        "lines": mending.lines,
        "concerns": [one.sentence for one in mending.concerns],
        "unmet": mending.unmet,
        "needs_provider": mending.needs_provider,
        **repair.longest(mending),
    }


def _ask(*, site: Site, first_day: date, last_day: date, by: User, **of: Any) -> Repair:
    """Put a repair in line for the visits of these days that lost their place; its plan is ready a little later.

    Of one person who is away, of one room, or of the whole site. Raises NotPermitted, Invalid, Refused.
    """
    return of_day.ask(site=site, first_day=first_day, last_day=last_day, by=by, on_commit=tasks.hand_over_repair, **of)


def _note(*, site: Site, person: User, first_day: date, last_day: date, by: User, reason: str = "") -> Any:
    """A colleague is away on these days: nothing more is booked with them, and a repair is asked for what is booked.

    Raises NotFound, NotPermitted, Invalid.
    """
    absences.note(site=site, person=person, first_day=first_day, last_day=last_day, by=by, reason=reason)
    return ShiftException.objects.get(site=site, user=person, day=first_day)


REPAIRS = Collection(
    name="repairs",
    model=Repair,
    rows=repairs,
    patient="patient_id",
    shows=(
        "id", "site", "cause", "patient", "person", "room", "first_day", "last_day", "state", "handled", "total",
        "proven", "note", "seen", "asked_at", "asked_by", "done_at", "done_by", "undone_at", "undone_by",
    ),
    fields={"seen": Fingerprint()},
    filters={"state": one_of(Repair.State, required=False), "cause": one_of(Repair.Cause, required=False)},
    create=Verb(
        does=_ask,
        takes=("first_day", "last_day"),
        fields={"person": Known(User, required=False), "room": Known(Room, required=False)},
        given=site,
        sited=True,
    ),
    verbs={
        "carry-out": Verb(
            does=of_day.carry_out, record=REPAIR, fields={"seen": serializers.CharField(max_length=40)}
        ),
        "undo": Verb(does=repair.undo, record=REPAIR),
    },
)  # fmt: skip
STEPS = Collection(
    name="steps",
    model=RepairStep,
    rows=steps,
    within=REPAIRS,
    through="repair",
    patient="patient_id",
    shows=(
        "id", "what", "kind", "appointment", "patient", "old_start", "old_room", "old_staff", "new_start", "new_room",
        "new_staff", "why",
    ),
)  # fmt: skip
ABSENCES = Collection(
    name="absences",
    model=ShiftException,
    rows=away,
    shows=("id", "user", "site", "day", "reason"),
    filters={"user": serializers.UUIDField(required=False), "since": Day(required=False), "until": Day(required=False)},
    by={"user": "user_id", "since": "day__gte", "until": "day__lt"},
    create=Verb(
        does=_note,
        takes=("person", "first_day", "last_day"),
        fields={"reason": Words(max_length=120, required=False)},
        given=site,
        sited=True,
    ),
)
MENDING = Question(
    name="series/repair-plan",
    method="POST",
    asks=AskSeries,
    answers=Mended,
    does=propose,
    words="The smallest repair of a series after a visit was missed or cancelled. Nothing is held by it.",
)
