"""How much of everything there is. All follows from the number of patients, so that growth can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

SITES = 6
INFUSIONS, TALKS = 6, 4  # of one course of treatment
HOLIDAY = 500  # visits of the one patient who has been here for years
RUNNING = 12
"""Infusions under way at once."""


@dataclass(frozen=True)
class Size:
    """A group of clinics. Its first site has half of the patients, and all that makes queues and lists long."""

    patients: int = 100_000

    @property
    def at_each_site(self) -> list[int]:
        others = self.patients // 2 // (SITES - 1)
        return [self.patients - others * (SITES - 1), *[others] * (SITES - 1)]

    @property
    def readings(self) -> int:
        """Lines of the read log."""
        return self.patients * 10

    @property
    def tasks(self) -> int:
        return self.patients // 5

    @property
    def full_days(self) -> tuple[int, int]:
        """Visits on the day itself at the last site but one, which has them all in one room, and at the last."""
        return min(32, self.patients), min(192, self.patients)

    @property
    def guests(self) -> int:
        """Patients beyond the others: those of the full days, those in a chair now, and one with a long record."""
        return sum(self.full_days) + RUNNING + 1

    @property
    def long_record(self) -> int:
        """Visits of one patient."""
        return min(HOLIDAY, self.patients)


FULL, SMALL = Size(), Size(1_000)
