"""The evaluation, its conditions and what opens it again; and what the patient agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from clinic.api.declaring import Collection, File, Verb
from clinic.api.fields import Day, Moment, Typed, Whole, Words, like, one_of
from clinic.models import User
from patients import consent_pdf, consents, evaluation_conditions, evaluations, reopenings
from patients.api.hanging import BY, OF, PATIENT, of_patients
from patients.contraindications import CONTRAINDICATIONS
from patients.models import Consent, Evaluation, EvaluationAnswer, EvaluationCondition, Reopening


class Answer(Typed):
    """One line of the checklist."""

    answer = one_of(EvaluationAnswer.Answer)
    note = Words(required=False, default="")
    source = one_of(EvaluationAnswer.Source, required=False, default="interview")  # type: ignore[assignment]


CHECKLIST = {line.key: Answer(required=False, help_text=f"{line.label}.") for line in CONTRAINDICATIONS}
Checklist: type[Typed] = type("Checklist", (Typed,), {"__doc__": "The lines of the checklist, by name.", **CHECKLIST})


class ToAskFor(Typed):
    """One condition that has to be met before treatment: what, whose, until when."""

    text = Words(allow_blank=False, max_length=200)
    whose = Words(max_length=60, help_text="A role, or the id of a colleague.")
    due_on = Day(required=False, allow_null=True, default=None)


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
    if "conditions" in typed:
        typed["conditions"] = [evaluation_conditions.Wanted(**one) for one in typed["conditions"]]
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
            "answers": Checklist(required=False),
            "conditions": serializers.ListField(child=ToAskFor(), required=False, max_length=20),
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
        "still-eligible": Verb(does=reopenings.review, record="evaluation_id", takes=("note",)),
    },
)  # fmt: skip


TO_MEET = Collection(
    name="conditions",
    model=EvaluationCondition,
    rows=lambda user: EvaluationCondition.objects.filter(evaluation__patient__site__in=user.site_ids).select_related(
        "evaluation"
    ),
    within=EVALUATIONS,
    through="evaluation",
    patient="evaluation.patient_id",
    shows=ToMeet.Meta.fields,
    verbs={"met": Verb(does=evaluation_conditions.met, record="condition_id", takes=("how",))},
)
REOPENINGS = Collection(
    name="reopenings",
    model=Reopening,
    rows=lambda user: Reopening.objects.filter(evaluation__patient__site__in=user.site_ids).select_related(
        "evaluation"
    ),
    within=EVALUATIONS,
    through="evaluation",
    patient="evaluation.patient_id",
    shows=("id", "kind", "words", "source", "subject_id", "opened_at", "reviewed_at", "reviewed_by", "review_note"),
)


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
    file=lambda consent: File(consent_pdf.make(consent), f"consent-{consent.pk}.pdf", "application/pdf"),
)  # fmt: skip


COLLECTIONS: tuple[Collection, ...] = (EVALUATIONS, TO_MEET, REOPENINGS, CONSENTS)
