"""J6 of the protocol: two checks in remission lengthen 28 days to 42, and everything that hangs on the date moves."""

from __future__ import annotations

from datetime import date

import pytest

from clinic.errors import Invalid
from infusions import booster_tasks, booster_visits, boosters
from infusions.models import BoosterPlan, RelapseState
from insurance.models import Verification
from patients.models import MeasureDue
from reminders.models import FollowUp, Message
from tests.infusions import making
from tests.journeys import responding
from tests.journeys.telling import pine_street
from visits import changes, undoing
from visits.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return pine_street()


def sent_on(clinic, visit):
    rows = Message.objects.filter(subject_id=visit.pk, kind__startswith="appointment_").order_by("due_at")
    return [(f"{clinic.site.local(row.due_at):%m-%d %H:%M}", row.state) for row in rows]


def test_28_days_become_42(clinic):
    site, series = clinic.site, responding.maintained(clinic)
    booked = Appointment.objects.get(kind="booster", status="booked")
    # Given boosters on 03-05 and 03-26 with PHQ-9 4 and 4, and one booked for 04-23
    assert sent_on(clinic, booked) == [("04-20 09:00", "planned"), ("04-22 09:00", "planned")]
    with clinic.at("2027-03-26", "16:00"):
        # Then the rule proposes 42 days, its most, with the scores beside it
        rule = boosters.propose(series)
        assert (rule.now_days, rule.days, rule.longest) == (28, 42, 42)
        assert boosters.evidence(rule) == "PHQ-9 4 on 5 Mar and 4 on 26 Mar."
        # And 60 needs a provider's reason
        with pytest.raises(Invalid, match="42\u00a0days is the longest"):
            boosters.plan(series_id=series.pk, intervals_days=[60], by=clinic.provider)
        # When the provider signs 42
        booster_visits.decide(series_id=series.pk, intervals_days=[42], move_booked=True, by=clinic.provider)
        # Then the next is due on 05-07, not on 04-23, and the visit moved with its reminders
        assert boosters.next_due(series) == date(2027, 5, 7)
        booked.refresh_from_db()
        assert f"{site.local(booked.starts_at):%m-%d %H:%M}" == "05-07 09:00"
        assert sent_on(clinic, booked) == [
            ("04-20 09:00", "void"), ("04-22 09:00", "void"), ("05-04 09:00", "planned"), ("05-06 09:00", "planned"),
        ]  # fmt: skip
        # And the payer is asked ten days before
        task = FollowUp.objects.get(kind="booster_verify", state="open")
        assert (site.local(task.due_at).date(), task.owner_role) == (date(2027, 4, 27), "insurance_admin")
        # And the next lengthening waits for a booster in the new rhythm
        assert boosters.propose(series).change == 0
    # When the scheduled PHQ-9 of 04-23 is 10, six above the best score
    responding.scored(clinic, series, "2027-04-23", 10, "follow_up")
    # Then it is a watch: a call by the next business day, PHQ-9 again by 04-30, and 05-07 is kept
    assert making.watch_state(series.patient) == RelapseState.State.WATCH
    call = FollowUp.objects.get(kind="relapse_call", state="open")
    assert site.local(call.due_at).date() == date(2027, 4, 26)
    again = MeasureDue.objects.get(patient=series.patient, source=f"relapse:{series.pk}", state="open")
    assert f"{site.local(again.due_until):%m-%d %H:%M}" == "05-01 00:00"
    booked.refresh_from_db()
    assert (booked.status, site.local(booked.starts_at).date()) == ("booked", date(2027, 5, 7))


def test_60_days_by_a_providers_reason(clinic):
    series = responding.maintained(clinic)
    with clinic.at("2027-03-26", "16:00"):
        signed, _ = booster_visits.decide(
            series_id=series.pk, intervals_days=[60], reason="Abroad until the end of May", by=clinic.provider
        )
        assert (signed.template, boosters.next_due(series)) == (BoosterPlan.Template.OWN, date(2027, 5, 25))
        booked = Appointment.objects.get(kind="booster", status="booked")
        assert clinic.site.local(booked.starts_at).date() == date(2027, 4, 23)


def test_a_booster_whose_patient_has_come_is_not_moved_by_a_plan(clinic):
    series = responding.maintained(clinic)
    booked = Appointment.objects.get(kind="booster", status="booked")
    with clinic.at("2027-04-23", "08:50"):
        changes.arrive(appointment_id=booked.pk, by=clinic.desk)
        _, moved = booster_visits.decide(series_id=series.pk, intervals_days=[42], move_booked=True, by=clinic.provider)
    booked.refresh_from_db()
    assert (moved, booked.status, clinic.site.local(booked.starts_at).date()) == (None, "arrived", date(2027, 4, 23))


def test_the_hours_for_a_booster_are_found_in_as_many_queries_however_many_are_free(
    clinic, django_assert_max_num_queries
):
    series = responding.maintained(clinic)
    with clinic.at("2027-03-26", "16:00"), django_assert_max_num_queries(30):
        assert booster_visits.shift(series, date(2027, 5, 7)).starts_at
    with clinic.at("2027-03-26", "16:00"), django_assert_max_num_queries(30):
        assert len(booster_visits.sooner(series)) == 5


def test_who_pays_for_a_booster_is_one_task_that_comes_back_with_the_visit_and_not_after_the_answer(clinic):
    series = responding.maintained(clinic)
    booked = Appointment.objects.get(kind="booster", status="booked")
    task = FollowUp.objects.get(kind="booster_verify", subject_id=booked.pk)
    with clinic.at("2027-04-14", "10:00"):
        changes.cancel(appointment_id=booked.pk, party="patient", reason="Has a cold", by=clinic.desk)
        task.refresh_from_db()
        assert (task.state, task.outcome) == ("done", "The visit is not to be.")
        undoing.undo(appointment_id=booked.pk, by=clinic.desk)
        assert FollowUp.objects.get(kind="booster_verify", subject_id=booked.pk, state="open") == task
        check = Verification(patient=series.patient, leg="medical", state=Verification.State.ACTIVE)
        booster_tasks.follow_answer(check, clinic.desk)
        booster_tasks.refresh(series)
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "The payer was asked.")
