"""Cost estimates as records: made, given to the patient, out of date when the plan changes, replaced by a new one.

What stands in one is written once, and none is ever deleted (6 years are the law, 45 CFR 149.610). Rooms further
right open and close the tasks, and know the booked course.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from insurance import estimate_items, estimate_paper, rules, verification
from insurance.estimate_ground import A_YEAR, Ground
from insurance.estimate_items import Line, Visits
from insurance.models import ChargeItem, Estimate, SelfPay
from patients import links, validity
from patients.models import Patient
from patients.rows import locked_patient, patient_with

PURPOSE, LINK_DAYS = "estimate", 60


@dataclass(frozen=True)
class Course:
    """The booked series of a patient: how many infusions it plans, its days, and whether it was stopped."""

    series_id: UUID
    count: int
    visits: Visits
    stopped: bool = False

    @property
    def counted(self) -> int:
        """The infusions that an estimate counts: of a stopped series those that were given."""
        return len(self.visits.infusions) if self.stopped else self.count


courses: list[Callable[[Patient, UUID | None], Course | None]] = []
"""Asked for a patient's series, or the newest one; whoever knows visits answers."""
after_make: list[Callable[[Estimate, User], None]] = []
after_give: list[Callable[[Estimate, User], None]] = []
after_change: list[Callable[[Estimate], None]] = []
"""Called in the transaction in which an estimate was made, given, or found out of date."""


def course_of(patient: Patient, series_id: UUID | None = None) -> Course | None:
    return next((found for ask in courses if (found := ask(patient, series_id))), None)


def newest(patient: Patient) -> Estimate | None:
    """The estimate that no other replaced."""
    return Estimate.objects.filter(patient=patient, superseded_by__isnull=True).first()


def in_force(today: date) -> QuerySet[Estimate]:
    """Estimates that patients hold in hand, of which something is still to come."""
    rows = Estimate.objects.filter(given_at__isnull=False, outdated_at__isnull=True, superseded_by__isnull=True)
    return rows.filter(last_on__gte=today)


@transaction.atomic
def make(
    *, patient_id: UUID, visits: Visits, by: User, series_id: UUID | None = None, not_billed: bool = False
) -> Estimate:
    """Write down what a course is expected to cost; it replaces the estimate before it.

    `not_billed`: the patient has a plan and chooses not to use it. Without a booked series this is a question about
    cost, which starts the legal clock (45 CFR 149.610). Raises NotPermitted, Invalid, Refused.
    """
    patient = locked_patient(patient_id)
    require(by, Action.SEE_COVERAGE, at=patient.site)
    ground = Ground.of(patient)
    _refuse_bad(visits, ground)
    answer = ground.count(visits)
    alone = not_billed or answer.plan is None or ground.is_alone(visits)
    found = answer.self_pay if alone or answer.plan is None else answer.plan
    former = newest(patient)
    today = patient.site.today()
    made = Estimate.objects.create(
        patient=patient,
        site=patient.site,
        series_id=series_id,
        kind=Estimate.Kind.GOOD_FAITH if alone else Estimate.Kind.PLAN,
        lines=[_stored(line) for line in found.lines],
        basis=_basis(ground, visits, answer.package if alone else None) | {"notes": found.notes},
        total=found.total,
        patient_share=found.share,
        share_from=found.share_from,
        share_to=found.share_to,
        first_on=visits.days[0],
        last_on=visits.days[-1],
        asked_on=None if series_id else today,
        due_on=_due(patient, visits, series_id) if alone else None,
        supersedes=former,
        made_by=by,
    )
    made.refresh_from_db(fields=["lines", "basis"])  # as text, the way they are read ever after
    for follow in after_make:
        follow(made, by)
    return made


def _refuse_bad(visits: Visits, ground: Ground) -> None:
    if not ground.has_prices:
        raise Refused("The fee schedule of this site has no price for an infusion yet. Add it first.")
    if not visits.infusions:
        raise Invalid({"count": "An estimate needs at least one infusion."})
    if visits.days[-1] - visits.days[0] > A_YEAR:
        raise Invalid({"boosters": "One estimate covers 12 months at most. Count fewer boosters."})


def _due(patient: Patient, visits: Visits, series_id: UUID | None) -> date:
    """The last day to give it: what self-pay or the booking asks for, else as for a question about cost."""
    today = patient.site.today()
    agreed = _to_tell(patient)
    if agreed and agreed.gfe_due:
        return agreed.gfe_due
    coming = [day for day in visits.days if day >= today]
    return rules.gfe_due(today, coming[0]) if series_id and coming else rules.gfe_due_on_request(today)


def _to_tell(patient: Patient) -> SelfPay | None:
    """The self-pay agreement whose estimate is still to be given."""
    rows = SelfPay.objects.filter(patient=patient, until__isnull=True, agreed_at__isnull=False)
    return rows.filter(estimate_given_on__isnull=True, gfe_due__isnull=False).first()


def _stored(line: Line) -> dict[str, Any]:
    item = line.item
    return {
        "service": item.service,
        "number": item.number,
        "on": item.on,
        "code": item.code,
        "label": item.label,
        "label_es": item.label_es,
        "charge": line.charge,
        "share_from": line.share_from,
        "share_to": line.share_to,
        "whys": line.whys,
    }


def _basis(ground: Ground, visits: Visits, package: Any) -> dict[str, Any]:
    """What it was counted from, so that a change of it is seen; and who asks for the money, as a paper must say."""
    site, patient = ground.patient.site, ground.patient
    judged = validity.in_force(patient, ground.on, booster=True)
    provider = judged.signed_by if judged else None
    return {
        "count": len(visits.infusions),
        "boosters": len(visits.boosters),
        "evaluation": visits.evaluation,
        "infusions": visits.infusions,
        "sessions": visits.sessions,
        "booster_days": visits.boosters,
        "list_price": sum((item.billed for item in ground.expected(visits)), Decimal(0)),
        "own_price": sum((item.self_pay for item in ground.expected(visits)), Decimal(0)),
        "who": {day.isoformat(): ground.who_pays(day) for day in visits.days},
        "payers": ground.payers,
        "diagnosis_code": judged.diagnosis_code if judged else "",
        "provider": {"name": provider.signs_as, "npi": provider.npi} if provider else None,
        "practice": {
            "name": site.bills_as or site.name,
            "site": site.name,
            "address": ", ".join(
                part for part in (site.address, site.city, f"{site.state} {site.postal_code}".strip()) if part
            ),
            "phone": site.phone,
            "npi": site.npi,
            "tax_id": site.tax_id,
        },
        "package": package
        and {
            name: getattr(package, name)
            for name in ("code", "name", "name_es", "terms", "terms_es", "price", "infusions", "sessions")
        },
    }


def visits_of(estimate: Estimate) -> Visits:
    """The days it was counted for."""
    basis: Mapping[str, Any] = estimate.basis
    infusions, sessions, boosters = (
        tuple(date.fromisoformat(day) for day in basis[name]) for name in ("infusions", "sessions", "booster_days")
    )
    first = basis["evaluation"]
    return Visits(date.fromisoformat(first) if first else None, infusions, sessions, boosters)


def locked(estimate_id: UUID) -> Estimate:
    rows = Estimate.objects.select_for_update(of=("self",)).select_related("patient__site", "site")
    found = rows.filter(pk=estimate_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def give(*, estimate_id: UUID, how: str, language: str, by: User) -> Estimate:
    """The patient gets it, printed, by post, or by a link; from then on it is locked, and its paper is kept.

    Raises NotFound, NotPermitted, Invalid, Refused where it is out of date or was replaced.
    """
    patient = patient_with(estimates=estimate_id)
    estimate = locked(estimate_id)
    require(by, Action.VERIFY_BENEFITS, at=patient.site)
    if how not in Estimate.How.values:
        raise Invalid({"how": "Choose how the patient gets it."})
    if language not in estimate_paper.LANGUAGES:
        raise Invalid({"language": "Choose English or Spanish."})
    if estimate.given_at:
        raise Refused("This estimate was given already. Print it again, or make a new one.")
    if hasattr(estimate, "superseded_by"):
        raise Refused("A newer estimate replaced this one. Give the newer one.")
    if estimate.outdated_at:
        raise Refused(f"{estimate.outdated_why} Make a new estimate, and give that.")
    estimate.given_at, estimate.given_by, estimate.given_how, estimate.language = clock.now(), by, how, language
    estimate.pdf = estimate_paper.make(estimate, language)
    estimate.save(update_fields=["given_at", "given_by", "given_how", "language", "pdf"])
    if how == Estimate.How.LINK:
        links.make(patient_id=patient.pk, purpose=PURPOSE, by=None, subject_id=estimate.pk, days=LINK_DAYS, send=True)
    agreed = _to_tell(patient) if estimate.kind == Estimate.Kind.GOOD_FAITH else None
    if agreed:
        verification.estimate_given(self_pay_id=agreed.pk, by=by)
    for follow in after_give:
        follow(estimate, by)
    return estimate


@transaction.atomic
def mark_outdated(estimate: Estimate, why: str) -> None:
    """The plan is another one now than the patient was told; twice has no second effect."""
    row = locked(estimate.pk)
    if row.outdated_at:
        return
    row.outdated_at, row.outdated_why = clock.now(), why[:400]
    row.save(update_fields=["outdated_at", "outdated_why"])
    for follow in after_change:
        follow(row)


def due_again(estimate: Estimate) -> date:
    """The last day to give a new one: by the legal clock, and a business day before the next visit where there is."""
    today = estimate.site.today()
    course = course_of(estimate.patient, estimate.series_id)
    days = course.visits.days if course else visits_of(estimate).days
    coming = [day for day in days if day > today]
    if not coming:
        return rules.add_business_days(today, 1)
    return max(today, min(rules.business_day_before(coming[0]), rules.gfe_due(today, coming[0])))


def charged(estimate: Estimate) -> Decimal:
    """What was accepted for bills so far, of the services that the estimate covers."""
    lines = ChargeItem.objects.filter(
        visit__patient=estimate.patient_id,
        visit__service_on__range=(estimate.first_on, estimate.last_on),
        visit__entered_in_error_at__isnull=True,
    )
    return lines.aggregate(sum=Sum(F("fee") * F("units")))["sum"] or Decimal(0)


def exceeds(estimate: Estimate, bill: Decimal) -> bool:
    """Whether the bill is so much higher that the patient may dispute it."""
    return estimate.kind == Estimate.Kind.GOOD_FAITH and estimate_items.may_be_disputed(estimate.total, bill)
