"""Bundles, outcomes and the statement of what is served, as bodies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from journey.fhir.catalog import KINDS, Kind
from journey.fhir.parts import Json, clean, instant
from journey.fhir.search import Asked

VERSION = "4.0.1"


def searchset(base: str, kind: Kind, asked: Asked, resources: Iterable[Json], total: int) -> Json:
    """A page of a search with its links."""
    pages = max(1, -(-total // asked.count)) if asked.count else 1
    links = {"self": asked.page, "first": 1, "last": pages}
    if asked.page > 1:
        links["previous"] = min(asked.page - 1, pages)
    if asked.page < pages and asked.count:
        links["next"] = asked.page + 1
    return clean(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": total,
            "link": [{"relation": name, "url": _address(base, kind, asked, page)} for name, page in links.items()],
            "entry": [{**entry(base, each), "search": {"mode": "match"}} for each in resources],
        }
    )


def _address(base: str, kind: Kind, asked: Asked, page: int) -> str:
    """No name stands in it but what the asker wrote there."""
    query = urlencode([*asked.words, ("_page", str(page))])
    return f"{base}/{kind.name}?{query}"


def entry(base: str, resource: Json) -> Json:
    return {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}


def bundle(base: str, kind: str, resources: Iterable[Json], made: datetime | None = None) -> Json:
    entries = [entry(base, each) for each in resources]
    if kind == "searchset":
        entries = [{**each, "search": {"mode": "match"}} for each in entries]
    return clean(
        {
            "resourceType": "Bundle",
            "type": kind,
            "timestamp": instant(made),
            "total": len(entries) if kind == "searchset" else None,
            "entry": entries,
        }
    )


def capability(base: str, at: datetime) -> Json:
    """What is served, from the catalog itself."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(at),
        "kind": "instance",
        "software": {"name": "Evenkeel"},
        "implementation": {"description": "The record of a clinic, to be read", "url": base},
        "fhirVersion": VERSION,
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Authorization: Token …; a monitor posts with Authorization: Device …"},
                "resource": [_served(kind) for kind in KINDS.values()],
            }
        ],
    }


def _served(kind: Kind) -> Json:
    actions = ["read", "search-type", *(["create"] if kind.name == "Observation" else [])]
    operation = {
        "name": "everything",
        "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    }
    return clean(
        {
            "type": kind.name,
            "interaction": [{"code": action} for action in actions],
            "versioning": "no-version",
            "searchParam": [{"name": name, "type": type_} for name, type_ in kind.params.items()],
            "operation": [operation] if kind.name == "Patient" else None,
        }
    )
