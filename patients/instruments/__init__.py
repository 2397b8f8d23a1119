"""The questionnaires: their words, unchanged, in each language in which they were published, and what is known of them.

Texts are data and never translated by us: where no published Spanish text is held, there is only the English one.
"""

from __future__ import annotations

from patients.instruments.catalog import FACTS as FACTS
from patients.instruments.catalog import SCORES_ONLY as SCORES_ONLY
from patients.instruments.catalog import Facts as Facts
from patients.instruments.pcl5 import PCL5, PCL5_ES
from patients.instruments.phq import GAD7, GAD7_ES, PHQ9, PHQ9_ES
from patients.instruments.shape import NOT_ASKED as NOT_ASKED
from patients.instruments.shape import Instrument as Instrument
from patients.instruments.shape import Item as Item
from patients.instruments.suicide import ASQ, ASQ_ES, CSSRS_RECENT, CSSRS_RECENT_ES, CSSRS_SINCE_LAST

_HELD = {
    (each.key, each.version, each.language): each
    for each in (
        PHQ9,
        PHQ9_ES,
        GAD7,
        GAD7_ES,
        CSSRS_RECENT,
        CSSRS_RECENT_ES,
        CSSRS_SINCE_LAST,
        ASQ,
        ASQ_ES,
        PCL5,
        PCL5_ES,
    )
}
_VERSIONS = {"phq9": "1", "gad7": "1", "asq": "1", "pcl5": "2018-04"}

LANGUAGES = ("en", "es")


def version_for(key: str, timepoint: str) -> str:
    """The version for an occasion: the C-SSRS asks for the past month at baseline, since last contact later.

    Raises KeyError for an instrument whose words we do not hold.
    """
    if key == "cssrs":
        return "recent" if timepoint == "baseline" else "since-last"
    return _VERSIONS[key]


def speaks(key: str, timepoint: str, language: str) -> bool:
    """Whether we hold this instrument, as this occasion asks for it, in that language."""
    return key not in SCORES_ONLY and (key, version_for(key, timepoint), language) in _HELD


def wording(key: str, timepoint: str, language: str = "en") -> Instrument:
    """The words for an occasion, in English where the language is not held. Raises KeyError as `version_for` does."""
    version = version_for(key, timepoint)
    return _HELD.get((key, version, language)) or _HELD[key, version, "en"]


def stored(key: str, version: str, language: str = "en") -> Instrument:
    """The wording in which a stored response was asked. Raises KeyError when we no longer hold it."""
    return _HELD.get((key, version, language)) or _HELD[key, version, "en"]
