"""Small makers for the tests of the registry."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import Site, User
from patients import inquiries, registration
from patients.models import Inquiry, Patient

BORN = date(1984, 3, 14)


def register(site: Site, by: User, given: str = "Maya", family: str = "Torres", **fields: Any) -> Patient:
    fields.setdefault("birth_date", BORN)
    fields.setdefault("confirmed_new", True)
    return registration.register(site=site, by=by, given_name=given, family_name=family, **fields)


def inquiry(site: Site, **fields: Any) -> Inquiry:
    fields = {"given_name": "Maya", "family_name": "Torres", "phone": "555 013 7740", **fields}
    return inquiries.receive(site=site, source="web", **fields)


def asked(client: Client, address: str, *, box: bool = False) -> int:
    """How many questions to the database a page of this room costs, the frame's own left out."""
    headers = {"HX-Request": "true"} if box else {}
    client.get(address, headers=headers)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, headers=headers).status_code == 200
    said = [query["sql"] for query in seen.captured_queries if "AS counted" not in query["sql"]]  # of the navigation
    return sum(1 for sql in said if "patients_" in sql or "clinic_site" in sql)
