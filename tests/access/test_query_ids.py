"""Ids, numbers and names of another site's rows as parameters of an address: no list of this site tells of them.

Which parameters a page reads is listened to while it is asked, and which an API's collection takes is declared: a new
one is asked about here without a line. Addresses and bodies are asked in test_routes.py, test_api.py and
test_ways_round.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from types import CodeType, FunctionType
from typing import Any

import pytest
from django.apps import apps
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, models, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import resolve, reverse
from rest_framework import serializers

from clinic import clock
from clinic.api.fields import Known, _known
from clinic.models import User
from clinic.policy import Role
from reminders.models import Unreachable
from tests import build
from tests.access import api_world, world
from tests.access.table import CLOSED, EXPECTED, PUBLIC
from tests.access.test_api import DOORS, Systems
from tests.access.test_api import EXPECTED as EXPECTED_OF_API
from tests.access.test_canaries import ROOMS
from tests.access.test_routes import ASKED, WITH_ID, may
from tests.access.world import World

pytestmark = pytest.mark.django_db
CANARY = "Bramblewick"  # in the names of the other site, of its patient and of its people, and in what they wrote
SENT = CANARY.lower()  # so that a search box that shows what was looked for does not count
NO_ROW = {"page", "urlencode"}  # the number of a page; what a template asks for before it calls the method
ALIKE = {"person": "staff", "user": "staff", "who": "staff", "owner": "staff", "therapist": "staff"}
HEARD: set[str] = set()  # which parameters the last page asked for


class Listening(QueryDict):
    """The parameters of a request. It remembers what it is asked for; with `any_name` it answers that to every name."""

    any_name = ""

    def __getitem__(self, name: str) -> Any:
        HEARD.add(name)
        return self.any_name if self.answers(name) else super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        HEARD.add(str(name))
        return self.answers(name) or super().__contains__(name)

    def getlist(self, name: str, default: Any = None) -> Any:
        HEARD.add(name)
        return [self.any_name] if self.answers(name) else super().getlist(name, default)

    def dict(self) -> Any:
        return self

    def answers(self, name: object) -> bool:
        return bool(self.any_name) and name not in NO_ROW


def listened(request: WSGIRequest) -> QueryDict:
    if "heard" not in request.__dict__:
        made: Any = Listening(request.META.get("QUERY_STRING", ""))
        made.any_name = request.headers.get("X-Any-Name", "")
        request.__dict__["heard"] = made
    found: QueryDict = request.__dict__["heard"]
    return found


def reads_parameters(view: Any, seen: set[Any]) -> bool:
    """Whether the code of a view, or of what it calls within our rooms, mentions `request.GET`."""
    view = getattr(view, "__wrapped__", view)
    if not isinstance(view, FunctionType) or view in seen or view.__module__.split(".")[0] not in ROOMS:
        return False
    seen.add(view)
    names = set(names_in(view.__code__))
    return "GET" in names or any(reads_parameters(view.__globals__.get(name), seen) for name in names)


def names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from names_in(one)


@dataclass
class Sites:
    """Two whole worlds: everything is asked at `here`, about the rows of `there`."""

    here: World
    there: World
    systems: Systems
    clients: dict[User, Client] = field(default_factory=dict)

    def page(self, route: str, who: User, typed: Mapping[str, str], any_name: str = "") -> tuple[int, bool]:
        """Status of a page, and whether it tells of the other site; what parameters it reads stands in HEARD."""
        if who not in self.clients:
            self.clients[who] = Client(raise_request_exception=False)
            self.clients[who].force_login(who)
        HEARD.clear()
        with transaction.atomic():
            page = self.clients[who].get(address_of(route, self.here), typed, headers={"X-Any-Name": any_name})
            transaction.set_rollback(True)
        said = page.content.decode(errors="replace") + str(page.headers)
        return page.status_code, CANARY in said

    def wishes(self, names: set[str]) -> Iterator[dict[str, str]]:
        """What to ask a page that reads parameters of these names: about the row of the name, else about somebody."""
        rows = {name: getattr(self.there, ALIKE.get(name, name), None) for name in names - NO_ROW}
        own = {name: str(row.pk) for name, row in rows.items() if isinstance(row, models.Model)}
        yield from ({name: pk} for name, pk in own.items())
        if words := dict.fromkeys(rows.keys() - own.keys(), SENT):
            yield words
        yield from ({name: self.there.patient.mrn} for name in words if name in ("q", "name", "mrn"))


def address_of(route: str, of: World) -> str:
    return reverse(route, kwargs=of.address_of(route) if route in WITH_ID else None)


def aside() -> None:
    """Give the first world's unique words and numbers others, so that a second fits beside it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in apps.get_models():
            if model._meta.app_label not in ROOMS or hasattr(model, "pgh_tracked_model"):
                continue
            for one in model._meta.local_concrete_fields:
                if not one.unique or not isinstance(one, models.CharField | models.IntegerField):
                    continue
                is_text = isinstance(one, models.CharField)
                other = f"left(encode(sha256({one.column}::bytea), 'hex'), {one.max_length})"
                other = other if is_text else f"{one.column} + 500"
                cursor.execute(f"UPDATE {model._meta.db_table} SET {one.column} = {other}")
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture(scope="module")
def sites(django_db_setup: None, django_db_blocker: Any) -> Iterator[Sites]:
    site = build.site
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        for module in (world, api_world):
            patch.setattr(module, "SECRET", CANARY)
        patch.setattr(build, "site", lambda name="Pine Street", *more: site(f"{CANARY} {name[:4]}", *more))
        there = World()
        with clock.at(there.now):
            api_world.add(there)
        Unreachable.objects.update(address="+13105550172")
        User.objects.filter(memberships__site__in=[there.site, there.elsewhere]).update(full_name=f"Dr. {CANARY}")
        patch.undo()
        aside()
        here = World()
        there.patient.refresh_from_db()

        patch.setattr(WSGIRequest, "GET", property(listened))
        with clock.at(here.now):
            yield Sites(here, there, Systems(here))
        transaction.set_rollback(True)


def test_no_page_tells_of_another_sites_rows_that_its_parameters_name(sites: Sites) -> None:
    """First every parameter is answered with a patient's id, by which it is heard; then each role asks in its turn."""
    wrong, heard = [], set()
    turns = dict.fromkeys(Role, 0)
    for route in ASKED:
        if EXPECTED[route] in (PUBLIC, CLOSED) or not reads_parameters(
            resolve(address_of(route, sites.here)).func, set()
        ):
            continue
        answers: list[tuple[dict[str, str], tuple[int, bool]]] = []
        answers.append(({}, sites.page(route, sites.here.everyone, {}, str(sites.there.patient.pk))))
        names = HEARD - NO_ROW
        heard |= {(route, name) for name in names}
        for wish in sites.wishes(names):
            role = min((one for one in Role if may(one, route)), key=turns.__getitem__)
            turns[role] += 1
            answers.append((wish, sites.page(route, sites.here.people[role], wish)))
        wrong += [(route, wish, status) for wish, (status, tells) in answers if tells or status >= 500]
    assert wrong == []
    assert len(heard) > 80
    assert min(turns.values()) > 2


def wishes_of(form: serializers.Field[Any, Any, Any, Any], name: str, there: World) -> list[str]:
    """What the filter of a collection may be asked: the other site's row of its model, or words of its patient."""
    if isinstance(form, Known):
        rows = _known[form.model](there.everyone)
        return [str(row.pk) for row in rows[:1]]
    if isinstance(form, serializers.UUIDField):
        row = getattr(there, ALIKE.get(name, name), there.patient)
        return [str(row.pk)]
    if isinstance(form, serializers.CharField):
        return [CANARY, there.patient.mrn]
    return []


def test_no_collection_of_the_api_tells_of_another_sites_rows_that_a_filter_names(sites: Sites) -> None:
    wrong, asked = [], 0
    for door, (path, view) in DOORS.items():
        if not (door.startswith("GET ") and hasattr(view, "filters_form")):
            continue
        roles = cycle(sorted(EXPECTED_OF_API[door]))
        for name, form in view.filters_form()().fields.items():
            if name in ("cursor", "limit", "updated_since"):
                continue
            for value in wishes_of(form, name, sites.there):
                secret = sites.systems.secrets[Role(next(roles))]
                address = f"/api/v1/{sites.systems.filled(path)}"
                said = sites.systems.client.get(address, {name: value}, headers={"Authorization": f"Token {secret}"})
                asked += 1
                if CANARY in said.content.decode() or said.status_code >= 500:
                    wrong.append((door, name, value, said.status_code))
    assert wrong == []
    assert asked > 60
