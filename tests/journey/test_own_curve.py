"""The patient's own curve: released by those who treat, opened with the birth date, in plain words, theirs alone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.policy import Role
from journey.outcomes import own
from journey.outcomes.picture import Given, Score
from patients import goals
from patients.models import PatientLink
from tests import build
from tests.infusions import making
from tests.patients.linking import open_door

START = datetime(2027, 2, 2, 17, tzinfo=UTC)
ALARMING = ("severe", "depress", "relapse", "remission", "response", "suicid", "lost her job", "baseline")


@pytest.fixture
def shared(client, patient, therapist):
    """A curve that was released: two scores, a goal, and what a partner noticed."""
    making.phq9(patient, 21, "2027-01-19", timepoint="baseline")
    making.phq9(patient, 9, "2027-02-01", timepoint="follow_up")
    goal = goals.add_goal(patient_id=patient.pk, words="To walk to the lake", by=therapist)
    for value in (2, 7):
        goals.rate(goal_id=goal.pk, value=value, by=therapist)
    goals.notice(patient_id=patient.pk, words="Lost her job and hides it", source="partner", by=therapist)
    client.force_login(therapist)
    answer = client.post(reverse("journey:curve-share", args=[patient.pk]))
    client.logout()
    return "/" + answer.context["address"].split("/", 3)[3]


def opened(client, shared, patient, language=""):
    answer = open_door(client, shared, patient)
    if language:
        answer = client.get(answer.request["PATH_INFO"], {"lang": language}, follow=True)
    return answer


def said(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_the_patient_sees_scores_and_goals_in_plain_words(client, shared, patient):
    text = said(opened(client, shared, patient))
    assert "When you began it was 21. The latest is 9." in text
    assert "You began at 2 of 10. On 2 Feb 2027 it was 7." in text
    assert 'href="tel:988"' in text
    main = text.split("<main", 1)[1].split("</main>")[0].lower()
    assert [word for word in ALARMING if word in main] == []


def test_in_spanish_every_word_is(client, shared, patient):
    text = said(opened(client, shared, patient, "es"))
    assert "Cómo se ha sentido" in text
    assert "Al comenzar fue 21. El más reciente es 9." in text
    assert "2 feb 2027" in text.lower()
    assert "How you have been" not in text


def test_without_the_birth_date_there_is_nothing(client, shared, patient):
    text = said(client.get(shared, follow=True))
    assert "Torres" not in text
    assert "walk to the lake" not in text


def test_a_link_shows_its_own_patient_alone(client, shared, site, patient):
    making.phq9(build.patient(site), 27, "2027-02-01")
    answer = opened(client, shared, patient)
    assert [row[1] for row in answer.context["rows"]] == [9, 21]


def test_a_link_of_another_purpose_opens_no_curve(client, shared, patient):
    PatientLink.objects.update(purpose="intake")
    token = shared.strip("/").split("/")[1]
    assert client.get(reverse("own:curve", args=[token])).status_code == 404


def test_it_runs_out_after_a_month_and_can_be_taken_back(client, shared, patient, nurse):
    with clock.at(clock.now() + timedelta(days=31)):
        assert client.get(shared, follow=True).status_code == 410
    client.force_login(nurse)
    assert client.post(reverse("journey:curve-end", args=[patient.pk])).status_code == 302
    client.logout()
    assert client.get(shared, follow=True).status_code == 410


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINIC_ADMIN])
def test_only_those_who_treat_release_it(client, site, patient, role):
    client.force_login(build.user(role, at=site))
    assert client.post(reverse("journey:curve-share", args=[patient.pk])).status_code == 403
    assert not PatientLink.objects.exists()


def test_on_the_clinics_tablet_it_opens_without_a_birth_date(client, patient, nurse):
    client.force_login(nurse)
    answer = client.post(reverse("journey:curve-share", args=[patient.pk]), {"tablet": "1"}, follow=True)
    assert "How you have been" in said(answer)


def test_one_score_is_compared_with_nothing(client, patient, nurse):
    making.phq9(patient, 21, "2027-01-19", timepoint="baseline")
    client.force_login(nurse)
    text = said(client.post(reverse("journey:curve-share", args=[patient.pk]), {"tablet": "1"}, follow=True))
    assert "where you began" in text
    assert "The latest is" not in text


def test_nothing_asked_yet_is_a_calm_page(client, patient, nurse):
    client.force_login(nurse)
    answer = client.post(reverse("journey:curve-share", args=[patient.pk]), {"tablet": "1"}, follow=True)
    assert "There are no answers yet." in said(answer)


def test_the_curve_fits_a_phone_and_breaks_where_nobody_asked():
    scores = [Score(START + timedelta(days=day), value) for day, value in ((0, 27), (20, 14), (120, 3))]
    drawn = own.draw(scores, [Given(START - timedelta(days=9), "1", None), Given(START, "2", None)], baseline=27)
    assert [len(run.split()) for run in drawn.runs] == [2, 1]
    assert [(dot.x, dot.y) for dot in (drawn.dots[0], drawn.dots[-1])] == [("16.0", "30.0"), ("344.0", "152.7")]
    assert len(drawn.visits) == 1
    assert own.draw([], [], baseline=None) is None
