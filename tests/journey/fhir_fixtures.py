"""What the FHIR tests share: the world, made once for a file, and systems with a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from clinic import clock
from clinic.api import tokens
from clinic.models import User
from clinic.policy import Role
from tests import build
from tests.journey import fhir_world
from tests.journey.fhir_world import World

BASE = "/fhir/R4"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once, in a transaction that the file's end rolls back; it is noon of the second infusion's day."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = fhir_world.make()
        with clock.at(build.moment(world.clinic.site, "2027-02-05", "12:30")):
            yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(made: World, db: None) -> World:
    """The same for one test: what it writes is undone."""
    return made


class System:
    """Another system with one person's token."""

    def __init__(self, user: User, role: Role) -> None:
        self.secret = tokens.issue(user=user, role=role, site=user.roles_held[0].site, name="A test", days=1)[1]
        self.client, self.headers = Client(), {"Authorization": f"Token {self.secret}"}

    def ask(self, path: str, status: int = 200) -> Json:
        answer = self.client.get(f"{BASE}/{path}", headers=self.headers)
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"].startswith("application/fhir+json")
        body: Json = json.loads(answer.content)
        return body

    def found(self, path: str) -> list[Json]:
        return [entry["resource"] for entry in self.ask(path).get("entry", [])]


@pytest.fixture
def provider(world: World) -> System:
    return System(world.clinic.provider, Role.PROVIDER)
