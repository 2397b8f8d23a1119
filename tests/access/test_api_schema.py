"""The whole schema, fuzzed: whatever is sent that fits it, nothing breaks, and every answer is one that it declares."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from requests import PreparedRequest
from schemathesis.core.transport import Response

from clinic.api.door import name_of
from clinic.api.schema_page import document
from clinic.policy import Role
from tests import build
from tests.access.api_table import EXPECTED
from tests.access.test_api import Systems, systems
from tests.access.world import SECRET

__all__ = ["systems"]

pytestmark = pytest.mark.django_db

READS, WRITES = 1, 2  # so many tries for each; what breaks is nearly always a body
SCHEMA = schemathesis.openapi.from_dict(json.loads(document()))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CHECKS = [
    schemathesis.checks.not_a_server_error,
    *schemathesis.checks.CHECKS.get_by_names(["status_code_conformance", "response_schema_conformance"]),
]


def brief(tries: int) -> settings:
    """The same few tries each time, and no search for a smaller one."""
    return settings(
        max_examples=tries,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def known(systems: Systems) -> dict[str, object]:
    """What a body may name by its id, so that more than the lack of it is looked at."""
    world = systems.world
    return {
        "patient": world.patient.pk, "series": world.series.pk, "coverage": world.coverage.pk,
        "infusion": world.infusion.pk, "to": world.everyone.pk, "site": world.site.pk, "proof_password": build.PASSWORD,
    }  # fmt: skip


@pytest.mark.parametrize("tag", sorted({one.path.split("/")[3] for one in OPERATIONS}))
def test_every_answer_is_one_that_the_schema_declares(systems: Systems, tag: str) -> None:
    ids = known(systems)
    for operation in (one for one in OPERATIONS if one.path.split("/")[3] == tag):
        fuzz(systems, operation, ids)


def fuzz(systems: Systems, operation: Any, ids: dict[str, object]) -> None:
    name = name_of(operation.method.upper(), operation.path.removeprefix("/api/v1/"))
    secret = systems.secrets[Role(min(EXPECTED[name]))]
    address = f"/api/v1/{systems.filled(name.split(' ')[1])}"

    @brief(READS if operation.method == "get" else WRITES)
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        body = case.body if isinstance(case.body, dict) else {}
        body |= {field: str(pk) for field, pk in ids.items() if field in body}
        case.validate_response(send(systems.client, secret, case, address, body), checks=CHECKS)

    one()


def send(client: Client, secret: str, case: Any, address: str, body: Any) -> Response:
    """The case through Django, in a transaction that is undone."""
    kept = {key: value for key, value in (case.headers or {}).items() if key in ("If-Match", "Idempotency-Key")}
    headers = {**kept, "Authorization": f"Token {secret}"}
    data = b"" if case.method == "GET" else json.dumps(body).encode()
    with transaction.atomic():
        answer = client.generic(
            case.method, address, data, content_type="application/json", headers=headers, query_params=case.query
        )
        transaction.set_rollback(True)
    request = PreparedRequest()
    request.prepare(method=case.method, url=f"http://testserver{address}")
    found = {key.lower(): [value] for key, value in answer.items()}
    return Response(answer.status_code, found, answer.content, request, 0.0, verify=False)


def test_ids_of_this_site_in_a_body_are_nobodys_for_a_system_elsewhere(systems: Systems) -> None:
    """Bodies that fit the schema, with ids of records of this site, sent by somebody who is everything elsewhere."""
    answers: dict[str, Response] = {}
    for operation in (one for one in OPERATIONS if one.method == "post" and "{" not in one.path):
        from_elsewhere(systems, operation, answers)
    assert {name for name, answer in answers.items() if answer.status_code < 400} == set()
    assert {name for name, answer in answers.items() if SECRET.encode() in answer.content} == set()
    assert len(answers) >= 12


def from_elsewhere(systems: Systems, operation: Any, answers: dict[str, Response]) -> None:
    name = name_of("POST", operation.path.removeprefix("/api/v1/"))
    secret = systems.strangers[Role(min(EXPECTED[name]))]
    ids = {
        field: str(pk) for field, pk in known(systems).items() if field in ("patient", "series", "coverage", "infusion")
    }

    @brief(1)
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        body = case.body if isinstance(case.body, dict) else {}
        if theirs := {field: pk for field, pk in ids.items() if field in body}:
            answers[name] = send(systems.client, secret, case, operation.path, body | theirs)

    one()
