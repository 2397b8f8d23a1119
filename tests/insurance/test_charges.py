"""Accepting what was done at a visit for the bill: who may, what must be said, and that it stays."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from insurance import charges, code_tables, superbill_pdf, superbills
from insurance.charges import Line, Service
from insurance.coding_rules import USUAL, Drug, Infused, Rule, What, suggest
from insurance.models import ChargeItem, CodedVisit, CodeTable, SelfPay
from tests import build
from tests.journey.paper_text import words as words_of

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 2)


@pytest.fixture
def service(patient, site):
    facts = [Infused(40, "9:12 AM–9:52 AM"), Drug(Decimal(40), Decimal("0.8"), ndc="42023011510")]
    return Service(uuid4(), "Infusion", patient, site, DAY, suggestions=tuple(suggest(facts)))


@pytest.fixture
def on_the_day(site):
    with clock.at(build.moment(site, "2027-02-02", "17:00")):
        yield


def as_told(service, **fees):
    return [
        Line(told.code, told.units, told.modifier, fees.get(told.code), suggestion=place)
        for place, told in enumerate(service.suggestions)
    ]


def accept(service, by, lines=None, **more):
    lines = as_told(service, **{"96365": Decimal("450.00")}) if lines is None else lines
    return charges.accept(service=service, seen=service.digest, lines=lines, by=by, **more)


def test_suggestions_are_accepted_as_they_are(service, insurance_admin, plan):
    made = accept(service, insurance_admin, diagnosis_codes=["f33.2"])
    assert [(line.code, line.units, line.fee, line.reason) for line in made.lines.all()] == [
        ("96365", 1, Decimal("450.00"), ""), ("J3490", 1, None, ""),
    ]  # fmt: skip
    assert (made.coverage, made.diagnosis_codes) == (plan, ["F33.2"])
    assert made.lines.last().ndc == "42023011510"


def test_a_changed_line_needs_its_reason_and_keeps_what_was_suggested(service, insurance_admin):
    lines = as_told(service)
    lines[0] = Line("96365", 2, suggestion=0)
    with pytest.raises(Invalid, match="why it differs"):
        accept(service, insurance_admin, lines)
    lines[0] = Line("96365", 2, suggestion=0, reason="The payer asks for it")
    line = accept(service, insurance_admin, lines).lines.first()
    assert (line.units, line.suggested_units, line.reason) == (2, 1, "The payer asks for it")


def test_a_declined_line_needs_its_reason_and_stays_on_file(service, insurance_admin):
    lines = [Line("96365", 0, suggestion=0, reason="Package"), Line("J3490", 1, suggestion=1)]
    made = accept(service, insurance_admin, lines)
    assert [line.code for line in superbills.coded().get(pk=made.pk).lines.all()] == ["J3490"]
    assert made.lines.count() == 2


def test_an_added_line_needs_its_reason(service, insurance_admin):
    with pytest.raises(Invalid, match="99213: write why"):
        accept(service, insurance_admin, [*as_told(service), Line("99213", 1, "25")])
    made = accept(service, insurance_admin, [*as_told(service), Line("99213", 1, "25", reason="Provider's own note")])
    assert made.lines.last().sentence == "Added by hand."


def test_nothing_billed_needs_why(service, insurance_admin):
    none = [Line(told.code, 0, suggestion=place, reason="No") for place, told in enumerate(service.suggestions)]
    with pytest.raises(Invalid, match="why this visit is not billed"):
        accept(service, insurance_admin, none)
    assert accept(service, insurance_admin, none, not_billed="Part of a package").not_billed == "Part of a package"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line("9636", 1, suggestion=0, reason="x"), "no code"),
        (Line("96365", 100, suggestion=0, reason="x"), "1 to 99 units"),
        (Line("96365", 1, "2", suggestion=0, reason="x"), "modifier"),
        (Line("96365", 1, fee=Decimal(-1), suggestion=0), "fee in dollars"),
    ],
)
def test_a_slip_in_a_line_is_named(service, insurance_admin, line, words):
    with pytest.raises(Invalid, match=words):
        accept(service, insurance_admin, [line, *as_told(service)[1:]])
    assert not CodedVisit.objects.exists()


def test_a_suggestion_answered_twice_is_refused(service, insurance_admin):
    lines = as_told(service)
    with pytest.raises(Refused, match="once"):
        accept(service, insurance_admin, [lines[0], lines[0]])


def test_a_diagnosis_that_is_no_code_is_named(service, insurance_admin):
    with pytest.raises(Invalid, match="ICD-10-CM"):
        accept(service, insurance_admin, diagnosis_codes=["depression"])


def test_a_record_that_changed_meanwhile_is_looked_at_again(service, insurance_admin):
    with pytest.raises(Refused, match="has changed"):
        charges.accept(service=service, seen="older", lines=as_told(service), by=insurance_admin)


def test_a_visit_is_coded_once(service, insurance_admin):
    accept(service, insurance_admin)
    with pytest.raises(Refused, match="coded this visit already"):
        accept(service, insurance_admin)


def test_colleagues_and_strangers_code_nothing(service, insurance_admin, front_desk, provider, stranger):
    for other in (front_desk, provider, stranger):
        with pytest.raises(NotPermitted):
            accept(service, other)
    made = accept(service, insurance_admin)
    with pytest.raises(NotFound):
        charges.take_back(coded_id=made.pk, reason="x", by=stranger)


def test_what_is_taken_back_stays_and_is_coded_anew(service, insurance_admin):
    first = accept(service, insurance_admin)
    charges.take_back(coded_id=first.pk, reason="Wrong minutes", by=insurance_admin)
    second = accept(service, insurance_admin)
    assert charges.standing(service.visit_id) == second
    assert first.lines.count() == 2


def test_payments_count_and_hold_the_bill(service, insurance_admin, on_the_day):
    made = accept(service, insurance_admin)
    paid = charges.record_payment(coded_id=made.pk, amount=Decimal(200), method="card", paid_on=DAY, by=insurance_admin)
    sums = superbills.sums([superbills.coded().get(pk=made.pk)])
    assert (sums.fees, sums.paid, sums.balance, sums.open) == (450, 200, 250, 1)
    with pytest.raises(Refused, match="payment stands"):
        charges.take_back(coded_id=made.pk, reason="x", by=insurance_admin)
    charges.payment_in_error(payment_id=paid.pk, reason="Other patient", by=insurance_admin)
    assert superbills.sums([superbills.coded().get(pk=made.pk)]).paid == 0


def test_the_database_keeps_lines_as_they_were(service, insurance_admin):
    made = accept(service, insurance_admin)
    for change in (
        lambda: ChargeItem.objects.update(units=5),
        lambda: ChargeItem.objects.all().delete(),
        lambda: CodedVisit.objects.update(service_on=date(2027, 1, 1)),
        lambda: ChargeItem.objects.create(visit=made, place=9, code="99213", units=1, sentence="x"),
    ):
        with pytest.raises(DatabaseError, match=r"Cannot|charge_item"), transaction.atomic():
            change()


def test_who_agreed_to_pay_alone_has_no_plan_on_the_bill(service, insurance_admin, plan, patient):
    found = SelfPay.objects.create(patient=patient, since=date(2027, 1, 1), reason="Uninsured, says the import")
    assert charges.payer_on(patient, DAY) == plan
    SelfPay.objects.filter(pk=found.pk).update(agreed_at=timezone.now(), agreed_by=insurance_admin)
    assert accept(service, insurance_admin).coverage is None


def test_a_line_that_costs_nothing_says_so_in_the_file(service, insurance_admin):
    made = accept(service, insurance_admin, as_told(service, **{"96365": Decimal(0)}))
    free, unpriced = ((row[9], row[10]) for row in superbills.rows(superbills.coded().filter(pk=made.pk)))
    assert (free, unpriced) == ((Decimal(0), Decimal(0)), ("", ""))


def test_the_bill_of_a_month_names_all_that_a_payer_asks_for(service, insurance_admin, plan, patient, site):
    type(site).objects.filter(pk=site.pk).update(npi="1234567893", tax_id="123456789", bills_as="Pine Street PLLC")
    site.refresh_from_db()
    made = accept(service, insurance_admin, diagnosis_codes=["F33.2"])
    found = superbills.of_month(date(2027, 2, 1), site=site, patient=patient)
    assert found == [made]
    paper = words_of(superbill_pdf.make(found, patient=patient, site=site))
    for words in ("Pine Street PLLC", "12-3456789", "1234567893", "F33.2", "96365", "42023-0115-10", "$450.00", "11"):
        assert words in paper
    assert b"J3490" in superbills.as_csv(found)
    assert superbills.of_month(date(2027, 3, 1), site=site) == []


def test_the_patients_page_hands_out_the_bills_of_a_month_to_who_codes(
    service, insurance_admin, front_desk, patient, client, on_the_day
):
    type(patient).objects.filter(pk=patient.pk).update(preferred_name="Mai")
    made = accept(service, insurance_admin)
    charges.record_payment(coded_id=made.pk, amount=Decimal(50), method="card", paid_on=DAY, by=insurance_admin)
    address = f"/insurance/patients/{patient.pk}/"
    client.force_login(insurance_admin)
    page = client.get(address).content.decode()
    assert f"{address}bills/pdf/?month=2027-02" in page
    assert "$400.00" in page
    assert b"Maya Torres" in client.get(f"{address}bills/csv/?month=2027-02").content
    client.force_login(front_desk)
    assert "bills/pdf" not in client.get(address).content.decode()


def test_a_table_counts_from_its_day_and_the_past_stays(insurance_admin, front_desk, on_20_january):
    own = [Rule(What.INFUSION, "96413", "Infusion by our contract", 16, 90)]
    with pytest.raises(NotPermitted):
        code_tables.make(starts_on=DAY, rules=own, note="x", by=front_desk)
    code_tables.make(starts_on=DAY, rules=own, note="Contract of February", by=insurance_admin)
    assert code_tables.on(date(2027, 2, 1)) == USUAL
    assert code_tables.on(DAY) == tuple(own)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        CodeTable.objects.update(note="Other")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(What.INFUSION, "964", "x"), "is no code"),
        (Rule(What.INFUSION, "96413", ""), "own words"),
        (Rule("nonsense", "96413", "x"), "what it is for"),
        (Rule(What.FURTHER, "96415", "x", 91), "further unit"),
    ],
)
def test_a_table_with_a_slip_is_refused(insurance_admin, on_20_january, rule, words):
    with pytest.raises(Invalid, match=words):
        code_tables.make(starts_on=DAY, rules=[rule], note="x", by=insurance_admin)


@pytest.mark.django_db(transaction=True)
def test_two_coders_at_once_make_one_bill(service, insurance_admin):
    gate, answers = Barrier(2), []

    def one():
        gate.wait()
        try:
            answers.append(accept(service, insurance_admin))
        except Refused as error:
            answers.append(error)
        finally:
            connection.close()

    both = [Thread(target=one) for _ in range(2)]
    [thread.start() for thread in both]
    [thread.join() for thread in both]
    assert sorted(type(answer).__name__ for answer in answers) == ["CodedVisit", "Refused"]
    assert CodedVisit.objects.count() == 1
