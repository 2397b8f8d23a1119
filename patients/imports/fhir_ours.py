"""What only our own bundles hold in a form that we can take back: contacts, questionnaires, and what was done before.

Past infusions, sessions, vital signs and results become observations of the past: read and shown, never a visit, a
dose or a weight of this clinic (docs/fhir.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.dateparse import parse_datetime

from patients.fhir_names import BY_ADDRESS, DIFFICULTY, HOW_OFTEN, OURS, link_id
from patients.imports.foreign import Json, as_dict, as_dicts
from patients.imports.rows import ContactRow, MeasureRow, PastRow, PersonRow, Where, words
from patients.instruments import NOT_ASKED
from patients.models import Contact
from patients.scoring import LENGTH

SITES = f"{OURS}/sites/"


def is_ours(identifiers: list[tuple[str, str]]) -> bool:
    """Whether a house like this one wrote the bundle."""
    return any(system.startswith(SITES) for system, _ in identifiers)


def is_order(resource: Json) -> bool:
    """An order of the clinic it comes from: no medicine that the patient takes."""
    return any(words(one.get("system")) == f"{OURS}/dose-order" for one in as_dicts(resource.get("identifier")))


def values(resource: Json) -> Json:
    """Fields of the patient that foreign bundles don’t carry like this."""
    phones = [words(one.get("value")) for one in as_dicts(resource.get("telecom")) if one.get("system") == "phone"]
    every = as_dicts(resource.get("extension"))
    pronouns = next((one for one in every if "individual-pronouns" in str(one.get("url"))), {})
    inside = next(iter(as_dicts(pronouns.get("extension"))), {})
    said = as_dict(inside.get("valueCodeableConcept")).get("text")
    return {"phone_other": phones[1] if len(phones) > 1 else "", "pronouns": words(said)}


def take_contacts(where: Where, resource: Json, person: PersonRow) -> None:
    for one in as_dicts(resource.get("contact")):
        relation = next(iter(as_dicts(one.get("relationship"))), {})
        kinds = [
            words(each.get("code"))
            for each in as_dicts(relation.get("coding"))
            if each.get("system") == f"{OURS}/contact"
        ]
        phone = next(iter(as_dicts(one.get("telecom"))), {})
        if kinds and kinds[0] in Contact.Kind.values:
            row = ContactRow(
                where, kinds[0], words(as_dict(one.get("name")).get("text")), words(relation.get("text")),
                words(phone.get("value")),
            )  # fmt: skip
            person.sections.setdefault("contacts", []).append(row)


def _measure(where: Where, resource: Json, person: PersonRow) -> None:
    instrument = BY_ADDRESS.get(words(resource.get("questionnaire")))
    if instrument is None:
        raise ValueError("This questionnaire is none of ours.")
    more = {words(one.get("url")).removeprefix(f"{OURS}/"): one for one in as_dicts(resource.get("extension"))}
    answers = {words(one.get("linkId")): one for one in as_dicts(resource.get("item"))}
    links = [link_id(instrument, place) for place in range(LENGTH[instrument])]
    items = [_answer(answers.get(link, {})) for link in links] if answers else []
    total = as_dict(more.get("total")).get("valueInteger")
    person.sections.setdefault("measures", []).append(
        MeasureRow(
            where,
            instrument,
            _moment(resource, "authored"),
            items,
            total if isinstance(total, int) else None,
            words(as_dict(more.get("timepoint")).get("valueCode")),
            words(as_dict(more.get("version")).get("valueString")) or "1",
            words(resource.get("language")) or "en",
            _answer(answers[f"/{DIFFICULTY}"]) if f"/{DIFFICULTY}" in answers else None,
        )
    )


def _answer(item: Json) -> int:
    """Its number; without an answer the question was not to be asked."""
    answer = next(iter(as_dicts(item.get("answer"))), None)
    if answer is None:
        return NOT_ASKED
    coded = words(as_dict(answer.get("valueCoding")).get("code"))
    value = HOW_OFTEN.index(coded) if coded in HOW_OFTEN else answer.get("valueInteger")
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("An answer is no number.")
    return value


# What was done and observed


def _observation(where: Where, resource: Json, person: PersonRow) -> None:
    if resource.get("derivedFrom"):
        return  # the score of a questionnaire, which is worked out again
    quantity = as_dict(resource.get("valueQuantity"))
    concept = as_dict(resource.get("valueCodeableConcept"))
    found = next(iter(as_dicts(concept.get("coding"))), {})
    said = ", ".join(part for part in (words(found.get("display")), words(concept.get("text"))) if part)
    parts = [_part(one) for one in as_dicts(resource.get("component"))]
    kind = next(iter(as_dicts(resource.get("category"))), {})
    _past(
        where, resource, person, _moment(resource, "effectiveDateTime"), as_dict(resource.get("code")),
        category=words(next(iter(as_dicts(kind.get("coding"))), {}).get("code")),
        value=_number(quantity.get("value")), unit=words(quantity.get("unit")),
        said=said or words(resource.get("valueString")), parts=parts,
    )  # fmt: skip


def _part(one: Json) -> dict[str, str]:
    coding, quantity = _coding(as_dict(one.get("code"))), as_dict(one.get("valueQuantity"))
    value = _number(quantity.get("value"))
    if value is None:
        raise ValueError("A part of it has no number.")
    return {**coding, "value": f"{value.normalize():f}", "unit": words(quantity.get("unit"))}


def _procedure(where: Where, resource: Json, person: PersonRow) -> None:
    period = as_dict(resource.get("performedPeriod"))
    _past(where, resource, person, _moment(period, "start"), as_dict(resource.get("code")), category="procedure")


def _administration(where: Where, resource: Json, person: PersonRow) -> None:
    dose = as_dict(as_dict(resource.get("dosage")).get("dose"))
    start = _moment(as_dict(resource.get("effectivePeriod")), "start")
    _past(
        where, resource, person, start, as_dict(resource.get("medicationCodeableConcept")), category="procedure",
        value=_number(dose.get("value")), unit=words(dose.get("unit")),
    )  # fmt: skip


def _past(
    where: Where, resource: Json, person: PersonRow, at: datetime, code: Json, *, category: str,
    value: Decimal | None = None, unit: str = "", said: str = "", parts: list[dict[str, str]] | None = None,
) -> None:  # fmt: skip
    known = [one for one in as_dicts(resource.get("identifier")) if one.get("system") == f"{OURS}/past"]
    key = (
        words(known[0].get("value")) if known else f"{words(resource.get('resourceType'))}/{words(resource.get('id'))}"
    )
    coding = _coding(code)
    coding["display"] = words(code.get("text")) or coding["display"]
    row = PastRow(where, key, at, category, **coding, value=value, unit=unit, words=said, parts=parts or [])
    person.sections.setdefault("past", []).append(row)


READERS: Mapping[str, Callable[[Where, Json, PersonRow], None]] = {
    "QuestionnaireResponse": _measure,
    "Observation": _observation,
    "Procedure": _procedure,
    "MedicationAdministration": _administration,
}


def bounds(resource: Json) -> Json:
    """From when to when a medicine is taken, where the dosage says so."""
    dosage = next(iter(as_dicts(resource.get("dosageInstruction"))), {})
    return as_dict(as_dict(as_dict(dosage.get("timing")).get("repeat")).get("boundsPeriod"))


def subscriber(resource: Json) -> tuple[str, str]:
    """Name and birth date of whose plan it is."""
    more = {words(one.get("url")): one for one in as_dicts(resource.get("extension"))}
    name = as_dict(more.get(f"{OURS}/subscriber-name")).get("valueString")
    return words(name), words(as_dict(more.get(f"{OURS}/subscriber-birth-date")).get("valueDate"))


def _coding(concept: Json) -> dict[str, str]:
    first = next(iter(as_dicts(concept.get("coding"))), {})
    display = words(first.get("display")) or words(concept.get("text")) or words(first.get("code"))
    return {"system": words(first.get("system")), "code": words(first.get("code")), "display": display}


def _moment(resource: Json, name: str) -> datetime:
    try:
        found = parse_datetime(words(resource.get(name)))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"It does not say when it was ({name}).")
    return found


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
