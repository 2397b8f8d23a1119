"""The codes by which questionnaires and our own rows are known in FHIR: written by the export, read by the import."""

from __future__ import annotations

from collections.abc import Mapping

from patients.instruments import FACTS

LOINC = "http://loinc.org"
OURS = "https://evenkeel.example/fhir"
"""Of our own codes, extensions and tags: a name, not an address that answers."""

PANELS: Mapping[str, str] = {"phq9": "44249-1", "gad7": "69737-5"}
ITEMS: Mapping[str, tuple[str, ...]] = {
    "phq9": (
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8",
    ),
    "gad7": ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"),
}  # fmt: skip
DIFFICULTY = "69722-7"
HOW_OFTEN = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


def questionnaire(instrument: str) -> str:
    """The canonical address of an instrument: LOINC's, where LOINC has it."""
    panel = PANELS.get(instrument)
    return f"{LOINC}/q/{panel}" if panel else f"{OURS}/questionnaire/{instrument}"


BY_ADDRESS: Mapping[str, str] = {questionnaire(key): key for key in FACTS}


def link_id(instrument: str, place: int) -> str:
    """The name of a question inside its questionnaire."""
    loinc = ITEMS.get(instrument)
    return f"/{loinc[place]}" if loinc else str(place + 1)
