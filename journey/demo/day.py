"""One infusion day as a clinic works it: arrival, gate, dose, pump, recovery, the way home.

The day is a list of steps with their minutes, so that it can be told up to any moment: a day that is going on now
stands half told, with the patient in the chair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from clinic import clock, settings_versions
from clinic.models import User
from infusions import discharge, long_term, notes, orders, response, reviews, rules, run, vitals
from infusions.models import ArrivalCheck, DrugVial, Infusion, Series
from patients import measures
from patients.models import Contact, MeasureResponse

Step = tuple[float, Callable[[], object]]

CALM_SCREEN = (0, 0, 0, 0, 0, 0)
HEAVY_KG = 86  # from here on some of the demo's people have a BMI of 30 or more
ORDER_IS_OLD = timedelta(days=6)


@dataclass
class Day:
    """What this day brings. `phq9` are the nine answers before the infusion; pressures run from before to recovery."""

    infusion: Infusion
    nurse: User
    second: User
    provider: User
    escort: Contact
    phq9: tuple[int, ...]
    weight_kg: Decimal = Decimal(80)
    mg_per_kg: Decimal = Decimal("0.5")
    pressures: tuple[tuple[int, int], ...] = (
        (128, 82), (130, 84), (142, 90), (150, 94), (146, 92), (140, 88), (134, 85), (128, 82),
    )  # fmt: skip
    late_minutes: float = 0
    every_row: bool = True  # the flowsheet of long ago may be thin
    signed: bool = True  # a note that waits for its nurse becomes a task a day later
    events: dict[float, tuple[str, str]] = field(default_factory=dict)

    @property
    def arrival(self) -> datetime:
        return self.infusion.appointment.starts_at + timedelta(minutes=self.late_minutes)

    def tell(self, until: datetime | None = None) -> Infusion:
        """Do every step whose moment has come by `until` (all of them, when None)."""
        start = self.arrival
        for minutes, step in sorted(self.steps(), key=lambda row: row[0]):
            moment = start + timedelta(minutes=minutes)
            if until is not None and moment > until:
                break
            with clock.at(moment):
                step()
        self.infusion.refresh_from_db()
        return self.infusion

    def steps(self) -> Iterator[Step]:
        """The minutes count from the hour for which the patient was asked."""
        yield -2, self._check_in
        yield 0, self._screen
        yield 2, lambda: self._vitals(0)
        yield 4, self._arrival_check
        yield 5, self._long_term
        yield 6, self._order
        yield 6.5, self._review
        yield 7, lambda: run.clear(infusion_id=self.infusion.pk, by=self.nurse)
        yield 8, self._draw
        yield 9, lambda: run.double_check(infusion_id=self.infusion.pk, by=self.second)
        yield 11, lambda: self._event("iv_in", "Left forearm, 22 G, first try")
        yield 12, lambda: run.start(infusion_id=self.infusion.pk, observed_at=clock.now(), by=self.nurse)
        for place, minute in enumerate((12.5, 22, 32, 42), start=1):
            if self.every_row or place == 3:
                yield minute, self._at(place)
        yield 52, lambda: run.complete(infusion_id=self.infusion.pk, observed_at=clock.now(), by=self.nurse)
        for place, minute in enumerate((52.5, 67, 82, 97, 111), start=5):
            if self.every_row or place == 9:
                yield minute, self._at(place)
        yield 98, lambda: self._event("iv_out", "")
        yield 112, self._go_home
        if self.signed:
            yield 130, self._sign
        for minute, (kind, text) in self.events.items():
            yield minute, lambda kind=kind, text=text: self._event(kind, text)  # type: ignore[misc]

    def _at(self, place: int) -> Callable[[], object]:
        return lambda: self._vitals(place)

    def _check_in(self) -> None:
        run.check_in(infusion_id=self.infusion.pk, by=self.nurse, observed_at=clock.now())

    def _screen(self) -> None:
        for instrument, items in (("phq9", self.phq9), ("cssrs", CALM_SCREEN)):
            measures.record(
                patient_id=self.infusion.series.patient_id,
                instrument=instrument,
                items=items,
                timepoint=MeasureResponse.Timepoint.PRE_INFUSION,
                observed_at=clock.now(),
                by=self.nurse,
            )

    def _arrival_check(self) -> None:
        now = clock.now()
        run.record_arrival(
            infusion_id=self.infusion.pk,
            by=self.nurse,
            identity_confirmed=True,
            weight_kg=self.weight_kg,
            nothing_new=True,
            last_solids_at=now - timedelta(hours=11),
            last_clear_at=now - timedelta(hours=2, minutes=20),
            substances_clear=True,
            pregnancy=self._pregnancy(),
            emergency_ready=True,
            escort=self.escort,
            escort_confirmed=True,
        )

    def _long_term(self) -> None:
        if self.infusion.series.kind == Series.Kind.MAINTENANCE:
            long_term.record(infusion_id=self.infusion.pk, urinary=False, misuse=False, by=self.nurse)

    def _pregnancy(self) -> str:
        patient = self.infusion.series.patient
        may_be = rules.pregnancy_possible(patient.sex, patient.age_on(patient.site.today()))
        return ArrivalCheck.Pregnancy.NEGATIVE if may_be else ArrivalCheck.Pregnancy.NOT_APPLICABLE

    def _order(self) -> None:
        """Sign an order when there is none, or the last one grew old."""
        found = orders.for_infusion(Infusion.objects.select_related("series").get(pk=self.infusion.pk))
        if found and clock.now() - found.signed_at < ORDER_IS_OLD and found.mg_per_kg == self.mg_per_kg:
            return
        assert self.infusion.number
        orders.sign(
            series_id=self.infusion.series_id,
            first_number=self.infusion.number,
            mg_per_kg=self.mg_per_kg,
            dosing_weight_kg=self.weight_kg,
            weight_measured_at=clock.now(),
            weight_basis="actual",
            minutes=40,
            bag_ml=Decimal(50),
            by=self.provider,
            reason="Well tolerated" if found else "",
            weight_confirmed=True,
            basis_reason="Actual weight, as in the trials" if self.weight_kg >= HEAVY_KG else "",
        )

    def _review(self) -> None:
        """Where the gate asks for a provider's decision, the decision is to go on."""
        found = Infusion.objects.select_related("series__patient__site", "appointment__site").get(pk=self.infusion.pk)
        site = found.appointment.site
        if not reviews.missing([found], {site.pk: settings_versions.current(site)})[found.pk]:
            return
        response.review(
            series_id=found.series_id,
            decision="continue",
            rationale="Slow so far, but sleep and walks are better; most who gain late do so by the sixth.",
            by=self.provider,
        )

    def _draw(self) -> None:
        """Open the fullest vial of the site that holds enough."""
        vial = (
            DrugVial.objects.filter(
                site=self.infusion.appointment.site, closed_at__isnull=True, strength_mg_per_ml=50, balance_ml__gte=2
            )
            .order_by("expires_on", "label")
            .first()
        )
        assert vial, "The demo clinic ran out of vials."
        run.draw(infusion_id=self.infusion.pk, vial_label=vial.label, by=self.nurse)

    def _vitals(self, place: int) -> None:
        systolic, diastolic = self.pressures[min(place, len(self.pressures) - 1)]
        during = 1 <= place <= 4
        vitals.record(
            infusion_id=self.infusion.pk,
            observed_at=clock.now(),
            by=self.nurse,
            systolic=systolic,
            diastolic=diastolic,
            heart_rate=72 + (systolic - 120) // 2,
            spo2=97 if during else 98,
            respiratory_rate=14,
            moaas=4 if during else 5,
            distress=3 if during else 1,
        )

    def _event(self, kind: str, text: str) -> None:
        run.record_event(infusion_id=self.infusion.pk, kind=kind, observed_at=clock.now(), by=self.nurse, text=text)

    def _go_home(self) -> None:
        discharge.discharge(
            infusion_id=self.infusion.pk,
            observed_at=clock.now(),
            by=self.nurse,
            aldrete=10,
            oriented=True,
            steady=True,
            no_active_si=True,
            iv_out=True,
            instructions_given=True,
            escort_name=self.escort.name,
            escort_relation=self.escort.relation or "Friend",
        )

    def _sign(self) -> None:
        words = "Settled within minutes, quiet throughout, left steady with the escort."
        notes.sign(infusion_id=self.infusion.pk, text=words, by=self.nurse)
