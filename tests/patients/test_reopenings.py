"""What opens a signed evaluation again, who is asked, and how it holds once more; conditions, met one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import InternalError, transaction

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import Site, User
from clinic.policy import Role
from patients import evaluation_conditions, evaluations, history, labs, reopenings, validity
from patients.evaluation_conditions import Wanted
from patients.models import Evaluation, EvaluationCondition, LabResult, Patient, Reopening
from reminders.models import FollowUp
from tests import build

OPEN = FollowUp.State.OPEN


def holds(patient: Patient) -> bool:
    return evaluations.in_force(patient, patient.site.today()) is not None


@pytest.fixture
def eligible(patient: Patient, provider: User) -> Evaluation:
    return build.eligible(patient, by=provider)


@pytest.mark.parametrize(
    ("display", "kind"),
    [
        ("Acute myocardial infarction", "cardiac"),
        ("Seizure disorder", "neuro"),
        ("Normal pregnancy", "pregnancy"),
        ("Brief psychotic disorder", "psychosis"),
        ("Manic episode", "mania"),
    ],
)
def test_a_new_event_holds_until_a_provider_has_looked(
    eligible: Evaluation, patient: Patient, nurse: User, provider: User, display: str, kind: str
) -> None:
    row = history.add_condition(patient_id=patient.pk, by=nurse, display=display)
    opened = Reopening.objects.get()
    assert (opened.kind, opened.source, opened.subject_id, opened.opened_by) == (kind, "history", row.pk, nurse)
    assert not holds(patient)
    task = FollowUp.objects.get(kind="evaluation_look_again")
    assert (task.owner_role, display in task.title) == (Role.PROVIDER, False)
    with pytest.raises(NotPermitted):
        reopenings.review(evaluation_id=eligible.pk, note="Fine", by=nurse)
    with pytest.raises(Invalid):
        reopenings.review(evaluation_id=eligible.pk, note=" ", by=provider)
    reopenings.review(evaluation_id=eligible.pk, note="Old, and cleared by cardiology.", by=provider)
    task.refresh_from_db()
    assert (holds(patient), task.state) == (True, "done")
    with pytest.raises(Refused):
        reopenings.review(evaluation_id=eligible.pk, note="Again", by=provider)
    with pytest.raises(InternalError), transaction.atomic():
        Reopening.objects.update(review_note="Other words")


def test_what_is_no_event_or_is_over_or_was_known_opens_nothing(
    patient: Patient, provider: User, nurse: User, site: Site
) -> None:
    draft = build.eligible(patient, by=provider)
    begun = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    answers = build.all_no() | {"seizures": ("yes", "None for ten years.", "record")}
    evaluations.save_draft(
        evaluation_id=begun.pk, by=provider, version=begun.version, answers=answers, diagnosis="Depression"
    )
    evaluations.sign(evaluation_id=begun.pk, outcome="eligible", by=provider, rationale="As before")
    today = site.today()
    quiet = (("Ankle sprain", {}), ("Stroke", {"abatement": today}), ("Epilepsy", {"onset": today - timedelta(9)}))
    for display, days in quiet:
        history.add_condition(patient_id=patient.pk, by=nurse, display=display, **days)
    assert holds(patient)
    with clock.at(clock.now() + timedelta(days=2)):
        history.add_condition(patient_id=patient.pk, by=nurse, display="Epileptic fit", onset=site.today())
        assert not holds(patient)
    assert draft.reopenings.count() == 0


def test_without_a_favorable_evaluation_nothing_opens(patient: Patient, nurse: User) -> None:
    history.add_condition(patient_id=patient.pk, by=nurse, display="Stroke")
    assert not Reopening.objects.exists()


def test_a_positive_pregnancy_test_opens_and_a_new_evaluation_settles_it(
    eligible: Evaluation, patient: Patient, nurse: User, provider: User
) -> None:
    labs.record(patient_id=patient.pk, test="hcg", finding="positive", observed_at=clock.now(), source="here", by=nurse)
    assert not holds(patient)
    assert "regnan" not in FollowUp.objects.get(kind="evaluation_look_again").title
    LabResult.objects.update(observed_at=clock.now() - timedelta(days=40))
    build.eligible(patient, by=provider)
    assert holds(patient)
    assert not FollowUp.objects.filter(kind="evaluation_look_again", state=OPEN).exists()


def test_a_provider_who_is_asked_by_a_hold_is_not_asked_twice(
    eligible: Evaluation, patient: Patient, nurse: User, site: Site
) -> None:
    FollowUp.objects.create(
        kind="clinical_hold", site=site, patient=patient, title="Hold", subject_kind="infusion",
        subject_id=eligible.pk, owner_role="provider", due_at=clock.now(), opened_at=clock.now(),
    )  # fmt: skip
    history.add_condition(patient_id=patient.pk, by=nurse, display="Pregnancy")
    assert not holds(patient)
    assert not FollowUp.objects.filter(kind="evaluation_look_again").exists()


@pytest.fixture
def conditional(patient: Patient, provider: User, nurse: User) -> Callable[..., Evaluation]:
    def make(*wanted: Wanted) -> Evaluation:
        build.phq9(patient, 21, by=provider, timepoint="baseline")
        begun = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
        evaluations.save_draft(
            evaluation_id=begun.pk, by=provider, version=begun.version, answers=build.all_no(), conditions=wanted,
            diagnosis="Depression", rationale="Two drugs not tolerated.",
        )  # fmt: skip
        return evaluations.sign(evaluation_id=begun.pk, outcome="conditional", by=provider)

    return make


def test_open_conditions_close_the_gate_and_not_the_booking(
    conditional: Callable[..., Evaluation], patient: Patient, nurse: User, therapist: User, site: Site
) -> None:
    due = site.today() + timedelta(days=5)
    signed = conditional(Wanted("ECG", "nurse", due), Wanted("Letter of the therapist", str(therapist.pk), due))
    gate = validity.gate_of(signed, site.today())
    assert holds(patient)
    assert "ECG (Nurse, due" in gate.why_not
    assert gate.who == "Nurse, Nadia Amir"
    tasks = FollowUp.objects.filter(kind="evaluation_condition", state=OPEN)
    assert {(task.owner_role, task.owner) for task in tasks} == {("nurse", None), ("therapist", therapist)}
    ecg, letter = signed.conditions.all()
    with pytest.raises(NotPermitted):
        evaluation_conditions.met(condition_id=letter.pk, how="Seen", by=nurse)
    with pytest.raises(Invalid):
        evaluation_conditions.met(condition_id=ecg.pk, how="", by=nurse)
    evaluation_conditions.met(condition_id=ecg.pk, how="Normal, 8 March.", by=nurse)
    evaluation_conditions.met(condition_id=letter.pk, how="On file.", by=therapist)
    assert validity.gate_of(signed, site.today()).why_not == ""
    assert not tasks.all().exists()
    with pytest.raises(Refused):
        evaluation_conditions.met(condition_id=ecg.pk, how="Again", by=nurse)


def test_a_signed_condition_can_only_be_met_and_only_once(
    conditional: Callable[..., Evaluation], provider: User, site: Site
) -> None:
    signed = conditional(Wanted("ECG", "nurse", site.today()))
    rows = EvaluationCondition.objects.filter(evaluation=signed)
    for write in (
        lambda: rows.update(text="Nothing"),
        lambda: rows.update(due_on=date(2030, 1, 1)),
        lambda: rows._raw_delete("default"),
        lambda: EvaluationCondition.objects.create(evaluation=signed, position=1, text="More", owner_role="nurse"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            write()
    evaluation_conditions.met(condition_id=rows.get().pk, how="Normal", by=provider)
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(met_how="Other words")


@pytest.mark.parametrize("wanted", [Wanted("ECG", "nurse", None), Wanted("ECG", "nurse", date(2020, 1, 1))])
def test_a_condition_without_a_day_ahead_is_not_signed(conditional: Callable[..., Evaluation], wanted: Wanted) -> None:
    with pytest.raises(Invalid):
        conditional(wanted)


@pytest.mark.parametrize("whose", ["front_desk", "nobody"])
def test_a_condition_belongs_to_somebody_who_reads_charts(conditional: Callable[..., Evaluation], whose: str) -> None:
    with pytest.raises(Invalid):
        conditional(Wanted("ECG", whose, None))


def test_deferred_asks_a_provider_on_the_day(patient: Patient, provider: User, site: Site) -> None:
    begun = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    evaluations.save_draft(evaluation_id=begun.pk, by=provider, version=begun.version, answers=build.all_no())
    day = site.today() + timedelta(days=30)
    evaluations.sign(evaluation_id=begun.pk, outcome="deferred", by=provider, rationale="Cycling", revisit_on=day)
    task = FollowUp.objects.get(kind="evaluation_revisit")
    assert (site.local(task.due_at).date(), task.owner_role) == (day, Role.PROVIDER)
    build.eligible(patient, by=provider)
    task.refresh_from_db()
    assert task.state == "done"
