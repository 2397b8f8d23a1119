"""Asking payers for benefits by 270: one inquiry, or all that are due in as few files as there are receivers.

An inquiry is a transaction in a file with a control number that is never used again, and carries a trace number by
which its answer finds back (insurance.eligibility_answers). The checks it asks for wait from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from clinic import advisory, clock
from clinic.errors import Invalid, NotFound
from clinic.models import Site, User
from clinic.policy import Action, require
from insurance import clearing, questions, verification
from insurance.eligibility_answers import Receipt, match, receive, set_aside
from insurance.models import Coverage, EligibilityInquiry, InquiryFile, Verification
from insurance.questions import Ask
from insurance.x12.inquiry import Envelope, build
from insurance.x12.letters import number
from patients.rows import locked_in_order

__all__ = ["Batch", "Receipt", "due", "inquire", "inquire_due", "match", "receive", "set_aside"]

State, Leg = Verification.State, Verification.Leg
AHEAD = timedelta(days=3)
"""A check is asked for when it is due within so many days (Table A, verification before the first infusion)."""
ANSWER_WITHIN = timedelta(hours=24)
"""An inquiry without an answer is asked again after this time."""
MOST_IN_BATCH = 500
TURN = "insurance.inquiries"
"""Inquiries are written one at a time: control numbers have no gap, and nobody is asked twice."""


@dataclass
class Batch:
    """The files that were made, and the plans that could not be asked about, each with the reason."""

    files: list[InquiryFile] = field(default_factory=list)
    asked: int = 0
    left: list[tuple[Coverage, str]] = field(default_factory=list)


@transaction.atomic
def inquire(*, coverage_id: UUID, legs: Sequence[str], by: User) -> EligibilityInquiry:
    """Ask the payer of this plan about these parts of its benefits; the answer's file is `.file`.

    Raises NotFound, NotPermitted, Invalid with what is missing.
    """
    plans = Coverage.objects.select_related("patient__site", "payer").filter(entered_in_error_at__isnull=True)
    coverage = plans.filter(pk=coverage_id).first()
    if coverage is None:
        raise NotFound
    site = coverage.patient.site
    require(by, Action.VERIFY_BENEFITS, at=site)
    wanted = tuple(leg for leg in Leg.values if leg in set(legs))
    if not wanted:
        raise Invalid({"legs": "Choose medical, behavioral health, or both."})
    ask = Ask(coverage, wanted)
    questions.refuse_unready(ask)
    advisory.in_turn(TURN)
    return _file(site, _receiver(coverage), [ask], by)[0]


@transaction.atomic
def inquire_due(*, site: Site, by: User) -> Batch:
    """Ask about every check that is due and was not asked lately, a file for each receiver. Raises NotPermitted."""
    require(by, Action.VERIFY_BENEFITS, at=site)
    advisory.in_turn(TURN)
    batch = Batch()
    by_receiver: dict[tuple[str, str], list[Ask]] = {}
    asks = due(site)
    locked_in_order(ask.coverage.patient_id for ask in asks)
    for ask in asks:
        try:
            questions.refuse_unready(ask)
        except Invalid as error:
            batch.left.append((ask.coverage, error.sentence))
        else:
            by_receiver.setdefault(_receiver(ask.coverage), []).append(ask)
    for receiver, asks in by_receiver.items():
        inquiries = _file(site, receiver, asks, by)
        batch.files.append(inquiries[0].file)
        batch.asked += len(inquiries)
    return batch


def due(site: Site) -> list[Ask]:
    """The plans with checks that are due soon and wait for no answer, each with the parts to ask for."""
    unanswered = EligibilityInquiry.objects.filter(
        coverage=OuterRef("coverage"), answered_at__isnull=True, legs__contains=[OuterRef("leg")]
    )
    soon = site.today() + AHEAD
    end = site.day_bounds(soon)[1]
    checks = (
        Verification.objects.filter(
            Q(due_on__lte=soon) | Q(next_visit_at__lt=end),
            Q(state__in=[State.NOT_STARTED, State.ERROR]) | Q(Exists(unanswered), state=State.IN_PROGRESS),
            patient__site=site, coverage__isnull=False, coverage__entered_in_error_at__isnull=True,
        )
        .exclude(Exists(unanswered.filter(asked_at__gt=clock.now() - ANSWER_WITHIN)))
        .select_related("coverage__patient__site", "coverage__payer")
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )  # fmt: skip
    plans: dict[UUID, tuple[Coverage, set[str]]] = {}
    for check in checks[: 2 * MOST_IN_BATCH]:
        if check.coverage:
            plans.setdefault(check.coverage.pk, (check.coverage, set()))[1].add(check.leg)
    asks = [Ask(coverage, tuple(leg for leg in Leg.values if leg in legs)) for coverage, legs in plans.values()]
    return asks[:MOST_IN_BATCH]


def _file(site: Site, receiver: tuple[str, str], asks: Sequence[Ask], by: User) -> list[EligibilityInquiry]:
    """Write the file, its inquiries, and on each check that the payer was asked."""
    last = InquiryFile.objects.aggregate(last=Max("control_number"))["last"] or 0
    control, now = last + 1, clock.now()
    traces = [f"EK{control:09d}{place:04d}" for place in range(1, len(asks) + 1)]
    kind, sender = _sender(site)
    envelope = Envelope(kind, sender, receiver[0], receiver[1], control, site.local(now), settings.X12_USAGE)
    asked = [questions.question(ask, trace) for ask, trace in zip(asks, traces, strict=True)]
    way = InquiryFile.Way.DROP if clearing.house() else InquiryFile.Way.BY_HAND
    file = InquiryFile.objects.create(
        site=site, control_number=control, receiver=receiver[1], content=build(envelope, asked), way=way,
        made_at=now, made_by=by,
    )  # fmt: skip
    made = EligibilityInquiry.objects.bulk_create(
        EligibilityInquiry(
            file=file, coverage=ask.coverage, legs=list(ask.legs), service_types=list(ask.service_types), trace=trace,
            asked_at=now, asked_by=by,
        )
        for ask, trace in zip(asks, traces, strict=True)
    )  # fmt: skip
    for ask in asks:
        _wait(ask, by)
    return made


def _wait(ask: Ask, by: User) -> None:
    for leg in ask.legs:
        check = verification.open_check(patient_id=ask.coverage.patient_id, leg=leg, coverage_id=ask.coverage.pk, by=by)
        verification.asked(verification_id=check.pk, by=by)


def _sender(site: Site) -> tuple[str, str]:
    """How the site signs its interchanges: the name the clearing house gave, else its tax number (30) or NPI (ZZ)."""
    if settings.X12_SENDER_ID:
        return settings.X12_SENDER_KIND, settings.X12_SENDER_ID
    return ("30", site.tax_id) if site.tax_id else ("ZZ", site.npi)


def _receiver(coverage: Coverage) -> tuple[str, str]:
    """To whom it goes: the clearing house, else the payer itself."""
    if settings.X12_RECEIVER_ID:
        return settings.X12_RECEIVER_KIND, settings.X12_RECEIVER_ID
    return "ZZ", number(coverage.payer.payer_id, 15)
