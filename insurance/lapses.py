"""Coverage that ended: from which day on nobody pays, whether the patient knows, and what a visit still lacks (J5).

Nothing is cancelled here. A visit after the last day goes on with another plan, or with self-pay whose estimate is
given and whose consent is signed; else check-in asks for that, or for a provider who keeps the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotFound
from clinic.models import User
from clinic.policy import Action, require
from insurance.models import Coverage, Lapse, SelfPay
from insurance.rules import ONE_DAY
from insurance.standing import shown_day
from patients import consents
from patients.models import Consent, Patient
from patients.rows import patient_with

# What else happens in the same transaction when who pays for a patient has changed; rooms further right add themselves.
after_change: list[Callable[[Patient, User], None]] = []


def changed(patient: Patient, by: User) -> None:
    """Who pays for the patient, or what is known of it, is another now."""
    for follow in after_change:
        follow(patient, by)


def found(plan: Coverage, by: User) -> Lapse:
    """A plan ends, or is inactive: without a day that the payer named, yesterday was its last."""
    last = plan.ends_on or plan.patient.site.today() - ONE_DAY
    lapse = Lapse.objects.select_for_update().filter(coverage=plan, over_at__isnull=True).first()
    if lapse is None:
        return Lapse.objects.create(coverage=plan, last_day=last, found_by=by)
    if lapse.last_day != last:
        lapse.last_day = last
        lapse.save(update_fields=["last_day"])
    return lapse


def over(plan: Coverage) -> None:
    """The payer says that the plan runs after all."""
    Lapse.objects.filter(coverage=plan, over_at__isnull=True).update(over_at=clock.now())


def standing_for(patients: Iterable[Patient]) -> dict[UUID, Lapse]:
    """The newest lapse that stands for each of these patients, where there is one, in one query."""
    rows = Lapse.objects.filter(
        coverage__patient__in=[patient.pk for patient in patients],
        coverage__entered_in_error_at__isnull=True,
        over_at__isnull=True,
    ).select_related("coverage__payer", "found_by", "told_by")
    newest: dict[UUID, Lapse] = {}
    for lapse in rows.order_by("last_day", "found_at"):
        newest[lapse.coverage.patient_id] = lapse
    return newest


def standing_all(patient: Patient) -> list[Lapse]:
    """Every lapse of the patient that stands, the newest last day first."""
    rows = Lapse.objects.filter(
        coverage__patient=patient, coverage__entered_in_error_at__isnull=True, over_at__isnull=True
    )
    return list(rows.select_related("coverage__payer", "coverage__patient__site").order_by("-last_day", "-found_at"))


def of(patient: Patient) -> Lapse | None:
    """The newest lapse of the patient that stands."""
    return standing_for([patient]).get(patient.pk)


@transaction.atomic
def told(*, lapse_id: UUID, note: str, by: User) -> Lapse:
    """The patient knows. `note` is what was said and agreed. Raises NotFound, NotPermitted, Invalid."""
    patient = patient_with(coverages__lapses=lapse_id)
    if patient.site_id not in by.site_ids:
        raise NotFound
    lapse = Lapse.objects.select_for_update(of=("self",)).select_related("coverage").get(pk=lapse_id)
    require(by, Action.VERIFY_BENEFITS, at=patient.site)
    words = note.strip()
    if not 1 <= len(words) <= 300:
        raise Invalid({"note": "Write what was said, in 1 to 300 characters."})
    lapse.told_at, lapse.told_by, lapse.told_note = clock.now(), by, words
    lapse.save(update_fields=["told_at", "told_by", "told_note"])
    changed(patient, by)
    return lapse


def lacking(patient: Patient, on: date) -> list[str]:
    """What a visit on this day lacks after a lapse, one sentence each; none where it is paid, or nothing lapsed."""
    return lacking_for(patient, [on])[on]


def lacking_for(patient: Patient, days: Iterable[date]) -> dict[date, list[str]]:
    """`lacking` on many days, in four queries however many there are."""
    asked = list(days)
    lapse = of(patient)
    if lapse is None or not asked:
        return {day: [] for day in asked}
    agreed = [row for row in SelfPay.objects.filter(patient=patient) if row.agreed_at]
    signed = consents.in_force_for([(patient, day) for day in asked], Consent.Kind.FINANCIAL)
    plans = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True).exclude(pk=lapse.coverage_id)
    others = list(plans)
    return {day: _lacking(patient, day, lapse, agreed, others, signed.get((patient.pk, day))) for day in asked}


def _lacking(
    patient: Patient, on: date, lapse: Lapse, agreed: list[SelfPay], others: list[Coverage], signed: Consent | None
) -> list[str]:
    if not lapse.leaves_out(on):
        return []
    pays = next((row for row in agreed if row.holds_on(on)), None)
    if pays:
        return _of_self_pay(patient, pays, signed)
    if any(plan.holds_on(on) for plan in others):
        return []  # whether that one is verified is another question, which the gate asks
    return [f"Coverage ended {shown_day(lapse.last_day, on)}. Put a new plan on file, or agree on self-pay."]


def _of_self_pay(patient: Patient, agreed: SelfPay, signed: Consent | None) -> list[str]:
    needed = []
    if agreed.estimate_given_on is None:
        needed.append("The cost estimate has not been given.")
    if signed is None or patient.site.local(signed.observed_at).date() < agreed.since:
        needed.append("The consent to costs and payment has not been signed since self-pay was agreed.")
    return needed
