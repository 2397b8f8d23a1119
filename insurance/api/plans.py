"""Plans, checks of their benefits, approvals, papers; and the patients who pay themselves."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, File, Verb
from clinic.api.fields import Exact, Known, Upload, Words, like, one_of
from clinic.errors import NotFound, Refused
from clinic.models import User
from insurance import answers, authorizations, coverage, lapses, papers, verification
from insurance.api.hanging import BY, ERROR, OF, PATIENT
from insurance.models import Authorization, Coverage, InsurancePaper, Lapse, SelfPay, Verification
from patients.api.people import PATIENTS


def coverages(user: User) -> QuerySet[Coverage]:
    return Coverage.objects.filter(patient__site__in=user.site_ids).select_related("payer")


def checks(user: User) -> QuerySet[Verification]:
    return Verification.objects.filter(patient__site__in=user.site_ids)


def approvals(user: User) -> QuerySet[Authorization]:
    return Authorization.objects.filter(coverage__patient__site__in=user.site_ids).select_related("coverage")


def _end(*, agreed: SelfPay, by: User, until: date | None = None) -> SelfPay:
    """The patient pays until this day, the last, and a plan does from the next.

    Raises NotPermitted, Refused, Invalid.
    """
    if agreed.until is not None:
        raise Refused("This self-pay has its last day already.")
    return verification.end_self_pay(patient_id=agreed.patient_id, until=until, by=by)


def _paper(paper: InsurancePaper) -> File:
    """The file itself. Raises NotFound for one that was taken back: it may be another patient's."""
    if paper.entered_in_error_at:
        raise NotFound
    ending = "pdf" if paper.type == InsurancePaper.Type.PDF else "jpg"
    return File(bytes(paper.content), f"paper.{ending}", paper.type)


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
PAPERS = Collection(
    name="papers",
    model=InsurancePaper,
    rows=lambda user: InsurancePaper.objects.filter(patient__site__in=user.site_ids).defer("content"),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "title", "type", "size", "verification", "authorization", "added_at", "added_by", *ERROR),
    create=Verb(
        does=papers.keep,
        record="patient_id",
        fields={
            "title": Words(max_length=120),
            "upload": Upload(most=papers.LARGEST),
            "verification": Known(Verification, as_id=True, source="verification_id", required=False),
            "authorization": Known(Authorization, as_id=True, source="authorization_id", required=False),
        },
    ),
    verbs={"error": Verb(does=papers.mark_in_error, record="paper_id", takes=("reason",))},
    file=_paper,
)
SELF_PAY = Collection(
    name="self-pay",
    model=SelfPay,
    rows=lambda user: SelfPay.objects.filter(patient__site__in=user.site_ids),
    patient="patient_id",
    shows=(
        "id", "patient", "since", "until", "reason", "agreed_by", "agreed_at", "gfe_due", "estimate_given_on",
    ),
    filters=OF,
    by=BY,
    create=Verb(
        does=verification.agree_self_pay,
        takes=("service_on",),
        fields={"patient": PATIENT, "reason": Words(max_length=200)},
    ),
    verbs={
        "end": Verb(does=_end, record="agreed", takes=("until",)),
        "estimate-given": Verb(does=verification.estimate_given, record="self_pay_id", takes=("given_on",)),
    },
)  # fmt: skip
LAPSES = Collection(
    name="lapses",
    model=Lapse,
    rows=lambda user: Lapse.objects.filter(coverage__patient__site__in=user.site_ids).select_related("coverage"),
    patient="coverage.patient_id",
    shows=("id", "coverage", "last_day", "found_at", "found_by", "told_at", "told_by", "told_note", "over_at"),
    filters={**OF, "coverage": serializers.UUIDField(required=False), "told": serializers.BooleanField(required=False)},
    by={
        "patient": "coverage__patient_id",
        "coverage": "coverage_id",
        "told": lambda rows, value, user: rows.filter(told_at__isnull=not value),
    },
    verbs={"told": Verb(does=lapses.told, record="lapse_id", takes=("note",))},
)

COLLECTIONS: tuple[Collection, ...] = (COVERAGES, VERIFICATIONS, AUTHORIZATIONS, PAPERS, SELF_PAY, LAPSES)
