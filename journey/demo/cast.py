"""Who is there: two sites, their rooms and staff, and sixty invented people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from clinic.models import Membership, OpeningHours, Room, Shift, Site, User
from clinic.policy import Role

PASSWORD = "calm-harbor-2027"  # noqa: S105 - the demo clinic holds invented people only; printed at every start

PINE, LAKE = "pine-street", "lakeside"
SITES = (
    (PINE, "Pine Street", "America/Los_Angeles", "412 Pine Street", "Portland", "OR", "97205", "+15035550100"),
    (LAKE, "Lakeside", "America/Chicago", "77 Shore Drive", "Evanston", "IL", "60201", "+18475550100"),
)
ROOMS = {
    PINE: (("Room 1", "Alder"), ("Room 2", "Birch"), ("Room 3", "Cedar"), ("Room 4", "Fir")),
    LAKE: (("Room 1", "Heron"), ("Room 2", "Plover")),
}
QUIET = {PINE: ("Quiet A", "Quiet B"), LAKE: ("Quiet A",)}

# name, signature, login, roles, sites. The first of each role is the login that is printed.
STAFF: tuple[tuple[str, str, str, tuple[Role, ...], tuple[str, ...]], ...] = (
    ("Tomas Reyes", "Tomas Reyes", "desk", (Role.FRONT_DESK,), (PINE,)),
    ("Adaeze Okafor", "Adaeze Okafor, RN", "nurse", (Role.NURSE,), (PINE,)),
    ("Nadia Amir", "Nadia Amir, LCSW", "therapist", (Role.THERAPIST,), (PINE,)),
    ("Dr Miriam Hale", "Miriam Hale, MD", "provider", (Role.PROVIDER,), (PINE, LAKE)),
    ("Ines Duarte", "Ines Duarte", "insurance", (Role.INSURANCE_ADMIN,), (PINE, LAKE)),
    ("Clara Adeyemi", "Clara Adeyemi", "admin", (Role.CLINIC_ADMIN,), (PINE, LAKE)),
    ("Sanna Lindqvist", "Sanna Lindqvist, RN", "sanna", (Role.NURSE,), (PINE,)),
    ("Jo Reyes", "Jo Reyes, RN", "jo", (Role.NURSE,), (PINE,)),
    ("Callum Brandt", "Callum Brandt, PhD", "callum", (Role.THERAPIST,), (PINE,)),
    ("Dr Samuel Okoro", "Samuel Okoro, MD", "okoro", (Role.PROVIDER,), (PINE,)),
    ("Petra Lang", "Petra Lang", "petra", (Role.FRONT_DESK,), (LAKE,)),
    ("Ruth Halvorsen", "Ruth Halvorsen, RN", "ruth", (Role.NURSE,), (LAKE,)),
    ("Grace Ndiaye", "Grace Ndiaye, RN", "grace", (Role.NURSE,), (LAKE,)),
    ("Elena Voss", "Elena Voss, LMFT", "elena", (Role.THERAPIST,), (LAKE,)),
    ("Dr Amara Obi", "Amara Obi, MD", "obi", (Role.PROVIDER,), (LAKE,)),
)

# given, family, preferred, pronouns, sex, born, weight in kg, escort, relation
PEOPLE: tuple[tuple[str, str, str, str, str, date, str, str, str], ...] = (
    ("Maya", "Torres", "", "she/her", "female", date(1984, 3, 14), "80", "Luis Torres", "Husband"),
    ("Henrik", "Dahl", "", "he/him", "male", date(1971, 9, 2), "96", "Kari Dahl", "Wife"),
    ("Elena", "Vossberg", "", "she/her", "female", date(1990, 1, 22), "64", "Jan Vossberg", "Brother"),
    ("Callum", "Reid", "Cal", "he/him", "male", date(1988, 11, 5), "83.5", "Fiona Reid", "Mother"),
    ("Jasmine", "Cole", "", "she/her", "female", date(1995, 6, 30), "70", "Dion Cole", "Partner"),
    ("Ruth", "Abelson", "", "she/her", "female", date(1959, 4, 17), "72", "Joan Abelson", "Sister"),
    ("Tomasz", "Wieland", "", "he/him", "male", date(1979, 12, 8), "90", "Ewa Wieland", "Wife"),
    ("Dana", "Whitlock", "", "they/them", "female", date(1993, 2, 27), "61", "Sam Ortega", "Friend"),
    ("Priya", "Raman", "", "she/her", "female", date(1986, 7, 19), "58", "Arun Raman", "Husband"),
    ("Grace", "Nduta", "", "she/her", "female", date(1982, 10, 3), "77", "Paul Nduta", "Husband"),
    ("Samuel", "Ortiz", "Sam", "he/him", "male", date(1975, 5, 11), "88", "Lucía Ortiz", "Wife"),
    ("Peter", "Langley", "", "he/him", "male", date(1968, 8, 24), "101", "Ann Langley", "Wife"),
    ("Noor", "Haddad", "", "she/her", "female", date(1997, 3, 9), "55", "Rami Haddad", "Father"),
    ("Leo", "Marchetti", "", "he/him", "male", date(1980, 1, 15), "79", "Gina Marchetti", "Sister"),
    ("Amina", "Yusuf", "", "she/her", "female", date(1989, 9, 28), "66", "Idris Yusuf", "Husband"),
    ("Beth", "Arnold", "", "she/her", "female", date(1964, 6, 6), "74", "Tom Arnold", "Husband"),
    ("Owen", "Castell", "", "he/him", "male", date(1991, 12, 12), "85", "Mair Castell", "Mother"),
    ("Ingrid", "Sørensen", "", "she/her", "female", date(1977, 2, 2), "69", "Lars Sørensen", "Husband"),
    ("Marcus", "Bell", "", "he/him", "male", date(1985, 4, 4), "92", "Toni Bell", "Wife"),
    ("Sofia", "Lindgren", "", "she/her", "female", date(1992, 8, 14), "60", "Mats Lindgren", "Partner"),
    ("Daniel", "Osei", "", "he/him", "male", date(1983, 11, 21), "87", "Abena Osei", "Wife"),
    ("Joanna", "Petit", "", "she/her", "female", date(1974, 5, 29), "63", "Marc Petit", "Husband"),
    ("Aisha", "Karim", "", "she/her", "female", date(1996, 10, 10), "57", "Zahra Karim", "Sister"),
    ("Colin", "Fraser", "", "he/him", "male", date(1969, 3, 18), "94", "Jean Fraser", "Wife"),
    ("Fern", "Hollis", "", "she/her", "female", date(1987, 7, 7), "68", "Kit Hollis", "Partner"),
    ("Victor", "Hsu", "", "he/him", "male", date(1981, 9, 9), "76", "May Hsu", "Wife"),
    ("Ngozi", "Eze", "", "she/her", "female", date(1994, 1, 3), "71", "Chidi Eze", "Brother"),
    ("Patrick", "O’Malley", "Pat", "he/him", "male", date(1962, 12, 1), "98", "Nora O’Malley", "Wife"),
    ("Chloé", "Beaumont", "", "she/her", "female", date(1998, 4, 26), "59", "Luc Beaumont", "Father"),
    ("Anders", "Holm", "", "he/him", "male", date(1973, 6, 16), "89", "Siri Holm", "Wife"),
    ("Rosa", "Delgado", "", "she/her", "female", date(1966, 8, 8), "73", "Iván Delgado", "Son"),
    ("Jerome", "Washington", "", "he/him", "male", date(1990, 2, 11), "86", "Tasha Washington", "Wife"),
    ("Mei", "Tanaka", "", "she/her", "female", date(1988, 5, 5), "56", "Ken Tanaka", "Husband"),
    ("Oluwaseun", "Adebayo-Richardson", "Seun", "he/him", "male", date(1979, 10, 30), "84", "Ola Adebayo", "Brother"),
    ("Hannah", "Fischer", "", "she/her", "female", date(1993, 3, 25), "62", "Jonas Fischer", "Partner"),
    ("Wyatt", "Coleman", "", "he/him", "male", date(1984, 7, 13), "93", "June Coleman", "Mother"),
    ("Lucía", "Fernández", "", "she/her", "female", date(1971, 1, 27), "67", "Pablo Fernández", "Husband"),
    ("George", "Stavros", "", "he/him", "male", date(1958, 11, 11), "82", "Eleni Stavros", "Wife"),
    ("Imani", "Brooks", "", "she/her", "female", date(1999, 9, 1), "65", "Keisha Brooks", "Mother"),
    ("Yusuf", "Demir", "", "he/him", "male", date(1976, 4, 20), "88", "Leyla Demir", "Wife"),
    ("Kirsten", "Vale", "", "she/her", "female", date(1985, 12, 24), "70", "Hugh Vale", "Husband"),
    ("Ravi", "Menon", "", "he/him", "male", date(1992, 6, 2), "75", "Anita Menon", "Sister"),
    ("Agnes", "Kowalska", "", "she/her", "female", date(1960, 10, 19), "78", "Marek Kowalski", "Husband"),
    ("Trevor", "Nash", "", "he/him", "male", date(1987, 8, 31), "91", "Beth Nash", "Wife"),
    ("Simone", "Laurent", "", "she/her", "female", date(1995, 2, 14), "58", "Hugo Laurent", "Brother"),
    ("Dmitri", "Volkov", "", "he/him", "male", date(1972, 7, 4), "97", "Irina Volkova", "Wife"),
    ("Paula", "Jensen", "", "she/her", "female", date(1981, 5, 23), "64", "Nils Jensen", "Husband"),
    ("Ahmed", "Saleh", "", "he/him", "male", date(1994, 11, 17), "80", "Hana Saleh", "Sister"),
    ("Margaret", "Quill", "Peg", "she/her", "female", date(1955, 3, 3), "71", "Hal Quill", "Husband"),
    ("Julian", "Ames", "", "he/him", "male", date(1997, 1, 8), "73", "Rob Ames", "Father"),
    ("Thandiwe", "Mokoena", "Thandi", "she/her", "female", date(1989, 6, 21), "69", "Sipho Mokoena", "Husband"),
    ("Frank", "Delaney", "", "he/him", "male", date(1967, 9, 12), "99", "Rose Delaney", "Wife"),
    ("Yuki", "Sato", "", "they/them", "other", date(1996, 12, 29), "54", "Aki Sato", "Sibling"),
    ("Bianca", "Rossi", "", "she/her", "female", date(1978, 2, 18), "66", "Enzo Rossi", "Husband"),
    ("Nathan", "Crowe", "", "he/him", "male", date(1986, 4, 9), "85", "Ivy Crowe", "Wife"),
    ("Esther", "Blum", "", "she/her", "female", date(1963, 8, 15), "72", "Ari Blum", "Son"),
    ("Miguel", "Ángel Ruiz", "", "he/him", "male", date(1990, 10, 25), "81", "Carmen Ruiz", "Mother"),
    ("Sadie", "Winters", "", "she/her", "female", date(1999, 5, 30), "60", "Joy Winters", "Mother"),
    ("Harold", "Finch", "", "he/him", "male", date(1961, 7, 28), "90", "Nan Finch", "Wife"),
    ("Zoë", "Anagnost", "", "she/her", "female", date(1993, 11, 2), "63", "Theo Anagnost", "Husband"),
)


@dataclass
class House:
    """One site with its people by role."""

    site: Site
    staff: dict[Role, list[User]] = field(default_factory=dict)

    def one(self, role: Role, turn: int = 0) -> User:
        people = self.staff[role]
        return people[turn % len(people)]


def build() -> dict[str, House]:
    """Make the sites and their staff. Nobody is there yet who could be asked for leave."""
    houses = {row[0]: House(_site(row)) for row in SITES}
    hashed = make_password(PASSWORD)  # once: fifteen argon2 hashes would take longer than a patient's whole story
    for name, signature, login, roles, sites in STAFF:
        user = User.objects.create(
            email=f"{login}@evenkeel.example", password=hashed, full_name=name, signature_name=signature
        )
        for code in sites:
            for role in roles:
                Membership.objects.create(user=user, site=houses[code].site, role=role)
                houses[code].staff.setdefault(role, []).append(user)
        _shifts(user, [houses[code].site for code in sites])
    return houses


def _site(row: tuple[str, ...]) -> Site:
    code, name, zone, address, city, state, postal, phone = row
    site = Site.objects.create(
        code=code, name=name, time_zone=zone, address=address, city=city, state=state, postal_code=postal, phone=phone
    )
    for name, nickname in ROOMS[code]:
        Room.objects.create(site=site, name=name, nickname=nickname, kind=Room.Kind.INFUSION)
    for name in QUIET[code]:
        Room.objects.create(site=site, name=name, kind=Room.Kind.THERAPY)
    Room.objects.create(site=site, name="Consulting room", kind=Room.Kind.CONSULT)
    OpeningHours.objects.bulk_create(
        OpeningHours(site=site, weekday=weekday, opens=time(6), closes=time(23)) for weekday in range(7)
    )
    return site


def _shifts(user: User, sites: list[Site]) -> None:
    """Every day, so that the demo has a day to show on whichever day it is started; between two sites by turns."""
    Shift.objects.bulk_create(
        Shift(
            user=user,
            site=sites[weekday % len(sites)],
            weekday=weekday,
            starts=time(6),
            ends=time(23),
            valid_from=date(2020, 1, 1),
        )
        for weekday in range(7)
    )


def weight(person: tuple[str, str, str, str, str, date, str, str, str]) -> Decimal:
    return Decimal(person[6])
