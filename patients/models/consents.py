"""What a patient signed: the words, the strokes, the picture of them, and before whom."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual

from clinic.history import audited, locked_when
from clinic.records import Entered, Record
from patients.models.links import PatientLink
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL

# Strokes are lists of points [x, y] on a pad of 1,000 by 400; what is anything else is found by these paths. They are
# strict, because a lax path looks into lists by itself.
_NO_STROKES = 'strict $ ? (@.type() != "array" || @.size() < 1 || @.size() > 300)'
_NO_STROKE = 'strict $[*] ? (@.type() != "array" || @.size() < 1)'
_NO_POINT = (
    'strict $[*][*] ? (@.type() != "array" || @.size() != 2 || exists(@[*] ? (@.type() != "number" || @ < 0)) '
    "|| @[0] > 1000 || @[1] > 400)"
)


class Finds(Func):
    """Whether a JSON column holds something that a path looks for."""

    function = "jsonb_path_exists"
    template = "%(function)s(%(expressions)s::jsonpath)"
    output_field = models.BooleanField()

    def __init__(self, field: str, path: str) -> None:
        super().__init__(F(field), Value(path))


@audited
class Consent(Record, Entered):
    """What was signed: kind, version and language of the exact text, by its hash; by whom, how, where and before whom.

    A row is never changed again, but that the signature is withdrawn, once.
    """

    class Kind(models.TextChoices):
        TREATMENT = "treatment", "Treatment with ketamine"
        PRIVACY = "privacy", "Privacy practices"
        FINANCIAL = "financial", "Costs and payment"
        CONTACT = "contact", "Email and text messages"

    class Method(models.TextChoices):
        PAPER = "paper", "On paper"
        DRAWN = "drawn", "Drawn on a screen"
        TYPED = "typed", "Name typed on a screen"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5, default="en", choices=[("en", "English"), ("es", "Spanish")])
    text_sha256 = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True, help_text="Of one who signs for the patient.")
    method = models.CharField(max_length=5, choices=Method.choices, default=Method.PAPER)
    strokes = models.JSONField(null=True, blank=True, help_text="Lists of points on a pad of 1,000 by 400.")
    png = models.BinaryField(null=True, help_text="The picture of the strokes, made by us.")
    reader_aid = models.CharField(max_length=120, blank=True, help_text="Who read the text aloud, or interpreted.")
    questions_answered = models.BooleanField(null=True, help_text="Empty where nobody was asked to say so.")
    address = models.GenericIPAddressField(null=True, blank=True)
    device = models.CharField(max_length=200, blank=True)
    link = models.ForeignKey(PatientLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField()
    form_key = models.UUIDField(null=True, blank=True, help_text="Of the form: sent twice, it is kept once.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="consent_has_signer", condition=~Q(signer_name="")),
            models.CheckConstraint(
                name="consent_drawn_with_strokes_and_picture",
                condition=Q(method="drawn", strokes__isnull=False, png__isnull=False)
                | (~Q(method="drawn") & Q(strokes__isnull=True, png__isnull=True)),
            ),
            models.CheckConstraint(
                name="consent_strokes_are_strokes",
                condition=Q(strokes__isnull=True)
                | (
                    ~Q(Finds("strokes", _NO_STROKES))
                    & ~Q(Finds("strokes", _NO_STROKE))
                    & ~Q(Finds("strokes", _NO_POINT))
                ),
            ),
            models.CheckConstraint(
                name="consent_strokes_and_picture_small",
                condition=Q(strokes__isnull=True)
                | (
                    Q(LessThanOrEqual(Length(Cast("strokes", TextField())), 120_000))
                    & Q(LessThanOrEqual(Func(F("png"), function="octet_length"), 100_000))
                ),
            ),
            models.CheckConstraint(
                name="consent_on_a_screen_before_whom",
                condition=Q(method="paper")
                | (
                    Q(questions_answered__isnull=False, questions_answered=True)
                    & (Q(link__isnull=False) | Q(witness__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_by_at_a_time",
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["patient", "form_key"], name="consent_once_for_a_form"),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.ReadOnly(name="signed_is_signed", exclude=["withdrawn_at", "withdrawn_by"]),
            locked_when("withdrawn_once", withdrawn_at__isnull=False),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, version {self.version}"
