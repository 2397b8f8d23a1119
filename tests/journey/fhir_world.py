"""Maya of J0 after two infusions, with a plan, an allergy and what another clinic wrote: one world for all of FHIR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from clinic import clock
from clinic.models import User
from clinic.policy import Role
from infusions.models import Infusion
from insurance.models import Coverage, Payer, SelfPay
from journey.demo.day import Day
from journey.series import book_series
from patients.models import Allergy, Condition, Medication, PastObservation, Patient
from tests import build
from tests.journeys import telling
from tests.journeys.telling import Clinic, phq9
from therapy import notes
from therapy.headings import PROGRESS
from visits import planner

WORDS = "A sentence that only the session holds"


@dataclass
class World:
    clinic: Clinic
    maya: Patient
    infusions: list[Infusion]
    stranger: User


def make() -> World:
    clinic = telling.pine_street()
    with clinic.at("2027-01-12", "10:00"):
        maya = telling.maya(clinic)
        history(maya)
    with clinic.at("2027-01-19", "11:00"):
        telling.evaluated(clinic, maya)
        SelfPay.objects.create(
            patient=maya, since=date(2027, 1, 19), until=date(2027, 2, 10), reason="No plan is known",
            agreed_by=clinic.insurance, agreed_at=clock.now(), estimate_given_on=date(2027, 1, 20),
        )  # fmt: skip
    with clinic.at("2027-01-20", "10:42"):
        best = planner.propose(
            patient=maya, site=clinic.site, count=6, weekdays=(1, 4), not_before=date(2027, 2, 2), at=time(9),
            therapist=clinic.therapist, first_ever=True, by=clinic.desk,
        )[0]  # fmt: skip
        series = book_series(patient=maya, site=clinic.site, proposal=best, by=clinic.desk)
    session = series.therapy_sessions.select_related("appointment").get(kind="preparation")
    assert session.appointment
    with clinic.at("2027-01-28", "14:30"):
        notes.write(
            session_id=session.pk, kind="progress", by=clinic.therapist, modality="individual",
            sections={section.key: WORDS for section in PROGRESS["preparation"]},
            started_at=session.appointment.starts_at, ended_at=session.appointment.ends_at,
        )  # fmt: skip
    series.therapy_sessions.filter(pk=session.pk).update(state="held")
    escort = maya.contacts.get(kind="escort")
    given = [
        Day(
            infusion=series.infusions.get(number=number), nurse=clinic.nurse, second=clinic.second,
            provider=clinic.provider, escort=escort, phq9=phq9(score),
        ).tell()
        for number, score in ((1, 21), (2, 18))
    ]  # fmt: skip
    insured(maya)
    other = build.site("Cedar Hill", "America/Denver")
    return World(clinic, maya, given, build.user(*Role, at=other, name="Somebody Else", shift=False))


def history(maya: Patient) -> None:
    Condition.objects.create(
        patient=maya, system="http://hl7.org/fhir/sid/icd-10-cm", code="F33.2", onset=date(2025, 11, 3),
        display="Major depressive disorder, recurrent severe without psychotic features",
    )  # fmt: skip
    Condition.objects.create(patient=maya, display="Sprained ankle", onset=date(2019, 5, 1), abatement=date(2019, 7, 1))
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    Medication.objects.create(
        patient=maya, system=rxnorm, code="36437", display="Sertraline", dose="100 mg in the morning",
        started=date(2024, 1, 5), stopped=date(2024, 9, 1),
    )  # fmt: skip
    Medication.objects.create(patient=maya, display="Melatonin", dose="3 mg at night", started=date(2026, 2, 1))
    Medication.objects.create(patient=maya, display="Fish oil")
    Allergy.objects.create(patient=maya, display="Penicillin", reaction="Hives", severity="moderate")
    PastObservation.objects.create(
        patient=maya, key="elsewhere/1", observed_at=build.moment(maya.site, "2026-03-01", "10:00"),
        category="vital-signs", system="http://loinc.org", code="29463-7", display="Body weight",
        value=Decimal("78.5"), unit="kg",
    )  # fmt: skip


def insured(maya: Patient) -> None:
    """Her husband’s plan, which came to light after the infusions."""
    Coverage.objects.create(
        patient=maya, payer=Payer.objects.create(name="Tidewater Mutual"), member_id="TWM 4471 902",
        group_number="G-77", plan_name="Choice", starts_on=date(2026, 1, 1), relation="spouse",
        subscriber_name="Luis Torres", subscriber_birth_date=date(1982, 6, 9),
    )  # fmt: skip
