"""Infusions and what is written beside them; the safe; what is decided of a series; devices; adverse events."""

from __future__ import annotations

from clinic.api.declaring import Collection, Question
from infusions.api.adverse import ADVERSE
from infusions.api.beside import (
    ADDENDA,
    ARRIVALS,
    DISCHARGES,
    EVENTS,
    LONG_TERM,
    NOTES,
    OVERRIDES,
    PREGNANCY,
    READINGS,
    VITALS,
)
from infusions.api.chair import INFUSIONS
from infusions.api.checkins import CHECKINS
from infusions.api.decisions import BOOSTERS, ORDERS, REVIEWS
from infusions.api.devices import DEVICES
from infusions.api.gate import GATE
from infusions.api.safe import COUNTS, LEDGER, VIALS

COLLECTIONS: tuple[Collection, ...] = (
    INFUSIONS, VITALS, READINGS, NOTES, ADDENDA, EVENTS, ARRIVALS, OVERRIDES, PREGNANCY, LONG_TERM, DISCHARGES,
    CHECKINS, VIALS, LEDGER, COUNTS, DEVICES, ORDERS, REVIEWS, BOOSTERS, ADVERSE,
)  # fmt: skip
QUESTIONS: tuple[Question, ...] = (GATE,)
