"""Names survive as typed, are found folded, and meet when they sound alike."""

import pytest

from patients import names
from tests import build


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Zoë O’Neill-Łuc", "zoe oneill luc"),
        ("O'Brien", "obrien"),
        ("Abbott774", "abbott774"),
        ("Nguyễn", "nguyen"),
        ("Strauß", "strauss"),
        ("李 小龙", "李 小龙"),
        ("  Mary   Ann ", "mary ann"),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert names.fold(typed) == folded


def test_clean_keeps_the_name_and_drops_what_no_keyboard_meant() -> None:
    assert names.clean(" Jose\u0301 \t de\x00la  Cruz\n") == "José de la Cruz"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Torres", "Torrez"),
        ("Catherine", "Kathryn"),
        ("Steven", "Stephen"),
        ("Schmidt", "Schmitt"),
        ("Lindqvist", "Lindquist"),
        ("Jeffrey", "Geoffrey"),
        ("Thomas", "Tomás"),
        ("Michael", "Mikhail"),
        ("Knight", "Nite"),
        ("Philip", "Filip"),
        ("MacDonald", "McDonald"),
        ("Yvonne", "Ivonne"),
        ("Abbott774", "Abbot"),
        ("Leigh", "Lee"),
        ("Nguyễn", "Nguyen"),
    ],
)
def test_names_that_sound_alike(one: str, other: str) -> None:
    assert names.sound(one) == names.sound(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Torres", "Turner"), ("Miller", "Mueck"), ("Okafor", "Oduya")])
def test_names_that_do_not_sound_alike(one: str, other: str) -> None:
    assert names.sound(one) != names.sound(other)


def test_a_name_in_another_script_sounds_like_itself() -> None:
    assert names.sound("龙") == "龙"


def _codes(given: str, family: str) -> list[str]:
    return names.sounds_like((given,), (family,))


def test_both_names_must_sound_alike() -> None:
    assert names.sound_alike(_codes("Maya", "Torres"), _codes("Maia", "Torrez"))
    assert not names.sound_alike(_codes("Maya", "Torres"), _codes("Maya", "Okafor"))
    assert not names.sound_alike(_codes("Maya", "Torres"), _codes("Sanna", "Torres"))


def test_swapped_names_sound_alike() -> None:
    assert names.sound_alike(_codes("Torres", "Maya"), _codes("Maya", "Torres"))


def test_half_of_a_double_family_name_is_enough_but_a_particle_is_not() -> None:
    assert names.sound_alike(_codes("Ana", "García-López"), _codes("Ana", "Garcia"))
    assert names.sound_alike(_codes("Ana", "De la Cruz"), _codes("Ana", "Delacruz"))
    assert not names.sound_alike(_codes("Ana", "van Dyke"), _codes("Ana", "van Berg"))


def test_index_holds_every_name_and_number(patient) -> None:
    patient.preferred_name, patient.phone = "Zoë", "+15550137740"
    names.index(patient)
    assert patient.search_text.startswith("torres maya zoe t ")
    assert patient.search_text.endswith(" 15550137740")
    assert {"g:M", "g:S", "f:TRS"} == set(patient.sounds_like)


def test_sixty_characters_fit_the_columns(site) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff" + "é" * 25
    someone = build.patient(site, given_name=long, family_name=long)
    names.index(someone)
    someone.save()
    someone.refresh_from_db()
    assert someone.given_name == long


def test_a_list_is_sorted_as_people_read() -> None:
    people = [("Zoë", "Ångström"), ("Sean", "O’Brien"), ("Ana", "de la Cruz"), ("Bo", "Zed"), ("Al", "Obama")]
    assert [family for _, family in sorted(people, key=lambda one: names.sort_key(*one))] == [
        "Ångström",
        "de la Cruz",
        "Obama",
        "O’Brien",
        "Zed",
    ]
