"""What payers are asked by 270, what they answer by 271, and the benefits that an answer names."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited, written_once
from clinic.models import Site
from clinic.records import Record, together, within
from insurance.models.coverages import Coverage
from insurance.models.verifications import Verification

USER = settings.AUTH_USER_MODEL


@audited
class InquiryFile(Record):
    """One interchange of 270 inquiries, as it went out. Its control number is never used again."""

    class Way(models.TextChoices):
        BY_HAND = "hand", "Downloaded and sent by a person"
        DROP = "drop", "Clearing house"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="inquiry_files")
    control_number = models.PositiveIntegerField(unique=True)
    receiver = models.CharField(max_length=15)
    content = models.TextField()
    way = models.CharField(max_length=4, choices=Way.choices)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When it was handed to the clearing house.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["site", "-made_at"], name="inquiry_file_newest")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("inquiry_file_control_number", "control_number", 1, 999_999_999),
            models.CheckConstraint(name="inquiry_file_has_content", condition=~Q(content="")),
        ]
        triggers: ClassVar[list[Any]] = written_once("inquiry_file", but=["sent_at"])

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name of the file; nothing in it tells who the patients are."""
        return f"evenkeel-{self.control_number:09d}.270"


@audited
class EligibilityInquiry(Record):
    """One question about one plan of a patient: a transaction in a 270 file."""

    file = models.ForeignKey(InquiryFile, on_delete=models.PROTECT, related_name="inquiries")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="inquiries")
    legs = ArrayField(models.CharField(max_length=10, choices=Verification.Leg.choices))
    service_types = ArrayField(models.CharField(max_length=2))
    trace = models.CharField("trace number", max_length=50, unique=True)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["coverage", "-asked_at"], name="inquiry_by_plan")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="inquiry_has_legs", condition=Q(legs__len__gte=1)),
            models.CheckConstraint(name="inquiry_has_service_types", condition=Q(service_types__len__gte=1)),
            models.CheckConstraint(name="inquiry_has_trace", condition=~Q(trace="")),
            models.CheckConstraint(
                name="inquiry_answered_after_asked",
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("asked_at")),
            ),
        ]
        triggers: ClassVar[list[Any]] = written_once("inquiry", but=["answered_at"])

    def __str__(self) -> str:
        return f"Inquiry {self.trace}"


@audited
class AnswerFile(Record):
    """A 271 file that was taken. The same bytes are never taken twice."""

    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="answer_files",
        help_text="Where it was uploaded; empty for what the clearing house brought.",
    )  # fmt: skip
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its bytes.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    received_at = models.DateTimeField(default=clock.now, editable=False)
    received_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    repeated = models.PositiveIntegerField(default=0, help_text="Answers in it that were known from another file.")
    remarks = ArrayField(models.CharField(max_length=300), default=list)

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at", "-id"]
        triggers: ClassVar[list[Any]] = [append_only("answer_file_append_only")]

    def __str__(self) -> str:
        return self.name


@audited
class EligibilityAnswer(Record):
    """What a 271 says of one person, with its segments as they came, and what became of it."""

    class State(models.TextChoices):
        TAKEN = "taken", "Matched"
        PROPOSED = "proposed", "To be confirmed"
        UNMATCHED = "unmatched", "Not matched"
        ASIDE = "aside", "Put aside"

    WAITING: ClassVar[frozenset[str]] = frozenset({"proposed", "unmatched"})

    file = models.ForeignKey(AnswerFile, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveIntegerField(help_text="Its place in the file, from 1.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its segments: none is taken twice.")
    trace = models.CharField("trace number", max_length=50, blank=True)
    payer_name = models.CharField(max_length=120, blank=True)
    member_id = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    given_name = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    says = models.CharField(max_length=300, help_text="What it says, in one sentence.")
    raw = models.TextField(help_text="Its segments as they came, the unknown ones too.")
    state = models.CharField(max_length=9, choices=State.choices)
    why = models.CharField(max_length=300, blank=True, help_text="Why nobody’s benefits were changed by it.")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="eligibility_answers",
        help_text="Whose it is to see; empty: of everybody who verifies benefits.",
    )  # fmt: skip
    inquiry = models.ForeignKey(
        EligibilityInquiry, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    coverage = models.ForeignKey(
        Coverage, null=True, blank=True, on_delete=models.PROTECT, related_name="answers",
        help_text="The plan it was matched to, or is proposed for.",
    )  # fmt: skip
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    aside_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-id"], condition=Q(state__in=["proposed", "unmatched"]), name="answer_waits")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "position"], name="answer_once_a_place"),
            together("answer_decided_whole", "decided_at", "decided_by"),
            models.CheckConstraint(
                name="answer_decided_when_settled",
                condition=Q(state__in=["taken", "aside"], decided_at__isnull=False)
                | Q(state__in=["proposed", "unmatched"], decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="answer_of_somebody",
                condition=~Q(state__in=["taken", "proposed"]) | Q(coverage__isnull=False),
            ),
            models.CheckConstraint(
                name="answer_aside_has_reason",
                condition=Q(state="aside") & ~Q(aside_reason="") | ~Q(state="aside") & Q(aside_reason=""),
            ),
        ]
        triggers: ClassVar[list[Any]] = written_once(
            "answer",
            but=["state", "why", "site", "inquiry", "coverage", "decided_at", "decided_by", "aside_reason"],
        )

    def __str__(self) -> str:
        return f"Answer {self.position} of {self.file}"

    @property
    def masked(self) -> str:
        """Enough to tell one from another in a list, and too little to know who it is."""
        letters = "".join(f"{name[0]}." for name in (self.given_name, self.family_name) if name)
        told = [letters, f"born {self.birth_date.year}" if self.birth_date else ""]
        told.append(f"member …{self.member_id[-4:]}" if len(self.member_id) > 6 else "")
        return ", ".join(one for one in told if one) or "Nobody named"


@audited
class Benefit(Record):
    """One benefit a payer named (EB): a row for each, as it was said, beside the figures of the check."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="benefits")
    answer = models.ForeignKey(EligibilityAnswer, on_delete=models.PROTECT, related_name="benefits")
    position = models.PositiveIntegerField()
    information = models.CharField(max_length=2, help_text="EB01: 1 active, 6 inactive, A coinsurance, B copay …")
    level = models.CharField(max_length=3, blank=True, help_text="EB02: IND, FAM …")
    service_types = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    insurance_type = models.CharField(max_length=3, blank=True)
    plan = models.CharField(max_length=50, blank=True)
    period = models.CharField(max_length=2, blank=True, help_text="EB06: 23 calendar year, 29 remaining …")
    amount = models.DecimalField("amount, $", max_digits=14, decimal_places=2, null=True, blank=True)
    percent = models.DecimalField("share, %", max_digits=5, decimal_places=2, null=True, blank=True)
    quantity_kind = models.CharField(max_length=2, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    authorization_required = models.BooleanField(null=True, blank=True)
    in_network = models.BooleanField(null=True, blank=True, help_text="Empty: both, or not said.")
    begins = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    message = models.TextField(blank=True)
    raw = models.TextField(help_text="The segment and those below it, as they came.")

    class Meta:
        ordering: ClassVar[list[str]] = ["verification", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["verification", "answer", "position"], name="benefit_once"),
            within("benefit_percent", "percent", 0, 100),
        ]
        triggers: ClassVar[list[Any]] = [append_only("benefit_append_only")]

    def __str__(self) -> str:
        return f"{self.information} {' '.join(self.service_types)}".strip()
