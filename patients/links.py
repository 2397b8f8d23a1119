"""Secret links for patients: made, opened by the birth date, locked after five wrong ones, revoked.

A token of 256 random bits leaves this module once, in the address that is sent; the database holds its SHA-256 alone.
Rooms further right listen to `after_make` and `after_lock`, which are called in the transaction of the change.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from clinic import clock, crypto
from clinic.errors import NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients.models import Patient, PatientLink
from patients.rows import link_for, locked_patients

DAYS = 14
LONGEST_DAYS = 60

after_make: list[Callable[[PatientLink, str], None]] = []
"""Called with a link that is to be sent, and with its path: the only time anybody learns of it."""

held_back: list[Callable[[Patient], str]] = []
"""Asked why nothing may be written to a patient; the first answer that is not empty is the reason."""

after_lock: list[Callable[[PatientLink], None]] = []
"""Called when the fifth birth date was wrong: somebody has to call the patient."""

after_end: list[Callable[[PatientLink], None]] = []
"""Called when a link is revoked: what was planned about it is taken back."""

held_by_others: set[str] = set()
"""Purposes of links that somebody else than the patient holds: the door asks them for the patient's birth date."""

starts: dict[str, str] = {}
"""Where a link of each purpose begins: the name of an address that takes the token. Rooms fill it in `ready`."""


class Told(Refused):
    """A refusal in words for the patient."""


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def make(
    *,
    patient_id: UUID,
    purpose: str,
    by: User | None,
    subject_id: UUID | None = None,
    days: int = DAYS,
    send: bool = False,
) -> str:
    """Make a link and answer its path; the former one of the same purpose and subject ends.

    With `send`, whoever carries letters is told of it too. `by=None` is the house itself, where a plan calls for a
    link. Raises NotFound, NotPermitted, Refused for a patient who has died.
    """
    patient = _patient(patient_id, by)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"A link lasts 1 to {LONGEST_DAYS} days.")
    if patient.deceased_on:
        raise Refused(f"{patient.name} has died; no link can be sent.")
    if send and (why := why_not_written(patient)):
        raise Refused(f"The link can’t be sent: {why} Copy its address instead, or hand over a tablet.")
    for former in current(patient_id, purpose, subject_id).select_for_update():
        _end(former, by)
    token, now = secrets.token_urlsafe(32), clock.now()
    link = PatientLink.objects.create(
        patient=patient,
        purpose=purpose,
        subject_id=subject_id,
        token_sha256=token_hash(token),
        made_at=now,
        made_by=by,
        expires_at=now + timedelta(days=days),
    )
    path = reverse("linked:start", args=[token])
    if send:
        for follow in after_make:
            follow(link, path)
    return path


@dataclass(frozen=True)
class Wanted:
    """Whose link, of which subject, and when it ends."""

    patient_id: UUID
    subject_id: UUID
    until: datetime


@transaction.atomic
def standing_all(*, purpose: str, wanted: Sequence[Wanted]) -> dict[UUID, str]:
    """The path of each subject's own link, made where there is none; however often it is asked for, the same one.

    A letter that is sent twice has one address, and no copy of it is dead. The token is worked out from a key of the
    house and from the subject, so it is kept nowhere. Two statements. Whoever asks holds the subjects, so that no two
    ask at once; the patient is not locked, whose turn is before that of a message.
    """
    former: dict[UUID, list[PatientLink]] = {}
    for link in PatientLink.objects.filter(purpose=purpose, subject_id__in=[one.subject_id for one in wanted]):
        former.setdefault(link.subject_id, []).append(link)  # type: ignore[arg-type]
    keys, tokens, missing = crypto.derived("patient-link"), {}, []
    for one in wanted:
        links = [link for link in former.get(one.subject_id, []) if link.patient_id == one.patient_id]
        subject = f"{purpose}:{one.subject_id}:{sum(link.revoked_at is not None for link in links)}"
        known = {token_hash(token): token for token in (_token(key, subject) for key in keys)}
        current = next((link.token_sha256 for link in links if link.revoked_at is None), "")
        tokens[one.subject_id] = known.get(current) or next(iter(known.values()))
        if current not in known:
            missing.append(_standing(one, purpose, tokens[one.subject_id]))
    PatientLink.objects.bulk_create(missing)
    return {subject_id: reverse("linked:start", args=[token]) for subject_id, token in tokens.items()}


def _standing(wanted: Wanted, purpose: str, token: str) -> PatientLink:
    return PatientLink(
        patient_id=wanted.patient_id,
        purpose=purpose,
        subject_id=wanted.subject_id,
        token_sha256=token_hash(token),
        made_at=clock.now(),
        expires_at=wanted.until,
    )


def _token(key: bytes, subject: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, subject.encode(), "sha256")).decode().rstrip("=")


def why_not_written(patient: Patient) -> str:
    """Why a link can't be sent to this patient by letter; nothing where it can."""
    return next((why for ask in held_back if (why := ask(patient))), "")


def _patient(patient_id: UUID, by: User | None) -> Patient:
    people = locked_patients().filter(pk=patient_id)
    if by is not None:
        people = people.filter(site__in=by.site_ids)
    patient = people.first()
    if patient is None:
        raise NotFound
    if by is not None:
        require(by, Action.SEND_LINK, at=patient.site)
    return patient


def current(patient_id: UUID, purpose: str, subject_id: UUID | None = None) -> QuerySet[PatientLink]:
    """The one link of this purpose that was not revoked, run out or locked though it may be."""
    return PatientLink.objects.filter(
        patient=patient_id, purpose=purpose, subject_id=subject_id, revoked_at__isnull=True
    )


@transaction.atomic
def revoke(*, link_id: UUID, by: User) -> PatientLink:
    """Let a link open nothing any more; twice has no second effect. Raises NotFound, NotPermitted."""
    link = link_for(link_id)
    if link.patient.site_id not in by.site_ids:
        raise NotFound
    require(by, Action.SEND_LINK, at=link.patient.site)
    if link.revoked_at is None:
        _end(link, by)
    return link


@transaction.atomic
def end(*, patient_id: UUID, purpose: str, subject_id: UUID) -> None:
    """End what stands for a purpose and a subject, because what it was for is over or was taken back by the patient."""
    locked_patients().get(pk=patient_id)
    for link in current(patient_id, purpose, subject_id).select_for_update():
        _end(link, None)


def _end(link: PatientLink, by: User | None) -> None:
    link.revoked_at, link.revoked_by = clock.now(), by
    link.save(update_fields=["revoked_at", "revoked_by"])
    for follow in after_end:
        follow(link)


def find(token: str) -> PatientLink | None:
    """The link of a token, whatever became of it."""
    return _whole().filter(token_sha256=token_hash(token)).first()


def by_id(link_id: str) -> PatientLink | None:
    """The link that a tablet was handed over with."""
    return _whole().filter(pk=link_id).first()


def _whole() -> QuerySet[PatientLink]:
    return PatientLink.objects.select_related("patient__site", "made_by")


@transaction.atomic
def open_with(*, link_id: UUID, born: date) -> bool:
    """Whether this is the birth date. The fifth wrong one, over the whole life of the link, locks it.

    Counted under a lock and never set back: guesses sent at once count each, and a right answer in between gives a
    guesser no further ones.
    """
    link = link_for(link_id)
    if not link.is_good:
        return False
    if link.patient.birth_date == born:
        if link.opened_at is None:
            link.opened_at = clock.now()
            link.save(update_fields=["opened_at"])
        return True
    link.tries += 1
    if link.tries >= PatientLink.TRIES:
        link.locked_at = clock.now()
    link.save(update_fields=["tries", "locked_at"])
    if link.locked_at:
        for follow in after_lock:
            follow(link)
    return False
