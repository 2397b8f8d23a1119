"""Goals in the patient’s own words, what others noticed, life meanwhile: written, rated, taken back, never deleted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar, cast
from uuid import UUID

from django.db import models, transaction

from clinic import clock, retracting
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients import names
from patients.models import Goal, GoalRating, LifeEvent, Observation, Patient, PatientLink
from patients.registration import fitting
from patients.rows import patient_for, patient_of_link

Row = Goal | GoalRating | Observation | LifeEvent
R = TypeVar("R", bound=Row)
KINDS: dict[str, type[Row]] = {"goal": Goal, "rating": GoalRating, "noticed": Observation, "life": LifeEvent}
MOST_GOALS = 12
AHEAD = timedelta(minutes=2)  # a tablet's clock may run ahead of the server's


@transaction.atomic
def add_goal(
    *,
    patient_id: UUID,
    words: str,
    by: User | None,
    set_by: str = Goal.SetBy.PATIENT,
    observed_at: datetime | None = None,
    link: PatientLink | None = None,
) -> Goal:
    """Write down what the patient wants back; without `by` they wrote it themselves, by a link.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    patient = patient_of_link(patient_id, link, purpose="intake") if by is None else _mine(patient_id, by)
    texts = _texts(Goal, {"words": words, "set_by": set_by}, ask={"words": "Write the goal as the patient says it."})
    at = _moment(observed_at)
    standing = list(patient.goals.filter(entered_in_error_at__isnull=True))
    if any(goal.words.casefold() == texts["words"].casefold() for goal in standing):
        raise Refused("This goal stands there already. Rate it instead.")
    if len(standing) >= MOST_GOALS:
        raise Refused(f"There are {MOST_GOALS} goals already. A few that matter are easier to follow.")
    return Goal.objects.create(patient=patient, observed_at=at, entered_at=clock.now(), entered_by=by, **texts)


@transaction.atomic
def rate(
    *, goal_id: UUID, value: int | None, by: User, note: str = "", observed_at: datetime | None = None
) -> GoalRating:
    """Say how near a goal is, 0 to 10. The same twice for one moment is one rating.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    goal = _again(Goal, goal_id, by)
    if goal.entered_in_error_at:
        raise Refused("This goal is marked as an error; it can't be rated.")
    if value is None or not 0 <= value <= 10:
        raise Invalid({"value": "Choose a number from 0, not at all, to 10, as wished."})
    texts = _texts(GoalRating, {"note": note})
    rating, _ = GoalRating.objects.get_or_create(
        goal=goal,
        value=value,
        observed_at=_moment(observed_at),
        entered_in_error_at=None,
        defaults={"entered_at": clock.now(), "entered_by": by, **texts},
    )
    return rating


@transaction.atomic
def notice(
    *, patient_id: UUID, words: str, source: str, by: User, said_by: str = "", observed_at: datetime | None = None
) -> Observation:
    """Keep what a partner, a therapist or a nurse noticed. Raises NotFound, NotPermitted, Invalid."""
    patient = _mine(patient_id, by)
    typed = {"words": words, "source": source, "said_by": said_by}
    texts = _texts(Observation, typed, ask={"words": "Write what they noticed."})
    return Observation.objects.create(
        patient=patient,
        observed_at=_moment(observed_at),
        entered_at=clock.now(),
        entered_by=by,
        **texts,
    )


@transaction.atomic
def add_life_event(*, patient_id: UUID, on: date, kind: str, words: str, by: User) -> LifeEvent:
    """Mark a day that may move a score. Raises NotFound, NotPermitted, Invalid."""
    patient = _mine(patient_id, by)
    texts = _texts(LifeEvent, {"words": words, "kind": kind}, ask={"words": "Say in a few words what happened."})
    if on > patient.site.today():
        raise Invalid({"on": "This day has not come yet."})
    if on < patient.birth_date:
        raise Invalid({"on": "This day is before the person was born."})
    return LifeEvent.objects.create(patient=patient, on=on, entered_at=clock.now(), entered_by=by, **texts)


@transaction.atomic
def mark_in_error(*, kind: str, pk: UUID, reason: str, by: User) -> Row:
    """Say that a row was never true; it stays in the record with the reason.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if kind not in KINDS:
        raise NotFound
    row = _again(KINDS[kind], pk, by)
    retracting.mark(row, reason=reason, by=by)
    return row


def patient_of(kind: str, pk: UUID, by: User) -> Patient | None:
    """Whose row this is, among the patients of the user's sites."""
    model = KINDS.get(kind)
    if model is None:
        return None
    path = _path(model)
    row = model._default_manager.select_related(f"{path}__site").filter(
        pk=pk, **{f"{path}__site__in": by.site_ids}
    ).first()  # fmt: skip
    return _patient(row) if row else None


def _mine(patient_id: UUID, by: User) -> Patient:
    patient = patient_for(patient_id, by)
    require(by, Action.RECORD_PROGRESS, at=patient.site)
    return patient


def _path(model: type[models.Model]) -> str:
    return "goal__patient" if model is GoalRating else "patient"


def _patient(row: Row) -> Patient:
    return row.goal.patient if isinstance(row, GoalRating) else row.patient


def _again(model: type[R], pk: UUID, by: User) -> R:
    """The row, locked, of a patient of the user's sites."""
    path = _path(model)
    row = (
        model._default_manager.select_for_update(of=("self",))
        .select_related(f"{path}__site")
        .filter(pk=pk, **{f"{path}__site__in": by.site_ids})
        .first()
    )
    if row is None:
        raise NotFound
    require(by, Action.RECORD_PROGRESS, at=_patient(row).site)
    return cast("R", row)


def _texts(model: type[Row], texts: dict[str, str], ask: dict[str, str] | None = None) -> dict[str, str]:
    """The texts cleaned and fitting; what is asked for is there. Raises Invalid."""
    wrong: dict[str, str] = {}
    values: dict[str, str] = {}
    for field, text in texts.items():
        try:
            values[field] = fitting(model, field, names.clean(text))
        except ValueError as error:
            wrong[field] = str(error)
        else:
            if field in (ask or {}) and not values[field]:
                wrong[field] = (ask or {})[field]
    if wrong:
        raise Invalid(wrong)
    return values


def _moment(observed_at: datetime | None) -> datetime:
    now = clock.now()
    if observed_at and observed_at > now + AHEAD:
        raise Invalid({"observed_at": "This time is still to come. Write when it was said."})
    return observed_at or now
