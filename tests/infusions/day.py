"""A patient on the day of an infusion, made step by step by the verbs. Tuesday 2 February 2027, Pine Street."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clinic import clock
from clinic.models import Site, User
from infusions import ledger, orders, run, series
from infusions.models import DrugVial, Infusion, VitalSigns
from insurance.models import SelfPay
from patients import consents, measures
from patients.models import Contact, Evaluation, Patient
from tests import build
from visits import booking

DAY = "2027-02-02"


@dataclass
class Day:
    """The people and the clock of one day; every method is one step."""

    site: Site
    patient: Patient
    nurse: User
    other_nurse: User
    provider: User
    day: str = DAY
    starts: str = "09:00"

    def at(self, time: str) -> datetime:
        return build.moment(self.site, self.day, time)

    def clock(self, time: str) -> Any:
        """`with day.clock("09:00"):` stands at that time of the site's wall."""
        return clock.at(self.at(time))

    def evaluated(self) -> Evaluation:
        signed = self.at("09:00") - timedelta(days=14)
        return Evaluation.objects.create(
            patient=self.patient,
            state=Evaluation.State.ELIGIBLE,
            observed_at=signed,
            signed_at=signed,
            signed_by=self.provider,
            valid_until=date(2027, 4, 19),
        )

    def consented(self) -> None:
        with clock.at(self.at("09:00") - timedelta(days=14)):
            consents.record(
                patient_id=self.patient.pk, kind="treatment", signer_name="Maya Torres", observed_at=clock.now(),
                by=self.nurse,
            )  # fmt: skip

    def pays(self) -> None:
        SelfPay.objects.create(
            patient=self.patient, since=date(2027, 1, 20), reason="No plan covers it", agreed_by=self.provider,
            agreed_at=self.at("09:00") - timedelta(days=13), estimate_given_on=date(2027, 1, 21),
        )  # fmt: skip

    def booked(self) -> Infusion:
        with clock.at(self.at("10:40") - timedelta(days=13)):
            loading = series.open_loading(
                patient=self.patient, site=self.site, planned_count=6, template="tue-fri", goals="To feel less braced",
                by=self.provider,
            )  # fmt: skip
            visit = booking.book(
                patient=self.patient, site=self.site, kind="infusion", starts_at=self.at(self.starts), by=self.provider
            )
            return series.add_infusion(series=loading, appointment=visit, number=1, by=self.provider)

    def ordered(self, infusion: Infusion, mg_per_kg: str = "0.5", kg: str = "80") -> None:
        with clock.at(self.at("16:20") - timedelta(days=1)):
            orders.sign(
                series_id=infusion.series_id, first_number=1, mg_per_kg=Decimal(mg_per_kg),
                dosing_weight_kg=Decimal(kg), weight_measured_at=clock.now(), weight_basis="actual", minutes=40,
                bag_ml=Decimal(50), by=self.provider,
            )  # fmt: skip

    def asked(self, time: str = "08:45", item9: int = 0) -> None:
        answers = {"phq9": [3, 3, 3, 2, 2, 2, 2, 2, item9], "cssrs": [0] * 6}
        with self.clock(time):
            for instrument, items in answers.items():
                measures.record(
                    patient_id=self.patient.pk, instrument=instrument, items=items, timepoint="pre_infusion",
                    observed_at=clock.now(), by=self.nurse,
                )  # fmt: skip

    def escort(self) -> Contact:
        return Contact.objects.get_or_create(
            patient=self.patient, kind="escort", name="Luis Torres", relation="brother", phone="+15550137741"
        )[0]

    def arrival(self, infusion: Infusion, time: str = "08:50", **changes: Any) -> None:
        answers: dict[str, Any] = {
            "identity_confirmed": True,
            "weight_kg": Decimal(80),
            "nothing_new": True,
            "last_solids_at": self.at("00:30"),
            "last_clear_at": self.at("06:00"),
            "substances_clear": True,
            "pregnancy": "negative",
            "emergency_ready": True,
            "escort": self.escort(),
            "escort_confirmed": True,
        }
        with self.clock(time):
            run.record_arrival(infusion_id=infusion.pk, by=self.nurse, **answers | changes)

    def vitals(self, infusion: Infusion, time: str, systolic: int = 128, diastolic: int = 82, **values: Any) -> Any:
        steady = {"heart_rate": 76, "spo2": 98, "respiratory_rate": 14, "moaas": 5} | values
        with self.clock(time):
            return run.record_vitals(
                infusion_id=infusion.pk, observed_at=clock.now(), by=self.nurse, systolic=systolic,
                diastolic=diastolic, **steady,
            )  # fmt: skip

    def answers(self, row: VitalSigns, time: str, what: str = "Told the provider") -> None:
        with self.clock(time):
            run.answer_crossing(vitals_id=row.pk, what=what, by=self.nurse)

    def checked_in(self, infusion: Infusion, time: str = "08:45") -> None:
        with self.clock(time):
            run.check_in(infusion_id=infusion.pk, by=self.nurse, observed_at=clock.now())

    def cleared(self, infusion: Infusion, time: str = "09:00") -> None:
        with self.clock(time):
            run.clear(infusion_id=infusion.pk, by=self.nurse)

    def vial(self, label: str = "V-0142", strength: str = "50", **fields: Any) -> DrugVial:
        with clock.at(self.at("10:00") - timedelta(days=30)):
            return ledger.receive(
                site=self.site, label=label, lot="K2291", strength_mg_per_ml=Decimal(strength), volume_ml=Decimal(10),
                expires_on=fields.pop("expires_on", date(2028, 11, 30)), by=self.nurse,
            )  # fmt: skip

    def drawn(self, infusion: Infusion, time: str = "09:05") -> None:
        self.vial()
        with self.clock(time):
            run.draw(infusion_id=infusion.pk, vial_label="V-0142", by=self.nurse)

    def checked(self, infusion: Infusion, time: str = "09:08") -> None:
        with self.clock(time):
            run.double_check(infusion_id=infusion.pk, by=self.other_nurse)

    def started(self, infusion: Infusion, time: str = "09:12") -> None:
        with self.clock(time):
            run.start(infusion_id=infusion.pk, observed_at=clock.now(), by=self.nurse)

    def completed(self, infusion: Infusion, time: str = "09:52") -> None:
        with self.clock(time):
            run.complete(infusion_id=infusion.pk, observed_at=clock.now(), by=self.nurse)

    def until(self, step: str) -> Infusion:
        """A patient's day up to and with one step, each of them as it should be."""
        self.evaluated()
        infusion = self.booked()
        self.consented()
        self.pays()
        self.ordered(infusion)
        steps = {
            "booked": lambda: None,
            "checked in": lambda: self.checked_in(infusion),
            "ready": lambda: (self.asked(), self.arrival(infusion), self.vitals(infusion, "08:52")),
            "cleared": lambda: self.cleared(infusion),
            "drawn": lambda: self.drawn(infusion),
            "checked": lambda: self.checked(infusion),
            "started": lambda: self.started(infusion),
            "recovery": lambda: self.completed(infusion),
        }
        for name, take in steps.items():
            take()
            if name == step:
                break
        else:
            raise ValueError(f"There is no step called {step}.")
        infusion.refresh_from_db()
        return infusion
