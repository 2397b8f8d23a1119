"""How each instrument is drawn: its range, its bands in words, and which scores mean response and remission. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from patients import rules


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


def _known(key: str) -> tuple[tuple[int, str], ...]:
    return tuple((low, str(word)) for low, word in rules.BANDS[key])


# Protocol 4 (S-PHQ, S-PCL5, S-MADRS, S-QIDS, S-YBOCS, S-WHO5): ranges, bands, response and remission of each tool.
SCALES: Mapping[str, Scale] = {
    scale.key: scale
    for scale in (
        Scale("phq9", "PHQ-9", 27, _known("phq9"), 50, rules.REMISSION_BELOW),
        Scale("gad7", "GAD-7", 21, _known("gad7"), 50, 5),
        Scale("pcl5", "PCL-5", 80, ((31, "at or above the cut of 31"), (0, "below the cut of 31"))),
        Scale("madrs", "MADRS", 60, ((35, "severe"), (20, "moderate"), (7, "mild"), (0, "no depression")), 50, 10),
        Scale(
            "qids",
            "QIDS-SR16",
            27,
            ((21, "very severe"), (16, "severe"), (11, "moderate"), (6, "mild"), (0, "none")),
            50,
            6,
        ),
        Scale(
            "ybocs",
            "Y-BOCS",
            40,
            ((32, "extreme"), (24, "severe"), (16, "moderate"), (8, "mild"), (0, "subclinical")),
            35,
            15,
        ),
        Scale("cadss6", "CADSS-6", 24),
        Scale("who5", "WHO-5", 100, ((52, "fair or good"), (0, "poor, below 52")), higher_is_better=True),
    )
}


def scale_of(instrument: str, label: str, values: Sequence[int]) -> Scale:
    """The scale of an instrument; one that is not in the table is drawn up to its highest score."""
    return SCALES.get(instrument) or Scale(instrument, label, max([10, *values]))
