"""The numbers of the protocol that concern a patient: scores, bands, triage, response. Pure; no ORM.

Every default is in clinic.protocol (Table A); a rule that reads one takes the settings as an argument.
"""

from __future__ import annotations

from enum import StrEnum

from patients.contraindications import BY_KEY as BY_KEY
from patients.contraindications import CONTRAINDICATIONS as CONTRAINDICATIONS
from patients.contraindications import Contraindication as Contraindication
from patients.scoring import BANDS as BANDS
from patients.scoring import ITEM9_THRESHOLD as ITEM9_THRESHOLD
from patients.scoring import LENGTH as LENGTH
from patients.scoring import Band as Band
from patients.scoring import Risk as Risk
from patients.scoring import as_stored as as_stored
from patients.scoring import band as band
from patients.scoring import item9_positive as item9_positive
from patients.scoring import item_errors as item_errors
from patients.scoring import score as score
from patients.scoring import triage as triage

# --- Response (protocol 3.4; S-TP24, S-PHQ). Exact integers: no percentage is ever rounded. ---


class Response(StrEnum):
    NONE = "none"
    IMPROVEMENT = "improvement"
    PARTIAL = "partial"
    RESPONSE = "response"


REMISSION_BELOW = 5
WORSENING_POINTS = 5


def improved_by(baseline: int, current: int, percent: int) -> bool:
    """Whether the score fell by at least `percent` of the baseline. No fall is possible from a baseline of 0."""
    return baseline > 0 and (baseline - current) * 100 >= percent * baseline


def response(baseline: int, current: int) -> Response:
    """≥ 20 % improvement, ≥ 30 % partial response, ≥ 50 % response (`current * 2 <= baseline`)."""
    if baseline > 0 and current * 2 <= baseline:
        return Response.RESPONSE
    if improved_by(baseline, current, 30):
        return Response.PARTIAL
    return Response.IMPROVEMENT if improved_by(baseline, current, 20) else Response.NONE


def remission(current: int) -> bool:
    """PHQ-9 below 5."""
    return current < REMISSION_BELOW


def worsening(reference: int, current: int) -> bool:
    """A rise of 5 points or more over `reference` (the baseline, or the best score so far)."""
    return current - reference >= WORSENING_POINTS
