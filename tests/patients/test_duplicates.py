"""Is this person here already? Each clause alone, the order, and what another site must not give away."""

from datetime import date

import pytest

from clinic.models import Membership
from clinic.policy import Role
from patients import registration, search
from patients.models import Patient
from patients.registration import LikelyDuplicate
from tests.patients.people import BORN, register

PHONE = "+15550137740"


@pytest.fixture
def maya(site, front_desk) -> Patient:
    return register(site, front_desk, phone=PHONE)


def _why(site, given="Maya", family="Torres", born: date | None = date(1990, 1, 1), phone="", user=None) -> list[str]:
    found = search.likely(site=site, given_name=given, family_name=family, birth_date=born, phone=phone, user=user)
    return [one.why for one in found]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"given": "Maia", "family": "Torrez", "born": BORN}, ["name sounds alike, same birth date"]),
        ({"given": "Maia", "family": "Torrez", "phone": PHONE}, ["name sounds alike, same phone"]),
        ({"given": "Ana", "family": "Okafor", "born": BORN, "phone": PHONE}, ["same birth date, same phone"]),
        ({"given": "Máya", "family": "TORRES"}, ["same name"]),
        ({"given": "Torres", "family": "Maya", "born": BORN}, ["name sounds alike, same birth date"]),
        ({"given": "Maya", "family": "Torres", "born": None}, ["same name"]),
    ],
)
def test_what_is_likely_says_why(site, maya, typed, why) -> None:
    assert _why(site, **typed) == why


@pytest.mark.parametrize(
    "typed",
    [
        {"given": "Ana", "family": "Okafor", "born": BORN},
        {"given": "Ana", "family": "Okafor", "phone": PHONE},
        {"given": "Maia", "family": "Torrez"},
        {"given": "Maya", "family": "Okafor", "born": BORN},
    ],
)
def test_one_agreement_alone_is_not_likely(site, maya, typed) -> None:
    assert _why(site, **typed) == []


def test_the_likeliest_comes_first(site, front_desk) -> None:
    alike = register(site, front_desk, "Maia", "Torrez")
    named = register(site, front_desk, "Maya", "Torres", birth_date=date(1990, 1, 1))
    same = register(site, front_desk, "Maya", "Torres", phone=PHONE)
    found = search.duplicates(site=site, given_name="Maya", family_name="Torres", birth_date=BORN, phone=PHONE)
    assert found == [same, alike, named]


def test_a_second_record_is_made_only_when_somebody_has_looked(site, front_desk, maya) -> None:
    with pytest.raises(LikelyDuplicate) as refused:
        register(site, front_desk, confirmed_new=False)
    assert refused.value.candidates == [maya]
    assert Patient.objects.count() == 1
    register(site, front_desk, confirmed_new=True)
    assert Patient.objects.count() == 2


def test_other_sites_are_looked_at_only_with_a_role_there(site, other_site, front_desk, stranger) -> None:
    there = register(other_site, stranger)
    assert registration.register(site=site, by=front_desk, given_name="Maya", family_name="Torres", birth_date=BORN)
    Membership.objects.create(user=front_desk, site=other_site, role=Role.NURSE)
    del front_desk.roles_held
    found = search.duplicates(
        site=site, given_name="Maya", family_name="Torres", birth_date=BORN, phone="", user=front_desk
    )
    assert there in found


def test_the_search_for_duplicates_asks_once(site, maya, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert _why(site, born=BORN)
