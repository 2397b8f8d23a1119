"""How each instrument is drawn: its range and bands as the catalog has them, and which scores mean response and
remission. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from patients.instruments.catalog import FACTS, Facts
from patients.rules import REMISSION_BELOW


@dataclass(frozen=True)
class Scale:
    """`bands` hold the lowest score of each and its word, highest first."""

    key: str
    label: str
    top: int
    bands: tuple[tuple[int, str], ...] = ()
    response_percent: int | None = None
    remission_below: int | None = None
    higher_is_better: bool = False

    def band(self, value: int) -> str:
        """The word for a score; "" where the instrument has no bands."""
        return next((word for low, word in self.bands if value >= low), "")

    def response_at(self, baseline: int | None) -> Fraction | None:
        """The highest score that counts as response, exactly; None where none is defined or nothing can fall."""
        if not baseline or self.response_percent is None:
            return None
        return Fraction(baseline * (100 - self.response_percent), 100)


# Fall in percent that is response, and the score below which is remission (protocol 4: S-PHQ, S-MADRS, S-QIDS, …).
GOALS: Mapping[str, tuple[int, int]] = {
    "phq9": (50, REMISSION_BELOW),
    "gad7": (50, 5),
    "madrs": (50, 10),
    "qids": (50, 6),
    "ybocs": (35, 15),
}
HIGHER_IS_BETTER = frozenset({"who5"})


def _scale(key: str, facts: Facts) -> Scale:
    response_percent, remission_below = GOALS.get(key, (None, None))
    return Scale(
        key=key,
        label=facts.title,
        top=facts.highest or 0,
        bands=tuple((low, str(word)) for low, word in facts.bands),
        response_percent=response_percent,
        remission_below=remission_below,
        higher_is_better=key in HIGHER_IS_BETTER,
    )


# A screen without a sum can't be drawn.
SCALES: Mapping[str, Scale] = {key: _scale(key, facts) for key, facts in FACTS.items() if facts.highest is not None}


def scale_of(instrument: str, label: str, values: Sequence[int]) -> Scale:
    """The scale of an instrument; one that is not in the table is drawn up to its highest score."""
    return SCALES.get(instrument) or Scale(instrument, label, max([10, *values]))
