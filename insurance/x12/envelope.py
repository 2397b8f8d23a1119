"""Interchange, group, transaction: opened, counted and closed as X12 wants it, or refused with segment and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from insurance.x12.segments import Broken, Segment

GUIDE = "005010X279"
KINDS = {
    "HS": "This is an inquiry (270), not an answer (271).",
    "FA": "This is an acknowledgement (999), not an answer (271). It says whether the inquiry could be read.",
    "HP": "This is a remittance (835), not an answer (271).",
    "HN": "This is a claim status (277), not an answer (271).",
    "HC": "This is a claim (837), not an answer (271).",
}


@dataclass(frozen=True)
class Transaction:
    """One ST … SE with the ISA and GS it came in."""

    isa: Segment
    gs: Segment
    segments: tuple[Segment, ...]

    @property
    def control_number(self) -> str:
        return self.segments[0][2]


@dataclass
class Contents:
    """The transactions of a file, and what was odd but did no harm."""

    transactions: list[Transaction] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class _Reader:
    """Walks the segments once. What is open stands in `isa`, `gs`, `body`; whatever does not fit is refused."""

    def __init__(self) -> None:
        self.found = Contents()
        self.isa: Segment | None = None
        self.gs: Segment | None = None
        self.body: list[Segment] | None = None
        self.groups = self.transactions = 0
        self.seen: set[str] = set()

    def read(self, every: Iterable[Segment]) -> Contents:
        doors = {"ISA": self._isa, "TA1": self._ta1, "GS": self._gs, "ST": self._st}
        ends = {"SE": self._se, "GE": self._ge, "IEA": self._iea}
        last = None
        for last in every:
            door = doors.get(last.tag) or ends.get(last.tag)
            if door:
                door(last)
            elif self.body is None:
                raise last.broken("it stands outside of any transaction.")
            else:
                self.body.append(last)
        if last is None or self.isa is not None:
            missing = "SE" if self.body is not None else "GE" if self.gs else "IEA"
            raise last.broken(f"the file ends here; {missing} is missing.") if last else Broken(0, "The file is empty.")
        if not self.found.transactions:
            raise last.broken("the file holds no answer (271).")
        return self.found

    def _isa(self, one: Segment) -> None:
        if self.isa is not None:
            raise one.broken("the interchange before it is not closed.")
        self.isa, self.groups = one, 0

    def _ta1(self, one: Segment) -> None:
        code = one[4]
        what = {"A": "accepted", "E": "accepted with errors", "R": "rejected"}.get(code, f"answered with “{code[:3]}”")
        raise one.broken(
            f"This is an acknowledgement (TA1): interchange {one[1][:9]} was {what}, note {one[5][:3] or 'none'}."
        )

    def _gs(self, one: Segment) -> None:
        if self.isa is None or self.gs is not None:
            raise one.broken("a group starts inside an interchange, after the group before it is closed.")
        if one[1] != "HB":
            raise one.broken(KINDS.get(one[1], f"GS01 is “{one[1][:4]}”; an answer (271) says HB."))
        if not one[8].startswith(GUIDE):
            raise one.broken(f"GS08 names “{one[8][:15]}”; only {GUIDE}A1 is read.")
        self.gs, self.transactions, self.seen = one, 0, set()

    def _st(self, one: Segment) -> None:
        if self.gs is None or self.body is not None:
            raise one.broken("a transaction starts inside a group, after the one before it is closed.")
        if one[1] != "271":
            raise one.broken(f"ST01 is “{one[1][:4]}”; an answer says 271.")
        if not one[2] or one[2] in self.seen:
            raise one.broken("its control number (ST02) is missing, or was used in this group before.")
        if one[3] and not one[3].startswith(GUIDE):
            raise one.broken(f"ST03 names “{one[3][:15]}”; only {GUIDE}A1 is read.")
        self.seen.add(one[2])
        self.body = [one]

    def _se(self, one: Segment) -> None:
        if self.body is None or self.isa is None or self.gs is None:
            raise one.broken("no transaction is open here.")
        self.body.append(one)
        if _count(one) != len(self.body):
            raise one.broken(f"it counts {one[1][:9] or 'no'} segments (SE01); there are {len(self.body)}.")
        if one[2] != self.body[0][2]:
            # Count and groups are right, so nothing is lost or mixed: a slip of the sender, which payers do make.
            self.found.remarks.append(
                f"Segment {one.number} (SE): its control number “{one[2][:9]}” is not that of its ST, "
                f"“{self.body[0][2][:9]}”. The count of its segments is right, so it was read."
            )
        self.found.transactions.append(Transaction(self.isa, self.gs, tuple(self.body)))
        self.transactions += 1
        self.body = None

    def _ge(self, one: Segment) -> None:
        if self.gs is None or self.body is not None:
            raise one.broken("no group is to be closed here.")
        if _count(one) != self.transactions:
            raise one.broken(f"it counts {one[1][:9] or 'no'} transactions (GE01); there are {self.transactions}.")
        _same(one, self.gs[6], "GS06")
        self.gs = None
        self.groups += 1

    def _iea(self, one: Segment) -> None:
        if self.isa is None or self.gs is not None:
            raise one.broken("no interchange is to be closed here.")
        if _count(one) != self.groups:
            raise one.broken(f"it counts {one[1][:9] or 'no'} groups (IEA01); there are {self.groups}.")
        _same(one, self.isa[13], "ISA13")
        self.isa = None


def _count(one: Segment) -> int:
    return int(one[1]) if one[1].isascii() and one[1].isdigit() and len(one[1]) < 10 else -1


def _same(one: Segment, opened: str, name: str) -> None:
    if one[2] != opened:
        raise one.broken(f"its control number “{one[2][:9]}” is not that of {name}, “{opened[:9]}”.")


def contents(every: Iterable[Segment]) -> Contents:
    """The transactions of a file. Raises Broken."""
    return _Reader().read(every)
