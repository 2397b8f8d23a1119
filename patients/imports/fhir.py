"""FHIR R4 bundles: Patient, Condition, MedicationRequest, MedicationStatement, AllergyIntolerance, Coverage.

Other resources are let be, but for those of our own bundles (`fhir_ours`).

A reader of foreign JSON believes nothing: every value is asked for its kind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

from patients.fhir_names import ABSENT
from patients.imports import fhir_ours
from patients.imports.foreign import Json, as_dict, as_dicts
from patients.imports.rows import (
    BadFile,
    Batch,
    CodedRow,
    CoverageRow,
    Outcome,
    PayerRow,
    PersonRow,
    Where,
    day,
    whole_day,
    words,
)
from patients.imports.source import Files
from patients.imports.table import decoded

# Numbers that no record of ours should hold: a clinic has no use for them, and a thief has.
NEVER_KEPT = ("us-ssn", "2.16.840.1.113883.4.1", "2.16.840.1.113883.4.3", "passport")
OVER = frozenset({"completed", "stopped", "cancelled", "ended"})
NO_INSURANCE = frozenset({"no_insurance", "no insurance", "self-pay", "self pay", "uninsured"})
LANGUAGES = frozenset({"en", "es"})
RELATIONS = frozenset({"self", "spouse", "child"})


def read(files: Files) -> Batch:
    """The bundles as one batch. Raises BadFile."""
    batch = Batch()
    for name, content in files.items():
        _Bundle(name, content, batch).read()
    return batch


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _parsed(name: str, content: bytes) -> Json:
    text = decoded(name, content)
    try:
        bundle = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadFile(name, f"This is not JSON: {error.msg}.", line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):
        raise BadFile(name, "This is not JSON that FHIR allows.") from None
    if as_dict(bundle).get("resourceType") != "Bundle":
        raise BadFile(name, "This is not a FHIR bundle: resourceType is not “Bundle”.")
    return as_dict(bundle)


def _coded(concept: object) -> tuple[str, str, str]:
    """System, code and words of a CodeableConcept: its first coding, its own text where that has no words."""
    whole = as_dict(concept)
    coding = next(iter(as_dicts(whole.get("coding"))), {})
    display = words(coding.get("display")) or words(whole.get("text")) or words(coding.get("code"))
    return words(coding.get("system")), words(coding.get("code")), display


def _status(value: object) -> str:
    return words(value) if isinstance(value, str) else _coded(value)[1]


class _Bundle:
    """One file: its patients by reference, then what refers to them."""

    def __init__(self, name: str, content: bytes, batch: Batch) -> None:
        self.name, self.batch = name, batch
        self.entries = list(_entries(name, _parsed(name, content)))
        self.people: dict[str, PersonRow] = {}
        self.resources: dict[str, Json] = {}
        for _, url, resource in self.entries:
            for reference in _references(url, resource):
                self.resources[reference] = resource

    def read(self) -> None:
        if not any(resource.get("resourceType") == "Patient" for _, _, resource in self.entries):
            raise BadFile(self.name, "There is no Patient in this bundle.")
        for where, url, resource in self.entries:
            if resource.get("resourceType") == "Patient":
                self._take(where, resource, partial(self._person, url))
        readers: dict[str, Callable[[Where, Json], None]] = {
            "Condition": self._condition,
            "MedicationRequest": self._medication,
            "MedicationStatement": self._medication,
            "AllergyIntolerance": self._allergy,
            "Coverage": self._coverage,
        }
        for where, _, resource in self.entries:
            reader = readers.get(str(resource.get("resourceType")))
            if reader:
                self._take(where, resource, reader)
            elif resource.get("resourceType") in fhir_ours.READERS:
                self._take(where, resource, self._ours)
        self._billed()

    def _ours(self, where: Where, resource: Json) -> None:
        """Of a foreign patient these are let be."""
        person = self.people.get(words(as_dict(resource.get("subject")).get("reference")))
        if person and fhir_ours.is_ours(person.identifiers):
            fhir_ours.READERS[str(resource["resourceType"])](where, resource, person)

    def _take(self, where: Where, resource: Json, reader: Callable[[Where, Json], None]) -> None:
        try:
            reader(where, resource)
        except ValueError as error:
            self.batch.leave(where, str(resource.get("resourceType")), str(error))

    def _person(self, url: str, where: Where, resource: Json) -> None:
        identifiers = _identifiers(resource)
        if not identifiers:
            raise ValueError("The patient has no id; without one a second run would make a second record.")
        person = PersonRow(where, identifiers, _values(resource), died=resource.get("deceasedBoolean") is True)
        if fhir_ours.is_ours(identifiers):
            person.values |= fhir_ours.values(resource)
            fhir_ours.take_contacts(where, resource, person)
        for reference in _references(url, resource):
            self.people[reference] = person
        self.batch.people.append(person)

    def _owner(self, where: Where, resource: Json, reference: object) -> PersonRow | None:
        """Whose it is. Entered in error, or nobody's: left, with the reason."""
        what = words(resource.get("resourceType"))
        statuses = {_status(resource.get("verificationStatus")), _status(resource.get("status"))}
        if statuses & {"entered-in-error", "refuted"}:
            self.batch.leave(where, what, "The sender marked it as entered in error or refuted.", Outcome.SKIPPED)
            return None
        person = self.people.get(words(as_dict(reference).get("reference")))
        if person is None:
            self.batch.leave(where, what, "Its patient is not in this bundle.", Outcome.SKIPPED)
        return person

    def _condition(self, where: Where, resource: Json) -> None:
        system, code, display = _coded(resource.get("code"))
        person = self._owner(where, resource, resource.get("subject"))
        if person:
            first = _first_day(resource, "onsetDateTime", "onsetPeriod.start", "recordedDate")
            last = _first_day(resource, "abatementDateTime", "abatementPeriod.end")
            person.conditions.append(CodedRow(where, system, code, display, first, last))

    def _medication(self, where: Where, resource: Json) -> None:
        if fhir_ours.is_order(resource):
            why = "An order of the clinic it comes from. What was given stands among the observations of the past."
            self.batch.leave(where, "MedicationRequest", why, Outcome.SKIPPED)
            return
        concept = resource.get("medicationCodeableConcept")
        if concept is None:
            reference = words(as_dict(resource.get("medicationReference")).get("reference"))
            concept = self._contained(resource, reference).get("code")
        system, code, display = _coded(concept)
        person = self._owner(where, resource, resource.get("subject"))
        if person is None:
            return
        told = {**resource, "told": fhir_ours.bounds(resource)}
        first = _first_day(
            told, "told.start", "effectivePeriod.start", "effectiveDateTime", "authoredOn", "dateAsserted"
        )
        last = _first_day(told, "told.end", "effectivePeriod.end", "dispenseRequest.validityPeriod.end")
        note = ""
        if last is None and _status(resource.get("status")) in OVER:
            last, note = first, "It is over; the last day is not in the file, so the first stands for it."
        person.medications.append(CodedRow(where, system, code, display, first, last, {"dose": _dose(resource)}, note))

    def _contained(self, resource: Json, reference: str) -> Json:
        inside = {f"#{words(one.get('id'))}": one for one in as_dicts(resource.get("contained"))}
        return inside.get(reference) or self.resources.get(reference, {})

    def _allergy(self, where: Where, resource: Json) -> None:
        system, code, display = _coded(resource.get("code"))
        person = self._owner(where, resource, resource.get("patient"))
        if person is None:
            return
        reactions = as_dicts(resource.get("reaction"))
        every = [_coded(one) for reaction in reactions for one in as_dicts(reaction.get("manifestation"))]
        felt = [display for system, _, display in every if system != ABSENT]
        ranks = {words(reaction.get("severity")) for reaction in reactions}
        worst = next((rank for rank in ("severe", "moderate", "mild") if rank in ranks), "")
        first = _first_day(resource, "onsetDateTime", "recordedDate")
        more = {"reaction": "; ".join(filter(None, felt)), "severity": worst}
        person.allergies.append(CodedRow(where, system, code, display, first, more=more))

    def _coverage(self, where: Where, resource: Json) -> None:
        person = self._owner(where, resource, resource.get("beneficiary"))
        if person:
            person.sections.setdefault("coverage", []).append(_plan(where, resource, self._contained))

    def _billed(self) -> None:
        """Where no Coverage stands by itself, the payer of the newest bill is the plan to verify; it has no dates."""
        newest: dict[int, tuple[str, Where, Json]] = {}
        for where, _, resource in self.entries:
            person = self.people.get(words(as_dict(resource.get("patient")).get("reference")))
            if resource.get("resourceType") != "ExplanationOfBenefit" or person is None:
                continue
            for inside in as_dicts(resource.get("contained")):
                made = words(resource.get("created"))
                if inside.get("resourceType") == "Coverage" and made >= newest.get(id(person), ("",))[0]:
                    newest[id(person)] = (made, where, inside)
        for person in self.batch.people:
            if id(person) in newest and "coverage" not in person.sections:
                _, where, inside = newest[id(person)]
                self._take(where, inside, partial(self._put, person))

    def _put(self, person: PersonRow, where: Where, resource: Json) -> None:
        person.sections["coverage"] = [_plan(where, resource, self._contained)]


def _entries(name: str, bundle: Json) -> Iterator[tuple[Where, str, Json]]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise BadFile(name, "The bundle’s “entry” is not a list.")
    for number, entry in enumerate(entries, start=1):
        yield Where(name, number), words(as_dict(entry).get("fullUrl")), as_dict(as_dict(entry).get("resource"))


def _references(url: str, resource: Json) -> set[str]:
    key = words(resource.get("id"))
    kind = words(resource.get("resourceType"))
    return {url, f"{kind}/{key}", f"urn:uuid:{key}"} - {""} if key else {url} - {""}


def _identifiers(resource: Json) -> list[tuple[str, str]]:
    """Every id worth keeping; the resource's own where there is none."""
    found: dict[tuple[str, str], None] = {}
    for one in as_dicts(resource.get("identifier")):
        system, value = words(one.get("system")), words(one.get("value"))
        if system and value and not any(part in system for part in NEVER_KEPT):
            found[(system, value.lower() if "synthea" in system else value)] = None
    if not found and words(resource.get("id")):
        found[("urn:fhir:Patient.id", words(resource.get("id")))] = None
    return list(found)


def _values(resource: Json) -> dict[str, Any]:
    every = as_dicts(resource.get("name"))
    name = next((one for one in every if one.get("use") == "official"), next(iter(every), {}))
    nick = next((one for one in every if one.get("use") == "nickname"), {})
    given = [words(one) for one in _list(name.get("given"))]
    address = next((one for one in as_dicts(resource.get("address")) if one.get("use") != "old"), {})
    sex = words(resource.get("gender"))
    return {
        "given_name": given[0] if given else "",
        "middle_name": " ".join(given[1:]),
        "family_name": words(name.get("family")),
        "preferred_name": " ".join(words(one) for one in _list(nick.get("given"))),
        "birth_date": whole_day(resource.get("birthDate")),
        "deceased_on": whole_day(resource.get("deceasedDateTime")),
        "sex": sex if sex in {"female", "male", "other"} else "unknown",
        "phone": _telecom(resource, "phone"),
        "email": _telecom(resource, "email"),
        "address": ", ".join(filter(None, (words(line) for line in _list(address.get("line"))))),
        "city": words(address.get("city")),
        "state": words(address.get("state")),
        "postal_code": words(address.get("postalCode")),
        "language": _language(resource),
    }


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _telecom(resource: Json, kind: str) -> str:
    found = [one for one in as_dicts(resource.get("telecom")) if one.get("system") == kind and one.get("use") != "old"]
    return words(found[0].get("value")) if found else ""


def _language(resource: Json) -> str:
    said = next(iter(as_dicts(resource.get("communication"))), {})
    code = _coded(said.get("language"))[1][:2].lower()
    return code if code in LANGUAGES else "en"


def _first_day(resource: Json, *paths: str) -> date | None:
    for path in paths:
        value: Any = resource
        for step in path.split("."):
            value = as_dict(value).get(step)
        if value is not None:
            return day(value)
    return None


def _dose(resource: Json) -> str:
    first = next(iter(as_dicts(resource.get("dosageInstruction") or resource.get("dosage"))), {})
    text = words(first.get("text"))
    return text if len(text) <= 120 else text[:119] + "…"


def _plan(where: Where, resource: Json, contained: Callable[[Json, str], Json]) -> CoverageRow:
    payor = next(iter(as_dicts(resource.get("payor"))), {})
    named = contained(resource, words(payor.get("reference")))
    name = words(payor.get("display")) or words(named.get("name")) or words(as_dict(resource.get("type")).get("text"))
    if not name:
        raise ValueError("The coverage names no payer.")
    relation = _coded(resource.get("relationship"))[1] or "self"
    rank = resource.get("order")
    subscriber, born = fhir_ours.subscriber(resource)
    return CoverageRow(
        where=where,
        payer=PayerRow(where, "", name),
        insured=name.lower() not in NO_INSURANCE,
        member_id=words(resource.get("subscriberId")),
        group_number=_class(resource, "group"),
        plan_name=_class(resource, "plan"),
        subscriber_name=subscriber,
        subscriber_birth_date=day(born),
        relation=relation if relation in RELATIONS else "other",
        rank=rank if isinstance(rank, int) and 1 <= rank <= 3 else 1,
        starts_on=_first_day(resource, "period.start"),
        ends_on=_first_day(resource, "period.end"),
    )


def _class(resource: Json, kind: str) -> str:
    for one in as_dicts(resource.get("class")):
        if _coded(one.get("type"))[1] == kind:
            return words(one.get("name")) or words(one.get("value"))
    return ""
