"""How long an infusion of one patient is likely to take: the order, the protocol, and the recoveries before.

Orders and recoveries are known further right; that room says what it knows through `know_from`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from patients.models import Patient
from visits.rules import RECOVERIES_COUNTED, Timing, usual_recovery


@dataclass(frozen=True)
class Known:
    """What is known of a patient: the minutes of the order in force, and those of past recoveries, newest first."""

    ordered: int | None = None
    recoveries: tuple[int, ...] = ()


@dataclass(frozen=True)
class Length:
    """The minutes to keep for drug and recovery, and why, where they differ from the protocol's."""

    drug: int
    recovery: int
    reasons: tuple[str, ...] = ()


Source = Callable[[Patient], Known]
_sources: list[Source] = []


def know_from(source: Source) -> None:
    """Ask `source` what is known of a patient."""
    if source not in _sources:
        _sources.append(source)


def usual(patient: Patient, timing: Timing) -> Length:
    """The minutes to propose for this patient's next infusion."""
    known = next((source(patient) for source in _sources), Known())
    recovery = usual_recovery(known.recoveries)
    reasons = []
    if known.ordered and known.ordered != timing.infusion:
        reasons.append(f"The order says {known.ordered}\u00a0min.")
    if recovery:
        last = known.recoveries[:RECOVERIES_COUNTED]
        low, high = min(last), max(last)
        took = f"{low}" if low == high else f"{low} to {high}"
        reasons.append(f"The last {len(last)} recoveries took {took}\u00a0min.")
    return Length(known.ordered or timing.infusion, recovery or timing.recovery, tuple(reasons))
