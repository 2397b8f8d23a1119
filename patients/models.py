"""Who: the person, what is known of them, and what they agreed to."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.urls import reverse

from clinic import clock, wording
from clinic.history import audited, locked_when, locked_with_parent
from clinic.models import Site
from clinic.records import Entered, Record, Retractable, ordered, together, within

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
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="patients")
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
        return reverse("journey:chart", args=[self.pk])

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
class Inquiry(Record):
    """A first call or form, before there is a patient."""

    class Source(models.TextChoices):
        WEB = "web", "Web form"
        PHONE = "phone", "Phone"

    class State(models.TextChoices):
        NEW = "new", "New"
        CONTACTED = "contacted", "Contacted"
        REGISTERED = "registered", "Registered"
        CLOSED = "closed", "Closed"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="inquiries")
    source = models.CharField(max_length=5, choices=Source.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    message = models.TextField(blank=True, max_length=2000)
    received_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
    )
    closed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at"]
        verbose_name_plural = "inquiries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "state", "-received_at"], name="inquiry_queue")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="inquiry_reachable", condition=~Q(phone="") | ~Q(email="")),
            models.CheckConstraint(
                name="inquiry_registered_has_patient",
                condition=~Q(state="registered") | Q(patient__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Coded(models.Model):
    """A row of the history with its code, where one is known."""

    system = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40, blank=True)
    display = models.CharField(max_length=255)
    source = models.CharField(max_length=20, default="staff", help_text="staff, patient, record or import")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.display


@audited
class Condition(Record, Coded, Retractable):
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="conditions")
    onset = models.DateField(null=True, blank=True)
    abatement = models.DateField(null=True, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-onset", "display"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-onset"], name="condition_by_patient")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient", "system", "code", "display", "onset"],
                nulls_distinct=False,
                name="condition_once",
            ),
        ]


@audited
class Medication(Record, Coded, Retractable):
    """A medicine the patient takes or took (FHIR MedicationStatement)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medications")
    dose = models.CharField(max_length=120, blank=True)
    started = models.DateField(null=True, blank=True)
    stopped = models.DateField(null=True, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-started", "display"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-started"], name="medication_by_patient")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient", "system", "code", "display", "started"],
                nulls_distinct=False,
                name="medication_once",
            ),
        ]


@audited
class Allergy(Record, Coded, Retractable):
    class Severity(models.TextChoices):
        MILD = "mild", "Mild"
        MODERATE = "moderate", "Moderate"
        SEVERE = "severe", "Severe"
        UNKNOWN = "", "Not recorded"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    reaction = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=8, blank=True, choices=Severity.choices)
    noted_on = models.DateField(null=True, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["display"]
        verbose_name_plural = "allergies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(fields=["patient", "system", "code", "display"], name="allergy_once"),
        ]


@audited
class TreatmentTrial(Record, Retractable):
    """A treatment tried before: what makes a depression treatment-resistant (ATHF-SF in short)."""

    class Outcome(models.TextChoices):
        NONE = "none", "No change"
        UNDER_25 = "under_25", "Less than 25 % better"
        UNDER_50 = "under_50", "25 to 49 % better"
        RESPONSE = "response", "50 % better or more"
        REMISSION = "remission", "Remission"
        INTOLERANT = "intolerant", "Not tolerated"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="trials")
    treatment = models.CharField(max_length=120)
    treatment_class = models.CharField("class", max_length=60, blank=True)
    dose = models.CharField("highest dose", max_length=60, blank=True)
    weeks_at_adequate_dose = models.PositiveSmallIntegerField("weeks at an adequate dose")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    this_episode = models.BooleanField("in the present episode", default=True)

    FAILED: ClassVar[frozenset[str]] = frozenset({"none", "under_25", "under_50"})

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            within("trial_weeks_sane", "weeks_at_adequate_dose", 0, 1040),
        ]

    def __str__(self) -> str:
        return self.treatment


@audited
class MeasureResponse(Record, Entered, Retractable):
    """One filled-in questionnaire. All items are required; the score is computed, never typed."""

    class Instrument(models.TextChoices):
        PHQ9 = "phq9", "PHQ-9"
        GAD7 = "gad7", "GAD-7"
        CSSRS = "cssrs", "C-SSRS screener"

    class Timepoint(models.TextChoices):
        BASELINE = "baseline", "Baseline"
        PRE_INFUSION = "pre_infusion", "Before an infusion"
        POST_SERIES = "post_series", "After the series"
        FOLLOW_UP = "follow_up", "Follow-up"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measures")
    instrument = models.CharField(max_length=8, choices=Instrument.choices)
    version = models.CharField(max_length=20, default="1")
    language = models.CharField(max_length=5, default="en")
    timepoint = models.CharField(max_length=14, choices=Timepoint.choices)
    items = ArrayField(models.PositiveSmallIntegerField())
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty for a screen without a sum.")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-observed_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["patient", "instrument", "-observed_at"],
                name="measure_by_patient",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(
                name="measure_items_whole",
                condition=Q(instrument="phq9", items__len=9, score__isnull=False, score__lte=27)
                | Q(instrument="gad7", items__len=7, score__isnull=False, score__lte=21)
                | Q(instrument="cssrs", items__len=6, score__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {'' if self.score is None else self.score}".strip()


@audited
class SafetyAlert(Record):
    """A suicidal answer, owned by a person until its outcome is written. Software can't dismiss it."""

    class Grade(models.TextChoices):
        HIGH = "high", "High"
        MODERATE = "moderate", "Moderate"
        LOW = "low", "Low"
        UNSCREENED = "unscreened", "To be screened"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    measure = models.ForeignKey(
        MeasureResponse,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="alerts",
    )
    grade = models.CharField(max_length=10, choices=Grade.choices)
    opened_at = models.DateTimeField(default=clock.now)
    acknowledge_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    screen = models.ForeignKey(
        MeasureResponse,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="graded_alerts",
        help_text="The C-SSRS screener that graded it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True)
    may_infuse = models.BooleanField(default=False, help_text="A provider cleared infusions while the alert is open.")
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clearance_note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["patient"],
                condition=Q(closed_at__isnull=True),
                name="alert_open",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("alert_acknowledged_whole", "acknowledged_at", "acknowledged_by"),
            together("alert_closed_whole", "closed_at", "closed_by"),
            together("alert_cleared_whole", "cleared_at", "cleared_by"),
            models.CheckConstraint(
                name="alert_infuses_when_cleared",
                condition=Q(may_infuse=False) | (Q(cleared_at__isnull=False) & ~Q(clearance_note="")),
            ),
            models.CheckConstraint(
                name="alert_closed_says_why",
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""),
            ),
            models.UniqueConstraint(fields=["measure"], name="alert_once_a_measure"),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("safety_alert_closed", closed_at__isnull=False)]

    def __str__(self) -> str:
        return f"Safety alert: {self.get_grade_display().lower()}"


@audited
class Evaluation(Record, Entered):
    """A provider's judgement whether the patient may be treated. Signed once; superseded by a new one."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        ELIGIBLE = "eligible", "Eligible"
        CONDITIONAL = "conditional", "Eligible with conditions"
        DEFERRED = "deferred", "Deferred"
        INELIGIBLE = "ineligible", "Ineligible"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="evaluations")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    diagnosis = models.CharField(max_length=160, blank=True)
    diagnosis_code = models.CharField("ICD-10-CM code", max_length=10, blank=True)
    history = models.TextField("history of the illness", blank=True)
    goals = models.TextField("goals, in the patient’s own words", blank=True)
    plan = models.TextField(blank=True)
    planned_count = models.PositiveSmallIntegerField(default=6)
    height_cm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    weight_kg = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    systolic = models.PositiveSmallIntegerField(null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField(null=True, blank=True)
    rationale = models.TextField(blank=True, help_text="Why, where the answers don’t say it by themselves.")
    conditions_to_meet = models.TextField(blank=True)
    revisit_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    SIGNED: ClassVar[frozenset[str]] = frozenset({"eligible", "conditional", "deferred", "ineligible"})

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("evaluation_signature_whole", "signed_at", "signed_by"),
            together("evaluation_pressure_whole", "systolic", "diastolic"),
            models.CheckConstraint(
                name="evaluation_signed_states",
                condition=Q(signed_at__isnull=True, state__in=["draft", "in_review"])
                | Q(
                    signed_at__isnull=False,
                    state__in=["eligible", "conditional", "deferred", "ineligible"],
                ),
            ),
            models.CheckConstraint(
                name="evaluation_eligible_has_end",
                condition=~Q(state__in=["eligible", "conditional"]) | Q(valid_until__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(signed_at__isnull=True),
                name="evaluation_one_open_a_patient",
            ),
            within("evaluation_count_sane", "planned_count", 6, 8),
            within("evaluation_weight_sane", "weight_kg", 30, 300),
            within("evaluation_height_sane", "height_cm", 100, 250),
            within("evaluation_systolic_sane", "systolic", 50, 260),
            within("evaluation_diastolic_sane", "diastolic", 30, 160),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("evaluation_signed", signed_at__isnull=False)]

    def __str__(self) -> str:
        return f"Evaluation, {self.get_state_display().lower()}"


@audited
class EvaluationAnswer(Record):
    """One line of the contraindication checklist. `key` names a row of patients.rules.CONTRAINDICATIONS."""

    class Answer(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        UNKNOWN = "unknown", "Not known"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=40)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["evaluation", "key"], name="evaluation_answer_once")
        ]
        triggers: ClassVar[list[Any]] = [
            locked_with_parent(
                "evaluation_answer_signed",
                parent="patients_evaluation",
                column="evaluation_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.answer}"


@audited
class Consent(Record, Entered):
    """What the patient signed: kind, version and language of the exact text, by its hash."""

    class Kind(models.TextChoices):
        TREATMENT = "treatment", "Treatment with ketamine"
        PRIVACY = "privacy", "Privacy practices"
        FINANCIAL = "financial", "Costs and payment"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5, default="en")
    text_sha256 = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=120)
    witness = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="consent_has_signer", condition=~Q(signer_name=""))
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, version {self.version}"


@audited
class ImportJob(Record):
    """One run of the import, with what became of each row."""

    class Format(models.TextChoices):
        SYNTHEA = "synthea-csv", "Synthea CSV folder (as a zip file)"
        CSV = "csv", "CSV with our header"
        FHIR = "fhir", "FHIR R4 bundle"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="import_jobs")
    format = models.CharField(max_length=12, choices=Format.choices)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True, blank=True, help_text="The uploaded file; emptied when the run ends.")
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    refusal = models.CharField(
        max_length=500,
        blank=True,
        help_text="Why the whole file was refused: line and column.",
    )
    started_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """What became of one row of the file."""

    class Outcome(models.TextChoices):
        CREATED = "created", "Taken, new"
        UPDATED = "updated", "Taken, changed"
        UNCHANGED = "unchanged", "Already here"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Not taken"

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    file = models.CharField(max_length=120)
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    what = models.CharField(max_length=200)
    why = models.CharField(max_length=300, blank=True)
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["file", "line", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["job", "outcome"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.outcome}"


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
