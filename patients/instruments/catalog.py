"""Each instrument that we keep: how many answers, how they count, what the scores mean, whose words they are.

Numbers and licences: protocol 4, with the sources named there. Where the licence lets us show no text, only numbers
are kept, which staff copy from the clinic's own licensed form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Band(StrEnum):
    MINIMAL = "minimal"
    MILD = "mild"
    MODERATE = "moderate"
    MODERATELY_SEVERE = "moderately severe"
    SEVERE = "severe"
    VERY_SEVERE = "very severe"
    NONE = "no symptoms"
    SUBCLINICAL = "subclinical"
    EXTREME = "extreme"
    BELOW_CUT = "below the cut"
    AT_CUT = "at the cut, 31 to 33"
    ABOVE_CUT = "above the cut"
    POOR = "poor well-being"
    GOOD = "well-being not poor"


@dataclass(frozen=True)
class Facts:
    key: str
    title: str
    length: int
    """How many answers it has."""
    top: int
    """The highest single answer."""
    highest: int | None
    """The highest score; None for a screener without one."""
    bands: tuple[tuple[int, Band], ...]
    """The lowest score of each band, highest first."""
    source: str
    embedded: bool = True
    """Whether its words may be shown; else staff enter numbers."""
    clinician: bool = False
    loinc: Mapping[str, str] = field(default_factory=dict)


_PHQ_LIKE = (
    (20, Band.SEVERE),
    (15, Band.MODERATELY_SEVERE),
    (10, Band.MODERATE),
    (5, Band.MILD),
    (0, Band.MINIMAL),
)

PHQ9 = Facts(
    "phq9",
    "PHQ-9",
    9,
    3,
    27,
    _PHQ_LIKE,
    "S-PHQ, S-Pfizer",
    loinc={"panel": "44249-1", "total": "44261-6", "item_9": "44260-8"},
)
GAD7 = Facts(
    "gad7",
    "GAD-7",
    7,
    3,
    21,
    ((15, Band.SEVERE), (10, Band.MODERATE), (5, Band.MILD), (0, Band.MINIMAL)),
    "S-PHQ",
    loinc={"total": "70274-6"},
)
CSSRS = Facts("cssrs", "C-SSRS screener", 6, 1, None, (), "S-CSSRS")
ASQ = Facts("asq", "ASQ", 5, 1, None, (), "S-ASQ")
PCL5 = Facts("pcl5", "PCL-5", 20, 4, 80, ((34, Band.ABOVE_CUT), (31, Band.AT_CUT), (0, Band.BELOW_CUT)), "S-PCL5")
MADRS = Facts(
    "madrs",
    "MADRS",
    10,
    6,
    60,
    ((35, Band.SEVERE), (20, Band.MODERATE), (7, Band.MILD), (0, Band.NONE)),
    "S-MADRS",
    embedded=False,
    clinician=True,
)
QIDS = Facts(
    "qids",
    "QIDS-SR16",
    16,
    3,
    27,
    ((21, Band.VERY_SEVERE), (16, Band.SEVERE), (11, Band.MODERATE), (6, Band.MILD), (0, Band.NONE)),
    "S-QIDS",
    embedded=False,
)
CADSS6 = Facts("cadss6", "CADSS-6", 6, 4, 24, (), "protocol 4", embedded=False, clinician=True)
YBOCS = Facts(
    "ybocs",
    "Y-BOCS",
    10,
    4,
    40,
    ((32, Band.EXTREME), (24, Band.SEVERE), (16, Band.MODERATE), (8, Band.MILD), (0, Band.SUBCLINICAL)),
    "S-YBOCS",
    embedded=False,
    clinician=True,
)
WHO5 = Facts(
    "who5",
    "WHO-5",
    5,
    5,
    100,
    ((52, Band.GOOD), (0, Band.POOR)),
    "S-WHO5",
    embedded=False,
)

FACTS: Mapping[str, Facts] = {
    each.key: each for each in (PHQ9, GAD7, CSSRS, ASQ, PCL5, MADRS, QIDS, CADSS6, YBOCS, WHO5)
}
SCORES_ONLY = frozenset(key for key, each in FACTS.items() if not each.embedded)
