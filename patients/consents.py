"""Consents: which exact text was signed, by whom, witnessed by whom, and until when it holds (protocol 1.7)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from patients import registration, signatures
from patients.models import Consent, Patient, PatientLink
from patients.rows import patient_for, patient_of_link, row_for

TEXTS = Path(__file__).parent / "consent_texts"
Kind, Method = Consent.Kind, Consent.Method
REQUIRED = (Kind.TREATMENT, Kind.PRIVACY, Kind.FINANCIAL)
"""Without these nobody is treated; to be reached by email and text is the patient’s own choice (47 CFR 64.1200)."""

after_change: list[Callable[[Consent], None]] = []
"""Rooms further right are told in the same transaction of a signature, and of its withdrawal."""

ASK_NAME = _("Write the full name of the person who signs.")
LONG_NAME = _("Write this in fewer letters.")
ASK_METHOD = _("Choose whether to draw the signature or to type the name.")
ASK_RELATION = _("Write how you are related to the patient.")
ASK_QUESTIONS = _("Tick this once your questions have been answered. If they have not, please ask us first.")
ASK_CHANNEL = _("Tick at least one way to reach you, or go on without signing this text.")
NEW_TEXT = _("A newer text has taken the place of this one. Please read it, and sign once more.")
_LENGTHS = {"signer_name": 120, "relation": 60, "reader_aid": 120}
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


@dataclass(frozen=True)
class Signature:
    """What a person gives on a screen: who, how, and that the questions were answered (protocol 1.7)."""

    signer_name: str
    method: str
    strokes: object = None
    relation: str = ""
    reader_aid: str = ""
    questions_answered: bool = False
    address: str | None = None
    device: str = ""
    form_key: UUID | None = None


@transaction.atomic
def sign(
    *,
    patient_id: UUID,
    kind: str,
    text_sha256: str,
    signature: Signature,
    by: User | None,
    link: PatientLink | None = None,
    channels: Sequence[str] = (),
) -> Consent:
    """Keep a signature given on a screen, under the very text that was shown.

    With `by`, a member of staff saw it and is its witness; without, it came by a link of this patient. `channels` are
    those that a consent to messages allows. A form sent twice is kept once. Raises NotFound, NotPermitted, Refused,
    Invalid with a sentence for each field.
    """
    patient = _signing(patient_id, by, link)
    if signature.form_key and (kept := patient.consents.filter(form_key=signature.form_key).first()):
        return kept
    problems = _problems(signature, kind, channels)
    text = next((each for each in texts() if each.sha256 == text_sha256), None)
    if text is None or text != text_of(kind, text.language):
        problems[""] = str(NEW_TEXT)
    if problems or text is None:
        raise Invalid(problems)
    strokes = signatures.checked(signature.strokes) if signature.method == Method.DRAWN else None
    consent = _keep(
        patient,
        text,
        observed_at=clock.now(),
        by=by,
        link=link,
        signer_name=signature.signer_name.strip(),
        relation=signature.relation.strip(),
        method=signature.method,
        strokes=strokes,
        png=signatures.drawn(strokes) if strokes else None,
        reader_aid=signature.reader_aid.strip(),
        questions_answered=True,
        address=signature.address,
        device=signature.device[:200],
        form_key=signature.form_key,
    )
    for channel in channels if kind == Kind.CONTACT else ():
        registration.keep_word(patient=patient, channel=channel, language=text.language, by=by, consent=consent)
    return consent


def _signing(patient_id: UUID, by: User | None, link: PatientLink | None) -> Patient:
    """The patient, locked, for who may take a signature: staff with the right, or the holder of a good link."""
    if by is None:
        return patient_of_link(patient_id, link, purpose="intake")
    patient = patient_for(patient_id, by)
    require(by, Action.RECORD_CONSENT, at=patient.site)
    return patient


def _problems(signature: Signature, kind: str, channels: Sequence[str]) -> dict[str, str]:
    problems: dict[str, Any] = {}
    if not signature.signer_name.strip():
        problems["signer_name"] = ASK_NAME
    for name, most in _LENGTHS.items():
        if len(getattr(signature, name).strip()) > most:
            problems[name] = LONG_NAME
    if not signature.questions_answered:
        problems["questions"] = ASK_QUESTIONS
    if signature.method not in {Method.DRAWN, Method.TYPED}:
        problems["method"] = ASK_METHOD
    if signature.method == Method.DRAWN:
        try:
            signatures.checked(signature.strokes)
        except Invalid as error:
            problems |= error.fields
    if kind == Kind.CONTACT and not channels:
        problems["channels"] = ASK_CHANNEL
    return {name: str(sentence) for name, sentence in problems.items()}


@transaction.atomic
def record(
    *, patient_id: UUID, kind: str, signer_name: str, observed_at: datetime, by: User, language: str = ""
) -> Consent:
    """Keep that the present text was signed on paper, witnessed by the acting user.

    `language` is the patient's own unless another text was signed. Raises NotFound, NotPermitted, Invalid.
    """
    patient = _signing(patient_id, by, None)
    site = patient.site
    text = text_of(kind, language or patient.language)
    if not signer_name.strip():
        raise Invalid({"signer_name": str(ASK_NAME)})
    if site.local(observed_at).date() > site.today():
        raise Invalid({"observed_at": "A signature can’t lie in the future."})
    return _keep(patient, text, observed_at=observed_at, by=by, signer_name=signer_name.strip())


def _keep(patient: Patient, text: ConsentText, *, observed_at: datetime, by: User | None, **facts: Any) -> Consent:
    site = patient.site
    kept = Consent.objects.create(
        patient=patient,
        kind=text.kind,
        version=text.version,
        language=text.language,
        text_sha256=text.sha256,
        witness=by,
        observed_at=observed_at,
        entered_at=clock.now(),
        entered_by=by,
        valid_until=site.local(observed_at).date() + timedelta(days=valid_days(site)),
        **facts,
    )
    _tell(kept)
    return kept


def _tell(consent: Consent) -> None:
    for tell in after_change:
        tell(consent)


@transaction.atomic
def withdraw(*, consent_id: UUID, by: User) -> Consent:
    """The patient takes the consent back. Raises NotFound, NotPermitted, Refused."""
    consent = row_for(Consent, consent_id, by)
    require(by, Action.RECORD_CONSENT, at=consent.patient.site)
    if consent.withdrawn_at is not None:
        raise Refused("This consent was withdrawn already.")
    consent.withdrawn_at, consent.withdrawn_by = clock.now(), by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    registration.end_words_of(consent)
    _tell(consent)
    return consent


def standing(patient: Patient, on: date) -> dict[Consent.Kind, Consent | None]:
    """For each kind the signature that holds on a day, or none."""
    signed = patient.consents.filter(observed_at__lt=patient.site.day_bounds(on)[1]).order_by("-observed_at", "-id")
    newest: dict[str, Consent] = {}
    for consent in signed.defer("png", "strokes"):
        newest.setdefault(consent.kind, consent)
    return {kind: one if (one := newest.get(kind)) and holds(one, patient, on) else None for kind in Kind}


def missing(patient: Patient, on: date) -> list[Consent.Kind]:
    """The required kinds that no signature covers on a day: while one is left, the intake is not finished."""
    held = standing(patient, on)
    return [kind for kind in REQUIRED if held[kind] is None]


def in_force(patient: Patient, kind: str, on: date) -> Consent | None:
    """The newest signature that holds on a day: not withdrawn, not run out, and under the present text."""
    return in_force_for([(patient, on)], kind).get((patient.pk, on))


def in_force_for(wanted: Sequence[tuple[Patient, date]], kind: str) -> dict[tuple[UUID, date], Consent]:
    """`in_force` for many patients and days in one query; a pair without a valid consent is absent."""
    people = {patient.pk for patient, _day in wanted}
    signed = Consent.objects.filter(patient__in=people, kind=kind).defer("png", "strokes")
    return in_force_of(signed.order_by("-observed_at", "-id"), wanted)


def in_force_of(
    newest_first: Iterable[Consent], wanted: Sequence[tuple[Patient, date]]
) -> dict[tuple[UUID, date], Consent]:
    """The same of signatures of one kind that were read already."""
    signed: dict[UUID, list[Consent]] = {}
    for consent in newest_first:
        signed.setdefault(consent.patient_id, []).append(consent)
    found = {}
    for patient, on in wanted:
        end_of_day = patient.site.day_bounds(on)[1]
        newest = next((one for one in signed.get(patient.pk, []) if one.observed_at < end_of_day), None)
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
