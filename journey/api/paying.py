"""What a visit is billed as, and what was paid on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic import access
from clinic.api.declaring import Collection, File, Question, Verb
from clinic.api.fields import Day, Exact, Known, Typed, Whole, Words, one_of, some
from clinic.errors import Refused
from clinic.models import User
from insurance import charges, superbill_pdf, superbills
from insurance.charges import MOST_DIAGNOSES, MOST_LINES, MOST_UNITS, Line
from insurance.models import ChargeItem, CodedVisit, Payment
from journey import coding
from visits.models import Appointment


def coded(user: User) -> QuerySet[CodedVisit]:
    return CodedVisit.objects.filter(site__in=user.site_ids).prefetch_related("lines")


def superbill(coded: CodedVisit) -> File:
    """The bill of one visit, on paper."""
    bill = superbills.coded().get(pk=coded.pk)
    made = superbill_pdf.make([bill], patient=bill.patient, site=bill.site)
    return File(made, f"superbill-{bill.service_on}.pdf", "application/pdf")


class ChargeLine(serializers.ModelSerializer[ChargeItem]):
    """One line of the bill."""

    class Meta:
        model = ChargeItem
        fields = ("id", "code", "units", "modifier", "fee", "reason")


class AskCodes(Typed):
    appointment = Known(Appointment)


class SuggestedLine(serializers.Serializer[Any]):
    """A line that the record supports, and why."""

    code = serializers.CharField()
    units = serializers.IntegerField()
    modifier = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    sentence = serializers.CharField()
    warning = serializers.CharField()
    fee = serializers.DecimalField(max_digits=9, decimal_places=2, allow_null=True)


class VisitCodes(serializers.Serializer[Any]):
    """What can be billed of a visit: send `seen` back with the lines that are accepted, in this order."""

    seen = serializers.CharField()
    diagnosis_codes = serializers.ListField(child=serializers.CharField())
    suggestions = SuggestedLine(many=True)


class TypedCharge(Typed):
    """A line as the coder wants it; `suggestion` is the place of the one it answers, from 0; none when it is added."""

    code = Words(max_length=5)
    units = Whole(min_value=0, max_value=MOST_UNITS)
    modifier = Words(max_length=2, required=False)
    fee = Exact(required=False, allow_null=True, max_digits=9, decimal_places=2)
    reason = Words(max_length=300, required=False)
    suggestion = Whole(required=False, allow_null=True, min_value=0, max_value=MOST_LINES)


def _service(visit: Appointment) -> charges.Service:
    if visit.status != Appointment.Status.DONE:
        raise Refused("This visit has not taken place. It can be coded afterwards.")
    return coding.service(visit)


def suggest(request: Request, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Refused for a visit that has not taken place."""
    visit: Appointment = asked["appointment"]
    access.log_read(request._request, patient_id=visit.patient_id, what="codes")
    service = _service(visit)
    fees = coding.prices(service)
    lines = [{**vars(line), "fee": fees.get(line.code)} for line in service.suggestions]
    return {"seen": service.digest, "diagnosis_codes": service.diagnosis_codes, "suggestions": lines}


def _accept(
    *,
    appointment: Appointment,
    seen: str,
    lines: Sequence[Mapping[str, Any]],
    by: User,
    diagnosis_codes: Sequence[str] = (),
    not_billed: str = "",
) -> CodedVisit:
    """Accept the lines of a visit for the bill. `seen` is what its suggestions were told with.

    No line at all needs `not_billed`, the reason. Raises NotPermitted, Invalid, Refused.
    """
    service = _service(appointment)
    return charges.accept(
        service=service,
        seen=seen,
        lines=[Line(**line) for line in lines],
        diagnosis_codes=diagnosis_codes,
        not_billed=not_billed,
        by=by,
    )


CODED = Collection(
    name="coded-visits",
    model=CodedVisit,
    rows=coded,
    patient="patient_id",
    shows=(
        "id", "visit_id", "visit_kind", "patient", "site", "service_on", "started_at", "stopped_at", "rendering",
        "coverage", "diagnosis_codes", "not_billed", "lines", "accepted_at", "accepted_by", "entered_in_error_at",
        "entered_in_error_reason",
    ),
    fields={"lines": ChargeLine(many=True, read_only=True)},
    filters={
        "patient": serializers.UUIDField(required=False),
        "since": Day(required=False),
        "until": Day(required=False),
    },
    by={"patient": "patient_id", "since": "service_on__gte", "until": "service_on__lt"},
    create=Verb(
        does=_accept,
        takes=("appointment", "seen", "not_billed"),
        fields={
            "lines": some(TypedCharge, most=MOST_LINES),
            "diagnosis_codes": serializers.ListField(
                child=Words(max_length=10), max_length=MOST_DIAGNOSES, required=False
            ),
        },
    ),
    verbs={"take-back": Verb(does=charges.take_back, record="coded_id", takes=("reason",))},
    file=superbill,
)  # fmt: skip
PAYMENTS = Collection(
    name="payments",
    model=Payment,
    rows=lambda user: Payment.objects.filter(visit__site__in=user.site_ids).select_related("visit"),
    within=CODED,
    through="visit",
    patient="visit.patient_id",
    shows=(
        "id", "amount", "method", "paid_on", "recorded_at", "recorded_by", "entered_in_error_at",
        "entered_in_error_reason",
    ),
    create=Verb(
        does=charges.record_payment,
        record="coded_id",
        takes=("paid_on",),
        fields={"amount": Exact(max_digits=9, decimal_places=2), "method": one_of(Payment.Method)},
    ),
    verbs={"error": Verb(does=charges.payment_in_error, record="payment_id", takes=("reason",))},
)  # fmt: skip
SUGGESTING = Question(
    name="coded-visits/suggest",
    method="GET",
    asks=AskCodes,
    answers=VisitCodes,
    does=suggest,
    words="What can be billed of a visit that took place, as the record supports it. Nothing is written.",
)
