"""What a payer allows beforehand: units and dates, as rules, as verbs, on the page, and in words for the planner."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from insurance import authorizations, papers, payer_profiles, verification
from insurance.authorizations import mark_in_error, on_file, record, units_left
from insurance.models import Authorization, Coverage
from insurance.outlook import Outlook, Shortage
from insurance.rules import Approval, allot, extend_before
from tests import build
from tests.insurance.conftest import answer

FEBRUARY = (date(2027, 2, 2), date(2027, 3, 1))
DAYS = [date(2027, 2, day) for day in (1, 3, 5, 8, 10, 12, 16, 18)]


def feb(*days):
    return [date(2027, 2, day) for day in days]


@pytest.mark.parametrize(
    ("days", "approvals", "places"),
    [
        (feb(2, 5, 9), [Approval(6, *FEBRUARY)], [0, 0, 0]),
        (feb(2, 5, 9), [Approval(2, *FEBRUARY)], [0, 0, None]),
        (feb(1, 2), [Approval(6, *FEBRUARY)], [None, 0]),
        (feb(5, 9, 12), [Approval(2, *FEBRUARY), Approval(1, date(2027, 2, 1), date(2027, 2, 9))], [1, 0, 0]),
        (feb(9, 5), [Approval(1, *FEBRUARY)], [0, None]),  # in order of time, whatever the order asked
        ([], [Approval(1, *FEBRUARY)], []),
        (feb(2), [], [None]),
    ],
)
def test_which_authorization_pays_which_day(days, approvals, places):
    assert allot(days, approvals) == places


@pytest.mark.parametrize(("units", "number"), [(6, 5), (8, 7), (1, 1), (5, 4), (0, 1)])
def test_more_is_asked_for_before_four_fifths_are_used(units, number):
    assert extend_before(units) == number


@pytest.fixture
def approved(plan, insurance_admin, on_20_january):
    def made(**said):
        said = {"number": "A-7", "codes": "96365", "units": 6, "starts_on": FEBRUARY[0], "ends_on": FEBRUARY[1]} | said
        return record(coverage_id=plan.pk, by=insurance_admin, **said)

    return made


def test_an_authorization_is_recorded_as_the_payer_said_it(approved, patient, insurance_admin):
    made = approved(number=" A-7 ", codes="96365, j3490 96365")
    assert (made.number, made.codes, made.units) == ("A-7", ["96365", "J3490"], 6)
    assert made.recorded_by == insurance_admin
    assert on_file(patient) == [made]
    assert units_left([made], [*feb(2, 5), date(2027, 3, 5)]) == [4]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"number": "  "}, "number"),
        ({"codes": "9636"}, "codes"),
        ({"codes": ""}, "codes"),
        ({"units": 0}, "units"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(approved, said, field):
    with pytest.raises(Invalid) as refused:
        approved(**said)
    assert set(refused.value.fields) == {field}


def test_the_same_number_is_recorded_once_and_again_after_an_error(approved, insurance_admin):
    first = approved()
    with pytest.raises(Refused, match="A-7 is on file"):
        approved()
    mark_in_error(authorization_id=first.pk, reason="Another patient’s", by=insurance_admin)
    assert on_file(first.coverage.patient) == []
    assert approved().pk != first.pk


def test_who_may_not_verify_may_not_record(approved, plan, front_desk, stranger):
    for who in (front_desk, stranger):
        with pytest.raises(NotPermitted):
            record(coverage_id=plan.pk, number="1", codes="96365", units=1, starts_on=DAYS[0], ends_on=DAYS[1], by=who)
        with pytest.raises(NotPermitted):
            mark_in_error(authorization_id=approved(number=who.email[:9]).pk, reason="x", by=who)


@pytest.mark.parametrize("wrong", [{"units": 0}, {"codes": []}, {"ends_on": date(2027, 1, 1)}, {"number": ""}])
def test_the_database_refuses_what_a_verb_would(plan, insurance_admin, wrong):
    good = {"number": "A", "codes": ["96365"], "units": 1, "starts_on": FEBRUARY[0], "ends_on": FEBRUARY[1]}
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorization.objects.create(coverage=plan, recorded_by=insurance_admin, **good | wrong)


def test_two_units_short_in_words(approved, patient):
    approved(starts_on=DAYS[0])
    outlook = Outlook.of(patient)
    assert outlook.shortage(DAYS) == Shortage(short=(7, 8), outside=())
    assert ("warn", "2 units short: the authorization leaves 6 for 8 infusions.") in outlook.reasons(DAYS)


def test_days_outside_the_dates_are_named_and_avoided(approved, patient):
    approved(units=8, ends_on=date(2027, 2, 12))
    outlook = Outlook.of(patient)
    assert outlook.shortage(DAYS) == Shortage(short=(), outside=(1, 7, 8))
    assert outlook.unpaid(DAYS) == {DAYS[0], DAYS[6], DAYS[7]}
    words = "Infusions 1, 7 and 8 outside the authorization’s dates (2\u00a0Feb to 12\u00a0Feb)."
    assert ("warn", words) in outlook.reasons(DAYS)


def test_infusions_already_booked_use_units_up(approved, patient, monkeypatch):
    approved()
    monkeypatch.setattr(
        authorizations,
        "_counters",
        [lambda of: [(pk, authorizations.Used(day, given=False)) for pk in of for day in feb(2, 5)]],
    )
    assert Outlook.of(patient).left() == 4
    assert Outlook.of(patient).shortage(feb(9, 12, 16, 19, 23)) == Shortage(short=(5,), outside=())
    assert Outlook.of(patient, without=feb(2, 5)).left() == 6


def test_coverage_that_ends_within_the_series_is_said_with_the_number(on_20_january, check, patient, insurance_admin):
    answer(check, "active", insurance_admin, authorization_required=True)
    Coverage.objects.update(ends_on=date(2027, 2, 9))
    tones = Outlook.of(patient).reasons(DAYS)
    assert ("warn", "The payer asks for an authorization; none is on file.") in tones
    assert Outlook.of(patient).unpaid(DAYS) == set(DAYS[4:])


def test_who_pays_themselves_needs_no_authorization(on_20_january, patient, plan, insurance_admin):
    verification.agree_self_pay(patient_id=patient.pk, reason="Not covered", by=insurance_admin)
    outlook = Outlook.of(patient)
    assert outlook.unpaid(DAYS) == frozenset()
    assert not outlook.shortage(DAYS)
    assert [tone for tone, _ in outlook.reasons(DAYS)] == ["info"]


def test_without_anything_on_file_no_day_is_better_than_another(on_20_january, patient):
    outlook = Outlook.of(patient)
    assert outlook.unpaid(DAYS) == frozenset()
    assert outlook.reasons(DAYS) == [("warn", "No coverage is on file, and self-pay has not been agreed.")]


def test_the_page_lists_them_and_takes_a_new_one(on_20_january, client, plan, patient, insurance_admin, front_desk):
    client.force_login(insurance_admin)
    address = reverse("insurance:authorization-add", args=[patient.pk])
    typed = {"coverage": plan.pk, "number": "A-7", "codes": "9636", "infusions": "6",
             "starts_on": "2027-02-02", "ends_on": "2027-03-01"}  # fmt: skip
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert "five letters or digits" in refused.content.decode()
    assert client.post(address, typed | {"codes": "96365"}).status_code == 302
    page = client.get(reverse("insurance:patient", args=[patient.pk])).content.decode()
    assert "A-7" in page
    assert "6 of 6" in page
    made = Authorization.objects.get()
    gone = client.post(reverse("insurance:authorization-error", args=[made.pk]), {"reason": "Another patient’s"})
    assert gone.status_code == 302
    client.force_login(front_desk)
    page = client.get(reverse("insurance:patient", args=[patient.pk])).content.decode()
    assert "None on file." in page
    assert "Record an authorization" not in page


def test_an_authorization_of_another_site_is_not_found(client, approved, stranger):
    client.force_login(stranger)
    address = reverse("insurance:authorization-error", args=[approved().pk])
    assert client.post(address, {"reason": "x"}).status_code == 404


def test_what_the_payer_asked_for_is_kept_as_it_was(approved, plan, site, insurance_admin):
    payer_profiles.keep(
        payer_id=plan.payer_id, site=site, by=insurance_admin, policy="087, read 4 Jan", trials=4, weeks=6, classes=2,
        phq9=15,
    )  # fmt: skip
    made = approved()
    payer_profiles.keep(payer_id=plan.payer_id, site=site, by=insurance_admin, policy="088", trials=2)
    made.refresh_from_db()
    assert made.criteria.splitlines() == [
        "At least 4\u00a0failed trials of 6 weeks.", "Of 2 classes.", "PHQ-9 of at least 15.",
        "Policy: 087, read 4 Jan.",
    ]  # fmt: skip
    assert approved(number="B-1", criteria=" Their own letter ").criteria == "Their own letter"
    with pytest.raises(Invalid):
        approved(number="B-2", criteria="x" * 4001)


def test_a_paper_is_filed_with_its_authorization_and_opened_by_those_who_see_coverage(
    client, approved, patient, insurance_admin, front_desk, nurse, django_assert_num_queries
):
    made, pdf = approved(), b"%PDF-1.7 the letter"
    client.force_login(insurance_admin)
    page = reverse("insurance:authorization-paper", args=[made.pk])
    assert client.post(page, {"title": "Letter"}).status_code == 422
    refused = client.post(page, {"title": "Letter", "paper": SimpleUploadedFile("a.pdf", b"<html>")})
    assert "no picture" in refused.content.decode()
    client.post(page, {"title": "Approval letter", "paper": SimpleUploadedFile("a.pdf", pdf)})
    paper = made.papers.get()
    client.force_login(front_desk)
    assert "Approval letter" in client.get(reverse("insurance:patient", args=[patient.pk])).content.decode()
    answer = client.get(reverse("insurance:paper", args=[paper.pk]))
    assert (answer.content, answer["X-Content-Type-Options"]) == (pdf, "nosniff")
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.post(page, {"title": "Letter"}).status_code == 403
    client.force_login(nurse)
    assert client.get(reverse("insurance:paper", args=[paper.pk])).status_code == 403
    with django_assert_num_queries(2):
        assert on_file(patient)[0].on_file == [paper]
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        type(paper).objects.update(content=b"%PDF-1.7 another letter")


def test_a_paper_is_not_filed_with_the_authorization_of_somebody_else(approved, insurance_admin, site):
    made = approved()
    other_patient = build.patient(site)
    with pytest.raises(NotFound):
        papers.keep(
            patient_id=other_patient.pk, authorization_id=made.pk, title="x", upload=b"%PDF-", by=insurance_admin
        )
