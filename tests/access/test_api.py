"""Every address of the API and every role: the table, the policy and what the doors really answer agree.

A request without a body is enough: who may not come in is refused before anything is read, and who may is told what is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from clinic import clock
from clinic.api import tokens
from clinic.api.door import name_of
from clinic.api.routes import API as EVERY
from clinic.models import Membership, User
from clinic.policy import GRANTS, Door, Role
from tests.access import api_world
from tests.access.api_table import EXPECTED as EXPECTED_OF_EVERY
from tests.access.table import PUBLIC
from tests.access.world import PLANTED, SECRET, World

pytestmark = pytest.mark.django_db

# FHIR is asked in a file of its own (tests/journey/test_fhir_search.py); its addresses end without a stroke.
API = {name: rule for name, rule in EVERY.items() if name.endswith("/")}
EXPECTED = {name: who for name, who in EXPECTED_OF_EVERY.items() if name.endswith("/")}
SHUT = b"urn:evenkeel:problem:forbidden"  # of the door; a verb that asks for more says “not-permitted”
ADD = "{0} is new: add its line to clinic.api.routes.API (who may use it) and to EXPECTED in tests/access/api_table.py."


def house() -> list[URLPattern]:
    (api,) = [one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "api"]
    return api.url_patterns


def doors() -> Iterator[tuple[str, str, Any]]:
    """(name in the table, route, view) of every method of every address."""
    for pattern in house():
        view = getattr(pattern.callback, "cls", None)
        for method in view.http_method_names if view else ["get"]:
            if method != "head":
                yield name_of(method.upper(), str(pattern.pattern)), str(pattern.pattern), view


DOORS = {name: (route, view) for name, route, view in doors()}


def test_no_address_is_made_twice() -> None:
    assert sorted(name for name, _, _ in doors()) == sorted(DOORS)


def test_every_address_stands_in_the_policy_and_in_the_table() -> None:
    assert [ADD.format(name) for name in DOORS if name not in API or name not in EXPECTED] == []


def test_the_policy_and_the_table_name_no_address_that_is_gone() -> None:
    assert sorted((set(API) | set(EXPECTED)) - set(DOORS)) == []


def test_the_table_says_what_the_policy_grants() -> None:
    granted = {name: PUBLIC if rule is Door.PUBLIC else set(GRANTS[rule]) for name, rule in API.items()}
    assert granted == EXPECTED


class Systems:
    """A token for each role, and one of somebody who is everything elsewhere; what they cause is undone."""

    def __init__(self, world: World) -> None:
        self.world = world
        api_world.add(world)
        self.addresses: dict[str, str] = {}
        self.client = Client(raise_request_exception=True)
        self.secrets = {role: self.secret(user, role) for role, user in world.people.items()}
        self.strangers = {role: self.secret(world.stranger, role) for role in Role}

    def secret(self, user: User, role: Role) -> str:
        site = user.roles_held[0].site
        return tokens.issue(user=user, role=role, site=site, name="A test", days=1)[1]

    def ask(self, name: str, secret: str | None, pk: UUID | None = None, *, opens: bool = True) -> tuple[int, bytes]:
        """Status and words of the answer. Nothing is undone behind a door that is to stay shut."""
        method, path = name.split(" ", 1)
        address = f"/api/v1/{self.filled(path, pk)}"
        headers = {"Authorization": f"Token {secret}"} if secret else {}
        writes = opens and method != "GET"  # what reading leaves in the log goes with the world
        with transaction.atomic() if writes else nullcontext():
            answer = self.client.generic(method, address, b"{}", content_type="application/json", headers=headers)
            if writes:
                transaction.set_rollback(True)
        assert PLANTED.encode() not in answer.content, f"{name} tells what a psychotherapy note says"
        return answer.status_code, answer.content

    def filled(self, path: str, pk: UUID | None = None) -> str:
        """The address of the first record of the world, or of `pk`, and of the first row within it."""
        if "{id}" not in path:
            return path
        if path not in self.addresses:
            self.addresses[path] = self._first(path)
        own = self.addresses[path]
        return own if pk is None else own.replace(own.split("/")[1], str(pk), 1)

    def _first(self, path: str) -> str:
        if "{row}" not in path:
            return path.replace("{id}", str(self.pk_of(path)))
        rows = DOORS[f"GET {path.partition('{row}')[0]}"][1].collection
        row = rows.rows(self.world.everyone).first()
        assert row is not None, f"tests/access/world.py holds nothing of {rows.path}"
        parent = attrgetter(f"{rows.through.replace('__', '.')}_id")(row)
        return path.replace("{row}", str(row.pk)).replace("{id}", str(parent))

    def pk_of(self, path: str) -> UUID:
        """The first row of the world in the collection that the address names."""
        collection = DOORS[f"GET {path.split('/')[0]}/"][1].collection
        row = collection.rows(self.world.everyone).first()
        assert row is not None, f"tests/access/world.py holds nothing of {path.split('/')[0]}"
        return row.pk


@pytest.fixture(scope="module")
def systems(django_db_setup: None, django_db_blocker: Any) -> Iterator[Systems]:
    """One world for all questions, in a transaction that the file's end rolls back."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        with clock.at(world.now):
            yield Systems(world)
        transaction.set_rollback(True)


ASKED = sorted(name for name, rule in API.items() if rule is not Door.PUBLIC)
OF_EVERY_SITE = ("payers/", "code-tables/")  # a payer is that of every site, and a code means the same at each
OF_ONE_SITE = [name for name in ASKED if not name.split()[1].startswith(OF_EVERY_SITE)]


def test_without_a_token_every_door_is_shut(systems: Systems) -> None:
    assert {name: status for name in ASKED if (status := systems.ask(name, None, opens=False)[0]) != 401} == {}


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_past_the_door_exactly_where_the_table_says(systems: Systems, role: Role) -> None:
    wrong = []
    for name in ASKED:
        status, said = systems.ask(name, systems.secrets[role], opens=role in EXPECTED[name])
        if (SHUT not in said) != (role in EXPECTED[name]) or status >= 500:
            wrong.append((name, status, said[:200]))
        if status == 403 and SECRET.encode() in said:
            wrong.append((name, "names the patient"))
    assert wrong == []


def test_someone_with_every_role_elsewhere_finds_nothing_of_this_site(systems: Systems) -> None:
    wrong = []
    for name in OF_ONE_SITE:
        role = min(EXPECTED[name])
        status, said = systems.ask(name, systems.strangers[Role(role)])
        if SECRET.encode() in said or ("{id}" in name and status != 404):
            wrong.append((name, status))
    assert wrong == []


def test_a_record_that_never_was_is_answered_as_a_strangers_is(systems: Systems) -> None:
    for name in (one for one in OF_ONE_SITE if one.startswith("GET") and one.endswith("{id}/")):
        role = Role(min(EXPECTED[name]))
        assert systems.ask(name, systems.strangers[role]) == systems.ask(name, systems.strangers[role], uuid4())


def test_a_row_is_found_within_its_own_record_alone(systems: Systems) -> None:
    """The row of one infusion behind the id of another is not there: no pair of ids opens what one of them would."""
    wrong, elsewhere = [], 0
    for name in (one for one in OF_ONE_SITE if "{row}" in one):
        path = name.split(" ")[1]
        own, parent = systems.filled(path), DOORS[f"GET {path.partition('{row}')[0]}"][1].collection.within
        for pk in parent.rows(systems.world.everyone).values_list("pk", flat=True)[:3]:
            status, _ = systems.ask(name, systems.secrets[Role(min(EXPECTED[name]))], pk)
            is_own = str(pk) in own
            elsewhere += not is_own
            if (status == 404) == is_own:
                wrong.append((name, status))
    assert wrong == []
    assert elsewhere > 5


def test_who_may_do_it_may_read_what_it_answers() -> None:
    """Else a role writes what it can’t find again: the desk has to know which infusion it checks in."""
    for name, (_, view) in DOORS.items():
        if name.startswith("GET") or not hasattr(view, "collection"):
            continue
        one = view.collection
        verb = one.verbs[view.verb_name] if hasattr(view, "verb_name") else one.update if "{id}" in name else one.create
        of = (verb and verb.makes) or one
        assert set(EXPECTED[name]) <= set(EXPECTED[f"GET {of.path}"]), name


def test_a_page_of_rows_asks_the_database_nothing_more(systems: Systems, django_assert_num_queries: Any) -> None:
    """However many rows a page has, writing them down costs no query: all of it was read with them."""
    for name, (_, view) in DOORS.items():
        if not name.startswith("GET") or not hasattr(view, "collection"):
            continue
        rows = [row for _ in range(3) for row in view.collection.rows(systems.world.everyone)[:3]]
        form = view.collection.form(systems.world.everyone)
        with django_assert_num_queries(0):
            assert len(form(rows, many=True).data) == len(rows), name


def test_a_role_that_is_taken_closes_its_token(systems: Systems) -> None:
    name = next(one for one in ASKED if one.startswith("GET") and "{" not in one)
    role = Role(min(EXPECTED[name]))
    with transaction.atomic():
        Membership.objects.filter(user=systems.world.people[role]).delete()
        assert systems.ask(name, systems.secrets[role])[0] == 401
        transaction.set_rollback(True)
