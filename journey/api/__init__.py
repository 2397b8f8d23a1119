"""Whole treatments: proposed, booked, repaired, summed up and billed; and how records were looked at."""

from __future__ import annotations

from clinic.api.declaring import Collection
from journey.api.curves import CURVES
from journey.api.looking import EMERGENCIES, MARKS, UNUSUAL
from journey.api.papers import SUMMARIES
from journey.api.paying import CODED, PAYMENTS, SUGGESTING
from journey.api.repairs import ABSENCES, MENDING, REPAIRS, STEPS
from journey.api.series import EXTENSIONS, GAP_DECISIONS, PLAN, RELAPSE, SERIES
from journey.api.trails import TRAILS

COLLECTIONS: tuple[Collection, ...] = (
    SERIES, GAP_DECISIONS, EXTENSIONS, RELAPSE, REPAIRS, STEPS, ABSENCES, SUMMARIES, CURVES, CODED, PAYMENTS,
    EMERGENCIES, UNUSUAL, MARKS,
)  # fmt: skip
QUESTIONS = (PLAN, MENDING, SUGGESTING, *TRAILS)
