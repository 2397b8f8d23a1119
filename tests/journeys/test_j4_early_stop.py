"""J4 of the protocol: a series that does not help, a decision after its fourth infusion, and what a stop does."""

from __future__ import annotations

from datetime import date

import pytest

from infusions import boosters, readiness, response, stopping
from infusions.models import Infusion, Order
from insurance import authorizations
from patients.models import MeasureDue
from reminders.models import FollowUp, Message
from tests import build
from tests.journeys import responding
from tests.journeys.telling import pine_street
from therapy.models import TherapySession
from visits.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return pine_street()


@pytest.fixture
def series(clinic):
    return responding.slow(clinic)


def review_light(series, number=5):
    fifth = Infusion.objects.select_related("series__patient__site", "appointment__site").get(
        series=series, number=number
    )
    return next(light for light in readiness.lights(fifth) if light.key == "review")


def tasks(series, **more):
    return {task.kind: task for task in FollowUp.objects.filter(patient=series.patient, state="open", **more)}


def on(series, task):
    return series.site.local(task.due_at).date()


def test_the_dose_was_raised_and_the_slow_start_was_told(clinic, series):
    # Given 36 mg twice, then 0.75 mg/kg: 54 mg for #3 and #4
    assert list(Order.objects.order_by("signed_at").values_list("dose_mg", flat=True)) == [36, 54]
    # When the score after #3 is 19 of 20, a provider is warned, and nothing is blocked
    assert "response_warning" in tasks(series, owner_role="provider")
    assert review_light(series).passed


def test_the_fifth_waits_for_a_decision_and_a_stop_reaches_every_room(clinic, series):
    site = series.site
    # Given #4, and 18 of 20 a day after it: 10 %, less than 20 %
    responding.scored(clinic, series, "2027-02-13", 18, "follow_up")
    with clinic.at("2027-02-15", "10:00"):
        # Then #5 can't be cleared until a decision is signed
        assert "response_decision" in tasks(series, owner_role="provider")
        assert review_light(series).sentence.startswith("After infusion 4 PHQ-9 is 18 of 20: less than 20 % better.")
        # And what a stop would do is said before
        told = " ".join(sentence for _, sentence in stopping.foresee(series))
        for words in (
            "#5 on Tue 16 Feb", "#6 on Fri 19 Feb", "4 reminders", "2 units",
            "The integration session stays: Mon 22 Feb", "Mon 22 Feb and Wed 17 Mar",
        ):  # fmt: skip
            assert words in told
        coming = list(Appointment.objects.filter(infusion__series=series, infusion__number__gte=5))
        paid = authorizations.on_file(series.patient)
        assert authorizations.units_left(paid, authorizations.infusion_days(series.patient)) == [0]
        # When the provider stops, and refers
        response.review(
            series_id=series.pk, decision="stop", rationale="No response to four infusions.", referral="tms_ect",
            by=clinic.provider,
        )  # fmt: skip
        series.refresh_from_db()
        assert (series.state, boosters.next_due(series)) == ("stopped", None)
        # Then #5 and #6 are cancelled by the clinic, their reminders void, two units free
        for visit in coming:
            visit.refresh_from_db()
            assert (visit.status, visit.cancelled_by_party) == ("cancelled", "clinic")
        waiting = Message.objects.filter(subject_id__in=[visit.pk for visit in coming])
        assert set(waiting.values_list("state", flat=True)) == {"void"}
        assert authorizations.units_left(paid, authorizations.infusion_days(series.patient)) == [2]
        # And estimate, referral, and the questionnaires of the 7th and the 30th day are asked for
        left = tasks(series)
        assert left["estimate_again"].owner_role == "insurance_admin"
        assert "TMS or ECT" in left["referral_due"].title
        assert "response_decision" not in left
        due = MeasureDue.objects.filter(patient=series.patient, source=f"stop:{series.pk}", state="open")
        assert [site.local(one.due_from).date() for one in due.order_by("due_from")] == [
            date(2027, 2, 22), date(2027, 3, 17),
        ]  # fmt: skip
        # And the integration of Monday the 22nd, within 7 days, is kept
        kept = TherapySession.objects.get(series=series, kind="integration")
        assert (kept.state, kept.appointment.status) == ("planned", "booked")


def test_without_an_integration_in_time_the_therapist_is_asked_to_offer_one(clinic, series):
    talk = Appointment.objects.get(therapy_session__series=series, kind="integration")
    Appointment.objects.filter(pk=talk.pk).update(
        starts_at=build.moment(series.site, "2027-03-04", "13:00"),
        ends_at=build.moment(series.site, "2027-03-04", "14:00"),
    )
    with clinic.at("2027-02-15", "10:00"):
        response.review(series_id=series.pk, decision="stop", rationale="No response.", by=clinic.provider)
    offer = tasks(series)["integration_offer"]
    assert (offer.owner, on(series, offer)) == (clinic.therapist, date(2027, 2, 22))


def test_to_continue_with_a_reason_opens_the_gate(clinic, series):
    responding.scored(clinic, series, "2027-02-13", 18, "follow_up")
    with clinic.at("2027-02-15", "10:00"):
        response.review(
            series_id=series.pk, decision="continue", rationale="Sleeps again; 58 % gain late.", by=clinic.provider
        )
        assert review_light(series).passed
        assert Appointment.objects.filter(infusion__series=series, status="booked").count() == 2


def test_another_dose_waits_for_its_order(clinic, series):
    responding.scored(clinic, series, "2027-02-13", 18, "follow_up")
    with clinic.at("2027-02-15", "10:00"):
        response.review(series_id=series.pk, decision="dose", rationale="Room for more.", by=clinic.provider)
        assert review_light(series).sentence.startswith("The review says to change the dose.")
        assert "order_due" in tasks(series)
    responding.ordered(clinic, series, "2027-02-16", 5, "1.0", reason="Little effect so far")
    with clinic.at("2027-02-16", "08:50"):
        assert review_light(series).passed
        assert "order_due" not in tasks(series)
