"""The record on paper, from the same resources: so it holds what the FHIR file holds, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clinic import clock
from clinic.documents.sheets import blank
from clinic.models import Site
from clinic.wording import number
from journey.fhir.parts import Json
from patients.fhir_names import BY_ADDRESS
from patients.instruments import FACTS
from patients.models import Patient

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

Row = Sequence[str]
WIDE = 191.9


def make(patient: Patient, resources: Sequence[Json]) -> bytes:
    site, now = patient.site, clock.now()
    made = f"{site.local(now):%-d %b %Y, %H:%M}"
    page = blank(head=f"{patient.legal_name}, {patient.mrn}", foot=f"{site.name}, written {made}", made=now)
    page.set_title("Record")
    page.add_page()
    page.say("Record", 15, bold=True, gap=1)
    page.say(f"As it stood on {made} ({site.time_zone}). Psychotherapy notes are no part of it.", 8, soft=True, gap=2)
    of: dict[str, list[Json]] = {}
    for one in resources:
        of.setdefault(one["resourceType"], []).append(one)
    page.pairs(_person(of["Patient"][0]), x=page.l_margin, width=WIDE)
    for title, heads, widths, rows in _tables(of, site):
        _table(page, title, heads, widths, rows)
    return page.made()


def _table(page: Paper, title: str, heads: Row, widths: Sequence[float], rows: Iterable[Row]) -> None:
    written = list(rows)
    if not written:
        return
    page.ln(4)
    page.say(title, 11, bold=True, gap=1)
    page.row(heads, widths, bold=True, shade=True)
    for row in written:
        page.wrapped(row, widths)


def _tables(of: dict[str, list[Json]], site: Site) -> list[tuple[str, Row, Sequence[float], Iterable[Row]]]:
    def at(text: str | None) -> str:
        return _when(text, site)

    def each(kind: str, row: Callable[[Json], Row]) -> list[Row]:
        return [row(one) for one in of.get(kind, ())]

    half, third = (WIDE / 2, WIDE / 4, WIDE / 4), (WIDE / 3, WIDE / 3, WIDE / 3)
    return [
        ("Insurance", ("Plan", "Member", "Days"), third, each("Coverage", lambda one: (
            one["payor"][0]["display"], one.get("subscriberId", ""), _days(one.get("period", {})),
        ))),
        ("Conditions", ("Condition", "Code", "Days"), half, each("Condition", lambda one: (
            _words(one["code"]), _code(one["code"]),
            _days({"start": one.get("onsetDateTime"), "end": one.get("abatementDateTime")}),
        ))),
        ("Allergies", ("To", "Reaction", "How severe"), half, each("AllergyIntolerance", lambda one: (
            _words(one["code"]), *_reaction(one),
        ))),
        ("Medicines and orders", ("Medicine", "How", "Since"), (60, 101.9, 30), each("MedicationRequest", lambda one: (
            _words(one["medicationCodeableConcept"]),
            ", ".join(line.get("text", "") for line in one.get("dosageInstruction", ())), at(one.get("authoredOn")),
        ))),
        ("Visits", ("What", "When", "State"), half, each("Appointment", lambda one: (
            _words(one["serviceType"][0]), at(one["start"]), one["status"],
        ))),
        ("Infusions", ("Started", "Ended", "Given"), third, each("MedicationAdministration", lambda one: (
            at(one["effectivePeriod"].get("start")), at(one["effectivePeriod"].get("end")),
            _quantity(one["dosage"].get("dose")),
        ))),
        ("Treatment", ("What", "When", "State"), half, each("Procedure", lambda one: (
            _words(one["code"]), at(one.get("performedPeriod", {}).get("start")), one["status"],
        ))),
        ("Questionnaires", ("Which", "When", "Answers"), half, each("QuestionnaireResponse", lambda one: (
            _title(one["questionnaire"]), at(one["authored"]), " ".join(_answers(one)),
        ))),
        ("Observations", ("When", "What was found"), (40, WIDE - 40), _observed(of.get("Observation", ()), at)),
        ("Plans", ("Plan", "Since", "State"), half, each("CarePlan", lambda one: (
            one["title"], at(one["period"].get("start")), one["status"],
        ))),
    ]  # fmt: skip


def _person(one: Json) -> list[tuple[str, str]]:
    name = one["name"][0]
    reached = ", ".join(each["value"] for each in one.get("telecom", ()))
    known = ", ".join(each["value"] for each in one["identifier"])
    people = "; ".join(_contact(each) for each in one.get("contact", ()))
    lines = [
        ("Name", " ".join([*name["given"], name["family"]])),
        ("Born", one["birthDate"]),
        ("Sex, as recorded at birth", one["gender"]),
        ("Numbers", known),
        ("Phone and email", reached),
        ("Address", ", ".join(_address(one.get("address", ({},))[0]))),
        ("Contacts", people),
    ]
    return [(label, value) for label, value in lines if value]


def _contact(one: Json) -> str:
    phone = next((each["value"] for each in one.get("telecom", ())), "")
    return ", ".join(part for part in (one["name"]["text"], _words(one["relationship"][0]), phone) if part)


def _address(one: Json) -> list[str]:
    parts = [*one.get("line", ()), one.get("city"), one.get("state"), one.get("postalCode")]
    return [part for part in parts if part]


def _observed(rows: Iterable[Json], at: Callable[[str | None], str]) -> list[Row]:
    """What was found at one moment stands in one line."""
    moments: dict[str, list[str]] = {}
    for one in rows:
        moments.setdefault(one["effectiveDateTime"], []).append(f"{_words(one['code'])}: {_value(one)}")
    return [(at(moment), "; ".join(found)) for moment, found in sorted(moments.items(), reverse=True)]


def _value(one: Json) -> str:
    if "component" in one:
        return ", ".join(f"{_words(part['code'])} {_quantity(part['valueQuantity'])}" for part in one["component"])
    if "valueCodeableConcept" in one:
        found = one["valueCodeableConcept"]
        said = found.get("coding", [{}])[0].get("display", "")
        return ", ".join(part for part in (said, found.get("text", "")) if part)
    return _quantity(one.get("valueQuantity")) or one.get("valueString", "")


def _quantity(one: Json | None) -> str:
    return f"{number(one['value'])}\u00a0{one.get('unit', '')}".strip() if one else ""


def _title(address: str) -> str:
    known = BY_ADDRESS.get(address)
    return FACTS[known].title if known else address


def _answers(one: Json) -> Iterable[str]:
    for item in one.get("item", ()):
        for answer in item.get("answer", ()):
            marks: Any = answer.get("valueCoding", {}).get("extension", ())
            yield str(answer["valueInteger"] if "valueInteger" in answer else marks[0]["valueDecimal"])


def _words(concept: Json) -> str:
    first: Json = next(iter(concept.get("coding", ())), {})
    return str(concept.get("text") or first.get("display") or first.get("code") or "")


def _code(concept: Json) -> str:
    return str(next((each["code"] for each in concept.get("coding", ()) if "code" in each), ""))


def _reaction(one: Json) -> tuple[str, str]:
    first: Json = next(iter(one.get("reaction", ())), {})
    return ", ".join(_words(each) for each in first.get("manifestation", ())), str(first.get("severity", ""))


def _days(period: Json) -> str:
    first, last = period.get("start"), period.get("end")
    if first and last:
        return f"{first} to {last}"
    return f"since {first}" if first else f"until {last}" if last else ""


def _when(text: str | None, site: Site) -> str:
    """A moment on the clinic’s clock; a day as it is."""
    if not text or "T" not in text:
        return text or ""
    return f"{site.local(datetime.fromisoformat(text)):%-d %b %Y, %H:%M}"
