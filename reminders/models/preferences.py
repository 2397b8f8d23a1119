"""How a patient wants to be reached, and what they do not want to be sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record, ordered
from patients.models import ContactConsent, Patient

USER = settings.AUTH_USER_MODEL


@audited
class ContactPreference(Record):
    """On which channel a patient likes to be reached first, or that they want to be called and written nothing."""

    class Way(models.TextChoices):
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"
        CALL = "call", "Phone call"

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="contact_preference")
    way = models.CharField(max_length=5, choices=Way.choices)
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.get_way_display()


@audited
class OptOut(Record):
    """Somebody said stop. All automated messages of the channel are held back while it is in force.

    With an address it holds for whoever has that number: one phone may belong to two patients.
    """

    class Source(models.TextChoices):
        TEXT = "text", "By text"
        TOLD = "told", "Told a member of staff"
        PROVIDER = "provider", "Told by the provider"

    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="opt_outs")
    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices)
    address = models.CharField(max_length=254, blank=True, help_text="The number or address that it came from.")
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.TOLD)
    words = models.CharField(max_length=160)
    since = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["since", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "channel", "address"],
                condition=Q(until__isnull=True),
                name="opt_out_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["channel", "address"],
                condition=Q(until__isnull=True, patient__isnull=True),
                name="opt_out_one_a_number",
            ),
            models.CheckConstraint(name="opt_out_says_whose", condition=Q(patient__isnull=False) | ~Q(address="")),
            ordered("opt_out_ends_after", "since", "until"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["address"], condition=Q(until__isnull=True), name="opt_out_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.words}"


@audited
class Unreachable(Record):
    """A number or an address at which nobody can be reached, as its provider said. Nothing is sent there meanwhile."""

    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices)
    address = models.CharField(max_length=254)
    code = models.CharField(max_length=20, blank=True, help_text="What the provider calls it.")
    why = models.CharField(max_length=200)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["channel", "address"], condition=Q(until__isnull=True), name="unreachable_once"
            ),
            models.CheckConstraint(name="unreachable_says_where", condition=~Q(address="")),
            ordered("unreachable_ends_after", "since", "until"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.why}"
