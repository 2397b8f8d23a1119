"""What a provider reviews before the next infusion: an early stop (J2), the fourth score (J4), a series that waits."""

from decimal import Decimal

import pytest

from clinic import clock
from clinic.errors import NotReady, Refused
from infusions import readiness, response, run
from infusions.models import Infusion, StateEvent
from tests import build
from tests.infusions import making

D = Decimal


@pytest.fixture
def course(patient, provider, nurse, other_nurse, site):
    """Six infusions, of which four were given."""
    with clock.at(build.moment(site, "2027-02-01")):
        made = making.loading(patient, provider, state="active")
        order, vial = making.order(made, provider), making.vial(site, nurse)
    making.phq9(patient, 20, "2027-01-19", timepoint="baseline")
    for number, day in enumerate(making.J0_DAYS, start=1):
        infusion = making.infusion(made, number, day)
        if number <= 4:
            making.give(infusion, order, vial, nurse=nurse, checker=other_nurse)
    return made


def _light(course, number, time="2027-02-16 08:50"):
    infusion = Infusion.objects.select_related("series__patient__site", "appointment__site").get(
        series=course, number=number
    )
    with clock.at(build.moment(course.site, *time.split())):
        return next(light for light in readiness.lights(infusion) if light.key == "review")


def _stopped_early(course, number):
    infusion = course.infusions.get(number=number)
    StateEvent.objects.create(
        infusion=infusion, before="in_progress", after="stopped_early", observed_at=infusion.ended_at
    )


def _review(course, provider, decision="continue"):
    with clock.at(build.moment(course.site, "2027-02-16", "08:55")):
        response.review(series_id=course.pk, decision=decision, rationale="Slow, but sleeping again.", by=provider)


@pytest.mark.parametrize(("score", "state"), [(17, "stop"), (16, "ok"), (None, "ok")])
def test_the_score_after_the_fourth_asks_for_a_decision_below_20_percent(course, patient, score, state):
    if score is not None:
        making.phq9(patient, score, "2027-02-16", at="08:40")
    assert _light(course, 5).state == state


def test_a_slow_score_after_the_third_only_warns_on_the_page_of_the_response(course, patient, nurse):
    Infusion.objects.filter(series=course, number=4).update(
        state="scheduled", order=None, vial=None, drawn_ml=None, drawn_at=None, drawn_by=None, checked_at=None,
        checked_by=None, started_at=None, ended_at=None, given_mg=None, given_ml=None,
    )  # fmt: skip
    making.phq9(patient, 19, "2027-02-12", at="08:40")
    assert _light(course, 4, "2027-02-12 08:50").state == "ok"


def test_nobody_clears_or_overrides_it_and_a_signed_decision_opens_it(course, patient, provider, nurse):
    making.phq9(patient, 18, "2027-02-16", at="08:40")
    fifth = course.infusions.get(number=5)
    with clock.at(build.moment(course.site, "2027-02-16", "08:50")):
        run.check_in(infusion_id=fifth.pk, by=nurse, observed_at=clock.now())
        with pytest.raises(NotReady, match="After infusion 4 PHQ-9 is 18 of 20: less than 20 % better"):
            run.clear(infusion_id=fifth.pk, by=nurse)
        with pytest.raises(Refused, match="can’t be overridden"):
            run.override(infusion_id=fifth.pk, light="review", reason="He is sure", by=provider)
    assert _light(course, 5).who == "Provider"
    _review(course, provider)
    assert _light(course, 5, "2027-02-16 08:56").state == "ok"


def test_an_early_stop_asks_for_a_review_before_the_next_and_only_that_one(course, patient, provider):
    making.phq9(patient, 10, "2027-02-16", at="08:40")
    _stopped_early(course, 3)
    assert _light(course, 5).state == "ok"
    _stopped_early(course, 4)
    assert "stopped early" in _light(course, 5).sentence
    _review(course, provider)
    assert _light(course, 5, "2027-02-16 08:56").state == "ok"


def test_a_suspended_series_gives_nothing(course):
    course.state = "suspended"
    course.save()
    assert "suspended" in _light(course, 5).sentence


def test_a_review_of_the_course_to_come_is_no_review_of_what_came(course, patient, provider):
    """The decision signed at the fourth does not stand for a later early stop."""
    making.phq9(patient, 17, "2027-02-16", at="08:40")
    _review(course, provider)
    fifth = course.infusions.get(number=5)
    making.give(fifth, course.orders.get(), fifth.series.infusions.get(number=4).vial, nurse=course.opened_by,
                checker=build.user("nurse", at=course.site))  # fmt: skip
    _stopped_early(course, 5)
    assert "stopped early" in _light(course, 6, "2027-02-19 08:50").sentence
