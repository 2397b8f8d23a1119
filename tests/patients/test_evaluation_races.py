"""Two people at one record at one moment, in two real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from clinic import clock
from clinic.models import User
from patients import alerts, evaluations, measures
from patients.evaluations import StaleVersion
from patients.models import Evaluation, MeasureResponse, Patient, SafetyAlert
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Run the verbs at the same moment, each on its own connection; answers or the errors they raised."""
    gate = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> object:
        try:
            gate.wait()
            return verb()
        except Exception as error:  # the caller looks at what it was
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def saving(evaluation: Evaluation, by: User, plan: str) -> Callable[[], object]:
    return lambda: evaluations.save_draft(
        evaluation_id=evaluation.pk, by=by, version=evaluation.version, answers={}, plan=plan
    )


def test_two_saves_of_one_version_and_one_is_told(patient: Patient, provider: User) -> None:
    draft = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    answers = at_once(saving(draft, provider, "one"), saving(draft, provider, "two"))
    assert {type(answer) for answer in answers} == {Evaluation, StaleVersion}
    draft.refresh_from_db()
    assert draft.version == 2


def test_two_begin_and_one_draft_stands(patient: Patient, provider: User) -> None:
    def begin() -> object:
        return evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)

    first, second = at_once(begin, begin)
    assert first == second
    assert Evaluation.objects.count() == 1


def test_two_presses_of_save_are_one_response_and_one_alert(patient: Patient, nurse: User) -> None:
    moment = clock.now()

    def press() -> object:
        return measures.record(
            patient_id=patient.pk,
            instrument="phq9",
            items=[2] * 9,
            timepoint="pre_infusion",
            observed_at=moment,
            by=nurse,
        )

    first, second = at_once(press, press)
    assert first == second
    assert (MeasureResponse.objects.count(), SafetyAlert.objects.count()) == (1, 1)


def test_two_take_up_one_alert_and_one_name_stands(patient: Patient, nurse: User, other_nurse: User) -> None:
    alert = build.phq9(patient, 19, by=nurse, item9=1).alerts.get()
    answers = at_once(
        lambda: alerts.acknowledge(alert_id=alert.pk, by=nurse),
        lambda: alerts.acknowledge(alert_id=alert.pk, by=other_nurse),
    )
    names = {answer.acknowledged_by_id for answer in answers if isinstance(answer, SafetyAlert)}
    assert len(names) == 1
