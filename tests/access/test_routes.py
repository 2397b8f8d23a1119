"""Every page and every role: the table, the policy and what the pages really answer agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic import clock
from clinic.models import User
from clinic.policy import GRANTS, ROUTES, Door, Role
from tests.access.table import CLOSED, EXPECTED, PUBLIC, SIGNED_IN
from tests.access.world import NEEDS, SECRET, World

ADD = (
    "{0} is new: add its line to clinic.policy.ROUTES (who may open it) and to EXPECTED in tests/access/table.py; "
    "if its address holds an id, also to NEEDS in tests/access/world.py."
)


def patterns(of: list[URLPattern | URLResolver], space: str = "", path: str = "") -> Iterator[tuple[str, str, bool]]:
    """(name, address, whether the address holds something to fill in) of every page of the house."""
    for one in of:
        here = path + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, space + (f"{one.namespace}:" if one.namespace else ""), here)
        else:
            yield (space + one.name if one.name else "", here, "<" in here)


PAGES = list(patterns(get_resolver().url_patterns))
NAMES = sorted({name for name, _, _ in PAGES if name})
WITH_ID = {name for name, _, fills in PAGES if fills}


def test_every_page_has_a_name():
    assert [f"{path} has no name, so no policy can open it" for name, path, _ in PAGES if not name] == []


def test_every_page_stands_in_the_policy_and_in_the_table():
    known = set(ROUTES) & set(EXPECTED)
    assert [ADD.format(name) for name in NAMES if name not in known] == []


def test_the_policy_and_the_table_name_no_page_that_is_gone():
    assert sorted((set(ROUTES) | set(EXPECTED) | set(NEEDS)) - set(NAMES)) == []


def test_every_address_with_an_id_has_something_to_show():
    assert [ADD.format(name) for name in sorted(WITH_ID - set(NEEDS))] == []


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_table_says_what_the_policy_grants(name):
    rule = ROUTES.get(name)
    words = {Door.PUBLIC: PUBLIC, Door.SIGNED_IN: SIGNED_IN, Door.CLOSED: CLOSED}
    granted = words[rule] if isinstance(rule, Door) else set(GRANTS.get(rule, ()))
    assert granted == EXPECTED[name], f"{name}: clinic.policy and tests/access/table.py differ; which one is meant?"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    world = World()
    with clock.at(world.now):
        yield world


@pytest.fixture
def knock(world: World) -> Callable[..., HttpResponse]:
    """`knock(client, route)` asks for the page about the world's own thing; what that writes is undone."""

    def ask(client: Client, route: str, method: str = "get") -> HttpResponse:
        address = reverse(route, kwargs=world.address_of(route) if route in WITH_ID else None)
        with transaction.atomic():
            answer: HttpResponse = getattr(client, method)(address)
            transaction.set_rollback(True)
        return answer

    return ask


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.get(reverse("clinic:unlock"))  # the first request notes the session
    return client


def may(role: Role, route: str) -> bool:
    expected = EXPECTED[route]
    return expected in (PUBLIC, SIGNED_IN) or role in expected


ASKED = sorted(set(EXPECTED) & set(NAMES) - {"account_logout"})  # which would end the session of the next question


def test_anonymous_people_are_sent_to_sign_in_except_where_all_may_go(world, knock):
    wrong = []
    for route in ASKED:
        for method in ("get", "post"):
            answer = knock(Client(), route, method)
            sent = answer.status_code == 302 and answer.url.startswith("/accounts/login/?next=")
            if sent != (EXPECTED[route] != PUBLIC):
                wrong.append((route, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_past_the_door_exactly_where_the_table_says(world, knock, role):
    client, wrong = client_of(world.people[role]), []
    for route in ASKED:
        status = knock(client, route).status_code
        if (status != 403) != may(role, route) or status >= 500:
            wrong.append((route, status))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_that_may_not_open_a_page_may_not_send_to_it_either(world, knock, role):
    client = client_of(world.people[role])
    closed = [route for route in ASKED if not may(role, route)]
    assert {route: status for route in closed if (status := knock(client, route, "post").status_code) != 403} == {}


def test_someone_with_every_role_elsewhere_finds_nothing_of_this_site(world, knock):
    client, wrong = client_of(world.stranger), []
    for route in sorted(WITH_ID & set(ASKED)):
        if EXPECTED[route] in (PUBLIC, CLOSED) or route == "clinic:protocol-edit":
            continue
        answers = [knock(client, route), knock(client, route, "post")]
        statuses = {answer.status_code for answer in answers}
        if not statuses <= {404, 405} or 404 not in statuses:
            wrong.append((route, statuses))
    assert wrong == []


def test_no_answer_to_a_stranger_holds_the_patients_name(world, knock):
    client = client_of(world.stranger)
    leaking = [
        (route, method)
        for route in ASKED
        for method in ("get", "post")
        if SECRET in knock(client, route, method).content.decode()
    ]
    assert leaking == []


def test_a_refusal_to_a_colleague_does_not_hold_the_patients_name(world, knock):
    leaking = []
    for role in Role:
        client = client_of(world.people[role])
        for route in (route for route in ASKED if not may(role, route)):
            answer = knock(client, route)
            leaking += [(role, route)] if SECRET in answer.content.decode() else []
    assert leaking == []


def test_the_patients_own_people_do_see_the_name(world, knock):
    """Else the two tests above could not fail."""
    page = knock(client_of(world.people[Role.NURSE]), "patients:edit").content.decode()
    assert SECRET in page


def test_a_deactivated_person_is_sent_to_sign_in_everywhere(world, knock):
    client = client_of(world.everyone)
    User.objects.filter(pk=world.everyone.pk).update(is_active=False)
    closed = [route for route in ASKED if EXPECTED[route] != PUBLIC]
    assert {route: status for route in closed if (status := knock(client, route).status_code) != 302} == {}


def test_with_every_right_every_page_opens(world, knock):
    client = client_of(world.everyone)
    ours = [route for route in ASKED if ":" in route and EXPECTED[route] != PUBLIC]
    assert {r: status for r in ours if (status := knock(client, r).status_code) not in (200, 302, 405)} == {}


def test_something_empty_sent_to_any_page_is_answered_and_never_breaks_it(world, knock):
    client, wrong = client_of(world.everyone), []
    for route in ASKED:
        try:
            status = knock(client, route, "post").status_code
        except Exception as broke:
            wrong.append((route, repr(broke)))
        else:
            if status >= 500:
                wrong.append((route, status))
    assert wrong == []
