"""A pregnancy test before the dose: each one is logged; a positive one holds the infusion and tells the provider (J9).

What was found is for nurse and provider alone. Tasks, messages and visits say “clinical hold”, and nothing more.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, Role, require
from infusions import states
from infusions.lights import HOLD
from infusions.models import Infusion, PregnancyTest
from infusions.states import State
from patients import reopenings
from reminders import followups

BEFORE = frozenset({State.CHECKED_IN, State.CLEARED, State.HELD})
TASK = "clinical_hold"
Result = PregnancyTest.Result


@transaction.atomic
def record_test(*, infusion_id: UUID, result: str, by: User, observed_at: datetime | None = None) -> PregnancyTest:
    """Log one test between check-in and start, the repeated one too. Raises NotPermitted, Refused, Invalid."""
    infusion = states.locked(infusion_id)
    require(by, Action.RUN_INFUSION, at=infusion.appointment.site)
    if infusion.state not in BEFORE:
        raise Refused("A test is logged between check-in and start.")
    if result not in Result.values:
        raise Invalid({"result": "Choose negative or positive."})
    return log(infusion, result, states.happened(observed_at or clock.now()), by)


def log(infusion: Infusion, result: str, moment: datetime, by: User) -> PregnancyTest:
    """Write the row for a locked infusion; a positive result holds it and puts it before the provider."""
    test = PregnancyTest.objects.create(infusion=infusion, result=result, observed_at=moment, entered_by=by)
    if result == Result.POSITIVE:
        if infusion.state != State.HELD:
            states.move_to(infusion, State.HELD, observed_at=clock.now(), by=by, reason=HOLD)
        _tell_provider(infusion)
        reopenings.open_for(
            patient=infusion.series.patient,
            kind=reopenings.Kind.PREGNANCY,
            words="Positive test before an infusion",
            source=reopenings.Source.TEST,
            subject_id=test.pk,
            by=by,
        )
    return test


def let_pass(infusion: Infusion, reason: str, by: User) -> None:
    """A provider lets the light of the test pass: what it had opened in the evaluation is looked at with that."""
    waiting = reopenings.waiting_for(infusion.series.patient).filter(kind=reopenings.Kind.PREGNANCY).first()
    if waiting:
        reopenings.review(
            evaluation_id=waiting.evaluation_id,
            note=reason[: reopenings.NOTE_FITS],
            by=by,
            kinds=[reopenings.Kind.PREGNANCY],
        )


def _tell_provider(infusion: Infusion) -> None:
    patient = infusion.series.patient
    followups.open_task(
        kind=TASK,
        site=infusion.appointment.site,
        patient=patient,
        title=f"Decide on the clinical hold of {patient.name}",
        subject_kind="infusion",
        subject_id=infusion.pk,
        owner_role=Role.PROVIDER,
        due_at=clock.now(),
        link=reverse("infusions:infusion", args=[infusion.pk]),
    )
