"""A patient's record that grows by one of everything, with words by which each clinical part can be found."""

from __future__ import annotations

from datetime import date, timedelta

from clinic import clock
from clinic.models import User
from infusions.models import BoosterPlan, Discharge, DrugVial, Infusion, Order, ResponseReview, Series
from insurance.models import Coverage, Payer, Verification
from patients.models import Allergy, Consent, Contact, Evaluation, Medication, Patient, SafetyAlert
from reminders.models import Message
from tests import build
from tests.infusions import making
from therapy.models import TherapySession
from visits.models import Appointment

# What nobody without the clinical chart may read, and where it was planted.
PLANTED = {
    "allergy": "Quassiacide",
    "reaction": "Blotchrash",
    "medicine": "Veridoxapine",
    "dose": "37.5 mg thrice",
    "diagnosis": "Melancholia attonita",
    "history": "Lighthouse winter",
    "goals": "sing in the harbor choir",
    "rationale": "Benefit outweighs",
    "not given": "Threw up twice",
    "score": "PHQ-9",
    "alert": "afety alert",
    "consent": "Consent:",
    "evaluation": "Eligible",
    "review": "Halved since the fifth",
}
DAYS = ("2027-01-05", "2027-01-08", "2027-01-12", "2027-01-15", "2027-01-19", "2027-01-22")


class Record:
    """One patient and the staff who write; `add` may be called six times."""

    def __init__(self, patient: Patient, nurse: User, checker: User, provider: User, therapist: User) -> None:
        self.patient, self.nurse, self.checker = patient, nurse, checker
        self.provider, self.therapist = provider, therapist
        self.site = patient.site
        self.count = 0
        self.series: Series | None = None
        self.vial: DrugVial | None = None
        self.order: Order | None = None

    def add(self, times: int = 1) -> Record:
        for _ in range(times):
            self.count += 1
            self._known()
            self._judged()
            self._treated()
            self._said()
        return self

    def _known(self) -> None:
        of, number = self.patient, self.count
        Allergy.objects.create(patient=of, display=f"Quassiacide {number}", reaction="Blotchrash")
        Medication.objects.create(patient=of, display=f"Veridoxapine {number}", dose="37.5 mg thrice")
        Contact.objects.create(patient=of, kind="other", name=f"Luis {number}", relation="Friend")
        payer, _ = Payer.objects.get_or_create(name=f"Tidewater {number}")
        plan = Coverage.objects.create(
            patient=of, payer=payer, member_id=f"TWM {number}", starts_on=date(2020 + number, 1, 1),
            ends_on=date(2020 + number, 12, 31),
        )  # fmt: skip
        Verification.objects.create(patient=of, leg="medical", coverage=plan)

    def _judged(self) -> None:
        of, seen = self.patient, clock.now() - timedelta(days=40 - self.count)
        SafetyAlert.objects.create(patient=of, grade="low", opened_at=seen, acknowledge_by=seen)
        making.phq9(of, 20 - self.count, DAYS[self.count - 1])
        Evaluation.objects.create(
            patient=of, state="eligible", observed_at=seen, signed_at=seen, signed_by=self.provider,
            valid_until=date(2027, 4, 19), diagnosis="Melancholia attonita", history="Lighthouse winter",
            goals="To sing in the harbor choir", rationale="Benefit outweighs",
        )  # fmt: skip
        Consent.objects.create(
            patient=of, kind="treatment", version="1", text_sha256="0" * 64, signer_name="Maya Torres",
            observed_at=seen, valid_until=date(2027, 12, 31),
        )  # fmt: skip

    def _treated(self) -> None:
        of = self.patient
        if self.series is None or self.vial is None or self.order is None:
            self.series = making.loading(of, self.provider, day="2027-01-04")
            self.vial = making.vial(self.site, self.nurse)
            self.order = making.order(self.series, self.provider, day="2027-01-04")
            BoosterPlan.objects.create(series=self.series, intervals_days=[14, 21, 28], signed_by=self.provider)
        day = DAYS[self.count - 1]
        infusion = making.infusion(self.series, self.count, day)
        making.give(infusion, self.order, self.vial, nurse=self.nurse, checker=self.checker)
        Appointment.objects.filter(pk=infusion.appointment_id).update(
            status="done", arrived_at=build.moment(self.site, day, "08:45")
        )
        Discharge.objects.create(
            infusion=infusion, observed_at=build.moment(self.site, day, "10:55"), aldrete=10, oriented=True,
            steady=True, no_active_si=True, iv_out=True, instructions_given=True, escort_name="Luis Torres",
        )  # fmt: skip
        ResponseReview.objects.create(
            series=self.series, after_number=self.count, baseline_score=20, score=9, decision="maintenance",
            rationale="Halved since the fifth", signed_by=self.provider,
        )  # fmt: skip
        missed = making.infusion(self.series, 20 + self.count, day, at="15:00")
        Infusion.objects.filter(pk=missed.pk).update(
            state="not_given", number=None, not_given_reason="Threw up twice before the start"
        )
        self._talked(day)

    def _talked(self, day: str) -> None:
        starts = build.moment(self.site, day, "13:00")
        visit = Appointment.objects.create(
            patient=self.patient, site=self.site, kind="midpoint", starts_at=starts,
            ends_at=starts + timedelta(minutes=60), booked_by=self.nurse,
        )  # fmt: skip
        # One session of a kind stands; those before it were missed.
        TherapySession.objects.filter(series=self.series).update(state="missed")
        TherapySession.objects.create(
            patient=self.patient, series=self.series, kind="midpoint", appointment=visit, therapist=self.therapist,
            same_day_reason="Only then in town",
        )  # fmt: skip

    def _said(self) -> None:
        at = clock.now() - timedelta(days=self.count)
        Message.objects.create(
            kind="appointment_24h", patient=self.patient, site=self.site, channel="email",
            subject_kind="patient", subject_id=self.patient.pk, occurrence=str(self.count), template_version="1",
            due_at=at, expires_at=at + timedelta(days=1), state="sent", sent_at=at,
        )  # fmt: skip
