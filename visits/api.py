"""Free slots, visits, the waiting list, and what came free and was offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic.api.declaring import Collection, Question, Verb, always, site
from clinic.api.fields import Day, Known, Moment, Typed, Whole, Words, know, one_of
from clinic.models import Room, Site, User
from clinic.policy import Action
from patients.models import Contact, Patient
from visits import booking, changes, extending, offers, rides, slots, steps, tending, undoing, waitlist
from visits.models import Appointment, Hold, Offer, Opening, StatusEvent, WaitlistEntry
from visits.rules import HANDS_LANE, INFUSIONS

Kind = Appointment.Kind


def appointments(user: User) -> QuerySet[Appointment]:
    places = Hold.objects.filter(active=True, patient=None).exclude(lane=HANDS_LANE).order_by("lane")
    rows = Appointment.objects.filter(site__in=user.site_ids).select_related("site", "patient")
    return rows.prefetch_related(Prefetch("holds", places, to_attr="held"))


def wishes(user: User) -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(site__in=user.site_ids)


def changes_of(user: User) -> QuerySet[StatusEvent]:
    return StatusEvent.objects.filter(appointment__site__in=user.site_ids).select_related("appointment")


def openings(user: User) -> QuerySet[Opening]:
    return Opening.objects.filter(site__in=user.site_ids)


def offered(user: User) -> QuerySet[Offer]:
    return Offer.objects.filter(entry__site__in=user.site_ids).select_related("entry")


class Held(serializers.UUIDField):
    """The room or the person that the visit holds now; null once it holds none."""

    def __init__(self, column: str, **words: Any) -> None:
        self.column = column
        super().__init__(read_only=True, allow_null=True, **words)

    def get_attribute(self, instance: Any) -> Any:
        return next((found for hold in instance.held if (found := getattr(hold, self.column))), None)


class AskSlots(Typed):
    kind = one_of(Kind)
    site = Known(Site, required=False)
    at_or_after = Day(required=False, help_text="Also called `from`.")
    days = Whole(required=False, min_value=1, max_value=60, default=14)
    patient = Known(Patient, required=False)
    room = Known(Room, required=False)
    staff = Known(User, required=False)
    minutes = Whole(required=False, min_value=5, max_value=1440)
    recovery = Whole(required=False, min_value=5, max_value=1440)
    limit = Whole(required=False, min_value=1, max_value=500, default=200)


AskSlots._declared_fields["from"] = AskSlots._declared_fields.pop("at_or_after")


class Slot(serializers.Serializer[Any]):
    """A start at which all that a visit needs is free."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    rooms: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True, pk_field=serializers.UUIDField())
    people: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True, pk_field=serializers.UUIDField())
    is_last = serializers.BooleanField(help_text="Only one of several rooms or people is left at this hour.")


def free(request: Request, asked: Mapping[str, Any]) -> list[slots.FreeSlot]:
    wish = dict(asked)
    where = wish.pop("site", None) or request.auth.site  # type: ignore[union-attr]
    wish["first"] = wish.pop("from", None) or where.today()
    return slots.next_free(site=where, first_ever=_is_first(wish), **wish)


def _is_first(wish: Mapping[str, Any]) -> bool:
    patient = wish.get("patient")
    return bool(patient and wish.get("kind") in INFUSIONS and booking.is_first_ever(patient))


def _booking(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**site(request, record, typed), "first_ever": _is_first(typed)}


def _change(*, entry: WaitlistEntry, by: User, **wished: Any) -> WaitlistEntry:
    """Change what would suit: what is not named stays. Raises NotFound, NotPermitted, IllegalTransition, Invalid."""
    names = ("weekdays", "not_before", "not_after", "notice_hours", "until")
    return waitlist.change(entry_id=entry.pk, by=by, **{name: getattr(entry, name) for name in names} | wished)


def _ride(*, appointment_id: Any, by: User, **typed: Any) -> Any:
    """Who takes the patient home: an escort who is known, somebody new, or nobody yet."""
    if typed.pop("nobody", False):
        return rides.has_none(appointment_id=appointment_id, by=by)
    return rides.tell(appointment_id=appointment_id, by=by, **typed)


know(Room, lambda user: Room.objects.filter(site__in=user.site_ids))
VISIT = "appointment_id"
WISHED = {
    "weekdays": serializers.ListField(child=Whole(min_value=0, max_value=6), max_length=7, required=False),
    "not_before": serializers.TimeField(required=False, allow_null=True),
    "not_after": serializers.TimeField(required=False, allow_null=True),
    "notice_hours": Whole(required=False),
    "until": Day(required=False),
}

APPOINTMENTS = Collection(
    name="appointments",
    model=Appointment,
    rows=appointments,
    patient="patient_id",
    shows=(
        "id", "patient", "site", "kind", "starts_at", "ends_at", "status", "room", "staff", "arrived_at",
        "recovery_minutes", "cancelled_by_party", "cancelled_late", "booked_at", "booked_by", "version",
    ),
    also={Action.SEE_CHART: ("reason",)},
    fields={"room": Held("room_id"), "staff": Held("staff_id")},
    filters={
        "patient": serializers.UUIDField(required=False),
        "kind": one_of(Kind, required=False),
        "status": one_of(Appointment.Status, required=False),
        "since": Moment(required=False, help_text="Visits that start at or after this moment."),
        "until": Moment(required=False, help_text="Visits that start before this moment."),
    },
    by={"patient": "patient_id", "since": "starts_at__gte", "until": "starts_at__lt"},
    create=Verb(
        does=booking.book,
        takes=("patient", "kind", "starts_at", "room", "staff", "minutes", "recovery", "overbook_reason", "reason"),
        fields={"kind": one_of(Kind)},
        given=_booking,
        sited=True,
    ),
    verbs={
        "confirm": Verb(does=changes.confirm, record=VISIT),
        "arrive": Verb(does=changes.arrive, record=VISIT, takes=("observed_at",)),
        "begin": Verb(does=steps.take, record="visit", given=always(key="begin", seen=None)),
        "finish": Verb(does=steps.take, record="visit", given=always(key="finish", seen=None)),
        "move": Verb(does=changes.move, record=VISIT, takes=("starts_at", "room", "staff", "version", "reason")),
        "cancel": Verb(
            does=changes.cancel,
            record=VISIT,
            takes=("party", "reason"),
            fields={"party": serializers.ChoiceField(choices=["patient", "clinic"])},
        ),
        "no-show": Verb(does=changes.no_show, record=VISIT),
        "undo": Verb(does=undoing.undo, record=VISIT, takes=("version",)),
        "extend": Verb(does=extending.extend, record=VISIT, takes=("minutes", "overbook_reason")),
        "ride": Verb(
            does=_ride,
            record=VISIT,
            fields={
                "contact": Known(Contact, as_id=True, source="contact_id", required=False),
                "name": Words(required=False),
                "phone": Words(required=False),
                "relation": Words(required=False),
                "nobody": serializers.BooleanField(required=False),
            },
        ),
    },
)  # fmt: skip
CHANGES = Collection(
    name="changes",
    model=StatusEvent,
    rows=changes_of,
    within=APPOINTMENTS,
    through="appointment",
    patient="appointment.patient_id",
    shows=("id", "before", "after", "at", "by", "moved_from", "longer_by", "undone_at", "undone_by"),
    also={Action.SEE_CHART: ("reason",)},
)
WAITLIST = Collection(
    name="waitlist",
    model=WaitlistEntry,
    rows=wishes,
    patient="patient_id",
    shows=(
        "id", "patient", "site", "kind", "appointment", "weekdays", "not_before", "not_after", "notice_hours", "until",
        "since", "state", "ended_at", "ended_reason",
    ),
    filters={
        "patient": serializers.UUIDField(required=False),
        "state": one_of(WaitlistEntry.State, required=False),
        "kind": one_of(Kind, required=False),
    },
    by={"patient": "patient_id"},
    create=Verb(
        does=waitlist.add,
        takes=("patient", "kind", "until", "notice_hours", "weekdays", "not_before", "not_after", "appointment"),
        fields={"kind": one_of(Kind)},
        given=site,
        sited=True,
    ),
    update=Verb(does=_change, record="entry", fields=WISHED),
    verbs={"remove": Verb(does=tending.take_off, record="entry_id", takes=("reason",))},
)  # fmt: skip
OFFERS = Collection(
    name="offers",
    model=Offer,
    rows=offered,
    patient="entry.patient_id",
    shows=(
        "id", "entry", "opening", "starts_at", "ends_at", "made_at", "made_by", "expires_at", "state", "ended_at",
        "ended_by", "appointment",
    ),
    filters={
        "entry": serializers.UUIDField(required=False),
        "opening": serializers.UUIDField(required=False),
        "patient": serializers.UUIDField(required=False),
        "state": one_of(Offer.State, required=False),
    },
    by={"entry": "entry_id", "opening": "opening_id", "patient": "entry__patient_id"},
    verbs={"decline": Verb(does=offers.decline, record="offer_id")},
)  # fmt: skip
OPENINGS = Collection(
    name="openings",
    model=Opening,
    rows=openings,
    shows=("id", "site", "room", "starts_at", "ends_at", "cause", "noticed_at", "closed_at"),
    filters={"open": serializers.BooleanField(required=False), "since": Moment(required=False)},
    by={"open": "closed_at__isnull", "since": "starts_at__gte"},
    verbs={
        "give": Verb(
            does=offers.give,
            record="opening_id",
            fields={"entry": Known(WaitlistEntry, as_id=True, source="entry_id")},
            makes=OFFERS,
        )
    },
)

COLLECTIONS: tuple[Collection, ...] = (APPOINTMENTS, CHANGES, WAITLIST, OFFERS, OPENINGS)
QUESTIONS = (
    Question(
        name="slots",
        method="GET",
        asks=AskSlots,
        answers=Slot,
        many=True,
        does=free,
        words="Free starts for a single visit, earliest first. Nothing is held by asking.",
    ),
)
