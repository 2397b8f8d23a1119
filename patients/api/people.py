"""People: the register, whom to call, their words and pictures, inquiries, and whole files of them."""

from __future__ import annotations

from django.db.models import QuerySet

from clinic.api.declaring import Collection, File, Verb, site
from clinic.api.fields import Upload, Words, like, one_of
from clinic.models import Site, User
from patients import cards, inquiries, photos, pictures, registration, search, tasks
from patients.access import scoped
from patients.api.hanging import PATIENT, of_patients
from patients.imports import jobs
from patients.imports.source import MAX_UPLOAD
from patients.models import (
    Contact,
    ContactConsent,
    ImportJob,
    ImportRow,
    Inquiry,
    InsuranceCard,
    Patient,
    PatientPhoto,
)

MOST_FOUND = 50


def found(rows: QuerySet[Patient], text: str, user: User) -> QuerySet[Patient]:
    """Whom the text may mean: a part of a name, a number, a birth date, as in the search of the pages."""
    return rows.filter(pk__in=[one.pk for one in search.find(user=user, text=text, limit=MOST_FOUND)])


def _no_longer(*, word: ContactConsent, by: User) -> ContactConsent | None:
    """The patient takes the word back; it holds at once. Raises NotFound, NotPermitted, Invalid."""
    if word.revoked_at is not None:
        return word
    return registration.withdraw_contact(patient_id=word.patient_id, channel=word.channel, by=by)


def _no_photo(*, photo: PatientPhoto, by: User) -> None:
    """Show no photo from now on. Raises NotFound, NotPermitted."""
    photos.remove(patient_id=photo.patient_id, by=by)


def _import(*, site: Site, format: str, file_name: str, content: bytes, by: User, dry_run: bool = False) -> ImportJob:  # noqa: A002
    """Put a file in line to be imported; its rows tell what became of each. Raises NotPermitted, Invalid."""
    return jobs.ask(
        site=site,
        format=format,
        file_name=file_name,
        content=content,
        dry_run=dry_run,
        by=by,
        on_commit=tasks.hand_over,
    )


PATIENTS = Collection(
    name="patients",
    model=Patient,
    rows=scoped,
    patient="pk",
    shows=("id", "mrn", "site", *registration.EDITABLE, "registered_at"),
    filters={"q": Words(required=False, allow_blank=False, max_length=80), "mrn": Words(required=False, max_length=16)},
    by={"q": found},
    create=Verb(
        does=registration.register,
        takes=("confirmed_new",),
        fields=like(Patient, registration.EDITABLE, needs=("given_name", "family_name", "birth_date")),
        given=site,
        sited=True,
    ),
    update=Verb(does=registration.update, record="patient_id", fields=like(Patient, registration.EDITABLE)),
)
CONTACTS = Collection(
    name="contacts",
    model=Contact,
    rows=of_patients(Contact),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "kind", "name", "relation", "phone", "is_active"),
    create=Verb(
        does=registration.add_contact,
        record="patient_id",
        takes=("kind", "name", "relation", "phone"),
        fields={"kind": one_of(Contact.Kind)},
    ),
    verbs={"end": Verb(does=registration.end_contact, record="contact_id")},
)
WORDS_GIVEN = Collection(
    name="contact-words",
    model=ContactConsent,
    rows=of_patients(ContactConsent),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "channel", "words", "version", "language", "consent", "given_at", "taken_by", "revoked_at"),
    create=Verb(
        does=registration.agree_to_contact,
        record="patient_id",
        fields={"channel": one_of(ContactConsent.Channel)},
    ),
    verbs={"withdraw": Verb(does=_no_longer, record="word")},
)
PHOTOS = Collection(
    name="photos",
    model=PatientPhoto,
    rows=lambda user: of_patients(PatientPhoto)(user).filter(removed_at=None).defer("jpeg"),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "taken_at", "taken_by"),
    create=Verb(does=photos.keep, record="patient_id", fields={"upload": Upload(most=pictures.MOST_BYTES)}),
    verbs={"remove": Verb(does=_no_photo, record="photo", leaves=True)},
    file=lambda photo: File(bytes(photo.jpeg), "photo.jpg", "image/jpeg"),
)
CARDS = Collection(
    name="cards",
    model=InsuranceCard,
    rows=lambda user: of_patients(InsuranceCard)(user).defer("jpeg"),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "side", "taken_at", "taken_by", "replaced_at"),
    create=Verb(
        does=cards.keep,
        record="patient_id",
        fields={"side": one_of(InsuranceCard.Side), "upload": Upload(most=pictures.MOST_BYTES)},
    ),
    verbs={"take-away": Verb(does=cards.take_away, record="card_id")},
    file=lambda card: File(bytes(card.jpeg), f"card-{card.side}.jpg", "image/jpeg"),
)

INQUIRIES = Collection(
    name="inquiries",
    model=Inquiry,
    rows=lambda user: Inquiry.objects.filter(site__in=user.site_ids),
    patient="patient_id",
    shows=(
        "id", "site", "source", "state", "given_name", "family_name", "birth_date", "phone", "email", "message",
        "received_at", "taken_by", "patient", "closed_reason",
    ),
    filters={"state": one_of(Inquiry.State, required=False)},
    create=Verb(
        does=inquiries.receive,
        takes=("source", "given_name", "family_name", "birth_date", "phone", "email", "message"),
        fields={"source": one_of(Inquiry.Source)},
        given=site,
        sited=True,
    ),
    verbs={
        "contacted": Verb(does=inquiries.contacted, record="inquiry_id"),
        "close": Verb(does=inquiries.close, record="inquiry_id", takes=("reason",)),
        "register": Verb(
            does=inquiries.register_patient,
            record="inquiry_id",
            takes=("confirmed_new",),
            fields=like(Patient, registration.EDITABLE),
            makes=PATIENTS,
        ),
        "link": Verb(does=inquiries.link, record="inquiry_id", fields={"patient": PATIENT}),
    },
)  # fmt: skip


IMPORTS = Collection(
    name="imports",
    model=ImportJob,
    rows=lambda user: ImportJob.objects.filter(site__in=user.site_ids).defer("content"),
    shows=(
        "id", "site", "format", "file_name", "dry_run", "state", "total", "handled", "refusal", "started_by",
        "asked_at", "ended_at",
    ),
    filters={"state": one_of(ImportJob.State, required=False)},
    create=Verb(
        does=_import,
        takes=("dry_run",),
        fields={
            "format": one_of(ImportJob.Format),
            "file_name": Words(max_length=200, allow_blank=False),
            "content": Upload(most=MAX_UPLOAD),
        },
        given=site,
        sited=True,
    ),
)  # fmt: skip
IMPORTED = Collection(
    name="rows",
    model=ImportRow,
    rows=lambda user: ImportRow.objects.filter(job__site__in=user.site_ids),
    within=IMPORTS,
    through="job",
    patient="patient_id",
    shows=("id", "file", "line", "outcome", "what", "why", "patient"),
    filters={"outcome": one_of(ImportRow.Outcome, required=False)},
)

COLLECTIONS: tuple[Collection, ...] = (
    INQUIRIES, PATIENTS, CONTACTS, WORDS_GIVEN, PHOTOS, CARDS, IMPORTS, IMPORTED,
)  # fmt: skip
