"""The pages of costs, estimates and fees: what they say, to whom, and in which language."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from insurance import estimate_lists, estimate_paper, estimates, fees
from insurance.estimate_items import usual_days
from insurance.models import Coverage, Estimate, Fee
from insurance.verification import agree_self_pay
from patients import links
from patients.models import Evaluation, Patient
from tests import build
from tests.infusions import making
from tests.insurance.pricing import allow, schedule, verified
from tests.journey.paper_text import words
from tests.patients.linking import open_door

pytestmark = pytest.mark.usefixtures("on_20_january")
D = Decimal
COURSE = usual_days(date(2027, 2, 2), 6, 0)


def said(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ")


@pytest.fixture
def priced(site: Site, insurance_admin: User) -> None:
    schedule(site, insurance_admin)


@pytest.fixture
def diagnosed(patient: Patient, provider: User) -> Evaluation:
    return making.evaluation(patient, provider, diagnosis_code="F33.2")


@pytest.fixture
def made(priced: None, diagnosed: Evaluation, site: Site, patient: Patient, front_desk: User) -> Estimate:
    Site.objects.filter(pk=site.pk).update(npi="1999010007", tax_id="930000011", bills_as="Pine Street Clinic PLLC")
    return estimates.make(patient_id=patient.pk, visits=COURSE, by=front_desk)


def test_the_front_desk_answers_what_it_costs_with_and_without_the_plan(
    priced: None, client: Client, site: Site, patient: Patient, plan: Coverage, insurance_admin: User, front_desk: User
) -> None:
    verified(plan, insurance_admin)
    allow(site, plan, insurance_admin, c96365="310", cJ3490="40", c90837="150")
    client.force_login(front_desk)
    asked = {"count": "6", "boosters": "0", "evaluation": "no", "first": "2027-02-02"}
    text = said(client.get(reverse("insurance:costs", args=[patient.pk]), asked))
    for words_on_page in (
        "$3,240",  # alone
        "$830",  # with the plan: 400, then 20 % of 2,150
        "First you pay the $250 that is left of your deductible.",
        "Tidewater Mutual",
        "Make the estimate with the plan",
    ):
        assert words_on_page in text


def test_counting_asks_the_database_as_often_for_eight_as_for_six(
    priced: None, client: Client, patient: Patient, front_desk: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(front_desk)
    address = reverse("insurance:costs", args=[patient.pk])
    client.get(address)
    for query in ("?count=6", "?count=8&boosters=5"):
        with django_assert_max_num_queries(26):
            client.get(address + query)


def test_without_prices_the_page_says_where_to_add_them(client: Client, patient: Patient, front_desk: User) -> None:
    client.force_login(front_desk)
    address = reverse("insurance:costs", args=[patient.pk])
    assert "Ask the insurance desk to add what they cost." in said(client.get(address))
    answer = client.post(reverse("insurance:estimate-make", args=[patient.pk]))
    assert answer.status_code == 409
    assert "no price for an infusion yet" in said(answer)


def test_what_was_counted_is_written_down_and_given(
    priced: None, client: Client, patient: Patient, insurance_admin: User
) -> None:
    client.force_login(insurance_admin)
    asked = {"count": 7, "boosters": 1, "evaluation": "yes", "first": "2027-02-02"}
    answer = client.post(reverse("insurance:estimate-make", args=[patient.pk]), asked, follow=True)
    assert "An evaluation, 7 infusions, 3 therapy sessions, 1 booster" in said(answer)
    assert "NPI and tax number is not on file" in said(answer)
    made = Estimate.objects.get()
    address = reverse("insurance:estimate", args=[made.pk])
    assert client.post(address, {"how": "printed"}).status_code == 422
    text = said(client.post(address, {"how": "printed", "language": "en"}, follow=True))
    assert "Given: printed, handed over." in text
    given = client.get(reverse("insurance:estimate-paper", args=[made.pk]) + "?language=en")
    made.refresh_from_db()
    assert given.content == bytes(made.pdf or b"")
    assert given["Content-Disposition"] == 'attachment; filename="estimate.pdf"'


def test_the_front_desk_sees_the_estimate_and_never_why_clinically(
    made: Estimate, client: Client, front_desk: User
) -> None:
    client.force_login(front_desk)
    text = said(client.get(reverse("insurance:estimate", args=[made.pk])))
    assert "The insurance desk gives it." in text
    assert "F33.2" not in text
    assert client.get(reverse("insurance:estimate-paper", args=[made.pk])).status_code == 403
    given = client.post(reverse("insurance:estimate", args=[made.pk]), {"how": "post", "language": "en"})
    assert given.status_code == 403


def test_a_stranger_finds_nothing(made: Estimate, client: Client, stranger: User) -> None:
    client.force_login(stranger)
    for name, pk in (("costs", made.patient_id), ("estimate", made.pk), ("estimate-paper", made.pk)):
        assert client.get(reverse(f"insurance:{name}", args=[pk])).status_code == 404


def test_the_paper_says_what_the_law_asks(made: Estimate) -> None:
    text = words(estimate_paper.make(made, "en"))
    for needed in (
        "Good-faith estimate", "Maya Torres", "March 14, 1984", "F33.2", "Pine Street Clinic PLLC", "1999010007",
        "93-0000011", "96365", "90837", "$3,240", "$400 more", "120 days", "1-800-985-3059", "no contract",
    ):  # fmt: skip
        assert needed in text, needed


def test_the_paper_is_there_in_spanish(made: Estimate) -> None:
    text = words(estimate_paper.make(made, "es"))
    for needed in ("Estimación de buena fe", "14 de marzo de 1984", "Infusión 6", "120 días", "$3,240"):
        assert needed in text, needed


def test_the_paper_with_a_plan_explains_each_line(
    priced: None, site: Site, patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    verified(plan, insurance_admin)
    allow(site, plan, insurance_admin, c96365="310", cJ3490="40", c90837="150")
    made = estimates.make(patient_id=patient.pk, visits=COURSE, by=insurance_admin)
    text = words(estimate_paper.make(made, "en"))
    for needed in ("What your care will cost", "Tidewater Mutual", "$830", "deductible", "20%"):
        assert needed in text, needed
    assert "dispute" not in text


@pytest.mark.parametrize(("language", "heading"), [("en", "Good-faith estimate"), ("es", "Estimación de buena fe")])
def test_a_patient_opens_the_estimate_by_link(
    made: Estimate, client: Client, patient: Patient, insurance_admin: User, language: str, heading: str
) -> None:
    Patient.objects.filter(pk=patient.pk).update(language=language)
    estimates.give(estimate_id=made.pk, how="printed", language="en", by=insurance_admin)
    path = links.make(patient_id=patient.pk, purpose="estimate", by=None, subject_id=made.pk)
    opened = open_door(client, path, patient)
    text = said(opened)
    for shown in (heading, "$3,240", "1-800-985-3059"):
        assert shown in text
    paper = client.get(opened.request["PATH_INFO"] + "pdf/")
    assert heading in words(paper.content)


def test_a_link_opens_no_estimate_that_was_not_given(made: Estimate, client: Client, patient: Patient) -> None:
    path = links.make(patient_id=patient.pk, purpose="estimate", by=None, subject_id=made.pk)
    answer = open_door(client, path, patient)
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store, private")
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_list_names_what_is_to_give_the_earliest_due_first(
    made: Estimate, client: Client, site: Site, insurance_admin: User
) -> None:
    joel = build.patient(site, given_name="Joel", family_name="Sandoval")
    agree_self_pay(patient_id=joel.pk, reason="No plan", by=insurance_admin, service_on=date(2027, 2, 2))
    client.force_login(insurance_admin)
    address = reverse("insurance:estimates")
    text = said(client.get(address))
    assert text.index("Joel Sandoval") < text.index("Maya Torres")
    assert "2 to give" in text
    with clock.at(build.moment(site, "2027-01-26")):
        assert {row["state"][1] for row in estimate_lists.dressed(estimate_lists.to_give(site), site)} == {"Late"}
    estimates.give(estimate_id=made.pk, how="post", language="en", by=insurance_admin)
    assert "Maya Torres" not in said(client.get(address))
    assert "Given" in said(client.get(address + "?show=all"))


# Fees


def test_a_new_price_is_a_new_version(priced: None, client: Client, site: Site, clinic_admin: User) -> None:
    client.force_login(clinic_admin)
    address = reverse("insurance:fee-new")
    assert 'value="Infusion, first hour"' in said(client.get(address + "?code=96365"))
    typed = {"code": "96365", "label": "Infusion", "billed": "540", "used": "infusion", "leg": "medical"}
    assert "in the past stays" in said(client.post(address, typed | {"valid_from": "2027-01-19"}))
    assert client.post(address, typed | {"valid_from": "2027-03-01"}).status_code == 302
    text = said(client.get(reverse("insurance:fees")))
    assert "$500.00" in text
    assert "costs $540.00" in text


def test_a_package_and_an_allowed_amount_are_kept(
    priced: None, client: Client, plan: Coverage, insurance_admin: User
) -> None:
    client.force_login(insurance_admin)
    typed = {"code": "SIX", "name": "Series of six", "price": "2900", "infusions": "6", "sessions": "3"}
    typed |= {"evaluations": "0", "valid_from": "2027-01-20"}
    assert "Say what happens when fewer are given." in said(client.post(reverse("insurance:fee-package"), typed))
    answer = client.post(reverse("insurance:fee-package"), typed | {"terms": "$400 each is paid back."}, follow=True)
    assert "$400 each is paid back." in said(answer)
    typed = {"payer": str(plan.payer_id), "code": "96365", "amount": "310", "source": "Contract"}
    answer = client.post(reverse("insurance:fee-allowed"), typed | {"valid_from": "2027-01-20"}, follow=True)
    assert "$310.00" in said(answer)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("code,label,billed\n96365,Infusion,500\n96366,More,120\n", "2 new prices"),
        ("code,label\n96365,Infusion\n", "names no column billed"),
        ("code,label,billed,color\n1,2,3,4\n", "No price has a column color"),
        ("code,label,billed\n96365,Infusion,many\n", "Row 2: “many” is no amount"),
        ("code,label,billed\n96365,Infusion,500\n,Nothing,1\n", "Row 3"),
        ("code,label,billed\n96365,Infusion\n", "another number of columns"),
        ("code,label,billed\n", "has 0 rows"),
        (b"\xff\xfe\x00", "no CSV file in UTF-8"),
    ],
)
def test_a_file_is_taken_whole_or_refused_with_the_reason(
    client: Client, insurance_admin: User, content: str | bytes, told: str
) -> None:
    client.force_login(insurance_admin)
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("fees.csv", data, "text/csv")
    typed = {"file": file, "valid_from": "2027-01-20"}
    assert told in said(client.post(reverse("insurance:fee-file"), typed, follow=True))
    assert Fee.objects.count() == (2 if "new prices" in told else 0)


def test_strangers_prices_are_not_shown(
    priced: None, client: Client, stranger: User, other_site: Site, insurance_admin: User
) -> None:
    client.force_login(stranger)
    assert "96365" not in said(client.get(reverse("insurance:fees")))
    assert fees.sheet(other_site, date(2027, 1, 20)) == []


@pytest.mark.parametrize("first", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_estimate_reaches_is_asked_about(
    priced: None, client: Client, patient: Patient, insurance_admin: User, first: str
) -> None:
    client.force_login(insurance_admin)
    page = client.get(f"/insurance/patients/{patient.pk}/costs/", {"first": first, "boosters": "5"})
    assert (page.status_code, page.context["answer"]) == (200, None)
    assert page.context["form"].errors["first"]
