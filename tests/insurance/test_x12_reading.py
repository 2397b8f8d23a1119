"""Reading 271: any delimiters, any order, everything kept; what is broken is refused with its segment."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insurance.x12 import reading
from insurance.x12.answer import Answer, Dated
from insurance.x12.segments import MOST_BYTES, Broken
from tests.insurance import x12

DATA = Path(__file__).resolve().parents[1] / "data" / "x12"
SAYS = ["EB*1*IND*30^98^MH**GOLD", "EB*C*IND*30***23*1500*****Y", "MSG*FROM JANUARY", "EB*A*IND*98*****.2***Y*N"]
ABOUT = ["REF*1L*G100", "N3*1 HARBOR WAY", "N4*PORT*CA*90001", "DTP*291*RD8*20270101-20271231", "INS*Y*18"]
TWO = [x12.transaction(x12.person("T1", says=SAYS, about=ABOUT)), x12.transaction(x12.person("T2"), "0002")]
USUAL = x12.interchange(TWO)


def read(text: str | bytes) -> list[Answer]:
    return reading.read(text.encode() if isinstance(text, str) else text)[0]


def one(*says: str, about: list[str] | None = None) -> Answer:
    (found,) = read(x12.file(x12.person("T1", says=says, about=about or [])))
    return found


def meaning(answers: list[Answer]) -> list[Answer]:
    """What is said, without how it was written."""
    return [
        replace(answer, raw="", digest="", benefits=tuple(replace(benefit, raw="") for benefit in answer.benefits))
        for answer in answers
    ]


def refusal(content: bytes) -> str:
    """Why the file was refused; "" when it was read."""
    try:
        read(content)
    except Broken as error:
        return str(error)
    return ""


SIGNS = st.characters(codec="latin-1", exclude_categories=["L", "N"], exclude_characters=" .-&\t\x00\x85\xa0")


@settings(max_examples=30, deadline=None)
@given(st.lists(SIGNS, min_size=4, max_size=4, unique=True), st.sampled_from(["", "\n", "\r\n", "\n\n "]))
def test_any_delimiters_and_line_ends_say_the_same(marks: list[str], after: str) -> None:
    text = x12.interchange(TWO, marks="".join(marks), after=after)
    answers = read(text.encode("latin-1") if not text.isascii() else text)
    assert meaning(answers) == meaning(read(USUAL))
    assert meaning([reading.read_again(answer.raw) for answer in answers])[0] == meaning(answers)[0]


@settings(max_examples=40, deadline=None)
@given(st.permutations(["NM1*IL*1*ORTIZ*MAYA****MI*TWM4471", "TRN*2*T1*1123456789", "DMG*D8*19840311", *ABOUT]))
def test_order_of_what_is_said_of_a_person_does_not_matter(order: list[str]) -> None:
    head = x12.person(says=[])[:4]
    (found,) = read(x12.file([*head, "HL*3*2*22*0", *order, *SAYS]))
    known = one(*SAYS, about=ABOUT)
    assert replace(found, raw="", digest="", subscriber=None) == replace(known, raw="", digest="", subscriber=None)
    assert (found.patient.name, found.patient.birth_date) == ("MAYA ORTIZ", date(1984, 3, 11))


@settings(max_examples=40, deadline=None)
@given(st.permutations(SAYS[:2] + SAYS[3:]))
def test_order_of_benefits_does_not_matter(order: list[str]) -> None:
    assert {benefit.information for benefit in one(*order).benefits} == {"1", "C", "A"}


@pytest.mark.parametrize("cut", range(len(USUAL.splitlines())))
def test_file_cut_off_after_any_segment_is_refused(cut: int) -> None:
    with pytest.raises(Broken):
        read("\n".join(USUAL.splitlines()[:cut]))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(USUAL) - 3))
def test_file_cut_off_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(Broken):
        read(USUAL[:cut])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, len(USUAL.splitlines()) - 2))
def test_file_that_lost_a_segment_is_refused(lost: int) -> None:
    lines = USUAL.splitlines()
    with pytest.raises(Broken):
        read("\n".join(lines[:lost] + lines[lost + 1 :]))


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(USUAL)), st.integers(0, 40))
def test_hostile_bytes_are_refused_or_read_and_nothing_else(junk: bytes, at: int, over: int) -> None:
    whole = USUAL.encode()
    for content in (junk, whole[:at] + junk + whole[at + over :]):
        assert len(refusal(content)) < 300


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"), (b" \n\n", "empty"), (b"%PDF-1.7", "not start with ISA"), (b"ISA*00", "cut off"),
        (b"x" * (MOST_BYTES + 1), "larger than 5 MB"), (b"\x00\xff" * 2000, "not start with ISA"),
        (USUAL.replace("ORTIZ", "O" * 5000).encode(), "longer than a segment"),
        (USUAL.replace("ORTIZ", "O\x00RTIZ").encode(), r"Segment 11 \(NM1\): it holds signs"),
        (USUAL.replace("ORTIZ", "OR\nTIZ").encode(), "line break in its middle"),
        (USUAL.replace("REF*1L", "REF" + "*1" * 80).encode(), "more than 60 elements"),
        (USUAL.replace("00501", "00401").encode(), "ISA12 names version"),
        (USUAL.replace("ISA*00*", "ISA*0*").encode(), "lengths that X12 fixes"),
        (USUAL.replace("*T*:~", "*T*^~").encode(), "four delimiters must differ"),
        (USUAL.replace("GS*HB", "GS*HS").encode(), "an inquiry"), (USUAL.replace("GS*HB", "GS*FA").encode(), "999"),
        (USUAL.replace("ST*271*0001", "ST*270*0001").encode(), "ST01"),
        (USUAL.replace("005010X279A1~\nST", "005010X222A1~\nST").encode(), "GS08"),
        (USUAL.replace("*0002", "*0001").encode(), "used in this group before"),
        (USUAL.replace("GE*2*1", "GE*3*1").encode(), "counts 3 transactions"),
        (USUAL.replace("GE*2*1", "GE*2*7").encode(), "that of GS06"),
        (USUAL.replace("IEA*1*000000001", "IEA*1*000000009").encode(), "that of ISA13"),
        (USUAL.replace("IEA*1*", "IEA*2*").encode(), "counts 2 groups"),
        (USUAL.replace("HL*2*1*21*1", "HL*2*9*21*1").encode(), "does not belong under"),
        (USUAL.replace("HL*3*2*22*0", "HL*3*1*23*0").encode(), "a dependent does not belong"),
        (USUAL.replace("HL*3*2*22*0", "HL*2*2*22*0").encode(), "was used before"),
        (USUAL.replace("HL*3*2*22*0", "HL*3*2*99*0").encode(), "HL03"),
        (USUAL.replace("BHT*", "BHX*").encode(), "BHT is missing"),
        (USUAL.encode() + b"GS*HB~", "after IEA only ISA"), (USUAL.encode() + b"ISA", "cut off"),
        (x12.interchange([]).encode(), "holds no answer"),
        (x12.interchange([["TA1*000000005*270120*1001*R*006"]]).encode(), "outside|acknowledgement"),
    ],
)  # fmt: skip
def test_broken_file_says_where_and_why(content: bytes, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        read(content)


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        ("EB*C*IND*30***23*12,5", "EB07"), ("EB*C*IND*30***23*-5", "EB07"), ("EB*C***G*PLAN*23*1E9", "EB07"),
        ("EB*A*IND*30*****200", "more than the whole"), ("EB", "EB01 is missing"), ("EB*ABC*IND", "EB01"),
        ("EB*1*IND*30^TOO", "EB03"),
        ("DTP*346*D8*20271301", "DTP03"), ("DTP*346*RD8*20270101", "no range"), ("DTP*346*XX*2027", "DTP02"),
        ("DTP*291*RD8*20271231-20270101", "ends before"), ("AAA*N**TOOLONG*C", "AAA03"),
        ("LS*2120", "not closed"), ("LE*2120", "not open"),
    ],
)  # fmt: skip
def test_wrong_value_names_its_segment(segment: str, reason: str) -> None:
    with pytest.raises(Broken, match=rf"Segment 14 .*{reason}"):
        one("EB*1*IND*30", segment)


def test_loop_inside_a_loop_is_refused() -> None:
    with pytest.raises(Broken, match="inside another"):
        one("EB*1**30", "LS*2120", "NM1*PR*2*OTHER", "LS*2120", "LE*2120", "LE*2120")
    with pytest.raises(Broken, match="not closed before"):
        one("EB*1**30", "LS*2120", "EB*1**98", "LE*2120")


def test_large_hostile_file_is_answered_quickly() -> None:
    nested = [f"HL*{number}*{number - 1}*23*1" for number in range(4, 4000)]
    begun = time.monotonic()
    for body in (x12.person(says=nested), x12.person(about=["REF*1*1"] * 5000), x12.person(says=["ZZZ*1"] * 4000)):
        refusal(x12.file(body))
    many = x12.person(says=[]) + [f"HL*{number}*3*23*0" for number in range(4, 1500)]
    with pytest.raises(Broken, match="more than 1,000 answers"):
        read(x12.file(many))
    with pytest.raises(Broken, match="larger than"):
        read(USUAL.encode() * (MOST_BYTES // len(USUAL) + 2))
    assert time.monotonic() - begun < 5


def test_unknown_segments_are_kept() -> None:
    answer = one("EB*1**30", "ZZ9*SOMETHING^NEW", about=["QTY*99*1"])
    assert "ZZ9*SOMETHING^NEW~" in answer.raw
    assert "QTY*99*1~" in answer.raw
    assert "ZZ9" in answer.benefits[0].raw
    every = x12.file(x12.person("T1", says=["EB*1**30", "ZZ9*SOMETHING^NEW"], about=["QTY*99*1"])).decode()
    kept = set(answer.raw.splitlines())
    assert {line for line in every.splitlines() if not line.startswith(("GE", "IEA"))} == kept


def test_several_interchanges_each_with_its_own_delimiters() -> None:
    other = x12.interchange([x12.transaction(x12.person("T9"))], 2, marks="|!>\n", after="")
    answers = read(USUAL + "\n" + other)
    assert [answer.traces for answer in answers] == [("T1",), ("T2",), ("T9",)]
    assert [answer.position for answer in answers] == [1, 2, 3]


def test_dependent_is_the_patient_of_the_answer() -> None:
    (answer,) = read((DATA / "dependent-health-benefit-check.271").read_bytes())
    assert (answer.patient.name, answer.patient.birth_date) == ("MARY SMITH", date(1998, 10, 14))
    assert answer.subscriber is not None
    assert (answer.subscriber.name, answer.member_id) == ("JOHN SMITH", "123456789")
    assert answer.dates == (Dated("346", date(2006, 1, 1)),)
    assert answer.patient.relation == "19"
    assert [benefit.amount for benefit in answer.benefits if benefit.information == "B"] == [Decimal(10), Decimal(30)]
    assert answer.benefits[1].message == "MARCUS JONES"


def test_slip_in_a_trailer_is_told_and_does_no_harm() -> None:
    """The count of the segments proves that nothing is lost."""
    (answer,), whole = reading.read((DATA / "subscriber-health-benefit-check-error.271").read_bytes())
    assert whole.remarks[0].startswith("Segment 10 (SE): its control number “4323” is not that of its ST")
    assert [(one.level, one.code, one.follow_up) for one in answer.rejections] == [("provider", "50", "N")]


@pytest.mark.parametrize("place", [2, 4, 7, 9])
def test_rejection_is_found_at_every_level(place: int) -> None:
    body = [*x12.person("T1", says=["EB*1**30"])]
    body.insert(place, "AAA*N**42*R")
    (answer,) = read(x12.file(body))
    found = answer.rejections or answer.benefits[0].rejections
    assert [rejection.code for rejection in found] == ["42"]


def test_benefit_knows_its_dates_messages_and_others() -> None:
    answer = one(
        "EB*U**MH", "DTP*348*D8*20270201", "MSG*CALL FIRST", "III*ZZ*11", "LS*2120", "NM1*PR*2*MAGELLAN",
        "PER*IC**TE*8005550100", "LE*2120", "EB*1**30",
    )  # fmt: skip
    benefit = answer.benefits[0]
    assert benefit.message == "CALL FIRST MAGELLAN, 8005550100"
    assert benefit.dates == (Dated("348", date(2027, 2, 1)),)
    assert "III*ZZ*11" in benefit.raw


def test_same_answer_in_another_file_has_the_same_digest() -> None:
    first, again = (read(x12.file(x12.person("T1"), control=control))[0] for control in (1, 2))
    assert first.digest == again.digest
    bare, other = (read(x12.file(x12.person(), control=control))[0] for control in (1, 2))
    assert bare.digest != other.digest
