"""Conditions, medicines, allergies and trials: added, ended, marked as an error, never deleted."""

from datetime import date

import pytest

from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from patients import history

ADD = {
    "condition": lambda patient, by, **fields: history.add_condition(
        patient_id=patient.pk, by=by, **{"display": "Asthma", "onset": date(2020, 1, 2), **fields}
    ),
    "medication": lambda patient, by, **fields: history.add_medication(
        patient_id=patient.pk, by=by, **{"display": "Sertraline 100 mg", "started": date(2020, 1, 2), **fields}
    ),
    "allergy": lambda patient, by, **fields: history.add_allergy(
        patient_id=patient.pk, by=by, **{"display": "Penicillin", "reaction": "Rash", "severity": "mild", **fields}
    ),
    "trial": lambda patient, by, **fields: history.add_trial(
        patient_id=patient.pk,
        by=by,
        **{"treatment": "Sertraline", "weeks_at_adequate_dose": 8, "outcome": "none", "dose": "200 mg", **fields},
    ),
}


@pytest.fixture(params=list(ADD))
def add(request):
    return ADD[request.param]


def test_a_row_is_kept_for_the_patient(add, patient, nurse) -> None:
    row = add(patient, nurse)
    assert row.patient == patient
    assert row.entered_in_error_at is None


def test_a_stranger_finds_nobody_and_a_colleague_without_the_right_is_told(add, patient, stranger, front_desk) -> None:
    with pytest.raises(NotFound):
        add(patient, stranger)
    with pytest.raises(NotPermitted):
        add(patient, front_desk)


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("condition", {"display": " "}, "display"),
        ("condition", {"display": "x" * 256}, "display"),
        ("condition", {"onset": date(2099, 1, 1)}, "onset"),
        ("condition", {"onset": date(1980, 1, 1)}, "onset"),
        ("condition", {"abatement": date(2019, 1, 1)}, "abatement"),
        ("medication", {"display": ""}, "display"),
        ("medication", {"started": date(2099, 1, 1)}, "started"),
        ("medication", {"stopped": date(2019, 1, 1)}, "stopped"),
        ("allergy", {"display": ""}, "display"),
        ("allergy", {"severity": "deadly"}, "severity"),
        ("allergy", {"noted_on": date(2099, 1, 1)}, "noted_on"),
        ("trial", {"treatment": ""}, "treatment"),
        ("trial", {"outcome": "great"}, "outcome"),
        ("trial", {"weeks_at_adequate_dose": 1041}, "weeks_at_adequate_dose"),
        ("trial", {"weeks_at_adequate_dose": -1}, "weeks_at_adequate_dose"),
    ],
)
def test_each_bad_value_is_named(patient, nurse, kind, changed, field) -> None:
    with pytest.raises(Invalid) as refused:
        ADD[kind](patient, nurse, **changed)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("kind", ["condition", "medication", "allergy"])
def test_the_same_row_a_second_time_is_refused_with_a_sentence(patient, nurse, kind) -> None:
    row = ADD[kind](patient, nurse)
    with pytest.raises(Refused, match="already"):
        ADD[kind](patient, nurse)
    history.mark_in_error(record=row, reason="Another patient's", by=nurse)
    with pytest.raises(Refused, match="marked as an error"):
        ADD[kind](patient, nurse)


def test_marked_as_an_error_it_stays_with_who_when_and_why(add, patient, nurse) -> None:
    row = history.mark_in_error(record=add(patient, nurse), reason=" Wrong \x00\n chart ", by=nurse)
    row.refresh_from_db()
    assert (row.entered_in_error_by, row.entered_in_error_reason) == (nurse, "Wrong chart")
    with pytest.raises(Refused, match="already"):
        history.mark_in_error(record=row, reason="Again", by=nurse)


@pytest.mark.parametrize("reason", [" ", "x" * 301])
def test_an_error_needs_a_reason_that_fits(add, patient, nurse, reason) -> None:
    row = add(patient, nurse)
    with pytest.raises(Invalid):
        history.mark_in_error(record=row, reason=reason, by=nurse)
    row.refresh_from_db()
    assert row.entered_in_error_at is None


def test_the_mark_can_be_taken_back(add, patient, nurse) -> None:
    row = add(patient, nurse)
    with pytest.raises(Refused):
        history.take_back_error(record=row, by=nurse)
    history.mark_in_error(record=row, reason="Wrong chart", by=nurse)
    row = history.take_back_error(record=row, by=nurse)
    row.refresh_from_db()
    assert (row.entered_in_error_at, row.entered_in_error_reason) == (None, "")


def test_only_those_with_the_right_mark_an_error(add, patient, nurse, stranger, therapist) -> None:
    row = add(patient, nurse)
    with pytest.raises(NotFound):
        history.mark_in_error(record=row, reason="No", by=stranger)
    with pytest.raises(NotPermitted):
        history.mark_in_error(record=row, reason="No", by=therapist)


def test_a_medicine_and_a_condition_end_on_a_day(patient, nurse) -> None:
    medicine = ADD["medication"](patient, nurse)
    assert history.end(record=medicine, on=date(2021, 5, 6), by=nurse).stopped == date(2021, 5, 6)
    condition = ADD["condition"](patient, nurse)
    assert history.end(record=condition, on=date(2021, 5, 6), by=nurse).abatement == date(2021, 5, 6)


@pytest.mark.parametrize("day", [date(2099, 1, 1), date(2019, 1, 1)])
def test_an_end_that_can_not_be_is_refused(patient, nurse, day) -> None:
    with pytest.raises(Invalid):
        history.end(record=ADD["medication"](patient, nurse), on=day, by=nurse)
