"""The evaluation page: who may open it, what an autosave answers, what two tabs do to each other."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.models import ReadEvent, User
from patients import evaluations
from patients.models import Evaluation, Patient
from tests import build


@pytest.fixture
def draft(patient: Patient, provider: User) -> Evaluation:
    build.phq9(patient, 21, by=provider, timepoint="baseline")
    build.trial(patient)
    return evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)


def page(name: str, evaluation: Evaluation) -> str:
    return reverse(f"patients:{name}", args=[evaluation.pk])


def autosave(client: Client, evaluation: Evaluation, version: int, **typed: object) -> object:
    data = {"version": version, "planned_count": 6, **typed}
    return client.post(page("evaluation-save", evaluation), data, headers={"HX-Request": "true"})


def test_the_page_shows_every_line_and_writes_the_read(client: Client, draft: Evaluation, provider: User) -> None:
    client.force_login(provider)
    answer = client.get(page("evaluation", draft))
    assert answer.status_code == 200
    assert answer.content.decode().count('class="ek-check-row') == 27
    assert ReadEvent.objects.filter(patient_id=draft.patient_id, what="evaluation").count() == 1
    why_not = answer.context["outcomes"][0]["why_not"]
    assert "Not answered yet: Hypersensitivity to ketamine." in why_not
    assert why_not.endswith(" more.")


@pytest.mark.parametrize(
    ("role", "status"), [("nurse", 200), ("therapist", 200), ("front_desk", 403), ("stranger", 404)]
)
def test_who_may_read_it(
    client: Client, draft: Evaluation, role: str, status: int, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    answer = client.get(page("evaluation", draft))
    assert answer.status_code == status
    assert b"data-autosave" not in answer.content


@pytest.mark.parametrize(("role", "status"), [("nurse", 403), ("front_desk", 403), ("stranger", 404)])
@pytest.mark.parametrize("name", ["evaluation-save", "evaluation-sign", "evaluation-review"])
def test_who_may_not_write_it(
    client: Client, draft: Evaluation, role: str, status: int, name: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    answer = client.post(page(name, draft), {"version": draft.version, "plan": "x", "outcome": "eligible"})
    assert answer.status_code == status
    draft.refresh_from_db()
    assert (draft.version, draft.plan) == (1, "")


def test_begin_opens_one_draft(client: Client, patient: Patient, provider: User) -> None:
    client.force_login(provider)
    address = reverse("patients:evaluation-begin", args=[patient.pk])
    assert client.post(address).url == client.post(address).url
    assert Evaluation.objects.count() == 1


def test_an_autosave_keeps_what_was_typed_and_says_when(client: Client, draft: Evaluation, provider: User) -> None:
    client.force_login(provider)
    with clock.at(build.moment(draft.patient.site, "2027-01-19", "13:42")):
        answer = autosave(client, draft, 1, plan="Series of six.", answer_mania="no", weight_kg="80.0")
    text = answer.content.decode()
    assert "Saved 13:42, draft" in text
    assert 'name="version" id="version" value="2"' in text
    assert "1 of 27 lines answered" in text
    draft.refresh_from_db()
    assert (draft.plan, draft.weight_kg) == ("Series of six.", 80)


def test_a_field_that_can_not_be_taken_stops_no_other(client: Client, draft: Evaluation, provider: User) -> None:
    client.force_login(provider)
    answer = autosave(client, draft, 1, plan="Kept.", weight_kg="800", diagnosis_code="sad", systolic="128")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "between 30 and 300 kg" in text
    assert "looks like F33.2" in text
    assert "both values" in text
    draft.refresh_from_db()
    assert (draft.plan, draft.weight_kg, draft.diagnosis_code, draft.systolic) == ("Kept.", None, "", None)


def test_two_tabs_the_second_sees_both_and_overwrites_nothing(
    client: Client, draft: Evaluation, provider: User
) -> None:
    client.force_login(provider)
    autosave(client, draft, 1, plan="From the first tab.", answer_mania="no")
    answer = autosave(client, draft, 1, plan="From the second tab.", answer_mania="unknown")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "From the first tab." in text
    assert "From the second tab." in text
    assert "Current mania" in text
    assert 'data-keep-mine="2"' in text
    draft.refresh_from_db()
    assert draft.plan == "From the first tab."


def test_an_autosave_without_a_session_is_answered_by_the_lock_and_not_by_a_page_of_sign_in(
    client: Client, draft: Evaluation
) -> None:
    answer = autosave(client, draft, 1, plan="Typed meanwhile.")
    assert (answer.status_code, answer.headers["X-Evenkeel-Locked"]) == (401, "1")
    assert client.post(page("evaluation-save", draft), {"version": 1}).status_code == 302


def test_without_script_a_conflict_keeps_what_was_typed(client: Client, draft: Evaluation, provider: User) -> None:
    client.force_login(provider)
    autosave(client, draft, 1, plan="From the first tab.")
    typed = {"version": 1, "plan": "From the second tab.", "answer_mania": "yes", "note_mania": "hypomanic"}
    answer = client.post(page("evaluation-save", draft), typed)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "From the second tab.</textarea>" in text
    assert 'value="hypomanic"' in text


def test_a_refused_signature_says_everything_that_is_missing(client: Client, draft: Evaluation, provider: User) -> None:
    client.force_login(provider)
    answer = client.post(page("evaluation-sign", draft), {"version": 1, "outcome": "eligible"})
    assert answer.status_code == 409
    assert "Not answered yet: Pregnancy or breastfeeding." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.signed_at is None


def test_signing_shows_the_locked_record(client: Client, draft: Evaluation, provider: User, nurse: User) -> None:
    client.force_login(provider)
    lines = {f"answer_{key}": "no" for key in build.all_no()} | {"source_mania": "pharmacy"}
    autosave(client, draft, 1, diagnosis="Depression", rationale="One trial, the second not tolerable.", **lines)
    answer = client.post(page("evaluation-sign", draft), {"version": 2, "outcome": "eligible"}, follow=True)
    assert "First infusion until" in answer.content.decode()
    assert "data-autosave" not in answer.content.decode()


def test_review_and_back_from_the_page(client: Client, draft: Evaluation, provider: User) -> None:
    client.force_login(provider)
    sent = client.post(page("evaluation-review", draft), {"to": "in_review"}, follow=True)
    assert "In review" in sent.content.decode()
    back = client.post(page("evaluation-review", draft), {"to": "draft"}, follow=True)
    assert "Send to review" in back.content.decode()


def test_the_page_asks_as_much_of_the_database_with_three_trials_as_with_one(
    client: Client,
    draft: Evaluation,
    provider: User,
    django_assert_max_num_queries: Callable[..., object],
    django_assert_num_queries: Callable[..., object],
) -> None:
    client.force_login(provider)
    client.get(page("evaluation", draft))
    with django_assert_max_num_queries(45) as one:
        client.get(page("evaluation", draft))
    build.trial(draft.patient, treatment="Venlafaxine")
    build.trial(draft.patient, treatment="Bupropion")
    with django_assert_num_queries(len(one)):
        client.get(page("evaluation", draft))


@pytest.mark.parametrize(("role", "told"), [("nurse", True), ("therapist", False)])
def test_a_pregnancy_in_somebodys_words_is_for_nurse_and_provider_alone(
    client: Client, draft: Evaluation, role: str, told: bool, request: pytest.FixtureRequest
) -> None:
    """J9: result visible to nurse/provider only, also where a provider wrote it as the rationale."""
    words = {"rationale": "hCG positive twice.\nTherapy goes on.", "plan": "Ask again after the pregnancy."}
    Evaluation.objects.filter(pk=draft.pk).update(**words)
    client.force_login(request.getfixturevalue(role))
    text = client.get(page("evaluation", draft)).content.decode()
    assert ("hCG positive" in text, "after the pregnancy" in text) == (told, told)
    assert ("Clinical hold. Ask the nurse or the provider." in text) is not told
    assert "Therapy goes on." in text
