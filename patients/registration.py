"""Register a person and keep their record right: names, numbers, contacts, and what they may be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zlib import crc32

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from clinic import clock, wording
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from clinic.wording import sentence
from patients import names, phones, search
from patients.contact_words import WORDS, Words
from patients.models import Consent, Contact, ContactConsent, Patient, PatientLink
from patients.rows import patient_for, patient_of_link
from patients.search import Likely

EDITABLE = (
    "given_name",
    "middle_name",
    "family_name",
    "preferred_name",
    "pronouns",
    "birth_date",
    "sex",
    "deceased_on",
    "phone",
    "phone_other",
    "email",
    "address",
    "city",
    "state",
    "postal_code",
    "language",
)
OLDEST = 120
_ASK = {
    "given_name": "Write the given name.",
    "family_name": "Write the family name.",
    "birth_date": "Write the birth date.",
}

after_update: list[Callable[[Patient], None]] = []
"""Called in the transaction in which a record was changed, or the patient agreed to a channel."""


class LikelyDuplicate(Refused):
    """The person may have a record already; `likely` are shown, each with its reason, before a second one is made."""

    title = "This may be someone you know"

    def __init__(self, likely: Sequence[Likely]) -> None:
        self.likely = list(likely)
        self.candidates = [one.patient for one in likely]
        count = "One record looks" if len(self.candidates) == 1 else f"{len(self.candidates)} records look"
        super().__init__(f"{count} like this person. Choose it, or say that this is someone new.")


@dataclass(frozen=True)
class Difference:
    """One field that a colleague changed while this form was open."""

    field: str
    label: str
    saved: Any
    typed: Any


class ChangedMeanwhile(Refused):
    """A colleague saved the record after this form was opened; nothing of theirs is overwritten unseen."""

    title = "Someone changed this record meanwhile"

    def __init__(self, patient: Patient, differences: Sequence[Difference]) -> None:
        self.patient, self.differences = patient, list(differences)
        what = ", ".join(difference.label.lower() for difference in differences)
        super().__init__(f"A colleague saved this record after you opened it. Changed meanwhile: {what}.")


def _label(field: str) -> str:
    return sentence(getattr(Patient._meta.get_field(field), "verbose_name", field))


def checked(values: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The values in the form in which they are kept. Raises Invalid with a sentence for each field that can't be."""
    clean: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field, value in values.items():
        try:
            clean[field] = _checked(field, value, today)
        except ValueError as error:
            wrong[field] = str(error)
    born, died = clean.get("birth_date"), clean.get("deceased_on")
    if born and died and died < born:
        wrong["deceased_on"] = "This day is before the birth date."
    if wrong:
        raise Invalid(wrong)
    return clean


def _checked(field: str, value: Any, today: date) -> Any:
    """One value, cleaned. Raises ValueError with a sentence."""
    if field in {"birth_date", "deceased_on"}:
        return _checked_day(field, value, today)
    text = names.clean(str(value or ""))
    if field in _ASK and not names.fold(text):
        raise ValueError(_ASK[field])
    if field in {"phone", "phone_other"}:
        return phones.normal(text)
    if field == "email" and text:
        try:
            validate_email(text)
        except ValidationError:
            raise ValueError("This is not an email address. It looks like name@example.com.") from None
        text = text.lower()
    return fitting(Patient, field, text)


def fitting(model: Any, field: str, text: str) -> str:
    """The text, if the column takes it. Raises ValueError with a sentence."""
    column = model._meta.get_field(field)
    if column.choices and text not in {choice for choice, _ in column.choices}:
        raise ValueError("This is not one of the choices. Choose again.")
    if column.max_length and len(text) > column.max_length:
        raise ValueError(f"This is {len(text)} characters long; {column.max_length} fit. Shorten it.")
    return text


def _checked_day(field: str, value: date | None, today: date) -> date | None:
    if value is None:
        if field == "birth_date":
            raise ValueError(_ASK[field])
        return None
    if value > today:
        raise ValueError("This day has not come yet. Check the year.")
    if field == "birth_date" and wording.age(value, today) > OLDEST:
        raise ValueError(f"That would be {wording.age(value, today)} years ago. Check the year.")
    return value


def next_mrn() -> str:
    """The next record number, EK-10001 and on. A number once drawn is never drawn again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('patients_mrn')")
        return f"EK-{cursor.fetchone()[0]:05}"


def _one_at_a_time(*keys: str) -> None:
    """Let two people who register the same person at one moment come one after the other, until commit."""
    with connection.cursor() as cursor:
        for key in sorted({crc32(f"register {key}".encode()) for key in keys}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


@transaction.atomic
def register(
    *,
    site: Site,
    given_name: str,
    family_name: str,
    birth_date: date | None,
    by: User,
    confirmed_new: bool = False,
    registered_on: date | None = None,
    **details: Any,
) -> Patient:
    """Make the record of a new person; `details` are other fields of EDITABLE.

    Raises NotPermitted, Invalid, and LikelyDuplicate unless somebody has looked and said that this is someone new.
    """
    require(by, Action.EDIT_PATIENT, at=site)
    given = {"given_name": given_name, "family_name": family_name, "birth_date": birth_date, **details}
    _only_editable(given)
    values = checked(given, today=site.today())
    _one_at_a_time(str(values["birth_date"]), names.fold(values["family_name"]), values.get("phone", ""))
    if not confirmed_new:
        likely = search.likely(
            site=site,
            given_name=values["given_name"],
            family_name=values["family_name"],
            birth_date=values["birth_date"],
            phone=values.get("phone", ""),
            user=by,
        )
        if likely:
            raise LikelyDuplicate(likely)
    patient = Patient(site=site, mrn=next_mrn(), registered_by=by, **values)
    if registered_on:
        patient.registered_at = site.moment(registered_on, time(12))
    names.index(patient)
    patient.save(force_insert=True)
    return patient


def _only_editable(values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values) - set(EDITABLE))
    if unknown:
        raise Invalid(f"A patient has no field called {', '.join(unknown)}.")


def _mine(patient_id: UUID, by: User) -> Patient:
    """The patient's row, locked. Raises NotFound for a stranger, NotPermitted for a colleague without the right."""
    patient = patient_for(patient_id, by)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    return patient


@transaction.atomic
def update(*, patient_id: UUID, by: User, seen: Mapping[str, Any] | None = None, **changes: Any) -> Patient:
    """Change fields of EDITABLE. `seen` are the values the form was opened with, to notice a colleague's change.

    Raises NotFound, NotPermitted, Invalid, ChangedMeanwhile.
    """
    patient = _mine(patient_id, by)
    _only_editable(changes)
    values = checked(changes, today=patient.site.today())
    changed = [
        Difference(field, _label(field), getattr(patient, field), values.get(field, was))
        for field, was in (seen or {}).items()
        if getattr(patient, field) != was
    ]
    if changed:
        raise ChangedMeanwhile(patient, changed)
    for field, value in values.items():
        setattr(patient, field, value)
    if patient.deceased_on and patient.deceased_on < patient.birth_date:
        raise Invalid({"deceased_on": "This day is before the birth date."})
    names.index(patient)
    patient.save()
    for follow in after_update:
        follow(patient)
    return patient


def last_change(patient: Patient) -> tuple[User | None, datetime] | None:
    """Who saved the record last, and when, from its history."""
    events: Any = getattr(patient, "pgh_events")  # noqa: B009 - django-pghistory adds it, its types do not say so
    event = events.order_by("-pgh_id").first()
    if event is None:
        return None
    user_id = (event.pgh_context or {}).get("user")
    return (User.objects.filter(pk=user_id).first() if user_id else None), event.pgh_created_at


@transaction.atomic
def add_contact(
    *,
    patient_id: UUID,
    kind: str,
    name: str,
    by: User | None,
    relation: str = "",
    phone: str = "",
    link: PatientLink | None = None,
) -> Contact:
    """Add an escort, an emergency contact or a clinician; without `by` the patient names them, by a link.

    Saying it twice makes one contact.

    Raises NotFound, NotPermitted, Invalid.
    """
    patient = patient_of_link(patient_id, link, purpose="intake") if by is None else _mine(patient_id, by)
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field, text in (("kind", kind), ("name", name), ("relation", relation), ("phone", phone)):
        try:
            cleaned = names.clean(text)
            values[field] = phones.normal(cleaned) if field == "phone" else fitting(Contact, field, cleaned)
        except ValueError as error:
            wrong[field] = str(error)
    if values.get("name") == "":
        wrong["name"] = "Write the person’s name."
    if values.get("phone") == "" and kind in {Contact.Kind.ESCORT, Contact.Kind.EMERGENCY}:
        wrong["phone"] = "Write a phone number: this person may have to be called."
    if wrong:
        raise Invalid(wrong)
    contact, _ = Contact.objects.get_or_create(patient=patient, is_active=True, **values)
    return contact


@transaction.atomic
def end_contact(*, contact_id: UUID, by: User) -> Contact:
    """The person is no longer to be called. The row stays. Raises NotFound, NotPermitted."""
    contact = Contact.objects.select_for_update(of=("self",)).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound
    _mine(contact.patient_id, by)
    contact.is_active = False
    contact.save(update_fields=["is_active"])
    return contact


@transaction.atomic
def agree_to_contact(*, patient_id: UUID, channel: str, by: User) -> ContactConsent:
    """Keep the patient's word that a channel may be used, with the words they were read. Twice is once.

    Agreeing again after the words changed ends the old word and keeps the new. Raises NotFound, NotPermitted, Invalid.
    """
    patient = _mine(patient_id, by)
    return keep_word(patient=patient, channel=channel, language=patient.language, by=by)


def keep_word(
    *, patient: Patient, channel: str, language: str, by: User | None, consent: Consent | None = None
) -> ContactConsent:
    """The word itself, once the door has been seen to; `consent` is the signature under it, which an unsigned word
    gives way to. Raises Invalid.
    """
    words = _words(channel)
    if not getattr(patient, words.needs):
        raise Invalid({"channel": words.missing})
    now = clock.now()
    in_force = patient.contact_consents.filter(channel=channel, revoked_at__isnull=True).first()
    if in_force and in_force.version == words.version and consent is None:
        return in_force
    if in_force:
        in_force.revoked_at = now
        in_force.save(update_fields=["revoked_at"])
    word = ContactConsent.objects.create(
        patient=patient,
        channel=channel,
        words=words.said(language),
        version=words.version,
        language=language,
        consent=consent,
        given_at=now,
        taken_by=by,
    )
    for follow in after_update:
        follow(patient)
    return word


@transaction.atomic
def withdraw_contact(*, patient_id: UUID, channel: str, by: User) -> ContactConsent | None:
    """The patient takes the word back; it holds at once. Raises NotFound, NotPermitted, Invalid."""
    patient = _mine(patient_id, by)
    _words(channel)
    in_force = patient.contact_consents.filter(channel=channel, revoked_at__isnull=True).first()
    if in_force:
        in_force.revoked_at = clock.now()
        in_force.save(update_fields=["revoked_at"])
    return in_force


def end_words_of(consent: Consent) -> None:
    """A signature that is withdrawn takes back the words that were given by it."""
    consent.contact_words.filter(revoked_at__isnull=True).update(revoked_at=clock.now())


def _words(channel: str) -> Words:
    if channel not in WORDS:
        raise Invalid({"channel": "Choose email or text message."})
    return WORDS[channel]
