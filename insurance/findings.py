"""What a 271 means for one part of a patient's benefits: a state, and what to do about it. Pure.

The state is asked of the rows that speak of this part (`codes.SPEAKS_OF`); those of the whole plan (service type 30)
answer for medical care, but not for behavioral health, which another company may pay for (protocol 6.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from insurance.figures import figures
from insurance.x12 import codes
from insurance.x12.answer import Answer, Named, Rejection, first_day, last_day

ONLY_RANGES = frozenset({"291", "307"})


@dataclass(frozen=True)
class Known:
    """What the clinic knows of the plan by itself."""

    today: date
    starts_on: date | None = None
    ends_on: date | None = None
    in_network: bool | None = None


@dataclass
class Finding:
    """`said` are the figures by the names of the check's columns; `rows` are the benefits that speak of this part."""

    state: str
    remarks: list[str]
    said: dict[str, Any] = field(default_factory=dict)
    ended_on: date | None = None
    rows: list[Named] = field(default_factory=list)

    @property
    def note(self) -> str:
        return " ".join(self.remarks)


def finding(answer: Answer, leg: str, known: Known) -> Finding:
    """What the answer says of this part of the benefits."""
    if answer.rejections:
        return _rejected(answer.rejections)
    rows = [row for row in answer.benefits if _speaks_of(row, leg)]
    status, remarks = _status(answer, rows, leg, known)
    found = Finding(STATES.get(status, status), remarks, rows=rows)
    begins, ends = plan_days(answer)
    if found.state == "inactive":
        found.ended_on = _last_covered(ends, known, remarks)
    if found.state in {"active", "needs_info"}:
        found.said = figures(rows, leg, known.in_network, remarks)
        if not (begins and ends and ends < begins):
            found.said |= {"plan_begins": begins, "plan_ends": ends}
    if found.state == "active":
        found.state = _doubted(begins, ends, known, remarks)
    return found


def plan_days(answer: Answer) -> tuple[date | None, date | None]:
    return first_day(answer.dates, codes.BEGINS), last_day(answer.dates, codes.ENDS, ONLY_RANGES)


def _last_covered(ends: date | None, known: Known, remarks: list[str]) -> date | None:
    """The plan's last day, where the payer named one that can be it."""
    if ends is None or ends >= known.today:
        return None
    if known.starts_on and ends < known.starts_on:
        remarks.append(f"It ended {ends:%Y-%m-%d}, before the first day on file: correct the plan’s dates.")
        return None
    return ends


def _doubted(begins: date | None, ends: date | None, known: Known, remarks: list[str]) -> str:
    """An active answer whose dates say otherwise needs a person."""
    if begins and begins > known.today:
        remarks.append(f"The plan begins {begins:%Y-%m-%d} only. Ask again then.")
    elif ends and ends < known.today:
        remarks.append(f"The payer says active, but that the plan ended {ends:%Y-%m-%d}. Ask by phone which is true.")
    elif known.ends_on and known.ends_on < known.today:
        remarks.append("The payer says active, but by the dates on file this plan ended. Correct the dates, or ask.")
    else:
        return "active"
    return "needs_info"


def in_words(answer: Answer) -> str:
    """The whole answer in one sentence, for lists."""
    if answer.rejections:
        return _rejected(answer.rejections).remarks[0][:300]
    told = [code for row in answer.benefits for code in [row.information] if code in codes.INFORMATION]
    status = next((code for code in told if code in codes.ACTIVE | codes.PENDING | codes.INACTIVE), "")
    plan = next((row.plan for row in answer.benefits if row.plan), "")
    if not answer.benefits:
        return "Names no benefits."
    words = codes.INFORMATION[status] if status else "Says nothing of being active"
    return f"{words}{f', {plan}' if plan else ''}. {len(answer.benefits)} benefits."[:300]


def _rejected(rejections: Sequence[Rejection]) -> Finding:
    """The first reason decides; each is told with what to do about it."""
    remarks = []
    needs_info = True
    for one in rejections:
        why = codes.REJECTED.get(one.code, codes.UNKNOWN_REJECTION)
        needs_info = needs_info and why.needs_info
        after = codes.FOLLOW_UP.get(one.follow_up, "")
        remarks.append(" ".join(filter(None, [f"{why.what} (AAA {one.code or '–'})", why.to_do, after])))
    return Finding("needs_info" if needs_info else "error", list(dict.fromkeys(remarks)))


def _speaks_of(row: Named, leg: str) -> bool:
    """Rows of this part, of the whole plan, and those that name no service."""
    return not row.service_types or bool({codes.WHOLE_PLAN, *codes.SPEAKS_OF[leg]} & set(row.service_types))


def _status(answer: Answer, rows: Sequence[Named], leg: str, known: Known) -> tuple[str, list[str]]:
    own = [row for row in rows if set(codes.SPEAKS_OF[leg]) & set(row.service_types)]
    whole = [row for row in rows if row not in own]
    said, general = _said(own, known), _said(whole, known)
    name = "behavioral health" if leg == codes.BEHAVIORAL else "medical care"
    if general == "inactive":
        if said == "active":
            return "needs_info", ["The payer says active and inactive in one answer. Ask by phone which one counts."]
        return "inactive", ["The payer says that the plan is not active."]
    if said:
        return said, _WORDS[said](name, own)
    if general == "active" and leg == codes.BEHAVIORAL:
        return "needs_info", [_CARVED_OUT]
    if general:
        return general, _WORDS[general](name, whole)
    return _unsaid(answer, rows, name)


def _unsaid(answer: Answer, rows: Sequence[Named], name: str) -> tuple[str, list[str]]:
    """Nothing was said about being covered; perhaps why not."""
    refused = [one for row in rows for one in row.rejections]
    if refused:
        found = _rejected(refused)
        return found.state, found.remarks
    if not answer.benefits:
        return "needs_info", ["The payer answered without naming any benefits. Verify by phone."]
    return "needs_info", [f"The payer does not say whether {name} is covered. Verify by phone."]


def _said(rows: Sequence[Named], known: Known) -> str:
    """What the rows say of being covered today; "both" where they say yes and no.

    “Not covered out of the network” says nothing of a clinic that is in it.
    """
    others = known.in_network is False
    here = [row for row in rows if row.in_network is not others] or rows
    told = {_information(row, known.today) for row in here}
    yes, no, never = told & codes.ACTIVE, told & codes.INACTIVE, told & codes.NOT_COVERED
    if yes and (no or never):
        return "both"
    for found, state in ((yes, "active"), (no, "inactive"), (never, "not_covered"), (told & codes.PENDING, "pending")):
        if found:
            return state
    if told & codes.ELSEWHERE:
        return "elsewhere"
    return "failed" if "V" in told else ""


def _information(row: Named, today: date) -> str:
    """What a row says; a benefit that ended is not active any more, whatever it says."""
    ends = last_day(row.dates, codes.BENEFIT_ENDS, ONLY_RANGES)
    return "6" if row.information in codes.ACTIVE and ends and ends < today else row.information


def _elsewhere(name: str, rows: Sequence[Named]) -> list[str]:
    who = " ".join(row.message for row in rows if row.information in codes.ELSEWHERE and row.message)
    return [f"Another company answers for {name}. {who or 'Ask this payer by phone which one.'}"]


# What is no state of a check: who has to find out.
STATES = {"pending": "needs_info", "both": "needs_info", "elsewhere": "needs_info", "failed": "error"}
_CARVED_OUT = (
    "The plan is active, but the payer says nothing of behavioral health: another company may pay for it. "
    "Ask by phone who does."
)
_WORDS: dict[str, Callable[[str, Sequence[Named]], list[str]]] = {
    "active": lambda name, rows: [],
    "inactive": lambda name, rows: [f"The payer says that {name} is not active."],
    "not_covered": lambda name, rows: [f"The payer says that the plan does not cover {name}."],
    "pending": lambda name, rows: ["The payer is still looking at this coverage. Ask by phone when it is settled."],
    "both": lambda name, rows: [f"The payer says that {name} is covered and that it is not. Ask by phone for which."],
    "elsewhere": _elsewhere,
    "failed": lambda name, rows: ["The payer could not answer. Ask again later, or verify by phone."],
}  # fmt: skip
