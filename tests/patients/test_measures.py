"""Recording questionnaires, and what a suicidal answer sets in motion (J3)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted
from clinic.models import User
from patients import alerts, measures
from patients.models import MeasureResponse, Patient, SafetyAlert
from tests import build


def test_phq9_is_scored_and_signed_by_who_entered_it(patient: Patient, nurse: User) -> None:
    response = build.phq9(patient, 21, by=nurse, timepoint="baseline")
    assert (response.score, response.entered_by, response.version) == (21, nurse, "1")
    assert measures.baseline(patient) == response == measures.latest(patient, "phq9")


def test_an_open_item_is_refused_and_nothing_is_kept(patient: Patient, nurse: User) -> None:
    with pytest.raises(Invalid) as refused:
        measures.record(
            patient_id=patient.pk,
            instrument="gad7",
            items=[0, 0, None, 0, 0, 0, 0],
            timepoint="baseline",
            observed_at=clock.now(),
            by=nurse,
        )
    assert list(refused.value.fields) == ["item_3"]
    assert not MeasureResponse.objects.exists()


def test_a_time_to_come_is_refused(patient: Patient, nurse: User) -> None:
    with pytest.raises(Invalid) as refused:
        measures.record(
            patient_id=patient.pk,
            instrument="gad7",
            items=[0] * 7,
            timepoint="baseline",
            observed_at=clock.now() + timedelta(hours=1),
            by=nurse,
        )
    assert list(refused.value.fields) == ["observed_at"]


def test_an_unknown_occasion_is_refused(patient: Patient, nurse: User) -> None:
    with pytest.raises(Invalid) as refused:
        build.phq9(patient, 3, by=nurse, timepoint="someday")
    assert list(refused.value.fields) == ["timepoint"]


def test_a_second_press_records_once(patient: Patient, nurse: User) -> None:
    with clock.at(clock.now()):
        first = build.phq9(patient, 12, by=nurse, item9=1)
        assert build.phq9(patient, 12, by=nurse, item9=1) == first
    assert SafetyAlert.objects.count() == 1


def test_front_desk_may_not_record(patient: Patient, front_desk: User) -> None:
    with pytest.raises(NotPermitted):
        build.phq9(patient, 3, by=front_desk)


def test_for_a_stranger_the_patient_does_not_exist(patient: Patient, stranger: User) -> None:
    with pytest.raises(NotFound):
        build.phq9(patient, 3, by=stranger)


def test_item_nine_opens_an_alert_to_be_screened_within_minutes(patient: Patient, nurse: User) -> None:
    now = clock.now()
    with clock.at(now):
        response = build.phq9(patient, 19, by=nurse, item9=1)
    alert = response.alerts.get()
    assert alert.grade == SafetyAlert.Grade.UNSCREENED
    assert alert.acknowledge_by == now + timedelta(minutes=15)
    assert alerts.blocks(patient)


def test_a_high_total_without_item_nine_opens_none(patient: Patient, nurse: User) -> None:
    build.phq9(patient, 24, by=nurse)
    assert not alerts.blocks(patient)


@pytest.mark.parametrize(
    ("answers", "grade"),
    [
        ((1, 1, 1, 0, 0, 0), "moderate"),
        ((1, 0, 0, 0, 0, 0), "low"),
        ((0, 0, 0, 0, 0, 0), "low"),
        ((1, 1, 0, 1, 0, 0), "high"),
    ],
)
def test_the_screener_grades_the_waiting_alert(
    patient: Patient, nurse: User, answers: tuple[int, ...], grade: str
) -> None:
    build.phq9(patient, 19, by=nurse, item9=2)
    screen = build.cssrs(patient, *answers, by=nurse)
    alert = SafetyAlert.objects.get()
    assert (alert.grade, alert.screen) == (grade, screen)


def test_a_high_screener_asks_somebody_to_take_it_up_again(patient: Patient, nurse: User) -> None:
    alert = build.phq9(patient, 19, by=nurse, item9=2).alerts.get()
    alerts.acknowledge(alert_id=alert.pk, by=nurse)
    build.cssrs(patient, 1, 1, 1, 1, 0, 0, by=nurse)
    alert.refresh_from_db()
    assert alert.acknowledged_at is None


def test_a_positive_screener_alone_opens_an_alert(patient: Patient, nurse: User) -> None:
    screen = build.cssrs(patient, 0, 1, 0, 0, 0, 0, by=nurse)
    assert screen.alerts.get().grade == "low"


def test_a_negative_screener_alone_opens_none(patient: Patient, nurse: User) -> None:
    build.cssrs(patient, by=nurse)
    assert not SafetyAlert.objects.exists()


def test_a_screener_asked_first_grades_what_item_nine_opens(patient: Patient, nurse: User) -> None:
    build.cssrs(patient, by=nurse)
    assert build.phq9(patient, 19, by=nurse, item9=1).alerts.get().grade == "low"


def test_a_positive_screener_and_item_nine_of_one_visit_are_one_alert(patient: Patient, nurse: User) -> None:
    build.cssrs(patient, 1, 1, 1, 0, 0, 0, by=nurse)
    build.phq9(patient, 19, by=nurse, item9=1)
    assert [alert.grade for alert in SafetyAlert.objects.all()] == ["moderate"]


def test_behavior_since_last_contact_is_always_recent(patient: Patient, nurse: User) -> None:
    screen = build.cssrs(patient, 0, 0, 0, 0, 0, 1, by=nurse)
    assert (screen.version, screen.items[5]) == ("since-last", 2)
    assert screen.alerts.get().grade == "high"


def test_old_behavior_at_baseline_is_moderate(patient: Patient, nurse: User) -> None:
    screen = build.cssrs(patient, 0, 0, 0, 0, 0, 1, by=nurse, timepoint="baseline")
    assert (screen.version, screen.alerts.get().grade) == ("recent", "moderate")


def test_a_response_entered_in_error_is_no_baseline(patient: Patient, nurse: User) -> None:
    response = build.phq9(patient, 21, by=nurse, timepoint="baseline")
    response.entered_in_error_at, response.entered_in_error_by = clock.now(), nurse
    response.entered_in_error_reason = "Another patient’s answers"
    response.save()
    assert measures.baseline(patient) is None


@pytest.mark.parametrize(
    ("instrument", "items", "score"),
    [
        ("phq9", 8, 5),
        ("phq9", 9, 28),
        ("gad7", 7, 22),
        ("cssrs", 6, 1),
        ("asq", 4, None),
        ("pcl5", 20, 81),
        ("pcl5", 20, None),
        ("madrs", 9, 20),
        ("madrs", 0, 61),
        ("qids", 0, 28),
        ("cadss6", 0, 25),
        ("ybocs", 0, 41),
        ("who5", 0, 50),
        ("who5", 0, 104),
        ("madrs", 0, None),
    ],
)
def test_the_database_refuses_what_is_not_whole_or_out_of_range(
    patient: Patient, instrument: str, items: int, score: int | None
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureResponse.objects.create(
            patient=patient,
            instrument=instrument,
            timepoint="baseline",
            items=[0] * items,
            score=score,
            observed_at=clock.now(),
        )


def test_a_score_is_kept_from_numbers_or_from_the_total(patient: Patient, nurse: User) -> None:
    kept = {"patient_id": patient.pk, "by": nurse, "observed_at": clock.now()}
    assert measures.record_score(instrument="qids", items=[1] * 16, **kept).score == 9
    assert measures.record_score(instrument="who5", score=13, **kept).score == 52
    assert measures.record_score(instrument="ybocs", items=[None] * 10, score=24, **kept).items == []


@pytest.mark.parametrize(
    ("instrument", "typed", "field"),
    [
        ("madrs", {"score": 61}, "score"),
        ("madrs", {}, "score"),
        ("madrs", {"score": 9, "items": [1] * 10}, "score"),
        ("madrs", {"items": [1] * 9 + [None]}, "item_10"),
        ("phq9", {"score": 5}, "instrument"),
    ],
)
def test_a_score_that_cannot_be_is_refused(
    patient: Patient, nurse: User, instrument: str, typed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        measures.record_score(patient_id=patient.pk, instrument=instrument, observed_at=clock.now(), by=nurse, **typed)
    assert list(refused.value.fields) == [field]
    assert not MeasureResponse.objects.exists()


def test_an_asq_by_staff_opens_one_alert(patient: Patient, nurse: User) -> None:
    build.phq9(patient, 19, by=nurse, item9=1)
    measures.record(patient_id=patient.pk, instrument="asq", items=[1, 0, 0, 0, 0], observed_at=clock.now(), by=nurse)
    assert [alert.grade for alert in SafetyAlert.objects.all()] == ["unscreened"]
    measures.record(patient_id=patient.pk, instrument="asq", items=[1, 0, 0, 0, 1], observed_at=clock.now(), by=nurse)
    assert [alert.grade for alert in SafetyAlert.objects.all()] == ["high"]
