"""Whole treatments: proposed, booked at once with the talks that hold them, and repaired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic.api.declaring import Collection, Question, Verb, site
from clinic.api.fields import Day, Known, Typed, Whole, Words, one_of
from clinic.models import Room, User
from clinic.policy import Action
from infusions import gaps, relapse
from infusions import series as verbs
from infusions.api.chair import INFUSIONS
from infusions.api.rows import WHY
from infusions.api.rows import series as treatments
from infusions.models import GapDecision, PlanExtension, RelapseState, Series
from journey import extension, proposals, repair
from journey.api.repairs import REPAIRS
from journey.series import book_booster, book_series
from patients.models import Patient
from visits import booking, planner
from visits.plans import Proposal


class Wishes(Typed):
    """What the patient wishes; answered by complete proposals."""

    patient = Known(Patient)
    count = Whole(min_value=6, max_value=8)
    weekdays = serializers.ListField(
        child=Whole(min_value=0, max_value=6), max_length=7, help_text="0 is Monday; none means any."
    )
    not_before = Day()
    at = serializers.TimeField()
    until = serializers.TimeField(required=False, allow_null=True)
    therapist = Known(User, required=False, allow_null=True)
    nurse = Known(User, required=False, allow_null=True)
    room = Known(Room, required=False, allow_null=True)
    drug = Whole(required=False, allow_null=True, min_value=5, max_value=1440)
    recovery = Whole(required=False, allow_null=True, min_value=5, max_value=1440)
    limit = Whole(required=False, min_value=1, max_value=5)


class PlannedVisit(serializers.Serializer[Any]):
    """One visit of a proposal."""

    kind = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    room = serializers.UUIDField(source="room.pk")
    staff = serializers.UUIDField(source="staff.pk")


class Plan(serializers.Serializer[Any]):
    """A whole treatment that could be booked now. Nothing is held by it: send `plan` back within an hour."""

    plan = serializers.CharField(source="sealed")
    visits = PlannedVisit(many=True, source="proposal.slots")
    reasons = serializers.ListField(child=serializers.CharField())
    score = serializers.FloatField(source="proposal.score")


def propose(request: Request, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    wishes = dict(asked)
    patient: Patient = wishes["patient"]
    found = planner.propose(
        site=patient.site,
        first_ever=booking.is_first_ever(patient),
        by=request.user,  # type: ignore[arg-type]
        **wishes,
    )
    return [_offer(patient, one) for one in found]


def _offer(patient: Patient, proposal: Proposal) -> dict[str, Any]:
    return {
        "sealed": proposals.seal(patient, proposal, ""),
        "proposal": proposal,
        "reasons": [sentence for _, sentence in proposal.reasons],
    }


def _book(*, patient: Patient, plan: str, by: User, goals: str = "", template: str = "", **where: Any) -> Series:
    """Book every visit of a proposal, or nothing: SlotTaken when a place has gone meanwhile.

    Raises Refused when the patient is not eligible, NotPermitted, Invalid for a plan that is too old or not ours.
    """
    proposal, words = proposals.open_sealed(patient, plan)
    given = template or words
    return book_series(patient=patient, proposal=proposal, goals=goals, template=given[:40], by=by, **where)


SERIES_ID = "series_id"
SERIES = Collection(
    name="series",
    model=Series,
    rows=treatments,
    patient="patient_id",
    shows=(
        "id", "patient", "site", "kind", "template", "planned_count", "state", "follows", "opened_at", "opened_by",
        "ended_at",
    ),
    also=WHY,
    filters={
        "patient": serializers.UUIDField(required=False),
        "kind": one_of(Series.Kind, required=False),
        "state": one_of(Series.State, required=False),
    },
    by={"patient": "patient_id"},
    create=Verb(
        does=_book,
        fields={
            "patient": Known(Patient),
            "plan": serializers.CharField(max_length=20_000),
            "goals": Words(required=False),
            "template": Words(required=False, max_length=40),
        },
        given=site,
        sited=True,
    ),
    verbs={
        "suspend": Verb(does=verbs.suspend, record=SERIES_ID, takes=("reason",)),
        "resume": Verb(does=verbs.resume, record=SERIES_ID),
        "extend": Verb(does=extension.extend, record=SERIES_ID, takes=("planned_count", "reason")),
        "book-booster": Verb(
            does=book_booster, record="series", takes=("starts_at", "room", "nurse"), makes=INFUSIONS
        ),
        "repair": Verb(does=repair.carry_out, record="series", takes=("seen", "day", "at"), makes=REPAIRS),
        "relapse": Verb(
            does=relapse.request,
            record=SERIES_ID,
            takes=("words",),
            fields={"who": serializers.ChoiceField(choices=["patient", "therapist"])},
        ),
        "settle": Verb(does=relapse.settle, record=SERIES_ID, takes=("reason",)),
    },
)  # fmt: skip


def decisions(user: User) -> QuerySet[GapDecision]:
    return GapDecision.objects.filter(series__site__in=user.site_ids).select_related("series")


def extensions(user: User) -> QuerySet[PlanExtension]:
    return PlanExtension.objects.filter(series__site__in=user.site_ids).select_related("series")


def watch(user: User) -> QuerySet[RelapseState]:
    return RelapseState.objects.filter(series__site__in=user.site_ids)


def _decide(*, series: Series, kind: str, by: User, gap_days: int = 0, span_days: int = 0, reason: str = "") -> Any:
    """A provider's word on the gaps of the plan: agree to them as they are, extend, restart or stop.

    Who agrees to them as they are need not say which. Raises NotPermitted, Invalid, Refused, IllegalTransition.
    """
    if kind == GapDecision.Kind.ACKNOWLEDGED:
        longest = repair.longest(repair.plan(series))
        gap_days, span_days = gap_days or longest["gap_days"], span_days or longest["span_days"]
    return repair.decide(series=series, kind=kind, gap_days=gap_days, span_days=span_days, reason=reason, by=by)


def of_series(name: str, model: Any, rows: Any, shows: tuple[str, ...], create: Verb | None = None) -> Collection:
    """What was decided or seen of one series."""
    return Collection(
        name=name,
        model=model,
        rows=rows,
        within=SERIES,
        through="series",
        patient="series.patient_id",
        shows=("id", *shows),
        also={Action.SEE_CHART: ("reason",)},
        create=create,
    )


GAP_DECISIONS = of_series(
    "gap-decisions",
    GapDecision,
    decisions,
    ("kind", "gap_days", "span_days", "by", "at"),
    Verb(
        does=_decide,
        record="series",
        takes=("reason",),
        fields={
            "kind": one_of(GapDecision.Kind),
            "gap_days": Whole(required=False, min_value=1, max_value=gaps.LONGEST_GAP),
            "span_days": Whole(required=False, min_value=1, max_value=gaps.LONGEST_SPAN),
        },
    ),
)
EXTENSIONS = of_series("extensions", PlanExtension, extensions, ("before", "after", "by", "at"))
RELAPSE = Collection(
    name="relapse-states",
    model=RelapseState,
    rows=watch,
    within=SERIES,
    through="series",
    patient="patient_id",
    shows=("id", "state", "cause", "is_hit", "sentence", "score", "observed_at", "entered_at", "by"),
)
PLAN = Question(
    name="series/plan",
    method="POST",
    asks=Wishes,
    answers=Plan,
    many=True,
    does=propose,
    words="Up to `limit` complete plans, the best first. Nothing is held by them.",
)
