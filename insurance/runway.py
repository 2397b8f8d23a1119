"""How far an authorization still reaches, for a visit on a day: “3 of 6 left, ends 14 Mar”.

Anybody who sees the visit may read it: it says nothing clinical. What is given has taken a unit; what is booked will.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from clinic.gathering import Among, Gathering
from insurance import authorizations
from insurance.authorizations import Used
from insurance.models import Authorization, Coverage, SelfPay
from insurance.rules import Approval, allot, renewal_due
from insurance.standing import shown_day
from patients.models import Patient


@dataclass(frozen=True)
class Runway:
    """`left` counts the units that no given infusion has taken; `meaning` is the shape and color to show it with."""

    left: int
    units: int
    ends_on: date
    sentence: str
    meaning: str = "info"
    is_short: bool = False  # it does not reach this visit

    @property
    def warns(self) -> bool:
        return self.meaning == "warn"


@dataclass
class Road:
    """A patient's authorizations, what they have paid and will pay, and when nobody needs them."""

    approved: list[Authorization] = field(default_factory=list)
    used: list[Used] = field(default_factory=list)
    self_pay: list[SelfPay] = field(default_factory=list)

    def on(self, day: date, today: date) -> Runway | None:
        """How far it reaches for an infusion on this day, booked already or not; None where none is on file."""
        if not self.approved or any(row.holds_on(day) and row.agreed_at for row in self.self_pay):
            return None
        days = sorted([used.on for used in self.used] + ([] if self._counts(day) else [day]))
        place = allot(days, self._approvals)[days.index(day)]
        if place is not None:
            return self._paid(place, day, today)
        within = [place for place, one in enumerate(self._approvals) if one.first <= day <= one.last]
        return self._used_up(within, day) if within else self._outside(day)

    def _counts(self, day: date) -> bool:
        return any(used.on == day for used in self.used)

    @property
    def _approvals(self) -> list[Approval]:
        return [Approval(one.units, one.starts_on, last_day(one)) for one in self.approved]

    def given(self, place: int) -> list[date]:
        """The days of the given infusions that this authorization has paid."""
        days = sorted(used.on for used in self.used if used.given)
        return [day for day, paid in zip(days, allot(days, self._approvals), strict=True) if paid == place]

    def _paid(self, place: int, day: date, today: date) -> Runway:
        one, ends_on = self.approved[place], self._approvals[place].last
        given = self.given(place)
        left = one.units - len(given)
        soon = renewal_due(self._approvals[place], given) <= today
        words = f"{left} of {one.units} left, ends {shown_day(ends_on, day)}"
        return Runway(left, one.units, ends_on, words, "warn" if soon else "info")

    def _used_up(self, within: list[int], day: date) -> Runway:
        last = max(within, key=lambda place: self._approvals[place].last)
        one, ends_on = self.approved[last], self._approvals[last].last
        left = one.units - len(self.given(last))
        taken = "used" if not left else "used or booked"
        words = f"No unit left for it: all {one.units} are {taken}"
        return Runway(left, one.units, ends_on, words, "warn", is_short=True)

    def _outside(self, day: date) -> Runway:
        """The last one that ended before the day, or else the first that begins after it."""
        before = [place for place, one in enumerate(self._approvals) if one.last < day]
        place = (
            max(before, key=lambda place: self._approvals[place].last)
            if before
            else min(range(len(self.approved)), key=lambda place: self._approvals[place].first)
        )
        one, known = self.approved[place], self._approvals[place]
        edge = f"ends {shown_day(known.last, day)}" if before else f"begins {shown_day(known.first, day)}"
        left = one.units - len(self.given(place))
        return Runway(left, one.units, known.last, f"Authorization {edge}", "warn", is_short=True)


_APPROVED = authorizations.counting().filter(Among("coverage__patient", "patients"))
LEAVES = Gathering(
    Patient.objects.filter(Among("pk", "patients")).order_by("pk")[:1],
    approved=_APPROVED,
    coverages=Coverage.objects.filter(pk__in=_APPROVED.order_by().values("coverage")),
    self_pay=SelfPay.objects.filter(Among("patient", "patients")),
)
"""What payers have allowed to several patients, and which of them pay themselves, in one statement."""


def last_day(one: Authorization) -> date:
    """An authorization ends with its plan (J5)."""
    return min(one.ends_on, one.coverage.ends_on or one.ends_on)


def is_known() -> Exists:
    """Whether any authorization of a patient counts, asked along with the patient's row."""
    return Exists(authorizations.counting().filter(coverage__patient=OuterRef("pk")))


def for_patients(patient_ids: Collection[UUID]) -> dict[UUID, Road]:
    """The roads of these patients, in a constant number of queries."""
    ids = set(patient_ids)
    roads = {pk: Road() for pk in ids}
    if not ids:
        return {}
    found = LEAVES.read(patients=ids)
    coverages = {one.pk: one for one in found["coverages"]}
    for one in found["approved"]:
        one.coverage = coverages[one.coverage_id]
        roads[one.coverage.patient_id].approved.append(one)
    for agreed in found["self_pay"]:
        roads[agreed.patient_id].self_pay.append(agreed)
    with_any = {pk for pk, road in roads.items() if road.approved}
    for pk, used in authorizations.used_by(with_any).items():
        roads[pk].used = used
    return roads


def of(patient: Patient, on: date) -> Runway | None:
    """How far the authorizations of one patient reach for an infusion on this day."""
    return for_patients([patient.pk])[patient.pk].on(on, patient.site.today())
