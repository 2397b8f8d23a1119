"""Referral to other care: what is shared is chosen part by part, signed with its paper, sent, answered.

A psychotherapy note is no part that can be chosen, and nothing here reads one (45 CFR 164.508(a)(2)). The signed row is
the record of what was shared, with whom, when and on what ground (45 CFR 164.528).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound
from clinic.models import User
from clinic.policy import Action, require
from patients.models import Patient
from patients.rows import patient_for
from reminders import followups
from reminders.models import FollowUp
from therapy import referral_letter, referral_pdf
from therapy.models import Referral

State, Part = Referral.State, Referral.Part
SEND, ANSWER, DUE, SUBJECT = "referral_send", "referral_answer", "referral_due", "referral"
SEND_WITHIN, ANSWER_WITHIN = timedelta(days=2), timedelta(days=21)
LONGEST = {"recipient": 160, "address": 300, "reason": 1000, "words": 3000}


@dataclass(frozen=True)
class Typed:
    """What is typed and chosen for a letter."""

    kind: str
    recipient: str
    reason: str
    parts: Sequence[str] = ()
    address: str = ""
    words: str = ""
    authority: str = Referral.Authority.TREATMENT
    consent_on: date | None = None


def preview(*, patient: Patient, typed: Typed, by: User) -> bytes:
    """The paper as it would be signed now; nothing is kept. Raises NotPermitted, Invalid."""
    require(by, Action.REFER, at=patient.site)
    typed = _checked(patient, typed)
    return referral_pdf.make(referral_letter.read(patient, typed.parts), typed, by=by, is_draft=True)


@transaction.atomic
def sign(*, patient_id: UUID, typed: Typed, by: User, form_key: UUID, task_id: UUID | None = None) -> Referral:
    """Sign the letter and keep its paper; the same form again answers what was kept. Its sending is a task.

    `task_id` is the task that asked for it. Raises NotFound, NotPermitted, Invalid.
    """
    patient = patient_for(patient_id, by)
    require(by, Action.REFER, at=patient.site)
    if known := Referral.objects.filter(form_key=form_key, patient=patient).first():
        return known
    typed = _checked(patient, typed)
    pdf = referral_pdf.make(referral_letter.read(patient, typed.parts), typed, by=by)
    referral = Referral.objects.create(
        patient=patient,
        kind=typed.kind,
        recipient=typed.recipient,
        address=typed.address,
        reason=typed.reason,
        words=typed.words,
        parts=list(typed.parts),
        authority=typed.authority,
        consent_on=typed.consent_on,
        task=_asked(patient, task_id),
        signed_at=clock.now(),
        signed_by=by,
        form_key=form_key,
        pdf=pdf,
        pdf_sha256=sha256(pdf).hexdigest(),
    )
    _task(referral, SEND, f"Send the referral of {patient.name} to {referral.recipient}", SEND_WITHIN, by)
    return referral


@transaction.atomic
def sent(*, referral_id: UUID, how: str, by: User) -> Referral:
    """It went out; now its answer is waited for. Raises NotFound, NotPermitted, IllegalTransition, Invalid."""
    referral = _mine(referral_id, by, State.SENT, State.SIGNED)
    if how not in Referral.How.values:
        raise Invalid({"how": "Say how it was sent."})
    referral.state, referral.sent_at, referral.sent_by, referral.sent_how = State.SENT, clock.now(), by, how
    referral.save(update_fields=["state", "sent_at", "sent_by", "sent_how"])
    _close(referral, SEND, "It was sent.", by)
    _settle_asked(referral, by)
    title = f"Has {referral.recipient} answered about {referral.patient.name}?"
    _task(referral, ANSWER, title, ANSWER_WITHIN, referral.signed_by)
    return referral


@transaction.atomic
def answered(*, referral_id: UUID, answer: str, by: User) -> Referral:
    """What came back. Raises NotFound, NotPermitted, IllegalTransition, Invalid."""
    referral = _mine(referral_id, by, State.ANSWERED, State.SENT)
    words = answer.strip()
    if not words:
        raise Invalid({"answer": "Write in a sentence what they answered."})
    if len(words) > 1000:
        raise Invalid({"answer": "Write this in 1,000 characters or fewer."})
    referral.state, referral.answered_at, referral.answered_by = State.ANSWERED, clock.now(), by
    referral.answer = words
    referral.save(update_fields=["state", "answered_at", "answered_by", "answer"])
    _close(referral, ANSWER, "It was answered.", by)
    return referral


@transaction.atomic
def withdraw(*, referral_id: UUID, by: User) -> Referral:
    """It is not sent after all; the signed paper stays. Raises NotFound, NotPermitted, IllegalTransition."""
    referral = _mine(referral_id, by, State.WITHDRAWN, State.SIGNED)
    referral.state = State.WITHDRAWN
    referral.save(update_fields=["state"])
    _close(referral, SEND, "It is not sent.", by)
    return referral


def of_patient(patient: Patient) -> QuerySet[Referral]:
    """Every letter that was signed, the newest first, without its paper."""
    return patient.referrals.select_related("signed_by", "sent_by", "answered_by").defer("pdf")


def _checked(patient: Patient, typed: Typed) -> Typed:
    """Cleaned, or Invalid with a sentence for each field."""
    texts = {name: getattr(typed, name).strip() for name in LONGEST}
    wrong = {
        name: f"Write this in {most:,} characters or fewer."
        for name, most in LONGEST.items()
        if len(texts[name]) > most
    }
    if not texts["recipient"]:
        wrong["recipient"] = "Write for whom the letter is: name, and practice if you know it."
    if not texts["reason"]:
        wrong["reason"] = "Write why you refer, and what you ask of them."
    if typed.kind not in Referral.Kind.values:
        wrong["kind"] = "Choose to what care."
    if set(typed.parts) - set(Part.values):
        wrong["parts"] = "Choose what is shared from the list."
    has_consent = typed.authority == Referral.Authority.CONSENT
    if typed.authority not in Referral.Authority.values:
        wrong["authority"] = "Choose on what ground it is shared."
    if has_consent and (typed.consent_on is None or typed.consent_on > patient.site.today()):
        wrong["consent_on"] = "Give the day on which the patient consented in writing."
    if wrong:
        raise Invalid(wrong)
    parts = [part for part in Part.values if part in typed.parts]
    consent_on = typed.consent_on if has_consent else None
    return Typed(kind=typed.kind, parts=parts, authority=typed.authority, consent_on=consent_on, **texts)


def _mine(referral_id: UUID, by: User, wanted: Referral.State, needed: Referral.State) -> Referral:
    """A letter under its row lock, for a step that it may take now."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("patient__site", "signed_by").defer("pdf")
    referral = rows.filter(pk=referral_id, patient__site__in=by.site_ids).first()
    if referral is None:
        raise NotFound
    require(by, Action.REFER, at=referral.patient.site)
    if referral.state != needed:
        raise IllegalTransition(
            "This letter", current=referral.get_state_display(), wanted=wanted.label, allowed=("a new letter",)
        )
    return referral


def _asked(patient: Patient, task_id: UUID | None) -> FollowUp | None:
    return FollowUp.objects.filter(pk=task_id, patient=patient, kind=DUE).first() if task_id else None


def asked_by(patient: Patient) -> FollowUp | None:
    """The open task that asks for a letter; none where it is not plain which of several is meant."""
    tasks = list(FollowUp.objects.filter(patient=patient, kind=DUE, state=FollowUp.State.OPEN)[:2])
    return tasks[0] if len(tasks) == 1 else None


def _settle_asked(referral: Referral, by: User) -> None:
    """The task that asked for the letter is done with it."""
    if referral.task:
        followups.close_for(
            subject_kind=referral.task.subject_kind,
            subject_id=referral.task.subject_id,
            kind=DUE,
            outcome="The letter was sent.",
            by=by,
        )


def _task(referral: Referral, kind: str, title: str, within: timedelta, owner: User) -> None:
    patient = referral.patient
    followups.open_task(
        kind=kind,
        site=patient.site,
        patient=patient,
        title=title,
        subject_kind=SUBJECT,
        subject_id=referral.pk,
        owner=owner,
        due_at=clock.now() + within,
        link=reverse("therapy:referrals", args=[patient.pk]),
    )


def _close(referral: Referral, kind: str, outcome: str, by: User) -> None:
    followups.close_for(subject_kind=SUBJECT, subject_id=referral.pk, kind=kind, outcome=outcome, by=by)
