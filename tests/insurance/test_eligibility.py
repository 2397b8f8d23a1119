"""Asking by 270, and what an answer does to the checks."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from clinic.policy import Role
from insurance import benefits
from insurance.eligibility import due, inquire, inquire_due, match, receive, set_aside
from insurance.models import AnswerFile, Coverage, InquiryFile, PayerContact, Verification
from insurance.verification import open_check
from patients.models import Patient
from reminders.models import FollowUp
from tests import build
from tests.insurance import x12

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_20_january", "ready")]
BOTH = ["medical", "behavioral"]


@pytest.fixture
def ready(site: Site, plan: Coverage) -> None:
    """What has to be on file before a payer can be asked."""
    Site.objects.filter(pk=site.pk).update(npi="1234567893", tax_id="123456789")
    plan.payer.payer_id = "TIDE1"
    plan.payer.save()


def ask(plan: Coverage, by: User, legs: list[str] = BOTH) -> Any:
    return inquire(coverage_id=plan.pk, legs=legs, by=by)


def take(content: bytes, by: User | None) -> Any:
    return receive(content=content, name="answer.271", by=by, site=None)


def checks(plan: Coverage) -> dict[str, Verification]:
    return {check.leg: check for check in Verification.objects.filter(coverage=plan).order_by("opened_at", "id")}


def test_inquiry_asks_for_both_parts_and_lets_the_checks_wait(plan: Coverage, insurance_admin: User) -> None:
    inquiry = ask(plan, insurance_admin)
    assert inquiry.service_types == ["30", "98", "MH", "A6", "A8"]
    assert f"TRN*1*{inquiry.trace}*1123456789~" in inquiry.file.content
    assert "*XX*1234567893~" in inquiry.file.content
    assert {check.state for check in checks(plan).values()} == {"in_progress"}
    assert {check.owner for check in checks(plan).values()} == {insurance_admin}


def test_answer_fills_both_checks(plan: Coverage, insurance_admin: User) -> None:
    says = [
        "EB*1*IND*30^98^MH**GOLD", "EB*B*IND*98***27*30*****Y", "EB*B*IND*MH***27*15*****Y", "EB*A*IND*98*****.2***Y*Y",
        "EB*C*IND*30***23*1500*****Y", "EB*C*IND*30***29*400*****Y", "EB*C*FAM*30***23*3000*****Y",
        "EB*G*IND*30***23*6000*****Y", "EB*G*IND*30***24*1100*****Y", "EB*F*IND*MH***23***VS*20", "MSG*IN PERSON ONLY",
    ]  # fmt: skip
    inquiry = ask(plan, insurance_admin)
    about = ["DTP*346*D8*20270101", "DTP*347*D8*20271231"]
    receipt = take(x12.answer_to(inquiry, says, about=about), insurance_admin)
    assert [answer.state for answer in receipt.answers] == ["taken"]
    medical, behavioral = (checks(plan)[leg] for leg in BOTH)
    assert (medical.state, behavioral.state) == ("active", "active")
    assert (medical.copay, behavioral.copay) == (Decimal(30), Decimal(15))
    assert (medical.coinsurance_percent, medical.authorization_required) == (20, True)
    assert (medical.deductible, medical.deductible_met, medical.deductible_family) == (1500, 1100, 3000)
    assert (medical.out_of_pocket, medical.out_of_pocket_met) == (6000, 1100)
    assert (medical.plan_begins, medical.plan_ends) == (date(2027, 1, 1), date(2027, 12, 31))
    assert (behavioral.visit_limit, medical.visit_limit) == (20, None)
    assert medical.valid_until == date(2027, 1, 31)
    contact = PayerContact.objects.get(verification=medical)
    assert (contact.method, contact.reference, contact.entered_by) == ("271", inquiry.trace, insurance_admin)
    found = benefits.of(behavioral)
    assert found.deductible.left == Decimal(400)
    assert [row.message for row in found.rows if row.information == "F"] == ["IN PERSON ONLY"]


def test_answer_taken_twice_changes_nothing(plan: Coverage, insurance_admin: User) -> None:
    inquiry = ask(plan, insurance_admin)
    content = x12.answer_to(inquiry)
    take(content, insurance_admin)
    before = checks(plan)["medical"].checked_at
    assert take(content, insurance_admin).again
    assert PayerContact.objects.count() == 2
    assert checks(plan)["medical"].checked_at == before
    again = take(x12.answer_to(inquiry, control=2), insurance_admin)
    assert (again.answers, again.file.repeated) == ([], 1)


def test_broken_file_changes_nothing(plan: Coverage, insurance_admin: User) -> None:
    content = x12.answer_to(ask(plan, insurance_admin)).replace(b"\nSE*", b"\nSE*9")
    with pytest.raises(Invalid, match=r"nothing was changed. Segment 16 \(SE\): it counts 914 segments"):
        take(content, insurance_admin)
    assert not AnswerFile.objects.exists()
    assert checks(plan)["medical"].state == "in_progress"


def test_ended_plan_gets_its_last_day(plan: Coverage, insurance_admin: User) -> None:
    """J5: inactive since the 9th; the 9th is still covered."""
    take(x12.answer_to(ask(plan, insurance_admin)), insurance_admin)
    inquiry = ask(plan, insurance_admin, ["medical"])
    take(x12.answer_to(inquiry, ["EB*6*IND*30"], control=2, about=["DTP*357*D8*20270109"]), insurance_admin)
    check = Verification.objects.filter(leg="medical").latest("id")
    assert check.state == "inactive"
    plan.refresh_from_db()
    assert plan.ends_on == date(2027, 1, 9)


@pytest.mark.parametrize(
    ("aaa", "state", "words"),
    [("AAA*N**72*C", "needs_info", "Compare the card"), ("AAA*Y**42*R", "error", "Ask again in an hour")],
)
def test_rejection_says_what_to_do(plan: Coverage, insurance_admin: User, aaa: str, state: str, words: str) -> None:
    take(x12.answer_to(ask(plan, insurance_admin), [], about=[aaa]), insurance_admin)
    check = checks(plan)["medical"]
    assert check.state == state
    assert words in check.note


def test_rejection_before_anybody_was_looked_at_comes_back_by_its_reference(
    plan: Coverage, insurance_admin: User
) -> None:
    inquiry = ask(plan, insurance_admin)
    body = ["HL*1**20*1", "NM1*PR*2*TIDE*****PI*TIDE1", "HL*2*1*21*0", "NM1*1P*2*US*****XX*1", "AAA*Y**50*N"]
    content = x12.interchange([x12.transaction(body, reference=inquiry.trace)]).encode()
    assert take(content, insurance_admin).count("taken") == 1
    assert checks(plan)["medical"].state == "error"
    assert "enrolled" in checks(plan)["medical"].note


def test_active_answer_holds_no_longer_than_the_plan(plan: Coverage, insurance_admin: User) -> None:
    take(x12.answer_to(ask(plan, insurance_admin), about=["DTP*347*D8*20270125"]), insurance_admin)
    assert checks(plan)["medical"].valid_until == date(2027, 1, 25)


def test_stranger_under_our_trace_number_waits_for_a_person(plan: Coverage, insurance_admin: User) -> None:
    inquiry = ask(plan, insurance_admin)
    content = x12.file(x12.person(inquiry.trace, born="19630519"))
    (row,) = take(content, insurance_admin).answers
    assert (row.state, row.coverage) == ("proposed", plan)
    assert "birth date" in row.why
    assert checks(plan)["medical"].state == "in_progress"
    match(answer_id=row.pk, coverage_id=plan.pk, by=insurance_admin)
    assert checks(plan)["medical"].state == "active"


def test_answer_without_our_number_is_proposed_and_taken_once_confirmed(
    plan: Coverage, patient: Patient, insurance_admin: User
) -> None:
    name = f"NM1*IL*1*{patient.family_name}*{patient.given_name[:3]}****MI*twm-4471"
    content = x12.file(x12.person("", name, f"{patient.birth_date:%Y%m%d}"), x12.person("X", born="19010101"))
    likely, nobody = take(content, insurance_admin).answers
    assert (likely.state, likely.coverage) == ("proposed", plan)
    assert (nobody.state, nobody.coverage) == ("unmatched", None)
    match(answer_id=likely.pk, coverage_id=plan.pk, by=insurance_admin)
    assert {check.state for check in checks(plan).values()} == {"active"}
    with pytest.raises(Refused, match="settled"):
        match(answer_id=likely.pk, coverage_id=plan.pk, by=insurance_admin)
    with pytest.raises(Invalid, match="few words"):
        set_aside(answer_id=nobody.pk, reason=" ", by=insurance_admin)
    assert set_aside(answer_id=nobody.pk, reason="Not our patient", by=insurance_admin).state == "aside"


def test_answers_that_wait_are_a_task_until_none_does(plan: Coverage, site: Site, insurance_admin: User) -> None:
    content = x12.file(x12.person("X", born="19010101"), x12.person("Y", born="19010102"))
    rows = receive(content=content, name="a", by=insurance_admin, site=site).answers
    task = FollowUp.objects.get(kind="answers_wait")
    assert (task.site, task.owner_role, task.link) == (site, Role.INSURANCE_ADMIN, "/insurance/electronic/")
    match(answer_id=rows[0].pk, coverage_id=plan.pk, by=insurance_admin)
    assert FollowUp.objects.get(kind="answers_wait").state == "open"
    set_aside(answer_id=rows[1].pk, reason="Not ours", by=insurance_admin)
    task.refresh_from_db()
    assert task.state == "done"


def test_second_answer_to_one_inquiry_waits(plan: Coverage, insurance_admin: User) -> None:
    inquiry = ask(plan, insurance_admin)
    take(x12.answer_to(inquiry), insurance_admin)
    (row,) = take(x12.answer_to(inquiry, ["EB*6**30"], control=2), insurance_admin).answers
    assert row.state == "proposed"
    assert "answered 20\u00a0Jan already" in row.why
    assert checks(plan)["medical"].state == "active"


def test_clearing_house_writes_in_the_name_of_who_asked(plan: Coverage, insurance_admin: User) -> None:
    inquiry = ask(plan, insurance_admin)
    take(x12.answer_to(inquiry), None)
    assert checks(plan)["medical"].checked_by == insurance_admin


def test_answer_for_another_site_waits_there(plan: Coverage, insurance_admin: User, other_site: Site) -> None:
    stranger = build.user(Role.INSURANCE_ADMIN, at=other_site)
    inquiry = ask(plan, insurance_admin)
    (row,) = receive(content=x12.answer_to(inquiry), name="a", by=stranger, site=other_site).answers
    assert (row.state, row.site) == ("proposed", plan.patient.site)
    assert row.why.startswith("It belongs to Pine Street")
    assert checks(plan)["medical"].state == "in_progress"
    with pytest.raises(NotFound):
        match(answer_id=row.pk, coverage_id=plan.pk, by=stranger)


def test_what_is_missing_is_said_at_once(plan: Coverage, site: Site, insurance_admin: User) -> None:
    Site.objects.update(npi="")
    Coverage.objects.update(member_id="")
    with pytest.raises(Invalid) as refused:
        ask(plan, insurance_admin)
    assert set(refused.value.fields) == {"npi", "member_id"}
    assert not InquiryFile.objects.exists()


def test_wrong_role_can_neither_ask_nor_receive(plan: Coverage, front_desk: User) -> None:
    with pytest.raises(NotPermitted):
        ask(plan, front_desk)
    with pytest.raises(NotPermitted):
        take(x12.file(x12.person()), front_desk)


def test_batch_asks_once_for_what_is_due_and_names_what_is_missing(
    plan: Coverage, site: Site, insurance_admin: User
) -> None:
    other = build.patient(site, given_name="Ann", family_name="Bell")
    lacking = Coverage.objects.create(patient=other, payer=plan.payer, member_id="")
    for one in (plan, lacking):
        open_check(
            patient_id=one.patient_id, leg="medical", coverage_id=one.pk, due_on=date(2027, 1, 22), by=insurance_admin
        )
    open_check(
        patient_id=plan.patient_id, leg="behavioral", coverage_id=plan.pk, due_on=date(2027, 2, 22), by=insurance_admin
    )
    batch = inquire_due(site=site, by=insurance_admin)
    assert (len(batch.files), batch.asked, [one for one, _ in batch.left]) == (1, 1, [lacking])
    assert batch.files[0].inquiries.get().legs == ["medical"]
    assert inquire_due(site=site, by=insurance_admin).asked == 0
    with clock.at(build.moment(site, "2027-01-21", "12:00")):
        assert [one.coverage for one in due(site)] == [lacking, plan] or {one.coverage for one in due(site)} == {
            lacking,
            plan,
        }


def test_control_numbers_are_never_used_again(plan: Coverage, insurance_admin: User) -> None:
    files = [ask(plan, insurance_admin).file for _ in range(3)]
    assert [file.control_number for file in files] == [1, 2, 3]
    assert len({inquiry.trace for file in files for inquiry in file.inquiries.all()}) == 3


def test_more_than_one_answer_of_a_check_shows_the_newest(plan: Coverage, insurance_admin: User) -> None:
    first = ask(plan, insurance_admin)
    take(x12.answer_to(first, ["EB*5**30"]), insurance_admin)
    assert checks(plan)["medical"].state == "needs_info"
    second = ask(plan, insurance_admin)
    take(x12.answer_to(second, ["EB*1**30"], control=2), insurance_admin)
    assert [row.information for row in benefits.of(checks(plan)["medical"]).rows] == ["1"]
