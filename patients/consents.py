"""Consents: which exact text was signed, by whom, witnessed by whom, and until when it holds (protocol 1.7)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from patients.models import Consent, Patient
from patients.rows import patient_for, row_for

TEXTS = Path(__file__).parent / "consent_texts"
_NAME = re.compile(r"(?P<kind>[a-z]+)-(?P<language>[a-z]{2})-(?P<version>\d{4}-\d{2})")


@dataclass(frozen=True)
class ConsentText:
    """One text in one version. The file's bytes are what was signed; their hash is kept with the signature."""

    kind: str
    language: str
    version: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def texts() -> tuple[ConsentText, ...]:
    """Every text we hold, oldest version first. A text that was ever signed stays in the folder."""
    named = ((path, _NAME.fullmatch(path.stem)) for path in TEXTS.glob("*.md"))
    found = [ConsentText(**match.groupdict(), text=path.read_text(encoding="utf-8")) for path, match in named if match]
    return tuple(sorted(found, key=lambda text: (text.kind, text.version)))


def text_of(kind: str, language: str = "en") -> ConsentText:
    """The newest text of a kind; English where the patient's language has none. Raises Invalid."""
    for wanted in (language, "en"):
        versions = [text for text in texts() if (text.kind, text.language) == (kind, wanted)]
        if versions:
            return versions[-1]
    raise Invalid({"kind": "There is no text for this consent. Choose another."})


def blocks(text: str) -> list[tuple[str, str]]:
    """The paragraphs of a text, each with its kind: title, heading or paragraph."""
    marks = (("# ", "title"), ("## ", "heading"))
    parts = (part.strip().replace("\n", " ") for part in text.split("\n\n"))
    return [
        next(((kind, part.removeprefix(mark)) for mark, kind in marks if part.startswith(mark)), ("text", part))
        for part in parts
        if part
    ]


def valid_days(site: Site) -> int:
    return settings_versions.current(site).consent_valid_days


def signed_text(consent: Consent) -> ConsentText | None:
    """The very text that was signed; None when the folder no longer holds those bytes."""
    return next((text for text in texts() if text.sha256 == consent.text_sha256), None)


@transaction.atomic
def record(*, patient_id: UUID, kind: str, signer_name: str, observed_at: datetime, by: User) -> Consent:
    """Keep a signature under the present text, witnessed by the acting user. Raises NotFound, NotPermitted, Invalid."""
    patient = patient_for(patient_id, by)
    site = patient.site
    require(by, Action.RECORD_CONSENT, at=site)
    text = text_of(kind, patient.language)
    if not signer_name.strip():
        raise Invalid({"signer_name": "Write the name of the person who signed."})
    if site.local(observed_at).date() > site.today():
        raise Invalid({"observed_at": "A signature can’t lie in the future."})
    until = site.local(observed_at).date() + timedelta(days=valid_days(site))
    return Consent.objects.create(
        patient=patient,
        kind=kind,
        version=text.version,
        language=text.language,
        text_sha256=text.sha256,
        signer_name=signer_name.strip(),
        witness=by,
        observed_at=observed_at,
        entered_at=clock.now(),
        entered_by=by,
        valid_until=until,
    )


@transaction.atomic
def withdraw(*, consent_id: UUID, by: User) -> Consent:
    """The patient takes the consent back. Raises NotFound, NotPermitted, Refused."""
    consent = row_for(Consent, consent_id, by)
    require(by, Action.RECORD_CONSENT, at=consent.patient.site)
    if consent.withdrawn_at is not None:
        raise Refused("This consent was withdrawn already.")
    consent.withdrawn_at = clock.now()
    consent.save(update_fields=["withdrawn_at"])
    return consent


def in_force(patient: Patient, kind: str, on: date) -> Consent | None:
    """The newest signature that holds on a day: not withdrawn, not run out, and under the present text."""
    return in_force_for([(patient, on)], kind).get((patient.pk, on))


def in_force_for(wanted: Sequence[tuple[Patient, date]], kind: str) -> dict[tuple[UUID, date], Consent]:
    """`in_force` for many patients and days in one query; a pair without a valid consent is absent."""
    signed = list(
        Consent.objects.filter(patient__in={patient.pk for patient, _ in wanted}, kind=kind).order_by(
            "-observed_at", "-id"
        )
    )
    found = {}
    for patient, on in wanted:
        end_of_day = patient.site.day_bounds(on)[1]
        newest = next(
            (consent for consent in signed if consent.patient_id == patient.pk and consent.observed_at < end_of_day),
            None,
        )
        if newest is not None and holds(newest, patient, on):
            found[patient.pk, on] = newest
    return found


def holds(newest: Consent, patient: Patient, on: date) -> bool:
    """Whether the newest signature of a kind still holds on a day."""
    if newest.withdrawn_at is not None or newest.valid_until < on:
        return False
    return newest.version in {
        text_of(newest.kind, newest.language).version,
        text_of(newest.kind, patient.language).version,
    }
