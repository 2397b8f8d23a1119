"""Taking 271 files: each answer finds its inquiry, fills the checks, or waits for a person.

An answer that carries a trace number of ours and speaks of our patient is taken by itself. One that only looks like
somebody here (member id, birth date, name) is proposed, and a person confirms it. The rest waits until it is matched
by hand or put aside. A file is taken whole or not at all, and never twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import advisory, clock
from clinic.errors import DomainError, Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from clinic.policy import Action, can, require
from insurance import accepted, matching, verification
from insurance.findings import Finding, Known, finding, in_words
from insurance.models import (
    AnswerFile,
    Benefit,
    Coverage,
    EligibilityAnswer,
    EligibilityInquiry,
    Verification,
)
from insurance.standing import shown_day
from insurance.x12 import reading
from insurance.x12.answer import Answer, first_day, last_day
from insurance.x12.codes import BENEFIT_BEGINS, BENEFIT_ENDS
from insurance.x12.segments import Broken

State = EligibilityAnswer.State
REFERENCE = 60

after_change: list[Callable[[Site | None], None]] = []
"""Called when answers of a site (or of none yet) came, were matched or were put aside, in the same transaction."""


@dataclass
class Receipt:
    """What became of a file. `again` says that it had been taken before, and nothing changed now."""

    file: AnswerFile
    again: bool = False
    answers: list[EligibilityAnswer] = field(default_factory=list)

    def count(self, *states: str) -> int:
        return sum(answer.state in states for answer in self.answers)


@transaction.atomic
def receive(*, content: bytes, name: str, by: User | None, site: Site | None = None) -> Receipt:
    """Take a 271 file that somebody at `site` uploaded, or that the clearing house brought (`by` is None).

    What the clearing house brings is written in the name of who asked. A file that is not whole is refused with the
    segment and the reason, and changes nothing. Raises NotPermitted, Invalid.
    """
    if by and site:
        require(by, Action.VERIFY_BENEFITS, at=site)
    elif by and not can(by, Action.VERIFY_BENEFITS):
        raise NotPermitted("Your role does not let you verify benefits anywhere. Ask a colleague who may.")
    try:
        answers, whole = reading.read(content)
    except Broken as error:
        raise Invalid({"file": f"The file was refused, and nothing was changed. {error}"}) from None
    advisory.in_turn("insurance.answers")
    digest = hashlib.sha256(content).hexdigest()
    known = AnswerFile.objects.filter(digest=digest).first()
    if known:
        return Receipt(known, again=True, answers=list(known.answers.order_by("position")))
    new = _unknown(answers)
    shown = name.encode(errors="replace").decode()[:200] or "271"
    file = AnswerFile.objects.create(
        site=site, name=shown, digest=digest, size=len(content), received_by=by,
        repeated=len(answers) - len(new), remarks=[remark[:300] for remark in whole.remarks[:20]],
    )  # fmt: skip
    inquiries, likely = matching.inquiries(new), matching.likely(new, by)
    receipt = Receipt(file, answers=[_take(file, one, inquiries, likely.get(one.digest), by) for one in new])
    _tell(answer.site for answer in receipt.answers if answer.state in EligibilityAnswer.WAITING)
    return receipt


def _tell(sites: Iterable[Site | None]) -> None:
    for site in set(sites):
        for follow in after_change:
            follow(site)


def _unknown(answers: Sequence[Answer]) -> list[Answer]:
    """Those that were in no file before, each once."""
    by_digest = {answer.digest: answer for answer in reversed(answers)}
    before = set(EligibilityAnswer.objects.filter(digest__in=by_digest).values_list("digest", flat=True))
    return [answer for answer in answers if by_digest[answer.digest] is answer and answer.digest not in before]


def _take(
    file: AnswerFile,
    answer: Answer,
    inquiries: Mapping[str, EligibilityInquiry],
    likely: Coverage | None,
    by: User | None,
) -> EligibilityAnswer:
    """Write one answer down, and on the checks when it is sure whose it is."""
    inquiry = next((inquiries[key] for key in (*answer.traces, answer.reference) if key in inquiries), None)
    row = EligibilityAnswer(
        file=file, position=answer.position, digest=answer.digest, raw=answer.raw, says=in_words(answer),
        trace=next(iter(answer.traces), answer.reference), payer_name=answer.payer.name[:120],
        member_id=answer.member_id, family_name=answer.patient.family_name, given_name=answer.patient.given_name,
        birth_date=answer.patient.birth_date, state=State.UNMATCHED, site=file.site,
    )  # fmt: skip
    if inquiry is None:
        row.coverage, row.state = likely, State.PROPOSED if likely else State.UNMATCHED
        row.site = likely.patient.site if likely else file.site
        row.why = _PROPOSED if likely else matching.why_nobody(answer)
        row.save()
        return row
    row.inquiry, row.coverage, row.site = inquiry, inquiry.coverage, inquiry.coverage.patient.site
    row.state = State.PROPOSED
    actor = by or inquiry.asked_by
    row.why = _doubt(answer, inquiry, actor)
    row.save()
    if not row.why:
        try:
            with transaction.atomic():
                _apply(row, answer, inquiry.coverage, inquiry.legs, actor)
        except DomainError as error:
            row.why = error.sentence[:300]
            row.save()
    return row


_PROPOSED = "It carries no number of ours, but its member id, birth date and name are this patient’s. Confirm it."


def _doubt(answer: Answer, inquiry: EligibilityInquiry, actor: User) -> str:
    """Why an answer with our trace number is not taken by itself; "" when it is."""
    patient = inquiry.coverage.patient
    if not can(actor, Action.VERIFY_BENEFITS, patient.site):
        return f"It belongs to {patient.site}; somebody who verifies benefits there has to confirm it."
    if inquiry.coverage.entered_in_error_at:
        return "The plan it was asked for was taken back meanwhile. Match it to another plan, or put it aside."
    if inquiry.answered_at:
        day = shown_day(patient.site.local(inquiry.answered_at).date(), patient.site.today())
        return f"This inquiry was answered {day} already. Confirm it to put this answer in the place of that one."
    return matching.another_person(answer, patient)


def _apply(row: EligibilityAnswer, answer: Answer, coverage: Coverage, legs: Sequence[str], by: User) -> None:
    """Fill the checks of these parts by the verbs of verification, and keep the benefits one by one."""
    in_network = accepted.in_network(coverage)
    plan = coverage
    for leg in legs:
        check = verification.open_check(patient_id=coverage.patient_id, leg=leg, coverage_id=coverage.pk, by=by)
        today = coverage.patient.site.today()
        found = finding(answer, leg, Known(today, plan.starts_on, plan.ends_on, in_network))
        check = _record(check, found, row, by)
        plan = check.coverage or plan
        Benefit.objects.bulk_create(_rows(check, row, found))
    if row.inquiry and row.inquiry.answered_at is None:
        row.inquiry.answered_at = clock.now()
        row.inquiry.save(update_fields=["answered_at"])
    row.state, row.why, row.coverage, row.site = State.TAKEN, "", coverage, coverage.patient.site
    row.decided_at, row.decided_by = clock.now(), by
    row.save()


def _record(check: Verification, found: Finding, row: EligibilityAnswer, by: User) -> Verification:
    """Write the result on the check; what its rules refuse becomes a question for a person, with the reason."""
    method, reference = Verification.Method.ELECTRONIC, row.trace[:REFERENCE]
    try:
        return verification.record_result(
            verification_id=check.pk, state=found.state, method=method, reference=reference, by=by, note=found.note,
            coverage_ended_on=found.ended_on, **found.said,
        )  # fmt: skip
    except Invalid as error:
        note = f"{found.note} {error.sentence}".strip()
        return verification.record_result(
            verification_id=check.pk, state="needs_info", method=method, reference=reference, by=by, note=note
        )


def _rows(check: Verification, row: EligibilityAnswer, found: Finding) -> list[Benefit]:
    ranges = frozenset({"291", "292", "307"})
    return [
        Benefit(
            verification=check, answer=row, position=one.position, information=one.information, level=one.level,
            service_types=list(one.service_types), insurance_type=one.insurance_type, plan=one.plan,
            period=one.period, amount=one.amount, percent=one.percent, quantity_kind=one.quantity_kind,
            quantity=one.quantity, authorization_required=one.authorization_required, in_network=one.in_network,
            begins=first_day(one.dates, BENEFIT_BEGINS), ends=last_day(one.dates, BENEFIT_ENDS, ranges),
            message=one.message, raw=one.raw,
        )
        for one in found.rows
    ]  # fmt: skip


@transaction.atomic
def match(*, answer_id: UUID, coverage_id: UUID, by: User) -> EligibilityAnswer:
    """Say that a waiting answer is about this plan, whether that was proposed or not, and fill its checks.

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    row = _waiting(answer_id, by)
    coverage = (
        Coverage.objects.select_related("patient__site", "payer")
        .filter(pk=coverage_id, entered_in_error_at__isnull=True, patient__site__in=by.site_ids)
        .first()
    )
    if coverage is None:
        raise Invalid({"coverage": "This plan is not on file here. Choose one that is."})
    require(by, Action.VERIFY_BENEFITS, at=coverage.patient.site)
    if row.inquiry and row.inquiry.coverage_id != coverage.pk:
        row.inquiry = None
    legs, before = row.inquiry.legs if row.inquiry else _legs(coverage), row.site
    _apply(row, reading.read_again(row.raw), coverage, legs, by)
    _tell([before])
    return row


def _legs(coverage: Coverage) -> list[str]:
    """The parts that are being checked for this plan; both, when none is."""
    checks = Verification.objects.filter(coverage=coverage, state__in=Verification.OPEN)
    return sorted(set(checks.values_list("leg", flat=True)), reverse=True) or list(Verification.Leg.values)


@transaction.atomic
def set_aside(*, answer_id: UUID, reason: str, by: User) -> EligibilityAnswer:
    """Put away an answer that is nobody's here, with the reason. Raises NotFound, NotPermitted, Refused, Invalid."""
    row = _waiting(answer_id, by)
    words = " ".join(reason.split())
    if not words:
        raise Invalid({"reason": "Write in a few words why it is nobody’s."})
    if len(words) > 200:
        raise Invalid({"reason": "Write this in 200 characters or fewer."})
    row.state, row.aside_reason = State.ASIDE, words
    row.decided_at, row.decided_by = clock.now(), by
    row.save()
    _tell([row.site])
    return row


def seen_by(user: User) -> QuerySet[EligibilityAnswer]:
    """The answers a person may see: those of the sites where they verify benefits, and those of no site yet."""
    sites = [held.site_id for held in user.roles_held if can(user, Action.VERIFY_BENEFITS, held.site)]
    if not sites:
        return EligibilityAnswer.objects.none()
    return EligibilityAnswer.objects.filter(Q(site__in=sites) | Q(site=None))


def _waiting(answer_id: UUID, by: User) -> EligibilityAnswer:
    """The answer, locked, when it still waits and is this person's to see. Raises NotFound, Refused."""
    rows = seen_by(by).select_for_update(of=("self",)).select_related("inquiry", "file", "site")
    row = rows.filter(pk=answer_id).first()
    if row is None:
        raise NotFound
    if row.state not in EligibilityAnswer.WAITING:
        raise Refused(f"This answer is settled: {row.get_state_display().lower()}.")
    return row
