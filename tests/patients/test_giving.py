"""Questionnaires by link: kept answer by answer, whole once, and never silent about a suicidal answer."""

from datetime import timedelta

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound
from clinic.models import User
from patients import giving, links, measure_plan, measures
from patients.measure_plan import Wanted
from patients.models import MeasureDraft, MeasureResponse, Patient, PatientLink, SafetyAlert
from tests import build


@pytest.fixture
def link(patient: Patient, nurse: User) -> PatientLink:
    links.make(patient_id=patient.pk, purpose="measures", by=nurse)
    return PatientLink.objects.get()


def ask(patient: Patient, *instruments: str, timepoint: str = "pre_infusion") -> None:
    """Make these due now."""
    now = clock.now()
    wanted = [Wanted(each, timepoint, now - timedelta(hours=1), now + timedelta(hours=3), each) for each in instruments]
    measure_plan.keep(patient=patient, source="test", wanted=wanted)


def tell(link: PatientLink, instrument: str, *values: int, language: str = "en", first: int = 1) -> giving.Outcome:
    """Answer the questions one after the other."""
    outcome = giving.Outcome(first, False)
    for value in values:
        assert outcome.following is not None
        outcome = giving.answer(
            link=link, instrument=instrument, number=outcome.following, value=value, language=language
        )
    return outcome


def test_each_answer_is_kept_and_the_last_makes_the_response(link, patient):
    ask(patient, "phq9")
    tell(link, "phq9", 1, 2, 3)
    assert MeasureDraft.objects.get().answers == [1, 2, 3, *[None] * 6]
    outcome = tell(link, "phq9", 0, 0, 0, 0, 0, 0, first=4)
    response = MeasureResponse.objects.get()
    assert (response.score, response.entered_by, response.link, response.timepoint) == (6, None, link, "pre_infusion")
    assert (response.given_by, response.language) == ("the patient, by link", "en")
    assert outcome == giving.Outcome(10, is_crisis=False)
    assert response.answers_due.get().state == "done"


def test_the_difficulty_is_asked_last_and_counts_for_nothing(link, patient):
    ask(patient, "phq9")
    tell(link, "phq9", 1, 0, 0, 0, 0, 0, 0, 0, 0, 2)
    response = MeasureResponse.objects.get()
    assert (response.score, response.difficulty) == (1, 2)
    assert giving.parts(link, "en")[0].is_done


def test_without_a_problem_the_difficulty_is_not_asked(link, patient):
    ask(patient, "phq9")
    assert tell(link, "phq9", *[0] * 9).following is None


def test_a_second_press_of_the_last_answer_makes_no_second_response(link, patient):
    ask(patient, "gad7")
    tell(link, "gad7", *[1] * 7)
    giving.answer(link=link, instrument="gad7", number=7, value=1, language="en")
    assert MeasureResponse.objects.count() == 1


@pytest.mark.parametrize("value", [None, 4, -1])
def test_an_answer_that_is_none_is_refused(link, patient, value):
    ask(patient, "phq9")
    with pytest.raises(Invalid):
        giving.answer(link=link, instrument="phq9", number=1, value=value, language="en")
    assert not MeasureDraft.objects.exists()


def test_what_is_not_due_is_not_asked(link, patient):
    ask(patient, "phq9")
    with pytest.raises(NotFound):
        giving.answer(link=link, instrument="gad7", number=1, value=1, language="en")


def test_the_screener_skips_by_itself_and_a_changed_answer_asks_again(link, patient):
    ask(patient, "cssrs")
    assert tell(link, "cssrs", 0, 0).following == 6
    assert giving.answer(link=link, instrument="cssrs", number=2, value=1, language="en").following == 3
    tell(link, "cssrs", 1, first=3)
    assert giving.answer(link=link, instrument="cssrs", number=2, value=0, language="en").following == 6
    tell(link, "cssrs", 0, first=6)
    assert MeasureResponse.objects.get().items == [0, 0, 9, 9, 9, 0]


def test_item_nine_calls_for_help_and_asks_the_screener(link, patient):
    ask(patient, "phq9")
    assert tell(link, "phq9", *[0] * 8, 1).is_crisis
    assert SafetyAlert.objects.get().grade == "unscreened"
    assert [part.instrument for part in giving.parts(link, "en")] == ["phq9", "cssrs"]


def test_after_item_nine_the_screener_comes_before_the_unscored_question(link, patient):
    ask(patient, "phq9", "gad7")
    assert tell(link, "phq9", *[0] * 8, 1).following is None
    assert giving.next_part(giving.parts(link, "en")).instrument == "cssrs"
    tell(link, "cssrs", 0, 0, 0)
    waiting = giving.next_part(giving.parts(link, "en"))
    assert (waiting.instrument, waiting.following) == ("phq9", 10)
    tell(link, "phq9", 1, first=10)
    assert giving.next_part(giving.parts(link, "en")).instrument == "gad7"


def test_the_first_yes_of_a_screener_opens_the_alert_before_it_is_whole(link, patient):
    ask(patient, "cssrs")
    assert tell(link, "cssrs", 1).is_crisis
    alert = SafetyAlert.objects.get()
    assert (alert.grade, alert.measure) == ("unscreened", None)
    tell(link, "cssrs", 1, 1, 0, 0, 0, first=2)
    alert.refresh_from_db()
    response = MeasureResponse.objects.get()
    assert (alert.grade, alert.measure, alert.screen) == ("moderate", response, response)
    assert SafetyAlert.objects.count() == 1


def test_intent_raises_it_at_once(link, patient):
    ask(patient, "cssrs")
    tell(link, "cssrs", 1, 1, 0)
    assert giving.answer(link=link, instrument="cssrs", number=4, value=1, language="en").is_crisis
    assert SafetyAlert.objects.get().grade == "high"
    tell(link, "cssrs", 0, 0, first=5)
    alert = SafetyAlert.objects.get()
    assert (alert.grade, alert.measure) == ("high", MeasureResponse.objects.get())


def test_item_nine_and_a_screener_by_link_are_one_alert(link, patient):
    ask(patient, "phq9")
    tell(link, "phq9", *[0] * 8, 3)
    tell(link, "cssrs", 1, 1, 1, 1, 0, 0)
    assert [alert.grade for alert in SafetyAlert.objects.all()] == ["high"]


@pytest.mark.parametrize(
    ("answers", "grade"), [((0, 0, 0, 1, 0), "unscreened"), ((0, 0, 1, 0, 1), "high"), ((0, 0, 0, 0), None)]
)
def test_asq_any_yes_is_positive_and_thoughts_now_imminent(link, patient, answers, grade):
    ask(patient, "asq")
    tell(link, "asq", *answers)
    assert [alert.grade for alert in SafetyAlert.objects.all()] == ([grade] if grade else [])
    assert MeasureResponse.objects.get().items[4] == (answers[4] if len(answers) > 4 else 9)


def test_in_spanish_the_screener_we_hold_is_asked_instead(link, patient):
    ask(patient, "phq9", "cssrs")
    assert [part.instrument for part in giving.parts(link, "es")] == ["phq9", "asq"]
    tell(link, "asq", 0, 0, 0, 0, language="es")
    assert MeasureResponse.objects.get().language == "es"
    assert [part.instrument for part in giving.parts(link, "es")] == ["phq9", "asq"]


def test_answers_of_an_earlier_day_are_asked_again(link, patient):
    ask(patient, "phq9")
    tell(link, "phq9", 1, 1)
    MeasureDraft.objects.update(saved_at=clock.now() - timedelta(hours=25))
    tell(link, "phq9", 3)
    assert MeasureDraft.objects.get().answers == [3, *[None] * 8]


def test_an_extra_check_is_begun_once(link, patient, nurse):
    build.phq9(patient, 12, by=nurse, timepoint="baseline")
    assert giving.parts(link, "en") == []
    assert giving.begin_extra(link).draft == giving.begin_extra(link).draft
    tell(link, "phq9", *[1] * 9)
    assert MeasureResponse.objects.filter(link=link).get().timepoint == "follow_up"


def test_a_link_of_somebody_else_answers_for_nobody(link, patient, site):
    other = build.patient(site).pk
    with pytest.raises(NotFound):
        measures.record(patient_id=other, instrument="gad7", items=[0] * 7, observed_at=clock.now(), by=None, link=link)
