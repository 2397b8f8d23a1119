"""Questionnaires, goals and what was noticed: how the patient fares."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Moment, Whole, one_of
from clinic.models import User
from patients import goals, links, measures
from patients.api.hanging import BY, ERROR, OF, PATIENT, choices_of, of_patients
from patients.api.people import PATIENTS
from patients.giving import PURPOSE
from patients.models import Goal, GoalRating, LifeEvent, MeasureResponse, Observation, PatientLink


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


def _ask(*, patient_id: UUID, by: User, email: bool = False) -> tuple[PatientLink, str]:
    """Make the link to the questionnaires; with `email` it is written to the patient. The `secret` is its address.

    Raises NotFound, NotPermitted, Refused.
    """
    path = links.make(patient_id=patient_id, purpose=PURPOSE, by=by, send=email)
    return links.current(patient_id, PURPOSE).get(), urljoin(settings.PUBLIC_URL, path)


LINKS = Collection(
    name="measure-links",
    model=PatientLink,
    rows=lambda user: of_patients(PatientLink)(user).filter(purpose=PURPOSE),
    within=PATIENTS,
    through="patient",
    patient="patient_id",
    shows=("id", "made_at", "made_by", "expires_at", "opened_at", "locked_at", "revoked_at", "revoked_by"),
    create=Verb(does=_ask, record="patient_id", takes=("email",), secret=True),
    verbs={"revoke": Verb(does=links.revoke, record="link_id")},
)


def erring(kind: str) -> Verb:
    """Say of a row of this kind that it was never true; it stays in the record with the reason."""

    def mark(*, row_id: UUID, reason: str, by: User) -> goals.Row:
        """Say that a row was never true; it stays in the record with the reason.

        Raises NotFound, NotPermitted, Invalid, Refused.
        """
        return goals.mark_in_error(kind=kind, pk=row_id, reason=reason, by=by)

    return Verb(does=mark, record="row_id", takes=("reason",))


ENTERED = ("observed_at", "entered_at", "entered_by", *ERROR)
GOALS = Collection(
    name="goals",
    model=Goal,
    rows=of_patients(Goal),
    patient="patient_id",
    shows=("id", "patient", "words", "set_by", *ENTERED),
    filters=OF,
    by=BY,
    create=Verb(
        does=goals.add_goal,
        takes=("words", "observed_at"),
        fields={"patient": PATIENT, "set_by": one_of(Goal.SetBy, required=False)},
    ),
    verbs={"error": erring("goal")},
)
RATINGS = Collection(
    name="ratings",
    model=GoalRating,
    rows=lambda user: GoalRating.objects.filter(goal__patient__site__in=user.site_ids).select_related("goal"),
    within=GOALS,
    through="goal",
    patient="goal.patient_id",
    shows=("id", "value", "note", *ENTERED),
    create=Verb(
        does=goals.rate,
        record="goal_id",
        takes=("note", "observed_at"),
        fields={"value": Whole(min_value=0, max_value=10)},
    ),
    verbs={"error": erring("rating")},
)
NOTICED = Collection(
    name="observations",
    model=Observation,
    rows=of_patients(Observation),
    patient="patient_id",
    shows=("id", "patient", "words", "source", "said_by", *ENTERED),
    filters=OF,
    by=BY,
    create=Verb(
        does=goals.notice,
        takes=("words", "said_by", "observed_at"),
        fields={"patient": PATIENT, **choices_of(Observation, ("source",))},
    ),
    verbs={"error": erring("noticed")},
)
LIFE = Collection(
    name="life-events",
    model=LifeEvent,
    rows=of_patients(LifeEvent),
    patient="patient_id",
    shows=("id", "patient", "on", "kind", "words", "entered_at", "entered_by", *ERROR),
    filters=OF,
    by=BY,
    create=Verb(
        does=goals.add_life_event,
        takes=("on", "words"),
        fields={"patient": PATIENT, **choices_of(LifeEvent, ("kind",))},
    ),
    verbs={"error": erring("life")},
)

COLLECTIONS: tuple[Collection, ...] = (MEASURES, LINKS, GOALS, RATINGS, NOTICED, LIFE)
