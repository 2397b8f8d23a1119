"""A name is typed by anybody; a spreadsheet must not carry it out."""

import pytest

from clinic.documents.spreadsheet import comma_separated


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_takes_for_a_formula_is_made_text(begins: str) -> None:
    made = comma_separated(["Name"], [[f"{begins}HYPERLINK(A1)"], ["Maya"]]).decode("utf-8-sig")
    assert f"'{begins}HYPERLINK(A1)" in made
    assert "'Maya" not in made
