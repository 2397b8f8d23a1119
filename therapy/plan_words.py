"""A gentle word on the morning of a step that a patient planned, where they want it; a text of the day says it along.

It says nothing of the step. It is taken back when the step is ticked, or when another plan takes the place of this one.
"""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from django.db.models import Exists, OuterRef

from clinic import clock
from clinic.models import Site
from reminders import ledger
from reminders.models import Message
from therapy.models import IntegrationPlan, PlanStep, StepTick

KIND, SUBJECT = "plan_step", "integration_plan"
MORNING, EVENING = time(9, 30), time(20)


def look(site: Site) -> None:
    """Once a round: plan today's words, and take back what is not wanted any more."""
    today = site.today()
    wanted = _wanted(site, today)
    if clock.now() < site.moment(today, EVENING):
        for plan in wanted.values():
            _say(plan, site, today)
    waiting = Message.objects.filter(site=site, kind=KIND, state=Message.State.PLANNED)
    for plan_id in waiting.exclude(subject_id__in=wanted).values_list("subject_id", flat=True):
        ledger.void(subject_kind=SUBJECT, subject_id=plan_id, why="It is done, or not planned any more.", kinds=(KIND,))


def _wanted(site: Site, today: date) -> dict[UUID, IntegrationPlan]:
    """The plans in force with a step of today that is not ticked."""
    newer = IntegrationPlan.objects.filter(
        series=OuterRef("plan__series"), signed_at__isnull=False, number__gt=OuterRef("plan__number")
    )
    steps = PlanStep.objects.filter(
        ~Exists(newer),
        due_on=today,
        plan__signed_at__isnull=False,
        plan__wants_reminders=True,
        plan__series__site=site,
        plan__patient__deceased_on=None,
    ).select_related("plan__patient__site")
    due = {step.key: step.plan for step in steps}
    ticks = StepTick.objects.filter(step__key__in=due).order_by("at", "id").values_list("step__key", "is_done")
    done = dict(ticks)
    return {plan.pk: plan for key, plan in due.items() if not done.get(key)}


def _say(plan: IntegrationPlan, site: Site, today: date) -> None:
    ledger.keep(
        kind=KIND,
        patient=plan.patient,
        site=site,
        subject_kind=SUBJECT,
        subject_id=plan.pk,
        occurrence=today.isoformat(),
        due_at=site.moment(today, MORNING),
        expires_at=site.moment(today, EVENING),
        why="Its day is over.",
    )
