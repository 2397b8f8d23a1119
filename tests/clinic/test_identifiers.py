"""Numbers by which payers know the clinic and its people."""

import pytest

from clinic import identifiers
from clinic.errors import Invalid
from clinic.place import directory, people


def test_an_npi_keeps_its_ten_digits():
    assert identifiers.npi("1234 567-893") == "1234567893"  # the example of CMS


@pytest.mark.parametrize("typed", ["1234567890", "123456789", "3234567893", "12345678930", "abc"])
def test_an_npi_with_a_slip_is_refused(typed):
    with pytest.raises(ValueError, match="last of which checks"):
        identifiers.npi(typed)


def test_nothing_is_no_npi_and_no_tax_number():
    assert identifiers.npi(" ") == identifiers.tax_id("") == ""


def test_a_tax_number_is_nine_digits():
    assert identifiers.tax_id("12-3456789") == "123456789"
    with pytest.raises(ValueError, match="nine digits"):
        identifiers.tax_id("12-345678")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("42023-115-10", "42023011510"), ("0409-2051-05", "00409205105"), ("42023-0115-1", "42023011501"),
     ("00409205105", "00409205105"), ("", "")],
)  # fmt: skip
def test_an_ndc_becomes_eleven_digits(typed, kept):
    assert identifiers.ndc(typed) == kept


@pytest.mark.parametrize("typed", ["4202311510", "42023-11510", "42023-115-1O", "420230-115-10"])
def test_an_ndc_whose_parts_are_not_known_is_refused(typed):
    with pytest.raises(ValueError, match="with its hyphens"):
        identifiers.ndc(typed)


def test_site_and_person_refuse_a_slip_and_change_nothing(site, nurse, clinic_admin):
    with pytest.raises(Invalid) as refused:
        directory.edit_site(site_id=site.pk, npi="1234567890", tax_id="1", by=clinic_admin)
    assert set(refused.value.fields) == {"npi", "tax_id"}
    with pytest.raises(Invalid, match="NPI"):
        people.edit_person(
            user_id=nurse.pk, full_name="A", signature_name="", licence="", npi="1234567890", by=clinic_admin
        )
    nurse.refresh_from_db()
    assert nurse.full_name != "A"


def test_site_and_person_keep_their_npi(site, nurse, clinic_admin):
    directory.edit_site(site_id=site.pk, npi="1234567893", by=clinic_admin)
    directory.edit_site(site_id=site.pk, tax_id="12-3456789", by=clinic_admin)
    people.edit_person(
        user_id=nurse.pk, full_name="A", signature_name="", licence="", npi="1234567893", by=clinic_admin
    )
    site.refresh_from_db(), nurse.refresh_from_db()
    assert (site.npi, site.tax_id, nurse.npi) == ("1234567893", "123456789", "1234567893")
