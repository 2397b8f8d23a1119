"""A series that a provider has extended: what follows for those who book, and for the cost estimate (J11)."""

from __future__ import annotations

from datetime import time
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic.models import User
from clinic.policy import Role
from infusions import extending
from infusions.models import PlanExtension, Series
from insurance import estimate_watch, verification
from journey import estimating, repair_tasks
from reminders import followups
from reminders.models import FollowUp

ESTIMATE, SUBJECT = "estimate_due", "plan_extension"


@transaction.atomic
def extend(*, series_id: UUID, planned_count: int, reason: str, by: User) -> PlanExtension:
    """Have the series count more infusions; front desk is asked to book them. Raises what `extending.extend` raises."""
    made = extending.extend(series_id=series_id, planned_count=planned_count, reason=reason, by=by)
    repair_tasks.refresh(series_id, by=by)
    estimate_watch.look(made.series.patient)
    return made


def ask_for_estimate(series: Series, by: User) -> None:
    """Once the first added infusion is booked, a self-paying patient gets a new estimate by the legal day.

    That day is at least one business day before the infusion, which is never booked for today.
    """
    for made in series.extensions.all():
        first = series.infusions.filter(number=made.before + 1).select_related("appointment").first()
        known = FollowUp.objects.filter(kind=ESTIMATE, subject_kind=SUBJECT, subject_id=made.pk).exists()
        if first is None or known:
            continue
        site = series.site
        day = site.local(first.appointment.starts_at).date()
        due = verification.expect_estimate(patient_id=series.patient_id, service_on=day, anew=True, by=by)
        if due is None or estimating.is_asked_for(series.patient_id):
            continue
        followups.open_task(
            kind=ESTIMATE,
            site=site,
            patient=series.patient,
            title=f"Give {series.patient.name} a new cost estimate: infusions {made.before + 1} to {made.after}",
            subject_kind=SUBJECT,
            subject_id=made.pk,
            owner_role=Role.INSURANCE_ADMIN,
            due_at=site.moment(due, time(17)),
            link=reverse("insurance:costs", args=[series.patient_id]),
        )
