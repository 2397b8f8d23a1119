"""The outcome page: its facts, who may read and write, the read log, and what it costs at any length."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import ReadEvent
from clinic.policy import Role
from journey.outcomes import reading
from patients import goals
from patients.models import Goal, Observation
from tests import build
from tests.infusions import making

SIGN_IN = re.compile("django_session|usersessions|clinic_user|SAVEPOINT")


def page(client, who, patient, **query):
    client.force_login(who)
    return client.get(reverse("journey:outcome", args=[patient.pk]), query)


def said(answer):
    return answer.content.decode().replace("\u00a0", " ")


def told(patient, by):
    """One more of everything that stands beside the scores."""
    n = Goal.objects.filter(patient=patient).count()
    goal = goals.add_goal(patient_id=patient.pk, words=f"To sing in the choir {n}", by=by)
    goals.rate(goal_id=goal.pk, value=n, by=by)
    goals.notice(patient_id=patient.pk, words="She laughed", source="partner", said_by="Luis", by=by)
    goals.add_life_event(patient_id=patient.pk, on=date(2027, 1, 10), kind="work", words="Lost her job", by=by)


def test_the_picture_and_the_table_say_the_same(client, record, provider):
    patient = record.add(3).patient
    told(patient, provider)
    answer = page(client, provider, patient)
    outcome, text = answer.context["outcome"], said(answer)
    titles = [mark.title for mark in (*outcome.picture.points, *outcome.picture.given, *outcome.picture.flags)]
    assert sorted(title.split(": ", 1)[1] for title in titles) == sorted(row.words for row in outcome.rows)
    assert all(title.replace("\u00a0", " ") in text for title in titles)
    for words in ("To sing in the choir 0", "She laughed", "Luis, partner", "Lost her job", "Infusion 2, 40 mg"):
        assert words in text


def test_each_instrument_that_has_values_can_be_chosen(client, site, patient, provider, nurse):
    making.phq9(patient, 18, "2027-01-20", timepoint="baseline")
    from patients import measures

    measures.record(
        patient_id=patient.pk, instrument="gad7", items=[2] * 7, timepoint="baseline",
        observed_at=build.moment(site, "2027-01-20"), by=nurse,
    )  # fmt: skip
    answer = page(client, provider, patient, measure="gad7")
    assert answer.context["outcome"].instruments == [("phq9", "PHQ-9", 1), ("gad7", "GAD-7", 1)]
    assert [point.value for point in answer.context["outcome"].picture.points] == [14]
    assert page(client, provider, patient, measure="xx").context["outcome"].scale.key == "phq9"


def test_a_period_leaves_out_what_lies_outside_and_says_so(client, patient, provider):
    for day, score in (("2025-03-01", 22), ("2026-11-20", 12), ("2027-01-20", 6)):
        making.phq9(patient, score, day)
    counts = {span: len(page(client, provider, patient, span=span).context["outcome"].rows) for span in reading.SPANS}
    assert counts == {"series": 3, "quarter": 2, "year": 2, "all": 3}
    answer = page(client, provider, patient)
    assert answer.context["outcome"].span == "year"
    assert "There is more outside this period" in said(answer)


def test_each_year_of_a_long_record_can_be_looked_at(client, patient, provider):
    for day, score in (("2025-01-01", 22), ("2025-12-31", 20), ("2026-11-20", 12), ("2027-01-20", 6)):
        making.phq9(patient, score, day)
    outcome = page(client, provider, patient).context["outcome"]
    assert outcome.years == ["2025", "2026", "2027"]
    values = {}
    for year in (*outcome.years, "2024"):
        shown = page(client, provider, patient, span=year).context["outcome"]
        values[year] = [point.value for point in shown.picture.points]
    assert values == {"2025": [22, 20], "2026": [12], "2027": [6], "2024": [12, 6]}


def test_what_can_be_seen_at_once_has_no_years(client, patient, provider):
    making.phq9(patient, 18, "2026-12-20")
    making.phq9(patient, 12, "2027-01-20")
    outcome = page(client, provider, patient, span="2026").context["outcome"]
    assert (outcome.years, outcome.span) == ([], "all")


def test_a_score_entered_in_error_is_nowhere(client, patient, provider):
    wrong = making.phq9(patient, 22, "2027-01-20")
    type(wrong).objects.filter(pk=wrong.pk).update(
        entered_in_error_at=wrong.observed_at, entered_in_error_by=provider, entered_in_error_reason="Slip"
    )
    assert page(client, provider, patient).context["outcome"].rows == []


def test_a_medicine_that_began_is_a_flag(client, patient, provider):
    making.phq9(patient, 18, "2027-01-20")
    patient.medications.create(display="Lithium 300 mg", started=date(2027, 1, 22))
    outcome = page(client, provider, patient).context["outcome"]
    assert [flag.title for flag in outcome.picture.flags] == ["Fri 22 Jan 2027: Lithium 300 mg started"]


def test_nothing_known_says_what_to_do_next(client, patient, provider):
    text = said(page(client, provider, patient))
    assert "The first questionnaire starts the picture." in text
    assert "No goal is written down yet" in text


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN])
def test_those_who_do_not_treat_see_none_of_it(client, site, patient, role):
    assert page(client, build.user(role, at=site), patient).status_code == 403


def test_a_stranger_finds_nothing(client, patient, stranger):
    assert page(client, stranger, patient).status_code == 404
    assert not ReadEvent.objects.exists()


def test_every_look_is_in_the_read_log(client, patient, provider):
    page(client, provider, patient)
    assert list(ReadEvent.objects.values_list("what", "patient_id")) == [("outcome picture", patient.pk)]


def test_the_page_costs_the_same_for_one_and_three_of_everything(client, record, provider):
    costs = []
    for more in (1, 2):
        record.add(more)
        for _ in range(more):
            told(record.patient, provider)
        page(client, provider, record.patient)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("journey:outcome", args=[record.patient.pk]))
        costs.append([query["sql"] for query in queries if not SIGN_IN.search(query["sql"])])
    assert len(costs[0]) == len(costs[1]), "\n".join(costs[1])
    assert len(costs[1]) <= 15, "\n".join(sql[:150] for sql in costs[1])


def test_what_is_written_beside_it_stands_there(client, patient, therapist):
    client.force_login(therapist)
    address = reverse("journey:outcome-add", args=[patient.pk, "noticed"])
    answer = client.post(address, {"words": "Cooked for us", "source": "partner", "said_by": "Luis"})
    assert answer.status_code == 302
    kept = Observation.objects.get()
    assert (kept.words, kept.source, kept.entered_by) == ("Cooked for us", "partner", therapist)
    goal = goals.add_goal(patient_id=patient.pk, words="To cook", by=therapist)
    assert client.post(reverse("journey:goal-rate", args=[goal.pk]), {"value": "4"}).status_code == 302
    assert [rating.value for rating in goal.ratings.all()] == [4]


def test_what_is_refused_keeps_what_was_typed(client, patient, therapist):
    client.force_login(therapist)
    answer = client.post(reverse("journey:outcome-add", args=[patient.pk, "noticed"]), {"words": "Cooked for us"})
    assert answer.status_code == 422
    assert "Choose who noticed it." in said(answer)
    assert "Cooked for us" in said(answer)
    assert client.post(reverse("journey:outcome-add", args=[patient.pk, "nothing"])).status_code == 404


def test_an_error_leaves_the_picture_with_its_reason(client, patient, therapist):
    told(patient, therapist)
    client.force_login(therapist)
    row = Observation.objects.get()
    address = reverse("journey:outcome-error", args=["noticed", row.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Said of her sister"}).status_code == 302
    assert "She laughed" not in said(page(client, therapist, patient))
    assert "Said of her sister" in said(client.get(address))
