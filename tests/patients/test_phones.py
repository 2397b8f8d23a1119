import phonenumbers
import pytest

from patients import phones


@pytest.mark.parametrize("typed", ["(555) 013-7740", "555.013.7740", "5550137740", "+1 555 013 7740", "1-555-013-7740"])
def test_a_number_from_home_in_any_spelling(typed: str) -> None:
    assert phones.normal(typed) == "+15550137740"


def test_a_number_from_abroad_keeps_its_country() -> None:
    assert phones.normal("+44 20 7946 0018") == "+442079460018"
    assert phones.shown("+442079460018") == "+44 20 7946 0018"


def test_nothing_stays_nothing() -> None:
    assert phones.normal("  ") == ""


@pytest.mark.parametrize("typed", ["555", "call me", "12345678901234567890", "013-7740"])
def test_half_a_number_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="area code"):
        phones.normal(typed)


def test_an_extension_is_refused() -> None:
    with pytest.raises(ValueError, match="extension"):
        phones.normal("555 013 7740 ext 12")


def test_shown_as_at_home_and_unreadable_as_it_is() -> None:
    assert phones.shown("+15550137740") == "(555) 013-7740"
    assert phones.shown("nonsense") == "nonsense"


@pytest.mark.parametrize("number", ["+12125550123", "+15550137740", "+19998887777", "+18005550199", "+15140001111"])
def test_a_number_of_home_is_shown_as_the_library_shows_it(number) -> None:
    form = phonenumbers.PhoneNumberFormat.NATIONAL
    assert phones.shown(number) == phonenumbers.format_number(phonenumbers.parse(number, "US"), form)
