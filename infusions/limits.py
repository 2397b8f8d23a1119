"""When a reading crosses a line of Table A: pure, and at each edge exactly as the table says.

Sources: S-SprHCP, S-SDN, S-EDlow, and proposals of this product (P). A reading is compared line by line; of one sign
only the gravest crossing is told. The first pressure of the day is the baseline: a rise or fall of 30 % against it is
told to the provider too, though it lies between the fixed lines (P).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from clinic.protocol import ProtocolValues


class Phase(StrEnum):
    BEFORE = "before"
    DURING = "during"
    RECOVERY = "recovery"


class Kind(StrEnum):
    """What a crossing asks for: measure again; tell the provider; pause and recheck; stop (before the start: hold)."""

    WATCH = "watch"
    NOTIFY = "notify"
    PAUSE = "pause"
    STOP = "stop"


GRAVITY = {Kind.WATCH: 0, Kind.NOTIFY: 1, Kind.PAUSE: 2, Kind.STOP: 3}


class Vitals(Protocol):
    """What a row of the flowsheet offers; every value may be missing."""

    @property
    def systolic(self) -> int | None: ...
    @property
    def diastolic(self) -> int | None: ...
    @property
    def heart_rate(self) -> int | None: ...
    @property
    def spo2(self) -> int | None: ...
    @property
    def respiratory_rate(self) -> int | None: ...
    @property
    def moaas(self) -> int | None: ...
    @property
    def cadss6(self) -> int | None: ...
    @property
    def distress(self) -> int | None: ...
    @property
    def symptoms(self) -> bool | None: ...


@dataclass(frozen=True)
class Reading:
    """A reading outside the database: what a form holds before it is saved."""

    systolic: int | None = None
    diastolic: int | None = None
    heart_rate: int | None = None
    spo2: int | None = None
    respiratory_rate: int | None = None
    moaas: int | None = None
    cadss6: int | None = None
    distress: int | None = None
    symptoms: bool | None = None


@dataclass(frozen=True)
class Crossing:
    kind: Kind
    sign: str
    sentence: str


def crossings(
    vitals: Vitals,
    phase: Phase | str,
    settings: ProtocolValues,
    baseline: Vitals | None = None,
    *,
    recheck: bool = False,
    lasting: bool = False,
) -> list[Crossing]:
    """Every line the reading crosses, the gravest first.

    `recheck` says that this reading repeats one that crossed a pause line: the same line crossed again is confirmed,
    and a confirmed pause is a stop. `lasting` says that the heart has been fast for as long as the table asks.
    """
    if Phase(phase) is Phase.BEFORE:
        found = _before(vitals, settings)
    else:
        found = _running(vitals, settings, baseline, off=Phase(phase) is Phase.RECOVERY, lasting=lasting)
    told = [_confirmed(crossing) if recheck and crossing.kind is Kind.PAUSE else crossing for crossing in found]
    return sorted(told, key=lambda crossing: -GRAVITY[crossing.kind])


def _confirmed(crossing: Crossing) -> Crossing:
    return Crossing(Kind.STOP, crossing.sign, f"{crossing.sentence} Confirmed by a second reading.")


def _before(vitals: Vitals, s: ProtocolValues) -> Iterator[Crossing]:
    """On arrival: soft above 140/90, hold at 160/100 after a recheck, hold below the low lines."""
    high, low = vitals.systolic, vitals.diastolic
    pressure = _pressure(vitals)
    if high is not None and high < s.bp_pre_low_systolic:
        yield Crossing(Kind.STOP, "pressure", f"{pressure}: systolic below {s.bp_pre_low_systolic}. Hold.")
    elif _at(high, s.bp_pre_hard_systolic) or _at(low, s.bp_pre_hard_diastolic):
        line = f"{s.bp_pre_hard_systolic}/{s.bp_pre_hard_diastolic}"
        told = f"{pressure} reaches the hold line ({line}). Rest {s.bp_rest_minutes} minutes, then recheck."
        yield Crossing(Kind.PAUSE, "pressure", told)
    elif _over(high, s.bp_pre_soft_systolic) or _over(low, s.bp_pre_soft_diastolic):
        line = f"{s.bp_pre_soft_systolic}/{s.bp_pre_soft_diastolic}"
        told = f"{pressure} is above {line}. Rest {s.bp_rest_minutes} minutes, recheck, and tell the provider."
        yield Crossing(Kind.NOTIFY, "pressure", told)
    rate = vitals.heart_rate
    if rate is not None and (rate < s.hr_pre_low or rate > s.hr_pre_high):
        yield Crossing(Kind.STOP, "heart_rate", f"Heart rate {rate} is outside {s.hr_pre_low}–{s.hr_pre_high}. Hold.")
    if vitals.spo2 is not None and vitals.spo2 < s.spo2_pre_low:
        yield Crossing(Kind.STOP, "spo2", f"SpO2 {vitals.spo2} % is below {s.spo2_pre_low} %. Hold.")


def _running(
    vitals: Vitals, s: ProtocolValues, baseline: Vitals | None, *, off: bool, lasting: bool
) -> Iterator[Crossing]:
    yield from _running_pressure(vitals, s, baseline, off=off)
    yield from _running_heart(vitals, s, lasting=lasting)
    yield from _running_breath(vitals, s)
    yield from _running_mind(vitals, s)


def _running_pressure(vitals: Vitals, s: ProtocolValues, baseline: Vitals | None, *, off: bool) -> Iterator[Crossing]:
    """The gravest line of the pressure; any rise with symptoms is a stop. `off`: the pump has ended."""
    found = _pressure_line(vitals, s, baseline, off=off) or _against_today(vitals, s, baseline)
    fell = found is not None and found.sign == "fall"
    if vitals.symptoms and (found is None or fell):
        yield Crossing(Kind.NOTIFY, "symptoms", f"Symptoms at {_pressure(vitals)}. Tell the provider.")
    elif vitals.symptoms and found:
        yield Crossing(Kind.STOP, "pressure", f"{_pressure(vitals)} with symptoms. {_call(off, 'Stop and call.')}")
        return
    if found:
        yield Crossing(found.kind, "pressure", found.sentence)


def _pressure_line(vitals: Vitals, s: ProtocolValues, baseline: Vitals | None, *, off: bool) -> Crossing | None:
    lines = (
        (Kind.STOP, s.bp_stop_systolic, s.bp_stop_diastolic),
        (Kind.PAUSE, s.bp_pause_systolic, s.bp_pause_diastolic),
        (Kind.NOTIFY, s.bp_notify_systolic, s.bp_notify_diastolic),
    )
    for kind, systolic, diastolic in lines:
        if _at(vitals.systolic, systolic) or _at(vitals.diastolic, diastolic):
            crossed = f"{_pressure(vitals)} crossed the {kind} line ({systolic}/{diastolic})."
            return Crossing(kind, "pressure", f"{crossed}{_against(vitals, baseline)} {_to_do(kind, s, off=off)}")
    return None


def _to_do(kind: Kind, s: ProtocolValues, *, off: bool) -> str:
    """What a line of the pressure asks for."""
    if kind is Kind.NOTIFY:
        return "Tell the provider."
    first = "Stop, and recheck" if kind is Kind.STOP else "Pause and recheck"
    return _call(off, f"{first} in {s.bp_recheck_minutes} minutes.")


def _call(off: bool, what: str) -> str:
    """With the pump off there is nothing left to pause or stop."""
    return "Call the provider, and recheck in a few minutes." if off else what


def _against_today(vitals: Vitals, s: ProtocolValues, baseline: Vitals | None) -> Crossing | None:
    """A rise or fall of so many percent against the day's first pressure, systolic or diastolic (P)."""
    if baseline is None:
        return None
    pairs = ((vitals.systolic, baseline.systolic), (vitals.diastolic, baseline.diastolic))
    shares = [(now - first) * 100 / first for now, first in pairs if now is not None and first]
    if shares and max(shares) >= s.bp_rise_percent:
        return Crossing(Kind.NOTIFY, "rise", f"{_pressure(vitals)} is {round(max(shares))} % over {_today(baseline)}")
    if shares and min(shares) <= -s.bp_fall_percent:
        return Crossing(Kind.NOTIFY, "fall", f"{_pressure(vitals)} is {round(-min(shares))} % under {_today(baseline)}")
    return None


def _today(baseline: Vitals) -> str:
    return f"the baseline of {_pressure(baseline)}. Tell the provider."


def is_fast(vitals: Vitals, settings: ProtocolValues) -> bool:
    """Whether the heart beats faster than the line from which its clock runs (S-SDN)."""
    return _over(vitals.heart_rate, settings.hr_notify_high)


def _running_heart(vitals: Vitals, s: ProtocolValues, *, lasting: bool) -> Iterator[Crossing]:
    """Fast once is measured again; fast for so many minutes is told; very fast or slow stops at once (S-SDN; P)."""
    rate = vitals.heart_rate
    if rate is None:
        return
    if rate > s.hr_stop_high:
        yield Crossing(Kind.STOP, "heart_rate", f"Heart rate {rate} is above {s.hr_stop_high}. Stop.")
    elif rate < s.hr_stop_low:
        yield Crossing(Kind.STOP, "heart_rate", f"Heart rate {rate} is below {s.hr_stop_low}. Stop.")
    elif is_fast(vitals, s) and lasting:
        told = f"Heart rate {rate} is still above {s.hr_notify_high} after {s.hr_notify_minutes} minutes."
        yield Crossing(Kind.NOTIFY, "heart_rate", f"{told} Tell the provider.")
    elif is_fast(vitals, s):
        again = f"Recheck; if it lasts {s.hr_notify_minutes} minutes, tell the provider."
        yield Crossing(Kind.WATCH, "heart_rate", f"Heart rate {rate} is above {s.hr_notify_high}. {again}")


def _running_breath(vitals: Vitals, s: ProtocolValues) -> Iterator[Crossing]:
    spo2, breaths = vitals.spo2, vitals.respiratory_rate
    if spo2 is not None and spo2 < s.spo2_stop_low:
        yield Crossing(Kind.STOP, "spo2", f"SpO2 {spo2} % is below {s.spo2_stop_low} %. Stop.")
    elif spo2 is not None and spo2 < s.spo2_notify_low:
        yield Crossing(Kind.NOTIFY, "spo2", f"SpO2 {spo2} % is below {s.spo2_notify_low} %. Tell the provider.")
    if breaths is not None and breaths < s.rr_stop_low:
        yield Crossing(Kind.STOP, "breathing", f"Breathing {breaths} a minute is below {s.rr_stop_low}. Stop.")
    elif breaths is not None and breaths > s.rr_stop_high:
        yield Crossing(Kind.STOP, "breathing", f"Breathing {breaths} a minute is above {s.rr_stop_high}. Stop.")


def _running_mind(vitals: Vitals, s: ProtocolValues) -> Iterator[Crossing]:
    sedation = vitals.moaas
    if sedation is not None and sedation <= s.sedation_stop:
        told = f"Sedation {sedation} (MOAA/S) is {s.sedation_stop} or deeper. Stop and call."
        yield Crossing(Kind.STOP, "sedation", told)
    elif sedation is not None and sedation <= s.sedation_notify:
        told = f"Sedation {sedation} (MOAA/S) is {s.sedation_notify} or deeper. Tell the provider."
        yield Crossing(Kind.NOTIFY, "sedation", told)
    if _at(vitals.cadss6, s.cadss6_notify):
        told = f"CADSS-6 {vitals.cadss6} reaches {s.cadss6_notify}. Tell the provider."
        yield Crossing(Kind.NOTIFY, "dissociation", told)
    if _at(vitals.distress, s.distress_notify):
        told = f"Distress {vitals.distress} of 10 reaches {s.distress_notify}. Tell the provider."
        yield Crossing(Kind.NOTIFY, "distress", told)


def _at(value: int | None, line: int) -> bool:
    return value is not None and value >= line


def _over(value: int | None, line: int) -> bool:
    return value is not None and value > line


def _pressure(vitals: Vitals) -> str:
    high, low = vitals.systolic, vitals.diastolic
    return f"{'–' if high is None else high}/{'–' if low is None else low}"


def _against(vitals: Vitals, baseline: Vitals | None) -> str:
    """ " 28 % over the baseline of 128/82." when there is one to compare with."""
    if baseline is None or not baseline.systolic or vitals.systolic is None or vitals.systolic <= baseline.systolic:
        return ""
    percent = round((vitals.systolic - baseline.systolic) * 100 / baseline.systolic)
    return f" {percent} % over the baseline of {_pressure(baseline)}."
