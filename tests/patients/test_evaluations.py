"""Evaluations: what refuses a signature, what a signature locks, how long it holds."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted, NotReady, Refused
from clinic.models import Site, User
from patients import evaluations
from patients.evaluation_conditions import Wanted
from patients.evaluations import StaleVersion
from patients.models import Evaluation, EvaluationAnswer, Patient
from tests import build

Draft = Callable[..., Evaluation]


@pytest.fixture
def draft(patient: Patient, provider: User) -> Draft:
    """A draft that lacks nothing; `answers` changes single lines, fields change the rest."""

    def make(answers: dict[str, tuple[str, ...]] | None = None, **fields: object) -> Evaluation:
        build.phq9(patient, 21, by=provider, timepoint="baseline")
        build.trial(patient)
        build.trial(patient, treatment="Venlafaxine")
        build.worked_up(patient, by=provider)
        begun = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
        return evaluations.save_draft(
            evaluation_id=begun.pk,
            by=provider,
            version=begun.version,
            answers=build.all_no() | (answers or {}),
            **{"diagnosis": "Major depressive disorder", "diagnosis_code": "f33.2", **fields},
        )

    return make


def sign(evaluation: Evaluation, by: User, outcome: str = "eligible", **words: object) -> Evaluation:
    return evaluations.sign(evaluation_id=evaluation.pk, outcome=outcome, by=by, **words)


def keep(evaluation: Evaluation, by: User, answers: dict[str, tuple[str, ...]] | None = None, **more: object) -> None:
    evaluation.refresh_from_db()
    evaluations.save_draft(
        evaluation_id=evaluation.pk, by=by, version=evaluation.version, answers=answers or {}, **more
    )


def soon(patient: Patient) -> date:
    return patient.site.today() + timedelta(days=7)


def test_sign_eligible_holds_ninety_days(draft: Draft, provider: User, patient: Patient) -> None:
    signed = sign(draft(), provider)
    today = patient.site.today()
    assert (signed.state, signed.signed_by, signed.diagnosis_code) == ("eligible", provider, "F33.2")
    assert signed.valid_until == today + timedelta(days=90)
    assert evaluations.in_force(patient, today + timedelta(days=90)) == signed
    assert evaluations.in_force(patient, today + timedelta(days=91)) is None
    assert evaluations.in_force(patient, today - timedelta(days=1)) is None


def test_for_a_booster_it_holds_less_than_180_days(patient: Patient, provider: User, site: Site) -> None:
    with clock.at(build.moment(site, "2027-01-19")):
        signed = build.eligible(patient, by=provider)
    last = build.moment(site, "2027-07-17").date()
    assert evaluations.in_force(patient, last, booster=True) == signed
    assert evaluations.in_force(patient, last + timedelta(days=1), booster=True) is None


def test_the_day_of_signing_is_the_one_on_the_sites_clock(patient: Patient, provider: User, site: Site) -> None:
    with clock.at(build.moment(site, "2027-01-19", "23:30")):
        signed = build.eligible(patient, by=provider)
    assert evaluations.signed_day(signed).isoformat() == "2027-01-19"
    assert signed.valid_until is not None
    assert signed.valid_until.isoformat() == "2027-04-19"


def test_an_open_line_refuses_and_is_named(draft: Draft, provider: User) -> None:
    evaluation = draft()
    EvaluationAnswer.objects.filter(evaluation=evaluation, key="glaucoma").delete()
    for outcome in ("eligible", "ineligible"):
        with pytest.raises(NotReady, match="laucoma"):
            sign(evaluation, provider, outcome, rationale="A reason")


def test_an_absolute_yes_leaves_only_deferred_and_ineligible(draft: Draft, provider: User) -> None:
    evaluation = draft({"pregnancy": ("yes", "")})
    keep(evaluation, provider, conditions=[Wanted("Second test", "nurse", soon(evaluation.patient))])
    for outcome in ("eligible", "conditional"):
        with pytest.raises(NotReady, match="Pregnancy"):
            sign(evaluation, provider, outcome, rationale="A reason")
    assert sign(evaluation, provider, "ineligible", rationale="Pregnant.").state == "ineligible"


def test_an_absolute_line_not_known_can_be_a_condition(draft: Draft, provider: User, patient: Patient) -> None:
    evaluation = draft({"pregnancy": ("unknown", "")})
    with pytest.raises(NotReady, match="not known"):
        sign(evaluation, provider, rationale="A reason")
    keep(evaluation, provider, conditions=[Wanted("Pregnancy test", "nurse", soon(patient))])
    signed = sign(evaluation, provider, "conditional")
    assert signed.state == "conditional"
    assert evaluations.in_force(signed.patient, signed.patient.site.today()) == signed


def test_a_relative_yes_needs_its_reason_on_that_very_line(draft: Draft, provider: User) -> None:
    evaluation = draft({"seizures": ("yes", "")})
    with pytest.raises(NotReady, match="Seizures"):
        sign(evaluation, provider, rationale="Controlled for ten years.")
    keep(evaluation, provider, {"seizures": ("yes", "None for ten years, neurology agrees.")})
    assert sign(evaluation, provider).state == "eligible"


def test_an_answer_keeps_who_told_it_who_wrote_it_and_when(draft: Draft, provider: User, site: Site) -> None:
    at = build.moment(site, "2027-01-19", "11:20")
    with clock.at(at):
        evaluation = draft({"glaucoma": ("no", "Seen in May", "record")})
    row = evaluation.answers.get(key="glaucoma")
    assert (row.source, row.answered_by, row.answered_at, row.absolute) == ("record", provider, at, False)
    keep(evaluation, provider, {"glaucoma": ("no", "Seen in May", "record")})
    row.refresh_from_db()
    assert row.answered_at == at, "the same answer again is no new one"
    with pytest.raises(Invalid):
        keep(evaluation, provider, {"glaucoma": ("no", "", "hearsay")})


def test_an_answer_from_before_lines_were_classed_is_classed_when_it_is_saved(draft: Draft, provider: User) -> None:
    evaluation = draft()
    evaluation.answers.filter(key="pregnancy").update(absolute=False, source="", answered_at=None, answered_by=None)
    keep(evaluation, provider, {"pregnancy": ("no",)})
    assert evaluation.answers.get(key="pregnancy").absolute


def test_what_is_missing_is_explained_or_made_a_condition(draft: Draft, provider: User, patient: Patient) -> None:
    evaluation = draft()
    patient.lab_results.filter(test="cmp").delete()
    with pytest.raises(NotReady, match="metabolic panel"):
        sign(evaluation, provider)
    keep(evaluation, provider, conditions=[Wanted("Metabolic panel", "nurse", soon(patient))])
    assert sign(evaluation, provider, "conditional").state == "conditional"


def test_a_positive_pregnancy_test_can_not_be_explained_away(draft: Draft, provider: User, patient: Patient) -> None:
    evaluation = draft()
    patient.lab_results.filter(test="hcg").update(finding="positive")
    with pytest.raises(NotReady, match="pregnancy test is positive"):
        sign(evaluation, provider, rationale="She is sure.")


def test_too_few_trials_need_a_reason(draft: Draft, provider: User, patient: Patient) -> None:
    evaluation = draft()
    patient.trials.filter(treatment="Venlafaxine").update(outcome="intolerant")
    with pytest.raises(NotReady, match="1 of 2"):
        sign(evaluation, provider)
    assert sign(evaluation, provider, rationale="Third drug not tolerable.").state == "eligible"


def test_a_trial_entered_in_error_does_not_count(draft: Draft, provider: User, patient: Patient) -> None:
    evaluation = draft()
    patient.trials.filter(treatment="Venlafaxine").update(
        entered_in_error_at=clock.now(), entered_in_error_by=provider, entered_in_error_reason="Wrong patient"
    )
    with pytest.raises(NotReady, match="1 of 2"):
        sign(evaluation, provider)


def test_without_a_baseline_no_rationale_helps(draft: Draft, provider: User, patient: Patient) -> None:
    evaluation = draft()
    patient.measures.update(observed_at=clock.now() - timedelta(days=30))
    with pytest.raises(NotReady, match="PHQ-9"):
        sign(evaluation, provider, rationale="A reason")


@pytest.mark.parametrize("answers", [(1, 1, 0, 0, 0, 0), (1, 1, 1, 0, 0, 0), (1, 1, 1, 1, 1, 2)])
def test_suicidal_thoughts_never_reject(
    draft: Draft, provider: User, patient: Patient, answers: tuple[int, ...]
) -> None:
    evaluation = draft()
    build.phq9(patient, 24, by=provider, timepoint="baseline", item9=3)
    build.cssrs(patient, *answers, by=provider)
    assert not [each for each in evaluations.findings(evaluation) if each.severity in {"block", "condition"}]
    assert sign(evaluation, provider, rationale="Risk judged; safety plan written.").state == "eligible"


@pytest.mark.parametrize(
    ("outcome", "words", "field"),
    [
        ("conditional", {}, "conditions"),
        ("deferred", {"rationale": "Waits for the ECG."}, "revisit_on"),
        ("deferred", {"revisit_on": "ahead"}, "rationale"),
        ("deferred", {"rationale": "x", "revisit_on": "today"}, "revisit_on"),
        ("ineligible", {}, "rationale"),
        ("approved", {}, "outcome"),
        ("draft", {}, "outcome"),
    ],
)
def test_an_outcome_without_its_words_is_refused(
    draft: Draft, provider: User, site: Site, outcome: str, words: dict[str, object], field: str
) -> None:
    days = {"ahead": site.today() + timedelta(days=14), "today": site.today()}
    words = {name: days.get(str(value), value) for name, value in words.items()}
    evaluation = draft()
    with pytest.raises(Invalid) as refused:
        sign(evaluation, provider, outcome, **words)
    assert list(refused.value.fields) == [field]
    evaluation.refresh_from_db()
    assert evaluation.signed_at is None


def test_deferred_is_not_in_force_and_can_be_superseded(draft: Draft, provider: User, site: Site) -> None:
    first = sign(draft(), provider, "deferred", rationale="ECG.", revisit_on=site.today() + timedelta(days=14))
    assert evaluations.in_force(first.patient, site.today()) is None
    second = build.eligible(first.patient, by=provider)
    assert second.supersedes == first
    assert evaluations.in_force(first.patient, site.today()) == second


def test_a_newer_refusal_ends_an_older_yes(patient: Patient, provider: User, site: Site) -> None:
    build.eligible(patient, by=provider)
    begun = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    assert evaluations.in_force(patient, site.today()) is not None
    evaluations.save_draft(
        evaluation_id=begun.pk, by=provider, version=begun.version, answers=build.all_no(), rationale="New mania."
    )
    sign(begun, provider, "ineligible")
    assert evaluations.in_force(patient, site.today()) is None


def test_signed_no_verb_changes_it(draft: Draft, provider: User) -> None:
    signed = sign(draft(), provider)
    with pytest.raises(IllegalTransition):
        evaluations.save_draft(evaluation_id=signed.pk, by=provider, version=signed.version, answers={}, plan="x")
    with pytest.raises(IllegalTransition):
        sign(signed, provider, "ineligible", rationale="x")


def test_signed_the_database_refuses_any_change(draft: Draft, provider: User) -> None:
    signed = sign(draft(), provider)
    for write in (
        lambda: Evaluation.objects.filter(pk=signed.pk).update(plan="x"),
        lambda: Evaluation.objects.filter(pk=signed.pk)._raw_delete("default"),
        lambda: EvaluationAnswer.objects.filter(evaluation=signed).update(answer="yes"),
        lambda: EvaluationAnswer.objects.create(evaluation=signed, key="more", answer="no"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            write()


LAWLESS = (
    ({"pregnancy": ("yes", "")}, "eligible", "absolute"),
    ({"seizures": ("yes", "")}, "eligible", "relative"),
    ({}, "conditional", "no condition"),
)


@pytest.mark.parametrize(("answers", "outcome", "words"), LAWLESS)
def test_past_the_verbs_the_database_refuses_an_unlawful_signature(
    draft: Draft, provider: User, answers: dict[str, tuple[str, str]], outcome: str, words: str
) -> None:
    evaluation = draft(answers)
    rows = Evaluation.objects.filter(pk=evaluation.pk)
    rows.update(state="in_review")
    until = evaluation.patient.site.today()
    with pytest.raises(InternalError, match=words), transaction.atomic():
        rows.update(state=outcome, signed_at=clock.now(), signed_by=provider, valid_until=until)


def test_past_the_verbs_no_state_is_skipped_and_no_refusal_lacks_its_reason(draft: Draft, provider: User) -> None:
    rows = Evaluation.objects.filter(pk=draft().pk)
    signature = {"signed_at": clock.now(), "signed_by": provider}
    with pytest.raises(InternalError, match="transition"), transaction.atomic():
        rows.update(state="ineligible", rationale="x", **signature)
    rows.update(state="in_review")
    for lacking in ({"state": "ineligible"}, {"state": "deferred", "rationale": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**lacking, **signature)


def test_begin_twice_is_one_draft(patient: Patient, provider: User) -> None:
    first = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
    assert evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider) == first


def test_begin_for_the_dead_is_refused(patient: Patient, provider: User) -> None:
    patient.deceased_on = patient.site.today()
    patient.save()
    with pytest.raises(Refused):
        evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)


def test_two_tabs_the_second_save_overwrites_nothing(draft: Draft, provider: User) -> None:
    evaluation = draft()
    seen = evaluation.version
    evaluations.save_draft(evaluation_id=evaluation.pk, by=provider, version=seen, answers={}, plan="First tab")
    with pytest.raises(StaleVersion) as stale:
        evaluations.save_draft(evaluation_id=evaluation.pk, by=provider, version=seen, answers={}, plan="Second tab")
    assert stale.value.evaluation.plan == "First tab"
    with pytest.raises(StaleVersion):
        sign(evaluation, provider, version=seen)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("diagnosis_code", "depressed"),
        ("weight_kg", 29),
        ("weight_kg", 301),
        ("height_cm", 99),
        ("planned_count", 9),
        ("systolic", 128),
    ],
)
def test_a_field_that_can_not_be_right_is_named(draft: Draft, provider: User, field: str, value: object) -> None:
    evaluation = draft()
    with pytest.raises(Invalid) as refused:
        evaluations.save_draft(
            evaluation_id=evaluation.pk, by=provider, version=evaluation.version, answers={}, **{field: value}
        )
    assert list(refused.value.fields) == [field]


def test_an_unknown_line_or_field_is_refused(draft: Draft, provider: User) -> None:
    evaluation = draft()
    for wrong in ({"answers": {"mood": ("no", "")}}, {"answers": {}, "state": "eligible"}):
        with pytest.raises(Invalid):
            evaluations.save_draft(evaluation_id=evaluation.pk, by=provider, version=evaluation.version, **wrong)


def test_review_and_back(draft: Draft, provider: User) -> None:
    evaluation = evaluations.submit(evaluation_id=draft().pk, by=provider)
    assert evaluation.state == "in_review"
    with pytest.raises(IllegalTransition):
        evaluations.submit(evaluation_id=evaluation.pk, by=provider)
    assert evaluations.reopen(evaluation_id=evaluation.pk, by=provider).state == "draft"


def test_a_nurse_may_not_sign_and_a_stranger_finds_nothing(draft: Draft, nurse: User, stranger: User) -> None:
    evaluation = draft()
    with pytest.raises(NotPermitted):
        sign(evaluation, nurse)
    with pytest.raises(NotFound):
        sign(evaluation, stranger)
