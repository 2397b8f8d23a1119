"""The history page: four lists, their forms, and what was marked as an error."""

from datetime import date

import pytest
from django.urls import reverse

from patients import history
from patients.models import Allergy, Condition, Medication, TreatmentTrial
from tests.patients.people import asked

ROWS = {
    "condition": (Condition, {"display": "Asthma", "onset": "2020-01-02", "code": "j45.909"}),
    "medication": (Medication, {"display": "Sertraline", "dose": "100 mg daily", "started": "2020-01-02"}),
    "allergy": (Allergy, {"display": "Penicillin", "reaction": "Rash", "severity": "severe"}),
    "trial": (
        TreatmentTrial,
        {"treatment": "Lithium", "weeks_at_adequate_dose": "8", "outcome": "none", "source": "patient"},
    ),
}


@pytest.fixture
def chart(client, nurse):
    client.force_login(nurse)
    return client


def _page(patient) -> str:
    return reverse("patients:history", args=[patient.pk])


@pytest.mark.parametrize("kind", list(ROWS))
def test_a_row_is_added_and_shown(chart, patient, kind) -> None:
    model, typed = ROWS[kind]
    answer = chart.post(reverse("patients:history-add", args=[patient.pk, kind]), typed)
    assert answer["Location"] == _page(patient)
    assert model.objects.get().patient == patient
    assert next(iter(typed.values())) in chart.get(_page(patient)).content.decode()


def test_a_code_is_kept_with_its_system(chart, patient) -> None:
    chart.post(reverse("patients:history-add", args=[patient.pk, "condition"]), ROWS["condition"][1])
    row = Condition.objects.get()
    assert (row.system, row.code, row.source) == ("icd-10-cm", "J45.909", "staff")


@pytest.mark.parametrize("kind", list(ROWS))
def test_what_is_wrong_is_said_and_what_was_typed_stays(chart, patient, kind) -> None:
    model, typed = ROWS[kind]
    field = next(iter(typed))
    answer = chart.post(reverse("patients:history-add", args=[patient.pk, kind]), typed | {field: "é" * 300})
    assert answer.status_code == 422
    assert "300 characters long" in answer.content.decode()
    assert "é" * 300 in answer.content.decode()
    assert not model.objects.exists()


def test_the_same_row_twice_is_refused(chart, patient) -> None:
    address = reverse("patients:history-add", args=[patient.pk, "allergy"])
    chart.post(address, ROWS["allergy"][1])
    answer = chart.post(address, ROWS["allergy"][1])
    assert answer.status_code == 422
    assert "stands in the list already" in answer.content.decode()
    assert Allergy.objects.count() == 1


def test_marked_as_an_error_it_stays_struck_through_with_its_reason(chart, patient, nurse) -> None:
    row = history.add_allergy(patient_id=patient.pk, by=nurse, display="Penicillin")
    address = reverse("patients:history-error", args=["allergy", row.pk])
    assert chart.post(address, {"reason": " "}).status_code == 422
    assert chart.post(address, {"reason": "Wrong chart"}).status_code == 302
    page = chart.get(_page(patient)).content.decode()
    assert "Penicillin</s>" in page
    assert "Wrong chart" in page
    assert nurse.full_name in page
    assert chart.post(reverse("patients:history-take-back", args=["allergy", row.pk])).status_code == 302
    assert "Penicillin</s>" not in chart.get(_page(patient)).content.decode()


def test_a_medicine_is_stopped_on_a_day(chart, patient, nurse) -> None:
    row = history.add_medication(patient_id=patient.pk, by=nurse, display="Sertraline", started=date(2020, 1, 2))
    address = reverse("patients:history-end", args=["medication", row.pk])
    for wrong in ("", "soon", "2019-01-01", "2099-01-01"):
        assert chart.post(address, {"on": wrong}).status_code == 422
    assert chart.post(address, {"on": "2021-03-04"}).status_code == 302
    row.refresh_from_db()
    assert row.stopped == date(2021, 3, 4)


def test_an_allergy_does_not_end_and_no_other_kind_exists(chart, patient, nurse) -> None:
    row = history.add_allergy(patient_id=patient.pk, by=nurse, display="Penicillin")
    assert (
        chart.post(reverse("patients:history-end", args=["allergy", row.pk]), {"on": "2021-03-04"}).status_code == 404
    )
    assert chart.post(reverse("patients:history-add", args=[patient.pk, "patient"])).status_code == 404
    assert chart.post(reverse("patients:history-error", args=["patient", patient.pk])).status_code == 404


def test_a_therapist_reads_and_does_not_write(client, patient, therapist, nurse) -> None:
    row = history.add_allergy(patient_id=patient.pk, by=nurse, display="Penicillin")
    client.force_login(therapist)
    page = client.get(_page(patient)).content.decode()
    assert "Penicillin" in page
    assert "Add an allergy" not in page
    for address in (
        reverse("patients:history-add", args=[patient.pk, "allergy"]),
        reverse("patients:history-error", args=["allergy", row.pk]),
        reverse("patients:history-take-back", args=["allergy", row.pk]),
    ):
        assert client.post(address, {"display": "Latex", "reason": "No"}).status_code == 403


@pytest.mark.parametrize("verb", ["history-error", "history-take-back", "history-end"])
def test_a_stranger_finds_no_row(client, patient, nurse, stranger, verb) -> None:
    row = history.add_medication(patient_id=patient.pk, by=nurse, display="Sertraline")
    client.force_login(stranger)
    assert client.post(reverse(f"patients:{verb}", args=["medication", row.pk]), {"reason": "No"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_for_one_and_for_three(chart, patient, nurse, count) -> None:
    for number in range(count):
        history.add_allergy(patient_id=patient.pk, by=nurse, display=f"Allergy {number}")
        history.add_medication(patient_id=patient.pk, by=nurse, display=f"Medicine {number}")
    assert asked(chart, _page(patient)) == 8
