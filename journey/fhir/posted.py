"""Reading an Observation that a device posts. Only vital signs are taken, and only with the units they have.

Raises BadParameter, which names the element that can't be read.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.utils.dateparse import parse_datetime

from journey.fhir import codes
from journey.fhir.tokens import BadParameter
from patients.imports.foreign import Json, as_dict, as_dicts

MOST_BYTES = 65_536
SIGNS = {
    codes.SYSTOLIC[1]: ("systolic", {"mm[Hg]", "mmHg"}),
    codes.DIASTOLIC[1]: ("diastolic", {"mm[Hg]", "mmHg"}),
    codes.HEART_RATE[1]: ("heart_rate", {"/min", "{beats}/min", "beats/minute"}),
    codes.SPO2[1]: ("spo2", {"%"}),
    codes.SPO2_ALSO[1]: ("spo2", {"%"}),
    codes.BREATHING[1]: ("respiratory_rate", {"/min", "{breaths}/min", "breaths/minute"}),
}


def observation(body: bytes) -> tuple[datetime, dict[str, int]]:
    """When it was measured, and the signs: of one value, or of the components of a panel."""
    if len(body) > MOST_BYTES:
        raise BadParameter("Observation", "This is too long for one observation.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadParameter("Observation", "This is not JSON.") from None
    if not isinstance(found, dict) or found.get("resourceType") != "Observation":
        raise BadParameter("Observation", "Post an Observation.")
    parts = as_dicts(found.get("component"))
    values: dict[str, int] = {}
    for part in parts or [found]:
        name, value = _sign(part, "Observation.component" if parts else "Observation")
        values[name] = value
    return _moment(found), values


def _sign(part: Json, at: str) -> tuple[str, int]:
    known = [
        SIGNS[code]
        for each in as_dicts(as_dict(part.get("code")).get("coding"))
        if each.get("system") == codes.LOINC and (code := str(each.get("code"))) in SIGNS
    ]
    if not known:
        raise BadParameter(f"{at}.code", f"Of LOINC these are taken: {', '.join(SIGNS)}.")
    name, units = known[0]
    quantity = as_dict(part.get("valueQuantity"))
    value, unit = quantity.get("value"), quantity.get("code") or quantity.get("unit")
    if unit not in units:
        raise BadParameter(f"{at}.valueQuantity.code", f"The unit has to be one of: {', '.join(sorted(units))}.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 999:
        raise BadParameter(f"{at}.valueQuantity.value", "Send a number between 0 and 999.")
    return name, round(value)


def _moment(found: Json) -> datetime:
    text = found.get("effectiveDateTime") or found.get("effectiveInstant")
    try:
        at = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadParameter(
            "Observation.effectiveDateTime", "Write when it was measured, with its zone: 2027-02-02T09:32:10-08:00."
        )
    return at
