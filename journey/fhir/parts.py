"""The small parts of which resources are made. Nothing empty ever goes into a resource: FHIR forbids it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.html import escape

from clinic.models import User
from journey.fhir.codes import OURS, TERMS, UCUM, US_CORE

Json = dict[str, Any]
Code = tuple[str, str, str]


def made(kind: str, key: object, *, profile: str = "", changed: datetime | None = None, **fields: Any) -> Json:
    """A resource. `profile` is the last step of a US Core address; only given where the resource conforms."""
    meta = clean({"lastUpdated": instant(changed), "profile": [f"{US_CORE}/{profile}"] if profile else None})
    return clean({"resourceType": kind, "id": str(key), "meta": meta or None, **fields})


def clean(fields: Json) -> Json:
    """The same without what is empty; 0 and False stay."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def instant(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def span(start: datetime | None, end: datetime | None) -> Json:
    return clean({"start": instant(start), "end": instant(end)})


def days(first: date | None, last: date | None) -> Json:
    return clean({"start": day(first), "end": day(last)})


def ref(kind: str, key: object) -> Json | None:
    return {"reference": f"{kind}/{key}"} if key else None


def person(user: User | None) -> Json | None:
    """A member of staff, by name."""
    return {"reference": f"Practitioner/{user.pk}", "display": user.signs_as} if user else None


def coding(code: Code) -> Json:
    system, value, display = code
    return clean({"system": system, "code": value, "display": display})


def concept(*codes: Code, text: str = "") -> Json:
    return clean({"coding": [coding(code) for code in codes if code[1]], "text": text})


def term(system: str, code: str, display: str = "") -> Json:
    """A concept of HL7’s own terminology."""
    return concept((f"{TERMS}/{system}", code, display))


def number(value: Decimal | float) -> int | float:
    """As JSON writes it: 40, not 40.00."""
    return int(value) if value == int(value) else float(value)


def quantity(value: Decimal | float | None, unit: str, code: str = "") -> Json | None:
    if value is None:
        return None
    return {"value": number(value), "unit": unit, "system": UCUM, "code": code or unit}


def extension(name: str, **value: Any) -> Json:
    """One of ours, or, for a whole address, anybody’s."""
    return {"url": name if name.startswith("http") else f"{OURS}/{name}", **value}


def narrative(title: str, lines: Iterable[str]) -> Json:
    """The words for a reader without a machine; every word is escaped."""
    told = "".join(f"<li>{escape(line)}</li>" for line in lines)
    inside = f"<p>{escape(title)}</p>" + (f"<ul>{told}</ul>" if told else "")
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{inside}</div>'}


def us_phone(value: str, use: str) -> Json | None:
    return {"system": "phone", "value": value, "use": use} if value else None
