"""What the journeys have in common: a clinic as protocol.md tells it, and the sentences that move it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from clinic import clock
from clinic.models import Closure, Shift, Site, User
from clinic.policy import Role
from infusions import ledger
from infusions.models import DrugVial
from patients import consents, evaluations, history, labs, measures, registration
from patients.models import Evaluation, MeasureResponse, Patient
from patients.rules import CONTRAINDICATIONS
from tests import build


@dataclass
class Clinic:
    """Pine Street with the people of the journeys."""

    site: Site
    desk: User
    nurse: User
    second: User
    provider: User
    therapist: User
    insurance: User

    @contextmanager
    def at(self, day: str, hour: str = "09:00") -> Iterator[None]:
        """Let the clock stand at this time on the site's wall."""
        with clock.at(build.moment(self.site, day, hour)):
            yield


def pine_street() -> Clinic:
    site = build.site("Pine Street", "America/Los_Angeles")
    Closure.objects.create(site=site, first_day=date(2027, 2, 15), last_day=date(2027, 2, 15), reason="Presidents’ Day")
    therapist = build.user(Role.THERAPIST, at=site, name="Nadia Amir", shift=False)
    for weekday in (0, 2, 3):  # Monday, Wednesday, Thursday
        Shift.objects.create(
            user=therapist, site=site, weekday=weekday, starts=time(13), ends=time(17), valid_from=date(2027, 1, 1)
        )
    clinic = Clinic(
        site=site,
        desk=build.user(Role.FRONT_DESK, at=site, name="Tomas Reyes"),
        nurse=build.user(Role.NURSE, at=site, name="Adaeze Okafor"),
        second=build.user(Role.NURSE, at=site, name="Sanna Lindqvist"),
        provider=build.user(Role.PROVIDER, at=site, name="Dr Miriam Hale"),
        therapist=therapist,
        insurance=build.user(Role.INSURANCE_ADMIN, at=site, name="Ines Duarte"),
    )
    with clinic.at("2027-01-04", "08:30"):
        receive_vial(clinic)
    return clinic


def receive_vial(clinic: Clinic, label: str = "V-001", *, strength: str = "50", volume: str = "10") -> DrugVial:
    return ledger.receive(
        site=clinic.site,
        label=label,
        lot="K2291",
        strength_mg_per_ml=Decimal(strength),
        volume_ml=Decimal(volume),
        expires_on=date(2028, 11, 30),
        by=clinic.nurse,
    )


def phq9(total: int) -> tuple[int, ...]:
    """Nine answers with this sum, of which the ninth is 0."""
    answers = []
    for _ in range(8):
        answers.append(min(3, total))
        total -= answers[-1]
    assert total == 0, "Eight answers add up to 24 at most."
    return (*answers, 0)


def gad7(total: int) -> tuple[int, ...]:
    return phq9(total)[:7]


def measured(
    clinic: Clinic,
    patient: Patient,
    score: int,
    *,
    timepoint: str = MeasureResponse.Timepoint.FOLLOW_UP,
    by: User | None = None,
) -> MeasureResponse:
    return measures.record(
        patient_id=patient.pk,
        instrument="phq9",
        items=phq9(score),
        timepoint=timepoint,
        observed_at=clock.now(),
        by=by or clinic.provider,
    )


def maya(clinic: Clinic) -> Patient:
    """Maya, 42, with three earlier treatments of six to ten weeks, her husband as escort, and her word on email."""
    patient = registration.register(
        site=clinic.site,
        given_name="Maya",
        family_name="Torres",
        birth_date=date(1984, 3, 14),
        sex="female",
        pronouns="she/her",
        phone="+13105550140",
        email="maya@example.org",
        by=clinic.desk,
    )
    registration.agree_to_contact(patient_id=patient.pk, channel="email", by=clinic.desk)
    registration.add_contact(
        patient_id=patient.pk,
        kind="escort",
        name="Luis Torres",
        relation="Husband",
        phone="+13105550141",
        by=clinic.desk,
    )
    for treatment, kind, weeks in (
        ("Sertraline", "SSRI", 8),
        ("Venlafaxine", "SNRI", 10),
        ("Bupropion", "NDRI", 6),
    ):
        history.add_trial(
            patient_id=patient.pk,
            by=clinic.provider,
            treatment=treatment,
            treatment_class=kind,
            weeks_at_adequate_dose=weeks,
            outcome="under_25",
        )
    return patient


def evaluated(clinic: Clinic, patient: Patient, *, baseline: int = 21, weight_kg: str = "80") -> Evaluation:
    """Measured, asked, examined and signed: eligible; and the consent to the treatment."""
    measured(clinic, patient, baseline, timepoint=MeasureResponse.Timepoint.BASELINE)
    measures.record(
        patient_id=patient.pk,
        instrument="gad7",
        items=gad7(14),
        timepoint=MeasureResponse.Timepoint.BASELINE,
        observed_at=clock.now(),
        by=clinic.provider,
    )
    measures.record(
        patient_id=patient.pk,
        instrument="cssrs",
        items=(0, 0, 0, 0, 0, 0),
        timepoint=MeasureResponse.Timepoint.BASELINE,
        observed_at=clock.now(),
        by=clinic.provider,
    )
    for test, finding in {"cmp": "normal", "ua": "normal", "uds": "negative", "hcg": "negative"}.items():
        labs.record(
            patient_id=patient.pk, test=test, finding=finding, observed_at=clock.now(), source="here",
            by=clinic.provider,
        )  # fmt: skip
    draft = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=clinic.provider)
    draft = evaluations.save_draft(
        evaluation_id=draft.pk,
        by=clinic.provider,
        version=draft.version,
        answers={line.key: ("no", "") for line in CONTRAINDICATIONS},
        diagnosis="Major depressive disorder, recurrent, severe",
        diagnosis_code="F33.2",
        history="Third episode, fourteen months.",
        goals="To walk to the lake again, and to sleep in my own bed.",
        plan="Six infusions with three therapy sessions.",
        planned_count=6,
        height_cm=Decimal(168),
        weight_kg=Decimal(weight_kg),
        systolic=128,
        diastolic=82,
    )
    consents.record(
        patient_id=patient.pk,
        kind="treatment",
        signer_name=patient.legal_name,
        observed_at=clock.now(),
        by=clinic.nurse,
    )
    return evaluations.sign(evaluation_id=draft.pk, outcome="eligible", by=clinic.provider)
