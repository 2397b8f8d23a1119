"""What a 271 means: the state of each part, its figures, and what a person should know about them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from insurance.findings import Finding, Known, finding, in_words
from insurance.x12 import codes, reading
from insurance.x12.answer import Answer
from tests.insurance import x12

TODAY = date(2027, 1, 20)


def said(*says: str, about: list[str] | None = None) -> Answer:
    (found,) = reading.read(x12.file(x12.person("T1", says=says, about=about or [])))[0]
    return found


def found(*says: str, leg: str = "medical", about: list[str] | None = None, **known: Any) -> Finding:
    return finding(said(*says, about=about), leg, Known(TODAY, **known))


@pytest.mark.parametrize(
    ("says", "medical", "behavioral"),
    [
        (["EB*1**30"], "active", "needs_info"), (["EB*1**30", "EB*1**MH"], "active", "active"),
        (["EB*1**98^MH"], "active", "active"), (["EB*1**MH"], "needs_info", "active"),
        (["EB*6**30"], "inactive", "inactive"), (["EB*6"], "inactive", "inactive"),
        (["EB*1**30", "EB*6**MH"], "active", "inactive"),
        (["EB*1**30", "EB*I**MH"], "active", "not_covered"), (["EB*1**30", "EB*I**98"], "not_covered", "needs_info"),
        (["EB*6**30", "EB*1**98"], "needs_info", "inactive"), (["EB*1**98", "EB*6**98"], "needs_info", "needs_info"),
        (["EB*1**MH", "EB*I**MH*******0**N"], "needs_info", "active"), (["EB*5**30"], "needs_info", "needs_info"),
        (["EB*1**30", "EB*U**MH"], "active", "needs_info"), (["EB*V**30"], "error", "error"),
        (["EB*1**35"], "needs_info", "needs_info"), ([], "needs_info", "needs_info"),
        (["EB*1**30", "EB*1**A8", "DTP*349*D8*20261231"], "active", "inactive"),
        (["EB*L**30", "AAA*N**72*C"], "needs_info", "needs_info"),
    ],
)  # fmt: skip
def test_each_part_has_its_own_state(says: list[str], medical: str, behavioral: str) -> None:
    assert (found(*says).state, found(*says, leg="behavioral").state) == (medical, behavioral)


def test_carved_out_benefit_says_whom_to_ask() -> None:
    result = found("EB*1**30", "EB*U**MH", "LS*2120", "NM1*PR*2*MAGELLAN", "LE*2120", leg="behavioral")
    assert "Another company answers for behavioral health. MAGELLAN" in result.note
    assert "another company may pay for it" in found("EB*1**30", leg="behavioral").note


def test_what_is_not_covered_out_of_the_network_counts_for_a_clinic_that_is_out_of_it() -> None:
    says = ["EB*1**MH*********Y", "EB*I**MH*********N"]
    assert found(*says, leg="behavioral").state == "active"
    assert found(*says, leg="behavioral", in_network=False).state == "not_covered"


FIGURES = [
    "EB*1**30^98", "EB*B**98***27*40*****Y", "EB*B**98***27*90*****N", "EB*B**30***27*75*****Y", "EB*B*FAM*98***27*99",
    "EB*A**98*****.125*****Y", "EB*C*IND*30***23*1500*****Y", "EB*C*IND*30***29*400.5*****Y",
    "EB*C*IND*30***23*5000*****N", "EB*C*FAM*30***23*3000*****Y", "EB*C*FAM*30***24*800*****Y", "EB*G*IND*30***23*6000",
    "EB*G*IND*30***24*7000", "EB*G*FAM*30***23*99999999.99",
]  # fmt: skip


def test_figures_are_those_closest_to_what_the_clinic_does() -> None:
    figures, note = found(*FIGURES).said, found(*FIGURES).note
    assert (figures["copay"], figures["coinsurance_percent"]) == (Decimal(40), 13)
    assert (figures["deductible"], figures["deductible_met"]) == (Decimal(1500), Decimal("1099.5"))
    assert (figures["deductible_family"], figures["deductible_family_met"]) == (Decimal(3000), Decimal(800))
    assert (figures["out_of_pocket"], figures["out_of_pocket_met"]) == (Decimal(6000), Decimal(6000))
    assert figures["out_of_pocket_family"] is None
    assert "stands for no limit" in note


def test_out_of_network_figures_for_a_clinic_that_is_out_of_it() -> None:
    figures = found(*FIGURES, in_network=False).said
    assert (figures["copay"], figures["deductible"], figures["in_network"]) == (Decimal(90), Decimal(5000), False)


def test_nothing_said_stays_unknown() -> None:
    figures = found("EB*1**30", "EB*C*IND*30***29*400").said
    assert {figures[name] for name in ("copay", "coinsurance_percent", "deductible", "deductible_met")} == {None}
    assert figures["authorization_required"] is None
    assert "Of a limit only what is met or left was named" in found("EB*1**30", "EB*C*IND*30***29*400").note


def test_copay_of_the_whole_plan_is_none_of_behavioral_health() -> None:
    says = ["EB*1**30^MH", "EB*B**30***27*75"]
    assert found(*says).said["copay"] == Decimal(75)
    assert found(*says, leg="behavioral").said["copay"] is None


def test_of_several_figures_the_highest_is_taken_and_said() -> None:
    result = found("EB*1**98", "EB*B**98***27*30", "MSG*PRIMARY", "EB*B**98***27*50", "MSG*SPECIALIST")
    assert result.said["copay"] == Decimal(50)
    assert "several copays (30, 50): the highest" in result.note


@pytest.mark.parametrize(
    ("says", "needed"),
    [
        (["EB*1**98*******0*Y"], True), (["EB*1**98*******0*N"], False), (["EB*1**98*******0*U"], None),
        (["EB*1**30*******0*Y", "EB*1**98*******0*N"], False), (["EB*1**30*******0*Y"], True),
        (["EB*1**98*******0*N", "EB*B**98***27*30****Y"], True), (["EB*1**88*******0*Y", "EB*1**30"], None),
    ],
)  # fmt: skip
def test_approval_beforehand_is_asked_of_the_own_rows_first(says: list[str], needed: bool | None) -> None:
    assert found(*says).said["authorization_required"] is needed


def test_visits_exclusions_and_other_insurance() -> None:
    figures = found(
        "EB*1**MH", "EB*F**MH***23***VS*20", "EB*F**MH***29***VS*12", "EB*E**MH", "MSG*EXPERIMENTAL DRUGS", "EB*R**30",
        "LS*2120", "NM1*PR*2*MEDICARE", "LE*2120", leg="behavioral",
    ).said  # fmt: skip
    assert (figures["visit_limit"], figures["visits_used"]) == (20, 8)
    assert (figures["exclusions"], figures["other_insurance"]) == ("EXPERIMENTAL DRUGS", "MEDICARE")


def day(moved: int) -> str:
    return f"{TODAY + timedelta(days=moved):%Y%m%d}"


@pytest.mark.parametrize(
    ("about", "known", "state", "words"),
    [
        ([f"DTP*346*D8*{day(0)}"], {}, "active", ""), ([f"DTP*346*D8*{day(1)}"], {}, "needs_info", "begins"),
        ([f"DTP*347*D8*{day(0)}"], {}, "active", ""), ([f"DTP*347*D8*{day(-1)}"], {}, "needs_info", "plan ended"),
        ([], {"ends_on": TODAY}, "active", ""), ([], {"ends_on": TODAY - timedelta(days=1)}, "needs_info", "on file"),
    ],
)  # fmt: skip
def test_active_with_days_that_say_otherwise_needs_a_person(
    about: list[str], known: dict[str, date], state: str, words: str
) -> None:
    result = found("EB*1**98", about=about, **known)
    assert result.state == state
    assert words in result.note


@pytest.mark.parametrize(
    ("ended", "known", "expected"),
    [(-1, {}, TODAY - timedelta(days=1)), (0, {}, None), (30, {}, None), (-9, {"starts_on": TODAY}, None)],
)
def test_last_day_is_taken_only_where_it_can_be_one(ended: int, known: dict[str, date], expected: date | None) -> None:
    assert found("EB*6**30", about=[f"DTP*357*D8*{day(ended)}"], **known).ended_on == expected


def test_every_rejection_says_what_to_do_and_is_no_dead_end() -> None:
    for code, why in codes.REJECTED.items():
        result = found(about=[f"AAA*N**{code}*C"])
        assert result.state == ("needs_info" if why.needs_info else "error")
        assert why.what in result.note
        assert why.to_do in result.note
    assert found(about=["AAA*N**ZZ"]).state == "needs_info"
    assert "sent again" in found(about=["AAA*N**42*R"]).note


def test_answer_in_one_sentence() -> None:
    assert in_words(said("EB*1**30**GOLD", "EB*B**98***27*30")) == "Active, GOLD. 2 benefits."
    assert in_words(said()) == "Names no benefits."
    assert in_words(said(about=["AAA*N**42*R"])).startswith("The payer’s system could not answer now. (AAA 42)")
