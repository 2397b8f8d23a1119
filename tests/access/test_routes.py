"""Every page and every role: the table, the policy and what the pages really answer agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic import clock
from clinic.models import ReadEvent, User
from clinic.policy import GRANTS, Door, Role
from clinic.routes import ROUTES
from tests.access.table import CLOSED, EXPECTED, PUBLIC, SIGNED_IN
from tests.access.world import NEEDS, PLANTED, SECRET, World
from tests.journey.paper_text import words

ADD = (
    "{0} is new: add its line to clinic.routes.ROUTES (who may open it) and to EXPECTED in tests/access/table.py; "
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


# What systems ask has tables of its own: tests/access/test_api.py and tests/journey/test_fhir_search.py.
PAGES = [one for one in patterns(get_resolver().url_patterns) if not one[0].startswith(("api:", "fhir:"))]
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


@dataclass(frozen=True)
class Answer:
    """What is kept of a page: its status, where it sends to, what stands in it, whether the read log got a line."""

    status: int
    url: str
    names_the_patient: bool
    tells_the_note: bool
    was_logged: bool


class Doors:
    """`doors.knock(who, route)` asks for the page about the world's own thing; what that writes is undone.

    The same question is asked once: several tests look at each answer.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = {**world.people, "stranger": world.stranger, "everyone": world.everyone, "anonymous": None}
        self.clients: dict[str, Client] = {}
        self.cookies: dict[str, str] = {}
        self.answers: dict[tuple[str, str, str], Answer] = {}

    def knock(self, who: str, route: str, method: str = "get") -> Answer:
        key = (who, route, method)
        if key not in self.answers:
            self.answers[key] = self.ask(who, route, method)
        return self.answers[key]

    def ask(self, who: str, route: str, method: str = "get") -> Answer:
        client = self.client_of(who)
        address = reverse(route, kwargs=self.world.address_of(route) if route in WITH_ID else None)
        with transaction.atomic():
            page: HttpResponse = getattr(client, method)(address)
            logged = who == "everyone" and ReadEvent.objects.filter(patient_id=self.world.patient.pk).exists()
            transaction.set_rollback(True)
        paper = page.headers.get("Content-Type") == "application/pdf"
        text = words(page.content) if paper else page.content.decode(errors="replace")
        told = text + str(page.headers)
        return Answer(page.status_code, page.headers.get("Location", ""), SECRET in text, PLANTED in told, logged)

    def client_of(self, who: str) -> Client:
        """That person's browser, signed in, with no memory of the questions before."""
        if who not in self.clients:
            client = self.clients[who] = Client()
            if user := self.people[who]:
                client.force_login(user)
                client.get(reverse("clinic:unlock"))  # the first request notes the session
            self.cookies[who] = client.cookies.output(header="", sep=";")
        self.clients[who].cookies = SimpleCookie(self.cookies[who])
        return self.clients[who]


@pytest.fixture(scope="module")
def doors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Doors]:
    """One world for all questions, in a transaction that the file's end rolls back."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        with clock.at(world.now):
            made = Doors(world)
            for who in made.people:  # all of them now: a session that begins within a test ends with its transaction
                made.client_of(who)
            yield made
        transaction.set_rollback(True)


def may(role: Role, route: str) -> bool:
    expected = EXPECTED[route]
    return expected in (PUBLIC, SIGNED_IN) or role in expected


ASKED = sorted(set(EXPECTED) & set(NAMES) - {"account_logout"})  # which would end the session of the next question


def test_anonymous_people_are_sent_to_sign_in_except_where_all_may_go(doors):
    wrong = []
    for route in ASKED:
        for method in ("get", "post"):
            answer = doors.knock("anonymous", route, method)
            sent = answer.status == 302 and answer.url.startswith("/accounts/login/?next=")
            if sent != (EXPECTED[route] != PUBLIC):
                wrong.append((route, method, answer.status))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_past_the_door_exactly_where_the_table_says(doors, role):
    wrong = []
    for route in ASKED:
        status = doors.knock(role, route).status
        if (status != 403) != may(role, route) or status >= 500:
            wrong.append((route, status))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_that_may_not_open_a_page_may_not_send_to_it_either(doors, role):
    closed = [route for route in ASKED if not may(role, route)]
    assert {route: status for route in closed if (status := doors.knock(role, route, "post").status) != 403} == {}


# A payer is that of every site; a section of the settings and a kind of message are words, and no
# things of a site.
OF_EVERY_SITE = {
    "clinic:protocol-edit",
    "insurance:payer",
    "insurance:payer-details",
    "reminders:wording",
    "reminders:wording-look",
    "reminders:wording-restore",
    "reminders:wording-test",
}


def test_someone_with_every_role_elsewhere_finds_nothing_of_this_site(doors):
    wrong = []
    for route in sorted(WITH_ID & set(ASKED) - OF_EVERY_SITE):
        if EXPECTED[route] in (PUBLIC, CLOSED):
            continue
        statuses = {doors.knock("stranger", route, method).status for method in ("get", "post")}
        if not statuses <= {404, 405} or 404 not in statuses:
            wrong.append((route, statuses))
    assert wrong == []


def test_no_answer_to_a_stranger_holds_the_patients_name(doors):
    leaking = [
        (route, method)
        for route in ASKED
        for method in ("get", "post")
        if doors.knock("stranger", route, method).names_the_patient
    ]
    assert leaking == []


@pytest.mark.parametrize("role", Role)
def test_a_refusal_to_a_colleague_does_not_hold_the_patients_name(doors, role):
    closed = [route for route in ASKED if not may(role, route)]
    assert [route for route in closed if doors.knock(role, route).names_the_patient] == []


def test_the_patients_own_people_do_see_the_name(doors):
    """Else the two tests above could not fail."""
    assert doors.knock(Role.NURSE, "patients:edit").names_the_patient


# Pages that name the patient and are no look into the record: lists of what is to be done, of which each line leads to
# a page that is; the rest with its reason.
LISTS = {
    "insurance:electronic", "insurance:estimates", "insurance:queue", "journey:audit-emergencies",
    "journey:audit-unusual", "journey:emergency", "journey:home", "journey:repairs", "patients:inquiries",
    "patients:list", "reminders:outbox", "reminders:tasks", "therapy:private-mine", "visits:schedule",
}  # fmt: skip
UNLOGGED = {
    "clinic:tokens": "the name of a token",
    "infusions:station": "the room's own screen, asked for every few seconds: who sits there now",
    "insurance:inquiry-file": "this world's file asks about nobody",
    "journey:repair": "this world's repair has no steps; each patient of a step is logged",
    "patients:import": "the name of a file",
    "patients:import-job": "the name of a file",
    "reminders:inbound": "this world's text came from a number that no patient has",
    "patients:inquiry-register": "somebody who asked, and has no record yet",
    "reminders:webhook": "the name of a system",
    "reminders:webhooks": "the name of a system",
}


def test_every_page_that_shows_the_patient_says_so_in_the_read_log(doors):
    shown = {route for route in ASKED if doors.knock("everyone", route).names_the_patient}
    silent = {route for route in shown if not doors.knock("everyone", route).was_logged}
    assert len(shown - silent) > 80
    assert sorted(silent) == sorted({*LISTS, *UNLOGGED})


RECORDS = ("journey:chart", "patients:edit", "infusions:infusion", "insurance:patient", "therapy:session")


def test_where_it_can_not_be_written_that_somebody_looked_the_page_is_not_shown(doors, db):
    client = doors.client_of("everyone")
    client.raise_request_exception = False
    for route in RECORDS:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE clinic_readevent ADD CONSTRAINT full_disk CHECK (id < 0) NOT VALID")
            page = client.get(reverse(route, kwargs=doors.world.address_of(route)))
            transaction.set_rollback(True)
        assert (page.status_code, SECRET in page.content.decode()) == (500, False), route
    client.raise_request_exception = True


def test_without_a_second_factor_every_page_leads_to_setting_one_up(doors, settings, db):
    settings.SECOND_FACTOR_REQUIRED = True
    set_up = reverse("mfa_activate_totp")
    theirs = ("account_", "mfa_", "clinic:unlock", "clinic:prove", "clinic:switch-in")  # the way in, and out
    closed = [route for route in ASKED if EXPECTED[route] not in (PUBLIC, CLOSED) and not route.startswith(theirs)]
    assert len(closed) > 250
    answers = {route: doors.ask("everyone", route) for route in closed}
    assert {route for route, answer in answers.items() if (answer.status, answer.url) != (302, set_up)} == set()


def test_nothing_is_taken_from_another_page(doors, db):
    """A form without its token, as a page elsewhere would send it in somebody's name."""
    client = doors.client_of("everyone")
    client.handler.enforce_csrf_checks = True
    try:
        taken = {route for route in ASKED if doors.ask("everyone", route, "post").status != 403}
    finally:
        client.handler.enforce_csrf_checks = False
    assert taken == WITHOUT_A_SESSION


# What a provider of messages or a device posts: their own signature or token is asked for, and no session counts. (That
# of texts is missing here, so the answer is 403 too.)
WITHOUT_A_SESSION = {"infusions:device-vitals", "reminders:mail-events"}


@pytest.mark.parametrize("who", [*Role, "stranger", "everyone", "anonymous"])
def test_no_page_tells_what_a_psychotherapy_note_says(doors, who):
    """Not of any route, to any role: the patient's whole record is asked for, page by page and paper by paper."""
    sent = [route for route in ASKED if (who, route, "post") in doors.answers]
    asked = [*(doors.knock(who, route) for route in ASKED), *(doors.knock(who, route, "post") for route in sent)]
    telling = {route for route, answer in zip([*ASKED, *sent], asked, strict=True) if answer.tells_the_note}
    assert telling == ({"therapy:private"} if who == "everyone" else set())  # its author


def test_a_deactivated_person_is_sent_to_sign_in_everywhere(doors, db):
    doors.client_of("everyone")
    User.objects.filter(pk=doors.world.everyone.pk).update(is_active=False)
    closed = [route for route in ASKED if EXPECTED[route] != PUBLIC]
    assert {route: status for route in closed if (status := doors.ask("everyone", route).status) != 302} == {}


def test_with_every_right_every_page_opens(doors):
    ours = [route for route in ASKED if ":" in route and EXPECTED[route] != PUBLIC]
    statuses = {route: doors.knock("everyone", route).status for route in ours}
    assert {route: status for route, status in statuses.items() if status not in (200, 302, 405)} == {}


def test_something_empty_sent_to_any_page_is_answered_and_never_breaks_it(doors):
    wrong = []
    for route in ASKED:
        try:
            status = doors.knock("everyone", route, "post").status
        except Exception as broke:
            wrong.append((route, repr(broke)))
        else:
            if status >= 500:
                wrong.append((route, status))
    assert wrong == []
