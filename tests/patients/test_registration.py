"""Registering a person: record number, cleaning, refusals that change nothing."""

from datetime import date

import pytest

from clinic.errors import Invalid, NotFound, NotPermitted
from patients import registration
from patients.models import Patient
from patients.registration import ChangedMeanwhile
from tests.patients.people import register


def test_a_person_gets_a_record_number_and_is_kept_as_typed(site, front_desk) -> None:
    someone = register(
        site,
        front_desk,
        "Zoë",
        "O’Neill-Łuc",
        phone="(555) 013-7740",
        email=" Zoe@Example.COM ",
        registered_on=date(2026, 9, 1),
    )
    assert someone.mrn.startswith("EK-")
    assert len(someone.mrn) == 8
    assert (someone.given_name, someone.family_name) == ("Zoë", "O’Neill-Łuc")
    assert someone.phone == "+15550137740"
    assert someone.email == "zoe@example.com"
    assert someone.registered_by == front_desk
    assert site.local(someone.registered_at).date() == date(2026, 9, 1)


def test_two_people_never_share_a_record_number(site, front_desk) -> None:
    assert register(site, front_desk).mrn != register(site, front_desk, "Sanna", "Lind").mrn


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("given_name", " ", "given name"),
        ("family_name", "’", "family name"),
        ("birth_date", None, "birth date"),
        ("birth_date", date(2090, 1, 1), "not come yet"),
        ("birth_date", date(1850, 1, 1), "years ago"),
        ("phone", "555", "area code"),
        ("phone_other", "x", "area code"),
        ("email", "maya@", "email address"),
        ("sex", "perhaps", "choices"),
        ("language", "xx", "choices"),
        ("family_name", "x" * 81, "81 characters long; 80 fit"),
        ("deceased_on", date(1980, 1, 1), "before the birth date"),
    ],
)
def test_each_bad_value_is_named_and_nothing_is_kept(site, front_desk, field, value, says) -> None:
    fields = {"given_name": "Maya", "family_name": "Torres", "birth_date": date(1984, 3, 14), field: value}
    with pytest.raises(Invalid, match=says) as refused:
        registration.register(site=site, by=front_desk, confirmed_new=True, **fields)
    assert set(refused.value.fields) == {field}
    assert not Patient.objects.exists()


def test_a_field_that_is_not_for_typing_is_refused(site, front_desk) -> None:
    with pytest.raises(Invalid, match="mrn"):
        register(site, front_desk, mrn="EK-1")


def test_who_may_register(site, therapist, stranger, nurse) -> None:
    assert register(site, nurse)
    for person in (therapist, stranger):
        with pytest.raises(NotPermitted):
            register(site, person)


def test_update_changes_what_is_given_and_search_follows(site, front_desk) -> None:
    someone = register(site, front_desk)
    registration.update(patient_id=someone.pk, by=front_desk, preferred_name="Mimi", phone="555 013 7741")
    someone.refresh_from_db()
    assert (someone.preferred_name, someone.given_name) == ("Mimi", "Maya")
    assert "mimi" in someone.search_text
    assert "15550137741" in someone.search_text


def test_update_of_what_a_colleague_changed_names_it_and_changes_nothing(site, front_desk) -> None:
    someone = register(site, front_desk, city="Reno", phone="555 013 7740")
    seen = {"city": "Reno", "phone": "+15550137740"}
    registration.update(patient_id=someone.pk, by=front_desk, city="Sparks")
    with pytest.raises(ChangedMeanwhile, match="city") as refused:
        registration.update(patient_id=someone.pk, by=front_desk, seen=seen, city="Elko", phone="")
    (difference,) = refused.value.differences
    assert (difference.field, difference.saved, difference.typed) == ("city", "Sparks", "Elko")
    someone.refresh_from_db()
    assert (someone.city, someone.phone) == ("Sparks", "+15550137740")


def test_update_with_what_was_seen_unchanged_goes_through(site, front_desk) -> None:
    someone = register(site, front_desk, city="Reno")
    registration.update(patient_id=someone.pk, by=front_desk, seen={"city": "Reno"}, city="Elko")
    someone.refresh_from_db()
    assert someone.city == "Elko"


def test_death_before_a_birth_that_is_kept_is_refused(site, front_desk) -> None:
    someone = register(site, front_desk)
    with pytest.raises(Invalid, match="before the birth date"):
        registration.update(patient_id=someone.pk, by=front_desk, deceased_on=date(1980, 1, 1))


def test_update_by_a_stranger_finds_nobody_and_by_a_colleague_is_not_permitted(
    site, front_desk, stranger, therapist
) -> None:
    someone = register(site, front_desk)
    with pytest.raises(NotFound):
        registration.update(patient_id=someone.pk, by=stranger, city="Elko")
    with pytest.raises(NotPermitted):
        registration.update(patient_id=someone.pk, by=therapist, city="Elko")


def test_every_write_leaves_history(site, front_desk) -> None:
    someone = register(site, front_desk)
    registration.update(patient_id=someone.pk, by=front_desk, city="Elko")
    assert someone.pgh_events.count() == 2
