"""Finding people by what is at hand."""

from datetime import date

import pytest

from clinic.models import Membership, Site
from clinic.policy import Role
from patients import search
from patients.models import Patient
from tests import build
from tests.patients.people import register


@pytest.fixture
def people(site, front_desk):
    """Maya Torres and five others."""
    return {
        "maya": register(site, front_desk, phone="(555) 013-7740"),
        "mayer": register(site, front_desk, "Anton", "Mayer", birth_date=date(1990, 12, 1)),
        "zoe": register(site, front_desk, "Zoë", "Ångström", preferred_name="Zizi", birth_date=date(1990, 12, 2)),
        "obrien": register(site, front_desk, "Sean", "O’Brien", birth_date=date(1971, 5, 6)),
        "digits": register(site, front_desk, "Abram53", "Abbott774", birth_date=date(1950, 1, 2)),
        "okafor": register(site, front_desk, "Katherine", "Okafor", birth_date=date(1962, 2, 3)),
    }


def _found(people, user, text: str) -> list[str]:
    found = search.find(user=user, text=text)
    return [next(key for key, one in people.items() if one == patient) for patient in found]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("maya torres", "maya"),
        ("Torres", "maya"),
        ("torres, maya", "maya"),
        ("TOR", "maya"),
        ("angstrom", "zoe"),
        ("Ångström", "zoe"),
        ("zizi", "zoe"),
        ("o'brien", "obrien"),
        ("OBrien", "obrien"),
        ("abbott774", "digits"),
        ("abbott", "digits"),
        ("toress", "maya"),
        ("Okafro", "okafor"),
        ("Catherine Okafor", "okafor"),
        ("Maia Torrez", "maya"),
        ("555-013-7740", "maya"),
        ("+1 (555) 013 7740", "maya"),
        ("7740", "maya"),
        ("3/14/1984", "maya"),
        ("1984-03-14", "maya"),
        ("14 Mar 1984", "maya"),
        ("March 14, 1984", "maya"),
        ("03/14/84", "maya"),
        ("torres 3/14/1984", "maya"),
        ("14.3.1984", "maya"),
    ],
)
def test_found_first(people, front_desk, text, first) -> None:
    assert _found(people, front_desk, text)[:1] == [first]


def test_found_by_record_number_whole_or_its_digits(people, front_desk) -> None:
    mrn = people["okafor"].mrn
    for text in (mrn, mrn.lower(), mrn.removeprefix("EK-")):
        assert _found(people, front_desk, text)[0] == "okafor"


def test_an_exact_beginning_comes_before_what_is_only_alike(people, front_desk) -> None:
    assert _found(people, front_desk, "maya") == ["maya", "mayer"]


@pytest.mark.parametrize("text", ["", "   ", "zzzzqqq", "%", "torres 1/1/2001", "'; drop table", "\x00"])
def test_nobody_is_found(people, front_desk, text) -> None:
    assert _found(people, front_desk, text) == []


def test_a_stranger_finds_nobody(people, stranger) -> None:
    assert search.find(user=stranger, text="maya torres") == []
    assert search.find(user=stranger, text="3/14/1984") == []
    assert search.find(user=stranger, text="7740") == []


def _vaz(site: Site) -> Patient:
    return build.patient(site, given_name="Ines", family_name="Vaz")


def test_a_person_of_two_sites_finds_at_both_or_at_the_one_that_is_asked(site, other_site, front_desk) -> None:
    both = build.user(Role.FRONT_DESK, at=site)
    Membership.objects.create(user=both, site=other_site, role=Role.FRONT_DESK)
    here, there = _vaz(site), _vaz(other_site)
    for text in ("vaz", "va", "ines vax", here.birth_date.isoformat()):
        assert {one.pk for one in search.find(user=both, text=text)} == {here.pk, there.pk}, text
        assert search.find(user=both, text=text, site=other_site) == [there], text
        assert search.find(user=front_desk, text=text) == [here], text
        assert search.find(user=front_desk, text=text, site=other_site) == [], text


def test_no_more_than_asked_for(site, front_desk) -> None:
    for number in range(4):
        register(site, front_desk, f"Maya{number}")
    assert len(search.find(user=front_desk, text="maya", limit=3)) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_questions_does_not_grow(site, front_desk, django_assert_max_num_queries, count) -> None:
    for number in range(count):
        register(site, front_desk, f"Maya{number}")
    assert front_desk.site_ids
    with django_assert_max_num_queries(5):
        found = search.find(user=front_desk, text="maya tores")
        assert [one.site.name for one in found] == ["Pine Street"] * count


@pytest.mark.parametrize("text", ["2/30/1990", "13/13/1990", "yesterday", ""])
def test_what_is_no_date(text) -> None:
    assert search.read_date(text) is None


def test_a_year_of_two_digits_is_the_last_that_passed() -> None:
    assert search.read_date("3/14/84") == date(1984, 3, 14)
    assert search.read_date("3/14/05") == date(2005, 3, 14)
    assert search.read_date("3/14/60") == date(1960, 3, 14)
