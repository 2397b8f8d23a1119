"""What a 271 says: one answer a person, with its benefits, dates, rejections, and every segment as it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from insurance.x12.segments import Segment


@dataclass(frozen=True)
class Party:
    """Somebody named by NM1, and what stands beside the name."""

    kind: str = ""
    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    id: str = ""
    birth_date: date | None = None
    relation: str = ""
    references: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class Rejection:
    """AAA: where it stood, why nothing was answered, and what may follow."""

    level: str
    code: str
    follow_up: str
    number: int


@dataclass(frozen=True)
class Dated:
    """DTP: what the date is of, and its days; `last` is empty for a single day."""

    of: str
    first: date
    last: date | None = None


def first_day(dates: Sequence[Dated], kinds: Sequence[str]) -> date | None:
    """The day on which the first of these kinds that is named begins."""
    return next((one.first for kind in kinds for one in dates if one.of == kind), None)


def last_day(dates: Sequence[Dated], kinds: Sequence[str], only_ranges: frozenset[str]) -> date | None:
    """The day on which the first of these kinds ends; for `only_ranges` a single day says nothing of an end."""
    for kind in kinds:
        for one in dates:
            if one.of == kind and (one.last or kind not in only_ranges):
                return one.last or one.first
    return None


@dataclass(frozen=True)
class Named:
    """EB and the segments below it. `in_network` is None for both, and where it is not said."""

    position: int
    information: str
    level: str
    service_types: tuple[str, ...]
    insurance_type: str
    plan: str
    period: str
    amount: Decimal | None
    percent: Decimal | None
    quantity_kind: str
    quantity: Decimal | None
    authorization_required: bool | None
    in_network: bool | None
    dates: tuple[Dated, ...] = ()
    messages: tuple[str, ...] = ()
    others: tuple[Party, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    raw: str = ""

    @property
    def message(self) -> str:
        named = (", ".join([other.name or other.id, *other.phones]) for other in self.others)
        return " ".join([*self.messages, *named])


@dataclass(frozen=True)
class Answer:
    """What is said of one person. `traces` are the numbers of ours that it comes back to, `reference` that of BHT."""

    position: int
    sender: str
    traces: tuple[str, ...]
    reference: str
    payer: Party
    subscriber: Party | None
    dependent: Party | None
    benefits: tuple[Named, ...]
    dates: tuple[Dated, ...]
    rejections: tuple[Rejection, ...]
    messages: tuple[str, ...]
    raw: str
    digest: str

    @property
    def patient(self) -> Party:
        """Whom it is about; of nobody, when the payer refused before it looked at anybody."""
        return self.dependent or self.subscriber or Party()

    @property
    def member_id(self) -> str:
        """The id on the card: the dependent's own, else the subscriber's."""
        own = self.dependent.id if self.dependent else ""
        return own or (self.subscriber.id if self.subscriber else "")


def raw_of(segments: Sequence[Segment]) -> str:
    """The segments as they came, each on a line of its own."""
    return "".join(one.raw + one.marks.end + ("" if one.marks.end in "\r\n" else "\n") for one in segments)
