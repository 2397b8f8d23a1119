"""How infusions on some days would be paid for, in words for whoever plans them. Nothing here forbids a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinic.wording import listed
from insurance import authorizations
from insurance.models import Authorization, Verification
from insurance.rules import allot
from insurance.standing import Leg, Paper, Standing, judge, papers, shown_day
from patients.models import Patient

Reason = tuple[str, str]


@dataclass(frozen=True)
class Shortage:
    """The infusions, by number, that no authorization pays: its units are used up, or its dates leave them out."""

    short: tuple[int, ...]
    outside: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.short or self.outside)


@dataclass(frozen=True)
class Outlook:
    """A patient's papers, and the days on which infusions are booked or were given already."""

    patient: Patient
    paper: Paper
    approved: list[Authorization]
    taken: list[date]

    @classmethod
    def of(cls, patient: Patient, *, without: Sequence[date] = ()) -> Outlook:
        """The papers of today, in five queries. `without` are days of infusions that are asked about, booked or not."""
        taken = authorizations.infusion_days(patient)
        for day in without:
            if day in taken:
                taken.remove(day)
        paper = papers([patient.pk], Leg.MEDICAL)[patient.pk]
        return cls(patient, paper, authorizations.on_file(patient), taken)

    def is_unpaid(self, day: date) -> bool:
        """Whether no plan holds on the day, or every authorization leaves it out. Self-pay needs neither."""
        if self._pays_self(day):
            return False
        covered = any(plan.holds_on(day) for plan in self.paper.coverages)
        allowed = not self.approved or any(one.starts_on <= day <= one.ends_on for one in self.approved)
        return not (covered and allowed)

    def _pays_self(self, day: date) -> bool:
        return any(row.holds_on(day) and row.agreed_at for row in self.paper.self_pay)

    def unpaid(self, days: Sequence[date]) -> frozenset[date]:
        """The days to avoid, where others are better: none when nothing is on file."""
        if not self.paper.coverages and not self.paper.self_pay:
            return frozenset()
        return frozenset(day for day in days if self.is_unpaid(day))

    def shortage(self, days: Sequence[date]) -> Shortage:
        """What the authorizations on file lack for infusions on these days, in the order of their numbers."""
        asked = {day: number for number, day in enumerate(days, start=1) if not self._pays_self(day)}
        if not self.approved or not asked:
            return Shortage((), ())
        approvals = [authorizations.approval(one) for one in self.approved]
        every = sorted([*self.taken, *asked])
        lacking = [day for day, place in zip(every, allot(every, approvals), strict=True) if place is None]
        numbers = sorted(asked[day] for day in lacking if day in asked)
        within = {number for day, number in asked.items() if any(one.first <= day <= one.last for one in approvals)}
        return Shortage(
            tuple(number for number in numbers if number in within),
            tuple(number for number in numbers if number not in within),
        )

    def left(self) -> int:
        """The units that infusions booked or given leave, over all authorizations."""
        return sum(authorizations.units_left(self.approved, self.taken))

    def reasons(self, days: Sequence[date]) -> list[Reason]:
        """What speaks for and against infusions on these days, to be read out."""
        standings = [judge(self.paper, day, self.patient) for day in days]
        return [*_coverage(days, standings, self.paper), *self._authorizations(days)]

    def _authorizations(self, days: Sequence[date]) -> list[Reason]:
        insured = [day for day in days if not self._pays_self(day)]
        if not insured or not any(plan.holds_on(insured[0]) for plan in self.paper.coverages):
            return []
        if not self.approved:
            wanted = any(
                check.authorization_required for check in self.paper.checks if check.state == Verification.State.ACTIVE
            )
            return [("warn", "The payer asks for an authorization; none is on file.")] if wanted else []
        lacking = self.shortage(days)
        found: list[Reason] = []
        if lacking.short:
            units = f"{len(lacking.short)} unit{'s' if len(lacking.short) > 1 else ''}"
            for_them = f"the authorization leaves {self.left()} for {len(insured)} infusions"
            found.append(("warn", f"{units} short: {for_them}."))
        if lacking.outside:
            numbers = listed([str(number) for number in lacking.outside])
            noun = "Infusion" if len(lacking.outside) == 1 else "Infusions"
            found.append(("warn", f"{noun} {numbers} outside the authorization’s dates ({self._dates(days[0])})."))
        return found or [("ok", f"The authorization leaves {self.left()} units, enough for these.")]

    def _dates(self, on: date) -> str:
        return listed([f"{shown_day(one.starts_on, on)} to {shown_day(one.ends_on, on)}" for one in self.approved])


def _coverage(days: Sequence[date], standings: Sequence[Standing], paper: Paper) -> list[Reason]:
    first = standings[0]
    if not first.settled:
        return [("info" if first.meaning == "warn" and first.label == "Verify again" else "warn", first.sentence)]
    found: list[Reason] = [("info" if first.meaning == "info" else first.meaning, first.sentence)]
    for number, (day, standing) in enumerate(zip(days, standings, strict=True), start=1):
        if standing.settled:
            continue
        if standing.meaning == "stop":
            found.append(("warn", f"{standing.sentence.rstrip('.')}, before infusion {number}."))
        else:
            found.append(("info", f"From infusion {number} on, {shown_day(day, days[0])}, a new check is needed."))
        break
    return found
