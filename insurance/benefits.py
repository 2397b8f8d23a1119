"""The benefits of one part of a plan, as a check found them: what estimates count with and the queue's panel shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from insurance.models import Benefit, Verification

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Limit:
    """A deductible or an out-of-pocket limit, and how much of it is met; None is what the payer did not say."""

    whole: Decimal | None = None
    met: Decimal | None = None

    @property
    def left(self) -> Decimal | None:
        """What is still to be paid; nobody knows when either figure is missing, except of a limit of nothing."""
        if self.whole == NOTHING:
            return NOTHING
        if self.whole is None or self.met is None:
            return None
        return max(self.whole - self.met, NOTHING)

    @property
    def is_said(self) -> bool:
        return self.whole is not None or self.met is not None


@dataclass(frozen=True)
class Benefits:
    """`coinsurance` is the patient's share in percent. `rows` are the benefits one by one, where a 271 named them."""

    verification_id: UUID
    leg: str
    state: str
    valid_until: date | None
    in_network: bool | None
    copay: Decimal | None
    coinsurance: Decimal | None
    deductible: Limit
    deductible_family: Limit
    out_of_pocket: Limit
    out_of_pocket_family: Limit
    authorization_required: bool | None
    plan_begins: date | None
    plan_ends: date | None
    rows: tuple[Benefit, ...] = ()

    @property
    def limits(self) -> list[tuple[str, Limit]]:
        """The limits the payer spoke of, each with its name."""
        named = [
            ("Deductible", self.deductible),
            ("Family deductible", self.deductible_family),
            ("Out-of-pocket limit", self.out_of_pocket),
            ("Family out-of-pocket limit", self.out_of_pocket_family),
        ]
        return [(name, limit) for name, limit in named if limit.is_said]


def of(verification: Verification) -> Benefits:
    """What this check says. Costs one query for the rows, none where they were prefetched."""
    share = verification.coinsurance_percent
    return Benefits(
        verification_id=verification.pk,
        leg=verification.leg,
        state=verification.state,
        valid_until=verification.valid_until,
        in_network=verification.in_network,
        copay=verification.copay,
        coinsurance=None if share is None else Decimal(share),
        deductible=Limit(verification.deductible, verification.deductible_met),
        deductible_family=Limit(verification.deductible_family, verification.deductible_family_met),
        out_of_pocket=Limit(verification.out_of_pocket, verification.out_of_pocket_met),
        out_of_pocket_family=Limit(verification.out_of_pocket_family, verification.out_of_pocket_family_met),
        authorization_required=verification.authorization_required,
        plan_begins=verification.plan_begins,
        plan_ends=verification.plan_ends,
        rows=_newest(list(verification.benefits.all())),
    )


def _newest(rows: list[Benefit]) -> tuple[Benefit, ...]:
    """Those of the last answer: a check that waited for more may have had several."""
    last = max((row.answer_id for row in rows), default=None)
    return tuple(row for row in rows if row.answer_id == last)
