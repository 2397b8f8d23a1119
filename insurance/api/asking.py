"""Asking payers electronically: 270 files out, 271 files in, and answers that wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic import access
from clinic.api.declaring import Collection, File, Question, Verb, site
from clinic.api.fields import Known, Typed, Upload, Words, one_of
from clinic.models import User
from insurance import eligibility, eligibility_answers
from insurance.eligibility_answers import Receipt
from insurance.models import (
    AnswerFile,
    Coverage,
    EligibilityAnswer,
    EligibilityInquiry,
    InquiryFile,
    Verification,
)
from insurance.x12.segments import MOST_BYTES


def asked(user: User) -> QuerySet[EligibilityInquiry]:
    return EligibilityInquiry.objects.filter(coverage__patient__site__in=user.site_ids).select_related("coverage")


def came(user: User) -> QuerySet[AnswerFile]:
    """The files of the user's sites, those in which something is said of their patients, and nobody's."""
    seen = eligibility_answers.seen_by(user)
    mine = Q(site__in=user.site_ids) | Q(pk__in=seen.values("file"))
    return AnswerFile.objects.filter(mine)


def told_of(answer: EligibilityAnswer) -> UUID:
    """Whose record an answer is; of one that nobody was found for, its own."""
    return answer.coverage.patient_id if answer.coverage else answer.pk


class Nothing(Typed):
    """Nothing has to be said."""


class NotAsked(serializers.Serializer[Any]):
    coverage = serializers.UUIDField()
    why = serializers.CharField()


class AskedDue(serializers.Serializer[Any]):
    """The files that were made, and the plans that could not be asked about."""

    asked = serializers.IntegerField()
    files = serializers.ListField(child=serializers.UUIDField())
    left = NotAsked(many=True)


def _ask_due(request: Request, typed: Mapping[str, Any]) -> dict[str, Any]:
    batch = eligibility.inquire_due(site=request.auth.site, by=request.user)  # type: ignore[union-attr, arg-type]
    named = [coverage.patient_id for coverage, _ in batch.left]
    if named:
        access.log_reads(request._request, patient_ids=named, what="eligibility-inquiries")
    left = [{"coverage": coverage.pk, "why": why} for coverage, why in batch.left]
    return {"asked": batch.asked, "files": [file.pk for file in batch.files], "left": left}


INQUIRIES = Collection(
    name="eligibility-inquiries",
    model=EligibilityInquiry,
    rows=asked,
    patient="coverage.patient_id",
    shows=("id", "file", "coverage", "legs", "service_types", "trace", "asked_at", "asked_by", "answered_at"),
    filters={"patient": serializers.UUIDField(required=False)},
    by={"patient": "coverage__patient_id"},
    create=Verb(
        does=eligibility.inquire,
        fields={
            "coverage": Known(Coverage, as_id=True, source="coverage_id"),
            "legs": serializers.ListField(child=one_of(Verification.Leg), min_length=1, max_length=2),
        },
    ),
)
INQUIRY_FILES = Collection(
    name="inquiry-files",
    model=InquiryFile,
    rows=lambda user: InquiryFile.objects.filter(site__in=user.site_ids).defer("content"),
    shows=("id", "site", "control_number", "receiver", "way", "made_at", "made_by", "sent_at"),
    file=lambda file: File(file.content.encode(), file.name, "application/octet-stream"),
    reads=lambda file: file.inquiries.values_list("coverage__patient_id", flat=True),
)


def _receive(*, content: bytes, name: str, by: User, **here: Any) -> Receipt:
    """Take a 271 file; what is sure is written on the checks. The same file twice is taken once.

    Raises NotPermitted, Invalid.
    """
    return eligibility.receive(content=content, name=name, by=by, **here)


ANSWER_FILES = Collection(
    name="answer-files",
    model=AnswerFile,
    rows=came,
    shows=("id", "site", "name", "size", "received_at", "received_by", "repeated", "remarks"),
    create=Verb(
        does=_receive,
        fields={"content": Upload(most=MOST_BYTES), "name": Words(max_length=200)},
        given=site,
        sited=True,
        made=lambda receipt: receipt.file,
    ),
)
ANSWERS = Collection(
    name="eligibility-answers",
    model=EligibilityAnswer,
    rows=lambda user: eligibility_answers.seen_by(user).select_related("coverage"),
    patient=told_of,
    shows=(
        "id", "site", "file", "position", "trace", "payer_name", "member_id", "family_name", "given_name",
        "birth_date", "says", "raw", "state", "why", "inquiry", "coverage", "aside_reason", "decided_at",
        "decided_by",
    ),
    filters={
        "file": serializers.UUIDField(required=False),
        "state": one_of(EligibilityAnswer.State, required=False),
    },
    by={"file": "file_id"},
    verbs={
        "match": Verb(
            does=eligibility.match,
            record="answer_id",
            fields={"coverage": Known(Coverage, as_id=True, source="coverage_id")},
        ),
        "set-aside": Verb(does=eligibility.set_aside, record="answer_id", takes=("reason",)),
    },
)  # fmt: skip

ASK_DUE = Question(
    name="eligibility-inquiries/due",
    method="POST",
    asks=Nothing,
    answers=AskedDue,
    does=_ask_due,
    words="Ask about every check that is due and was not asked lately, a file for each receiver.",
)
QUESTIONS: tuple[Question, ...] = (ASK_DUE,)
COLLECTIONS: tuple[Collection, ...] = (INQUIRIES, INQUIRY_FILES, ANSWER_FILES, ANSWERS)
