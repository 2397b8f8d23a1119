"""Orders of a dose: considered against every limit, signed by a provider, superseded and never edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import ProtocolSettings, User
from clinic.policy import Action, require
from clinic.protocol import WeightBasis
from clinic.wording import quantity
from infusions import rules
from infusions import series as series_verbs
from infusions.models import ArrivalCheck, Infusion, Order, PlanExtension, Series
from infusions.rules import BasisChoice, DoseRequest, Verdict
from patients.models import Evaluation, Patient
from reminders import followups


@dataclass(frozen=True)
class Wanted:
    """What a provider fills in before signing."""

    first_number: int
    mg_per_kg: Decimal
    dosing_weight_kg: Decimal
    weight_measured_at: datetime
    weight_basis: str
    minutes: int
    bag_ml: Decimal
    reason: str = ""
    basis_reason: str = ""
    weight_confirmed: bool = False


@dataclass(frozen=True)
class Considered:
    """An order before it is signed: what it means, what forbids it, and whether a second provider must sign."""

    wanted: Wanted
    dose_mg: Decimal
    verdict: Verdict
    problems: dict[str, str]
    basis: BasisChoice | None = None
    """From a BMI of 30 on: the dose by either weight."""

    @property
    def is_allowed(self) -> bool:
        return not self.problems

    @property
    def rate_ml_h(self) -> Decimal:
        return rules.rate_ml_h(self.wanted.bag_ml, self.wanted.minutes)

    @property
    def mg_per_hour(self) -> Decimal:
        return rules.mg_per_hour(self.dose_mg, self.wanted.minutes)

    @property
    def mcg_kg_min(self) -> Decimal:
        return rules.mcg_kg_min(self.dose_mg, self.wanted.dosing_weight_kg, self.wanted.minutes)


@transaction.atomic
def sign(
    *,
    series_id: UUID,
    first_number: int,
    mg_per_kg: Decimal,
    dosing_weight_kg: Decimal,
    weight_measured_at: datetime,
    weight_basis: str,
    minutes: int,
    bag_ml: Decimal,
    by: User,
    reason: str = "",
    basis_reason: str = "",
    weight_confirmed: bool = False,
) -> Order:
    """Sign an order from infusion `first_number` on; it supersedes the newest one of the series.

    Above a soft ceiling the order waits for `countersign`. Raises NotFound, NotPermitted, Refused, and Invalid with
    every reason beside its field.
    """
    series = series_verbs.locked(series_id)
    require(by, Action.ORDER_DOSE, at=series.site)
    positive = {"mg_per_kg": mg_per_kg, "dosing_weight_kg": dosing_weight_kg}
    if wrong := {field: "Write a number above zero." for field, value in positive.items() if value <= 0}:
        raise Invalid(wrong)
    wanted = Wanted(
        first_number=first_number,
        mg_per_kg=mg_per_kg,
        dosing_weight_kg=dosing_weight_kg,
        weight_measured_at=weight_measured_at,
        weight_basis=weight_basis,
        minutes=minutes,
        bag_ml=bag_ml,
        reason=reason.strip(),
        basis_reason=basis_reason.strip(),
        weight_confirmed=weight_confirmed,
    )
    considered = consider(series=series, wanted=wanted)
    if not considered.is_allowed:
        raise Invalid(considered.problems)
    signed = Order.objects.create(
        series=series,
        first_number=first_number,
        mg_per_kg=mg_per_kg,
        dosing_weight_kg=dosing_weight_kg,
        weight_basis=weight_basis,
        weight_measured_at=weight_measured_at,
        basis_reason=wanted.basis_reason,
        dose_mg=considered.dose_mg,
        minutes=minutes,
        bag_ml=bag_ml,
        reason=wanted.reason,
        signed_at=clock.now(),
        signed_by=by,
        needs_second=considered.verdict.needs_second,
        supersedes=newest(series),
    )
    outcome = "The order is signed."
    followups.close_for(subject_kind="series", subject_id=series.pk, kind="order_due", outcome=outcome, by=by)
    return signed


@transaction.atomic
def countersign(*, order_id: UUID, by: User) -> Order:
    """The second provider's signature. Raises NotFound, NotPermitted, Refused."""
    order = Order.objects.select_for_update(of=("self",)).select_related("series__site").filter(pk=order_id).first()
    if order is None:
        raise NotFound
    require(by, Action.ORDER_DOSE, at=order.series.site)
    if not order.needs_second:
        raise Refused("This order needs one signature, and has it.")
    if order.second_signed_at:
        raise Refused("A second provider has signed this order already.")
    if order.signed_by_id == by.pk:
        raise Refused("You signed this order first. A second provider has to sign it too.")
    if Order.objects.filter(supersedes=order).exists():
        raise Refused("A newer order has taken the place of this one. Sign that one.")
    order.second_signed_at, order.second_signed_by = clock.now(), by
    order.save(update_fields=["second_signed_at", "second_signed_by"])
    return order


def newest(series: Series) -> Order | None:
    """The order that no other supersedes."""
    return signed_for(series).first()


def signed_for(series: Series) -> QuerySet[Order]:
    """Every order of the series, newest first, with those who signed."""
    return (
        Order.objects.filter(series=series)
        .select_related("series__site", "signed_by", "second_signed_by")
        .order_by("-signed_at", "-id")
    )


def for_infusion(infusion: Infusion) -> Order | None:
    """The order under which an infusion was, or would be, given."""
    return for_infusions([infusion])[infusion.pk]


def for_infusions(infusions: Sequence[Infusion]) -> dict[UUID, Order | None]:
    """The same for many, in two queries: the order it was drawn on, else the newest that reaches its number."""
    series = {infusion.series_id for infusion in infusions}
    signed = Order.objects.filter(series__in=series).select_related("series__site", "signed_by", "second_signed_by")
    return reaching(infusions, signed.order_by("-signed_at", "-id"), PlanExtension.objects.filter(series__in=series))


def reaching(
    infusions: Sequence[Infusion], newest_first: Iterable[Order], extensions: Iterable[PlanExtension]
) -> dict[UUID, Order | None]:
    """The same of orders and added infusions that were read already."""
    signed: dict[UUID, list[Order]] = defaultdict(list)
    added: dict[UUID, list[PlanExtension]] = defaultdict(list)
    for order in newest_first:
        signed[order.series_id].append(order)
    for one in extensions:
        added[one.series_id].append(one)
    return {each.pk: _reaching(each, signed[each.series_id], added[each.series_id]) for each in infusions}


def _reaching(infusion: Infusion, newest_first: Sequence[Order], extensions: Sequence[PlanExtension]) -> Order | None:
    if infusion.order_id:
        return next((order for order in newest_first if order.pk == infusion.order_id), None)
    number = infusion.number or 0
    return for_number(infusion.number, [order for order in newest_first if _meant(order, number, extensions)])


def _meant(order: Order, number: int, extensions: Iterable[PlanExtension]) -> bool:
    """Whether the plan had this infusion when the order was signed: those added later need an order of their own."""
    return all(number <= one.before for one in extensions if one.at > order.signed_at)


def for_number(number: int | None, newest_first: Iterable[Order]) -> Order | None:
    """The newest order that reaches infusion `number`: one that begins later leaves it to the order before."""
    if number is None:
        return None
    return next((order for order in newest_first if order.first_number <= number), None)


# What is looked at before a signature


def consider(*, series: Series, wanted: Wanted) -> Considered:
    """Work the order out and hold it against every limit, without writing anything."""
    limits = settings_versions.current(series.site)
    request = DoseRequest(
        mg_per_kg=wanted.mg_per_kg,
        weight_kg=wanted.dosing_weight_kg,
        first_number=wanted.first_number,
        last_mg_per_kg=dose_before(series, wanted.first_number),
        is_loading=series.kind == Series.Kind.LOADING,
    )
    verdict = rules.judge_dose(request, limits)
    basis = _basis(series.patient, wanted)
    problems = {
        "": _series_problem(series),
        "first_number": _number_problem(series, wanted.first_number),
        "mg_per_kg": " ".join(verdict.refusals),
        "minutes": _minutes_problem(wanted.minutes, limits),
        "bag_ml": "" if 10 <= wanted.bag_ml <= 500 else f"A bag holds {quantity(10, 'mL')} to {quantity(500, 'mL')}.",
        **_weight_problems(series, wanted, limits),
        "basis_reason": _basis_problem(series.patient, wanted, basis),
        "reason": _reason_problem(series, wanted),
    }
    found = {field: text for field, text in problems.items() if text}
    return Considered(wanted, request.dose_mg, verdict, found, basis)


def dose_before(series: Series, first_number: int) -> Decimal | None:
    """mg/kg of the infusion before `first_number`: as given, else as ordered; of an earlier series for the first."""
    orders = list(signed_for(series))
    before = series.infusions.filter(number=first_number - 1).first()
    order = _reaching(before, orders, list(series.extensions.all())) if before else None
    if order is None and first_number > 1:
        order = next((order for order in orders if order.first_number < first_number), None)
    if order is None:
        order = _last_given_elsewhere(series)
    return order.mg_per_kg if order else None


def _last_given_elsewhere(series: Series) -> Order | None:
    last = (
        Infusion.objects.filter(series__patient=series.patient, state__in=Infusion.GIVEN, order__isnull=False)
        .exclude(series=series)
        .select_related("order")
        .order_by("-started_at")
        .first()
    )
    return last.order if last else None


def _series_problem(series: Series) -> str:
    if series.state in {Series.State.PLANNED, Series.State.ACTIVE}:
        return ""
    return f"This series is {series.get_state_display().lower()}: nothing can be ordered for it."


def _number_problem(series: Series, first_number: int) -> str:
    begun = (
        series.infusions.filter(started_at__isnull=False).order_by("-number").values_list("number", flat=True).first()
    )
    if first_number < 1:
        return "Infusions are counted from 1."
    if begun and first_number <= begun:
        return f"Infusion {begun} has begun. The order can be for infusion {begun + 1} or later."
    if series.planned_count and first_number > series.planned_count:
        return f"This series has {series.planned_count} infusions."
    return ""


def _minutes_problem(minutes: int, limits: ProtocolSettings) -> str:
    if limits.infusion_minutes_min <= minutes <= limits.infusion_minutes_max:
        return ""
    return (
        f"An infusion takes {limits.infusion_minutes_min} to {quantity(limits.infusion_minutes_max, 'minutes')} here."
    )


def _weight_problems(series: Series, wanted: Wanted, limits: ProtocolSettings) -> dict[str, str]:
    """Too old, out of range, or changed so much since the last order that it must be looked at again."""
    loading = series.kind == Series.Kind.LOADING
    days = limits.weight_max_age_series_days if loading else limits.weight_max_age_booster_days
    measured_on = series.site.local(wanted.weight_measured_at).date()
    problems = {"weight_measured_at": rules.weight_age_reason(measured_on, series.site.today(), days)}
    if not 30 <= wanted.dosing_weight_kg <= 300:
        problems["dosing_weight_kg"] = f"A weight is between {quantity(30, 'kg')} and {quantity(300, 'kg')}."
    last = newest(series)
    if last is None or wanted.weight_confirmed or last.weight_basis != wanted.weight_basis:
        return problems
    if rules.weight_changed(last.dosing_weight_kg, wanted.dosing_weight_kg, limits.weight_recheck_percent):
        told = rules.weight_change_sentence(last.dosing_weight_kg, wanted.dosing_weight_kg, wanted.mg_per_kg)
        problems["weight_confirmed"] = f"{told} Confirm that this is right."
    return problems


def body(patient: Patient) -> Evaluation | None:
    """The newest signed evaluation that knows height and weight."""
    return (
        Evaluation.objects.filter(
            patient=patient, signed_at__isnull=False, height_cm__isnull=False, weight_kg__isnull=False
        )
        .order_by("-signed_at")
        .first()
    )


def weighed(series: Series) -> ArrivalCheck | None:
    """What the scale said at the newest arrival."""
    return ArrivalCheck.objects.filter(infusion__series=series).order_by("-observed_at").first()


def _basis(patient: Patient, wanted: Wanted) -> BasisChoice | None:
    """What the dose would be by either weight, once BMI asks and height is known."""
    known = body(patient)
    if known is None or known.height_cm is None or known.weight_kg is None:
        return None
    actual = known.weight_kg if wanted.weight_basis == WeightBasis.IDEAL else wanted.dosing_weight_kg
    return rules.basis_choice(wanted.mg_per_kg, actual, known.height_cm, patient.sex)


def _basis_problem(patient: Patient, wanted: Wanted, basis: BasisChoice | None) -> str:
    """BMI of 30 or more asks which weight counts, and why; ideal weight is only for those, and is worked out."""
    ideal = wanted.weight_basis == WeightBasis.IDEAL
    if basis is None:
        return _no_ideal(patient) if ideal else ""
    if not wanted.basis_reason:
        return f"{basis.sentence} Choose one, and write why."
    if not ideal:
        return ""
    if basis.ideal_kg is None:
        return "Ideal weight needs the sex recorded as male or female. Use the actual weight."
    if abs(wanted.dosing_weight_kg - basis.ideal_kg) > Decimal("0.1"):
        return f"Ideal weight is {quantity(basis.ideal_kg, 'kg')}. Write that weight."
    return ""


def _no_ideal(patient: Patient) -> str:
    if body(patient) is None:
        return "Height is not recorded, so ideal weight can’t be used. Record it in an evaluation."
    return "Ideal weight is for a BMI of 30 or more. Use the actual weight."


def _reason_problem(series: Series, wanted: Wanted) -> str:
    """A changed dose says why."""
    last = dose_before(series, wanted.first_number)
    if last is None or last == wanted.mg_per_kg or wanted.reason:
        return ""
    return "The dose changes. Write one sentence: what did the last infusion show?"
