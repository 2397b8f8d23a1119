"""The integration plan: drafted by the therapist, given to the patient by link, ticked by the patient (protocol 5).

What was given is never changed: a change is the next version, in which each step keeps its key, and so its tick.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import clock
from clinic.errors import DomainError, IllegalTransition, Invalid, NotFound
from clinic.ids import uuid7
from clinic.models import User
from clinic.policy import Action, can, require
from infusions.models import Series
from patients import links
from patients.links import Told
from patients.models import Patient, PatientLink
from patients.rows import locked_patient
from therapy.models import CollateralNote, IntegrationPlan, JournalEntry, PlanStep, StepTick, TherapySession

PURPOSE, LINK_DAYS = "plan", 60
MOST_STEPS = 12
TEXTS = ("insights", "warning_signs", "supports", "booster_preference", "homework")
_LONGEST = {"insights": 2000, "warning_signs": 1000, "supports": 1000, "booster_preference": 300, "homework": 2000}


class Overtaken(DomainError):
    """Somebody saved this plan since the page was opened."""

    title = "This plan was changed elsewhere"


@dataclass(frozen=True)
class Step:
    """One thing to do, as it is typed; `key` is that of the step it was before."""

    action: str
    insight: str = ""
    due_on: date | None = None
    with_whom: str = ""
    key: UUID | None = None


@dataclass(frozen=True)
class Draft:
    """What a therapist types."""

    texts: Mapping[str, str]
    steps: Sequence[Step] = ()
    wants_reminders: bool = True


@dataclass(frozen=True)
class Given:
    """A plan in the patient's hands. `path` is there only where no letter could be sent: to be handed over."""

    plan: IntegrationPlan
    path: str = ""
    why: str = ""


@transaction.atomic
def write(
    *,
    series_id: UUID,
    draft: Draft,
    by: User,
    version: int | None = None,
    number: int | None = None,
    session_id: UUID | None = None,
) -> IntegrationPlan:
    """Keep the draft of the next version. `version` is the save that the writer saw; None on a first one.

    `number` is which plan the writer meant: once that was given, by a second press or in another window, nothing of it
    is written again. Raises NotFound, NotPermitted, Invalid with a sentence for each field, Overtaken.
    """
    series = _allowed(series_id, by)
    texts, following = _checked(draft), next_number(series.pk)
    if number not in (None, following):
        raise Overtaken(
            "This plan was given since you opened it. Look at what the patient has; what you typed would be the next."
        )
    plan = IntegrationPlan.objects.select_for_update().filter(series=series, signed_at=None).first()
    if plan is not None and version != plan.version:
        raise Overtaken("Somebody saved this plan since you opened it. Look at what stands there now, then save again.")
    if plan is None:
        plan = IntegrationPlan(patient=series.patient, series=series, number=following, version=0)
    for name, value in texts.items():
        setattr(plan, name, value)
    if session_id:
        plan.session = TherapySession.objects.filter(pk=session_id, series=series).first() or plan.session
    plan.wants_reminders, plan.author, plan.written_at = draft.wants_reminders, by, clock.now()
    plan.version += 1
    plan.save()
    _keep_steps(plan, draft.steps)
    return plan


@transaction.atomic
def give(*, plan_id: UUID, by: User, version: int) -> Given:
    """Sign the plan and give it to the patient: by a letter with a link, or by the link's path where none may be sent.

    Raises NotFound, NotPermitted, IllegalTransition, Overtaken, Invalid with what is missing, Refused.
    """
    series_id = IntegrationPlan.objects.filter(pk=plan_id).values_list("series", flat=True).first()
    if series_id is None:
        raise NotFound
    series = _allowed(series_id, by)
    plan = IntegrationPlan.objects.select_for_update().get(pk=plan_id)
    if plan.signed_at:
        raise IllegalTransition("This plan", current="Given", wanted="Given", allowed=("a new version",))
    if plan.version != version:
        raise Overtaken("Somebody saved this plan since you opened it. Look at what stands there now, then give it.")
    if missing := _missing(plan):
        raise Invalid(missing)
    plan.signed_at, plan.signed_by = clock.now(), by
    plan.save(update_fields=["signed_at", "signed_by"])
    why = links.why_not_written(series.patient)
    path = links.make(
        patient_id=series.patient_id, purpose=PURPOSE, by=by, subject_id=series.pk, days=LINK_DAYS, send=not why
    )
    return Given(plan, path if why else "", why)


def _allowed(series_id: UUID, by: User) -> Series:
    """The series, and its patient under a lock, for a therapist of its site."""
    found = Series.objects.select_related("site").filter(pk=series_id, site__in=by.site_ids).first()
    if found is None:
        raise NotFound
    require(by, Action.WRITE_THERAPY, at=found.site)
    found.patient = locked_patient(found.patient_id)
    return found


def _checked(draft: Draft) -> dict[str, str]:
    texts = {name: draft.texts.get(name, "").strip() for name in TEXTS}
    wrong = {
        name: f"Write this in {_LONGEST[name]:,} characters or fewer."
        for name, text in texts.items()
        if len(text) > _LONGEST[name]
    }
    if len(draft.steps) > MOST_STEPS:
        wrong[""] = f"A plan has {MOST_STEPS} steps at most: fewer are done more often."
    if any(not step.action.strip() for step in draft.steps):
        wrong[""] = "Write in each step what is to be done."
    if wrong:
        raise Invalid(wrong)
    return texts


def _missing(plan: IntegrationPlan) -> dict[str, str]:
    missing = {}
    if not plan.insights:
        missing["insights"] = "Write what became clear, in the patient’s own words."
    if not plan.steps.exists():
        missing[""] = "Write one step at least: what is done with it, by when, and with whom."
    if not plan.warning_signs:
        missing["warning_signs"] = "Write the signs by which the patient notices that it is getting worse."
    return missing


def _keep_steps(plan: IntegrationPlan, steps: Sequence[Step]) -> None:
    """The steps of a draft as they are typed now; a step that is known keeps its key, and so its ticks."""
    known = set(PlanStep.objects.filter(plan__series=plan.series_id).values_list("key", flat=True))
    plan.steps.all().delete()
    used: set[UUID] = set()
    for position, step in enumerate(steps):
        key = step.key if step.key in known and step.key not in used else uuid7()
        used.add(key)
        PlanStep.objects.create(
            plan=plan,
            key=key,
            position=position,
            insight=step.insight.strip(),
            action=step.action.strip(),
            due_on=step.due_on,
            with_whom=step.with_whom.strip(),
        )


# Reading


def versions(series_id: UUID) -> QuerySet[IntegrationPlan]:
    """What was given, the newest first."""
    rows = IntegrationPlan.objects.filter(series=series_id, signed_at__isnull=False)
    return rows.select_related("signed_by").order_by("-number")


def given(series_id: UUID) -> IntegrationPlan | None:
    return versions(series_id).first()


def next_number(series_id: UUID) -> int:
    """Of the plan that is written now."""
    newest = given(series_id)
    return newest.number + 1 if newest else 1


def draft_of(series_id: UUID) -> IntegrationPlan | None:
    return IntegrationPlan.objects.filter(series=series_id, signed_at=None).select_related("author").first()


@dataclass(frozen=True)
class Shown:
    """A plan with what the patient ticked, as everybody reads it."""

    plan: IntegrationPlan
    steps: list[tuple[PlanStep, StepTick | None]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(tick is not None for _step, tick in self.steps)


def shown(plan: IntegrationPlan) -> Shown:
    """The plan with the tick of each step that is done, in two queries."""
    last: dict[UUID, StepTick] = {}
    for tick in StepTick.objects.filter(step__plan__series=plan.series_id).select_related("step").order_by("at", "id"):
        last[tick.step.key] = tick
    ticks = {key: tick for key, tick in last.items() if tick.is_done}
    return Shown(plan, [(step, ticks.get(step.key)) for step in plan.steps.all()])


def panel(session: TherapySession, user: User) -> dict[str, Any]:
    """The plan beside a session: how far it is, and what is new in the journal for who may read it."""
    plan = given(session.series_id)
    found: dict[str, Any] = {
        "series_id": session.series_id,
        "site": session.series.site,
        "given": shown(plan) if plan else None,
        "draft": draft_of(session.series_id) if can(user, Action.WRITE_THERAPY, session.series.site) else None,
    }
    if can(user, Action.READ_JOURNAL, session.series.site):
        entries = JournalEntry.objects.filter(series=session.series_id).order_by("-written_at", "-id")
        notes = CollateralNote.objects.filter(consent__series=session.series_id, read_at=None)
        new = entries.filter(read_at=None).count() + notes.count()
        found |= {"entry": entries.first(), "news": f"{new} new" if new else ""}
    return found


# The patient


def own(link: PatientLink) -> IntegrationPlan | None:
    """The newest plan that was given to who holds this link: of its series, or of the patient's last one."""
    rows = IntegrationPlan.objects.filter(patient=link.patient_id, signed_at__isnull=False)
    if link.purpose == PURPOSE:
        rows = rows.filter(series=link.subject_id)
    return rows.select_related("series__site", "signed_by").order_by("-signed_at").first()


def has_plan(patient: Patient) -> bool:
    return IntegrationPlan.objects.filter(patient=patient, signed_at__isnull=False).exists()


@transaction.atomic
def tick(*, link: PatientLink, step_id: UUID, is_done: bool) -> None:
    """The patient ticks a step, or takes the tick back; the same twice is once. Raises NotFound, Told."""
    holder(link)
    plan = own(link)
    step = PlanStep.objects.select_related("plan").filter(pk=step_id, plan__patient=link.patient_id).first()
    if plan is None or step is None:
        raise NotFound
    if step.plan_id != plan.pk:
        raise Told(_("Your plan was changed meanwhile. Please look at it as it is now."))
    last = StepTick.objects.filter(step__key=step.key, step__plan__series=plan.series_id).order_by("-at", "-id").first()
    if (last.is_done if last else False) != is_done:
        StepTick.objects.create(step=step, is_done=is_done, at=clock.now(), link=link)


def holder(link: PatientLink) -> Patient:
    """The patient, locked, of a link that still opens. Raises NotFound."""
    patient = locked_patient(link.patient_id)
    held: Any = PatientLink.objects.select_related("patient").filter(pk=link.pk).first()
    if held is None or not held.is_good:
        raise NotFound
    return patient
