"""Who paid when: what runs on is one, and every gap is shown."""

from datetime import date

import pytest

from clinic.ids import uuid7
from insurance.models import Coverage, Payer, SelfPay
from insurance.spans import Span, timeline, told

PAYER = uuid7()


def plan(first: str, last: str, member: str = "M", rank: int = 1) -> Coverage:
    return Coverage(
        payer_id=PAYER, member_id=member, rank=rank, starts_on=_day(first), ends_on=_day(last) if last else None
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def drawn(spans: list[Span]) -> list[tuple[str, str, str]]:
    return [(span.kind, str(span.first), str(span.last)) for span in spans]


def test_yearly_renewals_are_one_stretch() -> None:
    plans = [plan("2024-01-01", "2025-01-01"), plan("2025-01-01", "2025-12-31"), plan("2026-01-01", "")]
    assert drawn(timeline(plans, [])) == [("plan", "2024-01-01", "None")]


def test_for_ever_as_cards_write_it_has_no_day_after() -> None:
    plans = [plan("2024-01-01", "9999-12-31"), plan("2025-01-01", "9999-12-31"), plan("2026-01-01", "", "N", 2)]
    assert drawn(timeline(plans, [])) == [("plan", "2026-01-01", "None"), ("plan", "2024-01-01", "9999-12-31")]


def test_a_day_between_is_a_gap() -> None:
    plans = [plan("2024-01-01", "2024-12-30"), plan("2025-01-01", "2025-12-31")]
    assert drawn(timeline(plans, [])) == [
        ("plan", "2025-01-01", "2025-12-31"),
        ("gap", "2024-12-31", "2024-12-31"),
        ("plan", "2024-01-01", "2024-12-30"),
    ]


def test_a_second_plan_covers_the_gap_of_the_first() -> None:
    plans = [plan("2024-01-01", "2024-06-30"), plan("2024-03-01", "", "other", 2), plan("2025-01-01", "2025-12-31")]
    assert "gap" not in {span.kind for span in timeline(plans, [])}


def test_self_pay_is_no_gap_and_a_mark_is_told_from_an_agreement() -> None:
    marks = [SelfPay(since=_day("2024-07-01"), until=_day("2024-12-31"), reason="mark")]
    spans = timeline([plan("2024-01-01", "2024-06-30"), plan("2025-01-01", "")], marks)
    assert [(span.kind, span.agreed) for span in spans] == [("plan", False), ("self_pay", False), ("plan", False)]


def test_nothing_gives_nothing() -> None:
    assert timeline([], []) == []


def named(payer: str, first: str, last: str, rank: int = 1) -> Coverage:
    return Coverage(
        payer=Payer(name=payer), member_id=payer, rank=rank, starts_on=_day(first), ends_on=_day(last) if last else None
    )


@pytest.mark.parametrize(
    ("plans", "words"),
    [
        ([named("A", "2026-01-01", "2026-12-31"), named("B", "2027-01-01", "")], []),
        ([named("A", "2026-01-01", "2026-12-31"), named("B", "2027-01-03", "")],
         ["Nobody pays from 1 Jan 2027 to 2 Jan 2027."]),
        ([named("A", "2026-01-01", ""), named("B", "2027-01-01", "")],
         ["A and B are both billed first from 1 Jan 2027 on. Ask which one pays first."]),
        ([named("A", "2026-01-01", "2027-01-01"), named("B", "2027-01-01", "")],
         ["A and B are both billed first on 1 Jan 2027. Ask which one pays first."]),
        ([named("A", "2026-01-01", ""), named("B", "2027-01-01", "", rank=2)], []),
        ([named("A", "2020-01-01", "2020-12-31"), named("B", "2022-01-01", "")], []),  # long ago
    ],
)  # fmt: skip
def test_gaps_and_overlaps_are_told_in_words(plans: list[Coverage], words: list[str]) -> None:
    found = told(plans, [], _day("2027-02-01"))
    assert [sentence.replace("\u00a0", " ") for _, sentence in found] == words
