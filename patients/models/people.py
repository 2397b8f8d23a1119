"""A patient: the person, other systems’ ids, contacts, the word on channels, the face."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from clinic import addresses, clock, wording
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record, ordered

USER = settings.AUTH_USER_MODEL


@audited
class Patient(Record):
    """A person in the care of one site (FHIR Patient)."""

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        OTHER = "other", "Other"
        UNKNOWN = "unknown", "Unknown"

    mrn = models.CharField("MRN", max_length=16, unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="patients", db_index=False)
    given_name = models.CharField(max_length=80)
    middle_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80)
    preferred_name = models.CharField(max_length=80, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(
        "sex, as recorded at birth",
        max_length=8,
        choices=Sex.choices,
        default=Sex.UNKNOWN,
    )
    deceased_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="E.164, like +15550137740.")
    phone_other = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=5, default="en", choices=[("en", "English"), ("es", "Spanish")])
    # Written by patients.names.index(): lower case, without accents, the family name first. Search and the duplicate
    # check read it, and lists are sorted by it.
    search_text = models.TextField(editable=False)
    sounds_like = ArrayField(models.CharField(max_length=16), default=list, editable=False)
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    registered_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["search_text", "id"]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="patient_search"),
            GinIndex(fields=["sounds_like"], name="patient_sounds_like"),
            models.Index(fields=["birth_date"], name="patient_birth_date"),
            models.Index(fields=["site", "search_text", "id"], name="patient_by_site_name"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="patient_dies_after_birth",
                condition=Q(deceased_on__isnull=True) | Q(deceased_on__gte=models.F("birth_date")),
            ),
            models.CheckConstraint(
                name="patient_has_names",
                condition=~Q(given_name="") & ~Q(family_name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.mrn})"

    def get_absolute_url(self) -> str:
        return addresses.of("journey:chart", self.pk)

    @property
    def name(self) -> str:
        """How staff speak of the person: preferred name first."""
        return f"{self.preferred_name or self.given_name} {self.family_name}"

    @property
    def legal_name(self) -> str:
        return " ".join(part for part in (self.given_name, self.middle_name, self.family_name) if part)

    @property
    def initials(self) -> str:
        return ((self.preferred_name or self.given_name)[:1] + self.family_name[:1]).upper()

    def age_on(self, day: date) -> int:
        return wording.age(self.birth_date, day)

    @property
    def age(self) -> int:
        return self.age_on(self.deceased_on or self.site.today())


@audited
class ExternalIdentifier(Record):
    """The id under which another system knows the patient; makes imports repeatable."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=120)
    value = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "value"], name="external_identifier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.system}|{self.value}"


@audited
class Contact(Record):
    class Kind(models.TextChoices):
        ESCORT = "escort", "Escort"
        EMERGENCY = "emergency", "Emergency contact"
        CLINICIAN = "clinician", "Clinician"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "name"]

    def __str__(self) -> str:
        return self.name


@audited
class ContactConsent(Record):
    """The patient's word that a channel may be used: the words shown, their version, when, and by whom taken."""

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        TEXT = "text", "Text message"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contact_consents")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    words = models.TextField()
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5, default="en")
    consent = models.ForeignKey(
        "patients.Consent", null=True, blank=True, on_delete=models.PROTECT, related_name="contact_words"
    )
    given_at = models.DateTimeField()
    taken_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "channel"],
                condition=Q(revoked_at__isnull=True),
                name="contact_consent_one_in_force",
            ),
            ordered("contact_consent_revoked_after", "given_at", "revoked_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, version {self.version}"


@audited
class PatientPhoto(Record):
    """A small picture of the face, so that the right person is treated. A new one takes the place of the old."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="photos")
    jpeg = models.BinaryField(help_text="A square of 320 pixels, made anew from what was uploaded.")
    taken_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-taken_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(removed_at__isnull=True), name="patient_photo_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"Photo of {self.patient_id}"
