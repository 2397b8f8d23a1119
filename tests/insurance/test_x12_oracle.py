"""Our 270 and our reading of 271, compared with an independent reader (linuxforhealth-x12) of all documents at once."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from clinic.models import Site
from insurance.models import Coverage, Payer
from insurance.questions import Ask, question
from insurance.x12 import reading
from insurance.x12.inquiry import Envelope, Question, build
from patients.models import Patient
from tests.insurance import x12

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT / "tests" / "data" / "x12"
ENVELOPE = Envelope("30", "123456789", "ZZ", "CLEARING", 7, datetime(2027, 2, 1, 9, 30), "T")
ACTIVE = ["EB*1*IND*98^MH*HM*GOLD", "EB*B*IND*98***27*30.5*****Y", "EB*A*IND*MH*****.2***Y*N", "MSG*ASK FIRST"]


@cache
def asked() -> dict[str, Question]:
    """An inquiry for the subscriber, one for each kind of dependent, and one for letters X12 lacks."""
    site = Site(name="Pine Street", npi="1234567893", tax_id="123456789", time_zone="America/Los_Angeles")
    patient = Patient(
        site=site, given_name="Zoë", family_name="Núñez-O’Brien", birth_date=date(1984, 3, 11), sex="female"
    )
    plan = Coverage(patient=patient, payer=Payer(name="Tidewater Mutual", payer_id="TIDE1"), member_id="TWM 4471")
    both = Ask(plan, ("medical", "behavioral"))
    found = {"subscriber": question(both, "EK1"), "medical": question(Ask(plan, ("medical",)), "EK2")}
    for relation in ("spouse", "child", "other"):
        plan = Coverage(
            patient=patient, payer=plan.payer, member_id="TWM4471", relation=relation, subscriber_name="Ørsted, Åsa"
        )
        found[relation] = question(Ask(plan, ("behavioral",)), f"EK{relation}")
    return found


def documents() -> dict[str, str]:
    every = {f"270 {name}": build(ENVELOPE, [one]) for name, one in asked().items()}
    every["270 batch"] = build(ENVELOPE, asked().values())
    every["270 bad date"] = every["270 subscriber"].replace("DMG*D8*1984", "DMG*D8*1984X")
    every |= {path.name: path.read_text() for path in DATA.iterdir()}
    about = ["DTP*346*D8*20270101", "DTP*347*D8*20271231"]
    every["271 ours"] = x12.file(x12.person("EK1", says=ACTIVE, about=about)).decode()
    return every


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    """What the independent reader says of every document, in one run."""
    bootstrap = PROJECT / "clinic" / "runtime" / "bootstrap.py"
    subprocess.run([sys.executable, bootstrap, "requirements-x12.txt"], check=True)
    python, script = PROJECT / ".venv" / "x12" / "bin" / "python", Path(__file__).with_name("oracle_x12.py")
    done = subprocess.run(
        [python, "-I", script], input=json.dumps(documents()), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def elements(transaction: Any, name: str) -> list[dict[str, Any]]:
    return [one[1] for one in transaction[1] if one[0] == name]


def values(transaction: Any, name: str) -> list[list[Any]]:
    return [list(one.values()) for one in elements(transaction, name)]


@pytest.mark.parametrize("name", ["subscriber", "medical", "spouse", "child", "other"])
def test_inquiry_is_understood_as_it_was_meant(oracle: dict[str, Any], name: str) -> None:
    (transaction,), question = oracle[f"270 {name}"], asked()[name]
    assert transaction[0] == "EligibilityInquiry"
    assert values(transaction, "TRN") == [["1", question.trace, "1123456789"]]
    assert values(transaction, "EQ") == [[list(question.service_types)]]
    people = [one for one in values(transaction, "NM1") if one[0] in {"IL", "03"}]
    patient = ["1", "NUNEZ-O'BRIEN", "ZOE"]
    if question.dependent:
        assert people == [["IL", "1", "ORSTED", "ASA", "MI", "TWM4471"], ["03", *patient]]
        assert [one[1] for one in values(transaction, "INS")] == [{"spouse": "01", "child": "19", "other": "34"}[name]]
    else:
        assert people == [["IL", *patient, "MI", "TWM4471"]]
    assert values(transaction, "DMG") == [["D8", "1984-03-11", "F"]]


def test_batch_is_understood_whole(oracle: dict[str, Any]) -> None:
    traces = [values(transaction, "TRN")[0][1] for transaction in oracle["270 batch"]]
    assert traces == [question.trace for question in asked().values()]


def test_oracle_refuses_what_is_wrong(oracle: dict[str, Any]) -> None:
    """Else the tests above could not fail."""
    assert "error" in oracle["270 bad date"]


@pytest.mark.parametrize(
    "name",
    ["dependent-health-benefit-check.271", "subscriber-health-benefit-check.271",
     "subscriber-health-benefit-check-error.271", "271 ours"],
)  # fmt: skip
def test_answer_is_read_alike(oracle: dict[str, Any], name: str) -> None:
    answers, _ = reading.read(documents()[name].encode())
    (transaction,) = oracle[name]
    (answer,) = answers
    theirs = [
        (
            eb["eligibility_benefit_information"],
            eb.get("service_type_code") or [],
            _number(eb.get("benefit_amount")),
            _number(eb.get("benefit_percent")),
            {"Y": True, "N": False}.get(eb.get("inplan_network_indicator", "")),
        )
        for eb in elements(transaction, "EB")
    ]
    ours = [
        (
            one.information,
            list(one.service_types),
            one.amount,
            None if one.percent is None else one.percent / 100,
            one.in_network,
        )
        for one in answer.benefits
    ]
    assert ours == theirs
    assert [one.code for one in answer.rejections] == [one[1] for one in values(transaction, "AAA")]
    assert [answer.payer.name] == [one[2] for one in values(transaction, "NM1") if one[0] == "PR"]
    assert list(answer.traces) == [one[1] for one in values(transaction, "TRN")]


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def test_question_about_somebody_elses_plan_needs_its_relation() -> None:
    with pytest.raises(KeyError):
        build(ENVELOPE, [replace(asked()["spouse"], relation="neighbor")])
