"""What is known of a person's past, and what they told of it by a link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.errors import Refused
from clinic.models import User
from patients import history, intake, labs, links
from patients.api.hanging import BY, ERROR, OF, PATIENT, choices_of, of_patients
from patients.api.people import PATIENTS
from patients.models import Allergy, Condition, Intake, IntakeRow, LabResult, Medication, PatientLink, TreatmentTrial

ENDED = {"end": Verb(does=history.end, record="record", takes=("on",))}


def of_history(name: str, model: type[Model], verb: Any, takes: tuple[str, ...], *, ends: bool = False) -> Collection:
    """One kind of row of a patient's history; of some it can be said that it is over."""
    return Collection(
        name=name,
        model=model,
        rows=of_patients(model),
        within=PATIENTS,
        through="patient",
        patient="patient_id",
        shows=("id", *takes, "source", *ERROR),
        create=Verb(does=verb, record="patient_id", takes=takes, fields=choices_of(model, takes)),
        verbs={
            "error": Verb(does=history.mark_in_error, record="record", takes=("reason",)),
            "take-back-error": Verb(does=history.take_back_error, record="record"),
            **(ENDED if ends else {}),
        },
    )


CODED = ("display", "system", "code")
CONDITIONS = of_history("conditions", Condition, history.add_condition, (*CODED, "onset", "abatement"), ends=True)
MEDICATIONS = of_history(
    "medications", Medication, history.add_medication, (*CODED, "dose", "started", "stopped"), ends=True
)
ALLERGIES = of_history("allergies", Allergy, history.add_allergy, (*CODED, "reaction", "severity", "noted_on"))
TRIALS = of_history(
    "trials", TreatmentTrial, history.add_trial,
    ("treatment", "weeks_at_adequate_dose", "outcome", "treatment_class", "dose", "this_episode", "started", "stopped",
     "adherence"),
)  # fmt: skip

LABS = Collection(
    name="labs",
    model=LabResult,
    rows=of_patients(LabResult),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "test", "loinc", "finding", "detail", "source", "observed_at", "entered_at", "entered_by", *ERROR),
    create=Verb(
        does=labs.record,
        record="patient_id",
        takes=("test", "finding", "observed_at", "source", "detail"),
        fields=choices_of(LabResult, ("test", "finding", "source")),
    ),
    verbs={"error": Verb(does=labs.mark_in_error, record="result_id", takes=("reason",))},
)


def _invite(*, patient_id: UUID, by: User, email: bool = False) -> tuple[Intake, str]:
    """Make the link to the intake; with `email` it is written to the patient. The `secret` is its address.

    Raises NotFound, NotPermitted, Refused.
    """
    path = intake.invite(patient_id=patient_id, by=by, email=email)
    return intake.begin(patient_id=patient_id, by=by), urljoin(settings.PUBLIC_URL, path)


def _revoke(*, opened: Intake, by: User) -> PatientLink:
    """The link opens nothing any more; what was answered stays. Raises NotPermitted, Refused."""
    link = intake.link_of(opened)
    if link is None:
        raise Refused("No link leads to this intake.")
    return links.revoke(link_id=link.pk, by=by)


INTAKES = Collection(
    name="intakes",
    model=Intake,
    rows=of_patients(Intake),
    patient="patient_id",
    shows=("id", "patient", "begun_at", "begun_by", "sent_at"),
    filters=OF,
    by=BY,
    create=Verb(does=_invite, takes=("email",), fields={"patient": PATIENT}, secret=True),
    verbs={"revoke-link": Verb(does=_revoke, record="opened")},
)
TOLD = Collection(
    name="rows",
    model=IntakeRow,
    rows=lambda user: IntakeRow.objects.filter(intake__patient__site__in=user.site_ids).select_related("intake"),
    within=INTAKES,
    through="intake",
    patient="intake.patient_id",
    shows=("id", "kind", "row_id", "confirmed_at", "confirmed_by"),
    fields={"row_id": serializers.UUIDField(read_only=True, help_text="The row of the record that came of it.")},
    verbs={"confirm": Verb(does=intake.confirm, record="row_id")},
)

COLLECTIONS: tuple[Collection, ...] = (CONDITIONS, MEDICATIONS, ALLERGIES, TRIALS, LABS, INTAKES, TOLD)
