"""What it costs: prices, what payers allow, packages; and estimates for patients."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, File, Verb, site
from clinic.api.fields import Day, Known, Whole, like, one_of
from clinic.models import User
from insurance import estimate_paper, estimates, fees
from insurance.api.hanging import BY, OF, PATIENT, dollars
from insurance.estimate_items import Visits, usual_days
from insurance.models import AllowedAmount, Estimate, Fee, Package, Payer
from patients.models import Patient


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


def _paper(estimate: Estimate) -> File:
    """As it was given; before that, as it would be in the patient's language."""
    language = estimate.language or ("es" if estimate.patient.language == "es" else "en")
    return File(
        bytes(estimate.pdf) if estimate.pdf else estimate_paper.make(estimate, language),
        "estimate.pdf",
        "application/pdf",
    )


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
    file=_paper,
)  # fmt: skip
VERSION = ("id", "site", "code", "valid_from", "made_on", "made_at", "made_by")
CODE = {"code": serializers.CharField(required=False, max_length=12)}
FEES = Collection(
    name="fees",
    model=Fee,
    rows=lambda user: Fee.objects.filter(site__in=user.site_ids),
    shows=(*VERSION, "label", "label_es", "used", "leg", "billed", "self_pay"),
    filters=CODE,
    create=Verb(
        does=fees.set_fee,
        takes=("valid_from",),
        fields={
            **like(Fee, ("code", "label", "label_es", "used", "leg"), needs=("code", "label")),
            "billed": dollars(),
            "self_pay": dollars(required=False),
        },
        given=site,
        sited=True,
    ),
)
ALLOWED = Collection(
    name="allowed-amounts",
    model=AllowedAmount,
    rows=lambda user: AllowedAmount.objects.filter(site__in=user.site_ids),
    shows=(*VERSION, "payer", "amount", "source"),
    filters={**CODE, "payer": serializers.UUIDField(required=False)},
    by={"payer": "payer_id"},
    create=Verb(
        does=fees.set_allowed,
        takes=("valid_from",),
        fields={
            **like(AllowedAmount, ("code", "source"), needs=("code", "source")),
            "payer": Known(Payer),
            "amount": dollars(),
        },
        given=site,
        sited=True,
    ),
)
COUNTED = ("infusions", "sessions", "evaluations")
PACKAGES = Collection(
    name="packages",
    model=Package,
    rows=lambda user: Package.objects.filter(site__in=user.site_ids),
    shows=(*VERSION, "name", "name_es", "price", *COUNTED, "terms", "terms_es"),
    filters=CODE,
    create=Verb(
        does=fees.set_package,
        takes=("valid_from",),
        fields={
            **like(Package, ("code", "name", "name_es", "terms", "terms_es"), needs=("code", "name", "terms")),
            **{name: Whole(required=name == "infusions", min_value=0, max_value=99) for name in COUNTED},
            "price": dollars(),
        },
        given=site,
        sited=True,
    ),
)

COLLECTIONS: tuple[Collection, ...] = (ESTIMATES, FEES, ALLOWED, PACKAGES)
