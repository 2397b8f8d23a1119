"""The plain CSV with the header of docs/import.md."""

from datetime import date
from pathlib import Path

import pytest

from clinic.models import Site
from insurance.models import Coverage, SelfPay
from patients.imports import sheet as reader
from patients.models import Allergy, Condition, Patient
from tests.patients.importing import ends, sheet

FULL = (
    "id,given_name,family_name,birth_date,sex,phone,email,conditions,allergies,payer,member_id,coverage_starts_on\n"
    '7,Zoë,"O\'Neill, née Łuc",03/14/1984,F,555-013-7740,z@example.com,"Asthma; F33.2 Depression",Latex,'
    "Orchard Health,M1,2026-01-01\n"
)


def test_a_row_is_taken_with_all_its_columns_and_a_second_run_changes_nothing(site: Site) -> None:
    assert ends(sheet(FULL, site)) == {"created": 5}
    patient = Patient.objects.get()
    assert (patient.given_name, patient.family_name, patient.birth_date) == (
        "Zoë", "O'Neill, née Łuc", date(1984, 3, 14),
    )  # fmt: skip
    assert (patient.sex, patient.phone) == ("female", "+15550137740")
    assert set(Condition.objects.values_list("display", flat=True)) == {"Asthma", "F33.2 Depression"}
    assert (Allergy.objects.get().display, Coverage.objects.get().member_id) == ("Latex", "M1")
    assert ends(sheet(FULL, site)) == {"unchanged": 5}


def test_self_pay_is_a_mark(site: Site) -> None:
    sheet("id,given_name,family_name,birth_date,payer,coverage_starts_on\n1,A,B,1990-01-01,Self-pay,2026-01-01\n", site)
    assert SelfPay.objects.get().since == date(2026, 1, 1)
    assert not Coverage.objects.exists()


def test_a_phone_that_is_none_is_left_out_and_the_person_is_taken(site: Site) -> None:
    taken = sheet("id,given_name,family_name,birth_date,phone,email\n1,A,B,1990-01-01,12,nobody\n", site)
    assert Patient.objects.get().phone == ""
    assert "Phone left out" in taken[0].why
    assert "Email left out" in taken[0].why


def test_two_sites_may_number_their_people_alike(site: Site, other_site: Site) -> None:
    row = "id,given_name,family_name,birth_date\n1,{},B,1990-01-01\n"
    sheet(row.format("Ana"), site)
    sheet(row.format("Ben"), other_site)
    assert Patient.objects.count() == 2


@pytest.mark.parametrize("column", sorted({*reader.REQUIRED, *reader.OPTIONAL}))
def test_every_column_is_documented(column: str) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "import.md"
    assert f"`{column}`" in page.read_text(encoding="utf-8")
