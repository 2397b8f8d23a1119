"""Who could be taken for whom: each kind of likeness alone, and the band on the pages where it counts."""

from datetime import date

import pytest
from django.urls import reverse

from clinic import clock
from patients import registration
from patients.namesakes import namesakes
from tests import build
from visits import booking

BORN = date(1984, 3, 14)


def person(site, by, given, family, born=BORN):
    return registration.register(
        site=site, given_name=given, family_name=family, birth_date=born, by=by, confirmed_new=True
    )


@pytest.fixture
def maya(site, front_desk):
    return person(site, front_desk, "Maya", "Torres")


OTHER_DAY = date(1990, 1, 2)


@pytest.mark.parametrize(
    ("given", "family", "born", "in_registry", "today"),
    [
        ("Maya", "Torres", OTHER_DAY, "same name", "same name"),
        ("Maya", "Torres", BORN, "same name, same birth date", "same name, same birth date"),
        ("Maia", "Torrez", BORN, "name sounds alike, same birth date", "name sounds alike, same birth date"),
        ("Maia", "Torrez", OTHER_DAY, "", "name sounds alike"),
        ("Lucia", "Torres", BORN, "same family name, same birth date", "same family name, same birth date"),
        ("Lucia", "Torres", OTHER_DAY, "", "same family name"),
        ("Henrik", "Dahl", BORN, "", "same birth date"),
        ("Henrik", "Dahl", OTHER_DAY, "", ""),
    ],
)
def test_each_likeness(site, front_desk, maya, given, family, born, in_registry, today):
    other = person(site, front_desk, given, family, born)
    assert [one.why for one in namesakes(maya)] == ([in_registry] if in_registry else [])
    assert [one.why for one in namesakes(maya, here={other.pk})] == ([today] if today else [])


def test_a_namesake_of_another_site_is_no_matter(site, other_site, stranger, maya):
    person(other_site, stranger, "Maya", "Torres")
    assert namesakes(maya) == []


@pytest.mark.parametrize("where", ["book", "appointment"])
def test_the_band_names_who_is_here_today_too(client, site, front_desk, maya, where):
    other = person(site, front_desk, "Maia", "Torrez", OTHER_DAY)
    with clock.at(build.moment(site, "2027-02-01", "10:00")):
        visits = [
            booking.book(patient=each, site=site, kind="evaluation", starts_at=starts, by=front_desk,
                         staff=build.user("provider", at=site))
            for each, starts in (
                (maya, build.moment(site, "2027-02-02", "09:00")),
                (other, build.moment(site, "2027-02-02", "11:00")),
            )
        ]  # fmt: skip
    client.force_login(front_desk)
    address = {"book": ["visits:book", maya.pk], "appointment": ["visits:appointment", visits[0].pk]}[where]
    with clock.at(build.moment(site, "2027-02-02", "08:40")):
        said = client.get(reverse(address[0], args=[address[1]])).content.decode()
    assert "Not to be mixed up." in said
    assert "name sounds alike, here today" in said
