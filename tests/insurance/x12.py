"""Answers of payers as text, built for a test: with any delimiters, and with what a payer may say."""

from __future__ import annotations

from collections.abc import Sequence

from insurance.models import EligibilityInquiry

USUAL = ["EB*1*IND*30", "EB*1*IND*98^MH", "EB*B*IND*98***27*30"]


def transaction(body: Sequence[str], number: str = "0001", reference: str = "REF1") -> list[str]:
    head = [f"ST*271*{number}*005010X279A1", f"BHT*0022*11*{reference}*20270120*1001"]
    return [*head, *body, f"SE*{len(head) + len(body) + 1}*{number}"]


def person(
    trace: str = "", name: str = "NM1*IL*1*ORTIZ*MAYA****MI*TWM4471", born: str = "19840311", about: Sequence[str] = (),
    says: Sequence[str] = USUAL,
) -> list[str]:  # fmt: skip
    """A transaction's body about a subscriber."""
    head = ["HL*1**20*1", "NM1*PR*2*TIDEWATER MUTUAL*****PI*TIDE1", "HL*2*1*21*1", "NM1*1P*2*PINE STREET*****XX*1"]
    loop = ["HL*3*2*22*0", *([f"TRN*2*{trace}*1123456789"] if trace else []), name]
    return [*head, *loop, *([f"DMG*D8*{born}"] if born else []), *about, *says]


def interchange(transactions: Sequence[Sequence[str]], control: int = 1, marks: str = "*^:~", after: str = "\n") -> str:
    """The file, with its delimiters: element, repetition, component, end of segment."""
    lines = [
        f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'PAYER':15}*ZZ*{'US':15}*270120*1001*^*00501*{control:09d}*0*T*:",
        f"GS*HB*PAYER*US*20270120*1001*{control}*X*005010X279A1",
        *(line for one in transactions for line in one),
        f"GE*{len(transactions)}*{control}",
        f"IEA*1*{control:09d}",
    ]
    return "".join(line.translate(str.maketrans("*^:~", marks)) + marks[3] + after for line in lines)


def file(*bodies: Sequence[str], control: int = 1) -> bytes:
    """Each body a transaction of its own."""
    every = [transaction(body, f"{place:04d}") for place, body in enumerate(bodies, start=1)]
    return interchange(every, control).encode()


def answer_to(inquiry: EligibilityInquiry, says: Sequence[str] = USUAL, control: int = 1, **more: object) -> bytes:
    """What a payer may answer to an inquiry about its own subscriber."""
    patient = inquiry.coverage.patient
    name = f"NM1*IL*1*{patient.family_name.upper()}*{patient.given_name.upper()}****MI*{inquiry.coverage.member_id}"
    return file(
        person(inquiry.trace, name, f"{patient.birth_date:%Y%m%d}", says=says, **more),  # type: ignore[arg-type]
        control=control,
    )
