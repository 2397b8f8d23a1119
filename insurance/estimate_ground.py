"""What a cost estimate is counted from: the prices of the site, the patient's plans and what they said, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from insurance import accepted, fees
from insurance.estimate_items import Bundle, Item, Price, Service, Sum, Visits, Why, alone, items
from insurance.estimate_rules import Terms, with_plan
from insurance.models import Coverage, Fee, Package, SelfPay, Verification
from patients.models import Patient

State, Leg = Verification.State, Verification.Leg
A_YEAR = timedelta(days=366)
"""One estimate may cover services that recur for up to 12 months (45 CFR 149.610)."""
SELF = "self"
SAYING = (State.ACTIVE, State.INACTIVE, State.NOT_COVERED, State.EXPIRED)


@dataclass(frozen=True)
class Answer:
    """What a course costs without a plan, and with the plan where one is on file."""

    visits: Visits
    self_pay: Sum
    plan: Sum | None
    package: Package | None


@dataclass(frozen=True)
class Ground:
    """All that is on file for one patient today."""

    patient: Patient
    on: date
    fees_on: Callable[[date], list[Fee]]
    packages: list[Package]
    plans: dict[str, list[Terms]]
    payers: list[str]
    secondary: bool
    asks_leave: bool
    pays_alone: list[SelfPay]

    @classmethod
    def of(cls, patient: Patient) -> Ground:
        """In six queries."""
        site, today = patient.site, patient.site.today()
        coverages = _coverages(patient, today)
        checks = _checks(patient, coverages)
        allowed = fees.allowed(site, {one.payer_id for one in coverages}, today)
        first_rank = min((one.rank for one in coverages), default=1)
        primary = [one for one in coverages if one.rank == first_rank]
        return cls(
            patient=patient,
            on=today,
            fees_on=fees.book(site, today + A_YEAR),
            packages=fees.packages(site, today),
            plans={
                leg: [_terms(one, checks.get((one.pk, leg)), patient, allowed[one.payer_id]) for one in primary]
                for leg in Leg.values
            },
            payers=list(dict.fromkeys(str(one.payer) for one in primary)),
            secondary=any(one.rank > first_rank for one in coverages),
            asks_leave=any(check.authorization_required for check in checks.values() if check.state == State.ACTIVE),
            pays_alone=[row for row in SelfPay.objects.filter(patient=patient) if row.agreed_at],
        )

    @property
    def has_prices(self) -> bool:
        """Whether the site has said what an infusion costs."""
        return any(fee.used == Fee.Used.INFUSION for fee in self.fees_on(self.on))

    def is_alone(self, visits: Visits) -> bool:
        """Whether the patient pays the course alone: agreed to, or without any plan on its first day."""
        first = visits.days[0]
        if any(row.holds_on(first) for row in self.pays_alone):
            return True
        return not any(self._holds(one, first) for one in self.plans[Leg.MEDICAL])

    @staticmethod
    def _holds(terms: Terms, on: date) -> bool:
        return (terms.first_on is None or terms.first_on <= on) and (terms.last_on is None or on <= terms.last_on)

    def expected(self, visits: Visits) -> list[Item]:
        return items(visits, lambda day: [_price(fee) for fee in self.fees_on(day)])

    def count(self, visits: Visits) -> Answer:
        """What these visits cost. Reads nothing more, so that many proposals are counted at once."""
        expected = self.expected(visits)
        own = alone(expected, [_bundle(one) for one in self.packages])
        bought = {line.item.code for line in own.lines if line.whys[0].name == "package"}
        package = next((one for one in self.packages if one.code in bought), None)
        insured = with_plan(expected, self.plans, secondary=self.secondary) if self.plans[Leg.MEDICAL] else None
        if insured and self.asks_leave:
            insured = replace(insured, notes=(*insured.notes, Why("authorization", {})))
        return Answer(visits, own, insured, package)

    def who_pays(self, day: date) -> str:
        """The plan, by id, that pays on the day; “self” where the patient does."""
        if any(row.holds_on(day) for row in self.pays_alone):
            return SELF
        return next((one.plan for one in self.plans[Leg.MEDICAL] if self._holds(one, day)), SELF)


def _coverages(patient: Patient, today: date) -> list[Coverage]:
    """Plans that hold today or later, the first to be billed first."""
    rows = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True).select_related("payer")
    return [one for one in rows.order_by("rank", "starts_on", "id") if one.ends_on is None or one.ends_on >= today]


def _checks(patient: Patient, coverages: Iterable[Coverage]) -> dict[tuple[UUID, str], Verification]:
    """The newest answer for each plan and leg; one that expired still tells what the plan said last."""
    keys = [one.pk for one in coverages]
    rows = Verification.objects.filter(patient=patient, coverage__in=keys, state__in=SAYING)
    found: dict[tuple[UUID, str], Verification] = {}
    for check in rows.order_by("-checked_at", "-id"):
        if check.coverage_id:
            found.setdefault((check.coverage_id, check.leg), check)
    return found


def _terms(plan: Coverage, check: Verification | None, patient: Patient, allowed: dict[str, Decimal]) -> Terms:
    terms = Terms(str(plan.pk), str(plan.payer), first_on=plan.starts_on, last_on=plan.ends_on, allowed=allowed)
    if check is None or check.checked_at is None:
        return terms
    plan.patient = patient
    return replace(
        terms,
        checked_on=patient.site.local(check.checked_at).date(),
        covered=check.state in {State.ACTIVE, State.EXPIRED},
        in_network=accepted.in_network(plan) if check.in_network is None else check.in_network,
        copay=check.copay,
        coinsurance=check.coinsurance_percent,
        deductible=check.deductible,
        deductible_met=check.deductible_met,
        limit=check.out_of_pocket,
        limit_met=check.out_of_pocket_met,
        year_begins=check.plan_begins,
    )


def _price(fee: Fee) -> Price:
    assert fee.billed is not None
    return Price(fee.code, fee.label, fee.label_es, fee.used, fee.leg, fee.billed, fee.self_pay)


def _bundle(package: Package) -> Bundle:
    assert package.price is not None
    holds: dict[str, int] = {
        Service.EVALUATION: package.evaluations,
        Service.INFUSION: package.infusions,
        Service.THERAPY: package.sessions,
    }
    return Bundle(package.code, package.name, package.name_es, package.price, holds)
