"""What is measured: each case, who does it, what the floor does instead, and what is demanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse

from benchmarks import days
from benchmarks.client import Ask
from benchmarks.forgetting import forget, forget_rows
from benchmarks.people import PATIENT, ident, login, person
from benchmarks.sizes import RUNNING, Size
from clinic import clock
from clinic.ids import uuid7
from clinic.models import Membership, Site
from clinic.policy import Role
from infusions.models import Infusion
from patients import names
from visits.slots import next_free

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Case:
    """Asked of the app by a person, and of the floor by nobody, for the n-th time."""

    name: str
    login: str
    ask: Callable[[int], Ask]
    floor: Callable[[int], Ask]
    times: float
    """So many times the floor's p95 at most."""
    statements: int
    clients: tuple[int, ...] = (1, 8)
    clean: Callable[[], None] | None = None
    most: int = 0
    """Requests of each client in a round, where what they need runs out."""


@dataclass
class World:
    """What the cases need to know of the group of clinics in the database."""

    size: Size
    sites: dict[str, Site] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sites = {site.code: site for site in Site.objects.all()}
        self.first = [sum(self.size.at_each_site[:number]) for number in range(len(self.size.at_each_site))]
        self.old = self.size.patients + self.size.guests - 1
        self.running = list(
            Infusion.objects.filter(state="in_progress", appointment__site=self.sites["pine"])
            .select_related("series")
            .order_by("id")[:RUNNING]
        )

    def one(self, role: Role, site: str) -> UUID:
        """Somebody of that role there."""
        return Membership.objects.filter(role=role, site=self.sites[site]).order_by("id").values_list("user_id")[0][0]

    def treated(self, number: int) -> str:
        """A patient of the first site who was here ten times."""
        return ident(PATIENT, 5 * (number * 7919 % (self.size.at_each_site[0] // 5)))

    def eligible(self, site: int) -> list[str]:
        """Those at a site who could begin."""
        first = self.first[site]
        return [ident(PATIENT, number) for number in range(first + 3, first + self.size.at_each_site[site], 5)]


def every(world: World) -> list[Case]:
    return [*searches(world.size), *charts(world), *boards(world), booking(world), vitals(world), *lists(world)]


def searches(size: Size) -> list[Case]:
    """A part of the name, a phone, a record number, a birth date, in turn."""
    texts = [text for number in range(200) for text in _texts(size, number)]

    def floor(number: int, most: int) -> Ask:
        text = texts[number % len(texts)]
        what = f"born={text}" if number % 4 == 3 else f"q={quote(text.lower())}"
        return Ask(f"/search?{what}&most={most}")

    def page(number: int, headers: dict[str, str]) -> Ask:
        return _search(texts[number % len(texts)], headers)

    desk = login(Role.FRONT_DESK)
    return [
        Case("search a patient: the box", desk, lambda n: page(n, HTMX), lambda n: floor(n, 8), 3, 6),
        Case("search a patient: the page", desk, lambda n: page(n, {}), lambda n: floor(n, 20), 3, 6),
    ]


def misspelled(size: Size, number: int) -> Ask:
    """A family name of the first site, in which two letters have changed places."""
    name = names.fold(person(number * 7919 % size.at_each_site[0]).family_name)
    place = number % (len(name) - 1)
    return _search(name[:place] + name[place + 1] + name[place] + name[place + 2 :], HTMX)


def _search(text: str, headers: dict[str, str]) -> Ask:
    return Ask(f"{reverse('patients:search')}?q={quote(text)}", headers=headers)


def _texts(size: Size, number: int) -> tuple[str, str, str, str]:
    """Of one patient of the first site each; of a name the beginning, as it is typed."""
    one = person(number * 7919 % size.at_each_site[0])
    return names.fold(one.family_name)[:5], one.phone[-7:], one.mrn[3:], one.birth_date.isoformat()


def charts(world: World) -> list[Case]:
    old = ident(PATIENT, world.old)
    return [
        _chart("open a chart: 10 visits", world.treated),
        _chart(f"open a chart: {world.size.long_record} visits", lambda _: old),
    ]


def _chart(name: str, whose: Callable[[int], str]) -> Case:
    return Case(
        name, login(Role.NURSE), lambda number: Ask(reverse("journey:chart", args=[whose(number)])),
        lambda number: Ask(f"/chart/{whose(number)}"), 5, 12,
    )  # fmt: skip


def boards(world: World) -> list[Case]:
    return [
        _board(world, "today board: one room, 32 visits", "cedar"),
        _board(world, "today board: whole site, 192 visits", "harbor"),
    ]


def _board(world: World, name: str, code: str) -> Case:
    site = world.sites[code]
    since, until = site.day_bounds(site.today())
    floor = Ask(f"/day/{site.pk}/{quote(since.isoformat())}/{quote(until.isoformat())}")
    return Case(name, login(Role.NURSE, code), lambda _: Ask(reverse("journey:today")), lambda _: floor, 3, 8)


def booking(world: World) -> Case:
    """Every client has its own places and patients, so that nobody has to be refused; a round later all is undone."""
    site, number = world.sites["elm"], 1
    patients = world.eligible(number)
    places = _free_turns(site)
    by = world.one(Role.FRONT_DESK, "elm")

    def pick(number: int) -> tuple[str, datetime, UUID]:
        return patients[number % len(patients)], *places[number * 7919 % len(places)]

    def ask(number: int) -> Ask:
        patient, starts, _ = pick(number)
        fields = {"kind": "infusion", "starts_at": starts.isoformat()}
        return Ask(reverse("visits:book", args=[patient]), fields, right=(302,))

    def floor(number: int) -> Ask:
        patient, starts, room = pick(number)
        return Ask(f"/book?starts_at={quote(starts.isoformat())}&patient={patient}&room={room}&site={site.pk}&by={by}")

    return Case(
        "book an infusion with all its checks", login(Role.FRONT_DESK, "elm"), ask, floor, 3.5, 14,
        clean=lambda: forget(patients), most=min(25, len(patients) // 8),
    )  # fmt: skip


def _free_turns(site: Site) -> list[tuple[datetime, UUID]]:
    """Every room that is free at one of the hours at which infusions begin, in the weeks to come."""
    free = next_free(site=site, kind="infusion", first=site.today() + timedelta(days=2), days=50, first_ever=True)
    turns = [slot for slot in free if (at := site.local(slot.starts_at)).hour in days.TURNS and not at.minute]
    return [(slot.starts_at, room.pk) for slot in turns for room in slot.rooms]


def vitals(world: World) -> Case:
    by, running = world.one(Role.NURSE, "pine"), world.running

    def ask(number: int) -> Ask:
        one = running[number % len(running)]
        row = {
            "systolic": str(130 + number % 20), "diastolic": "84", "heart_rate": "80", "spo2": "97",
            "respiratory_rate": "14", "moaas": "4", "client_key": str(uuid7()), "patient": str(one.series.patient_id),
        }  # fmt: skip
        return Ask(reverse("infusions:vitals", args=[one.pk]), row, {**HTMX, "X-Row": "1"})

    def floor(number: int) -> Ask:
        at = quote(clock.now().isoformat())
        return Ask(f"/vitals/{running[number % len(running)].pk}?at={at}&by={by}&client_key={uuid7()}")

    return Case(
        "record a vitals row, 12 infusions", login(Role.NURSE), ask, floor, 3.5, 8, clients=(1, RUNNING),
        clean=lambda: forget_rows([str(one.pk) for one in running]),
    )  # fmt: skip


def lists(world: World) -> list[Case]:
    pine = world.sites["pine"].pk
    checks, tasks = world.size.at_each_site[0], world.size.tasks
    return [
        Case(
            f"insurance queue at {checks:,} coverages", login(Role.INSURANCE_ADMIN),
            lambda _: Ask(reverse("insurance:queue")), lambda _: Ask(f"/queue/{pine}"), 3, 8,
        ),
        Case(
            f"task list at {tasks:,} tasks", login(Role.FRONT_DESK),
            lambda _: Ask(reverse("reminders:tasks")), lambda _: Ask(f"/tasks/{pine}?role=front_desk"), 3, 8,
        ),
    ]  # fmt: skip
