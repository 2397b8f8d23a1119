"""Signing the summary for the clinician who referred the patient: read from the record, kept as it was signed."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, require
from journey import summary_tasks
from journey.models import Summary
from journey.outcomes import letter, letter_pdf
from patients import names
from patients.registration import fitting
from patients.rows import patient_for
from reminders import ledger

TOLD_WITHIN = timedelta(days=7)
ASK = {
    "recipient": "Write for whom this is: name, and practice if you know it.",
    "reason": "Write in a sentence why treatment began.",
    "plan": "Write what happens next.",
}


@transaction.atomic
def sign(*, patient_id: UUID, recipient: str, reason: str, plan: str, by: User) -> Summary:
    """Put the present facts on paper over the provider's name. Raises NotFound, NotPermitted, Invalid."""
    patient = patient_for(patient_id, by)
    require(by, Action.SIGN_SUMMARY, at=patient.site)
    words = _checked({"recipient": recipient, "reason": reason, "plan": plan})
    pdf = letter_pdf.make(letter.read(patient), **words, by=by)
    summary = Summary.objects.create(
        patient=patient,
        signed_at=clock.now(),
        signed_by=by,
        pdf=pdf,
        pdf_sha256=sha256(pdf).hexdigest(),
        **words,
    )
    summary_tasks.signed(patient, by)
    _tell(summary)
    return summary


def _tell(summary: Summary) -> None:
    """The patient may read how their series went (protocol 7.2)."""
    patient, now = summary.patient, clock.now()
    ledger.plan(
        kind="series_summary",
        patient=patient,
        site=patient.site,
        subject_kind="summary",
        subject_id=summary.pk,
        occurrence="signed",
        due_at=now,
        expires_at=now + TOLD_WITHIN,
        values={},
    )


def _checked(typed: dict[str, str]) -> dict[str, str]:
    wrong, words = {}, {}
    for name, text in typed.items():
        try:
            words[name] = fitting(Summary, name, names.clean(text))
        except ValueError as error:
            wrong[name] = str(error)
        else:
            if not words[name]:
                wrong[name] = ASK[name]
    if wrong:
        raise Invalid(wrong)
    return words
