"""Giving a psychotherapy note away: only on an authorization that names to whom, what, why and until when.

45 CFR 164.508(a)(2): nearly every use by others needs the patient's own authorization for just that. One authorization
opens one version of one note once, as a paper that only its author makes.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from therapy import private
from therapy.models import NoteRelease, PsychotherapyNote, ReleaseAuthorization
from therapy.release_pdf import release_pdf

NEEDED = {
    "recipient": "Name the person or the office that gets it, as the patient wrote it.",
    "purpose": "Write what it is for, as the patient wrote it.",
    "signer_name": "Name who signed.",
    "paper": "Say where the signed paper is kept.",
}


@transaction.atomic
def authorize(
    *, note_id: UUID, version: int, recipient: str, purpose: str, signer_name: str, signed_on: date, expires_on: date,
    paper: str, by: User, relation: str = "",
) -> ReleaseAuthorization:  # fmt: skip
    """Record what the patient signed. Raises NotFound for all but the note's author, Invalid for what lacks."""
    note = private.locked(note_id, by)
    words = {"recipient": recipient, "purpose": purpose, "signer_name": signer_name, "paper": paper}
    problems = {name: NEEDED[name] for name, value in words.items() if not value.strip()}
    today = note.patient.site.today()
    if signed_on > today:
        problems["signed_on"] = "It can’t have been signed on a day that is still to come."
    if expires_on < max(today, signed_on):
        problems["expires_on"] = "This authorization has expired. Ask the patient for a new one."
    if version not in private.kept_numbers(note_id=note_id, by=by):
        problems["version"] = "Keep this version of the note first: what is given away must stand still."
    if problems:
        raise Invalid(problems)
    return ReleaseAuthorization.objects.create(
        note=note, version=version, relation=relation.strip(), signed_on=signed_on, expires_on=expires_on,
        recorded_by=by, **{name: value.strip() for name, value in words.items()},
    )  # fmt: skip


@transaction.atomic
def revoke(*, authorization_id: UUID, by: User) -> ReleaseAuthorization:
    """The patient took it back: nothing goes out on it any more. Raises NotFound, Refused once it was used."""
    one = _locked(authorization_id, by)
    if NoteRelease.objects.filter(authorization=one).exists():
        raise Refused("The note has gone out on this authorization. It can’t be called back.")
    if one.revoked_at is None:
        one.revoked_at, one.revoked_by = clock.now(), by
        one.save(update_fields=["revoked_at", "revoked_by"])
    return one


@sensitive_variables()
@transaction.atomic
def release(*, authorization_id: UUID, by: User) -> bytes:
    """The paper, once. Raises NotFound, Refused when the authorization is revoked, expired or used."""
    one = _locked(authorization_id, by)
    if NoteRelease.objects.filter(authorization=one).exists():
        raise Refused("The paper of this authorization was made. For another one, the patient signs anew.")
    if not one.stands():
        raise Refused("This authorization is revoked or has expired. Ask the patient for a new one.")
    found, text = private.read(note_id=one.note_id, number=one.version, by=by)
    made = release_pdf(one, found.saved_at if found else one.recorded_at, text)
    NoteRelease.objects.create(authorization=one, patient_id=one.note.patient_id, by=by, characters=len(text))
    return made


def of_note(note: PsychotherapyNote) -> list[ReleaseAuthorization]:
    """What was signed for this note, newest first, with what came of it."""
    rows = ReleaseAuthorization.objects.filter(note=note)
    return list(rows.select_related("release", "recorded_by", "note__patient__site")[:100])


def _locked(authorization_id: UUID, by: User) -> ReleaseAuthorization:
    """The authorization of a note of one's own, with the row held."""
    rows = ReleaseAuthorization.objects.select_for_update(of=("self",)).select_related("note__patient__site")
    one = rows.filter(pk=authorization_id, note__author=by, note__patient__site_id__in=by.site_ids).first()
    if one is None:
        raise NotFound
    private.locked(one.note_id, by)
    return one
