"""A provider suspends a series after a positive pregnancy test, and lets it go on again (J9)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Refused
from clinic.models import User
from clinic.policy import Action, Role, require
from infusions import arrival, locking, pregnancy, series, states
from infusions.lights import HOLD
from infusions.models import Infusion
from infusions.states import State
from reminders import followups
from visits import changes, followers

WEEKS = 8
"""For so many weeks a PHQ-9 is asked for while the series is suspended (P)."""


@transaction.atomic
def suspend(*, infusion_id: UUID, by: User) -> Infusion:
    """The provider's decision after a positive test: nothing today, and the series waits; therapy goes on.

    Opens the tasks of the referral and of a PHQ-9 every week. The evaluation is signed by the provider themselves.
    Raises NotPermitted, Refused while the last test is not positive or a syringe is drawn.
    """
    infusion = locking.with_all_visits(infusion_id)
    require(by, Action.REVIEW_RESPONSE, at=infusion.appointment.site)
    last = infusion.pregnancy_tests.last()
    if last is None or last.result != pregnancy.Result.POSITIVE:
        raise Refused("The last test is not positive: there is nothing to suspend the series for.")
    if infusion.drawn_ml is not None:
        raise Refused("The dose is drawn. Discard the syringe before a witness first.")
    if infusion.state != State.NOT_GIVEN:
        arrival.not_given(infusion_id=infusion_id, reason=HOLD, by=by)
    series.suspend(series_id=infusion.series_id, reason=HOLD, by=by)
    visit = changes.locked(infusion.appointment_id)
    followers.tell(followers.Change(visit, by))  # no visit is missing from a series that waits
    _open_tasks(infusion)
    outcome = "The series is suspended."
    followups.close_for(subject_kind="infusion", subject_id=infusion.pk, kind=pregnancy.TASK, outcome=outcome, by=by)
    return states.locked(infusion_id)


def _open_tasks(infusion: Infusion) -> None:
    patient, site = infusion.series.patient, infusion.appointment.site
    ask = partial(followups.open_task, site=site, patient=patient, subject_kind="series", subject_id=infusion.series_id)
    letter = f"{reverse('therapy:referral-new', args=[patient.pk])}?kind=obstetrics"
    ask(
        kind="referral_due",
        title=f"Write the referral of {patient.name}",
        owner_role=Role.PROVIDER,
        due_at=clock.now() + timedelta(days=1),
        link=letter,
    )
    for week in range(1, WEEKS + 1):
        ask(
            kind=f"{series.WEEKLY}{week}",
            title=f"Ask {patient.name} the PHQ-9 of week {week}",
            owner_role=Role.NURSE,
            due_at=clock.now() + timedelta(weeks=week),
            link=reverse("patients:measure-new", args=[patient.pk]),
        )
