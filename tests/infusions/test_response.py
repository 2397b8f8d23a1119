"""Response: journeys J0 and J4 in numbers, and the review a provider signs."""

from decimal import Decimal

import pytest
from django.db import DatabaseError

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import ProtocolSettings
from infusions import response
from infusions.models import ResponseReview
from patients.rules import Response
from reminders.models import FollowUp
from tests import build
from tests.infusions import making

D = Decimal
J0_SCORES = (21, 18, 15, 11, 9, 7)
LIMITS = ProtocolSettings()


@pytest.fixture(autouse=True)
def after_the_series(site):
    with clock.at(build.moment(site, "2027-02-23", "10:00")):
        yield


def treated(patient, by, nurse, checker, scores, *, baseline=21, given=6, count=6):
    """A series whose first `given` infusions were given, each with its score before it."""
    with clock.at(build.moment(patient.site, "2027-02-01")):
        series = making.loading(patient, by, count=count)
        order, vial = making.order(series, by), making.vial(patient.site, nurse)
    if baseline is not None:
        making.phq9(patient, baseline, "2027-01-19", timepoint="baseline")
    for number, day in enumerate(making.J0_DAYS, start=1):
        infusion = making.infusion(series, number, day)
        if number <= len(scores) and scores[number - 1] is not None:
            making.phq9(patient, scores[number - 1], day)
        if number <= given:
            making.give(infusion, order, vial, nurse=nurse, checker=checker)
    return series


@pytest.fixture
def series(patient, provider, nurse, other_nurse):
    made = treated(patient, provider, nurse, other_nurse, J0_SCORES)
    making.phq9(patient, 7, "2027-02-23", at="09:00", timepoint="post_series")
    return made


@pytest.fixture
def ended(series):
    series.state, series.ended_at = "completed", clock.now()
    series.save()
    return series


def test_response_is_first_met_at_the_fifth_and_there_is_no_remission(series):
    found = response.assess(series)
    assert (found.baseline, [score.value for score in found.scores], found.post) == (21, list(J0_SCORES), 7)
    assert found.first_response == 5
    assert (found.response, found.remission, found.nadir) == (Response.RESPONSE, False, 7)
    assert found.reduction_percent == D("66.7")


@pytest.mark.parametrize(
    ("score", "reached"),
    [
        (11, Response.PARTIAL),
        (10, Response.RESPONSE),
        (14, Response.PARTIAL),
        (15, Response.IMPROVEMENT),
        (17, Response.NONE),
    ],
)
def test_thresholds_are_not_rounded(patient, provider, nurse, other_nurse, score, reached):
    made = treated(patient, provider, nurse, other_nurse, (21, score), given=2)
    assert response.assess(made).response is reached


@pytest.mark.parametrize(("score", "remitted"), [(4, True), (5, False)])
def test_remission_is_below_5(patient, provider, nurse, other_nurse, score, remitted):
    made = treated(patient, provider, nurse, other_nurse, (21, score), given=2)
    assert response.assess(made).remission is remitted


def test_without_a_baseline_the_first_score_is_it(patient, provider, nurse, other_nurse):
    made = treated(patient, provider, nurse, other_nurse, (20, 10), baseline=None, given=2)
    found = response.assess(made)
    assert (found.baseline, found.baseline_on, found.first_response) == (20, None, 2)


def test_nothing_known_is_no_response(patient, provider):
    found = response.assess(making.loading(patient, provider))
    assert (found.baseline, found.current, found.response, found.remission) == (None, None, None, False)


def test_an_infusion_without_a_score_borrows_none(patient, provider, nurse, other_nurse):
    made = treated(patient, provider, nurse, other_nurse, (21, None, 15), given=3)
    assert [score.value for score in response.assess(made).scores[:3]] == [21, None, 15]


def test_a_score_entered_in_error_does_not_count(series, nurse, patient):
    wrong = making.phq9(patient, 1, "2027-02-23", at="09:30", timepoint="post_series")
    wrong.entered_in_error_at, wrong.entered_in_error_by, wrong.entered_in_error_reason = clock.now(), nurse, "Other"
    wrong.save()
    assert response.assess(series).post == 7


def test_the_score_of_somebody_else_does_not_count(series, site):
    making.phq9(build.patient(site), 1, "2027-02-23", timepoint="post_series")
    assert response.assess(series).current == 7


def test_assessing_costs_two_queries_however_long_the_series(
    patient, provider, nurse, other_nurse, django_assert_num_queries
):
    made = treated(patient, provider, nurse, other_nurse, J0_SCORES[:1], given=1)
    with django_assert_num_queries(2):
        response.assess(made)
    for day, score in zip(making.J0_DAYS[1:3], J0_SCORES[1:3], strict=True):
        making.phq9(patient, score, day)
    with django_assert_num_queries(2):
        response.assess(made)


# Checkpoints of journey J4


def reached(series):
    return response.checkpoint(response.assess(series), LIMITS)


def test_a_fall_of_5_percent_after_the_third_is_a_warning(patient, provider, nurse, other_nurse):
    found = reached(treated(patient, provider, nurse, other_nurse, (20, 20, 19, 19), baseline=20, given=3))
    assert (found.after_number, found.must_decide) == (3, False)


def test_a_fall_of_10_percent_after_the_fourth_must_be_decided(patient, provider, nurse, other_nurse):
    found = reached(treated(patient, provider, nurse, other_nurse, (20, 20, 19, 19, 18), baseline=20, given=4))
    assert (found.after_number, found.must_decide) == (4, True)
    assert "After infusion 4 PHQ-9 is 18 of 20: less than 20 % better." in found.sentence


@pytest.mark.parametrize(("score", "enough"), [(16, True), (17, False)])
def test_20_percent_exactly_is_enough(patient, provider, nurse, other_nurse, score, enough):
    found = reached(treated(patient, provider, nurse, other_nurse, (20, 19, 19, 19, score), baseline=20, given=4))
    assert (found is None) is enough


def test_no_checkpoint_before_its_infusion_is_given(patient, provider, nurse, other_nurse):
    made = treated(patient, provider, nurse, other_nurse, (20, 20, 20), baseline=20, given=2)
    assert response.checkpoint(response.assess(made), LIMITS) is None


# The review


def review(series, by, **changes):
    wanted = {"decision": "maintenance", "rationale": "Response since infusion 5."} | changes
    return response.review(series_id=series.pk, by=by, **wanted)


def test_a_review_keeps_the_numbers_it_was_made_from(ended, provider):
    signed = review(ended, provider)
    assert (signed.after_number, signed.baseline_score, signed.score) == (6, 21, 7)
    assert signed.signed_by == provider


def test_the_same_review_sent_twice_is_signed_once(ended, provider):
    first = review(ended, provider)
    assert review(ended, provider) == first
    assert review(ended, provider, rationale="Other words") != first


def test_a_review_closes_its_task(ended, provider):
    FollowUp.objects.create(
        kind="review_due", site=ended.site, patient=ended.patient, title="Review", subject_kind="series",
        subject_id=ended.pk, owner_role="provider", due_at=clock.now(),
    )  # fmt: skip
    review(ended, provider)
    assert FollowUp.objects.get().state == "done"


def test_no_boosters_while_infusions_are_to_come(series, provider):
    with pytest.raises(Refused, match="still to come"):
        review(series, provider)


def test_nothing_is_left_to_continue_after_the_end(ended, provider):
    with pytest.raises(Refused, match="nothing to continue"):
        review(ended, provider, decision="continue")


def test_to_stop_ends_the_series_and_cancels_what_is_to_come(patient, provider, nurse, other_nurse):
    made = treated(patient, provider, nurse, other_nurse, (20, 20, 19, 19, 18), baseline=20, given=4)
    with clock.at(build.moment(patient.site, "2027-02-15")):
        review(made, provider, decision="stop", rationale="No response.")
    made.refresh_from_db()
    assert (made.state, made.ended_reason) == ("stopped", "No response.")
    assert made.infusions.filter(state="cancelled").count() == 2


@pytest.mark.parametrize("change", [{"decision": "other"}, {"rationale": " "}])
def test_each_part_of_a_review_is_needed(ended, provider, change):
    with pytest.raises(Invalid) as refusal:
        review(ended, provider, **change)
    assert list(refusal.value.fields) == list(change)


def test_nothing_given_is_nothing_to_review(patient, provider):
    with pytest.raises(Refused, match="Nothing has been given"):
        review(making.loading(patient, provider), provider, decision="stop")


def test_no_review_without_a_questionnaire(patient, provider, nurse, other_nurse):
    made = treated(patient, provider, nurse, other_nurse, (), baseline=None, given=1)
    with pytest.raises(Refused, match="no PHQ-9"):
        review(made, provider, decision="stop")


@pytest.mark.parametrize("who", ["nurse", "therapist", "front_desk", "stranger"])
def test_only_a_provider_of_the_site_reviews(request, ended, who):
    with pytest.raises(NotPermitted):
        review(ended, request.getfixturevalue(who))


def test_a_signed_review_is_not_changed(ended, provider):
    review(ended, provider)
    with pytest.raises(DatabaseError):
        ResponseReview.objects.update(rationale="Other")
