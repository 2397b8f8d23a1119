"""People, what is known of them, what they agreed to, and who looked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Known, Moment, Rows, Typed, Whole, Words, like, one_of
from clinic.models import ReadEvent, User
from patients import alerts, consents, evaluations, history, inquiries, labs, measures, registration, search
from patients.access import scoped
from patients.models import (
    Allergy,
    Condition,
    Consent,
    Contact,
    Evaluation,
    EvaluationAnswer,
    EvaluationCondition,
    Inquiry,
    LabResult,
    MeasureResponse,
    Medication,
    Patient,
    SafetyAlert,
    TreatmentTrial,
)

MOST_FOUND = 50


def of_patients(model: type[Model]) -> Rows:
    """The rows of a model that hang on a patient of the user's sites."""
    return lambda user: model._default_manager.filter(patient__site__in=user.site_ids)


def everyone(user: User) -> QuerySet[Patient]:
    return scoped(user)


def found(rows: QuerySet[Patient], text: str, user: User) -> QuerySet[Patient]:
    """Whom the text may mean: a part of a name, a number, a birth date, as in the search of the pages."""
    return rows.filter(pk__in=[one.pk for one in search.find(user=user, text=text, limit=MOST_FOUND)])


OF = {"patient": serializers.UUIDField(required=False)}
BY = {"patient": "patient_id"}
PATIENT = Known(Patient, as_id=True, source="patient_id")
ERROR = ("entered_in_error_at", "entered_in_error_reason")

PATIENTS = Collection(
    name="patients",
    model=Patient,
    rows=everyone,
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
)


def of_history(name: str, model: type[Model], verb: Any, takes: tuple[str, ...]) -> Collection:
    """One kind of row of a patient's history."""
    return Collection(
        name=name,
        model=model,
        rows=of_patients(model),
        within=PATIENTS,
        through="patient",
        patient="patient_id",
        shows=("id", *takes, "source", *ERROR),
        create=Verb(does=verb, record="patient_id", takes=takes, fields=choices_of(model, takes)),
    )


def choices_of(model: type[Model], names: tuple[str, ...]) -> dict[str, Any]:
    """Those of the columns that offer choices, as fields; one without a blank must be sent."""
    offered = [one for one in names if model._meta.get_field(one).choices]  # type: ignore[union-attr]
    needed = [one for one in offered if not model._meta.get_field(one).blank]  # type: ignore[union-attr]
    return like(model, offered, needs=needed)


CODED = ("display", "system", "code")
CONDITIONS = of_history("conditions", Condition, history.add_condition, (*CODED, "onset", "abatement"))
MEDICATIONS = of_history("medications", Medication, history.add_medication, (*CODED, "dose", "started", "stopped"))
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


class Answer(Typed):
    """One line of the checklist."""

    answer = one_of(EvaluationAnswer.Answer)
    note = Words(required=False, default="")
    source = one_of(EvaluationAnswer.Source, required=False, default="interview")  # type: ignore[assignment]


class AnswerShown(serializers.ModelSerializer[EvaluationAnswer]):
    class Meta:
        model = EvaluationAnswer
        fields = ("key", "answer", "note", "source", "absolute")


class ToMeet(serializers.ModelSerializer[EvaluationCondition]):
    class Meta:
        model = EvaluationCondition
        fields = ("id", "position", "text", "owner_role", "owner", "due_on", "met_at", "met_by", "met_how")


def _save(*, evaluation: Evaluation, by: User, version: int | None = None, **typed: Any) -> Evaluation:
    """Keep what was typed so far: only the named fields and lines change. Raises what the page's save raises."""
    said: Mapping[str, Mapping[str, str]] = typed.pop("answers", {})
    answers = {key: (one["answer"], one["note"], one["source"]) for key, one in said.items()}
    seen = evaluation.version if version is None else version
    return evaluations.save_draft(evaluation_id=evaluation.pk, version=seen, answers=answers, by=by, **typed)


EVALUATIONS = Collection(
    name="evaluations",
    model=Evaluation,
    rows=lambda user: of_patients(Evaluation)(user).prefetch_related("answers", "conditions"),
    patient="patient_id",
    shows=(
        "id", "patient", "state", "observed_at", "entered_at", "entered_by", *evaluations.FIELDS, "rationale",
        "revisit_on", "valid_until", "answers", "conditions", "version", "signed_at", "signed_by", "supersedes",
    ),
    fields={"answers": AnswerShown(many=True, read_only=True), "conditions": ToMeet(many=True, read_only=True)},
    filters={**OF, "state": one_of(Evaluation.State, required=False)},
    by=BY,
    create=Verb(does=evaluations.begin, takes=("observed_at",), fields={"patient": PATIENT}),
    update=Verb(
        does=_save,
        record="evaluation",
        fields={
            **like(Evaluation, evaluations.FIELDS),
            "answers": serializers.DictField(child=Answer(), required=False),
            "version": Whole(required=False),
        },
    ),
    verbs={
        "submit": Verb(does=evaluations.submit, record="evaluation_id", takes=("version",)),
        "reopen": Verb(does=evaluations.reopen, record="evaluation_id", takes=("version",)),
        "sign": Verb(
            does=evaluations.sign,
            record="evaluation_id",
            takes=("outcome", "version", "rationale", "revisit_on"),
            fields={"outcome": serializers.ChoiceField(choices=sorted(Evaluation.SIGNED))},
        ),
    },
)  # fmt: skip


def _consent(*, patient_id: UUID, kind: str, signer_name: str, by: User, **typed: Any) -> Consent:
    """A signature on paper; or one given on a screen, under the text that `text_sha256` names.

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    text, channels = typed.pop("text_sha256", ""), typed.pop("channels", ())
    if not text:
        return consents.record(
            patient_id=patient_id,
            kind=kind,
            signer_name=signer_name,
            observed_at=typed["observed_at"],
            language=typed.get("language", ""),
            by=by,
        )
    names = ("method", "strokes", "relation", "reader_aid", "questions_answered")
    signature = consents.Signature(
        signer_name, **{"method": "typed"} | {one: typed[one] for one in names if one in typed}
    )
    return consents.sign(
        patient_id=patient_id, kind=kind, text_sha256=text, signature=signature, channels=channels, by=by
    )


CONSENTS = Collection(
    name="consents",
    model=Consent,
    rows=lambda user: of_patients(Consent)(user).defer("png", "strokes"),
    patient="patient_id",
    shows=(
        "id", "patient", "kind", "version", "language", "text_sha256", "signer_name", "relation", "method",
        "questions_answered", "observed_at", "entered_at", "entered_by", "witness", "valid_until", "withdrawn_at",
        "withdrawn_by",
    ),
    filters={**OF, "kind": one_of(Consent.Kind, required=False)},
    by=BY,
    create=Verb(
        does=_consent,
        fields={
            "patient": PATIENT,
            "kind": one_of(Consent.Kind),
            "signer_name": Words(max_length=120),
            "observed_at": Moment(help_text="When it was signed; of a signature on a screen, now counts."),
            "language": Words(required=False, max_length=5),
            "text_sha256": Words(required=False, max_length=64),
            "method": one_of(Consent.Method, required=False),
            "strokes": serializers.ListField(
                child=serializers.ListField(child=serializers.ListField(child=Whole(), max_length=3), max_length=2000),
                required=False,
                max_length=200,
            ),
            "relation": Words(required=False, max_length=60),
            "reader_aid": Words(required=False, max_length=120),
            "questions_answered": serializers.BooleanField(required=False),
            "channels": serializers.ListField(child=Words(max_length=10), required=False, max_length=5),
        },
    ),
    verbs={"withdraw": Verb(does=consents.withdraw, record="consent_id")},
)  # fmt: skip


def _measure(*, patient_id: UUID, instrument: str, by: User, **typed: Any) -> MeasureResponse:
    """A questionnaire answered question by question; or, of one whose words we may not show, its score.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if "score" in typed:
        names = ("observed_at", "score", "items", "timepoint")
        only = {name: typed[name] for name in names if name in typed}
        return measures.record_score(patient_id=patient_id, instrument=instrument, by=by, **only)
    items = typed.pop("items", ())
    return measures.record(patient_id=patient_id, instrument=instrument, items=items, by=by, **typed)


MEASURES = Collection(
    name="measures",
    model=MeasureResponse,
    rows=of_patients(MeasureResponse),
    patient="patient_id",
    shows=(
        "id", "patient", "instrument", "version", "language", "timepoint", "items", "score", "difficulty",
        "observed_at", "entered_at", "entered_by", *ERROR,
    ),
    filters={
        **OF,
        "instrument": one_of(MeasureResponse.Instrument, required=False),
        "timepoint": one_of(MeasureResponse.Timepoint, required=False),
        "since": Moment(required=False),
    },
    by={**BY, "since": "observed_at__gte"},
    create=Verb(
        does=_measure,
        fields={
            "patient": PATIENT,
            "instrument": one_of(MeasureResponse.Instrument),
            "items": serializers.ListField(
                child=Whole(min_value=0, max_value=100, allow_null=True), required=False, max_length=60
            ),
            "observed_at": Moment(),
            "timepoint": one_of(MeasureResponse.Timepoint, required=False),
            "language": serializers.ChoiceField(choices=["en", "es"], required=False),
            "difficulty": Whole(required=False, min_value=0, max_value=3),
            "score": Whole(required=False, min_value=0, max_value=1000),
        },
    ),
)  # fmt: skip
ALERTS = Collection(
    name="alerts",
    model=SafetyAlert,
    rows=of_patients(SafetyAlert),
    patient="patient_id",
    shows=(
        "id", "patient", "measure", "grade", "opened_at", "acknowledge_by", "acknowledged_at", "acknowledged_by",
        "closed_at", "closed_by", "outcome", "may_infuse", "cleared_at", "cleared_by", "clearance_note",
    ),
    filters={
        **OF,
        "open": serializers.BooleanField(required=False),
        "grade": one_of(SafetyAlert.Grade, required=False),
    },
    by={**BY, "open": "closed_at__isnull"},
    verbs={
        "acknowledge": Verb(does=alerts.acknowledge, record="alert_id"),
        "grade": Verb(
            does=alerts.regrade,
            record="alert_id",
            takes=("grade", "reason"),
            fields={"grade": one_of(SafetyAlert.Grade)},
        ),
        "clear": Verb(does=alerts.clear_for_infusion, record="alert_id", takes=("note",)),
        "close": Verb(does=alerts.close, record="alert_id", takes=("outcome", "without")),
    },
)  # fmt: skip
AUDIT = Collection(
    name="audit",
    model=ReadEvent,
    rows=lambda user: ReadEvent.objects.filter(patient_id__in=everyone(user).values("pk")),  # whoever it was that read
    has_record=False,
    shows=("id", "at", "user", "patient_id", "what", "route", "request_id", "reason", "address"),
    filters={
        "patient": serializers.UUIDField(required=False),
        "user": serializers.UUIDField(required=False),
        "since": Moment(required=False),
        "until": Moment(required=False),
    },
    by={"patient": "patient_id", "user": "user_id", "since": "at__gte", "until": "at__lt"},
)
COLLECTIONS: tuple[Collection, ...] = (
    INQUIRIES, PATIENTS, CONTACTS, CONDITIONS, MEDICATIONS, ALLERGIES, TRIALS, LABS, EVALUATIONS, CONSENTS, MEASURES,
    ALERTS, AUDIT,
)  # fmt: skip
