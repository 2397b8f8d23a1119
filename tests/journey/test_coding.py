"""What a visit was, gathered from every room for the bill, and the pages on which it is accepted."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from clinic import clock
from infusions.models import Infusion
from insurance import fees
from insurance.models import CodedVisit
from journey import coding
from tests import build
from tests.infusions import making
from therapy.models import SessionNote, TherapySession
from visits.models import Appointment, StatusEvent

pytestmark = pytest.mark.django_db
DAY = "2027-02-02"


@pytest.fixture(autouse=True)
def afterwards(site):
    with clock.at(build.moment(site, "2027-02-03", "09:00")):
        yield


@pytest.fixture
def given(site, patient, nurse, other_nurse, provider):
    """Infusion #1 of a patient, 09:12 to 09:52, 40 mg from a vial with its NDC; the visit is done."""
    making.evaluation(patient, provider, diagnosis_code="F33.2")
    series = making.loading(patient, nurse)
    infusion = making.infusion(series, 1, DAY, by=nurse)
    order = making.order(series, provider)
    vial = making.vial(site, nurse)
    making.give(infusion, order, vial, nurse=nurse, checker=other_nurse)
    Appointment.objects.filter(pk=infusion.appointment_id).update(
        status="done", arrived_at=build.moment(site, DAY, "08:50")
    )
    making.phq9(patient, 21, DAY)
    return Appointment.objects.select_related("site", "patient").get(pk=infusion.appointment_id)


def lines(visit):
    return [(line.code, line.units) for line in coding.service(visit).suggestions]


def test_an_infusion_is_its_minutes_its_drug_and_its_questionnaires(given, provider):
    service = coding.service(given)
    assert [(line.code, line.units) for line in service.suggestions] == [("96365", 1), ("J3490", 1), ("96127", 1)]
    assert (service.suggestions[1].drug_mg, service.suggestions[1].drug_ml) == (Decimal(40), Decimal("0.80"))
    assert (service.rendering, service.diagnosis_codes) == (provider, ("F33.2",))
    assert "09:12–09:52" in service.suggestions[0].sentence


def test_pauses_are_no_minutes(given):
    Infusion.objects.update(paused_seconds=25 * 60)
    assert lines(given)[0] == ("96374", 1)


def test_nothing_given_leaves_a_question_about_the_visit(given):
    Infusion.objects.update(
        state="not_given",
        number=None,
        not_given_reason="BP",
        started_at=None,
        ended_at=None,
        given_mg=None,
        given_ml=None,
    )
    service = coding.service(given)
    assert [line.code for line in service.suggestions] == ["99212", "96127"]
    assert "keep, change or decline" in service.suggestions[0].warning


def _done(patient, site, by, kind, at):
    start = build.moment(site, DAY, at)
    return Appointment.objects.create(
        patient=patient, site=site, kind=kind, starts_at=start, ends_at=start + 60 * coding.MINUTE, booked_by=by,
        status="done", arrived_at=start,
    )  # fmt: skip


@pytest.mark.parametrize(("minutes", "code"), [(53, "90837"), (45, "90834"), (15, None)])
def test_a_session_is_the_minutes_of_its_note(site, patient, therapist, provider, minutes, code):
    visit = _done(patient, site, therapist, "preparation", "13:00")
    session = TherapySession.objects.create(
        patient=patient, series=making.loading(patient, provider), kind="preparation", therapist=therapist,
        appointment=visit,
    )  # fmt: skip
    SessionNote.objects.create(
        session=session, kind="progress", author=therapist, started_at=visit.starts_at,
        ended_at=visit.starts_at + minutes * coding.MINUTE,
    )  # fmt: skip
    assert lines(visit) == ([(code, 1)] if code else [])
    assert coding.service(visit).rendering == therapist


def test_an_evaluation_is_a_new_patients_visit_by_its_steps(site, patient, provider):
    visit = _done(patient, site, provider, "evaluation", "10:00")
    assert lines(visit) == [("99205", 1)]
    for after, minute in (("in_progress", 5), ("done", 40)):
        StatusEvent.objects.create(appointment=visit, after=after, at=visit.starts_at + minute * coding.MINUTE)
    assert lines(visit) == [("99203", 1)]


def test_an_evaluation_of_a_known_patient_is_another_code(given, site, patient, provider):
    Appointment.objects.filter(pk=given.pk).update(starts_at=build.moment(site, "2027-01-05", "09:00"))
    assert lines(_done(patient, site, provider, "evaluation", "10:00"))[0] == ("99215", 1)


def test_an_evaluation_on_the_day_of_an_infusion_is_told_apart_from_it(given, site, patient, provider):
    later = _done(patient, site, provider, "evaluation", "15:00")
    assert coding.service(later).suggestions[0].modifier == "25"
    Appointment.objects.filter(pk=given.pk).update(starts_at=build.moment(site, "2027-02-01", "09:00"))
    assert coding.service(later).suggestions[0].modifier == ""


def test_questionnaires_of_a_day_are_billed_with_its_first_visit_alone(given, site, patient, provider):
    later = _done(patient, site, provider, "evaluation", "15:00")
    assert "96127" in [code for code, _ in lines(given)]
    assert "96127" not in [code for code, _ in lines(later)]


def _form(client, visit):
    page = client.get(reverse("journey:coding-visit", args=[visit.pk]))
    form = page.context["form"]
    sent = {"seen": form.service.digest, "diagnosis_codes": "F33.2", "not_billed": ""}
    for told, row in form.rows:
        for name in ("code", "modifier", "count", "fee"):
            sent[row[name].html_name] = "" if not told else row[name].value() or ""
    return page, sent


def test_the_page_suggests_and_takes_what_is_accepted(given, site, client, insurance_admin):
    fees.set_fee(
        site=site,
        code="96365",
        label="Infusion",
        billed=Decimal(450),
        valid_from=date(2027, 1, 1),
        by=insurance_admin,
    )
    client.force_login(insurance_admin)
    assert given.patient.name in client.get(reverse("journey:coding")).content.decode()
    page, sent = _form(client, given)
    assert "the first hour" in page.content.decode()
    assert client.post(page.request["PATH_INFO"], sent).status_code == 302
    assert [line.code for line in CodedVisit.objects.get().lines.all()] == ["96365", "J3490", "96127"]
    shown = client.get(page.request["PATH_INFO"]).content.decode()
    assert "Superbill" in shown
    assert "has changed since" not in shown
    Infusion.objects.update(paused_seconds=25 * 60)
    assert "has changed since" in client.get(page.request["PATH_INFO"]).content.decode()
    paper = client.get(reverse("insurance:superbill", args=[CodedVisit.objects.get().pk]))
    assert paper.content[:4] == b"%PDF"
    assert paper["Content-Disposition"] == f'attachment; filename="superbill-{DAY}.pdf"'
    month = client.get(reverse("insurance:superbill-month-csv", args=[given.patient_id]) + "?month=2027-02")
    assert month["Content-Disposition"] == 'attachment; filename="superbill-2027-02.csv"'
    assert b"96365" in client.get(reverse("journey:coding-month") + "?month=2027-02").content


def test_a_slip_keeps_what_was_typed_and_changes_nothing(given, client, insurance_admin):
    client.force_login(insurance_admin)
    page, sent = _form(client, given)
    answer = client.post(page.request["PATH_INFO"], sent | {"line0-count": "3", "line0-fee": "451.20"})
    assert answer.status_code == 422
    assert "write why it differs" in answer.content.decode()
    assert 'value="451.20"' in answer.content.decode()
    assert not CodedVisit.objects.exists()


def test_a_bill_of_a_stranger_does_not_exist(given, client, stranger):
    client.force_login(stranger)
    assert client.get(reverse("journey:coding-visit", args=[given.pk])).status_code in {403, 404}


@pytest.mark.parametrize("role", ["front_desk", "nurse", "therapist", "provider"])
def test_other_roles_see_no_bill(request, given, client, role):
    client.force_login(request.getfixturevalue(role))
    assert client.get(reverse("journey:coding-visit", args=[given.pk])).status_code == 403


def test_the_list_asks_as_often_for_three_as_for_one(
    site, provider, client, insurance_admin, django_assert_max_num_queries
):
    client.force_login(insurance_admin)
    client.get(reverse("journey:coding"))
    for count in (1, 3):
        for _ in range(count):
            _done(build.patient(site), site, provider, "evaluation", "10:00")
        with django_assert_max_num_queries(16):
            client.get(reverse("journey:coding"))


def test_the_clinic_keeps_its_own_table(client, insurance_admin):
    client.force_login(insurance_admin)
    page = client.get(reverse("insurance:codes"))
    rows = page.context["rows"]
    sent = {
        "starts_on": "2027-02-03",
        "note": "Contract",
        "rule-TOTAL_FORMS": len(rows.forms),
        "rule-INITIAL_FORMS": 17,
    }
    for row in rows.forms[:17]:
        sent |= {row[name].html_name: row[name].value() or "" for name in row.fields}
    sent["rule-0-label"] = "Push by hand"
    assert client.post(reverse("insurance:codes"), sent).status_code == 302
    assert "Push by hand" in client.get(reverse("insurance:codes")).content.decode()
    refused = client.post(reverse("insurance:codes"), sent | {"rule-0-code": "9"})
    assert (refused.status_code, "is no code" in refused.content.decode()) == (422, True)
