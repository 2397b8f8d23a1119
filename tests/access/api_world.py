"""What the world of the pages has no page of its own for, and other systems read: of people and of plans."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from clinic.policy import Role
from infusions.models import BoosterPlan, ResponseReview, RunEvent
from insurance.coding_rules import USUAL
from insurance.models import AllowedAmount, CodeRule, CodeTable, EligibilityInquiry, Fee, InquiryFile, Package
from patients.giving import PURPOSE
from patients.models import (
    ContactConsent,
    GoalRating,
    ImportRow,
    LifeEvent,
    Observation,
    Patient,
    PatientLink,
    Reopening,
    TreatmentTrial,
)
from reminders.models import ContactPreference, OptOut, SenderName, Unreachable, Wording
from tests.access.world import SECRET, World
from tests.infusions import making
from therapy.models import CollateralNote, IntegrationPlan, JournalEntry, NoteDraft, PlanStep, Supervision


def add(world: World) -> None:
    of: Any = world.patient
    provider, now = world.people[Role.PROVIDER], world.now
    entered = {"observed_at": now, "entered_by": provider}
    ContactConsent.objects.create(
        patient=of, channel="email", words="May we write?", version="1", given_at=now, taken_by=provider
    )
    PatientLink.objects.create(
        patient=of, purpose=PURPOSE, token_sha256="1" * 64, made_at=now, expires_at=now + timedelta(days=14)
    )
    TreatmentTrial.objects.create(patient=of, treatment=f"Lithium {SECRET}", weeks_at_adequate_dose=8, outcome="none")
    GoalRating.objects.create(goal=world.goal, value=4, **entered)
    Observation.objects.create(patient=of, words=f"Sings {SECRET}", source="partner", **entered)
    LifeEvent.objects.create(patient=of, on=now.date(), kind="work", words=f"Job {SECRET}", entered_by=provider)
    Reopening.objects.create(
        patient=of, evaluation=world.evaluation, kind="cardiac", words=SECRET, source="history",
        subject_id=world.condition.pk,
    )  # fmt: skip
    ImportRow.objects.create(job=world.job, file="people.csv", line=2, outcome="created", what=SECRET, patient=of)
    _money(world)
    _words(world)
    _chair(world)
    _therapy(world)


def _money(world: World) -> None:
    clerk, today = world.people[Role.INSURANCE_ADMIN], world.now.date()
    made = {"site": world.site, "valid_from": today, "made_on": today, "made_by": clerk}
    Fee.objects.create(code="J3490", label=f"Ketamine {SECRET}", billed=Decimal(40), **made)
    AllowedAmount.objects.create(code="J3490", payer=world.payer, amount=Decimal("12.5"), source=SECRET, **made)
    Package.objects.create(code="SIX", name=f"Six {SECRET}", price=Decimal(2400), infusions=6, terms="Kept", **made)
    table = CodeTable.objects.create(starts_on=today, note="New", made_by=clerk)
    CodeRule.objects.create(table=table, place=1, **USUAL[1]._asdict())
    file = InquiryFile.objects.create(
        site=world.site, control_number=7, receiver="TIDEWATER", content=f"ISA*{SECRET}~", way="hand", made_by=clerk
    )
    EligibilityInquiry.objects.create(
        file=file, coverage=world.coverage, legs=["medical"], service_types=["30"], trace="T7", asked_by=clerk
    )


def _words(world: World) -> None:
    of, admin = world.patient, world.people[Role.CLINIC_ADMIN]
    Patient.objects.filter(pk=of.pk).update(phone="+13105550171")
    Wording.objects.create(
        site=world.site, kind="visits_booked", language="en", version=1, subject="A visit", body=SECRET, text="Come",
        made_by=admin,
    )  # fmt: skip
    SenderName.objects.create(site=world.site, name="Pine St", made_by=admin)
    ContactPreference.objects.create(patient=of, way="text")
    OptOut.objects.create(patient=of, channel="email", words=f"No more, {SECRET}", taken_by=admin)
    Unreachable.objects.create(channel="text", address="+13105550171", why="No such number")


def _chair(world: World) -> None:
    """What was decided of the series, a second infusion, and an event of the first."""
    provider, signed = world.people[Role.PROVIDER], {"signed_at": world.now}
    BoosterPlan.objects.create(series=world.series, intervals_days=[21], signed_by=provider, **signed)
    ResponseReview.objects.create(
        series=world.series, after_number=4, baseline_score=18, score=9, decision="continue", rationale="Better",
        signed_by=provider, **signed,
    )  # fmt: skip
    making.infusion(world.series, 5, "2027-02-16")
    RunEvent.objects.create(
        infusion=world.infusion, kind="nausea", text="A little", observed_at=world.now, entered_by=provider
    )


def _therapy(world: World) -> None:
    """A draft, a plan that is written, and what came back."""
    therapist = world.people[Role.THERAPIST]
    NoteDraft.objects.create(session=world.session, kind="plan", author=therapist, texts={"focus": "The lake"})
    NoteDraft.objects.create(session=world.session, kind="plan", author=world.everyone)
    Supervision.objects.create(therapist=therapist, supervisor=world.everyone, set_by=world.everyone)
    plan = IntegrationPlan.objects.create(
        patient=world.patient, series=world.series, author=therapist, insights=f"Slow down, {SECRET}"
    )
    PlanStep.objects.create(plan=plan, action="Walk to the lake")
    words: dict[str, Any] = {"text": f"I slept well, {SECRET}", "link": world.link}
    JournalEntry.objects.create(patient=world.patient, series=world.series, form_key=uuid4(), **words)
    CollateralNote.objects.create(consent=world.collateral, form_key=uuid4(), **words)
