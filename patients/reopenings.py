"""What opens a signed evaluation again: a new event. It holds no more until a provider has looked (protocol 1.6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients import hints, validity
from patients.models import Condition, Evaluation, Patient, Reopening
from patients.rows import row_for

Kind, Source = Reopening.Kind, Reopening.Source
NOTE_FITS = 300

after_open: list[Callable[[Reopening], None]] = []
"""Rooms further right are told of each one, in its transaction."""
after_review: list[Callable[[Evaluation, User], None]] = []
"""And when a provider has looked at all that was new."""


@transaction.atomic
def open_for(
    *, patient: Patient, kind: str, words: str, source: str, subject_id: UUID, by: User | None
) -> Reopening | None:
    """Open the standing evaluation again, once for each row that tells of the event.

    Answers None where no evaluation says eligible: nothing can be opened. The caller has checked the permission.
    """
    standing = (
        Evaluation.objects.select_for_update(of=("self",))
        .filter(patient=patient, superseded_by__isnull=True, state__in=validity.FAVORABLE)
        .first()
    )
    if standing is None:
        return None
    made, created = Reopening.objects.get_or_create(
        evaluation=standing,
        subject_id=subject_id,
        defaults={
            "patient": patient,
            "kind": kind,
            "words": words[:NOTE_FITS],
            "source": source,
            "opened_at": clock.now(),
            "opened_by": by,
        },
    )
    if created:
        for tell in after_open:
            tell(made)
    return made


def notice(*, patient: Patient, conditions: Iterable[Condition], source: str, by: User | None) -> None:
    """Look at new rows of the history, whoever wrote them, for an event that opens the evaluation again.

    What the evaluation itself answered with yes was known to the provider, unless it began after the signature.
    """
    for condition in conditions:
        event = hints.event_of(condition.display, condition.code)
        if event is None or condition.abatement is not None:
            continue
        kind, line = event
        if not _was_known(patient, line, condition):
            open_for(patient=patient, kind=kind, words=condition.display, source=source, subject_id=condition.pk, by=by)


def _was_known(patient: Patient, line: str, condition: Condition) -> bool:
    standing = Evaluation.objects.filter(
        patient=patient, signed_at__isnull=False, superseded_by__isnull=True, answers__key=line, answers__answer="yes"
    ).first()
    if standing is None:
        return False
    standing.patient = patient
    return condition.onset is None or condition.onset <= validity.signed_day(standing)


@transaction.atomic
def review(*, evaluation_id: UUID, note: str, by: User, kinds: Collection[str] = tuple(Kind.values)) -> int:
    """A provider has looked at what is new and finds the patient still eligible; how many were looked at.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    evaluation = row_for(Evaluation, evaluation_id, by)
    require(by, Action.EVALUATE, at=evaluation.patient.site)
    why = note.strip()
    if not why:
        raise Invalid({"note": "Write why the patient is still eligible."})
    if len(why) > NOTE_FITS:
        raise Invalid({"note": f"This is {len(why)} characters long; {NOTE_FITS} fit. Shorten it."})
    waiting = list(evaluation.reopenings.select_for_update().filter(reviewed_at__isnull=True, kind__in=kinds))
    if not waiting:
        raise Refused("Nothing new waits to be looked at.")
    for each in waiting:
        each.reviewed_at, each.reviewed_by, each.review_note = clock.now(), by, why
        each.save(update_fields=["reviewed_at", "reviewed_by", "review_note"])
    if not evaluation.reopenings.filter(reviewed_at__isnull=True).exists():
        for tell in after_review:
            tell(evaluation, by)
    return len(waiting)


def waiting_for(patient: Patient) -> QuerySet[Reopening]:
    """What opened the standing evaluation again and was not looked at."""
    return Reopening.objects.filter(
        patient=patient, reviewed_at__isnull=True, evaluation__superseded_by__isnull=True
    ).select_related("opened_by")
