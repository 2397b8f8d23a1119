"""Names in the letters of X12, and inquiries no name can break."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance.x12.inquiry import Envelope, Person, Question, build
from insurance.x12.letters import Unwritable, number, written
from insurance.x12.segments import segments


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Zoë O’Neill-Łuc", "ZOE O'NEILL-LUC"), ("Müller ß", "MULLER SS"), ("Ñandú, Jr.", "NANDU, JR."),
        ("Đặng Ægir", "DANG AEGIR"), ("A*B~C^D:E|F", "A B C D E F"), ("  Maya \n Ortiz ", "MAYA ORTIZ"),
        ("Şule Ğ", "SULE G"),
    ],
)  # fmt: skip
def test_name_loses_accents_and_delimiters(name: str, plain: str) -> None:
    assert written(name, 60) == plain


@pytest.mark.parametrize("name", ["王小明", "Ольга", "محمد", "Ωmega"])
def test_other_scripts_are_refused_rather_than_lost(name: str) -> None:
    with pytest.raises(Unwritable):
        written(name, 60)


def test_numbers_lose_their_blanks() -> None:
    assert number("TWM 4471-a", 80) == "TWM4471-A"


@given(st.text(max_size=90), st.text(max_size=20))
def test_no_name_breaks_an_inquiry(name: str, member_id: str) -> None:
    envelope = Envelope("ZZ", "US", "ZZ", "HOUSE", 7, datetime(2027, 2, 1, 9, 30), "T")
    person = Person(name, "Maya", "", date(1984, 3, 11), "female")
    question = Question(
        "EK1", "Payer", "P1", "Clinic", "1234567893", "1123456789", member_id, person, date(2027, 2, 1), ["30"]
    )
    try:
        text = build(envelope, [question])
    except Unwritable:
        return
    tags = [one.tag for one in segments(text)]
    assert " ".join(tags) == "ISA GS ST BHT HL NM1 HL NM1 HL TRN NM1 DMG DTP EQ SE GE IEA"
    assert text.isascii()
