"""The group's sites, those who work there, and the patients: names of many lands, numbers, birth dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection

from benchmarks.copying import NULL, Sheet, flush
from clinic.models import Membership, OpeningHours, Room, Shift, Site, User
from clinic.policy import Role
from infusions import ledger
from insurance.models import Coverage, Payer, Verification
from patients import names
from patients.models import Contact, ContactConsent, Patient

PASSWORD = "calm-harbor-2027"  # noqa: S105 - of a group of clinics that is thrown away
SITES = (
    ("pine", "Pine Street", "America/Los_Angeles"),
    ("elm", "Elm Street", "America/Denver"),
    ("oak", "Oak Avenue", "America/Chicago"),
    ("birch", "Birch Road", "America/New_York"),
    ("cedar", "Cedar Lane", "America/Phoenix"),
    ("harbor", "Harbor", "America/New_York"),
)
INFUSION_ROOMS, TALK_ROOMS = 12, 4
SOLO = (Role.FRONT_DESK, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN)

_GIVEN = (
    "Maya José Zoë Søren Łukasz Anaïs Nguyễn Björk Aoife Chloé Renée Iñigo Mary James Robert Patricia John Jennifer "
    "Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Charles Karen Aisha "
    "Mohammed Wei Yuki Priya Olga Dmitri Fatima Kofi Ingrid Mateo Lucía Noah Emma"
)
_FAMILY = (
    "Torres García Müller O’Neill Nguyễn Łuc Åkesson Jönsson Ibáñez Núñez D’Angelo Smith Johnson Williams Brown Jones "
    "Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez"
)
_HEADS = "Al Bren Cal Dor El Far Gar Hol Ing Jar Kel Lin Mar Nor Ost Pem Quin Ros Sul Tor Ul Van Wes Yar Zim"
_TAILS = "aby berg combe dale ett feld grove ham iak jean kins ley man nes over port quist ric son ton"
GIVEN = tuple(_GIVEN.split())
FAMILY = (*_FAMILY.split(), *(head + tail for head, tail in product(_HEADS.split(), _TAILS.split())))


def ident(table: int, number: int) -> str:
    """An id that is the same at every load, in the order of the numbers."""
    return f"019e{table:04x}-0000-7000-8000-{number:012x}"


PATIENT, COVERAGE, CHECK, CONTACT, WORD = range(1, 6)


@dataclass(frozen=True)
class Place:
    """A site as the loader knows it: ids by role, and its patients by their numbers.

    In the old room, which is out of use, one of the providers saw the patient with the longest record.
    """

    number: int
    site: Site
    infusion_rooms: Sequence[UUID]
    talk_rooms: Sequence[UUID]
    nurses: Sequence[UUID]
    therapists: Sequence[UUID]
    provider: UUID
    desk: UUID
    insurance: UUID
    vial: UUID
    old_room: UUID
    old_hand: UUID
    patients: range

    def hours(self, on: date, first: int) -> datetime:
        return self.site.moment(on, time(first))


def open_sites(at_each: Sequence[int], on: date) -> list[Place]:
    """Sites that are open every day, from six to ten, with everybody at work; made as a clinic makes them."""
    password = make_password(PASSWORD)
    places, first = [], 0
    for number, count in enumerate(at_each):
        places.append(_open(number, password, range(first, first + count), on))
        first += count
    return places


def _open(number: int, password: str, patients: range, on: date) -> Place:
    code, name, zone = SITES[number]
    site = Site.objects.create(code=code, name=name, time_zone=zone, city=name, phone="+15550100000")
    OpeningHours.objects.bulk_create(
        OpeningHours(site=site, weekday=day, opens=time(6), closes=time(22)) for day in range(7)
    )
    rooms = {
        kind: [room.pk for room in Room.objects.bulk_create(
            Room(site=site, name=f"{title} {one:02}", kind=kind) for one in range(1, many + 1)
        )]
        for kind, title, many in (
            ("infusion", "Room", INFUSION_ROOMS), ("therapy", "Quiet", TALK_ROOMS), ("consult", "Consult", 1)
        )
    }  # fmt: skip
    nurses = _staff(site, Role.NURSE, INFUSION_ROOMS, password)
    therapists = _staff(site, Role.THERAPIST, TALK_ROOMS, password)
    providers = _staff(site, Role.PROVIDER, 2, password)
    desk, insurance, _ = (_staff(site, role, 1, password)[0] for role in SOLO)
    vial = ledger.receive(
        site=site, label="B-1", lot="B1", strength_mg_per_ml=Decimal(50), volume_ml=Decimal(10),
        expires_on=on + timedelta(days=700), by=nurses[0],
    )  # fmt: skip
    old = Room.objects.create(site=site, name="Old room", kind="infusion", is_active=False)
    return Place(
        number, site, rooms["infusion"], rooms["therapy"], [one.pk for one in nurses], [one.pk for one in therapists],
        providers[0].pk, desk.pk, insurance.pk, vial.pk, old.pk, providers[1].pk, patients,
    )  # fmt: skip


def login(role: Role, site: str = "pine", number: int = 1) -> str:
    """The address under which one of them signs in."""
    return f"{role.value.replace('_', '-')}{number}@{site}.example"


def _staff(site: Site, role: Role, many: int, password: str) -> list[User]:
    """So many of one role, at work all day on every day of the week."""
    people = User.objects.bulk_create(
        User(email=login(role, site.code, number), full_name=f"{role.label} {number:02}", password=password)
        for number in range(1, many + 1)
    )
    Membership.objects.bulk_create(Membership(user=one, site=site, role=role) for one in people)
    Shift.objects.bulk_create(
        Shift(user=one, site=site, weekday=day, starts=time(6), ends=time(22), valid_from=date(2015, 1, 1))
        for one in people
        for day in range(7)
    )
    return people


def payers() -> list[UUID]:
    return [one.pk for one in Payer.objects.bulk_create(Payer(name=f"Payer {number:02}") for number in range(40))]


@cache
def _sounds(given: str, family: str) -> frozenset[str]:
    return frozenset(names.sounds_like((given,) if given else (), (family,) if family else ()))


def person(number: int) -> Patient:
    """Who the patient of that number is, at every load."""
    return Patient(
        mrn=f"EK-{10_001 + number:05}",
        given_name=GIVEN[number % len(GIVEN)],
        family_name=FAMILY[number * 7919 % len(FAMILY)],
        birth_date=date.fromordinal(date(1940, 1, 1).toordinal() + number * 7919 % 24_000),
        phone=f"+1555{number:07}",
        email=f"patient{number}@evenkeel.example",
    )


def register(place: Place, numbers: Sequence[int], now: datetime) -> None:
    """These patients, each with a word that email may be used and somebody who takes them home."""
    sheet = Sheet(
        Patient, "id", "mrn", "given_name", "family_name", "birth_date", "phone", "email", "search_text", "sounds_like",
        site_id=place.site.pk, registered_at=now, registered_by_id=place.desk,
    )  # fmt: skip
    words = Sheet(
        ContactConsent, "id", "patient_id", channel="email", words="You may write to me.", version="1", given_at=now
    )
    contacts = Sheet(
        Contact, "id", "patient_id", "name", kind="escort", relation="Friend", phone="+15550100001", is_active=True
    )
    for number in numbers:
        one = person(number)
        sounds = ",".join(sorted(_sounds(one.given_name, "") | _sounds("", one.family_name)))
        key = ident(PATIENT, number)
        sheet.add(
            key, one.mrn, one.given_name, one.family_name, one.birth_date, one.phone, one.email,
            names.search_text(one), f"{{{sounds}}}",
        )  # fmt: skip
        words.add(ident(WORD, number), key)
        contacts.add(ident(CONTACT, number), key, f"Kim {one.family_name}")
    flush(sheet, words, contacts)


def number_on(last: int) -> None:
    """The next patient who is registered gets the number after these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('patients_mrn', %s)", [10_001 + last])


def insure(place: Place, payer_ids: Sequence[UUID], now: datetime) -> None:
    """A plan for each patient; at the first site each waits to be checked, and half of them have a visit ahead."""
    plans = Sheet(Coverage, "id", "patient_id", "payer_id", "member_id", starts_on=date(2026, 1, 1))
    checks = Sheet(
        Verification, "id", "patient_id", "coverage_id", "leg", "state", "owner_id", "due_on", "next_visit_at",
        "next_visit_kind", "checked_at", "checked_by_id", "valid_until", opened_at=now, opened_for="new",
        site_id=place.site.pk,
    )  # fmt: skip
    on = place.site.local(now).date()
    for number in place.patients:
        patient, plan = ident(PATIENT, number), ident(COVERAGE, number)
        plans.add(plan, patient, payer_ids[number % len(payer_ids)], f"M{number:08}")
        if place.number:
            continue
        visit = now + timedelta(minutes=60 + number * 17 % 40_000) if number % 2 else NULL
        kind, owner = "infusion" if number % 2 else "", place.insurance if number % 3 else NULL
        due = on + timedelta(days=number % 9 - 2)
        checks.add(
            ident(CHECK, 2 * number), patient, plan, "medical", "not_started", owner, due, visit, kind, NULL, NULL, NULL
        )
        checks.add(
            ident(CHECK, 2 * number + 1), patient, plan, "behavioral", "active", owner, NULL, visit, kind,
            now - timedelta(days=number % 20), place.insurance, on + timedelta(days=30),
        )  # fmt: skip
    flush(plans, checks)
