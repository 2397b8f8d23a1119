"""Tasks that an evaluation opens: look again on a day, meet a condition, look at what is new. They close themselves.

Titles say whose it is and never why: the page they lead to tells those who may know.
"""

from __future__ import annotations

from datetime import time

from django.urls import reverse

from clinic import clock
from clinic.models import User
from clinic.policy import Role
from patients.models import Evaluation, EvaluationCondition, Reopening
from reminders import followups
from reminders.models import FollowUp

REVISIT, CONDITION, LOOK_AGAIN = "evaluation_revisit", "evaluation_condition", "evaluation_look_again"
HOLD = "clinical_hold"
"""A provider is asked already what becomes of a hold before an infusion (J9): one question is enough."""
MORNING, EVENING = time(8), time(17)


def after_sign(evaluation: Evaluation) -> None:
    """Close what the evaluation before had opened; open what this one asks for."""
    if evaluation.supersedes:
        _close_all(evaluation.supersedes, evaluation.signed_by)
    patient = evaluation.patient
    if evaluation.state == Evaluation.State.DEFERRED and evaluation.revisit_on:
        followups.open_task(
            kind=REVISIT,
            site=patient.site,
            patient=patient,
            title=f"Evaluate {patient.name} again",
            subject_kind="evaluation",
            subject_id=evaluation.pk,
            owner_role=Role.PROVIDER,
            due_at=patient.site.moment(evaluation.revisit_on, MORNING),
            link=_link(evaluation),
        )
    if evaluation.state == Evaluation.State.CONDITIONAL:
        for condition in evaluation.conditions.select_related("owner"):
            _ask(evaluation, condition)


def _ask(evaluation: Evaluation, condition: EvaluationCondition) -> None:
    assert condition.due_on
    patient = evaluation.patient
    followups.open_task(
        kind=CONDITION,
        site=patient.site,
        patient=patient,
        title=f"Meet a condition before {patient.name} can be treated",
        subject_kind="evaluation_condition",
        subject_id=condition.pk,
        owner_role=Role(condition.owner_role),
        owner=condition.owner,
        due_at=patient.site.moment(condition.due_on, EVENING),
        link=_link(evaluation) + "#conditions",
    )


def after_met(condition: EvaluationCondition) -> None:
    followups.close_for(
        subject_kind="evaluation_condition",
        subject_id=condition.pk,
        kind=CONDITION,
        outcome="The condition is met.",
        by=condition.met_by,
    )


def after_open(reopening: Reopening) -> None:
    """Ask a provider at once, unless a hold asks the same."""
    patient = reopening.patient
    if FollowUp.objects.filter(patient=patient, kind=HOLD, state=FollowUp.State.OPEN).exists():
        return
    followups.open_task(
        kind=LOOK_AGAIN,
        site=patient.site,
        patient=patient,
        title=f"Look at the evaluation of {patient.name} again",
        subject_kind="evaluation",
        subject_id=reopening.evaluation_id,
        owner_role=Role.PROVIDER,
        due_at=clock.now(),
        link=_link(reopening.evaluation),
    )


def after_review(evaluation: Evaluation, by: User) -> None:
    _close(evaluation, LOOK_AGAIN, "Still eligible.", by)


def _close_all(evaluation: Evaluation, by: User | None) -> None:
    for kind in (REVISIT, LOOK_AGAIN):
        _close(evaluation, kind, "A new evaluation is signed.", by)
    for condition in evaluation.conditions.filter(met_at__isnull=True):
        followups.close_for(
            subject_kind="evaluation_condition",
            subject_id=condition.pk,
            kind=CONDITION,
            outcome="A new evaluation is signed.",
            by=by,
        )


def _close(evaluation: Evaluation, kind: str, outcome: str, by: User | None) -> None:
    followups.close_for(subject_kind="evaluation", subject_id=evaluation.pk, kind=kind, outcome=outcome, by=by)


def _link(evaluation: Evaluation) -> str:
    return reverse("patients:evaluation", args=[evaluation.pk])
