"""Plans, checks of benefits, approvals and estimates."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Day, Exact, Known, Whole, Words, know, like, one_of
from clinic.models import User
from insurance import answers, authorizations, coverage, estimates, verification
from insurance.estimate_items import Visits, usual_days
from insurance.models import Authorization, Coverage, Estimate, Payer, Verification
from patients.models import Patient

PATIENT = Known(Patient, as_id=True, source="patient_id")
OF, BY = {"patient": serializers.UUIDField(required=False)}, {"patient": "patient_id"}
ERROR = ("entered_in_error_at", "entered_in_error_reason")


def coverages(user: User) -> QuerySet[Coverage]:
    return Coverage.objects.filter(patient__site__in=user.site_ids).select_related("payer")


def checks(user: User) -> QuerySet[Verification]:
    return Verification.objects.filter(patient__site__in=user.site_ids)


def approvals(user: User) -> QuerySet[Authorization]:
    return Authorization.objects.filter(coverage__patient__site__in=user.site_ids).select_related("coverage")


def estimates_of(user: User) -> QuerySet[Estimate]:
    return Estimate.objects.filter(patient__site__in=user.site_ids).defer("pdf")


def _estimate(*, patient_id: Any, first: Any, count: int, boosters: int, by: User, **typed: Any) -> Estimate:
    """Write down what a course is expected to cost; it replaces the estimate before it.

    A series that is booked with that many infusions from that day is counted as it is booked, else as it usually
    falls. Raises NotPermitted, Invalid, Refused.
    """
    patient = Patient.objects.get(pk=patient_id)
    course, seen = estimates.course_of(patient), typed.get("evaluation")
    visits, series_id = usual_days(first, count, boosters, evaluation=seen), None
    booked = course.visits.infusions if course else ()
    if course and booked and (len(booked), booked[0]) == (count, first):
        visits = Visits(seen, booked, course.visits.sessions, visits.boosters)
        series_id = course.series_id
    billed = typed.get("not_billed", False)
    return estimates.make(patient_id=patient_id, visits=visits, series_id=series_id, not_billed=billed, by=by)


know(Payer, lambda user: Payer.objects.all())  # a payer is that of every site

COVERAGES = Collection(
    name="coverages",
    model=Coverage,
    rows=coverages,
    patient="patient_id",
    shows=(
        "id", "patient", "payer", "payer_name", "rank", "member_id", "group_number", "plan_name", "subscriber_name",
        "subscriber_birth_date", "relation", "starts_on", "ends_on", *ERROR,
    ),
    fields={"payer_name": serializers.CharField(source="payer.name", read_only=True)},
    filters=OF,
    by=BY,
    create=Verb(
        does=coverage.add_coverage,
        takes=(
            "payer", "payer_name", "rank", "member_id", "group_number", "plan_name", "subscriber_name",
            "subscriber_birth_date", "starts_on", "ends_on",
        ),
        fields={"patient": PATIENT, "relation": one_of(Coverage.Relation, required=False)},
    ),
    verbs={
        "end": Verb(does=coverage.end_coverage, record="coverage_id", takes=("ends_on",)),
        "error": Verb(does=coverage.mark_in_error, record="coverage_id", takes=("reason",)),
    },
)  # fmt: skip
SAID = {name: Exact(required=False, allow_null=True, max_digits=10, decimal_places=2) for name in answers.DOLLARS}
VERIFICATIONS = Collection(
    name="verifications",
    model=Verification,
    rows=checks,
    patient="patient_id",
    shows=(
        "id", "patient", "coverage", "leg", "state", "owner", "opened_at", "opened_for", "due_on", "next_visit_at",
        "next_visit_kind", "method", "representative", "reference", *answers.BENEFITS, "note", "checked_at",
        "checked_by", "valid_until",
    ),
    filters={
        **OF,
        "leg": one_of(Verification.Leg, required=False),
        "state": one_of(Verification.State, required=False),
        "owner": serializers.UUIDField(required=False),
    },
    by={**BY, "owner": "owner_id"},
    create=Verb(
        does=verification.open_check,
        takes=("due_on",),
        fields={
            "patient": PATIENT,
            "leg": one_of(Verification.Leg),
            "coverage": Known(Coverage, as_id=True, source="coverage_id", required=False),
        },
    ),
    verbs={
        "claim": Verb(does=verification.claim, record="verification_id"),
        "hand-over": Verb(does=verification.hand_over, record="verification_id", fields={"to": Known(User)}),
        "result": Verb(
            does=answers.record_result,
            record="verification_id",
            takes=("representative", "reference", "coverage_ended_on", "note"),
            fields={
                "state": one_of(Verification.State),
                "method": one_of(Verification.Method),
                "coverage": Known(Coverage, as_id=True, source="coverage_id", required=False),
                **like(Verification, answers.BENEFITS),
                **SAID,
            },
        ),
        "expire": Verb(does=verification.expire, record="verification_id"),
    },
)  # fmt: skip
AUTHORIZATIONS = Collection(
    name="authorizations",
    model=Authorization,
    rows=approvals,
    patient="coverage.patient_id",
    shows=(
        "id", "coverage", "number", "codes", "units", "starts_on", "ends_on", "note", "criteria", "recorded_at",
        "recorded_by", *ERROR,
    ),
    filters={**OF, "coverage": serializers.UUIDField(required=False)},
    by={"patient": "coverage__patient_id", "coverage": "coverage_id"},
    create=Verb(
        does=authorizations.record,
        takes=("number", "codes", "units", "starts_on", "ends_on", "note", "criteria"),
        fields={"coverage": Known(Coverage, as_id=True, source="coverage_id")},
    ),
    verbs={"error": Verb(does=authorizations.mark_in_error, record="authorization_id", takes=("reason",))},
)  # fmt: skip
ESTIMATES = Collection(
    name="estimates",
    model=Estimate,
    rows=estimates_of,
    patient="patient_id",
    shows=(
        "id", "patient", "site", "series_id", "kind", "total", "patient_share", "share_from", "share_to", "first_on",
        "last_on", "asked_on", "due_on", "supersedes", "made_at", "made_by", "given_at", "given_by", "given_how",
        "language", "outdated_at", "outdated_why",
    ),
    filters=OF,
    by=BY,
    create=Verb(
        does=_estimate,
        fields={
            "patient": PATIENT,
            "first": Day(help_text="The day of the first infusion."),
            "count": Whole(min_value=1, max_value=12),
            "boosters": Whole(min_value=0, max_value=26),
            "evaluation": Day(required=False, help_text="The day of the evaluation, if it is to be counted."),
            "not_billed": serializers.BooleanField(required=False),
        },
    ),
    verbs={
        "give": Verb(
            does=estimates.give,
            record="estimate_id",
            fields={"how": one_of(Estimate.How), "language": serializers.ChoiceField(choices=["en", "es"])},
        )
    },
)  # fmt: skip
PAYERS = Collection(
    name="payers",
    model=Payer,
    rows=lambda user: Payer.objects.all(),
    shows=("id", "name", "payer_id", "phone", "is_active"),
    filters={"name": Words(required=False, max_length=120)},
    by={"name": "name__icontains"},
)

COLLECTIONS: tuple[Collection, ...] = (COVERAGES, VERIFICATIONS, AUTHORIZATIONS, ESTIMATES, PAYERS)
